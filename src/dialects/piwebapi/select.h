#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::dialects::piwebapi {

/// Which members of an answer a client wants. *PI Web API Reference, "Selected Fields"*: paths with dots,
/// separated by semicolons, no regard to case; arrays are passed through; a member brings all below it.
class SelectedFields {
 public:
  /// Blank text selects everything.
  static SelectedFields parse(std::string_view text);

  bool everything() const { return root_.whole; }
  /// True if a path such as {"Items", "Value"} is wanted, itself or as a part of what is above it.
  bool wants(std::initializer_list<std::string_view> path) const;

  /// `json` without what is not selected. It must be an answer of our own writer: valid and without blanks.
  std::string apply(std::string_view json) const;

 private:
  struct Node {
    std::string name;
    bool whole = false;
    std::vector<Node> members;

    const Node* find(std::string_view wanted) const;
  };
  static std::size_t copy(std::string_view json, std::size_t at, const Node& node, std::string& out);

  Node root_;
};

}  // namespace penstock::dialects::piwebapi
