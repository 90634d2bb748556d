#include "dialects/omf/parse_data.h"

#include <simdjson.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <unordered_map>

#include "base/text.h"

namespace penstock::dialects::omf {
namespace {

namespace od = simdjson::ondemand;
using simdjson::error_code;

// The body is not JSON: stop, whatever is left.
#define OMF_JSON(...) \
  if (const error_code fault = (__VA_ARGS__); fault != simdjson::SUCCESS) return fault

bool is_keyword(const od::raw_json_string& key, std::string_view keyword) {
  const char* raw = key.raw();
  for (const char wanted : keyword) {
    const char c = *raw++;
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != wanted) return false;
  }
  return *raw == '"';
}

bool is_key(const od::raw_json_string& key, std::string_view wanted) {
  const char* raw = key.raw();
  for (const char c : wanted) {
    if (*raw++ != c) return false;  // The closing quote differs from every character of a key.
  }
  return *raw == '"';
}

/// The escapes of a text that nobody unescapes.
bool has_valid_escapes(const od::raw_json_string& text) {
  for (const char* at = text.raw(); *at != '"'; ++at) {
    if (*at != '\\') continue;
    ++at;
    if (*at == 'u') {
      for (int i = 0; i < 4; ++i) {
        if (std::isxdigit(static_cast<unsigned char>(*++at)) == 0) return false;
      }
    } else if (std::string_view{"\"\\/bfnrt"}.find(*at) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

/// On-Demand looks only at what it is asked for; what is skipped is walked through, so that a body with a
/// fault anywhere stores nothing.
error_code walk(od::value value) {
  od::json_type type;
  OMF_JSON(value.type().get(type));
  switch (type) {
    case od::json_type::array: {
      od::array array;
      OMF_JSON(value.get_array().get(array));
      for (auto item : array) {
        od::value next;
        OMF_JSON(item.get(next));
        OMF_JSON(walk(next));
      }
      return simdjson::SUCCESS;
    }
    case od::json_type::object: {
      od::object object;
      OMF_JSON(value.get_object().get(object));
      for (auto item : object) {
        od::field field;
        OMF_JSON(std::move(item).get(field));
        if (!has_valid_escapes(field.key())) return simdjson::STRING_ERROR;
        OMF_JSON(walk(field.value()));
      }
      return simdjson::SUCCESS;
    }
    case od::json_type::number:
      return is_json_number(trim(value.raw_json_token())) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
    case od::json_type::string: {
      // Without a copy: the parser's buffer has room for each text once only.
      od::raw_json_string raw;
      OMF_JSON(value.get_raw_json_string().get(raw));
      return has_valid_escapes(raw) ? simdjson::SUCCESS : simdjson::STRING_ERROR;
    }
    case od::json_type::boolean: {
      bool flag;
      return value.get_bool().get(flag);
    }
    case od::json_type::null:
      return trim(value.raw_json_token()) == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
  }
  return simdjson::SUCCESS;
}

error_code read_scalar(od::value value, od::json_type type, Scalar& scalar) {
  switch (type) {
    case od::json_type::array:
    case od::json_type::object: scalar.kind = Scalar::Kind::compound; return walk(value);
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

class DataReader {
 public:
  DataReader(const DataRules& rules, const catalog::Tables& tables, const auth::Principal& caller,
             Report& report)
      : rules_{rules}, tables_{tables}, report_{report}, planner_{tables, caller}, times_{rules.now} {}

  /// `bytes` is the size of the body: room is made for as many containers as small events of it would name.
  error_code read(od::document& document, std::size_t bytes) {
    static constexpr std::size_t kItemBytes = 96, kItemsMax = 4096, kValueBytes = 32;
    const std::size_t items_max = std::min(bytes / kItemBytes, kItemsMax);
    writes_.reserve(items_max);
    plans_.reserve(items_max);
    values_left_ = bytes / kValueBytes;
    od::array items;
    OMF_JSON(document.get_array().get(items));
    for (auto element : items) {
      od::value item;
      OMF_JSON(element.get(item));
      od::json_type type;
      OMF_JSON(item.type().get(type));
      if (type == od::json_type::object) {
        OMF_JSON(read_item(item));
      } else {
        report_.add(item_, events::invalid_definition("", "", "An item is an object."));
        OMF_JSON(walk(item));
      }
      ++item_;
    }
    // There is a location only where something is left behind the array.
    const char* left;
    return document.current_location().get(left) == simdjson::SUCCESS ? simdjson::TAPE_ERROR
                                                                      : simdjson::SUCCESS;
  }

  DataMessage take() {
    DataMessage message;
    message.items = item_;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < writes_.size(); ++i) {
      if (writes_[i].run.empty()) continue;
      if (kept != i) {
        writes_[kept] = std::move(writes_[i]);
        first_item_[kept] = first_item_[i];
      }
      ++kept;
    }
    writes_.resize(kept);
    first_item_.resize(kept);
    message.writes = std::move(writes_);
    message.first_item = std::move(first_item_);
    message.assets = std::move(assets_);
    return message;
  }

 private:
  error_code read_item(od::value item) {
    od::object object;
    OMF_JSON(item.get_object().get(object));
    std::optional<std::string_view> container;
    bool values_seen = false, values_left = false;
    for (auto next : object) {
      od::field field;
      OMF_JSON(std::move(next).get(field));
      if (is_keyword(field.key(), "containerid")) {
        std::string_view id;
        const error_code refusal = field.value().get_string().get(id);
        if (refusal == simdjson::SUCCESS) {
          container = id;
        } else if (refusal == simdjson::INCORRECT_TYPE) {
          OMF_JSON(walk(field.value()));
        } else {
          return refusal;
        }
      } else if (is_keyword(field.key(), "values")) {
        values_seen = true;
        if (container) {
          OMF_JSON(read_values(*container, field.value()));
        } else {
          values_left = true;
        }
      } else {
        if (!has_valid_escapes(field.key())) return simdjson::STRING_ERROR;
        OMF_JSON(walk(field.value()));
      }
    }
    if (!container) return keep_asset(object);
    if (!values_seen) report_.add(item_, events::missing_field("values"));
    if (values_left) OMF_JSON(read_values_again(*container, object));
    report_.succeed(item_, rules_.action == Action::remove ? 200 : 202);
    return simdjson::SUCCESS;
  }

  /// The values came before the container's id: walk once more.
  error_code read_values_again(std::string_view container, od::object& object) {
    bool is_empty;
    OMF_JSON(object.reset().get(is_empty));
    bool done = false;
    for (auto next : object) {
      od::field field;
      OMF_JSON(std::move(next).get(field));
      if (!done && is_keyword(field.key(), "values")) {
        OMF_JSON(read_values(container, field.value()));
        done = true;
      }
    }
    return simdjson::SUCCESS;
  }

  error_code keep_asset(od::object& object) {
    bool is_empty;
    OMF_JSON(object.reset().get(is_empty));
    std::string_view raw;
    OMF_JSON(object.raw_json().get(raw));
    auto parsed = json::parse(raw);
    if (!parsed) return simdjson::TAPE_ERROR;
    assets_.push_back({item_, std::move(*parsed)});
    return simdjson::SUCCESS;
  }

  /// The plan of a container, made once per body; null if there is no such container.
  ContainerPlan* find_plan(std::string_view id) {
    if (last_ != nullptr && id == last_->container->id) return last_;
    const catalog::OmfContainer* const container = tables_.omf.containers.find_id(id);
    if (container == nullptr) return nullptr;
    const auto [at, is_new] = plans_.try_emplace(container);
    if (is_new) {
      const std::size_t first = writes_.size();
      at->second = planner_.plan(*container, writes_);
      make_room(first);
      first_item_.resize(writes_.size(), item_);
    }
    return last_ = &at->second;
  }

  /// Containers of a body have about as many values each. All that is set aside is less than the body.
  void make_room(std::size_t first_write) {
    const std::size_t usual = first_write == 0 ? 0 : writes_[first_write - 1].run.size();
    for (std::size_t i = first_write; i < writes_.size() && usual <= values_left_; ++i) {
      writes_[i].run.reserve(usual);
      values_left_ -= usual;
    }
  }

  error_code read_values(std::string_view id, od::value value) {
    ContainerPlan* const plan = find_plan(id);
    if (plan == nullptr || plan->refusal) {
      report_.add(item_, plan == nullptr ? events::container_not_found(id) : Event{*plan->refusal});
      return walk(value);
    }
    od::json_type type;
    OMF_JSON(value.type().get(type));
    if (type != od::json_type::array) {
      report_.add(item_, events::missing_field("values"));
      return walk(value);
    }
    od::array array;
    OMF_JSON(value.get_array().get(array));
    for (auto element : array) {
      od::value next;
      OMF_JSON(element.get(next));
      OMF_JSON(next.type().get(type));
      if (type != od::json_type::object) {
        Scalar scalar;
        OMF_JSON(read_scalar(next, type, scalar));
        report_.add(item_, events::value_not_parsed("values", scalar.shown(), "object"));
        continue;
      }
      OMF_JSON(read_event(*plan, next));
    }
    return simdjson::SUCCESS;
  }

  error_code read_event(const ContainerPlan& plan, od::value value) {
    od::object object;
    OMF_JSON(value.get_object().get(object));
    cells_.assign(plan.columns.size(), Cell{});
    time_.reset();
    quality_ = Quality{};
    bool index_seen = false;
    std::size_t expected = 0;
    for (auto next : object) {
      od::field field;
      OMF_JSON(std::move(next).get(field));
      std::size_t at = expected;
      OMF_JSON(find_column(plan, field, at));
      expected = at + 1;
      if (at == plan.columns.size()) {
        OMF_JSON(walk(field.value()));
        continue;
      }
      const Column& column = plan.columns[at];
      switch (column.role) {
        case Column::Role::index:
          index_seen = true;
          OMF_JSON(read_time(column, field.value()));
          break;
        case Column::Role::value: OMF_JSON(read_cell(column, field.value(), cells_[at])); break;
        case Column::Role::quality: OMF_JSON(read_quality(plan, field.value())); break;
        case Column::Role::unused: OMF_JSON(walk(field.value())); break;
      }
    }
    if (!index_seen) report_.add(item_, events::index_missing(plan.type->index()->key));
    if (time_) push(plan);
    return simdjson::SUCCESS;
  }

  /// Producers send the properties in the same order time after time: the next one is looked at first.
  /// `at` is where to look first, then the column, or their number if there is none.
  error_code find_column(const ContainerPlan& plan, od::field& field, std::size_t& at) {
    const od::raw_json_string key = field.key();
    if (at < plan.columns.size() && is_key(key, plan.columns[at].property->key)) return simdjson::SUCCESS;
    for (at = 0; at < plan.columns.size(); ++at) {
      if (is_key(key, plan.columns[at].property->key)) return simdjson::SUCCESS;
    }
    std::string_view name;
    OMF_JSON(field.unescaped_key().get(name));
    if (const catalog::OmfProperty* property = plan.type->find(name)) {
      for (at = 0; plan.columns[at].property != property;) ++at;
    } else if (rules_.action != Action::remove) {
      report_.add(item_, events::unknown_property(plan.type->id, plan.type->version, name));
    }
    return simdjson::SUCCESS;
  }

  error_code read_time(const Column& column, od::value value) {
    od::json_type type;
    OMF_JSON(value.type().get(type));
    Scalar scalar;
    OMF_JSON(read_scalar(value, type, scalar));
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

  error_code read_cell(const Column& column, od::value value, Cell& cell) {
    od::json_type type;
    OMF_JSON(value.type().get(type));
    if (type == od::json_type::number && rules_.action != Action::remove) {
      if (is_floating(column)) {
        double number;
        if (value.get_double().get(number) == simdjson::SUCCESS) {
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
    OMF_JSON(read_scalar(value, type, scalar));
    if (rules_.action != Action::remove) cell = decode_value(column, scalar, rules_, report_, item_);
    return simdjson::SUCCESS;
  }

  error_code read_quality(const ContainerPlan& plan, od::value value) {
    od::json_type type;
    OMF_JSON(value.type().get(type));
    Scalar scalar;
    OMF_JSON(read_scalar(value, type, scalar));
    quality_ = quality_of(plan.quality_schema, scalar);
    return simdjson::SUCCESS;
  }

  void push(const ContainerPlan& plan) {
    const bool too_late = time_->unix_ns() > rules_.now.unix_ns() + rules_.future_tolerance_ns;
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      const Column& column = plan.columns[i];
      if (column.role != Column::Role::value) continue;
      Run& run = writes_[column.write].run;
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
  bool fill(const ContainerPlan& plan, const Column& column, Cell& cell) const {
    if (rules_.missing == MissingProperty::default_value) {
      cell = default_cell(column);
      return true;
    }
    if (!plan.is_simple) return false;
    cell.state = Cell::State::system;
    cell.system = system_state::kNoData;
    return true;
  }

  const DataRules& rules_;
  const catalog::Tables& tables_;
  Report& report_;

  ContainerPlanner planner_;
  IndexReader times_;
  std::size_t item_ = 0;
  std::size_t values_left_ = 0;  // That room may still be made for.
  std::vector<PointWrite> writes_;
  std::vector<std::size_t> first_item_;
  std::vector<AssetJson> assets_;
  std::unordered_map<const catalog::OmfContainer*, ContainerPlan> plans_;
  ContainerPlan* last_ = nullptr;

  // Of the event that is read.
  std::vector<Cell> cells_;
  std::optional<Timestamp> time_;
  Quality quality_;
};

#undef OMF_JSON

/// Kept per thread between bodies of ordinary size; its memory follows the largest one.
constexpr std::size_t kKeptParserBytes = 8u << 20;

}  // namespace

Result<DataMessage> parse_data(const http::Body& body, const DataRules& rules, const catalog::Tables& tables,
                               const auth::Principal& caller, Report& report) {
  static constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  const std::size_t skip = body.view().starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::size_t size = body.size() - skip;
  if (size == 0) return fail(ErrorCode::invalid_json, {}, "The body is empty.");
  static thread_local od::parser kept;
  std::optional<od::parser> large;
  od::parser& parser = size > kKeptParserBytes ? large.emplace() : kept;

  od::document document;
  const simdjson::padded_string_view text{body.data() + skip, size, size + http::Body::kPadding};
  error_code fault = parser.iterate(text).get(document);
  DataReader reader{rules, tables, caller, report};
  if (fault == simdjson::SUCCESS) fault = reader.read(document, size);
  if (fault != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_json, {},
                fault == simdjson::INCORRECT_TYPE
                    ? "The body is not a JSON array."
                    : std::string{"The body is not JSON: "} + simdjson::error_message(fault));
  }
  return reader.take();
}

}  // namespace penstock::dialects::omf
