#include <algorithm>
#include <cmath>

#include "dialects/energyview/v2/parse.h"
#include "http/json.h"

namespace penstock::dialects::energyview::v2 {
namespace {

constexpr std::size_t kTextBytesMax = 1024, kNameCharactersMin = 3, kLabelsMax = 100;

/// States of a thing, and whether the node is then enabled.
struct StateWord {
  std::string_view word;
  bool enabled;
};
constexpr StateWord kStates[] = {
    {"active", true}, {"inactive", false}, {"passive", true}, {"archived", false}};

tl::unexpected<Refusal> bad(std::string_view param, std::string why) {
  return refuse(Code::invalid_parameter, std::string{param}, std::move(why));
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Checked<json::Value> parse_object(const http::Body& body) {
  auto document = json::parse(body);
  if (!document) return refuse(Code::invalid_json, {}, document.error().detail);
  if (!document->is_object()) return refuse(Code::invalid_json, {}, "The body must be an object");
  return std::move(*document);
}

/// A text with at least so many characters, if the member is there at all.
Checked<void> take_text(const json::Value& document, std::string_view name, std::size_t characters_min,
                        std::optional<std::string>& to) {
  const json::Value* const member = document.find(name);
  if (member == nullptr) return {};
  const auto text = member->as_string();
  if (!text || text->size() > kTextBytesMax || characters(*text) < characters_min) {
    return bad(name, "Must be a text of " + std::to_string(characters_min) + " characters to 1024 bytes");
  }
  to = *text;
  return {};
}

Checked<void> need(const std::optional<std::string>& text, std::string_view name) {
  if (text) return {};
  return refuse(Code::missing_parameter, std::string{name}, "It is required");
}

Checked<void> take_labels(const json::Value& document, std::optional<std::vector<std::string>>& to) {
  const json::Value* const member = document.find("tags");
  if (member == nullptr) return {};
  if (!member->is_array() || member->array().size() > kLabelsMax) {
    return bad("tags", "Must be an array of at most 100 texts");
  }
  to.emplace();
  for (const json::Value& each : member->array()) {
    const auto label = each.as_string();
    if (!label || label->empty() || label->size() > kTextBytesMax) {
      return bad("tags[" + std::to_string(to->size()) + "]", "Must be a text of 1 to 1024 bytes");
    }
    to->emplace_back(*label);
  }
  return {};
}

Checked<void> take_bound(const json::Value& document, std::string_view name, BoundWish& to) {
  const json::Value* const member = document.find(name);
  if (member == nullptr) return {};
  to.emplace();
  if (member->is_null()) return {};
  *to = member->as_double();
  if (!*to || !std::isfinite(**to)) return bad(name, "Must be a number or null");
  return {};
}

Checked<std::optional<Uuid>> take_uuid(const json::Value& document, std::string_view name) {
  const json::Value* const member = document.find(name);
  if (member == nullptr) return std::optional<Uuid>{};
  const auto text = member->as_string();
  const auto uuid = text ? Uuid::parse(*text) : std::nullopt;
  if (!uuid) return bad(name, "Must be a UUID");
  return uuid;
}

}  // namespace

Checked<SeriesWish> parse_series_wish(const http::Body& body, Deed deed) {
  TRY(const json::Value document, parse_object(body));
  SeriesWish wish;
  TRY_VOID(take_text(document, "name", kNameCharactersMin, wish.name));
  TRY_VOID(take_text(document, "si_unit", 1, wish.si_unit));
  TRY(wish.thing, take_uuid(document, "thing_uuid"));
  TRY_VOID(take_bound(document, "lower_bound", wish.lower_bound));
  TRY_VOID(take_bound(document, "upper_bound", wish.upper_bound));
  TRY_VOID(take_labels(document, wish.labels));
  if (deed == Deed::create) {
    TRY_VOID(need(wish.name, "name"));
    TRY_VOID(need(wish.si_unit, "si_unit"));
    if (!wish.thing) {
      return refuse(Code::missing_parameter, "thing_uuid", "A series belongs to a thing");
    }
  }
  return wish;
}

Checked<NodeWish> parse_thing_wish(const http::Body& body, Deed deed) {
  TRY(const json::Value document, parse_object(body));
  NodeWish wish;
  TRY_VOID(take_text(document, "name", kNameCharactersMin, wish.name));
  if (deed == Deed::create) TRY_VOID(need(wish.name, "name"));
  if (const json::Value* const type = document.find("type"); type != nullptr && type->is_null()) {
    wish.designation = "";
  } else {
    TRY_VOID(take_text(document, "type", kNameCharactersMin, wish.designation));
  }
  if (const json::Value* const state = document.find("state")) {
    const auto* const at = std::find_if(std::begin(kStates), std::end(kStates), [&](const StateWord& each) {
      return state->as_string() == each.word;
    });
    if (at == std::end(kStates)) return bad("state", "Must be active, inactive, passive or archived");
    wish.state = at->word;
    wish.enabled = at->enabled;
  }
  if (const json::Value* const parent = document.find("parent"); parent != nullptr && parent->is_null()) {
    wish.no_parent = true;
  } else {
    TRY(const std::optional<Uuid> uuid, take_uuid(document, "parent"));
    if (uuid) wish.parent = NodeRef{true, 0, *uuid};
  }
  TRY_VOID(take_labels(document, wish.labels));
  return wish;
}

}  // namespace penstock::dialects::energyview::v2
