#pragma once

#include "base/text.h"
#include "door.h"

namespace penstock::dialects::piwebapi {

/// A door with an asset database `Plant` of its own, and short words for what is done to objects.
class AssetDoor {
 public:
  explicit AssetDoor(Door::Options options = Door::Options{}) : door{std::move(options)} {
    const std::string server =
        Door::text(door.read("/piwebapi/assetservers").find("Items")->array()[0], "WebId");
    database = make("assetservers/" + server + "/assetdatabases", "{\"Name\":\"Plant\"}");
  }

  int post(const std::string& path, const std::string& body) { return send(http::Method::post, path, body); }
  int patch(const std::string& path, const std::string& body) {
    return send(http::Method::patch, path, body);
  }
  int put(const std::string& path, const std::string& body) { return send(http::Method::put, path, body); }
  int erase(const std::string& path) { return send(http::Method::del, path, {}); }
  int status(const std::string& path) { return door.get("/piwebapi/" + path).status; }
  json::Value read(const std::string& path) { return door.read("/piwebapi/" + path); }

  /// Makes an object; the WebID at the end of its Location.
  std::string make(const std::string& path, const std::string& body) {
    const http::Response response = door.post("/piwebapi/" + path, body);
    EXPECT_EQ(response.status, 201) << path << " " << body << ": " << response.body;
    EXPECT_EQ(response.body, "");
    const std::string location{response.headers.get("Location")};
    return location.substr(location.rfind('/') + 1);
  }
  /// The names of a list, in order.
  std::string names(const std::string& path) {
    std::string line;
    const json::Value list = read(path);
    const json::Value* items = list.find("Items");
    if (items == nullptr) return "no Items";
    for (const json::Value& item : items->array()) {
      line += (line.empty() ? "" : " ") + Door::text(item, "Name");
    }
    return line;
  }
  static std::string link(const json::Value& object, std::string_view name) {
    const json::Value* links = object.find("Links");
    const json::Value* link = links != nullptr ? links->find(name) : nullptr;
    return link != nullptr ? std::string{link->as_string().value_or("")} : std::string{};
  }
  /// What a link leads to; its host is the test's.
  json::Value follow(const std::string& url) {
    const std::size_t at = url.find("/piwebapi/");
    EXPECT_NE(at, std::string::npos) << url;
    return at == std::string::npos ? json::Value{} : door.read(url.substr(at));
  }

  Door door;
  std::string database;

 private:
  int send(http::Method method, const std::string& path, const std::string& body) {
    const http::Response response = door.send(method, "/piwebapi/" + path, body);
    if (response.status >= 400) {
      const json::Value shape = Door::parsed(response);
      EXPECT_NE(shape.find("Errors"), nullptr) << response.body;
      EXPECT_NE(shape.find("Message"), nullptr) << response.body;
    } else {
      EXPECT_EQ(response.status == 204 ? response.body : "", "");
    }
    return response.status;
  }
};

}  // namespace penstock::dialects::piwebapi
