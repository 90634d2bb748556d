#include "dialects/buildingx/render.h"

#include "dialects/buildingx/media.h"
#include "dialects/common/count_headers.h"
#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

/// *"Get point values"*: the id of a value is made of its point and its time.
void append_value(http::JsonWriter& w, std::string_view point_id, Timestamp time, const ValueText& value) {
  const std::string at = format_fixed(time, 3);
  std::string id = "cov-";
  id.append(point_id).append(1, '-').append(at);
  w.object_begin();
  w.member("type", "PointValue").member("id", id);
  w.key("attributes").object_begin();
  w.member("timestamp", at).member("value", value.text).member("qualityOfValue", value.quality_of_value);
  w.object_end().object_end();
}

void append_link(http::JsonWriter& w, std::string_view name, std::string_view url) {
  std::string text = "\"";
  for (const char c : url) {
    // What is not plain ASCII was escaped when the URL was made.
    if (c == '&') {
      text += "\\u0026";
    } else {
      text.push_back(c);
    }
  }
  text.push_back('"');
  w.key(name).raw(text);
}

}  // namespace

http::Response document(int status, std::string body) {
  http::Response response = http::Response::make(status, std::string{kJsonApi}, std::move(body));
  response.headers.add("Vary", "Accept");
  return response;
}

std::vector<ValueRow> rows_of(const Run& run, const PointFormat& format) {
  std::vector<ValueRow> rows;
  rows.reserve(run.size());
  for (std::size_t i = 0; i < run.size(); ++i) {
    const Timestamp slot = run.time(i).floor_to(kNsPerMillisecond);
    if (i + 1 < run.size() && run.time(i + 1).floor_to(kNsPerMillisecond) == slot) continue;
    rows.push_back({slot, render_value(run.value(i), run.quality(i), format)});
  }
  return rows;
}

http::Response render_added(const WriteResult& result, const Run* sent, const PointFormat& format,
                            std::string_view point_id) {
  const WriteCounts counts = result.counts();
  http::Response response;
  if (counts.ignored == 0 || sent == nullptr) {
    response.status = 204;
    if (!result.queued) add_count_headers(response.headers, counts);
    return response;
  }
  const std::vector<Outcome> outcomes = result.outcomes.front().expand();
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().key("meta").object_begin().key("conflicts").array_begin();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] == Outcome::ignored) w.value(i);
  }
  w.array_end().object_end().key("data").array_begin();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] != Outcome::stored) continue;
    append_value(w, point_id, sent->time(i), render_value(sent->value(i), sent->quality(i), format));
  }
  w.array_end().object_end();
  response = document(202, std::move(body));
  add_count_headers(response.headers, counts);
  return response;
}

void append_links(http::JsonWriter& w, std::string_view self, std::string_view next) {
  w.key("links").object_begin();
  append_link(w, "self", self);
  if (!next.empty()) append_link(w, "next", next);
  w.object_end();
}

http::Response render_values(const std::vector<ValueRow>& rows, std::size_t count, std::string_view point_id,
                             std::string_view self, std::string_view next) {
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_links(w, self, next);
  w.key("data").array_begin();
  for (std::size_t i = 0; i < count; ++i) append_value(w, point_id, rows[i].time, rows[i].value);
  w.array_end().object_end();
  return document(200, std::move(body));
}

void append_point(http::JsonWriter& w, const PointView& view, const ListQuery& query) {
  const Point& point = view.format.point;
  const catalog::BxDataType type = view.format.data_type();
  const auto text = [&](std::string_view name, std::string_view value) {
    if (query.wants(name)) w.member(name, value);
  };
  w.object_begin();
  w.member("type", "Point").member("id", view.id);
  w.key("attributes").object_begin();
  text("name", point.descriptor.empty() ? std::string_view{point.tag} : point.descriptor.view());
  text("description", point.extended_descriptor);
  text("dataType", to_string(type));
  if (!point.eng_units.empty()) text("unit", point.eng_units);
  if (type == catalog::BxDataType::enumeration && query.wants("enum")) {
    w.key("enum").array_begin();
    if (view.format.set != nullptr) {
      for (const DigitalState& state : view.format.set->states) {
        w.object_begin().member("key", state.code).member("label", state.name).object_end();
      }
    } else if (view.format.extra != nullptr) {
      for (const auto& [key, label] : view.format.extra->states) {
        w.object_begin().member("key", key).member("label", label).object_end();
      }
    }
    w.array_end();
  }
  if (query.wants("isActive")) w.member("isActive", point.scan);
  if (query.wants("systemAttributes")) {
    w.key("systemAttributes").object_begin();
    w.member("curStatus", "ok").member("description", point.extended_descriptor);
    if (view.writable) w.member("writable", "m:");
    w.object_end();
  }
  if (view.extra != nullptr && !view.extra->point_class.empty()) text("pointClass", view.extra->point_class);
  if (query.wants("tags")) {
    w.key("tags").object_begin();
    if (view.extra != nullptr) {
      for (const auto& [key, value] : view.extra->tags) w.member(key, value);
    }
    w.object_end();
  }
  if (query.with_point_value && view.newest != nullptr) {
    w.key("pointValue").object_begin();
    w.member("value", view.newest->value.text);
    w.member("timestamp", format_fixed(view.newest->time, 3));
    w.object_end();
  }
  w.object_end().object_end();
}

}  // namespace penstock::dialects::buildingx
