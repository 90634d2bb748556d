#include "base/text.h"
#include "cli/door_clients.h"
#include "http/json.h"
#include "http/json_writer.h"

namespace penstock::cli {

namespace {

void write_value(http::JsonWriter& writer, const Run& run, std::size_t i) {
  switch (run.kind) {
    case Kind::float64:
    case Kind::float32: writer.value(run.numbers[i]); break;
    case Kind::int64:
    case Kind::digital: writer.value(run.integers[i]); break;
    case Kind::text: writer.value(run.texts[i]); break;
  }
}

/// PI Web API: finds points by path, makes missing ones below the data server, and writes lists to
/// `streams/{webId}/recorded`.
class PiClient final : public DoorClient {
 public:
  explicit PiClient(const DoorOptions& options) : options_{options}, base_{url_path(options)} {
    if (base_.empty()) base_ = "/piwebapi";
    headers_.add("Authorization", "Basic " + base64_encode(options.user + ":" + options.password));
    headers_.add("X-Requested-With", "penstock");
    headers_.add("Content-Type", "application/json");
  }

  std::int64_t slot_ns() const override { return kNsPerTick; }
  std::size_t chunk_values_max() const override { return 10'000; }
  std::size_t chunk_values_default() const override { return 5'000; }
  Result<void> log_in(http::Client&) override { return {}; }

  Result<void> prepare(http::Client& client, const std::vector<Target>& targets) override {
    TRY(const auto servers, get(client, "/dataservers"));
    std::string server_id, server_name;
    if (const auto* items = servers.find("Items")) {
      for (const auto& item : items->array()) {
        const auto name = text_member(item, "Name");
        if (!server_id.empty() || !(options_.server_name.empty() || iequals(name, options_.server_name)))
          continue;
        server_name = name;
        server_id = text_member(item, "WebId");
      }
    }
    if (server_id.empty()) {
      return fail(ErrorCode::not_found, options_.server_name, "the server lists no such data server");
    }
    web_ids_.clear();
    for (const auto& target : targets) {
      TRY(auto web_id, find_or_create(client, server_name, server_id, target));
      web_ids_.push_back(std::move(web_id));
    }
    return {};
  }

  OutgoingRequest render(std::size_t target, const Run& run) const override {
    OutgoingRequest request;
    request.target = base_ + "/streams/" + web_ids_[target] +
                     "/recorded?updateOption=" + (options_.overwrite ? "Replace" : "Insert");
    request.headers = headers_;
    http::JsonWriter writer{request.body};
    writer.array_begin();
    for (std::size_t i = 0; i < run.size(); ++i) {
      writer.object_begin().member("Timestamp", format_trimmed(run.time(i))).key("Value");
      write_value(writer, run, i);
      writer.object_end();
    }
    writer.array_end();
    return request;
  }

  Verdict judge(const http::Response& response) const override { return judge_status(response); }

 private:
  static std::string text_member(const json::Value& value, std::string_view name) {
    const auto* member = value.find(name);
    return member == nullptr ? std::string{} : std::string{member->as_string().value_or(std::string_view{})};
  }

  Result<json::Value> get(http::Client& client, const std::string& path) const {
    TRY(const auto response, client.send(http::Method::get, base_ + path, headers_));
    if (response.status != 200) return fail(refused(path, response));
    return json::parse(response.body);
  }

  Result<std::string> find_or_create(http::Client& client, const std::string& server_name,
                                     const std::string& server_id, const Target& target) const {
    const std::string path =
        "/points?path=" + http::percent_encode("\\\\" + server_name + "\\" + target.name);
    TRY(const auto found, client.send(http::Method::get, base_ + path, headers_));
    if (found.status == 200) {
      TRY(const auto point, json::parse(found.body));
      return text_member(point, "WebId");
    }
    if (found.status != 404 || !options_.create) return fail(refused(target.name, found));
    std::string body;
    http::JsonWriter writer{body};
    writer.object_begin().member("Name", target.name).member("PointClass", "classic");
    writer.member("PointType", to_string(target.type))
        .member("Descriptor", "Made by penstock backfill")
        .object_end();
    TRY(const auto made,
        client.send(http::Method::post, base_ + "/dataservers/" + server_id + "/points", headers_, body));
    if (made.status != 201) return fail(refused(target.name, made));
    TRY(const auto point, get(client, path));
    return text_member(point, "WebId");
  }

  const DoorOptions options_;
  std::string base_;
  http::Headers headers_;
  std::vector<std::string> web_ids_;
};

/// OMF on PI Web API: a type per kind of value, a container per point, data messages by container.
class OmfClient final : public DoorClient {
 public:
  explicit OmfClient(const DoorOptions& options) : options_{options}, target_{url_path(options)} {
    if (target_.empty()) target_ = "/piwebapi/omf";
    if (!target_.ends_with("/omf")) target_ += "/omf";
  }

  std::int64_t slot_ns() const override { return kNsPerTick; }
  std::size_t chunk_values_max() const override { return 10'000; }
  std::size_t chunk_values_default() const override { return 5'000; }
  Result<void> log_in(http::Client&) override { return {}; }

  Result<void> prepare(http::Client& client, const std::vector<Target>& targets) override {
    names_.clear();
    for (const auto& target : targets) names_.push_back(target.name);
    if (!options_.create) return {};
    std::string types;
    http::JsonWriter writer{types};
    writer.array_begin();
    for (const auto& form : kForms) {
      writer.object_begin()
          .member("id", form.type_id)
          .member("type", "object")
          .member("classification", "dynamic");
      writer.key("properties").object_begin();
      writer.key("Time").object_begin().member("type", "string").member("format", "date-time");
      writer.member("isindex", true).object_end();
      writer.key("Value").object_begin().member("type", form.type);
      if (!form.format.empty()) writer.member("format", form.format);
      writer.object_end().object_end().object_end();
    }
    writer.array_end();
    TRY_VOID(send(client, "type", types));
    // Containers in groups, so that no message grows beyond what servers take.
    for (std::size_t first = 0; first < targets.size(); first += 500) {
      std::string containers;
      http::JsonWriter list{containers};
      list.array_begin();
      for (std::size_t i = first; i < std::min(first + 500, targets.size()); ++i) {
        list.object_begin().member("id", targets[i].name).member("typeid", form_of(targets[i].type).type_id);
        list.object_end();
      }
      list.array_end();
      TRY_VOID(send(client, "container", containers));
    }
    return {};
  }

  OutgoingRequest render(std::size_t target, const Run& run) const override {
    OutgoingRequest request;
    request.target = target_;
    request.headers = headers("data", options_.overwrite ? "update" : "create");
    http::JsonWriter writer{request.body};
    writer.array_begin().object_begin().member("containerid", names_[target]).key("values").array_begin();
    for (std::size_t i = 0; i < run.size(); ++i) {
      writer.object_begin().member("Time", format_trimmed(run.time(i))).key("Value");
      write_value(writer, run, i);
      writer.object_end();
    }
    writer.array_end().object_end().array_end();
    return request;
  }

  Verdict judge(const http::Response& response) const override { return judge_status(response); }

 private:
  struct Form {
    std::string_view type_id, type, format;
  };
  static constexpr Form kForms[] = {{"Penstock.Backfill.Number", "number", "float64"},
                                    {"Penstock.Backfill.Integer", "integer", "int32"},
                                    {"Penstock.Backfill.Text", "string", ""}};
  static const Form& form_of(PointType type) {
    const Kind kind = kind_of(type);
    return kind == Kind::text ? kForms[2] : is_integer(kind) ? kForms[1] : kForms[0];
  }

  http::Headers headers(const char* message_type, const char* action) const {
    http::Headers made;
    made.add("Authorization", "Basic " + base64_encode(options_.user + ":" + options_.password));
    made.add("X-Requested-With", "penstock");
    made.add("Content-Type", "application/json");
    made.add("messagetype", message_type);
    made.add("messageformat", "JSON");
    made.add("omfversion", "1.2");
    made.add("action", action);
    return made;
  }

  Result<void> send(http::Client& client, const char* message_type, const std::string& body) const {
    TRY(const auto response, client.send(http::Method::post, target_, headers(message_type, "create"), body));
    if (response.status >= 200 && response.status < 300) return {};
    return fail(refused(std::string{"OMF "} + message_type + " message", response));
  }

  const DoorOptions options_;
  std::string target_;
  std::vector<std::string> names_;
};

}  // namespace

std::unique_ptr<DoorClient> make_pi_client(const DoorOptions& options) {
  return std::make_unique<PiClient>(options);
}
std::unique_ptr<DoorClient> make_omf_client(const DoorOptions& options) {
  return std::make_unique<OmfClient>(options);
}

}  // namespace penstock::cli
