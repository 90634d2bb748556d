#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../one_door.h"
#include "auth/authenticator.h"
#include "base/task.h"
#include "base/text.h"
#include "dialects/buildingx/buildingx.h"
#include "dialects/buildingx/demo.h"
#include "http/json.h"

namespace penstock::dialects::buildingx {

inline constexpr const char* kOtherPartition = "5a6b1d0e-0000-4000-8000-000000000002";

/// 2026-11-20T12:00:00Z; tests move it on.
inline std::int64_t clock_now_ns = 1795176000LL * 1'000'000'000;

inline auth::PrincipalPtr principal(std::uint32_t number, auth::PartitionRights rights,
                                    std::uint8_t over_tags) {
  auth::Principal made;
  made.number = number;
  made.grants = {{"BX.*", over_tags}};
  made.partitions.emplace(kDemoPartition, rights);
  return std::make_shared<const auth::Principal>(std::move(made));
}

/// A client that may do everything, one that only reads, and one that has the partition but no tag in it.
inline auth::Authenticator& authenticator() {
  using auth::Credential;
  static const std::uint8_t all = auth::Right::read | auth::Right::write;
  static const std::uint8_t read = static_cast<std::uint8_t>(auth::Right::read);
  static auth::Authenticator made{
      {{Credential::Kind::client, "demo-client", auth::hash_secret("demo-secret"),
        principal(1, {true, true, true}, all)},
       {Credential::Kind::client, "viewer-client", auth::hash_secret("viewer-secret"),
        principal(2, {true, true, false}, read)},
       {Credential::Kind::client, "no-tags", auth::hash_secret("secret"),
        principal(3, {true, true, true}, 0)}},
      {}};
  return made;
}

/// The door over a fresh archive with the demo's points.
class DoorTest : public OneDoor {
 protected:
  void SetUp() override {
    clock_now_ns = 1795176000LL * 1'000'000'000;
    archive::Archive::Edit seed = [](catalog::Editor& editor) {
      return seed_demo(editor, Timestamp::from_unix_ns(clock_now_ns));
    };
    ASSERT_NO_FATAL_FAILURE(open(
        authenticator(), [] { return clock_now_ns; }, std::move(seed)));
    use({});
    token_ = token_of("demo-client", "demo-secret");
  }
  void use(Settings settings) { door_ = make_buildingx(*house_, settings); }

  static std::string token_of(const std::string& client, const std::string& secret) {
    const auto token = sync_wait(authenticator().mint(client, secret, "", clock_now_ns / 1'000'000'000));
    EXPECT_TRUE(token.has_value());
    return token ? token->access_token : std::string{};
  }

  http::Request request(http::Method method, const std::string& target, const std::string& body = "") {
    http::Request made;
    made.method = method;
    made.set_target(target);
    made.headers.add("Host", "hist01:8443");
    if (!token_.empty()) made.headers.add("Authorization", "Bearer " + token_);
    if (method == http::Method::post) made.headers.add("Content-Type", "application/vnd.api+json");
    made.body.assign(body);
    return made;
  }
  http::Response get(const std::string& target) {
    http::Request made = request(http::Method::get, target);
    return send(made);
  }
  http::Response post(const std::string& target, const std::string& body) {
    http::Request made = request(http::Method::post, target, body);
    return send(made);
  }

  static std::string point(const std::string& last) {
    return std::string{"/partitions/"} + kDemoPartition + "/points/5a6b1d0e-0000-4000-8000-0000000000" + last;
  }

  /// {{timestamp, value} …} as a request body.
  static std::string body_of(const std::vector<std::pair<std::string, std::string>>& values) {
    std::string text = "{\"data\":[";
    for (const auto& [time, value] : values) {
      if (text.back() == '}') text += ",";
      text += "{\"type\":\"PointValue\",\"attributes\":{\"timestamp\":\"" + time + "\",\"value\":\"" + value +
              "\"}}";
    }
    return text + "]}";
  }

  /// "time=value(quality)" of everything from `from` on.
  std::vector<std::string> stored(const std::string& last, const std::string& from = "1990-01-01T00:00:00Z") {
    const http::Response answer = get(point(last) + "/values?filter[timestamp][from]=" + from +
                                      "&filter[timestamp][to]=2200-01-01T00:00:00Z");
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<std::string> rows;
    const auto document = json::parse(answer.body);
    EXPECT_TRUE(document.has_value());
    if (!document) return rows;
    for (const json::Value& row : document->find("data")->array()) {
      const json::Value* attributes = row.find("attributes");
      rows.push_back(std::string{*attributes->find("timestamp")->as_string()} + "=" +
                     std::string{*attributes->find("value")->as_string()} + "(" +
                     std::to_string(*attributes->find("qualityOfValue")->as_int64()) + ")");
    }
    return rows;
  }

  static std::vector<std::int64_t> conflicts(const http::Response& answer) {
    std::vector<std::int64_t> indices;
    const auto document = json::parse(answer.body);
    if (!document || document->find("meta") == nullptr) return {-1};
    for (const json::Value& index : document->find("meta")->find("conflicts")->array()) {
      indices.push_back(*index.as_int64());
    }
    return indices;
  }

  /// "status code pointer-or-parameter" of the first error of a document.
  static std::string first_error(const http::Response& answer) {
    const auto document = json::parse(answer.body);
    if (!document || document->find("errors") == nullptr) return "no error document: " + answer.body;
    const json::Value& error = document->find("errors")->array().front();
    std::string text{*error.find("status")->as_string()};
    text.append(" ").append(*error.find("code")->as_string());
    if (const json::Value* source = error.find("source")) {
      text.append(" ").append(*source->object().front().value.as_string());
    }
    return text;
  }

  std::string token_;
};

}  // namespace penstock::dialects::buildingx
