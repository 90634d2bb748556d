#include <charconv>

#include "base/text.h"
#include "cli/door_clients.h"
#include "http/json.h"
#include "http/json_writer.h"

namespace penstock::cli {

namespace {

std::string value_text(const Run& run, std::size_t i) {
  switch (run.kind) {
    case Kind::float64:
    case Kind::float32: {
      std::string text;
      http::JsonWriter{text}.value(run.numbers[i]);
      return text;
    }
    case Kind::int64:
    case Kind::digital: return std::to_string(run.integers[i]);
    case Kind::text: return run.texts[i];
  }
  return {};
}

/// Siemens Building X Point Value Ingest: a token for a client, then at most 100 values of one point per
/// request. Points can't be made there.
class BuildingXClient final : public DoorClient {
 public:
  explicit BuildingXClient(const DoorOptions& options) : options_{options}, base_{url_path(options)} {
    if (base_.empty()) base_ = "/ingest";
  }

  std::int64_t slot_ns() const override { return kNsPerMillisecond; }
  std::size_t chunk_values_max() const override { return 100; }
  std::size_t chunk_values_default() const override { return 100; }

  Result<void> log_in(http::Client& client) override {
    std::string body;
    http::JsonWriter writer{body};
    writer.object_begin().member("client_id", options_.client_id).member("client_secret", options_.secret);
    writer.member("audience", options_.audience).member("grant_type", "client_credentials").object_end();
    http::Headers headers;
    headers.add("Content-Type", "application/json");
    http::Response answer;
    if (options_.token_url.empty()) {
      TRY(answer, client.send(http::Method::post, "/oauth/token", headers, body));
    } else {
      std::string path;
      TRY(auto elsewhere, http::Client::parse_url(options_.token_url, &path));
      elsewhere.verify = options_.verify;
      elsewhere.ca_file = options_.ca_file;
      http::Client token_client{elsewhere};
      TRY(answer, token_client.send(http::Method::post, path, headers, body));
    }
    if (answer.status != 200) return fail(refused("the token", answer));
    TRY(const auto token, json::parse(answer.body));
    const auto* access = token.find("access_token");
    if (access == nullptr || !access->as_string()) return fail(refused("the token", answer));
    authorization_ = "Bearer " + std::string{*access->as_string()};
    return {};
  }

  Result<void> prepare(http::Client& client, const std::vector<Target>& targets) override {
    points_.clear();
    http::Headers headers;
    headers.add("Authorization", authorization_);
    for (const auto& target : targets) {
      const auto slash = target.name.find('/');
      const auto partition = slash == std::string::npos ? options_.partition : target.name.substr(0, slash);
      const auto id = slash == std::string::npos ? target.name : target.name.substr(slash + 1);
      if (partition.empty()) {
        return fail(ErrorCode::invalid_argument, target.name,
                    "say --partition, or name points partition/point");
      }
      const std::string path =
          "/partitions/" + http::percent_encode(partition) + "/points/" + http::percent_encode(id);
      TRY(const auto found, client.send(http::Method::get, operations_base() + path, headers));
      if (found.status != 200) return fail(refused(target.name, found));
      points_.push_back(base_ + path + "/values" + (options_.overwrite ? "?overwrite=true" : ""));
    }
    return {};
  }

  OutgoingRequest render(std::size_t target, const Run& run) const override {
    OutgoingRequest request;
    request.target = points_[target];
    request.headers.add("Authorization", authorization_);
    request.headers.add("Content-Type", "application/vnd.api+json");
    request.headers.add("Accept", "application/vnd.api+json");
    http::JsonWriter writer{request.body};
    writer.object_begin().key("data").array_begin();
    for (std::size_t i = 0; i < run.size(); ++i) {
      writer.object_begin().member("type", "PointValue").key("attributes").object_begin();
      writer.member("timestamp", format_fixed(run.time(i), 3)).member("value", value_text(run, i));
      writer.object_end().object_end();
    }
    writer.array_end().object_end();
    return request;
  }

  Verdict judge(const http::Response& response) const override {
    auto verdict = judge_status(response);
    if (response.status != 202) return verdict;
    const auto body = json::parse(response.body);
    if (!body) return verdict;
    const auto* meta = body->find("meta");
    const auto* conflicts = meta == nullptr ? nullptr : meta->find("conflicts");
    if (conflicts == nullptr) return verdict;
    for (const auto& item : conflicts->array()) {
      if (const auto index = item.as_uint64()) verdict.dropped.push_back(static_cast<std::size_t>(*index));
    }
    verdict.ignored = verdict.dropped.size();
    return verdict;
  }

 private:
  /// Points are described by the Operations API, which lies beside the ingest API.
  std::string operations_base() const {
    if (base_.ends_with("/ingest")) return base_.substr(0, base_.size() - 7) + "/operations";
    return base_;
  }

  const DoorOptions options_;
  std::string base_, authorization_;
  std::vector<std::string> points_;  // Targets of requests.
};

/// NODA EnergyView v1: `POST /{domain}/api/v1/timeseries`. Nodes and tags are made by the server, if it is so
/// configured.
class EnergyViewClient final : public DoorClient {
 public:
  explicit EnergyViewClient(const DoorOptions& options) : options_{options} {
    target_ =
        url_path(options) + "/" + http::percent_encode(options.domain) + "/api/v1/timeseries?silent=true";
    if (options.overwrite) target_ += "&overwrite=update_window";
    headers_.add("Authorization", "Key " + options.key);
    headers_.add("Content-Type", "application/json");
  }

  std::int64_t slot_ns() const override { return kNsPerMicrosecond; }
  std::size_t chunk_values_max() const override { return 50'000; }
  std::size_t chunk_values_default() const override { return 5'000; }
  Result<void> log_in(http::Client&) override { return {}; }

  Result<void> prepare(http::Client&, const std::vector<Target>& targets) override {
    series_.clear();
    for (const auto& target : targets) {
      const auto slash = target.name.find('/');
      auto node = slash == std::string::npos ? options_.node : target.name.substr(0, slash);
      auto tag = slash == std::string::npos ? target.name : target.name.substr(slash + 1);
      if (node.empty())
        return fail(ErrorCode::invalid_argument, target.name, "say --node, or name points node/tag");
      if (kind_of(target.type) == Kind::text) {
        return fail(ErrorCode::value_type_mismatch, target.name,
                    "this door keeps numbers alone; choose the columns with --columns");
      }
      const bool whole = node.find_first_not_of("0123456789") == std::string::npos;
      if (!whole && !Uuid::parse(node)) {
        return fail(ErrorCode::invalid_argument, target.name, "a node is a whole number or a UUID");
      }
      series_.push_back({std::move(node), std::move(tag), whole});
    }
    return {};
  }

  OutgoingRequest render(std::size_t target, const Run& run) const override {
    const auto& series = series_[target];
    OutgoingRequest request;
    request.target = target_;
    request.headers = headers_;
    http::JsonWriter writer{request.body};
    writer.array_begin().object_begin().key("node_id");
    if (series.whole) {
      writer.raw(series.node);
    } else {
      writer.value(series.node);
    }
    writer.member("tag", series.tag).key("data").array_begin();
    for (std::size_t i = 0; i < run.size(); ++i) {
      writer.object_begin().key("v");
      if (is_integer(run.kind)) {
        writer.value(run.integers[i]);
      } else {
        writer.value(run.numbers[i]);
      }
      writer.member("ts", format_trimmed(run.time(i))).object_end();
    }
    writer.array_end().object_end().array_end();
    return request;
  }

  Verdict judge(const http::Response& response) const override { return judge_status(response); }

 private:
  struct Series {
    std::string node, tag;
    bool whole = false;
  };

  const DoorOptions options_;
  std::string target_;
  http::Headers headers_;
  std::vector<Series> series_;
};

}  // namespace

std::unique_ptr<DoorClient> make_buildingx_client(const DoorOptions& options) {
  return std::make_unique<BuildingXClient>(options);
}
std::unique_ptr<DoorClient> make_energyview_client(const DoorOptions& options) {
  return std::make_unique<EnergyViewClient>(options);
}

}  // namespace penstock::cli
