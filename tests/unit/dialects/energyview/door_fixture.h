#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "../one_door.h"
#include "auth/authenticator.h"
#include "base/task.h"
#include "dialects/energyview/demo.h"
#include "dialects/energyview/energyview.h"
#include "http/json.h"

namespace penstock::dialects::energyview {

inline constexpr std::int64_t kClockNs = 1795176000LL * 1'000'000'000;
inline constexpr const char* kNodeUuid = "3f0b6a0e-5b1c-4d1e-9a70-2f4f0c9d8e11";

inline auth::PrincipalPtr principal(std::uint32_t number, std::string pattern, std::uint8_t rights,
                                    std::string domain) {
  auth::Principal made;
  made.number = number;
  made.grants = {{std::move(pattern), rights}};
  made.domain = std::move(domain);
  return std::make_shared<const auth::Principal>(std::move(made));
}

inline auth::Authenticator& authenticator() {
  using auth::Credential;
  static const std::uint8_t all = auth::Right::read | auth::Right::write;
  static const std::uint8_t read = static_cast<std::uint8_t>(auth::Right::read);
  static const auto key = [](const char* domain, const char* secret, auth::PrincipalPtr who) {
    return Credential{Credential::Kind::key, domain, auth::hash_secret(secret), std::move(who)};
  };
  static auth::Authenticator made{{key("town", "town-secret", principal(1, "*", all, "town")),
                                   key("town", "viewer-secret", principal(2, "*", read, "town")),
                                   key("town", "only-a", principal(3, "EV.town.*.a", all, "town")),
                                   key("demo", "demo-secret", principal(4, "*", all, "demo"))},
                                  {}};
  return made;
}

/// The door over a fresh archive: the demo's domain, and `town` in Stockholm with node 7 and its tags a and
/// b.
class DoorTest : public OneDoor {
 protected:
  void SetUp() override {
    archive::Archive::Edit seed = [](catalog::Editor& editor) -> Result<void> {
      const Timestamp now = Timestamp::from_unix_ns(kClockNs);
      TRY_VOID(seed_demo(editor, now));
      TRY_VOID(catalog::put_domain(editor, {"town", "Europe/Stockholm"}));
      catalog::NewEvNode wanted;
      wanted.domain = "town";
      wanted.id = 7;
      wanted.uuid = Uuid::parse(kNodeUuid);
      TRY(const catalog::EvNode node, catalog::add_ev_node(editor, wanted));
      TRY_VOID(catalog::add_ev_series(editor, node, "a", now));
      TRY_VOID(catalog::add_ev_series(editor, node, "b", now));
      return {};
    };
    ASSERT_NO_FATAL_FAILURE(open(
        authenticator(), [] { return kClockNs; }, std::move(seed)));
    use({});
  }

  /// As after a restart of the server.
  void reopen() {
    restart();
    use({});
  }

  void use(Settings settings) { door_ = make_energyview(*house_, settings); }

  http::Request request(http::Method method, const std::string& target, const std::string& body = "") {
    http::Request made;
    made.method = method;
    made.set_target(target);
    if (!key_.empty()) made.headers.add("Authorization", "Key " + key_);
    if (method == http::Method::post) made.headers.add("Content-Type", "application/json");
    made.body.assign(body);
    return made;
  }
  http::Response get(const std::string& query) {
    http::Request made = request(http::Method::get, "/town/api/v1/" + query);
    return send(made);
  }
  http::Response post(const std::string& options, const std::string& body) {
    http::Request made =
        request(http::Method::post, "/town/api/v1/timeseries" + (options.empty() ? "" : "?" + options), body);
    return send(made);
  }
  http::Response post_form(const std::string& body) {
    http::Request made = request(http::Method::post, "/town/api/v1/timeseries", body);
    made.headers.set("Content-Type", "application/x-www-form-urlencoded");
    return send(made);
  }

  /// `{10, 1}`: the value 1 at 10 o'clock UTC of a day in May.
  struct Hour {
    int hour;
    double value;
  };
  static std::string series(const std::string& node, const std::string& tag,
                            const std::vector<Hour>& points) {
    std::string text = "{\"node_id\":" + node + ",\"tag\":\"" + tag + "\",\"data\":[";
    for (const Hour& point : points) {
      if (text.back() == '}') text += ",";
      text += "{\"v\":" + std::to_string(point.value) + ",\"ts\":\"2024-05-01T" + std::to_string(point.hour) +
              ":00:00Z\"}";
    }
    return text + "]}";
  }
  static std::string body(const std::string& node, const std::string& tag, const std::vector<Hour>& points) {
    return "[" + series(node, tag, points) + "]";
  }

  /// "10=1 11=2": the hours and values of one series of node 7.
  std::string stored(const std::string& tag) {
    const auto answer = get("timeseries?node_id=7&tag=" + tag +
                            "&start=2024-05-01T00:00:00Z&end=2024-05-02T00:00:00Z&epoch=1");
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto document = json::parse(answer.body);
    if (!document || document->find("timeseries")->array().empty()) return "";
    std::string text;
    for (const json::Value& row : document->find("timeseries")->array().front().find("data")->array()) {
      if (!text.empty()) text += " ";
      const std::int64_t hour = (*row.find("ts")->as_int64() - 1714521600) / 3600;
      text += std::to_string(hour) + "=" + row.find("v")->to_string();
    }
    return text;
  }

  /// "status code param" of an error object.
  static std::string error(const http::Response& answer) {
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
    const auto document = json::parse(answer.body);
    if (!document || document->find("error") == nullptr) return "no error object: " + answer.body;
    std::string text = std::to_string(answer.status);
    text.append(" ").append(*document->find("code")->as_string());
    if (const json::Value* param = document->find("param")) text.append(" ").append(*param->as_string());
    return text;
  }

  std::string key_ = "town-secret";
};

}  // namespace penstock::dialects::energyview
