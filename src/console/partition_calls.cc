#include "base/text.h"
#include "console/calls.h"
#include "console/partition_fields.h"

namespace penstock::console {
namespace {

using catalog::BxPartition;

Result<void> read_partition(Fields& fields, BxPartition& to) {
  return fields.text("name", to.name).text("description", to.description).end();
}

void append_partition(http::JsonWriter& w, const BxPartition& row) {
  w.object_begin().member("id", row.id).member("name", row.name).member("description", row.description);
  w.object_end();
}

}  // namespace

std::string partition_location(std::string_view partition, std::string_view list, std::string_view id) {
  std::string url = "/penstock/v1/buildingx/partitions/" + http::percent_encode(partition);
  if (!list.empty()) url.append("/").append(list).append("/").append(http::percent_encode(id));
  return url;
}

Result<std::string> take_id(Fields& fields) {
  std::string id = Uuid::random().to_string();
  fields.text("id", id);
  if (!Uuid::parse(id)) return fail(ErrorCode::invalid_argument, "/id", "an id is a UUID");
  return to_lower(id);
}

Result<const BxPartition*> find_partition(const catalog::Tables& tables, const Call& call) {
  const BxPartition* row = tables.building_x.partitions.find(to_lower(call.part(0)));
  if (row == nullptr) return fail(ErrorCode::not_found, {}, "there is no such partition");
  return row;
}

Task<Answer> Calls::list_partitions(Call&) {
  std::string body;
  http::JsonWriter w{body};
  const auto tables = house_.archive.catalog();
  w.object_begin().key("items").array_begin();
  for (const auto& [id, row] : tables->building_x.partitions.rows()) append_partition(w, row);
  w.array_end().object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::get_partition(Call& call) {
  const auto tables = house_.archive.catalog();
  const auto row = find_partition(*tables, call);
  if (!row) co_return fail(row.error());
  std::string body;
  http::JsonWriter w{body};
  append_partition(w, **row);
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::post_partition(Call& call) {
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  BxPartition partition;
  auto id = take_id(*fields);
  if (!id) co_return fail(id.error());
  partition.id = std::move(*id);
  if (const auto read = read_partition(*fields, partition); !read) co_return fail(read.error());
  if (partition.name.empty()) partition.name = partition.id;
  archive::Archive::Edit edit = [partition](catalog::Editor& editor) -> Result<void> {
    if (editor.tables().building_x.partitions.find(partition.id) != nullptr) {
      return fail(ErrorCode::conflict, "/id", "the partition exists");
    }
    return catalog::put_partition(editor, partition);
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  call.parts = {partition.id};
  auto shown = created(partition_location(partition.id, {}, {}), &Calls::get_partition, call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::patch_partition(Call& call) {
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) -> Result<void> {
    TRY(const BxPartition* known, find_partition(editor.tables(), call));
    BxPartition changed = *known;
    TRY(auto fields, Fields::of(call.body));
    TRY_VOID(read_partition(fields, changed));
    return catalog::put_partition(editor, std::move(changed));
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = get_partition(call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::delete_partition(Call& call) {
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) {
    return catalog::erase_partition(editor, call.part(0));
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

}  // namespace penstock::console
