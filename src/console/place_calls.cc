#include "base/text.h"
#include "console/calls.h"
#include "console/partition_fields.h"

// Devices and locations: rows of the same kind, so that one set of functions serves both.

namespace penstock::console {
namespace {

using catalog::BxDevice;
using catalog::BxLocation;

/// What is different between the two.
template <class Row>
struct Place;

template <>
struct Place<BxDevice> {
  static constexpr std::string_view kList = "devices", kMissing = "there is no such device";
  static const catalog::Table<BxDevice>& table(const catalog::Tables& tables) {
    return tables.building_x.devices;
  }
  static auto rows_of(const catalog::Tables& tables, std::string_view partition) {
    return tables.building_x.devices_of(partition);
  }
  static Result<void> read(Fields& fields, BxDevice& to) {
    fields.text("name", to.name).text("description", to.description).text("model_name", to.model_name);
    fields.text("serial_number", to.serial_number).text("notes", to.notes);
    fields.text("external_id", to.external_id).text("location", to.location).text("gateway", to.gateway);
    return fields.end();
  }
  static void append(http::JsonWriter& w, const BxDevice& row) {
    w.object_begin().member("id", row.id).member("name", row.name).member("description", row.description);
    w.member("model_name", row.model_name).member("serial_number", row.serial_number);
    w.member("notes", row.notes).member("external_id", row.external_id);
    w.member("location", row.location).member("gateway", row.gateway).object_end();
  }
  static Result<void> put(catalog::Editor& editor, BxDevice row) {
    return catalog::put_bx_device(editor, std::move(row));
  }
  static Result<void> erase(catalog::Editor& editor, const Call& call) {
    return catalog::erase_bx_device(editor, call.part(0), call.part(1));
  }
};

template <>
struct Place<BxLocation> {
  static constexpr std::string_view kList = "locations", kMissing = "there is no such location";
  static const catalog::Table<BxLocation>& table(const catalog::Tables& tables) {
    return tables.building_x.locations;
  }
  static auto rows_of(const catalog::Tables& tables, std::string_view partition) {
    return tables.building_x.locations_of(partition);
  }
  static Result<void> read(Fields& fields, BxLocation& to) {
    fields.text("type", to.type).text("label", to.label).text("description", to.description);
    fields.text("time_zone", to.time_zone).text("street", to.street).text("locality", to.locality);
    fields.text("postal_code", to.postal_code).text("region", to.region).text("country", to.country);
    return fields.end();
  }
  static void append(http::JsonWriter& w, const BxLocation& row) {
    w.object_begin().member("id", row.id).member("type", row.type).member("label", row.label);
    w.member("description", row.description).member("time_zone", row.time_zone);
    w.member("street", row.street).member("locality", row.locality).member("postal_code", row.postal_code);
    w.member("region", row.region).member("country", row.country).object_end();
  }
  static Result<void> put(catalog::Editor& editor, BxLocation row) {
    return catalog::put_bx_location(editor, std::move(row));
  }
  static Result<void> erase(catalog::Editor& editor, const Call& call) {
    return catalog::erase_bx_location(editor, call.part(0), call.part(1));
  }
};

template <class Row>
Answer list_places(const catalog::Tables& tables, const Call& call) {
  TRY_VOID(find_partition(tables, call));
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().key("items").array_begin();
  for (const Row* row : Place<Row>::rows_of(tables, to_lower(call.part(0)))) Place<Row>::append(w, *row);
  w.array_end().object_end();
  return render_json(200, std::move(body));
}

template <class Row>
Answer get_place(const catalog::Tables& tables, const Call& call) {
  const Row* row = Place<Row>::table(tables).find(catalog::BxPoint::address_of(call.part(0), call.part(1)));
  if (row == nullptr) return fail(ErrorCode::not_found, {}, std::string{Place<Row>::kMissing});
  std::string body;
  http::JsonWriter w{body};
  Place<Row>::append(w, *row);
  return render_json(200, std::move(body));
}

template <class Row>
Result<Row> read_place(Call& call) {
  TRY(auto fields, Fields::of(call.body));
  Row row;
  row.partition = to_lower(call.part(0));
  TRY(row.id, take_id(fields));
  TRY_VOID(Place<Row>::read(fields, row));
  call.parts = {call.part(0), row.id};
  return row;
}

template <class Row>
archive::Archive::Edit adding(Row row) {
  return [row = std::move(row)](catalog::Editor& editor) -> Result<void> {
    if (Place<Row>::table(editor.tables()).find(row.key()) != nullptr) {
      return fail(ErrorCode::conflict, "/id", "this id is taken");
    }
    return Place<Row>::put(editor, row);
  };
}

template <class Row>
archive::Archive::Edit changing(const Call& call) {
  return [&call](catalog::Editor& editor) -> Result<void> {
    const std::string key = catalog::BxPoint::address_of(call.part(0), call.part(1));
    const Row* known = Place<Row>::table(editor.tables()).find(key);
    if (known == nullptr) return fail(ErrorCode::not_found, {}, std::string{Place<Row>::kMissing});
    Row changed = *known;
    TRY(auto fields, Fields::of(call.body));
    TRY_VOID(Place<Row>::read(fields, changed));
    return Place<Row>::put(editor, std::move(changed));
  };
}

template <class Row>
archive::Archive::Edit erasing(const Call& call) {
  return [&call](catalog::Editor& editor) { return Place<Row>::erase(editor, call); };
}

}  // namespace

Task<Answer> Calls::list_devices(Call& call) {
  co_return list_places<BxDevice>(*house_.archive.catalog(), call);
}

Task<Answer> Calls::get_device(Call& call) {
  co_return get_place<BxDevice>(*house_.archive.catalog(), call);
}

Task<Answer> Calls::post_device(Call& call) {
  auto row = read_place<BxDevice>(call);
  if (!row) co_return fail(row.error());
  const std::string location = partition_location(row->partition, "devices", row->id);
  auto task = change(adding(std::move(*row)), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = created(location, &Calls::get_device, call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::patch_device(Call& call) {
  auto task = change(changing<BxDevice>(call), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return get_place<BxDevice>(*house_.archive.catalog(), call);
}

Task<Answer> Calls::delete_device(Call& call) {
  auto task = change(erasing<BxDevice>(call), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

Task<Answer> Calls::list_locations(Call& call) {
  co_return list_places<BxLocation>(*house_.archive.catalog(), call);
}

Task<Answer> Calls::get_location(Call& call) {
  co_return get_place<BxLocation>(*house_.archive.catalog(), call);
}

Task<Answer> Calls::post_location(Call& call) {
  auto row = read_place<BxLocation>(call);
  if (!row) co_return fail(row.error());
  const std::string location = partition_location(row->partition, "locations", row->id);
  auto task = change(adding(std::move(*row)), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = created(location, &Calls::get_location, call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::patch_location(Call& call) {
  auto task = change(changing<BxLocation>(call), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return get_place<BxLocation>(*house_.archive.catalog(), call);
}

Task<Answer> Calls::delete_location(Call& call) {
  auto task = change(erasing<BxLocation>(call), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
