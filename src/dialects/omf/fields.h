#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/omf.h"
#include "dialects/omf/events.h"
#include "http/json.h"

namespace penstock::dialects::omf {

/// What a text that becomes a PI or AF name may not be (*Message restrictions*): empty, with white space at
/// an end, with a reserved or control character. `field` is the keyword. The event says what is wrong.
std::optional<Event> check_name(std::string_view field, std::string_view value);

// Keywords have no letter case. A blank text, a null and a value of another kind count as absent.

std::optional<std::string> text_field(const json::Value& object, std::string_view keyword);
std::string text_or_empty(const json::Value& object, std::string_view keyword);
bool flag_field(const json::Value& object, std::string_view keyword);  ///< `true`, "true", "True".
std::optional<double> number_field(const json::Value& object, std::string_view keyword);
std::vector<std::string> texts_field(const json::Value& object, std::string_view keyword);
catalog::OmfTexts pairs_field(const json::Value& object,
                              std::string_view keyword);  ///< Numbers as JSON text.

/// A required id: a text that check_name lets pass, of at most 255 characters. Otherwise adds the event to
/// the item and returns nothing.
std::optional<std::string> id_field(const json::Value& object, std::string_view keyword, std::size_t index,
                                    Report& report);

/// `uom`, `minimum`, `maximum`, `interpolation`. Returns why they can't be taken, in `problem`.
catalog::OmfHints hints_field(const json::Value& object, std::string& problem);

}  // namespace penstock::dialects::omf
