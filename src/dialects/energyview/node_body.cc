#include "dialects/energyview/node_body.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "dialects/energyview/resolve.h"

namespace penstock::dialects::energyview {
namespace {

constexpr std::size_t kTextBytesMax = 1024, kTagsMax = 1000;
constexpr std::size_t kMetadataEntriesMax = 1000, kMetadataValueBytesMax = 8192;

tl::unexpected<Refusal> bad(std::string_view param, std::string why) {
  return refuse(Code::invalid_parameter, std::string{param}, std::move(why));
}

Checked<void> take_text(const json::Value& document, std::string_view name, std::optional<std::string>& to) {
  const json::Value* const member = document.find(name);
  if (member == nullptr || member->is_null()) return {};
  const auto text = member->as_string();
  if (!text || text->size() > kTextBytesMax) return bad(name, "Must be a text of at most 1024 bytes");
  to = *text;
  return {};
}

Checked<void> take_flag(const json::Value& document, std::string_view name, std::optional<bool>& to) {
  const json::Value* const member = document.find(name);
  if (member == nullptr) return {};
  to = member->as_bool();
  if (!to) return bad(name, "Must be true or false");
  return {};
}

/// "HH:MM:SS" in seconds; hours may go beyond a day.
std::optional<std::int64_t> parse_interval(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return std::nullopt;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), number);
    const bool is_whole = error == std::errc{} && end == parts[i].data() + parts[i].size();
    if (!is_whole || number < 0 || number > (i == 0 ? 9999 : 59)) return std::nullopt;
    total = total * 60 + number;
  }
  return total;
}

Checked<void> take_interval(const json::Value& document, NodeWish& wish) {
  const json::Value* const member = document.find("interval");
  if (member == nullptr) return {};
  const auto text = member->as_string();
  if (text) wish.interval_s = parse_interval(*text);
  if (!wish.interval_s) return bad("interval", "Must be a text such as \"00:15:00\"");
  return {};
}

Checked<void> take_tags(const json::Value& document, NodeWish& wish) {
  const json::Value* const member = document.find("tags");
  if (member == nullptr) return {};
  if (!member->is_array() || member->array().size() > kTagsMax) {
    return bad("tags", "Must be an array of at most 1000 tags");
  }
  wish.tags.emplace();
  for (const json::Value& each : member->array()) {
    const auto tag = each.as_string();
    if (!tag || !catalog::is_ev_tag(*tag)) {
      return bad("tags[" + std::to_string(wish.tags->size()) + "]",
                 "A tag has 1 to 128 letters, digits, _ or -");
    }
    if (std::find(wish.tags->begin(), wish.tags->end(), *tag) == wish.tags->end()) {
      wish.tags->emplace_back(*tag);
    }
  }
  return {};
}

Checked<void> take_parent(const json::Value& document, NodeWish& wish) {
  const json::Value* const member = document.find("parent");
  if (member == nullptr) return {};
  if (member->is_null()) {
    wish.no_parent = true;
    return {};
  }
  const auto text = member->as_string();
  const auto uuid = text ? Uuid::parse(*text) : std::nullopt;
  const auto id = member->is_integer() ? member->as_int64() : std::nullopt;
  if (!uuid && (!id || *id <= 0)) return bad("parent", "Must be a positive integer or a UUID");
  wish.parent = uuid ? NodeRef{true, 0, *uuid} : NodeRef{false, static_cast<std::uint64_t>(*id), {}};
  return {};
}

Checked<void> take_uuid(const json::Value& document, NodeWish& wish) {
  const json::Value* const member = document.find("uuid");
  if (member == nullptr || member->is_null()) return {};
  const auto text = member->as_string();
  if (text) wish.uuid = Uuid::parse(*text);
  if (!wish.uuid) return bad("uuid", "Must be a UUID");
  return {};
}

}  // namespace

Checked<NodeWish> parse_node_wish(const http::Body& body, NodeDeed deed) {
  const auto document = json::parse(body);
  if (!document) return tl::unexpected(refusal_of(document.error()));
  if (!document->is_object()) return refuse(Code::invalid_json, {}, "The body must be an object");
  NodeWish wish;
  struct Text {
    std::string_view name;
    std::optional<std::string>& to;
    bool required;
  };
  const Text texts[] = {{"name", wish.name, true},
                        {"device", wish.device, true},
                        {"designation", wish.designation, true},
                        {"description", wish.description, false},
                        {"dataif", wish.dataif, false},
                        {"state", wish.state, false},
                        {"deployment_date", wish.deployment_date, false}};
  for (const Text& text : texts) {
    if (const auto taken = take_text(*document, text.name, text.to); !taken) {
      return tl::unexpected(taken.error());
    }
    if (deed == NodeDeed::create && text.required && (!text.to || text.to->empty())) {
      return refuse(Code::missing_parameter, std::string{text.name}, std::string{text.name} + " is required");
    }
  }
  if (deed == NodeDeed::create) TRY_VOID(take_uuid(*document, wish));
  TRY_VOID(take_flag(*document, "public", wish.is_public));
  TRY_VOID(take_flag(*document, "enabled", wish.enabled));
  TRY_VOID(take_interval(*document, wish));
  TRY_VOID(take_tags(*document, wish));
  TRY_VOID(take_parent(*document, wish));
  return wish;
}

Checked<Metadata> parse_metadata(const http::Body& body) {
  const auto document = json::parse(body);
  if (!document) return tl::unexpected(refusal_of(document.error()));
  if (!document->is_array()) return refuse(Code::invalid_json, {}, "The body must be an array");
  Metadata metadata;
  for (const json::Value& each : document->array()) {
    const std::string at = "[" + std::to_string(metadata.size()) + "]";
    const json::Value *const key = each.find("key"), *const value = each.find("value");
    const auto name = key != nullptr ? key->as_string() : std::nullopt;
    const auto text = value != nullptr ? value->as_string() : std::nullopt;
    if (!name || name->empty() || name->size() > kTextBytesMax) {
      return bad(at + ".key", "Must be a text of 1 to 1024 bytes");
    }
    if (!text || text->size() > kMetadataValueBytesMax) {
      return bad(at + ".value", "Must be a text of at most 8192 bytes");
    }
    const bool repeated = std::any_of(metadata.begin(), metadata.end(),
                                      [&](const auto& entry) { return entry.first == *name; });
    if (repeated) return bad(at + ".key", "The key comes twice");
    if (metadata.size() == kMetadataEntriesMax) return bad(at, "A node has at most 1000 entries");
    metadata.emplace_back(*name, *text);
  }
  return metadata;
}

Result<void> apply_wish(catalog::Editor& editor, catalog::EvNode node, const NodeWish& wish, Timestamp now) {
  const catalog::Tables& tables = editor.tables();
  const auto give = [](const auto& from, auto& to) {
    if (from) to = *from;
  };
  give(wish.name, node.name);
  give(wish.device, node.device);
  give(wish.designation, node.designation);
  give(wish.description, node.description);
  give(wish.dataif, node.dataif);
  give(wish.state, node.state);
  give(wish.deployment_date, node.deployment_date);
  give(wish.is_public, node.is_public);
  give(wish.enabled, node.enabled);
  give(wish.interval_s, node.interval_s);
  give(wish.labels, node.labels);
  if (wish.no_parent) node.parent = 0;
  if (wish.parent) {
    const catalog::EvNode* above = find_node(tables, node.domain, *wish.parent);
    if (above == nullptr) {
      return fail(ErrorCode::invalid_argument, "parent", "There is no node " + wish.parent->to_string());
    }
    node.parent = above->id;
    for (; above != nullptr; above = tables.energyview.nodes.find(node.domain, above->parent)) {
      if (above->id == node.id) {
        return fail(ErrorCode::invalid_argument, "parent", "A node can't stand below itself");
      }
    }
  }
  editor.put(node);
  if (wish.tags) return catalog::assign_ev_tags(editor, node, *wish.tags, now);
  return {};
}

}  // namespace penstock::dialects::energyview
