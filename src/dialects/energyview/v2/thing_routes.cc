#include "dialects/energyview/body.h"
#include "dialects/energyview/node_body.h"
#include "dialects/energyview/resolve.h"
#include "dialects/energyview/v2/door.h"
#include "dialects/energyview/v2/parse.h"
#include "dialects/energyview/v2/render.h"
#include "dialects/energyview/v2/series.h"

namespace penstock::dialects::energyview::v2 {
namespace {

/// One thing with its neighbours. `all` are the nodes of the domain.
void append_with_family(http::JsonWriter& w, const catalog::Tables& tables, const catalog::EvNode& node,
                        const std::vector<const catalog::EvNode*>& all) {
  const catalog::EvDomain* const domain = tables.energyview.domains.find(node.domain);
  std::vector<const catalog::EvNode*> children;
  for (const catalog::EvNode* each : all) {
    if (each->parent == node.id) children.push_back(each);
  }
  const catalog::EvNode* const parent =
      node.parent == 0 ? nullptr : tables.energyview.nodes.find(node.domain, node.parent);
  append_thing(w, domain != nullptr ? *domain : catalog::EvDomain{}, node, parent, children);
}

}  // namespace

VersionTwo::Answer VersionTwo::list_things(const http::Request& request, const Call& call) const {
  TRY(const Page page, parse_page(request.parameters()));
  const auto tables = house_.archive.catalog();
  const auto nodes = tables->energyview.nodes.of(call.domain);
  std::string body;
  http::JsonWriter w{body};
  w.array_begin();
  std::size_t skipped = 0, shown = 0;
  for (const catalog::EvNode* node : nodes) {
    if (shown == page.limit) break;
    if (!page.takes(node->labels)) continue;
    if (!readable_tags(*tables, call.domain, *node, *call.caller) || skipped++ < page.offset) continue;
    append_with_family(w, *tables, *node, nodes);
    ++shown;
  }
  w.array_end();
  return json_answer(200, std::move(body));
}

VersionTwo::Answer VersionTwo::get_thing(std::string_view uuid, const Call& call) const {
  const auto tables = house_.archive.catalog();
  TRY(const catalog::EvNode* const node, find_thing(*tables, call.domain, uuid));
  if (!readable_tags(*tables, call.domain, *node, *call.caller)) return refuse_as(ErrorCode::forbidden);
  std::string body;
  http::JsonWriter w{body};
  append_with_family(w, *tables, *node, tables->energyview.nodes.of(call.domain));
  return json_answer(200, std::move(body));
}

Task<VersionTwo::Answer> VersionTwo::post_thing(http::Request& request, const Call& call) {
  if (const auto read = read_json_body(request); !read) co_return Answer{tl::unexpected(read.error())};
  const auto wish = parse_thing_wish(request.body, Deed::create);
  if (!wish) co_return Answer{tl::unexpected(wish.error())};
  if (!call.caller->may(auth::Right::write, "EV." + call.domain + ".")) {
    co_return Answer{refuse_as(ErrorCode::forbidden)};
  }
  const auto made = std::make_shared<std::string>();
  archive::Archive::Edit edit = [made, wish = *wish, domain = call.domain, creator = call.caller->number,
                                 now = call.now](catalog::Editor& editor) -> Result<void> {
    catalog::NewEvNode wanted;
    wanted.domain = domain;
    wanted.designation.clear();
    TRY(catalog::EvNode node, catalog::add_ev_node(editor, wanted));
    node.creator = creator;
    TRY_VOID(apply_wish(editor, node, wish, now));
    made->clear();
    http::JsonWriter w{*made};
    const catalog::Tables& tables = editor.tables();
    append_with_family(w, tables, *tables.energyview.nodes.find(domain, node.id), {});
    return {};
  };
  Answer done = co_await commit(std::move(edit), call);
  if (!done) co_return done;
  co_return Answer{json_answer(201, std::move(*made))};
}

/// PUT and DELETE of one thing.
Task<VersionTwo::Answer> VersionTwo::change_thing(http::Request& request, std::string_view uuid,
                                                  const Call& call) {
  std::uint64_t id = 0;
  {
    const auto tables = house_.archive.catalog();
    const auto node = find_thing(*tables, call.domain, uuid);
    if (!node) co_return Answer{tl::unexpected(node.error())};
    if (!may_change(*call.caller, **node)) co_return Answer{refuse_as(ErrorCode::forbidden)};
    id = (*node)->id;
  }
  NodeWish wish;
  const bool erases = request.method == http::Method::del;
  if (!erases) {
    if (const auto read = read_json_body(request); !read) co_return Answer{tl::unexpected(read.error())};
    auto parsed = parse_thing_wish(request.body, Deed::update);
    if (!parsed) co_return Answer{tl::unexpected(parsed.error())};
    wish = std::move(*parsed);
  }
  archive::Archive::Edit edit = [erases, wish, domain = call.domain, id,
                                 now = call.now](catalog::Editor& editor) -> Result<void> {
    const catalog::EvNode* const found = editor.tables().energyview.nodes.find(domain, id);
    if (found == nullptr) return fail(ErrorCode::not_found, {}, "The thing is gone");
    const catalog::EvNode node = *found;
    return erases ? catalog::erase_ev_node(editor, node) : apply_wish(editor, node, wish, now);
  };
  Answer done = co_await commit(std::move(edit), call);
  co_return done;
}

}  // namespace penstock::dialects::energyview::v2
