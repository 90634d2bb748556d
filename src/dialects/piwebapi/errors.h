#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace penstock::dialects::piwebapi {

/// The vendor's status for an error of ours.
int status_of(ErrorCode code);

/// `{"Errors":[…],"Message":"…"}`: what *PI Web API Reference, "Error Handling"* shows together with the
/// member that host-level failures have, so that every client finds its own.
std::string render_errors(const std::vector<std::string>& errors);

http::Response error_response(int status, const std::vector<std::string>& errors);
http::Response error_response(int status, std::string message);
http::Response error_response(const Error& error);

http::Response json_response(int status, std::string body);
http::Response empty_response(int status);

}  // namespace penstock::dialects::piwebapi
