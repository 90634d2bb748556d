#include "catalog/retention.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/catalog.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kRow = 1;
constexpr std::size_t kNameBytesMax = 100, kPatternBytesMax = 1024;

}  // namespace

void RetentionPolicy::encode(ByteWriter& out) const {
  out.u8(kRow);
  out.text(points);
  out.svarint(keep_days);
  out.svarint(order);
}

std::optional<RetentionPolicy> RetentionPolicy::decode(std::string_view key, ByteReader& in) {
  if (in.u8() != kRow) return std::nullopt;
  RetentionPolicy policy;
  policy.name = key;
  policy.points = in.text();
  policy.keep_days = in.svarint();
  policy.order = in.svarint();
  return policy;
}

Result<void> put_retention(Editor& editor, const RetentionPolicy& policy) {
  const auto refuse = [](const char* where, const char* why) {
    return fail(ErrorCode::invalid_argument, where, why);
  };
  if (policy.name.empty() || policy.name.size() > kNameBytesMax || !is_valid_utf8(policy.name)) {
    return refuse("name", "a name has 1 to 100 bytes of UTF-8");
  }
  if (policy.points.empty() || policy.points.size() > kPatternBytesMax || !is_valid_utf8(policy.points)) {
    return refuse("/points", "a pattern over tags is needed; * is all");
  }
  if (policy.keep_days < 1 || policy.keep_days > RetentionPolicy::kKeepDaysMax) {
    return refuse("/keep_days", "must be 1 to 36500");
  }
  if (policy.order < 0 || policy.order > 1'000'000) return refuse("/order", "must be 0 to 1000000");
  editor.put(policy);
  return {};
}

Result<void> erase_retention(Editor& editor, std::string_view name) {
  if (editor.tables().retention.find(name) == nullptr) {
    return fail(ErrorCode::not_found, {}, "there is no such policy");
  }
  editor.erase(TableId::retention_policies, std::string{name});
  return {};
}

std::vector<RetentionPolicy> retention_policies(const Tables& tables) {
  std::vector<RetentionPolicy> policies;
  for (const auto& [name, policy] : tables.retention.rows()) policies.push_back(policy);
  std::stable_sort(policies.begin(), policies.end(),
                   [](const auto& a, const auto& b) { return a.order < b.order; });
  return policies;
}

}  // namespace penstock::catalog
