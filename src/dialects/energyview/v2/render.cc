#include "dialects/energyview/v2/render.h"

namespace penstock::dialects::energyview::v2 {
namespace {

void append_labels(http::JsonWriter& w, const std::vector<std::string>& labels) {
  w.key("tags").array_begin();
  for (const std::string& label : labels) w.value(label);
  w.array_end();
}

void append_bound(http::JsonWriter& w, std::string_view name, const std::optional<double>& bound) {
  w.key(name);
  if (bound) {
    w.value(*bound);
  } else {
    w.null();
  }
}

void append_uuid(http::JsonWriter& w, std::string_view name, const std::optional<Uuid>& uuid) {
  w.key(name);
  if (uuid) {
    w.value(uuid->to_string());
  } else {
    w.null();
  }
}

/// The four states of API v2; whatever API v1 wrote besides them is one of two.
std::string_view state_of(const catalog::EvNode& node) {
  for (const std::string_view word : {"active", "inactive", "passive", "archived"}) {
    if (node.state == word) return word;
  }
  return node.enabled ? "active" : "inactive";
}

}  // namespace

http::Response render_refusal(const Refusal& refusal, std::string_view realm) {
  const int status = status_of(refusal.code) == 409 ? 400 : status_of(refusal.code);
  std::string text = refusal.param.empty() ? "" : refusal.param + ": ";
  text += refusal.error.empty() ? std::string{http::reason_phrase(status)} : refusal.error;
  text.push_back('\n');
  http::Response response = http::Response::make(status, "text/plain; charset=utf-8", std::move(text));
  if (status == 401) {
    response.headers.add("WWW-Authenticate", "Basic realm=\"" + std::string{realm} + "\"");
  }
  if (status == 429) response.headers.add("Retry-After", "1");
  if (status == 503) response.headers.add("Retry-After", "5");
  return response;
}

void append_series(http::JsonWriter& w, const SeriesView& series) {
  const std::string uuid = series.uuid.to_string();
  // The overview calls it id, every sample uuid.
  w.object_begin().member("uuid", uuid).member("id", uuid);
  append_uuid(w, "thing_uuid", series.thing);
  w.member("created_by", series.created_by.to_string());
  w.member("name", series.name).member("si_unit", series.si_unit);
  append_bound(w, "lower_bound", series.lower_bound);
  append_bound(w, "upper_bound", series.upper_bound);
  append_labels(w, series.labels);
  w.object_end();
}

void append_thing(http::JsonWriter& w, const catalog::EvDomain& domain, const catalog::EvNode& node,
                  const catalog::EvNode* parent, const std::vector<const catalog::EvNode*>& children) {
  w.object_begin().member("uuid", node.uuid.to_string()).member("name", node.name);
  w.member("state", state_of(node)).key("type");
  if (node.designation.empty()) {
    w.null();
  } else {
    w.value(node.designation);
  }
  w.member("created_by", catalog::ev_user_uuid(domain, node.creator).to_string());
  append_labels(w, node.labels);
  append_uuid(w, "parent", parent != nullptr ? std::optional{parent->uuid} : std::nullopt);
  w.key("children").array_begin();
  for (const catalog::EvNode* child : children) w.value(child->uuid.to_string());
  w.array_end().object_end();
}

http::Response render_rows(const Rows& rows, Zone zone) {
  Offsets offsets{zone};
  std::string body = "[";
  for (const auto& [time, number] : rows.data) {
    body.append(body.size() > 1 ? ",{\"v\":" : "{\"v\":");
    append_row_value(body, number, rows.single_precision);
    body.append(",\"ts\":\"");
    if (zone.is_utc()) {
      append_trimmed(body, time);
    } else {
      append_local(body, time, offsets);
    }
    body.append("\"}");
  }
  body.push_back(']');
  return json_answer(200, std::move(body));
}

}  // namespace penstock::dialects::energyview::v2
