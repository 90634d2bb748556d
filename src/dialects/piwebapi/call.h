#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "base/clock.h"
#include "base/task.h"
#include "dialects/common/dialect.h"
#include "dialects/common/pi_time.h"
#include "dialects/piwebapi/errors.h"
#include "dialects/piwebapi/naming.h"
#include "dialects/piwebapi/piwebapi.h"
#include "dialects/piwebapi/select.h"
#include "http/message.h"

namespace penstock::dialects::piwebapi {

class PiWebApi;

/// One request on its way through a handler. All of it is borrowed for one call.
struct Call {
  PiWebApi& door;
  House& house;
  const Settings& settings;
  const Identity& identity;
  http::Request& request;
  http::Parameters query;
  std::vector<std::string> segments;  ///< Behind `/piwebapi`, decoded.
  const auth::Principal& caller;
  Timestamp now;  ///< Read once, so that every `*` of a request is one instant.
  Naming naming;
  bool in_batch = false;
  std::int64_t deadline_ns = 0;  ///< Of steady_clock_ns: a read that goes on longer is given up.
  mutable bool was_late = false;

  bool late() const {
    if (!was_late) was_late = steady_clock_ns() > deadline_ns;
    return was_late;
  }
  archive::Archive& archive() const { return house.archive; }
  std::optional<std::string_view> parameter(std::string_view name) const {
    return query.find(name, http::Parameters::Case::insensitive);
  }
  /// The parameter, or `otherwise` if it is absent or blank.
  std::string_view parameter_or(std::string_view name, std::string_view otherwise) const {
    const auto found = parameter(name);
    return found && !found->empty() ? *found : otherwise;
  }
  /// A whole number ≥ `least`. Errors: invalid_argument.
  Result<std::int64_t> number(std::string_view name, std::int64_t otherwise, std::int64_t least) const;
  /// `true` or `false`, any letter case. Errors: invalid_argument.
  Result<bool> flag(std::string_view name, bool otherwise) const;
  Result<PiZone> zone() const { return PiZone::find(parameter_or("timeZone", "")); }
  SelectedFields selected_fields() const { return SelectedFields::parse(parameter_or("selectedFields", "")); }

  bool may_see(std::string_view tag) const {
    return caller.may(auth::Right::read, tag) || caller.may(auth::Right::write, tag);
  }
};

/// 200 with `body`, which selectedFields has not gone over yet.
http::Response answer(const Call& call, std::string body);

}  // namespace penstock::dialects::piwebapi
