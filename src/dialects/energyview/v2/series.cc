#include "dialects/energyview/v2/series.h"

#include "dialects/energyview/resolve.h"
#include "dialects/energyview/series_address.h"

namespace penstock::dialects::energyview::v2 {
namespace {

tl::unexpected<Refusal> no_series(std::string_view uuid) {
  return refuse(Code::not_found, {}, "There is no time series " + std::string{uuid});
}

/// The first address in the domain that shows the point.
std::optional<SeriesPlace> place_of_point(const catalog::Tables& tables, const catalog::EvDomain& domain,
                                          PointId point) {
  const std::string prefix = domain_prefix(domain.name);
  const catalog::AddressRow* first = nullptr;
  SeriesAddress place;
  for (const catalog::AddressRow* row : tables.addresses.of(point)) {
    if (row->door != Door::energyview || !std::string_view{row->address}.starts_with(prefix)) continue;
    const auto parsed = parse_series_address(row->address, domain.name.size());
    if (!parsed || (first != nullptr && first->address < row->address)) continue;
    first = row;
    place = *parsed;
  }
  const Point* const shown = tables.points.find(point);
  if (first == nullptr || shown == nullptr || !is_shown(shown->type)) return std::nullopt;
  return SeriesPlace{first, shown, tables.energyview.nodes.find(domain.name, place.node), place.tag};
}

const catalog::EvSeries* more_of(const catalog::Tables& tables, PointId point) {
  return tables.energyview.series.find(catalog::EvSeries::key_of(point));
}

std::string name_of(const catalog::Tables& tables, PointId point, std::string_view tag) {
  const catalog::EvSeries* const more = more_of(tables, point);
  return more != nullptr && !more->name.empty() ? more->name : std::string{tag};
}

/// Names are given once inside of a thing, as tags are inside of a node.
bool is_name_taken(const catalog::Tables& tables, const catalog::EvNode& node, std::string_view name,
                   std::optional<PointId> but) {
  bool taken = false;
  each_series(tables, node.domain, node_prefix(node.domain, node.id),
              [&](const SeriesAddress& address, const catalog::AddressRow& row) {
                taken = row.point != but && name_of(tables, row.point, address.tag) == name;
                return !taken;
              });
  return taken;
}

/// Puts all of the wish but its thing into the row and the point.
Result<void> apply(catalog::Editor& editor, catalog::EvSeries& row, Point point, const SeriesWish& wish,
                   Timestamp now) {
  if (wish.name) row.name = *wish.name;
  if (wish.lower_bound) row.lower_bound = *wish.lower_bound;
  if (wish.upper_bound) row.upper_bound = *wish.upper_bound;
  if (wish.labels) row.labels = *wish.labels;
  if (row.lower_bound && row.upper_bound && *row.lower_bound > *row.upper_bound) {
    return fail(ErrorCode::invalid_argument, "lower_bound", "It is above upper_bound");
  }
  editor.put(row);
  // A point that was made elsewhere keeps what its own door said of it.
  const bool is_ours = point.point_source == "EV";
  if (wish.si_unit && *wish.si_unit != point.eng_units && !is_ours) {
    return fail(ErrorCode::invalid_argument, "si_unit", "The unit of this series is set elsewhere");
  }
  if (!is_ours) return {};
  const Point before = point;
  if (wish.si_unit) point.eng_units = *wish.si_unit;
  if (row.lower_bound && row.upper_bound && *row.lower_bound < *row.upper_bound) {
    point.zero = *row.lower_bound;
    point.span = *row.upper_bound - *row.lower_bound;
  }
  const bool same =
      before.eng_units == point.eng_units && before.zero == point.zero && before.span == point.span;
  if (same) return {};
  point.changed = now;
  return editor.update_point(point);
}

}  // namespace

std::optional<SeriesPlace> place_of(const catalog::Tables& tables, const catalog::EvDomain& domain,
                                    const catalog::AddressRow& address) {
  auto place = place_of_point(tables, domain, address.point);
  if (!place || place->address->address != address.address) return std::nullopt;
  return place;
}

Checked<SeriesPlace> find_series(const catalog::Tables& tables, const catalog::EvDomain& domain,
                                 std::string_view uuid) {
  const auto parsed = Uuid::parse(uuid);
  if (!parsed) return refuse(Code::invalid_parameter, "uuid", "The path must name a UUID");
  const auto point = catalog::parse_ev_series_uuid(domain, *parsed);
  if (!point) return no_series(uuid);
  const auto place = place_of_point(tables, domain, *point);
  if (!place) return no_series(uuid);
  return *place;
}

SeriesView view_of(const catalog::Tables& tables, const catalog::EvDomain& domain, const SeriesPlace& place) {
  SeriesView view;
  view.uuid = catalog::ev_series_uuid(domain, place.point->id);
  if (place.node != nullptr) view.thing = place.node->uuid;
  view.name = name_of(tables, place.point->id, place.tag);
  view.si_unit = place.point->eng_units;
  std::uint32_t creator = 0;
  if (const catalog::EvSeries* const more = more_of(tables, place.point->id)) {
    view.lower_bound = more->lower_bound;
    view.upper_bound = more->upper_bound;
    view.labels = more->labels;
    creator = more->creator;
  }
  view.created_by = catalog::ev_user_uuid(domain, creator);
  return view;
}

Checked<const catalog::EvNode*> find_thing(const catalog::Tables& tables, std::string_view domain,
                                           std::string_view uuid) {
  const auto parsed = Uuid::parse(uuid);
  if (!parsed) return refuse(Code::invalid_parameter, "uuid", "The path must name a UUID");
  const catalog::EvNode* const node = find_node(tables, domain, NodeRef{true, 0, *parsed});
  if (node == nullptr) return refuse(Code::not_found, {}, "There is no thing " + std::string{uuid});
  return node;
}

Result<SeriesView> add_series(catalog::Editor& editor, const std::string& domain, const SeriesWish& wish,
                              std::uint32_t creator, Timestamp now) {
  const catalog::Tables& tables = editor.tables();
  const catalog::EvDomain* const place = tables.energyview.domains.find(domain);
  const catalog::EvNode* const found = find_node(tables, domain, NodeRef{true, 0, *wish.thing});
  if (place == nullptr || found == nullptr) {
    return fail(ErrorCode::invalid_argument, "thing_uuid", "There is no such thing");
  }
  const catalog::EvNode node = *found;
  if (is_name_taken(tables, node, *wish.name, std::nullopt)) {
    return fail(ErrorCode::invalid_argument, "name", "The thing has a series of that name already");
  }
  const std::string tag = catalog::free_ev_tag(tables, node, *wish.name);
  TRY(const PointId id, catalog::add_ev_series(editor, node, tag, now));
  catalog::EvSeries row;
  row.point = id;
  row.creator = creator;
  TRY_VOID(apply(editor, row, *tables.points.find(id), wish, now));
  return view_of(tables, *place, *place_of_point(tables, *place, id));
}

Result<void> change_series(catalog::Editor& editor, const std::string& domain, PointId point,
                           const SeriesWish& wish, Timestamp now) {
  const catalog::Tables& tables = editor.tables();
  const catalog::EvDomain* const of = tables.energyview.domains.find(domain);
  const auto place = of != nullptr ? place_of_point(tables, *of, point) : std::nullopt;
  if (!place) return fail(ErrorCode::not_found, {}, "The time series is gone");
  const catalog::EvNode* node = place->node;
  if (wish.thing) {
    node = find_node(tables, domain, NodeRef{true, 0, *wish.thing});
    if (node == nullptr) return fail(ErrorCode::invalid_argument, "thing_uuid", "There is no such thing");
  }
  const std::string name = wish.name ? *wish.name : name_of(tables, point, place->tag);
  if (node != nullptr && is_name_taken(tables, *node, name, point)) {
    return fail(ErrorCode::invalid_argument, "name", "The thing has a series of that name already");
  }
  catalog::EvSeries row;
  if (const catalog::EvSeries* const more = more_of(tables, point)) row = *more;
  row.point = point;
  row.name = name;
  const catalog::AddressRow address = *place->address;
  const std::string tag{place->tag};
  TRY_VOID(apply(editor, row, *place->point, wish, now));
  if (wish.thing && node != place->node) catalog::move_ev_series(editor, address, tag, *node);
  return {};
}

Result<void> erase_series(catalog::Editor& editor, const std::string& domain, PointId point) {
  const catalog::Tables& tables = editor.tables();
  const catalog::EvDomain* const of = tables.energyview.domains.find(domain);
  const auto place = of != nullptr ? place_of_point(tables, *of, point) : std::nullopt;
  if (!place) return fail(ErrorCode::not_found, {}, "The time series is gone");
  const catalog::AddressRow address = *place->address;
  return catalog::erase_ev_series(editor, address);
}

}  // namespace penstock::dialects::energyview::v2
