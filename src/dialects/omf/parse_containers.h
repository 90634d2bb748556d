#pragma once

#include <vector>

#include "dialects/omf/events.h"
#include "dialects/omf/wire.h"
#include "http/json.h"

namespace penstock::dialects::omf {

/// Reads a container message (*Container message keywords*, *Container message property overrides keywords*).
/// An item that breaks a rule gets its events and is left out. For a delete only `id` is looked at. Pure.
std::vector<ContainerItem> parse_containers(const json::Value& body, Action action, Report& report);

}  // namespace penstock::dialects::omf
