#include "console/audit_query.h"

#include <limits>

#include "base/text.h"

namespace penstock::console {
namespace {

Result<PointId> parse_point(std::string_view text, const catalog::Tables& tables, const Settings& settings) {
  // A tag is what people write, so it comes first; a point that is gone has only its number.
  if (const Point* point = tables.points.find_tag(text)) return point->id;
  if (const auto id = parse_point_id(text)) return *id;
  if (settings.point_of_webid) {
    if (const auto point = settings.point_of_webid(text, tables)) return *point;
  }
  return fail(ErrorCode::not_found, "point", "there is no point of this tag, number or WebID");
}

Result<std::uint32_t> parse_principal(std::string_view text, const Names& names) {
  if (const auto number = names.number_of(text)) return *number;
  const auto number = parse_number(text);
  if (number && *number <= std::numeric_limits<std::uint32_t>::max()) {
    return static_cast<std::uint32_t>(*number);
  }
  return fail(ErrorCode::not_found, "principal", "there is no principal of this name");
}

Result<Timestamp> parse_when(std::string_view name, std::string_view text) {
  constexpr std::size_t kDate = 10;
  const std::string midnight = std::string{text} + "T00:00Z";
  auto time =
      parse_timestamp(text.size() == kDate ? std::string_view{midnight} : text, OffsetRule::utc_if_absent);
  if (time) return *time;
  return fail(time.error().code, std::string{name}, "must be a day or a time, such as 2026-11-21T06:30:00Z");
}

}  // namespace

Result<std::uint64_t> parse_batch(std::string_view text, const archive::ReceiptNames& receipts) {
  if (const auto seq = receipts.seq(text)) return *seq;
  if (const auto seq = parse_number(text)) return *seq;
  return fail(ErrorCode::not_found, {}, "there is no such batch");
}

Result<archive::AuditQuery> parse_audit_query(const http::Parameters& parameters,
                                              const catalog::Tables& tables, const Names& names,
                                              const archive::ReceiptNames& receipts,
                                              const Settings& settings) {
  archive::AuditQuery query;
  if (const auto text = parameters.find("point")) {
    TRY(query.point, parse_point(*text, tables, settings));
  }
  if (const auto text = parameters.find("principal")) {
    TRY(query.principal, parse_principal(*text, names));
  }
  if (const auto text = parameters.find("door")) {
    query.door = parse_door(*text);
    if (!query.door) {
      return fail(ErrorCode::invalid_argument, "door",
                  "must be pi, omf, buildingx, energyview, penstock or internal");
    }
  }
  if (const auto text = parameters.find("from")) {
    TRY(query.from, parse_when("from", *text));
  }
  if (const auto text = parameters.find("to")) {
    TRY(query.to, parse_when("to", *text));
  }
  if (const auto text = parameters.find("before")) {
    const auto seq = parse_batch(*text, receipts);
    if (!seq) return fail(ErrorCode::invalid_argument, "before", "must be a receipt, or the seq of a batch");
    query.before_seq = *seq;
  }
  if (const auto text = parameters.find("catalog")) {
    if (*text != "true" && *text != "false") {
      return fail(ErrorCode::invalid_argument, "catalog", "must be true or false");
    }
    query.catalog = *text == "true";
  }
  return query;
}

}  // namespace penstock::console
