#include "dialects/common/ondemand.h"
#include "dialects/energyview/times.h"
#include "dialects/energyview/v2/parse.h"
#include "http/json.h"

namespace penstock::dialects::energyview::v2 {
namespace {

namespace od = ondemand;

/// Reads one body. The first thing that is wrong ends the reading and stands in `refusal`; a broken text
/// leaves it empty.
class PointsReader {
 public:
  Run run;
  std::optional<Refusal> refusal;

  bool read(od::document& document) {
    od::array points;
    if (document.get_array().get(points)) {
      return wrong(Code::invalid_parameter, {}, "The body must be an array of points");
    }
    for (auto each : points) {
      od::object point;
      if (each.get_object().get(point)) {
        return wrong(Code::invalid_parameter, at(""), "A point must be an object with ts and v");
      }
      if (!read_point(point)) return false;
    }
    if (!od::at_end(document)) return false;
    return !run.empty() || wrong(Code::invalid_parameter, {}, "There is no point in the body");
  }

 private:
  bool wrong(Code code, std::string param, std::string error) {
    refusal = Refusal{code, std::move(param), std::move(error)};
    return false;
  }
  std::string at(std::string_view member) const {
    return "[" + std::to_string(run.times.size()) + "]" + std::string{member};
  }

  bool read_point(od::object& point) {
    double number = 0;
    Timestamp time = Timestamp::min();
    bool has_value = false, has_time = false;
    for (auto field : point) {
      std::string_view name;
      od::value value;
      if (field.unescaped_key().get(name) || field.value().get(value)) return false;
      if (name == "v" || name == "value") {
        has_value = true;
        if (od::read_double(value, number)) {
          return wrong(Code::invalid_value, at("." + std::string{name}), "It must be a number");
        }
      } else if (name == "ts" || name == "timestamp") {
        has_time = true;
        std::string_view text;
        if (value.get_string().get(text)) {
          return wrong(Code::invalid_timestamp, at("." + std::string{name}), "It must be an RFC 3339 text");
        }
        const Result<Timestamp> parsed = times_.read(text);
        if (!parsed) {
          return wrong(Code::invalid_timestamp, at("." + std::string{name}), parsed.error().detail);
        }
        time = *parsed;
      } else if (od::read_over(value)) {
        return false;
      }
    }
    if (!has_value) return wrong(Code::missing_parameter, at(".v"), "It is missing");
    if (!has_time) return wrong(Code::missing_parameter, at(".ts"), "It is missing");
    run.times.push_back(time.unix_ns());
    run.numbers.push_back(number);
    return true;
  }

  TimeReader times_{Zone{}};
};

}  // namespace

Checked<Run> parse_points(const http::Body& body) {
  static thread_local od::parser parser;
  od::document document;
  PointsReader reader;
  if (!body.empty() && !parser.iterate(od::padded(body)).get(document) && reader.read(document)) {
    return std::move(reader.run);
  }
  // The fast reader stops at the first thing that it does not like; the strict one knows whether it is JSON.
  if (const auto strict = json::parse(body); !strict) {
    return refuse(Code::invalid_json, {}, strict.error().detail);
  }
  if (reader.refusal) return tl::unexpected(std::move(*reader.refusal));
  return refuse(Code::invalid_json, {}, "The body can't be read");
}

}  // namespace penstock::dialects::energyview::v2
