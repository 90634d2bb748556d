#pragma once

#include <string_view>

#include "archive/archive.h"
#include "base/task.h"

namespace penstock::dialects {

/// Names of the settings rows that hold the ids of the PI data server and of the PI asset server (as UUID
/// texts).
inline constexpr std::string_view kDataServerIdSetting = "pi.data_server_id";
inline constexpr std::string_view kAssetServerIdSetting = "pi.asset_server_id";

/// Gives both servers an id if they have none yet; an id stays for the life of the archive.
/// Errors: what Archive::change has.
Task<Result<void>> ensure_server_ids(archive::Archive& archive);

/// Creates what is absent of the demo's PI side, in one edit: the digital sets `Modes` and `BatchAct`, the
/// points (SINUSOID, CDT158, CDM158, BA:LEVEL.1 …), the asset database `asset_database` with the element
/// `Boiler1` and its three attributes. What exists stays as it is. `server_name` is written into the paths of
/// point references. Also does ensure_server_ids. Errors: what Archive::change has.
Task<Result<void>> create_demo_catalog(archive::Archive& archive, std::string_view server_name,
                                       std::string_view asset_database, Timestamp now);

}  // namespace penstock::dialects
