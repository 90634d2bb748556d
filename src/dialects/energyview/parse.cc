#include "dialects/energyview/parse.h"

#include <limits>

#include "catalog/energyview.h"
#include "dialects/common/ondemand.h"
#include "dialects/energyview/parse_regular.h"
#include "dialects/energyview/times.h"
#include "http/json.h"

namespace penstock::dialects::energyview {
namespace {

namespace od = ondemand;

/// Ids are positive and fit an int64, which is what other systems keep them in.
constexpr std::uint64_t kNodeIdMax = std::numeric_limits<std::int64_t>::max();

/// Reads one body. The first thing that is wrong ends the reading and stands in `refusal`; a broken text
/// leaves it empty.
class BodyReader {
 public:
  explicit BodyReader(Zone zone) : times_{zone} {}

  std::vector<SeriesEntry> entries;
  Refusal refusal;
  bool refused = false;

  bool read(od::document& document) {
    od::json_type type;
    if (document.type().get(type)) return false;
    if (type == od::json_type::array) {
      od::array series;
      return !document.get_array().get(series) && read_all(series) && end(document);
    }
    if (type != od::json_type::object) return wrong(Code::invalid_parameter, {}, kWantedShape);
    od::object members;
    if (document.get_object().get(members)) return false;
    bool has_series = false;
    for (auto member : members) {
      std::string_view name;
      od::value value;
      if (member.unescaped_key().get(name) || member.value().get(value)) return false;
      if (name != "timeseries") {
        if (od::read_over(value)) return false;
        continue;
      }
      od::array series;
      if (value.get_array().get(series)) return wrong(Code::invalid_parameter, "timeseries", kWantedShape);
      entries.clear();
      has_series = true;
      if (!read_all(series)) return false;
    }
    if (!has_series) return wrong(Code::missing_parameter, "timeseries", kWantedShape);
    return end(document);
  }

 private:
  static constexpr const char* kWantedShape = "The body must be an array of series";

  bool wrong(Code code, std::string param, std::string error) {
    refusal = {code, std::move(param), std::move(error)};
    refused = true;
    return false;
  }
  bool end(od::document& document) {
    if (!od::at_end(document)) return false;
    return !entries.empty() || wrong(Code::invalid_parameter, {}, "There is no series in the body");
  }
  std::string at(std::string_view member) const {
    return "[" + std::to_string(entries.size() - 1) + "]" + std::string{member};
  }
  std::string at_point(std::size_t index, std::string_view member) const {
    return at(".data[" + std::to_string(index) + "]" + std::string{member});
  }

  bool read_all(od::array& series) {
    for (auto each : series) {
      od::value value;
      if (each.get(value)) return false;
      entries.emplace_back();
      if (!read_entry(value)) return false;
    }
    return true;
  }

  bool read_entry(od::value& value) {
    SeriesEntry& entry = entries.back();
    od::object members;
    if (value.get_object().get(members))
      return wrong(Code::invalid_parameter, at(""), "It must be an object");
    bool has_id = false, has_uuid = false, has_tag = false, has_data = false;
    Uuid uuid;
    for (auto member : members) {
      std::string_view name;
      od::value each;
      if (member.unescaped_key().get(name) || member.value().get(each)) return false;
      if (name == "node_id") {
        has_id = true;
        if (!read_node_id(each, entry.node)) return false;
      } else if (name == "node_uuid") {
        has_uuid = true;
        if (!read_uuid(each, uuid)) return false;
      } else if (name == "tag") {
        has_tag = true;
        if (!read_tag(each, entry.tag)) return false;
      } else if (name == "data") {
        has_data = true;
        od::array points;
        if (each.get_array().get(points)) {
          return wrong(Code::invalid_parameter, at(".data"), "data must be an array of points");
        }
        entry.data.clear();
        if (!read_points(points, entry.data)) return false;
      } else if (od::read_over(each)) {
        return false;
      }
    }
    if (!has_id && !has_uuid) return wrong(Code::missing_parameter, at(".node_id"), "node_id is missing");
    if (!has_tag) return wrong(Code::missing_parameter, at(".tag"), "tag is missing");
    if (!has_data) return wrong(Code::missing_parameter, at(".data"), "data is missing");
    if (has_uuid && has_id) {
      entry.has_second_name = true;
      entry.second_name = uuid;
    } else if (has_uuid) {
      entry.node = {true, 0, uuid};
    }
    return true;
  }

  bool read_node_id(od::value& value, NodeRef& node) {
    od::json_type type;
    if (value.type().get(type)) return false;
    if (type == od::json_type::string) {
      node = {true, 0, {}};
      std::string_view text;
      if (value.get_string().get(text)) return false;
      const auto uuid = Uuid::parse(text);
      if (!uuid) return wrong(Code::invalid_parameter, at(".node_id"), "A node_id text must be a UUID");
      node.uuid = *uuid;
      return true;
    }
    std::uint64_t id = 0;
    if (type != od::json_type::number || value.get_uint64().get(id) || id > kNodeIdMax) {
      return wrong(Code::invalid_parameter, at(".node_id"), "node_id must be a positive integer or a UUID");
    }
    node = {false, id, {}};
    return true;
  }

  bool read_uuid(od::value& value, Uuid& uuid) {
    std::string_view text;
    if (value.get_string().get(text)) {
      return wrong(Code::invalid_parameter, at(".node_uuid"), "node_uuid must be a UUID");
    }
    const auto parsed = Uuid::parse(text);
    if (!parsed) return wrong(Code::invalid_parameter, at(".node_uuid"), "node_uuid must be a UUID");
    uuid = *parsed;
    return true;
  }

  bool read_tag(od::value& value, std::string& tag) {
    std::string_view text;
    if (value.get_string().get(text))
      return wrong(Code::invalid_parameter, at(".tag"), "tag must be a string");
    if (!catalog::is_ev_tag(text)) {
      return wrong(Code::invalid_parameter, at(".tag"), "A tag has 1 to 128 letters, digits, _ or -");
    }
    tag = text;
    return true;
  }

  bool read_points(od::array& points, Run& run) {
    std::size_t index = 0;
    for (auto each : points) {
      od::object point;
      if (each.get_object().get(point)) {
        return wrong(Code::invalid_parameter, at_point(index, ""), "A point must be an object with v and ts");
      }
      double number = 0;
      Timestamp time = Timestamp::min();
      bool has_value = false, has_time = false;
      for (auto field : point) {
        od::value value;
        simdjson::ondemand::raw_json_string raw;
        if (field.key().get(raw) || field.value().get(value)) return false;
        const char* const key = raw.raw();
        if (key[0] == 'v' && key[1] == '"') {
          has_value = true;
          if (od::read_double(value, number)) {
            return wrong(Code::invalid_value, at_point(index, ".v"), "v must be a number");
          }
        } else if (key[0] == 't' && key[1] == 's' && key[2] == '"') {
          has_time = true;
          if (!read_time(value, index, time)) return false;
        } else if (!read_odd_field(raw, value, index)) {
          return false;
        }
      }
      if (!has_value) return wrong(Code::missing_parameter, at_point(index, ".v"), "v is missing");
      if (!has_time) return wrong(Code::missing_parameter, at_point(index, ".ts"), "ts is missing");
      run.times.push_back(time.unix_ns());
      run.numbers.push_back(number);
      ++index;
    }
    return true;
  }

  bool read_time(od::value& value, std::size_t index, Timestamp& time) {
    std::string_view text;
    if (value.get_string().get(text)) {
      return wrong(Code::invalid_timestamp, at_point(index, ".ts"), "ts must be an RFC 3339 text");
    }
    const Result<Timestamp> parsed = times_.read(text);
    if (!parsed) return wrong(Code::invalid_timestamp, at_point(index, ".ts"), parsed.error().detail);
    time = *parsed;
    return true;
  }

  /// A member that nobody asked for. One of ours whose name is written with escapes is refused: no client
  /// does.
  bool read_odd_field(simdjson::ondemand::raw_json_string raw, od::value& value, std::size_t index) {
    for (const char* c = raw.raw(); *c != '"'; ++c) {
      if (*c == '\\') {
        return wrong(Code::invalid_parameter, at_point(index, ""), "Names of members must not be escaped");
      }
    }
    return !od::read_over(value);
  }

  TimeReader times_;
};

}  // namespace

Checked<std::vector<SeriesEntry>> parse_series(const http::Body& body, Zone zone) {
  if (auto regular = parse_regular_series(body)) return *std::move(regular);
  return parse_series_by_item(body, zone);
}

Checked<std::vector<SeriesEntry>> parse_series_by_item(const http::Body& body, Zone zone) {
  static thread_local od::parser parser;
  od::document document;
  BodyReader reader{zone};
  if (!body.empty() && !parser.iterate(od::padded(body)).get(document) && reader.read(document)) {
    return std::move(reader.entries);
  }
  // The fast reader stops at the first thing that it does not like; the strict one knows whether it is JSON.
  if (const auto strict = json::parse(body); !strict) {
    return refuse(Code::invalid_json, {}, strict.error().detail);
  }
  if (reader.refused) return tl::unexpected(std::move(reader.refusal));
  return refuse(Code::invalid_json, {}, "The body can't be read");
}

}  // namespace penstock::dialects::energyview
