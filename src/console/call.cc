#include "console/call.h"

#include <array>
#include <charconv>
#include <limits>

namespace penstock::console {
namespace {

using Words = std::array<std::string_view, 3>;
constexpr Words kRights = {"read", "write", "admin"};
constexpr Words kPartitionRights = {"points.read", "pointvalues.read", "pointvalues.write"};

void append_words(http::JsonWriter& w, const Words& words, std::uint8_t bits) {
  w.key("rights").array_begin();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if ((bits >> i & 1) != 0) w.value(words[i]);
  }
  w.array_end();
}

Result<std::uint8_t> parse_words(const Words& words, const json::Value* list, const std::string& where) {
  std::uint8_t bits = 0;
  if (list == nullptr || !list->is_array()) {
    return fail(ErrorCode::missing_argument, where, "rights are a list of words");
  }
  for (const json::Value& item : list->array()) {
    std::uint8_t bit = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (item.as_string() == words[i]) bit = static_cast<std::uint8_t>(1u << i);
    }
    if (bit == 0) {
      return fail(ErrorCode::invalid_argument, where,
                  "a right is " + std::string{words[0]} + ", " + std::string{words[1]} + " or " +
                      std::string{words[2]});
    }
    bits |= bit;
  }
  if (bits == 0) return fail(ErrorCode::missing_argument, where, "rights are a list of words, and not empty");
  return bits;
}

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_json:
    case ErrorCode::invalid_argument:
    case ErrorCode::missing_argument:
    case ErrorCode::invalid_time:
    case ErrorCode::time_out_of_range:
    case ErrorCode::value_type_mismatch:
    case ErrorCode::value_out_of_range: return 400;
    case ErrorCode::limit_exceeded: return 413;
    case ErrorCode::unauthenticated: return 401;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::not_found: return 404;
    case ErrorCode::conflict: return 409;
    case ErrorCode::unsupported: return 501;
    case ErrorCode::overloaded:
    case ErrorCode::store_unavailable: return 503;
    case ErrorCode::store_corrupt:
    case ErrorCode::internal: return 500;
  }
  return 500;
}

}  // namespace

Result<Fields> Fields::of(const json::Value& body) {
  if (body.is_object()) return Fields{body};
  return fail(ErrorCode::invalid_argument, {}, "the body must be a JSON object");
}

const json::Value* Fields::take(std::string_view name) {
  const json::Value* found = nullptr;
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    if (object_.object()[i].name != name) continue;
    taken_[i] = true;
    found = &object_.object()[i].value;
  }
  return found;
}

void Fields::refuse(Error error) {
  if (failed_) return;
  failed_ = true;
  first_ = std::move(error);
}

Fields& Fields::text(std::string_view name, std::string& to) {
  const json::Value* value = take(name);
  if (value == nullptr) return *this;
  if (const auto text = value->as_string()) {
    to = *text;
  } else if (value->is_null()) {
    to.clear();
  } else {
    refuse({ErrorCode::invalid_argument, "/" + std::string{name}, "must be a string"});
  }
  return *this;
}

Fields& Fields::text(std::string_view name, InternedText& to) {
  std::string text = to.str();
  this->text(name, text);
  to = text;
  return *this;
}

Fields& Fields::flag(std::string_view name, bool& to) {
  const json::Value* value = take(name);
  if (value == nullptr) return *this;
  if (const auto flag = value->as_bool()) {
    to = *flag;
  } else {
    refuse({ErrorCode::invalid_argument, "/" + std::string{name}, "must be true or false"});
  }
  return *this;
}

Fields& Fields::seconds(std::string_view name, std::int64_t& to) {
  constexpr std::int64_t kSecondsMax = 10LL * 365 * 86400;
  const json::Value* value = take(name);
  if (value == nullptr || value->is_null()) return *this;
  const auto number = value->as_int64();
  if (number && *number >= 0 && *number <= kSecondsMax) {
    to = *number;
  } else {
    refuse(
        {ErrorCode::invalid_argument, "/" + std::string{name}, "must be whole seconds, ten years at most"});
  }
  return *this;
}

Result<void> Fields::end() const {
  if (failed_) return fail(first_);
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    if (taken_[i]) continue;
    const std::string& name = object_.object()[i].name;
    return fail(ErrorCode::invalid_argument, "/" + name,
                "there is no member '" + name.substr(0, 64) + "' here");
  }
  return {};
}

Result<std::size_t> parse_list_max(const http::Parameters& parameters) {
  constexpr std::size_t kListMax = 1000, kListInitial = 100;
  const auto text = parameters.find("max");
  if (!text) return kListInitial;
  const auto number = parse_number(*text);
  if (!number || *number < 1 || *number > kListMax) {
    return fail(ErrorCode::invalid_argument, "max", "must be a number from 1 to 1000");
  }
  return static_cast<std::size_t>(*number);
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<PointId> parse_point_id(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number == 0 || *number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return PointId{static_cast<std::uint32_t>(*number)};
}

Error too_many() {
  return {ErrorCode::overloaded, {}, "too many long calls are under way"};
}

http::Response render_json(int status, std::string body) {
  http::Response response = http::Response::make(status, "application/json", std::move(body));
  // Lists of principals and new secrets are for nobody's cache.
  response.headers.add("Cache-Control", "no-store");
  return response;
}

http::Response render_created(std::string location, std::string body) {
  http::Response response = render_json(201, std::move(body));
  response.headers.add("Location", std::move(location));
  return response;
}

http::Response render_empty() {
  http::Response response;
  response.status = 204;
  return response;
}

http::Response render_error(const Error& error) {
  std::string body;
  http::JsonWriter w{body};
  const bool ours = error.code == ErrorCode::internal || error.code == ErrorCode::store_corrupt;
  w.object_begin().member("error", ours ? "the request could not be completed" : error.detail);
  w.member("code", to_string(error.code));
  if (!error.where.empty()) w.member("where", error.where);
  w.object_end();
  const int status = status_of(error.code);
  http::Response response = render_json(status, std::move(body));
  if (status == 401) response.headers.add("WWW-Authenticate", "Basic realm=\"Penstock\", charset=\"UTF-8\"");
  if (status == 503) response.headers.add("Retry-After", "5");
  return response;
}

void append_seconds(http::JsonWriter& w, std::string_view name, std::int64_t unix_s) {
  w.key(name);
  if (unix_s == 0) {
    w.null();
  } else {
    w.value(format_trimmed(Timestamp::from_unix_ns(unix_s * kNsPerSecond)));
  }
}

void append_rights(http::JsonWriter& w, std::uint8_t rights) {
  append_words(w, kRights, rights);
}
void append_partition_rights(http::JsonWriter& w, std::uint8_t rights) {
  append_words(w, kPartitionRights, rights);
}
Result<std::uint8_t> parse_rights(const json::Value* words, const std::string& where) {
  return parse_words(kRights, words, where);
}
Result<std::uint8_t> parse_partition_rights(const json::Value* words, const std::string& where) {
  return parse_words(kPartitionRights, words, where);
}

}  // namespace penstock::console
