#pragma once

#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "console/call.h"

// What the calls below /penstock/v1/buildingx/partitions share. Part 0 of a call is the partition.

namespace penstock::console {

/// "/penstock/v1/buildingx/partitions/{P}/{list}/{id}"; without a list that of the partition.
std::string partition_location(std::string_view partition, std::string_view list, std::string_view id);

/// The member `id` in lower case, or a new one. Errors: invalid_argument (no UUID).
Result<std::string> take_id(Fields& fields);

/// Errors: not_found.
Result<const catalog::BxPartition*> find_partition(const catalog::Tables& tables, const Call& call);

}  // namespace penstock::console
