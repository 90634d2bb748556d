#include "dialects/piwebapi/parse_regular.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "dialects/piwebapi/regular_rows.h"

namespace penstock::dialects::piwebapi {
namespace {

/// Where the rows of a body begin, and what closes them; null if it is no list.
struct List {
  const char* begin = nullptr;
  std::string_view closing;
};

List find_list(const http::Body& body) {
  const char* const end = body.data() + body.size();
  const char* const at = shape::skip_blanks(body.data(), end);
  if (at >= end) return {};
  if (*at == '[') return {shape::skip_blanks(at + 1, end), "]"};
  const auto outer = shape::take_apart(at, end, [](std::string_view name) { return name == "Items"; });
  if (!outer || !outer->has_list || outer->count != 0) return {};
  return {outer->end, "]}"};
}

bool fit_single(std::vector<double>& numbers) {
  bool fit = true;
  for (double& number : numbers) {
    const auto single = static_cast<float>(number);
    fit = fit && std::isfinite(single);
    number = static_cast<double>(single);
  }
  return fit;
}

}  // namespace

PlainValues plain_values(PointType type, const DigitalSet* set) {
  switch (type) {
    case PointType::float64:
    case PointType::float32: return {shape::Role::number};
    case PointType::int16: return {shape::Role::integer, 0, 32767};
    case PointType::int32: return {shape::Role::integer, -2'147'450'880, 2'147'483'647};
    case PointType::digital:
      // The states of all sets but the system's run from 0 without holes.
      if (set == nullptr || set->id == kSystemSet || set->states.empty()) return {};
      return {shape::Role::integer, 0, static_cast<std::int64_t>(set->states.size()) - 1};
    case PointType::float16:  // What its scale can't hold becomes a state.
    case PointType::string:
    case PointType::blob:
    case PointType::timestamp: return {};
  }
  return {};
}

bool give_item_roles(shape::Row& row, std::string_view parent, shape::Role value_role) {
  bool has_time = false, has_value = false;
  for (shape::Member& member : row.members()) {
    if (member.is_nested != !parent.empty() || (member.is_nested && !iequals(member.parent, parent))) {
      // Of an item itself, none of these may be an object.
      for (const char* ours : {"Timestamp", "Value", "Good", "Questionable"}) {
        if (iequals(member.is_nested ? member.parent : member.name, ours)) return false;
      }
    } else if (iequals(member.name, "Timestamp")) {
      if (has_time || member.token != shape::Token::text) return false;
      has_time = true;
      member.role = shape::Role::time;
    } else if (iequals(member.name, "Value")) {
      if (has_value || member.token != shape::Token::number) return false;
      has_value = true;
      member.role = value_role;
    } else if (iequals(member.name, "Good")) {
      if (member.token != shape::Token::yes) return false;
    } else if (iequals(member.name, "Questionable")) {
      if (member.token != shape::Token::no) return false;
    }
  }
  return has_time && has_value;
}

shape::TimeRule write_times(Timestamp now, bool future) {
  shape::TimeRule times;
  times.earliest = 1;  // The first instant of 1970 means now.
  times.latest = future ? kWriteTimeMaxNs : std::min(kWriteTimeMaxNs, now.unix_ns() + kFutureAllowanceNs);
  return times;
}

std::optional<ParsedValues> parse_regular_values(const http::Body& body, const Stream& stream,
                                                 const ParseRules& rules) {
  const PlainValues plain = plain_values(stream.type, stream.set ? &*stream.set : nullptr);
  if (!rules.values_needed || plain.role == shape::Role::fixed || body.size() < kRegularBytesMin)
    return std::nullopt;
  const List list = find_list(body);
  if (list.begin == nullptr) return std::nullopt;
  const char* at = list.begin;
  const char* const end = body.data() + body.size();
  auto row = shape::take_apart(at, end);
  if (!row || !give_item_roles(*row, {}, plain.role)) return std::nullopt;

  shape::Layout layout;
  if (!layout.learn(*row, write_times(rules.now, stream.future))) return std::nullopt;
  const std::size_t time = layout.slot_of(shape::Role::time);
  const std::size_t value = 1 - time;
  if (plain.role == shape::Role::integer) layout.limit_integers(value, plain.low, plain.high);

  ParsedValues parsed;
  Run& run = parsed.run;
  run.kind = stream.kind();
  const std::size_t rows_about = static_cast<std::size_t>(end - at) / layout.row_bytes();
  run.reserve(std::min(rows_about + rows_about / 8 + 1, rules.items_max));
  shape::Cells cells;
  if (!layout.first(at, end, cells)) return std::nullopt;
  shape::Step step;
  do {
    if (run.times.size() == rules.items_max) return std::nullopt;
    run.times.push_back(cells[time].integer);
    if (plain.role == shape::Role::number) {
      run.numbers.push_back(cells[value].number);
    } else {
      run.integers.push_back(cells[value].integer);
    }
    step = layout.next(at, end, cells);
  } while (step == shape::Step::row);
  if (step != shape::Step::end || !shape::closes(at, end, list.closing)) return std::nullopt;
  if (stream.type == PointType::float32 && !fit_single(run.numbers)) return std::nullopt;
  parsed.sent = run.size();
  return parsed;
}

}  // namespace penstock::dialects::piwebapi
