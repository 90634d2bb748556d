#include "dialects/piwebapi/select.h"

#include "base/text.h"

namespace penstock::dialects::piwebapi {
namespace {

/// Behind the string that begins at `at`.
std::size_t skip_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    if (json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      return at + 1;
    }
  }
  return json.size();
}

/// Behind the value that begins at `at`.
std::size_t skip_value(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  while (at < json.size()) {
    switch (json[at]) {
      case '"':
        at = skip_string(json, at);
        if (depth == 0) return at;
        continue;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']':
        if (depth == 0) return at;
        if (--depth == 0) return at + 1;
        break;
      case ',':
        if (depth == 0) return at;
        break;
      default: break;
    }
    ++at;
  }
  return at;
}

}  // namespace

const SelectedFields::Node* SelectedFields::Node::find(std::string_view wanted) const {
  for (const Node& member : members) {
    if (iequals(member.name, wanted)) return &member;
  }
  return nullptr;
}

SelectedFields SelectedFields::parse(std::string_view text) {
  SelectedFields fields;
  for (const std::string_view path : split(text, ';')) {
    if (trim(path).empty()) continue;
    Node* node = &fields.root_;
    for (const std::string_view part : split(trim(path), '.')) {
      Node* next = const_cast<Node*>(node->find(part));
      if (next == nullptr) {
        next = &node->members.emplace_back();
        next->name = part;
      }
      node = next;
    }
    node->whole = true;
  }
  fields.root_.whole = fields.root_.members.empty();
  return fields;
}

bool SelectedFields::wants(std::initializer_list<std::string_view> path) const {
  const Node* node = &root_;
  for (const std::string_view part : path) {
    if (node->whole) return true;
    node = node->find(part);
    if (node == nullptr) return false;
  }
  return true;
}

std::size_t SelectedFields::copy(std::string_view json, std::size_t at, const Node& node, std::string& out) {
  if (node.whole || at >= json.size() || (json[at] != '{' && json[at] != '[')) {
    const std::size_t end = skip_value(json, at);
    out += json.substr(at, end - at);
    return end;
  }
  const char opening = json[at++];
  const char closing = opening == '{' ? '}' : ']';
  out.push_back(opening);
  bool first = true;
  while (at < json.size() && json[at] != closing) {
    if (json[at] == ',') ++at;
    const Node* below = &node;
    const std::size_t key = at;
    if (opening == '{') {
      at = skip_string(json, at) + 1;  // Behind the colon.
      below = node.find(json.substr(key + 1, at - key - 3));
    }
    const bool nested = at < json.size() && (json[at] == '{' || json[at] == '[');
    if (below == nullptr || (!below->whole && !nested)) {
      at = skip_value(json, at);
      continue;
    }
    if (!first) out.push_back(',');
    first = false;
    if (opening == '{') out += json.substr(key, at - key);
    at = copy(json, at, *below, out);
  }
  out.push_back(closing);
  return at + 1;
}

std::string SelectedFields::apply(std::string_view json) const {
  std::string out;
  out.reserve(json.size());
  copy(json, 0, root_, out);
  return out;
}

}  // namespace penstock::dialects::piwebapi
