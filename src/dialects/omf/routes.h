#pragma once

#include <string_view>

#include "archive/archive.h"
#include "auth/authenticator.h"
#include "dialects/omf/omf.h"
#include "dialects/omf/wire.h"
#include "http/message.h"

namespace penstock::dialects::omf {

/// One authenticated message whose headers are good and whose body is inflated. Borrowed for one call.
struct Call {
  archive::Archive& archive;
  std::string_view server_name, asset_database;  ///< As in House.
  const Settings& settings;
  const auth::Principal& caller;
  const MessageHeaders& headers;
  const http::Body& body;
  Timestamp now;
};

// One handler per message type: parse, change or write, render.

Task<http::Response> post_types(const Call& call);
Task<http::Response> post_containers(const Call& call);
Task<http::Response> post_data(const Call& call);

}  // namespace penstock::dialects::omf
