#include <charconv>
#include <cmath>
#include <limits>

#include "catalog/energyview.h"
#include "dialects/common/number_text.h"
#include "dialects/common/query_text.h"
#include "dialects/energyview/parse.h"
#include "dialects/energyview/times.h"
#include "dialects/energyview/words.h"
#include "http/json.h"

namespace penstock::dialects::energyview {
namespace {

Checked<bool> parse_flag(std::string_view text, std::string param) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return refuse(Code::invalid_parameter, std::move(param), "It must be true or false");
}

/// `first` counts before `second`.
Checked<WriteOptions> parse_options(const http::Parameters& first, const http::Parameters& second) {
  const auto find = [&](std::string_view name) {
    const auto found = first.find(name);
    return found ? found : second.find(name);
  };
  WriteOptions options;
  if (const auto silent = find("silent")) {
    TRY(options.silent, parse_flag(*silent, "silent"));
  }
  if (const auto overwrite = find("overwrite")) {
    if (*overwrite == "update_window") {
      options.overwrite = Overwrite::update_window;
    } else if (*overwrite == "replace_window") {
      options.overwrite = Overwrite::replace_window;
    } else {
      return refuse(Code::invalid_parameter, "overwrite", "It must be replace_window or update_window");
    }
  }
  return options;
}

Checked<std::string> parse_tag(std::string_view text, std::string param) {
  if (!catalog::is_ev_tag(text)) {
    return refuse(Code::invalid_parameter, std::move(param), "A tag has 1 to 128 letters, digits, _ or -");
  }
  return std::string{text};
}

Checked<Timestamp> parse_time(std::string_view text, Zone zone, std::string param) {
  const Result<Timestamp> time = TimeReader{zone}.read(with_plus(text));
  if (!time) return refuse(Code::invalid_timestamp, std::move(param), time.error().detail);
  return *time;
}

Checked<json::Value> parse_list(std::string_view text, std::string param) {
  Result<json::Value> list = json::parse(text);
  if (!list || !list->is_array()) {
    return refuse(Code::invalid_parameter, std::move(param), "It must be a JSON array");
  }
  return std::move(*list);
}

Checked<void> parse_nodes(const http::Parameters& parameters, ReadQuery& query) {
  const auto one = parameters.find("node_id"), many = parameters.find("node_ids");
  if (one && many) {
    return refuse(Code::invalid_parameter, "node_ids", "node_id and node_ids exclude each other");
  }
  query.all_nodes = !one && !many;
  query.one_node = one.has_value();
  if (one) {
    TRY(NodeRef node, parse_node_text(*one, "node_id"));
    query.nodes.push_back(node);
  }
  if (many) {
    TRY(const json::Value list, parse_list(*many, "node_ids"));
    for (const json::Value& item : list.array()) {
      const auto text = item.as_string();
      const auto uuid = text ? Uuid::parse(*text) : std::nullopt;
      const auto id = item.is_integer() ? item.as_int64() : std::nullopt;
      if (!uuid && (!id || *id < 0)) {
        return refuse(Code::invalid_parameter, "node_ids", "Each must be a positive integer or a UUID");
      }
      query.nodes.push_back(uuid ? NodeRef{true, 0, *uuid}
                                 : NodeRef{false, static_cast<std::uint64_t>(*id), {}});
    }
  }
  return {};
}

Checked<void> parse_tags(const http::Parameters& parameters, ReadQuery& query) {
  const auto one = parameters.find("tag"), many = parameters.find("tags");
  if (one && many) return refuse(Code::invalid_parameter, "tags", "tag and tags exclude each other");
  query.all_tags = !one && !many;
  query.one_tag = one.has_value();
  if (one) {
    TRY(std::string tag, parse_tag(*one, "tag"));
    query.tags.push_back(std::move(tag));
  }
  if (many) {
    TRY(const json::Value list, parse_list(*many, "tags"));
    for (const json::Value& item : list.array()) {
      const auto text = item.as_string();
      if (!text) return refuse(Code::invalid_parameter, "tags", "Each must be a string");
      query.tags.emplace_back(*text);
    }
  }
  return {};
}

Checked<void> parse_buckets(const http::Parameters& parameters, ReadQuery& query) {
  if (const auto text = parameters.find("resolution")) {
    const auto resolution = find_resolution(*text);
    if (!resolution) return refuse(Code::invalid_parameter, "resolution", "There is no such resolution");
    query.resolution = *resolution;
  }
  // Without a resolution the aggregate means nothing, whatever it says.
  const auto text = parameters.find("aggregate");
  if (!text || query.resolution == Resolution::none) return {};
  const auto aggregate = find_aggregate(*text);
  if (!aggregate) {
    return refuse(Code::invalid_parameter, "aggregate", "It must be avg, min, max, sum or count");
  }
  query.aggregate = *aggregate;
  return {};
}

/// The one-point form: `node_id` or `node_uuid`, `tag`, `val`, `ts`.
Checked<SeriesEntry> parse_single(const http::Parameters& form, Zone zone) {
  const auto node_id = form.find("node_id"), node_uuid = form.find("node_uuid"), tag = form.find("tag"),
             value = form.find("val"), time = form.find("ts");
  if (!node_id && !node_uuid) return refuse(Code::missing_parameter, "node_id", "node_id is missing");
  if (!tag) return refuse(Code::missing_parameter, "tag", "tag is missing");
  if (!value) return refuse(Code::missing_parameter, "val", "val is missing");
  if (!time) return refuse(Code::missing_parameter, "ts", "ts is missing");
  SeriesEntry entry;
  if (node_uuid) {
    const auto uuid = Uuid::parse(*node_uuid);
    if (!uuid) return refuse(Code::invalid_parameter, "node_uuid", "node_uuid must be a UUID");
    entry.node = {true, 0, *uuid};
  }
  if (node_id) {
    TRY(NodeRef node, parse_node_text(*node_id, "node_id"));
    entry.has_second_name = node_uuid.has_value();
    if (node_uuid) entry.second_name = entry.node.uuid;
    entry.node = node;
  }
  TRY(entry.tag, parse_tag(*tag, "tag"));
  const auto number = parse_number_text(*value);
  if (!number || !std::isfinite(*number)) {
    return refuse(Code::invalid_value, "val", "val must be the text of a number");
  }
  TRY(const Timestamp at, parse_time(*time, zone, "ts"));
  entry.data.times.push_back(at.unix_ns());
  entry.data.numbers.push_back(*number);
  return entry;
}

}  // namespace

Checked<NodeRef> parse_node_text(std::string_view text, std::string param) {
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error == std::errc{} && end == text.data() + text.size() &&
      id <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return NodeRef{false, id, {}};
  }
  const auto uuid = Uuid::parse(text);
  if (!uuid) {
    return refuse(Code::invalid_parameter, std::move(param), "A node is a positive integer or a UUID");
  }
  return NodeRef{true, 0, *uuid};
}

Checked<WriteOptions> parse_write_options(const http::Request& request) {
  if (request.query.empty()) return WriteOptions{};
  return parse_options(request.parameters(), {});
}

Checked<WriteRequest> parse_json_write(const http::Request& request, Zone zone) {
  WriteRequest write;
  TRY(write.options, parse_write_options(request));
  TRY(write.entries, parse_series(request.body, zone));
  return write;
}

Checked<WriteRequest> parse_form_write(const http::Request& request, Zone zone) {
  const http::Parameters form = http::Parameters::parse(request.body.view());
  WriteRequest write;
  TRY(write.options, parse_options(form, request.parameters()));
  const auto many = form.find("timeseries");
  if (many) {
    for (const std::string_view name : {"node_id", "node_uuid", "tag", "val", "ts"}) {
      if (form.find(name)) {
        return refuse(Code::invalid_parameter, std::string{name},
                      "timeseries and single points exclude each other");
      }
    }
    TRY(write.entries, parse_series(http::Body{*many}, zone));
    return write;
  }
  TRY(SeriesEntry entry, parse_single(form, zone));
  write.entries.push_back(std::move(entry));
  write.single = true;
  return write;
}

Checked<ReadQuery> parse_read_query(const http::Parameters& parameters, Zone zone, Timestamp now) {
  ReadQuery query;
  TRY_VOID(parse_nodes(parameters, query));
  TRY_VOID(parse_tags(parameters, query));
  query.start = query.end = now;
  if (const auto start = parameters.find("start")) {
    TRY(query.start, parse_time(*start, zone, "start"));
  }
  if (const auto end = parameters.find("end")) {
    TRY(query.end, parse_time(*end, zone, "end"));
  }
  if (query.start > query.end) {
    return refuse(Code::invalid_parameter, "start", "The time range ends before it begins");
  }
  TRY_VOID(parse_buckets(parameters, query));
  if (const auto epoch = parameters.find("epoch")) {
    if (*epoch != "1" && *epoch != "0") {
      return refuse(Code::invalid_parameter, "epoch", "It must be 0 or 1");
    }
    query.epoch = *epoch == "1";
  }
  return query;
}

}  // namespace penstock::dialects::energyview
