#pragma once

#include <string_view>

namespace penstock::dialects::buildingx {

inline constexpr std::string_view kJsonApi = "application/vnd.api+json";

/// *JSON:API 1.1, "Client Responsibilities"*: the JSON:API type, with no parameter but `ext` and `profile`,
/// and no `ext` at all, as we support none. `lenient` also takes `charset=utf-8` and `application/json`.
bool is_content_type_taken(std::string_view content_type, bool lenient);

/// False only where the header names the JSON:API type and every such entry carries a parameter that the
/// server must refuse. An absent header, `*/*` and `application/json` are fine.
bool is_accept_served(std::string_view accept);

}  // namespace penstock::dialects::buildingx
