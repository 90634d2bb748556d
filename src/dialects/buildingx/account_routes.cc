#include <algorithm>

#include "base/text.h"
#include "dialects/buildingx/door.h"
#include "dialects/buildingx/query.h"
#include "http/json_writer.h"

namespace penstock::dialects::buildingx {
namespace {

/// A server is the house of one customer.
constexpr std::string_view kCustomer = "00000000-0000-4000-8000-000000000001";

void append_reference(http::JsonWriter& w, std::string_view type, std::string_view id) {
  w.object_begin().member("type", type).member("id", id).object_end();
}

void append_customer_of(http::JsonWriter& w, std::string_view relationship) {
  w.key(relationship).object_begin().key("data");
  append_reference(w, "Customer", kCustomer);
  w.object_end();
}

void append_partition(http::JsonWriter& w, const catalog::BxPartition& partition) {
  w.object_begin().member("type", "Partition").member("id", partition.id);
  w.key("attributes").object_begin();
  w.member("name", partition.name).member("description", partition.description).object_end();
  w.key("relationships").object_begin();
  append_customer_of(w, "ownedByCustomer");
  w.object_end().object_end();
}

void append_customer(http::JsonWriter& w, std::string_view name) {
  w.object_begin().member("type", "Customer").member("id", kCustomer);
  w.key("attributes").object_begin().member("name", name).object_end().object_end();
}

void append_machine_user(http::JsonWriter& w, const auth::Principal& caller) {
  w.object_begin().member("type", "MachineUser").member("id", caller.name);
  w.key("attributes").object_begin().member("name", caller.name).object_end().object_end();
}

/// Partitions that give the same rights to the caller are one group.
struct Group {
  std::string role;  ///< Permissions joined by "+": its id, too.
  std::vector<std::string_view> partitions;
};

std::vector<Group> groups_of(const auth::Principal& caller) {
  std::vector<Group> groups;
  for (const auto& [id, rights] : caller.partitions) {
    std::string role;
    const auto add = [&](bool has, std::string_view word) {
      if (has) role.append(role.empty() ? "" : "+").append(word);
    };
    add(rights.read_points, "points.read");
    add(rights.read_values, "pointvalues.read");
    add(rights.write_values, "pointvalues.write");
    auto at =
        std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return group.role == role; });
    if (at == groups.end()) at = groups.insert(at, Group{std::move(role), {}});
    at->partitions.push_back(id);
  }
  return groups;
}

void append_group(http::JsonWriter& w, const Group& group, std::string_view caller) {
  w.object_begin().member("type", "UserGroup");
  w.member("id", std::string{caller}.append(":").append(group.role));
  w.key("attributes").object_begin();
  w.member("name", group.role).member("description", std::string{"Rights of "}.append(caller));
  w.member("isMachineEnabled", true).member("isSystemDefined", true).object_end();
  w.key("relationships").object_begin();
  w.key("hasAccessTo").object_begin().key("data").array_begin();
  for (const std::string_view id : group.partitions) append_reference(w, "Partition", id);
  w.array_end().object_end();
  w.key("authorizedAs").object_begin().key("data").array_begin();
  append_reference(w, "Role", group.role);
  w.array_end().object_end();
  append_customer_of(w, "ownedBy");
  w.object_end().object_end();
}

}  // namespace

/// *Accounts API*: who the client is, and which partitions it may see.
http::Response BuildingX::get_account(const http::Request& request, const Target& target) {
  const Authorized caller = authenticate(request);
  if (!caller) return caller.error();
  if (auto refusal = refuse_accept(request)) return std::move(*refusal);
  if (auto refusal = refuse_rate(**caller)) return std::move(*refusal);
  const auto query = parse_list_query(request.parameters(), {});
  if (!query) return render_problem(query.error());
  if (target.resource == Resource::customer_partitions && target.customer != kCustomer) {
    return render_problem(missing_permission());
  }
  std::string url = settings_.absolute_links ? base_url(request) : std::string{};
  url += request.path;
  std::string body, next;
  http::JsonWriter w{body};
  w.object_begin().key("data");
  switch (target.resource) {
    case Resource::me: append_machine_user(w, **caller); break;
    case Resource::my_customers:
      w.array_begin();
      append_customer(w, house_.server_name);
      w.array_end();
      break;
    case Resource::my_user_groups:
      w.array_begin();
      for (const Group& group : groups_of(**caller)) append_group(w, group, (*caller)->name);
      w.array_end();
      break;
    default: {
      w.array_begin();
      const auto tables = house_.archive.catalog();
      std::size_t count = 0;
      std::string_view last;
      for (auto at = (*caller)->partitions.upper_bound(query->after); at != (*caller)->partitions.end();
           ++at) {
        const catalog::BxPartition* const partition = tables->building_x.partitions.find(at->first);
        if (partition == nullptr) continue;
        if (count++ == query->limit) {
          next =
              url + "?page[size]=" + std::to_string(query->limit) + "&page[cursor]=" + make_list_cursor(last);
          break;
        }
        append_partition(w, *partition);
        last = at->first;
      }
      w.array_end();
    }
  }
  append_links(w, url, next);
  w.object_end();
  return document(200, std::move(body));
}

}  // namespace penstock::dialects::buildingx
