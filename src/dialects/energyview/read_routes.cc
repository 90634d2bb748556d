#include <map>
#include <utility>

#include "base/text.h"
#include "dialects/energyview/buckets.h"
#include "dialects/energyview/door.h"
#include "dialects/energyview/render.h"
#include "dialects/energyview/resolve.h"
#include "http/json_writer.h"

namespace penstock::dialects::energyview {
namespace {

void append_name(http::JsonWriter& w, const catalog::EvNode& node) {
  w.object_begin().member("id", node.id).member("uuid", node.uuid.to_string()).object_end();
}

/// Nodes by the id of their parent.
using Families = std::multimap<std::uint64_t, const catalog::EvNode*>;
Families families_of(const catalog::Tables& tables, std::string_view domain) {
  Families families;
  for (const catalog::EvNode* each : tables.energyview.nodes.of(domain)) {
    if (each->parent != 0) families.emplace(each->parent, each);
  }
  return families;
}

/// *"API reference, nodes"*.
void append_node(http::JsonWriter& w, const catalog::EvNode& node, const std::vector<std::string>& tags,
                 const catalog::Tables& tables, const Families& families) {
  w.object_begin();
  w.member("id", node.id).member("uuid", node.uuid.to_string());
  w.member("name", node.name).member("description", node.description);
  w.member("dataif", node.dataif).member("public", node.is_public).member("owner", "");
  w.member("enabled", node.enabled).member("archived", node.state == "archived");
  w.member("designation", node.designation).member("device", node.device);
  w.key("tags").array_begin();
  for (const std::string& tag : tags) w.value(tag);
  w.array_end();
  w.member("interval", node.interval_s).key("parent");
  const catalog::EvNode* parent =
      node.parent == 0 ? nullptr : tables.energyview.nodes.find(node.domain, node.parent);
  if (parent != nullptr) {
    append_name(w, *parent);
  } else {
    w.object_begin().key("id").null().key("uuid").null().object_end();
  }
  w.key("children").array_begin();
  const auto [first, last] = families.equal_range(node.id);
  for (auto at = first; at != last; ++at) append_name(w, *at->second);
  w.array_end();
  w.object_end();
}

}  // namespace

/// *EnergyView API v1, "Read TimeSeries data"*.
http::Response EnergyView::get_timeseries(const http::Request& request, const Call& call) const {
  const auto query = parse_read_query(request.parameters(), call.zone, call.now);
  if (!query) return render_refusal(query.error());
  std::vector<KnownSeries> known;
  {
    const auto tables = house_.archive.catalog();
    auto found = find_series(*tables, call.domain, *query, *call.caller);
    if (!found) return render_refusal(found.error());
    known = std::move(*found);
  }
  std::vector<SeriesRows> series;
  std::size_t left = settings_.max_read_points;
  for (KnownSeries& each : known) {
    archive::Scan scan;
    scan.point = each.point;
    scan.first = query->start;
    // Both ends belong to the interval, and an end is as long as its microsecond.
    scan.last = query->end > Timestamp::max().plus_ns(-kNsPerMicrosecond)
                    ? Timestamp::max()
                    : query->end.plus_ns(kNsPerMicrosecond - 1);
    auto read = read_rows(house_.archive, scan, query->resolution, query->aggregate, call.zone, left);
    if (!read) return render_refusal(refusal_of(read.error()));
    if (!*read) {
      return render_refusal({Code::invalid_parameter,
                             {},
                             "The result has more than " + std::to_string(settings_.max_read_points) +
                                 " points; ask for less at a time"});
    }
    if ((*read)->data.empty()) continue;
    series.push_back(
        {each.node_id, each.node_uuid, each.asked_by_uuid, std::move(each.tag), *std::move(*read)});
  }
  return render_series(series, call.zone, query->epoch);
}

http::Response EnergyView::get_nodes(const Call& call) const {
  const auto tables = house_.archive.catalog();
  const Families families = families_of(*tables, call.domain);
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().key("nodes").array_begin();
  for (const catalog::EvNode* node : tables->energyview.nodes.of(call.domain)) {
    if (const auto tags = readable_tags(*tables, call.domain, *node, *call.caller))
      append_node(w, *node, *tags, *tables, families);
  }
  w.array_end().object_end();
  return json_answer(200, std::move(body));
}

http::Response EnergyView::get_node(std::string_view text, const Call& call) const {
  const auto tables = house_.archive.catalog();
  const auto ref = parse_node_text(text, "node");
  const catalog::EvNode* node = ref ? find_node(*tables, call.domain, *ref) : nullptr;
  if (node == nullptr) {
    return render_refusal({Code::not_found, {}, "There is no node " + std::string{text.substr(0, 64)}});
  }
  const auto tags = readable_tags(*tables, call.domain, *node, *call.caller);
  if (!tags) return render_refusal(refusal_of(Error{ErrorCode::forbidden, {}, {}}));
  std::string body;
  http::JsonWriter w{body};
  append_node(w, *node, *tags, *tables, families_of(*tables, call.domain));
  return json_answer(200, std::move(body));
}

/// *"API reference, tags"*: one entry per distinct tag of the domain, numbered by the oldest point that has
/// it.
http::Response EnergyView::get_tags(const Call& call) const {
  ReadQuery everything;
  const auto tables = house_.archive.catalog();
  const auto known = find_series(*tables, call.domain, everything, *call.caller);
  if (!known) return render_refusal(known.error());
  std::map<std::string, PointId> oldest;
  for (const KnownSeries& series : *known) {
    const auto [at, made] = oldest.emplace(series.tag, series.point);
    if (!made && to_number(series.point) < to_number(at->second)) at->second = series.point;
  }
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().key("sensors").array_begin();
  for (const auto& [tag, id] : oldest) {
    const Point* point = tables->points.find(id);
    w.object_begin().member("id", to_number(id)).member("name", tag);
    w.member("description", point->descriptor).member("postfix", point->eng_units);
    w.member("protocol_id", 1).object_end();
  }
  w.array_end().object_end();
  return json_answer(200, std::move(body));
}

}  // namespace penstock::dialects::energyview
