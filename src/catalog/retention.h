#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/table.h"

namespace penstock::catalog {

class Editor;
struct Tables;

/// How long samples of some points are kept. Key: the name.
struct RetentionPolicy {
  static constexpr TableId kTable = TableId::retention_policies;
  static constexpr std::uint32_t kOrderInitial = 100;
  static constexpr std::int64_t kKeepDaysMax = 36'500;

  std::string name;
  std::string points;                  ///< Pattern over tags, as glob_match has it.
  std::int64_t keep_days = 0;          ///< 1 to kKeepDaysMax.
  std::int64_t order = kOrderInitial;  ///< Of the policies that match a point the first is its policy.

  std::string key() const { return name; }
  void encode(ByteWriter& out) const;
  static std::optional<RetentionPolicy> decode(std::string_view key, ByteReader& in);
  bool operator==(const RetentionPolicy&) const = default;
};

/// Makes or replaces a policy. Errors: invalid_argument with the member that is wrong.
Result<void> put_retention(Editor& editor, const RetentionPolicy& policy);
/// Errors: not_found.
Result<void> erase_retention(Editor& editor, std::string_view name);
/// All policies, by order, then by name: the first that matches a point is the point's.
std::vector<RetentionPolicy> retention_policies(const Tables& tables);

}  // namespace penstock::catalog
