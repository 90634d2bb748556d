#pragma once

#include <string>
#include <vector>

#include "catalog/omf.h"
#include "dialects/omf/events.h"
#include "dialects/omf/wire.h"
#include "http/json.h"

namespace penstock::dialects::omf {

/// One item of a type message that keeps all rules which can be told from the item alone.
struct TypeItem {
  std::size_t index = 0;  ///< Position in the body.
  catalog::OmfType type;  ///< For a delete, the id alone.
};

/// Reads a type message (*Keywords for type messages*, *Properties keywords reference*). An item that breaks
/// a rule gets its events and is left out. For a delete only `id` is looked at. Pure.
std::vector<TypeItem> parse_types(const json::Value& body, Action action, Report& report);

/// One property of `properties`. Adds an event to the item and returns nothing where it can't be taken.
std::optional<catalog::OmfProperty> parse_property(std::string_view type_id, const json::Member& member,
                                                   std::size_t index, Report& report);

}  // namespace penstock::dialects::omf
