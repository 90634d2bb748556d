#include "dialects/buildingx/parse.h"

#include <optional>

#include "dialects/common/ondemand.h"
#include "http/json.h"

namespace penstock::dialects::buildingx {
namespace {

namespace od = ondemand;

/// A problem with one item, its pointer relative to the item.
std::optional<Problem> wrong(ProblemKind kind, std::string pointer, std::string detail) {
  Problem problem;
  problem.kind = kind;
  problem.pointer = std::move(pointer);
  problem.detail = std::move(detail);
  return problem;
}

/// Reads one item. What is wrong with the item goes to `problem` (the first thing found); broken JSON is the
/// returned error.
class ItemReader {
 public:
  ItemReader(PointValue& item, std::optional<Problem>& problem) : item_{item}, problem_{problem} {}

  simdjson::error_code read(od::value resource) {
    od::json_type type;
    if (const auto error = resource.type().get(type)) return error;
    if (type != od::json_type::object) {
      problem_ = wrong(ProblemKind::invalid_document, "", "A point value must be a resource object");
      return od::read_over(resource);
    }
    od::object members;
    if (const auto error = resource.get_object().get(members)) return error;
    for (auto member : members) {
      std::string_view name;
      if (const auto error = member.unescaped_key().get(name)) return error;
      od::value value;
      if (const auto error = member.value().get(value)) return error;
      if (name == "type") {
        if (const auto error = read_text(value, type_)) return error;
        has_type_ = true;
      } else if (name == "attributes") {
        if (const auto error = read_attributes(value)) return error;
      } else {
        if (name == "id") has_id_ = true;
        if (const auto error = od::read_over(value)) return error;
      }
    }
    judge();
    return simdjson::SUCCESS;
  }

 private:
  /// A string, or nothing if the value is something else.
  static simdjson::error_code read_text(od::value value, std::optional<std::string>& text) {
    text.reset();
    od::json_type type;
    if (const auto error = value.type().get(type)) return error;
    if (type != od::json_type::string) return od::read_over(value);
    std::string_view view;
    if (const auto error = value.get_string().get(view)) return error;
    text.emplace(view);
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_attributes(od::value value) {
    od::json_type type;
    if (const auto error = value.type().get(type)) return error;
    if (type != od::json_type::object) return od::read_over(value);
    has_attributes_ = true;
    od::object attributes;
    if (const auto error = value.get_object().get(attributes)) return error;
    for (auto attribute : attributes) {
      std::string_view name;
      if (const auto error = attribute.unescaped_key().get(name)) return error;
      od::value each;
      if (const auto error = attribute.value().get(each)) return error;
      if (name == "timestamp") {
        has_timestamp_ = true;
        if (const auto error = read_text(each, timestamp_)) return error;
      } else if (name == "value") {
        has_value_ = true;
        if (const auto error = read_text(each, value_)) return error;
      } else if (name == "qualityOfValue") {
        if (const auto error = read_quality(each)) return error;
      } else if (const auto error = od::read_over(each)) {
        return error;
      }
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_quality(od::value value) {
    quality_ = -1;
    od::json_type type;
    if (const auto error = value.type().get(type)) return error;
    if (type != od::json_type::number) return od::read_over(value);
    double number;
    if (const auto error = od::read_double(value, number)) return error;
    for (int grade = 0; grade <= kGradeMax; ++grade) {
      if (number == grade) quality_ = grade;
    }
    return simdjson::SUCCESS;
  }

  /// In the order that helps most: what it is, then where it belongs, then what it says.
  void judge() {
    if (!has_type_) {
      problem_ = wrong(ProblemKind::invalid_document, "/type", "The member type is missing");
    } else if (!type_) {
      problem_ = wrong(ProblemKind::invalid_document, "/type", "The member type must be a string");
    } else if (*type_ != "PointValue") {
      problem_ = wrong(ProblemKind::type_mismatch, "/type", "The type must be PointValue");
    } else if (has_id_) {
      problem_ = wrong(ProblemKind::client_generated_id, "/id", "The server gives point values their id");
    } else if (!has_attributes_) {
      problem_ =
          wrong(ProblemKind::invalid_document, "/attributes", "The member attributes must be an object");
    } else {
      judge_attributes();
    }
  }

  void judge_attributes() {
    if (!timestamp_) {
      problem_ = wrong(ProblemKind::invalid_timestamp, "/attributes/timestamp",
                       has_timestamp_ ? "The timestamp must be a string" : "The timestamp is missing");
      return;
    }
    const Result<Timestamp> time = parse_rfc3339(*timestamp_);
    if (!time) {
      problem_ = wrong(ProblemKind::invalid_timestamp, "/attributes/timestamp", time.error().detail);
    } else if (!value_) {
      problem_ = wrong(ProblemKind::invalid_value, "/attributes/value",
                       has_value_ ? "The value must be a string, also of a number" : "The value is missing");
    } else if (quality_ < 0) {
      problem_ = wrong(ProblemKind::invalid_quality, "/attributes/qualityOfValue", "It must be 0, 1, 2 or 3");
    } else {
      item_.time_ns = time->floor_to(kNsPerMillisecond).unix_ns();
      item_.value = std::move(*value_);
      item_.quality_of_value = static_cast<std::uint8_t>(quality_);
    }
  }

  PointValue& item_;
  std::optional<Problem>& problem_;
  std::optional<std::string> type_, timestamp_, value_;
  bool has_type_ = false, has_id_ = false, has_attributes_ = false, has_timestamp_ = false,
       has_value_ = false;
  int quality_ = 0;
};

struct Reading {
  PointValues values;
  Problems problems;
  std::size_t count = 0;
  bool has_data = false;

  simdjson::error_code read_item(od::value resource) {
    const std::size_t index = count++;
    // Beyond the limit the request is refused as a whole; only its JSON is still looked at.
    if (index >= kItemsMax) return od::read_over(resource);
    PointValue item;
    std::optional<Problem> problem;
    if (const auto error = ItemReader{item, problem}.read(resource)) return error;
    if (problem) {
      problem->pointer = values.pointer(index) + problem->pointer;
      problems.push_back(std::move(*problem));
    } else {
      values.items.push_back(std::move(item));
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_data(od::value data) {
    // Of a repeated member the last counts.
    values = {};
    problems.clear();
    count = 0;
    has_data = false;
    od::json_type type;
    if (const auto error = data.type().get(type)) return error;
    if (type == od::json_type::object) {
      // A generic JSON:API client can send nothing but one resource object.
      has_data = true;
      values.single = true;
      return read_item(data);
    }
    if (type != od::json_type::array) return od::read_over(data);
    has_data = true;
    od::array items;
    if (const auto error = data.get_array().get(items)) return error;
    for (auto each : items) {
      od::value resource;
      if (const auto error = each.get(resource)) return error;
      if (const auto error = read_item(resource)) return error;
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code read_document(od::document& document) {
    od::object members;
    if (const auto error = document.get_object().get(members)) return error;
    for (auto member : members) {
      std::string_view name;
      if (const auto error = member.unescaped_key().get(name)) return error;
      od::value value;
      if (const auto error = member.value().get(value)) return error;
      if (const auto error = name == "data" ? read_data(value) : od::read_over(value)) return error;
    }
    return od::at_end(document) ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }
};

Problems only(ProblemKind kind, std::string pointer, std::string detail) {
  Problems problems;
  problems.push_back(*wrong(kind, std::move(pointer), std::move(detail)));
  return problems;
}

/// The fast reader only says that something is wrong; the strict one says where.
Problems diagnose(const http::Body& body) {
  const auto document = json::parse(body);
  if (!document) return only(ProblemKind::invalid_json, "", document.error().detail);
  return only(ProblemKind::invalid_document, "", "The document must be an object with the member data");
}

}  // namespace

tl::expected<PointValues, Problems> parse_point_values(const http::Body& body) {
  static thread_local od::parser parser;
  od::document document;
  Reading reading;
  if (body.empty() || parser.iterate(od::padded(body)).get(document) || reading.read_document(document)) {
    return tl::unexpected(diagnose(body));
  }
  if (!reading.has_data) {
    return tl::unexpected(only(ProblemKind::invalid_document, "/data", "The member data must be an array"));
  }
  if (reading.count == 0 || reading.count > kItemsMax) {
    return tl::unexpected(only(ProblemKind::batch_size, "/data",
                               "The request holds " + std::to_string(reading.count) + " point values"));
  }
  if (!reading.problems.empty()) return tl::unexpected(std::move(reading.problems));
  return std::move(reading.values);
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  TRY(const ParsedTime parsed, parse_iso8601(text));
  // The general reader takes more of ISO 8601 than RFC 3339 has.
  std::size_t fraction_end = 19;
  while (fraction_end < text.size() && text[fraction_end] != 'Z' && text[fraction_end] != 'z' &&
         text[fraction_end] != '+' && text[fraction_end] != '-') {
    ++fraction_end;
  }
  const std::string_view zone = text.substr(std::min(fraction_end, text.size()));
  if (text.size() < 19 || text[16] != ':' || (text[10] != 'T' && text[10] != 't') ||
      text.find(',') != std::string_view::npos || fraction_end > 29 ||
      (zone.size() > 1 && zone.size() != 6)) {
    return fail(ErrorCode::invalid_time, {},
                "'" + std::string{text.substr(0, 64)} + "' is not an RFC 3339 date-time");
  }
  CivilTime civil = parsed.local;
  civil.second -= parsed.offset_seconds;
  return from_civil(civil);
}

}  // namespace penstock::dialects::buildingx
