#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "console/calls.h"
#include "console/partition_fields.h"

namespace penstock::console {
namespace {

using catalog::BxDataType;
using catalog::BxPoint;
using catalog::NewBxPoint;

constexpr std::size_t kListMax = 1000;

std::optional<BxDataType> data_type_of(std::string_view word) {
  for (const BxDataType type :
       {BxDataType::number, BxDataType::boolean, BxDataType::string, BxDataType::enumeration}) {
    if (word == catalog::to_string(type)) return type;
  }
  return std::nullopt;
}

/// `["Off","On"]`, keys from 0; or `[{"key":5,"label":"On"}]`.
Result<void> read_states(Fields& fields, NewBxPoint& to) {
  const json::Value* list = fields.take("states");
  if (list == nullptr) return {};
  if (!list->is_array()) return fail(ErrorCode::invalid_argument, "/states", "states are a list");
  for (const json::Value& item : list->array()) {
    const std::string where = "/states/" + std::to_string(to.states.size());
    if (const auto label = item.as_string()) {
      to.states.emplace_back(static_cast<std::int32_t>(to.states.size()), std::string{*label});
      continue;
    }
    const json::Value* key = item.find("key");
    const json::Value* label = item.find("label");
    const auto number = key == nullptr ? std::nullopt : key->as_int64();
    if (!number || *number < INT32_MIN || *number > INT32_MAX || label == nullptr || !label->as_string()) {
      return fail(ErrorCode::invalid_argument, where, "a state is a label, or an object with key and label");
    }
    to.states.emplace_back(static_cast<std::int32_t>(*number), std::string{*label->as_string()});
  }
  std::sort(to.states.begin(), to.states.end());
  return {};
}

Result<void> read_tags(Fields& fields, std::vector<std::pair<std::string, std::string>>& to) {
  const json::Value* object = fields.take("tags");
  if (object == nullptr) return {};
  if (!object->is_object())
    return fail(ErrorCode::invalid_argument, "/tags", "tags are an object of strings");
  to.clear();
  for (const json::Member& member : object->object()) {
    const auto text = member.value.as_string();
    if (!text) return fail(ErrorCode::invalid_argument, "/tags/" + member.name, "must be a string");
    to.emplace_back(member.name, std::string{*text});
  }
  std::sort(to.begin(), to.end());
  return {};
}

void append_bx_point(http::JsonWriter& w, std::string_view id, const Point& point, const BxPoint* extra) {
  const bool made_here = extra != nullptr;
  w.object_begin().member("id", id).member("name", point.descriptor);
  w.member("description", point.extended_descriptor).member("unit", point.eng_units);
  if (made_here) w.member("data_type", catalog::to_string(extra->data_type));
  if (made_here && !extra->states.empty()) {
    w.key("states").array_begin();
    for (const auto& [key, label] : extra->states) {
      w.object_begin().member("key", key).member("label", label).object_end();
    }
    w.array_end();
  }
  w.member("device", made_here ? extra->device : std::string{});
  w.member("point_class", made_here ? extra->point_class : std::string{});
  w.key("tags").object_begin();
  if (made_here) {
    for (const auto& [key, value] : extra->tags) w.member(key, value);
  }
  w.object_end();
  w.member("active", point.scan).member("tag", point.tag).member("point", to_number(point.id)).object_end();
}

/// The point, what this door adds to it, and its address.
struct Found {
  Point point;
  BxPoint extra;
};

Result<Found> find_point(const catalog::Tables& tables, const Call& call) {
  const std::string address = BxPoint::address_of(call.part(0), call.part(1));
  const auto id = tables.addresses.find(Door::building_x, address);
  const Point* point = id ? tables.points.find(*id) : nullptr;
  if (point == nullptr) return fail(ErrorCode::not_found, {}, "there is no such point in the partition");
  Found found{*point, {}};
  if (const BxPoint* extra = tables.building_x.points.find(address)) found.extra = *extra;
  return found;
}

}  // namespace

Task<Answer> Calls::list_bx_points(Call& call) {
  const http::Parameters parameters = call.request.parameters();
  const std::string after = to_lower(parameters.find("after").value_or(""));
  const auto tables = house_.archive.catalog();
  if (const auto row = find_partition(*tables, call); !row) co_return fail(row.error());
  std::string body, last;
  http::JsonWriter w{body};
  w.object_begin().key("items").array_begin();
  const std::string prefix = BxPoint::address_of(call.part(0), {});
  std::size_t count = 0;
  bool more = false;
  tables->addresses.each_below(Door::building_x, prefix, after, [&](const catalog::AddressRow& row) {
    const std::string id = row.address.substr(prefix.size());
    const Point* point = tables->points.find(row.point);
    if (id == after || point == nullptr) return true;
    more = count++ == kListMax;
    if (more) return false;
    append_bx_point(w, id, *point, tables->building_x.points.find(row.address));
    last = id;
    return true;
  });
  w.array_end();
  if (more) w.member("next", "?after=" + last);
  w.object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::get_bx_point(Call& call) {
  const auto tables = house_.archive.catalog();
  const auto found = find_point(*tables, call);
  if (!found) co_return fail(found.error());
  const std::string address = BxPoint::address_of(call.part(0), call.part(1));
  std::string body;
  http::JsonWriter w{body};
  append_bx_point(w, to_lower(call.part(1)), found->point, tables->building_x.points.find(address));
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::post_bx_point(Call& call) {
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  NewBxPoint wanted;
  std::string type = "number";
  wanted.partition = to_lower(call.part(0));
  auto id = take_id(*fields);
  if (!id) co_return fail(id.error());
  wanted.id = std::move(*id);
  fields->text("name", wanted.name).text("description", wanted.description).text("unit", wanted.unit);
  fields->text("data_type", type).text("device", wanted.device).text("point_class", wanted.point_class);
  if (const auto read = read_states(*fields, wanted); !read) co_return fail(read.error());
  if (const auto read = read_tags(*fields, wanted.tags); !read) co_return fail(read.error());
  if (const auto end = fields->end(); !end) co_return fail(end.error());
  const auto data_type = data_type_of(type);
  if (!data_type) {
    co_return fail(ErrorCode::invalid_argument, "/data_type", "must be number, boolean, string or enum");
  }
  wanted.data_type = *data_type;
  if (*data_type != BxDataType::enumeration && !wanted.states.empty()) {
    co_return fail(ErrorCode::invalid_argument, "/states", "only an enum has states");
  }
  archive::Archive::Edit edit = [&wanted, now = call.now](catalog::Editor& editor) -> Result<void> {
    TRY_VOID(catalog::add_bx_point(editor, wanted, now));
    return {};
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  call.parts = {wanted.partition, wanted.id};
  auto shown = created(partition_location(wanted.partition, "points", wanted.id), &Calls::get_bx_point, call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::patch_bx_point(Call& call) {
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) -> Result<void> {
    TRY(auto found, find_point(editor.tables(), call));
    TRY(auto fields, Fields::of(call.body));
    const bool made_here = !found.extra.id.empty();
    const BxPoint before = found.extra;
    fields.text("name", found.point.descriptor).text("description", found.point.extended_descriptor);
    fields.text("unit", found.point.eng_units).flag("active", found.point.scan);
    fields.text("device", found.extra.device).text("point_class", found.extra.point_class);
    TRY_VOID(read_tags(fields, found.extra.tags));
    TRY_VOID(fields.end());
    found.point.changed = call.now;
    found.point.changer = call.caller->name;
    TRY_VOID(editor.update_point(found.point));
    found.extra.device = to_lower(found.extra.device);
    const bool same = found.extra.device == before.device && found.extra.point_class == before.point_class &&
                      found.extra.tags == before.tags;
    if (same) return {};
    if (!made_here) {
      return fail(ErrorCode::conflict, {}, "a point of another door has no device, class and tags here");
    }
    const std::string device = BxPoint::address_of(call.part(0), found.extra.device);
    if (!found.extra.device.empty() && found.extra.device != found.extra.partition &&
        editor.tables().building_x.devices.find(device) == nullptr) {
      return fail(ErrorCode::not_found, "/device", "there is no such device in the partition");
    }
    editor.put(found.extra);
    return {};
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = get_bx_point(call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::delete_bx_point(Call& call) {
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) {
    return catalog::erase_bx_point(editor, call.part(0), call.part(1));
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
