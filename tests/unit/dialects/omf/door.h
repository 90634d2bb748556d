#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive.h"
#include "auth/authenticator.h"
#include "base/text.h"
#include "dialects/omf/events.h"
#include "dialects/omf/headers.h"
#include "dialects/omf/omf.h"
#include "dialects/omf/routes.h"
#include "http/json.h"

namespace penstock::dialects::omf {

/// 2026-11-20T12:00:00Z
inline constexpr std::int64_t kNoonNs = 1'795'176'000LL * kNsPerSecond;

/// An answer, taken apart.
struct Answer {
  int status = 0;
  json::Value body;
  http::Headers headers;

  const json::Value::Array& messages() const {
    const json::Value* list = body.find("Messages");
    static const json::Value::Array kNone;
    return list == nullptr ? kNone : list->array();
  }
  /// `0:[W1800 E8675 C309] 500`, one text per entry.
  std::vector<std::string> summary() const {
    std::vector<std::string> lines;
    for (const json::Value& message : messages()) {
      const json::Value* index = message.find("MessageIndex");
      std::string line = index == nullptr ? "?" : index->to_string();
      line += ":[";
      for (const json::Value& event : message.find("Events")->array()) {
        if (line.back() != '[') line += ' ';
        line += event.find("Severity")->as_string()->substr(0, 1);
        line += event.find("EventInfo")->find("EventCode")->to_string();
      }
      lines.push_back(line + "] " + message.find("Status")->find("Code")->to_string());
    }
    return lines;
  }
};

/// A house with a fresh archive, at noon.
class OmfHouse : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("penstock-omf-" + Uuid::random().to_string());
    open();
    writer_.number = 7;
    writer_.name = "demo";
    writer_.grants = {{"*", auth::Right::read | auth::Right::write}};
  }
  void TearDown() override {
    archive_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    archive::Options options;
    options.directory = directory_.string();
    options.segment_bytes = 1u << 20;
    options.background_flush = false;
    auto opened = archive::Archive::open(options);
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    archive_ = std::move(*opened);
  }
  void reopen() {
    archive_.reset();
    open();
  }

  Answer send(std::string_view type, std::string_view action, std::string_view body,
              std::string_view version = "1.2") {
    http::Headers fields;
    fields.add("messagetype", std::string{type});
    fields.add("messageformat", "JSON");
    fields.add("omfversion", std::string{version});
    fields.add("action", std::string{action});
    Report faults;
    const MessageHeaders headers = parse_headers(fields, faults);
    EXPECT_TRUE(faults.request().events.empty());
    const http::Body bytes{body};
    const Call call{*archive_,
                    "PENSTOCK",
                    "Demo",
                    settings_,
                    caller_ == nullptr ? writer_ : *caller_,
                    headers,
                    bytes,
                    Timestamp::from_unix_ns(kNoonNs)};
    auto task = headers.type == MessageType::type        ? post_types(call)
                : headers.type == MessageType::container ? post_containers(call)
                                                         : post_data(call);
    http::Response response = sync_wait(std::move(task));
    Answer answer;
    answer.status = response.status;
    answer.headers = response.headers;
    auto json = json::parse(std::string_view{response.body});
    EXPECT_TRUE(json.has_value()) << response.body;
    if (json) answer.body = std::move(*json);
    return answer;
  }

  /// What the point holds: `12:00:00 1.5; 12:00:01 (248)`; a system state in brackets, a flag with `?`.
  std::string content(std::string_view tag) const {
    PointId id{};
    {
      const auto catalog = archive_->catalog();
      const Point* const point = catalog->points.find_tag(tag);
      if (point == nullptr) return "no point";
      id = point->id;
    }
    const archive::Scan scan{id};
    const auto run = archive_->scan(scan);
    std::string text;
    for (std::size_t i = 0; i < run->size(); ++i) {
      if (!text.empty()) text += "; ";
      std::string time = format_trimmed(run->time(i));
      text += time.substr(11, time.size() - 12) + " ";
      const Quality quality = run->quality(i);
      if (quality.state != 0) {
        text += "(" + std::to_string(quality.state) + ")";
        continue;
      }
      switch (run->kind) {
        case Kind::float64:
        case Kind::float32: text += json::Value{run->numbers[i]}.to_string(); break;
        case Kind::int64:
        case Kind::digital: text += std::to_string(run->integers[i]); break;
        case Kind::text: text += "'" + run->texts[i] + "'"; break;
      }
      if (quality.has(Quality::kQuestionable)) text += "?";
    }
    return text;
  }

  Point point(std::string_view tag) const {
    const auto catalog = archive_->catalog();
    const Point* const found = catalog->points.find_tag(tag);
    EXPECT_NE(found, nullptr) << tag;
    return found == nullptr ? Point{} : *found;
  }

  /// `North/S3: Main=\\PENSTOCK\Plant7.Skid3.Flow`, names of attributes of an element by its path.
  std::vector<std::string> attributes(std::initializer_list<std::string_view> path) const {
    const auto catalog = archive_->catalog();
    const auto* database = catalog->af_databases.find_name("Demo");
    std::vector<std::string> names;
    if (database == nullptr) return {"no database"};
    Uuid at = database->id;
    for (const std::string_view name : path) {
      const auto* element = catalog->af_elements.find_child(at, name);
      if (element == nullptr) return {"no element " + std::string{name}};
      at = element->id;
    }
    for (const auto* attribute : catalog->af_attributes.children(at)) {
      if (attribute->hidden) continue;
      std::string text = attribute->name;
      if (!attribute->config_string.empty()) {
        text += "=" + attribute->config_string;
      } else if (attribute->value) {
        if (const auto* value = std::get_if<std::string>(&attribute->value->value))
          text += "='" + *value + "'";
        if (const auto* value = std::get_if<double>(&attribute->value->value))
          text += "=" + json::Value{*value}.to_string();
        if (const auto* value = std::get_if<std::int64_t>(&attribute->value->value))
          text += "=" + std::to_string(*value);
      }
      names.push_back(std::move(text));
    }
    return names;
  }

  std::filesystem::path directory_;
  std::unique_ptr<archive::Archive> archive_;
  Settings settings_;
  auth::Principal writer_;
  const auth::Principal* caller_ = nullptr;  ///< Null: the writer.
};

using Lines = std::vector<std::string>;

// Types and containers that many tests begin with.
inline constexpr std::string_view kSkidTypes = R"([
  {"id":"PumpState","type":"integer","format":"int32",
   "enum":{"values":[{"name":"Stopped","value":0},{"name":"Running","value":1},{"name":"Tripped","value":2}]}},
  {"id":"Skid","classification":"static","type":"object","properties":{
    "Key":{"type":"string","isindex":true},"Title":{"type":"string","isname":true},"Vendor":{"type":"string"}}},
  {"id":"SkidReading","classification":"dynamic","type":"object","properties":{
    "T":{"type":"string","format":"date-time","isindex":true},
    "Flow":{"type":["number","null"],"format":"float64","uom":"cubic meter per hour","minimum":0,"maximum":40},
    "State":{"reftypeid":"PumpState"}}}])";
inline constexpr std::string_view kSkidContainer = R"([
  {"id":"Plant7.Skid3","typeid":"SkidReading","name":"Skid3","datasource":"edge-7",
   "propertyoverrides":{"Flow":{"maximum":55,"interpolation":"stepwisecontinuousleading"}}}])";
inline constexpr std::string_view kTankType = R"([
  {"id":"Tank","classification":"dynamic","type":"object","properties":{
    "V":{"type":"number","format":"float64"},"Time":{"type":"string","format":"date-time","isindex":true}}}])";

}  // namespace penstock::dialects::omf
