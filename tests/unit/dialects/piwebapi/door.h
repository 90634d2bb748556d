#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "../away_archive.h"
#include "archive/archive.h"
#include "dialects/common/demo.h"
#include "dialects/piwebapi/piwebapi.h"
#include "http/json.h"

namespace penstock::dialects::piwebapi {

/// A door over an archive of its own in a folder that is gone afterwards, with the demo's points and assets.
/// The clock stands still at kNow.
class Door {
 public:
  static constexpr std::int64_t kNow = 1'795'178'600'123'456'700;  // 2026-11-20T12:43:20.1234567Z

  struct Options {
    Settings settings;
    std::vector<auth::Grant> grants = {{"*", auth::Right::read | auth::Right::write}};
    CsrfDefense csrf = CsrfDefense::browser;
    bool anonymous = true;  ///< False: credentials are asked for; `demo` / `demo-secret` is known.
  };

  Door() : Door{Options{}} {}
  explicit Door(Options options) {
    char name[] = "/tmp/penstock_piwebapi_XXXXXX";
    folder_ = ::mkdtemp(name);
    archive::Options archive_options;
    archive_options.directory = folder_;
    archive_options.segment_bytes = 1u << 20;
    archive_options.background_flush = false;
    archive_ = std::make_unique<AwayArchive>(*archive::Archive::open(archive_options));
    auto caller = std::make_shared<auth::Principal>();
    caller->number = 7;
    caller->name = "demo";
    caller->grants = options.grants;
    std::vector<auth::Credential> credentials;
    if (options.anonymous) {
      options.settings.anonymous = true;
      options.settings.anonymous_as = caller;
    } else {
      credentials.push_back(
          {auth::Credential::Kind::password, "demo", auth::hash_secret("demo-secret"), caller});
    }
    authenticator_ = std::make_unique<auth::Authenticator>(std::move(credentials), auth::TokenSettings{});
    house_ = std::make_unique<House>(
        House{*archive_, *authenticator_, [] { return kNow; }, "", "PENSTOCK", "Demo", options.csrf, ""});
    const auto demo = sync_wait(create_demo_catalog(*archive_, "PENSTOCK", "Demo",
                                                    Timestamp::from_unix_ns(kNow - 3600 * kNsPerSecond)));
    EXPECT_TRUE(demo.has_value());
    door_ = make_piwebapi(*house_, options.settings);
  }
  ~Door() {
    door_.reset();
    archive_.reset();
    std::filesystem::remove_all(folder_);
  }

  http::Response send(http::Method method, std::string_view target, std::string_view body = {},
                      const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    http::Request request;
    request.method = method;
    request.method_text = http::to_string(method);
    request.set_target(target);
    request.headers.add("Host", "hist01");
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    request.body.assign(body);
    return sync_wait(door_->handle(request));
  }
  http::Response get(std::string_view target) { return send(http::Method::get, target); }
  http::Response post(std::string_view target, std::string_view body) {
    return send(http::Method::post, target, body);
  }

  /// The body of a GET that has to be answered with 200.
  json::Value read(std::string_view target) {
    const http::Response response = get(target);
    EXPECT_EQ(response.status, 200) << target << ": " << response.body;
    return parsed(response);
  }
  static json::Value parsed(const http::Response& response) {
    auto value = json::parse(response.body);
    EXPECT_TRUE(value.has_value()) << response.body;
    return value ? *std::move(value) : json::Value{};
  }
  std::string webid(std::string_view tag) {
    return text(read("/piwebapi/points?path=\\\\PENSTOCK\\" + std::string{tag}), "WebId");
  }
  std::string attribute(std::string_view name) {
    return text(read("/piwebapi/attributes?path=\\\\PENSTOCK\\Demo\\Boiler1|" + std::string{name}), "WebId");
  }
  static std::string text(const json::Value& object, std::string_view member) {
    const json::Value* value = object.find(member);
    EXPECT_NE(value, nullptr) << member;
    return value != nullptr ? std::string{value->as_string().value_or("")} : std::string{};
  }
  archive::Archive& archive() { return *archive_; }
  AwayArchive& archive_switch() { return *archive_; }

  /// Recorded values as `time=value` texts in one line, time shortened to what stands behind 2026-04-02T.
  std::string recorded(const std::string& webid,
                       std::string_view query = "startTime=2026-04-02&endTime=2026-04-03") {
    const json::Value answer = read("/piwebapi/streams/" + webid + "/recorded?" + std::string{query});
    std::string line;
    const json::Value* items = answer.find("Items");
    if (items == nullptr) return "no Items";
    for (const json::Value& item : items->array()) {
      if (!line.empty()) line += ' ';
      line += text(item, "Timestamp").substr(11) + "=" + item.find("Value")->to_string();
    }
    return line;
  }

 private:
  std::string folder_;
  std::unique_ptr<AwayArchive> archive_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<House> house_;
  std::unique_ptr<Dialect> door_;
};

}  // namespace penstock::dialects::piwebapi
