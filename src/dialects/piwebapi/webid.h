#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace penstock::dialects::piwebapi {

/// Which parts of an object a WebID carries; its first letter. *PI Web API Reference, "WebID Type"*.
enum class WebIdForm : char {
  full = 'F',
  id_only = 'I',
  path_only = 'P',
  local_id_only = 'L',
  default_id_only = 'D'
};
std::optional<WebIdForm> parse_webid_form(std::string_view name);  ///< "Full", "IDOnly" …, any letter case.

/// What a WebID names. The order is that of `kMarkers` in webid.cc.
enum class WebIdKind : std::uint8_t {
  data_server,
  point,
  asset_server,
  database,
  element,
  event_frame,
  attribute,
  attribute_template,
  enumeration_set,
  enumeration_value,
  element_category,
  element_template,
  attribute_category,
  other,  ///< Kinds of objects that this server does not keep.
};

/// Whose enumeration set, attribute or value it is; part of the marker.
enum class WebIdOwner : char {
  none = '\0',
  element = 'E',
  event_frame = 'F',
  asset_server = 'R',
  data_server = 'D'
};

/// A WebID 2.0 in pieces. Pieces that a form or kind does not carry are zero.
struct WebId {
  WebIdForm form = WebIdForm::full;
  WebIdKind kind = WebIdKind::point;
  WebIdOwner owner = WebIdOwner::none;
  Uuid server;  ///< Data server or AF server.
  Uuid parent;  ///< Owner of an attribute, set of an enumeration value, template of an attribute template.
  Uuid id;      ///< The object; of a server it is `server`.
  std::int32_t point = 0;  ///< The id of a point.
  std::string path;        ///< Upper case, without the leading backslashes.

  bool operator==(const WebId&) const = default;
};

/// Errors: invalid_argument, with the vendor's text "Unknown or invalid WebID format: …".
Result<WebId> parse_webid(std::string_view text);

/// The text of `id` in `id.form`. `id.path` may be in any letter case and may begin with backslashes.
std::string render_webid(const WebId& id);

/// Upper case without leading backslashes, as a WebID holds a path.
std::string webid_path(std::string_view path);

}  // namespace penstock::dialects::piwebapi
