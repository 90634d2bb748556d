#pragma once

#include <optional>
#include <string_view>

#include "dialects/piwebapi/address.h"

// What the files of address.h share.

namespace penstock::dialects::piwebapi {

bool same_name(std::string_view a, std::string_view b);
tl::unexpected<Error> not_found(std::string_view what);   ///< "No … matches the given path or WebID."
tl::unexpected<Error> wrong_kind(std::string_view what);  ///< "The WebID does not name …"
/// The GUID in `{…}` or `Name;{…}`.
std::optional<Uuid> braced_id(std::string_view part);
/// The text in `Word[text]`, where the word fits.
std::optional<std::string_view> bracketed(std::string_view part, std::string_view word);
/// Takes the first part of a path off; what is behind it keeps no backslash in front.
std::string_view take_part(std::string_view& path);
/// Does this form carry ids? A path?
bool by_id(const WebId& id);
bool by_path(const WebId& id);
bool on_server(const WebId& id, const Uuid& server);
/// The database that a path begins with; `rest` gets what is behind it. Null if there is none.
const catalog::AfDatabase* take_database(const catalog::Tables& tables, const Identity& identity,
                                         std::string_view path, std::string_view& rest);

}  // namespace penstock::dialects::piwebapi
