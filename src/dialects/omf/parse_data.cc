#include "dialects/omf/parse_data.h"

#include <optional>
#include <utility>

#include "dialects/common/ondemand.h"
#include "dialects/omf/data_columns.h"
#include "dialects/omf/parse_events.h"
#include "dialects/omf/parse_regular.h"

namespace penstock::dialects::omf {
namespace {

namespace od = ondemand;
using simdjson::error_code;

bool is_keyword(const od::raw_json_string& key, std::string_view keyword) {
  const char* raw = key.raw();
  for (const char wanted : keyword) {
    const char c = *raw++;
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != wanted) return false;
  }
  return *raw == '"';
}

/// Walks the items of a body. What fails is the JSON, whatever is left of it.
class DataReader {
 public:
  DataReader(const DataRules& rules, DataColumns& columns, Report& report)
      : is_delete_{rules.action == Action::remove},
        columns_{columns},
        report_{report},
        events_{rules, columns, report} {}

  error_code read(od::document& document) {
    od::array items;
    if (const auto fault = document.get_array().get(items)) return fault;
    for (auto element : items) {
      od::value item;
      if (const auto fault = element.get(item)) return fault;
      od::json_type type;
      if (const auto fault = item.type().get(type)) return fault;
      if (type == od::json_type::object) {
        if (const auto fault = read_item(item)) return fault;
      } else {
        report_.add(item_, events::invalid_definition("", "", "An item is an object."));
        if (const auto fault = od::read_over(item)) return fault;
      }
      ++item_;
    }
    return od::at_end(document) ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
  }

  DataMessage take() {
    auto [writes, first_item] = columns_.take();
    return {item_, std::move(writes), std::move(first_item), std::move(assets_), {}, {}};
  }

 private:
  error_code read_item(od::value item) {
    od::object object;
    if (const auto fault = item.get_object().get(object)) return fault;
    std::optional<std::string_view> container;
    bool values_seen = false, values_left = false;
    for (auto next : object) {
      od::field field;
      if (const auto fault = std::move(next).get(field)) return fault;
      if (is_keyword(field.key(), "containerid")) {
        std::string_view id;
        const error_code refusal = field.value().get_string().get(id);
        if (refusal == simdjson::SUCCESS) {
          container = id;
        } else if (refusal == simdjson::INCORRECT_TYPE) {
          if (const auto fault = od::read_over(field.value())) return fault;
        } else {
          return refusal;
        }
      } else if (is_keyword(field.key(), "values")) {
        values_seen = true;
        if (container) {
          if (const auto fault = read_values(*container, field.value())) return fault;
        } else {
          values_left = true;
        }
      } else {
        if (!od::has_valid_escapes(field.key())) return simdjson::STRING_ERROR;
        if (const auto fault = od::read_over(field.value())) return fault;
      }
    }
    if (!container) return keep_asset(object);
    if (!values_seen) report_.add(item_, events::missing_field("values"));
    if (values_left)
      if (const auto fault = read_values_again(*container, object)) return fault;
    report_.succeed(item_, is_delete_ ? 200 : 202);
    return simdjson::SUCCESS;
  }

  /// The values came before the container's id: walk once more.
  error_code read_values_again(std::string_view container, od::object& object) {
    bool is_empty;
    if (const auto fault = object.reset().get(is_empty)) return fault;
    bool done = false;
    for (auto next : object) {
      od::field field;
      if (const auto fault = std::move(next).get(field)) return fault;
      if (!is_keyword(field.key(), "values")) continue;
      if (const auto fault = done ? od::read_over(field.value()) : read_values(container, field.value()))
        return fault;
      done = true;
    }
    return simdjson::SUCCESS;
  }

  error_code keep_asset(od::object& object) {
    bool is_empty;
    if (const auto fault = object.reset().get(is_empty)) return fault;
    std::string_view raw;
    if (const auto fault = object.raw_json().get(raw)) return fault;
    auto parsed = json::parse(raw);
    if (!parsed) return simdjson::TAPE_ERROR;
    assets_.push_back({item_, std::move(*parsed)});
    return simdjson::SUCCESS;
  }

  error_code read_values(std::string_view container, od::value values) {
    const ContainerPlan* const plan = columns_.find(container, item_);
    if (plan != nullptr && !plan->refusal) return events_.read(*plan, item_, values);
    report_.add(item_, plan == nullptr ? events::container_not_found(container) : Event{*plan->refusal});
    return od::read_over(values);
  }

  const bool is_delete_;
  DataColumns& columns_;
  Report& report_;
  EventReader events_;
  std::size_t item_ = 0;
  std::vector<AssetJson> assets_;
};

/// Kept per thread between bodies of ordinary size; its memory follows the largest one.
constexpr std::size_t kKeptParserBytes = 8u << 20;

}  // namespace

Result<DataMessage> parse_data(const http::Body& body, const DataRules& rules, const catalog::Tables& tables,
                               const auth::Principal& caller, Report& report) {
  if (auto regular = parse_regular_data(body, rules, tables, caller, report)) return *std::move(regular);
  return parse_data_by_item(body, rules, tables, caller, report);
}

Result<DataMessage> parse_data_by_item(const http::Body& body, const DataRules& rules,
                                       const catalog::Tables& tables, const auth::Principal& caller,
                                       Report& report) {
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
  DataColumns columns{tables, caller, size};
  DataReader reader{rules, columns, report};
  if (fault == simdjson::SUCCESS) fault = reader.read(document);
  if (fault != simdjson::SUCCESS) {
    return fail(ErrorCode::invalid_json, {},
                fault == simdjson::INCORRECT_TYPE
                    ? "The body is not a JSON array."
                    : std::string{"The body is not JSON: "} + simdjson::error_message(fault));
  }
  return reader.take();
}

}  // namespace penstock::dialects::omf
