#include "http/message.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace penstock::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr std::size_t kFirstPairs = 256;  // Bytes; enough for most heads.

/// Nothing to decode.
bool is_plain(std::string_view text) {
  return text.find('%') == std::string_view::npos && text.find('+') == std::string_view::npos;
}

bool same_name(std::string_view a, std::string_view b, Parameters::Case how) {
  return how == Parameters::Case::sensitive ? a == b : iequals(a, b);
}

/// What follows `scheme://authority` in an absolute target, or nothing if `target` is not absolute.
std::optional<std::string_view> behind_authority(std::string_view target) {
  const auto colon = target.find("://");
  if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
  for (const char c : target.substr(0, colon)) {
    const bool scheme_character = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!scheme_character) return std::nullopt;
  }
  const std::string_view rest = target.substr(colon + 3);
  const auto end = rest.find_first_of("/?");
  return end == std::string_view::npos ? std::string_view{} : rest.substr(end);
}

}  // namespace

std::string_view to_string(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: return "OTHER";
  }
  return "OTHER";
}

Method parse_method(std::string_view text) {
  static constexpr Method kAll[] = {Method::get, Method::post,  Method::head,   Method::put,
                                    Method::del, Method::patch, Method::options};
  for (const Method method : kAll) {
    if (iequals(text, to_string(method))) return method;
  }
  return Method::other;
}

std::size_t TextPairs::size() const {
  std::size_t count = 0;
  for (auto at = begin(); at != end(); ++at) ++count;
  return count;
}

void TextPairs::add(std::string_view name, std::string_view value) {
  const Sizes sizes{static_cast<std::uint32_t>(name.size()), static_cast<std::uint32_t>(value.size())};
  const std::size_t needed = bytes_.size() + sizeof sizes + name.size() + value.size();
  std::string before;
  if (needed > bytes_.capacity()) {
    before.reserve(std::max({needed, 2 * bytes_.capacity(), kFirstPairs}));
    before.append(bytes_);
    bytes_.swap(before);  // It lives on to the end, so that a value may come from it.
  }
  bytes_.append(reinterpret_cast<const char*>(&sizes), sizeof sizes);
  bytes_.append(name).append(value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (iequals(key, name)) return trim(value);
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : fields_) {
    if (iequals(key, name)) values.push_back(trim(value));
  }
  return values;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t count = 0;
  for (const auto& [key, value] : fields_) count += iequals(key, name) ? 1 : 0;
  return count;
}

void Headers::set(std::string_view name, std::string_view value) {
  TextPairs changed;
  for (const auto& [key, old] : fields_) {
    if (!iequals(key, name)) changed.add(key, old);
  }
  changed.add(name, value);
  fields_ = std::move(changed);
}

std::string percent_decode(std::string_view text, bool plus_is_blank) {
  if (text.find('%') == std::string_view::npos && (!plus_is_blank || is_plain(text)))
    return std::string{text};
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.push_back(c == '+' && plus_is_blank ? ' ' : c);
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

Parameters Parameters::parse(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const auto equals = item.find('=');
    const std::string_view name = item.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1);
    if (is_plain(item)) {
      parameters.items_.add(name, value);
    } else {
      parameters.items_.add(percent_decode(name, true), percent_decode(value, true));
    }
  }
  return parameters;
}

std::optional<std::string_view> Parameters::find(std::string_view name, Case how) const {
  for (const auto& [key, value] : items_) {
    if (same_name(key, name, how)) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Parameters::all(std::string_view name, Case how) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : items_) {
    if (same_name(key, name, how)) values.push_back(value);
  }
  return values;
}

void Body::assign(std::string_view text) {
  char* const to = resize_uninitialized(text.size());
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
}

char* Body::resize_uninitialized(std::size_t size) {
  if (bytes_ == nullptr || size > capacity_) {
    delete[] bytes_;
    bytes_ = nullptr;
    bytes_ = new char[size + kPadding];
    capacity_ = size;
  }
  size_ = size;
  std::memset(bytes_ + size, 0, kPadding);
  return bytes_;
}

void Request::set_target(std::string_view text) {
  target = text;
  std::string_view rest = behind_authority(text).value_or(text);
  const auto question = rest.find('?');
  query = question == std::string_view::npos ? std::string_view{} : rest.substr(question + 1);
  rest = rest.substr(0, question);
  path.clear();
  if (rest == "*") rest = "/";  // `OPTIONS *` speaks of the whole server.
  if (rest.empty() || rest.front() != '/') path.push_back('/');
  path.append(rest);
}

std::vector<std::string> Request::segments() const {
  std::vector<std::string> parts;
  parts.reserve(static_cast<std::size_t>(std::count(path.begin(), path.end(), '/')));
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end != at) parts.push_back(percent_decode(std::string_view{path}.substr(at, end - at), false));
    at = end + 1;
  }
  return parts;
}

Response Response::make(int status, std::string_view content_type, std::string body) {
  Response response;
  response.status = status;
  if (!content_type.empty()) response.headers.add("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Payload Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Entity";
    case 424: return "Failed Dependency";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

}  // namespace penstock::http
