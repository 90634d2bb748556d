#pragma once

#include <string>
#include <string_view>

#include "archive/archive.h"
#include "auth/authenticator.h"
#include "http/service.h"

namespace penstock::dialects {

/// How much a CSRF header is asked for (decision 24). One setting for the PI and OMF doors.
enum class CsrfDefense { browser, strict, off };

/// What every door is given. All of it outlives the doors.
struct House {
  archive::Archive& archive;
  auth::Authenticator& authenticator;
  std::int64_t (*clock_ns)();            ///< Wall clock; tests give their own.
  std::string public_base_url;           ///< "https://hist01:8443", or empty: taken from each request.
  std::string server_name = "PENSTOCK";  ///< PI data server and AF server.
  std::string asset_database = "Demo";   ///< Where OMF puts elements.
  CsrfDefense csrf_defense = CsrfDefense::browser;
  std::string demo_domain;

  Timestamp now() const { return Timestamp::from_unix_ns(clock_ns()); }
};

/// One vendor at the door. A dialect owns its routes, its limits and its vendor's words for everything, also
/// for what it refuses.
class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string_view name() const = 0;  ///< For logs and metrics: "piwebapi".
  virtual http::BodyRule body_rule(const http::Request& head) const = 0;
  virtual Task<http::Response> handle(http::Request& request) = 0;
};

}  // namespace penstock::dialects
