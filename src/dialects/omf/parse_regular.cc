#include "dialects/omf/parse_regular.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"
#include "dialects/common/shape.h"
#include "dialects/omf/data_columns.h"

namespace penstock::dialects::omf {
namespace {

/// Learning a layout pays only where some rows follow.
constexpr std::size_t kWorthwhileBytes = 256;
/// An item with more events than this makes the whole body one of runs.
constexpr std::size_t kSliceEventsMax = 8;
/// A run is set aside for at most this many before it is known how many there are.
constexpr std::size_t kRunGuess = 2048;

enum class Form : std::uint8_t { slice, runs };

/// A property with a point, in the rows of a type.
struct ValueSlot {
  std::size_t slot = 0;
  std::size_t property = 0;  ///< Place in the type.
  std::size_t stream = 0;    ///< Place in the container.
  Kind kind = Kind::float64;
  bool is_whole = false;   ///< Read as an integer.
  bool is_single = false;  ///< Must fit single precision.
};

/// The rows of containers of one type.
struct EventRows {
  const catalog::OmfType* type = nullptr;
  shape::Layout layout;
  std::size_t time = 0;
  std::array<ValueSlot, shape::kSlotsMax> values;
  std::size_t count = 0;

  std::span<const ValueSlot> all() const { return {values.data(), count}; }
};

struct Range {
  std::int64_t low, high;
};
/// The integers of a format that need no second look; none for other formats. Beyond 2^53 a double may round
/// them.
std::optional<Range> exact_range(catalog::OmfFormat format) {
  static constexpr std::int64_t kExact = std::int64_t{1} << 53;
  switch (format) {
    case catalog::OmfFormat::int16: return Range{-32768, 32767};
    case catalog::OmfFormat::uint16: return Range{0, 65535};
    case catalog::OmfFormat::int32:
      return Range{std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    case catalog::OmfFormat::uint32: return Range{0, std::numeric_limits<std::uint32_t>::max()};
    case catalog::OmfFormat::int64: return Range{-kExact, kExact};
    case catalog::OmfFormat::uint64: return Range{0, kExact};
    case catalog::OmfFormat::boolean:
    case catalog::OmfFormat::float32:
    case catalog::OmfFormat::float64:
    case catalog::OmfFormat::string:
    case catalog::OmfFormat::date_time:
    case catalog::OmfFormat::enumeration: break;
  }
  return std::nullopt;
}

/// Reads one body in one form. Every function returns false at a surprise.
class RegularReader {
 public:
  RegularReader(const http::Body& body, const DataRules& rules, const catalog::Tables& tables,
                const auth::Principal& caller, Form form)
      : at_{body.data()},
        end_{body.data() + body.size()},
        tables_{tables},
        caller_{caller},
        may_all_{caller.may_everything(auth::Right::write)},
        missing_{rules.missing} {
    times_.utc_if_absent = true;
    times_.latest = rules.now.unix_ns() + rules.future_tolerance_ns;
    if (form == Form::runs) {
      columns_.emplace(tables, caller, body.size());
    } else {
      // An item with its event is hardly shorter.
      slice_.reserve(body.size() / 64);
      slice_item_.reserve(body.size() / 64);
    }
  }

  bool read() {
    static constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (std::string_view{at_, end_}.starts_with(kByteOrderMark)) at_ += kByteOrderMark.size();
    at_ = shape::skip_blanks(at_, end_);
    if (at_ >= end_ || *at_ != '[') return false;
    at_ = shape::skip_blanks(at_ + 1, end_);
    auto head = shape::take_apart(at_, end_, [](std::string_view name) { return iequals(name, "values"); });
    if (!head || !head->has_list || !give_roles(*head)) return false;
    shape::Layout items;
    if (!items.learn(*head, {})) return false;
    shape::Cells id;
    if (!items.first(at_, end_, id)) return false;
    shape::Step step;
    do {
      if (!read_item(id[0].text)) return false;
      ++items_;
      step = items.next(at_, end_, id);
    } while (step == shape::Step::row);
    return step == shape::Step::end && shape::closes(at_, end_, "]");
  }

  /// An item has too many events for a slice; the other form may do.
  bool is_too_long() const { return is_too_long_; }

  DataMessage take() {
    DataMessage message;
    message.items = items_;
    message.slice = std::move(slice_);
    message.slice_item = std::move(slice_item_);
    if (columns_) {
      auto [writes, first_item] = columns_->take();
      message.writes = std::move(writes);
      message.first_item = std::move(first_item);
    }
    return message;
  }

 private:
  static bool give_roles(shape::Row& head) {
    bool has_id = false;
    for (shape::Member& member : head.members()) {
      if (member.is_nested || !iequals(member.name, "containerid")) continue;
      if (has_id || member.token != shape::Token::text) return false;
      has_id = true;
      member.role = shape::Role::text;
    }
    return has_id;
  }

  bool read_item(std::string_view id) {
    const catalog::OmfContainer* const container = tables_.omf.containers.find_id(id);
    if (container == nullptr) return false;
    if (rows_.type == nullptr || rows_.type->id != container->type_id) {
      if (!learn_rows(*container)) return false;
    }
    return columns_ ? read_run(id, *container) : read_few(*container);
  }

  // --- What the rows of a type are

  bool learn_rows(const catalog::OmfContainer& container) {
    rows_ = {};
    const catalog::OmfType* const type = tables_.omf.find_type(container.type_id);
    auto row = shape::take_apart(at_, end_);
    if (type == nullptr || !row) return false;
    std::size_t slot = 0;
    bool has_time = false;
    for (shape::Member& member : row->members()) {
      const catalog::OmfProperty* const property = member.is_nested ? nullptr : type->find(member.name);
      if (property == nullptr) return false;
      if (property->is_index) {
        if (has_time || member.token != shape::Token::text) return false;
        has_time = true;
        member.role = shape::Role::time;
        rows_.time = slot++;
      } else if (property->is_quality) {
        return false;
      } else if (!property->is_name) {
        if (!add_value(*type, *property, container, slot++)) return false;
        if (member.token != shape::Token::number) return false;
        member.role = rows_.values[rows_.count - 1].is_whole ? shape::Role::integer : shape::Role::number;
      }
    }
    // What is missing from an event may have to be filled in.
    const std::size_t wanted = type->value_count();
    const bool may_miss = missing_ == MissingProperty::skip && wanted > 1;
    if (!has_time || rows_.count == 0 || (rows_.count != wanted && !may_miss)) return false;
    if (!rows_.layout.learn(*row, times_)) return false;
    for (const ValueSlot& value : rows_.all()) {
      if (!value.is_whole) continue;
      const Range range = *exact_range(type->properties[value.property].format);
      rows_.layout.limit_integers(value.slot, range.low, range.high);
    }
    rows_.type = type;
    return true;
  }

  bool add_value(const catalog::OmfType& type, const catalog::OmfProperty& property,
                 const catalog::OmfContainer& container, std::size_t slot) {
    if (rows_.count == rows_.values.size()) return false;
    ValueSlot value;
    value.slot = slot;
    value.property = static_cast<std::size_t>(&property - type.properties.data());
    for (const ValueSlot& known : rows_.all()) {
      if (known.property == value.property) return false;
    }
    while (value.stream < container.streams.size() &&
           container.streams[value.stream].property != property.key) {
      ++value.stream;
    }
    if (value.stream == container.streams.size()) return false;
    const Point* const point = tables_.points.find(container.streams[value.stream].point);
    if (point == nullptr) return false;
    value.kind = point->kind();
    value.is_whole = exact_range(property.format).has_value();
    const bool is_single = property.format == catalog::OmfFormat::float32;
    if (!value.is_whole && !is_single && property.format != catalog::OmfFormat::float64) return false;
    if (value.kind == Kind::text || (!value.is_whole && !is_number(value.kind))) return false;
    value.is_single = !value.is_whole && (is_single || value.kind == Kind::float32);
    rows_.values[rows_.count++] = value;
    return true;
  }

  /// The number that a point keeps; false if it is beyond single precision where that counts.
  static bool fit(const ValueSlot& value, const shape::Cell& cell, double& number) {
    number = value.is_whole ? static_cast<double>(cell.integer) : cell.number;
    if (value.is_single && std::fabs(number) > static_cast<double>(std::numeric_limits<float>::max()))
      return false;
    if (value.kind == Kind::float32) number = static_cast<double>(static_cast<float>(number));
    return true;
  }

  // --- Few events

  bool read_few(const catalog::OmfContainer& container) {
    std::array<PointId, shape::kSlotsMax> points;
    for (std::size_t i = 0; i < rows_.count; ++i) {
      const ValueSlot& value = rows_.values[i];
      if (value.stream >= container.streams.size()) return false;
      const catalog::OmfStream& stream = container.streams[value.stream];
      const Point* const point = tables_.points.find(stream.point);
      if (point == nullptr || point->kind() != value.kind) return false;
      if (stream.property != rows_.type->properties[value.property].key) return false;
      if (!may_all_ && !caller_.may(auth::Right::write, point->tag)) return false;
      points[i] = stream.point;
    }
    shape::Cells cells;
    if (!rows_.layout.first(at_, end_, cells)) return false;
    shape::Step step;
    std::size_t events = 0;
    do {
      if (++events > kSliceEventsMax) {
        is_too_long_ = true;
        return false;
      }
      for (std::size_t i = 0; i < rows_.count; ++i) {
        const ValueSlot& value = rows_.values[i];
        const std::int64_t time = cells[rows_.time].integer;
        PointSample& sample = slice_.emplace_back();
        if (is_number(value.kind)) {
          double number;
          if (!fit(value, cells[value.slot], number)) return false;
          sample = PointSample::number(points[i], time, number);
        } else {
          sample = PointSample::integer(points[i], time, cells[value.slot].integer);
        }
        sample.kind = value.kind;
        slice_item_.push_back(static_cast<std::uint32_t>(items_));
      }
      step = rows_.layout.next(at_, end_, cells);
    } while (step == shape::Step::row);
    return step == shape::Step::end;
  }

  // --- Runs

  bool read_run(std::string_view id, const catalog::OmfContainer& container) {
    const ContainerPlan* const plan = columns_->find(id, items_);
    if (plan == nullptr || plan->refusal || plan->container != &container || plan->type != rows_.type)
      return false;
    std::array<Run*, shape::kSlotsMax> runs;
    for (std::size_t i = 0; i < rows_.count; ++i) {
      const Column& column = plan->columns[rows_.values[i].property];
      if (column.kind != rows_.values[i].kind) return false;
      runs[i] = &columns_->writes()[column.write].run;
      if (items_ == 0) {
        const std::size_t rows_about = static_cast<std::size_t>(end_ - at_) / rows_.layout.row_bytes();
        runs[i]->reserve(std::min(rows_about + rows_about / 8 + 1, kRunGuess));
      }
    }
    shape::Cells cells;
    if (!rows_.layout.first(at_, end_, cells)) return false;
    shape::Step step;
    do {
      for (std::size_t i = 0; i < rows_.count; ++i) {
        const ValueSlot& value = rows_.values[i];
        if (is_number(value.kind)) {
          double number;
          if (!fit(value, cells[value.slot], number)) return false;
          runs[i]->numbers.push_back(number);
        } else {
          runs[i]->integers.push_back(cells[value.slot].integer);
        }
        runs[i]->times.push_back(cells[rows_.time].integer);
      }
      step = rows_.layout.next(at_, end_, cells);
    } while (step == shape::Step::row);
    return step == shape::Step::end;
  }

  const char* at_;
  const char* const end_;
  const catalog::Tables& tables_;
  const auth::Principal& caller_;
  const bool may_all_;
  const MissingProperty missing_;
  shape::TimeRule times_;
  EventRows rows_;
  std::size_t items_ = 0;
  bool is_too_long_ = false;
  std::vector<PointSample> slice_;
  std::vector<std::uint32_t> slice_item_;
  std::optional<DataColumns> columns_;
};

}  // namespace

std::optional<DataMessage> parse_regular_data(const http::Body& body, const DataRules& rules,
                                              const catalog::Tables& tables, const auth::Principal& caller,
                                              Report& report) {
  if (rules.action == Action::remove || body.size() < kWorthwhileBytes) return std::nullopt;
  for (const Form form : {Form::slice, Form::runs}) {
    RegularReader reader{body, rules, tables, caller, form};
    if (reader.read()) {
      DataMessage message = reader.take();
      for (std::size_t i = message.items; i-- > 0;) report.succeed(i, 202);
      return message;
    }
    if (!reader.is_too_long()) break;
  }
  return std::nullopt;
}

}  // namespace penstock::dialects::omf
