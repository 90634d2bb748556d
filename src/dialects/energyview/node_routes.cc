#include <algorithm>

#include "base/text.h"
#include "dialects/energyview/body.h"
#include "dialects/energyview/door.h"
#include "dialects/energyview/node_body.h"
#include "dialects/energyview/render.h"
#include "dialects/energyview/resolve.h"
#include "http/json_writer.h"

namespace penstock::dialects::energyview {
namespace {

constexpr std::size_t kProvisionBytesMax = 64u << 10, kMetadataBytesMax = 256u << 10;

http::Response no_content() {
  http::Response response;
  response.status = 204;
  return response;
}

http::Response render_no_node(std::string_view text) {
  return render_refusal({Code::not_found, {}, "There is no node " + std::string{text.substr(0, 64)}});
}

http::Response render_forbidden() {
  return render_refusal(refusal_of(Error{ErrorCode::forbidden, {}, {}}));
}

/// The node of that id as it is inside an edit.
Result<catalog::EvNode> get_node_row(const catalog::Editor& editor, const std::string& domain,
                                     std::uint64_t id) {
  const catalog::EvNode* const node = editor.tables().energyview.nodes.find(domain, id);
  if (node == nullptr) return fail(ErrorCode::not_found, {}, "There is no node " + std::to_string(id));
  return *node;
}

enum class OnKnownKey { refuse, replace };

Result<void> add_metadata(catalog::EvNode& node, const Metadata& metadata, OnKnownKey on_known) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : metadata) {
    const auto known = std::find_if(node.metadata.begin(), node.metadata.end(),
                                    [&](const auto& entry) { return entry.first == key; });
    if (known == node.metadata.end()) {
      node.metadata.emplace_back(key, value);
    } else if (on_known == OnKnownKey::replace) {
      known->second = value;
    } else {
      return fail(ErrorCode::conflict, "key", "The node has metadata under " + key + " already");
    }
  }
  for (const auto& [key, value] : node.metadata) bytes += key.size() + value.size();
  if (bytes > kMetadataBytesMax) {
    return fail(ErrorCode::limit_exceeded, {}, "A node has at most 256 KiB of metadata");
  }
  return {};
}

}  // namespace

Task<http::Response> EnergyView::commit(archive::Archive::Edit edit, http::Response answer,
                                        const Call& call) {
  const auto done = co_await house_.archive.change(std::move(edit), Door::energyview, call.caller->number);
  if (!done) co_return render_refusal(refusal_of(done.error()));
  co_return answer;
}

/// *"API reference, nodes"*, "create"; *"Create a Building Node"*.
Task<http::Response> EnergyView::post_node(const http::Request& request, const Call& call) {
  auto wish = parse_node_wish(request.body, NodeDeed::create);
  if (!wish) co_return render_refusal(wish.error());
  if (!call.caller->may(auth::Right::write, "EV." + call.domain + ".")) co_return render_forbidden();
  const auto made = std::make_shared<catalog::EvNode>();
  archive::Archive::Edit edit = [made, wish = std::move(*wish), domain = call.domain,
                                 creator = call.caller->number,
                                 now = call.now](catalog::Editor& editor) -> Result<void> {
    catalog::NewEvNode wanted;
    wanted.domain = domain;
    wanted.uuid = wish.uuid;
    TRY(*made, catalog::add_ev_node(editor, wanted));
    made->creator = creator;
    return apply_wish(editor, *made, wish, now);
  };
  const auto done = co_await house_.archive.change(std::move(edit), Door::energyview, call.caller->number);
  if (!done) co_return render_refusal(refusal_of(done.error()));
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("id", made->id).member("uuid", made->uuid.to_string()).object_end();
  co_return json_answer(201, std::move(body));
}

Task<http::Response> EnergyView::change_resource(http::Request& request, const Target& target,
                                                 const Call& call) {
  if (target.resource == Resource::settings) {
    http::Response response = co_await put_settings(request, target, call);
    co_return response;
  }
  if (const auto read = read_json_body(request); !read) co_return render_refusal(read.error());
  if (target.resource == Resource::nodes) {
    http::Response response = co_await post_node(request, call);
    co_return response;
  }
  std::uint64_t id = 0;
  {
    const auto tables = house_.archive.catalog();
    const auto ref = parse_node_text(target.node, "node");
    const catalog::EvNode* node = ref ? find_node(*tables, call.domain, *ref) : nullptr;
    if (node == nullptr) co_return render_no_node(target.node);
    if (!may_change(*call.caller, *node)) co_return render_forbidden();
    id = node->id;
  }
  archive::Archive::Edit edit;
  if (request.method == http::Method::del) {
    edit = [domain = call.domain, id](catalog::Editor& editor) -> Result<void> {
      TRY(const catalog::EvNode node, get_node_row(editor, domain, id));
      return catalog::erase_ev_node(editor, node);
    };
  } else if (target.resource == Resource::node) {
    auto wish = parse_node_wish(request.body, NodeDeed::update);
    if (!wish) co_return render_refusal(wish.error());
    edit = [domain = call.domain, id, wish = std::move(*wish),
            now = call.now](catalog::Editor& editor) -> Result<void> {
      TRY(catalog::EvNode node, get_node_row(editor, domain, id));
      return apply_wish(editor, std::move(node), wish, now);
    };
  } else if (target.resource == Resource::metadata) {
    auto metadata = parse_metadata(request.body);
    if (!metadata) co_return render_refusal(metadata.error());
    const auto overwrite = request.parameters().find("overwrite");
    if (overwrite && *overwrite != "true" && *overwrite != "false") {
      co_return render_refusal({Code::invalid_parameter, "overwrite", "Must be true or false"});
    }
    const OnKnownKey on_known = overwrite == "true" ? OnKnownKey::replace : OnKnownKey::refuse;
    edit = [domain = call.domain, id, metadata = std::move(*metadata),
            on_known](catalog::Editor& editor) -> Result<void> {
      TRY(catalog::EvNode node, get_node_row(editor, domain, id));
      TRY_VOID(add_metadata(node, metadata, on_known));
      editor.put(node);
      return {};
    };
  } else {
    // *"Activate the Building Service"*: the steering service reads it; here it is only kept.
    std::string body{request.body.view()};
    if (body.size() > kProvisionBytesMax) {
      co_return render_refusal({Code::payload_too_large, {}, "A provision has at most 64 KiB"});
    }
    const auto document = json::parse(body);
    if (!body.empty() && !document) co_return render_refusal(refusal_of(document.error()));
    edit = [domain = call.domain, id, body = std::move(body)](catalog::Editor& editor) -> Result<void> {
      TRY(catalog::EvNode node, get_node_row(editor, domain, id));
      node.provision = body;
      editor.put(node);
      return {};
    };
  }
  http::Response response = co_await commit(std::move(edit), no_content(), call);
  co_return response;
}

http::Response EnergyView::get_metadata(std::string_view text, const Call& call) const {
  const auto tables = house_.archive.catalog();
  const auto ref = parse_node_text(text, "node");
  const catalog::EvNode* node = ref ? find_node(*tables, call.domain, *ref) : nullptr;
  if (node == nullptr) return render_no_node(text);
  std::string body;
  http::JsonWriter w{body};
  w.array_begin();
  for (const auto& [key, value] : node->metadata) {
    w.object_begin().member("key", key).member("value", value).object_end();
  }
  w.array_end();
  return json_answer(200, std::move(body));
}

}  // namespace penstock::dialects::energyview
