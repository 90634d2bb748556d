#include "dialects/piwebapi/webid.h"

#include <cstring>
#include <utility>

namespace penstock::dialects::piwebapi {
namespace {

struct Marker {
  std::string_view text;
  WebIdKind kind;
};

// *PI Web API Reference, "WebID Type"*. The kinds behind `other` are decoded only to be not found.
constexpr Marker kMarkers[] = {
    {"DP", WebIdKind::point},
    {"Ab", WebIdKind::attribute},
    {"Em", WebIdKind::element},
    {"DS", WebIdKind::data_server},
    {"RS", WebIdKind::asset_server},
    {"RD", WebIdKind::database},
    {"Fm", WebIdKind::event_frame},
    {"AT", WebIdKind::attribute_template},
    {"MS", WebIdKind::enumeration_set},
    {"MV", WebIdKind::enumeration_value},
    {"EC", WebIdKind::element_category},
    {"ET", WebIdKind::element_template},
    {"AC", WebIdKind::attribute_category},
    {"Xs", WebIdKind::other},
    {"XC", WebIdKind::other},
    {"XT", WebIdKind::other},
    {"XR", WebIdKind::other},
    {"XP", WebIdKind::other},
    {"TR", WebIdKind::other},
    {"TP", WebIdKind::other},
    {"SI", WebIdKind::other},
    {"SM", WebIdKind::other},
    {"Bl", WebIdKind::other},
    {"BC", WebIdKind::other},
    {"Ut", WebIdKind::other},
    {"UC", WebIdKind::other},
};

/// Markers whose third letter names the owner.
std::string_view owners_of(WebIdKind kind) {
  switch (kind) {
    case WebIdKind::attribute: return "EF";
    case WebIdKind::attribute_template: return "E";
    case WebIdKind::enumeration_set:
    case WebIdKind::enumeration_value: return "RD";
    case WebIdKind::data_server:
    case WebIdKind::point:
    case WebIdKind::asset_server:
    case WebIdKind::database:
    case WebIdKind::element:
    case WebIdKind::event_frame:
    case WebIdKind::element_category:
    case WebIdKind::element_template:
    case WebIdKind::attribute_category:
    case WebIdKind::other: return {};
  }
  return {};
}

bool is_server(WebIdKind kind) {
  return kind == WebIdKind::data_server || kind == WebIdKind::asset_server;
}
bool has_parent(WebIdKind kind) {
  return kind == WebIdKind::attribute || kind == WebIdKind::attribute_template ||
         kind == WebIdKind::enumeration_value;
}

constexpr std::size_t kGuidText = 22;
constexpr std::size_t kInt32Text = 6;

/// GUIDs travel in .NET's order: the first three groups little-endian, the rest as written.
void swap_groups(unsigned char* bytes) {
  std::swap(bytes[0], bytes[3]);
  std::swap(bytes[1], bytes[2]);
  std::swap(bytes[4], bytes[5]);
  std::swap(bytes[6], bytes[7]);
}

void append_guid(std::string& out, Uuid id) {
  swap_groups(id.bytes);
  out += base64url_encode({reinterpret_cast<const char*>(id.bytes), 16});
}

void append_int32(std::string& out, std::int32_t number) {
  char raw[4];
  std::memcpy(raw, &number, 4);
  out += base64url_encode({raw, 4});
}

/// Decodes the payload from its front.
struct Payload {
  std::string_view text;
  bool ok = true;

  std::string take(std::size_t characters, std::size_t bytes) {
    if (!ok || text.size() < characters) {
      ok = false;
      return {};
    }
    auto raw = base64url_decode(text.substr(0, characters));
    text.remove_prefix(characters);
    if (!raw || raw->size() != bytes) {
      ok = false;
      return {};
    }
    return *std::move(raw);
  }
  Uuid guid() {
    Uuid id;
    const std::string raw = take(kGuidText, 16);
    if (ok) {
      std::memcpy(id.bytes, raw.data(), 16);
      swap_groups(id.bytes);
    }
    return id;
  }
  std::int32_t int32() {
    std::int32_t number = 0;
    const std::string raw = take(kInt32Text, 4);
    if (ok) std::memcpy(&number, raw.data(), 4);
    return number;
  }
};

tl::unexpected<Error> invalid(std::string_view text) {
  return fail(ErrorCode::invalid_argument, "webId",
              "Unknown or invalid WebID format: \"" + std::string{text.substr(0, 256)} + "\".");
}

}  // namespace

std::optional<WebIdForm> parse_webid_form(std::string_view name) {
  if (iequals(name, "full")) return WebIdForm::full;
  if (iequals(name, "idonly")) return WebIdForm::id_only;
  if (iequals(name, "pathonly")) return WebIdForm::path_only;
  if (iequals(name, "localidonly")) return WebIdForm::local_id_only;
  if (iequals(name, "defaultidonly")) return WebIdForm::default_id_only;
  return std::nullopt;
}

std::string webid_path(std::string_view path) {
  while (!path.empty() && path.front() == '\\') path.remove_prefix(1);
  return to_upper_invariant(path);
}

Result<WebId> parse_webid(std::string_view text) {
  const std::string_view whole = text;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);  // Some clients pad.
  if (text.size() < 4 || text[1] != '1') return invalid(whole);
  WebId id;
  switch (text[0]) {
    case 'F': id.form = WebIdForm::full; break;
    case 'I': id.form = WebIdForm::id_only; break;
    case 'P': id.form = WebIdForm::path_only; break;
    case 'L': id.form = WebIdForm::local_id_only; break;
    case 'D': id.form = WebIdForm::default_id_only; break;
    default: return invalid(whole);
  }
  const std::string_view marker_text = text.substr(2, 2);
  const Marker* marker = nullptr;
  for (const Marker& known : kMarkers) {
    if (known.text == marker_text) {
      marker = &known;
      break;
    }
  }
  // One JavaScript client writes the marker of path-only attributes in capitals.
  if (marker == nullptr && marker_text == "AB" && id.form == WebIdForm::path_only) marker = &kMarkers[1];
  if (marker == nullptr) return invalid(whole);
  id.kind = marker->kind;
  Payload payload{text.substr(4)};
  if (const std::string_view owners = owners_of(id.kind); !owners.empty()) {
    if (payload.text.empty() || owners.find(payload.text[0]) == std::string_view::npos) return invalid(whole);
    id.owner = static_cast<WebIdOwner>(payload.text[0]);
    payload.text.remove_prefix(1);
  }
  const bool local = id.form == WebIdForm::local_id_only || id.form == WebIdForm::default_id_only;
  if (id.kind == WebIdKind::other) {
    if (!base64url_decode(payload.text)) return invalid(whole);
    return id;
  }
  if (id.form != WebIdForm::path_only) {
    // A server's own L and D forms may be empty: they mean "the server".
    if (!local || (is_server(id.kind) && !payload.text.empty())) id.server = payload.guid();
    if (is_server(id.kind)) {
      id.id = id.server;
    } else if (id.kind == WebIdKind::point) {
      id.point = payload.int32();
    } else {
      if (has_parent(id.kind)) id.parent = payload.guid();
      id.id = payload.guid();
    }
  }
  if (!payload.ok) return invalid(whole);
  if (id.form == WebIdForm::full || id.form == WebIdForm::path_only) {
    auto path = base64url_decode(payload.text);
    if (!path || path->empty() || !is_valid_utf8(*path)) return invalid(whole);
    id.path = *std::move(path);
  } else if (!payload.text.empty()) {
    return invalid(whole);
  }
  return id;
}

std::string render_webid(const WebId& id) {
  std::string out;
  out.reserve(96);
  // Servers have no local form of their own: their id is what a local form leaves out.
  const bool local = id.form == WebIdForm::local_id_only || id.form == WebIdForm::default_id_only;
  out.push_back(is_server(id.kind) && local ? 'I' : static_cast<char>(id.form));
  out.push_back('1');
  for (const Marker& marker : kMarkers) {
    if (marker.kind == id.kind) {
      out += marker.text;
      break;
    }
  }
  if (id.owner != WebIdOwner::none) out.push_back(static_cast<char>(id.owner));
  if (id.form != WebIdForm::path_only) {
    if (!local || is_server(id.kind)) append_guid(out, id.server);
    if (id.kind == WebIdKind::point) {
      append_int32(out, id.point);
    } else if (!is_server(id.kind)) {
      if (has_parent(id.kind)) append_guid(out, id.parent);
      append_guid(out, id.id);
    }
  }
  if (id.form == WebIdForm::full || id.form == WebIdForm::path_only) {
    out += base64url_encode(webid_path(id.path));
  }
  return out;
}

}  // namespace penstock::dialects::piwebapi
