#pragma once

#include <memory>

#include "cli/doors.h"

namespace penstock::cli {

std::unique_ptr<DoorClient> make_pi_client(const DoorOptions& options);
std::unique_ptr<DoorClient> make_omf_client(const DoorOptions& options);
std::unique_ptr<DoorClient> make_buildingx_client(const DoorOptions& options);
std::unique_ptr<DoorClient> make_energyview_client(const DoorOptions& options);

/// What the status alone says, and how many values were ignored if the answer tells.
Verdict judge_status(const http::Response& response);
/// The error of an answer that should have been good: `overloaded` where trying again may help.
Error refused(const std::string& what, const http::Response& response);
/// The path of the URL, without a slash at its end.
std::string url_path(const DoorOptions& options);

}  // namespace penstock::cli
