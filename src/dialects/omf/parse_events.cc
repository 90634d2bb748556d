#include "dialects/omf/parse_events.h"

#include "base/text.h"
#include "dialects/common/number_text.h"

namespace penstock::dialects::omf {
namespace {

namespace od = ondemand;
using simdjson::error_code;

bool is_key(const od::raw_json_string& key, std::string_view wanted) {
  const char* raw = key.raw();
  for (const char c : wanted) {
    if (*raw++ != c) return false;  // The closing quote differs from every character of a key.
  }
  return *raw == '"';
}

error_code read_scalar(od::value value, od::json_type type, Scalar& scalar) {
  switch (type) {
    case od::json_type::array:
    case od::json_type::object: scalar.kind = Scalar::Kind::compound; return od::read_over(value);
    case od::json_type::null:
      scalar.kind = Scalar::Kind::null;
      return trim(value.raw_json_token()) == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    case od::json_type::boolean:
      scalar.kind = Scalar::Kind::boolean;
      return value.get_bool().get(scalar.flag);
    case od::json_type::string:
      scalar.kind = Scalar::Kind::string;
      return value.get_string().get(scalar.text);
    case od::json_type::number:
      scalar.kind = Scalar::Kind::number;
      scalar.text = trim(value.raw_json_token());
      return is_json_number(scalar.text) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
  }
  return simdjson::SUCCESS;
}

bool is_floating(const Column& column) {
  return column.property->format == catalog::OmfFormat::float64 ||
         column.property->format == catalog::OmfFormat::float32;
}

bool is_whole(const Column& column) {
  switch (column.property->format) {
    case catalog::OmfFormat::int16:
    case catalog::OmfFormat::int32:
    case catalog::OmfFormat::int64:
    case catalog::OmfFormat::uint16:
    case catalog::OmfFormat::uint32:
    case catalog::OmfFormat::uint64: return true;
    case catalog::OmfFormat::boolean:
    case catalog::OmfFormat::float32:
    case catalog::OmfFormat::float64:
    case catalog::OmfFormat::string:
    case catalog::OmfFormat::date_time:
    case catalog::OmfFormat::enumeration: return false;
  }
  return false;
}

}  // namespace

error_code EventReader::read(const ContainerPlan& plan, std::size_t item, od::value value) {
  item_ = item;
  od::json_type type;
  if (const auto fault = value.type().get(type)) return fault;
  if (type != od::json_type::array) {
    report_.add(item_, events::missing_field("values"));
    return od::read_over(value);
  }
  od::array array;
  if (const auto fault = value.get_array().get(array)) return fault;
  for (auto element : array) {
    od::value next;
    if (const auto fault = element.get(next)) return fault;
    if (const auto fault = next.type().get(type)) return fault;
    if (type != od::json_type::object) {
      Scalar scalar;
      if (const auto fault = read_scalar(next, type, scalar)) return fault;
      report_.add(item_, events::value_not_parsed("values", scalar.shown(), "object"));
      continue;
    }
    if (const auto fault = read_event(plan, next)) return fault;
  }
  return simdjson::SUCCESS;
}

error_code EventReader::read_event(const ContainerPlan& plan, od::value value) {
  od::object object;
  if (const auto fault = value.get_object().get(object)) return fault;
  cells_.assign(plan.columns.size(), Cell{});
  time_.reset();
  quality_ = Quality{};
  bool index_seen = false;
  std::size_t expected = 0;
  for (auto next : object) {
    od::field field;
    if (const auto fault = std::move(next).get(field)) return fault;
    std::size_t at = expected;
    if (const auto fault = find_column(plan, field, at)) return fault;
    expected = at + 1;
    if (at == plan.columns.size()) {
      if (const auto fault = od::read_over(field.value())) return fault;
      continue;
    }
    const Column& column = plan.columns[at];
    switch (column.role) {
      case Column::Role::index:
        index_seen = true;
        if (const auto fault = read_time(column, field.value())) return fault;
        break;
      case Column::Role::value:
        if (const auto fault = read_cell(column, field.value(), cells_[at])) return fault;
        break;
      case Column::Role::quality:
        if (const auto fault = read_quality(plan, field.value())) return fault;
        break;
      case Column::Role::unused:
        if (const auto fault = od::read_over(field.value())) return fault;
        break;
    }
  }
  if (!index_seen) report_.add(item_, events::index_missing(plan.type->index()->key));
  if (time_) push(plan);
  return simdjson::SUCCESS;
}

/// Producers send the properties in the same order time after time: the next one is looked at first.
/// `at` is where to look first, then the column, or their number if there is none.
error_code EventReader::find_column(const ContainerPlan& plan, od::field& field, std::size_t& at) {
  const od::raw_json_string key = field.key();
  if (at < plan.columns.size() && is_key(key, plan.columns[at].property->key)) return simdjson::SUCCESS;
  for (at = 0; at < plan.columns.size(); ++at) {
    if (is_key(key, plan.columns[at].property->key)) return simdjson::SUCCESS;
  }
  std::string_view name;
  if (const auto fault = field.unescaped_key().get(name)) return fault;
  if (const catalog::OmfProperty* property = plan.type->find(name)) {
    for (at = 0; plan.columns[at].property != property;) ++at;
  } else if (rules_.action != Action::remove) {
    report_.add(item_, events::unknown_property(plan.type->id, plan.type->version, name));
  }
  return simdjson::SUCCESS;
}

error_code EventReader::read_time(const Column& column, od::value value) {
  od::json_type type;
  if (const auto fault = value.type().get(type)) return fault;
  Scalar scalar;
  if (const auto fault = read_scalar(value, type, scalar)) return fault;
  if (scalar.kind != Scalar::Kind::string) {
    report_.add(item_, events::value_not_parsed(column.property->key, scalar.shown(), "date-time"));
    return simdjson::SUCCESS;
  }
  const auto time = times_.read(scalar.text);
  if (time) {
    time_ = *time;
  } else if (time.error().code == ErrorCode::time_out_of_range) {
    report_.add(item_, events::value_out_of_range(column.property->key, scalar.text, time.error().detail));
  } else {
    report_.add(item_, events::value_not_parsed(column.property->key, scalar.text, "date-time"));
  }
  return simdjson::SUCCESS;
}

error_code EventReader::read_cell(const Column& column, od::value value, Cell& cell) {
  od::json_type type;
  if (const auto fault = value.type().get(type)) return fault;
  if (type == od::json_type::number && rules_.action != Action::remove) {
    if (is_floating(column)) {
      double number;
      if (od::read_double(value, number) == simdjson::SUCCESS) {
        cell = decode_double(column, number, report_, item_);
        return simdjson::SUCCESS;
      }
    } else if (is_whole(column)) {
      std::int64_t number;
      if (value.get_int64().get(number) == simdjson::SUCCESS) {
        cell = decode_integer(column, number, report_, item_);
        return simdjson::SUCCESS;
      }
    }
  }
  Scalar scalar;
  if (const auto fault = read_scalar(value, type, scalar)) return fault;
  if (rules_.action != Action::remove) cell = decode_value(column, scalar, rules_, report_, item_);
  return simdjson::SUCCESS;
}

error_code EventReader::read_quality(const ContainerPlan& plan, od::value value) {
  od::json_type type;
  if (const auto fault = value.type().get(type)) return fault;
  Scalar scalar;
  if (const auto fault = read_scalar(value, type, scalar)) return fault;
  quality_ = quality_of(plan.quality_schema, scalar);
  return simdjson::SUCCESS;
}

void EventReader::push(const ContainerPlan& plan) {
  const bool too_late = time_->unix_ns() > rules_.now.unix_ns() + rules_.future_tolerance_ns;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const Column& column = plan.columns[i];
    if (column.role != Column::Role::value) continue;
    Run& run = columns_.writes()[column.write].run;
    if (rules_.action == Action::remove) {
      push_cell(run, *time_, Cell{}, {});
      continue;
    }
    Cell& cell = cells_[i];
    if (cell.state == Cell::State::refused) continue;
    if (cell.state == Cell::State::absent && !fill(plan, column, cell)) continue;
    if (too_late && !column.future) {
      report_.add(item_, events::value_out_of_range(plan.type->index()->key, format_trimmed(*time_),
                                                    "The time is too far in the future."));
      continue;
    }
    // A bad quality does not hide that there was no data.
    push_cell(run, *time_, cell, quality_);
  }
}

/// What an event without the property means. False: nothing.
bool EventReader::fill(const ContainerPlan& plan, const Column& column, Cell& cell) const {
  if (rules_.missing == MissingProperty::default_value) {
    cell = default_cell(column);
    return true;
  }
  if (!plan.is_simple) return false;
  cell.state = Cell::State::system;
  cell.system = system_state::kNoData;
  return true;
}

}  // namespace penstock::dialects::omf
