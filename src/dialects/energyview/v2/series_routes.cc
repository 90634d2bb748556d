#include "dialects/energyview/body.h"
#include "dialects/energyview/resolve.h"
#include "dialects/energyview/series_address.h"
#include "dialects/energyview/v2/door.h"
#include "dialects/energyview/v2/parse.h"
#include "dialects/energyview/v2/render.h"
#include "dialects/energyview/v2/series.h"

namespace penstock::dialects::energyview::v2 {
Checked<PointId> VersionTwo::point_of(std::string_view uuid, auth::Right right, const Call& call) const {
  const auto tables = house_.archive.catalog();
  const catalog::EvDomain* const domain = tables->energyview.domains.find(call.domain);
  if (domain == nullptr) return refuse_as(ErrorCode::unauthenticated);
  TRY(const SeriesPlace place, find_series(*tables, *domain, uuid));
  if (!call.caller->may(right, place.point->tag)) return refuse_as(ErrorCode::forbidden);
  return place.point->id;
}

/// *EnergyView API v2, "Listing TimeSeries"*: in the order of addresses, which stays.
VersionTwo::Answer VersionTwo::list_series(const http::Request& request, const Call& call) const {
  TRY(const Page page, parse_page(request.parameters()));
  const auto tables = house_.archive.catalog();
  const catalog::EvDomain* const domain = tables->energyview.domains.find(call.domain);
  if (domain == nullptr) return refuse_as(ErrorCode::unauthenticated);
  std::string body;
  http::JsonWriter w{body};
  w.array_begin();
  std::size_t skipped = 0, shown = 0;
  each_series(*tables, call.domain, domain_prefix(call.domain),
              [&](const SeriesAddress&, const catalog::AddressRow& row) {
                const auto place = place_of(*tables, *domain, row);
                if (!place || !call.caller->may(auth::Right::read, place->point->tag)) return true;
                const SeriesView view = view_of(*tables, *domain, *place);
                if (!page.takes(view.labels)) return true;
                if (skipped++ < page.offset) return true;
                append_series(w, view);
                return ++shown < page.limit;
              });
  w.array_end();
  return json_answer(200, std::move(body));
}

VersionTwo::Answer VersionTwo::get_series(std::string_view uuid, const Call& call) const {
  const auto tables = house_.archive.catalog();
  const catalog::EvDomain* const domain = tables->energyview.domains.find(call.domain);
  if (domain == nullptr) return refuse_as(ErrorCode::unauthenticated);
  TRY(const SeriesPlace place, find_series(*tables, *domain, uuid));
  if (!call.caller->may(auth::Right::read, place.point->tag)) return refuse_as(ErrorCode::forbidden);
  std::string body;
  http::JsonWriter w{body};
  append_series(w, view_of(*tables, *domain, place));
  return json_answer(200, std::move(body));
}

/// *"Creating a TimeSeries"*.
Task<VersionTwo::Answer> VersionTwo::post_series(http::Request& request, const Call& call) {
  if (const auto read = read_json_body(request); !read) co_return Answer{tl::unexpected(read.error())};
  const auto wish = parse_series_wish(request.body, Deed::create);
  if (!wish) co_return Answer{tl::unexpected(wish.error())};
  {
    const auto tables = house_.archive.catalog();
    const catalog::EvNode* const node = find_node(*tables, call.domain, NodeRef{true, 0, *wish->thing});
    if (node == nullptr) {
      co_return Answer{refuse(Code::invalid_parameter, "thing_uuid", "There is no such thing")};
    }
    const std::string tag = catalog::ev_pi_tag(*node, catalog::free_ev_tag(*tables, *node, *wish->name));
    if (!call.caller->may(auth::Right::write, tag)) co_return Answer{refuse_as(ErrorCode::forbidden)};
  }
  const auto made = std::make_shared<SeriesView>();
  archive::Archive::Edit edit = [made, wish = *wish, domain = call.domain, creator = call.caller->number,
                                 now = call.now](catalog::Editor& editor) -> Result<void> {
    TRY(*made, add_series(editor, domain, wish, creator, now));
    return {};
  };
  Answer done = co_await commit(std::move(edit), call);
  if (!done) co_return done;
  std::string body;
  http::JsonWriter w{body};
  append_series(w, *made);
  co_return Answer{json_answer(201, std::move(body))};
}

/// *"Change Time-series Information"*.
Task<VersionTwo::Answer> VersionTwo::put_series(http::Request& request, std::string_view uuid,
                                                const Call& call) {
  if (const auto read = read_json_body(request); !read) co_return Answer{tl::unexpected(read.error())};
  const auto point = point_of(uuid, auth::Right::write, call);
  if (!point) co_return Answer{tl::unexpected(point.error())};
  const auto wish = parse_series_wish(request.body, Deed::update);
  if (!wish) co_return Answer{tl::unexpected(wish.error())};
  archive::Archive::Edit edit = [wish = *wish, domain = call.domain, point = *point,
                                 now = call.now](catalog::Editor& editor) {
    return change_series(editor, domain, point, wish, now);
  };
  Answer done = co_await commit(std::move(edit), call);
  co_return done;
}

Task<VersionTwo::Answer> VersionTwo::delete_series(std::string_view uuid, const Call& call) {
  const auto point = point_of(uuid, auth::Right::write, call);
  if (!point) co_return Answer{tl::unexpected(point.error())};
  archive::Archive::Edit edit = [domain = call.domain, point = *point](catalog::Editor& editor) {
    return erase_series(editor, domain, point);
  };
  Answer done = co_await commit(std::move(edit), call);
  co_return done;
}

/// The series of a thing, all of them: a thing has few.
VersionTwo::Answer VersionTwo::get_thing_series(std::string_view uuid, const Call& call) const {
  const auto tables = house_.archive.catalog();
  const catalog::EvDomain* const domain = tables->energyview.domains.find(call.domain);
  if (domain == nullptr) return refuse_as(ErrorCode::unauthenticated);
  TRY(const catalog::EvNode* const node, find_thing(*tables, call.domain, uuid));
  std::string body;
  http::JsonWriter w{body};
  w.array_begin();
  each_series(*tables, call.domain, node_prefix(call.domain, node->id),
              [&](const SeriesAddress&, const catalog::AddressRow& row) {
                const auto place = place_of(*tables, *domain, row);
                if (place && call.caller->may(auth::Right::read, place->point->tag)) {
                  append_series(w, view_of(*tables, *domain, *place));
                }
                return true;
              });
  w.array_end();
  return json_answer(200, std::move(body));
}

}  // namespace penstock::dialects::energyview::v2
