#include "dialects/omf/headers.h"

#include <optional>
#include <string_view>

#include "base/text.h"

namespace penstock::dialects::omf {
namespace {

enum class Presence { required, optional };

/// The one value of a header. Blank counts as absent.
std::optional<std::string_view> only(const http::Headers& headers, std::string_view name, Presence presence,
                                     Report& report) {
  if (headers.count(name) > 1) {
    report.add_for_request(events::duplicate_header(name));
    return std::nullopt;
  }
  const std::string_view value = headers.get(name);
  if (!value.empty()) return value;
  if (presence == Presence::required) report.add_for_request(events::missing_header(name));
  return std::nullopt;
}

bool asks_for_exceptions(std::string_view verbosity) {
  for (const std::string_view token : split(verbosity, ',')) {
    if (iequals(trim(token), "verbose") || iequals(trim(token), "exceptions")) return true;
  }
  return false;
}

}  // namespace

MessageHeaders parse_headers(const http::Headers& headers, Report& report) {
  MessageHeaders parsed;
  if (const auto value = only(headers, "messagetype", Presence::required, report)) {
    if (iequals(*value, "type")) {
      parsed.type = MessageType::type;
    } else if (iequals(*value, "container")) {
      parsed.type = MessageType::container;
    } else if (iequals(*value, "data")) {
      parsed.type = MessageType::data;
    } else {
      report.add_for_request(events::invalid_message_type(*value));
    }
  }
  if (const auto value = only(headers, "messageformat", Presence::required, report)) {
    if (!iequals(*value, "json")) report.add_for_request(events::invalid_message_format(*value));
  }
  if (const auto value = only(headers, "omfversion", Presence::required, report)) {
    if (*value == "1.0") {
      parsed.version = Version::v1_0;
    } else if (*value == "1.1") {
      parsed.version = Version::v1_1;
    } else if (*value == "1.2") {
      parsed.version = Version::v1_2;
    } else {
      report.add_for_request(events::invalid_version(*value));
    }
  }
  if (const auto value = only(headers, "action", Presence::optional, report)) {
    if (iequals(*value, "create")) {
      parsed.action = Action::create;
    } else if (iequals(*value, "update")) {
      parsed.action = Action::update;
    } else if (iequals(*value, "delete")) {
      parsed.action = Action::remove;
    } else {
      report.add_for_request(events::invalid_action(*value));
    }
  }
  if (const auto value = only(headers, "compression", Presence::optional, report)) {
    if (iequals(*value, "gzip")) {
      parsed.gzip = true;
    } else if (!iequals(*value, "none")) {
      report.add_for_request(events::invalid_compression(*value));
    }
  }
  // Producers name the compression in the OMF header alone; generic clients in the one of HTTP.
  if (iequals(trim(headers.get("Content-Encoding")), "gzip")) parsed.gzip = true;
  parsed.exceptions = asks_for_exceptions(headers.get("Accept-Verbosity"));
  return parsed;
}

}  // namespace penstock::dialects::omf
