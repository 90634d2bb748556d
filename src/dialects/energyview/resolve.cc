#include "dialects/energyview/resolve.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "dialects/energyview/series_address.h"

namespace penstock::dialects::energyview {
namespace {

std::string at(std::size_t entry, std::string_view member) {
  return "[" + std::to_string(entry) + "]" + std::string{member};
}

/// The PI tag that a series will get, as rights are given over tags. A `~2` behind it does not matter to
/// them.
std::string future_tag(std::string_view domain, const NodeRef& node, const catalog::EvNode* known,
                       std::string_view tag) {
  if (known != nullptr) return catalog::ev_pi_tag(*known, tag);
  catalog::EvNode made;
  made.domain = domain;
  made.id = node.id;
  made.uuid = node.uuid;
  made.made_by_uuid = node.by_uuid;
  return catalog::ev_pi_tag(made, tag);
}

}  // namespace

bool is_shown(PointType type) {
  return is_number(kind_of(type)) || type == PointType::int16 || type == PointType::int32 ||
         type == PointType::digital;
}

const catalog::EvNode* find_node(const catalog::Tables& tables, std::string_view domain,
                                 const NodeRef& node) {
  if (!node.by_uuid) return tables.energyview.nodes.find(domain, node.id);
  const catalog::EvNode* found = tables.energyview.nodes.find(node.uuid);
  return found != nullptr && found->domain == domain ? found : nullptr;
}

Checked<Resolved> resolve(const catalog::Tables& tables, std::string_view domain,
                          const std::vector<SeriesEntry>& entries, AutoCreate auto_create,
                          const auth::Principal& caller) {
  Resolved resolved;
  resolved.points.reserve(entries.size());
  const bool may_all = caller.may_everything(auth::Right::write);
  std::string address;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const SeriesEntry& entry = entries[i];
    const catalog::EvNode* node = nullptr;
    std::uint64_t id = entry.node.id;
    if (entry.node.by_uuid || entry.has_second_name) {
      node = find_node(tables, domain, entry.node);
      if (node != nullptr) id = node->id;
    }
    if (entry.has_second_name) {
      const NodeRef second{true, 0, entry.second_name};
      const catalog::EvNode* other = find_node(tables, domain, second);
      if (other == nullptr || other != node) {
        return refuse(Code::invalid_parameter, at(i, ".node_uuid"),
                      "node_id and node_uuid are not one known node");
      }
    }
    std::optional<PointId> point;
    if (!entry.node.by_uuid || node != nullptr) {
      address.clear();
      catalog::append_ev_address(address, domain, id, entry.tag);
      point = tables.addresses.find(Door::energyview, address);
    }
    if (point) {
      if (!may_all) {
        const Point* row = tables.points.find(*point);
        if (row == nullptr || !caller.may(auth::Right::write, row->tag)) {
          return refuse(Code::forbidden, at(i, ".tag"), "The key may not write this series");
        }
      }
      resolved.points.push_back(point);
      continue;
    }
    if (node == nullptr) node = find_node(tables, domain, entry.node);
    if (node == nullptr &&
        (auto_create != AutoCreate::nodes || (!entry.node.by_uuid && entry.node.id == 0))) {
      return refuse(Code::unknown_node, at(i, ".node_id"), "There is no node " + entry.node.to_string());
    }
    if (node == nullptr && entry.node.by_uuid && tables.energyview.nodes.find(entry.node.uuid) != nullptr) {
      return refuse(Code::unknown_node, at(i, ".node_id"), "There is no node " + entry.node.to_string());
    }
    if (node != nullptr && auto_create == AutoCreate::none) {
      return refuse(Code::unknown_tag, at(i, ".tag"), "The node has no tag " + entry.tag);
    }
    if (!may_all && !caller.may(auth::Right::write, future_tag(domain, entry.node, node, entry.tag))) {
      return refuse(Code::forbidden, at(i, ".tag"), "The key may not write this series");
    }
    resolved.points.push_back(std::nullopt);
    resolved.complete = false;
  }
  return resolved;
}

std::vector<NewSeries> missing_series(const std::vector<SeriesEntry>& entries, const Resolved& resolved) {
  std::vector<NewSeries> missing;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!resolved.points[i]) missing.push_back({entries[i].node, entries[i].tag});
  }
  return missing;
}

Result<void> make_series(catalog::Editor& editor, std::string_view domain,
                         const std::vector<NewSeries>& wanted, Timestamp now) {
  const catalog::Tables& tables = editor.tables();
  for (const NewSeries& series : wanted) {
    const catalog::EvNode* known = find_node(tables, domain, series.node);
    catalog::EvNode node;
    if (known != nullptr) {
      node = *known;
    } else {
      catalog::NewEvNode made;
      made.domain = domain;
      if (series.node.by_uuid) {
        made.uuid = series.node.uuid;
      } else {
        made.id = series.node.id;
      }
      made.name = series.node.to_string();
      TRY(node, catalog::add_ev_node(editor, made));
    }
    // Several entries of a request may name one new series.
    if (tables.addresses.find(Door::energyview, catalog::ev_address(domain, node.id, series.tag))) continue;
    TRY_VOID(catalog::add_ev_series(editor, node, series.tag, now));
  }
  return {};
}

Checked<std::vector<KnownSeries>> find_series(const catalog::Tables& tables, std::string_view domain,
                                              const ReadQuery& query, const auth::Principal& caller) {
  struct Wanted {
    std::uint64_t id;
    bool by_uuid;
  };
  std::vector<Wanted> nodes;
  std::unordered_set<std::uint64_t> seen;
  for (const NodeRef& ref : query.nodes) {
    const catalog::EvNode* node = find_node(tables, domain, ref);
    // A point may be bound to the number of a node that was never made.
    const bool is_bound = node == nullptr && !ref.by_uuid && !tags_of(tables, domain, ref.id).empty();
    if (node == nullptr && !is_bound) {
      if (query.one_node) {
        return refuse(Code::unknown_node, "node_id", "There is no node " + ref.to_string());
      }
      continue;
    }
    const std::uint64_t id = node != nullptr ? node->id : ref.id;
    if (seen.insert(id).second) nodes.push_back({id, ref.by_uuid});
  }

  std::vector<KnownSeries> found;
  bool is_known_tag = false, is_denied = false;
  const auto take = [&](const SeriesAddress& address, PointId id, bool by_uuid) {
    if (!query.all_tags && std::find(query.tags.begin(), query.tags.end(), address.tag) == query.tags.end()) {
      return;
    }
    const Point* point = tables.points.find(id);
    if (point == nullptr) return;
    is_known_tag = true;
    if (!caller.may(auth::Right::read, point->tag)) {
      is_denied = true;
      return;
    }
    if (!is_shown(point->type)) return;
    KnownSeries series;
    series.node_id = address.node;
    if (const catalog::EvNode* node = tables.energyview.nodes.find(domain, address.node)) {
      series.node_uuid = node->uuid;
    }
    series.asked_by_uuid = by_uuid;
    series.tag = address.tag;
    series.point = id;
    series.kind = point->kind();
    found.push_back(std::move(series));
  };
  if (query.all_nodes) {
    each_series(tables, domain, domain_prefix(domain),
                [&](const SeriesAddress& address, const catalog::AddressRow& row) {
                  take(address, row.point, false);
                  return true;
                });
  }
  for (const Wanted& node : nodes) {
    each_series(tables, domain, node_prefix(domain, node.id),
                [&](const SeriesAddress& address, const catalog::AddressRow& row) {
                  take(address, row.point, node.by_uuid);
                  return true;
                });
  }
  if (query.one_tag && !is_known_tag) {
    return refuse(Code::unknown_tag, "tag", "There is no tag " + query.tags.front());
  }
  if (found.empty() && is_denied) return refuse(Code::forbidden, {}, "The key may not read these series");
  std::sort(found.begin(), found.end(), [](const KnownSeries& a, const KnownSeries& b) {
    return std::tie(a.node_id, a.tag) < std::tie(b.node_id, b.tag);
  });
  return found;
}

std::vector<std::string> tags_of(const catalog::Tables& tables, std::string_view domain, std::uint64_t node) {
  std::vector<std::string> tags;
  each_series(tables, domain, node_prefix(domain, node),
              [&](const SeriesAddress& address, const catalog::AddressRow&) {
                tags.emplace_back(address.tag);
                return true;
              });
  return tags;
}

std::optional<std::vector<std::string>> readable_tags(const catalog::Tables& tables, std::string_view domain,
                                                      const catalog::EvNode& node,
                                                      const auth::Principal& caller) {
  std::vector<std::string> all = tags_of(tables, domain, node.id);
  if (all.empty() || caller.may_everything(auth::Right::read)) return all;
  std::vector<std::string> readable;
  for (std::string& tag : all) {
    const auto id = tables.addresses.find(Door::energyview, catalog::ev_address(domain, node.id, tag));
    const Point* point = id ? tables.points.find(*id) : nullptr;
    if (point != nullptr && caller.may(auth::Right::read, point->tag)) readable.push_back(std::move(tag));
  }
  if (readable.empty()) return std::nullopt;
  return readable;
}

bool may_change(const auth::Principal& caller, const catalog::EvNode& node) {
  return caller.may(auth::Right::write, catalog::ev_pi_tag(node, {}));
}

}  // namespace penstock::dialects::energyview
