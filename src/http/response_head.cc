#include "http/response_head.h"

#include <charconv>
#include <cstring>
#include <ctime>

#include "base/text.h"
#include "http/inflate.h"
#include "http/json_writer.h"

namespace penstock::http {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

/// A name or value can't end its line, whatever a service put in it.
void append_field_text(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out.append(text);
  std::size_t i = begin;
  for (std::uint64_t word; i + sizeof word <= out.size(); i += sizeof word) {
    std::memcpy(&word, out.data() + i, sizeof word);
    // Zero in the high bit of each byte that is 16 or more: eight harmless ones at a time.
    if (((word - 0x1010101010101010u) & ~word & 0x8080808080808080u) != 0) break;
  }
  for (; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

bool is_ours(std::string_view name) {
  switch (name.size()) {
    case 4: return iequals(name, "Date");
    case 6: return iequals(name, "Server");
    case 10: return iequals(name, "Connection");
    case 14: return iequals(name, "Content-Length");
    case 17: return iequals(name, "Transfer-Encoding");
    default: return false;
  }
}

bool is_text_type(std::string_view type) {
  return istarts_with(type, "text/") || type.find("json") != std::string_view::npos ||
         type.find("javascript") != std::string_view::npos || type.find("xml") != std::string_view::npos;
}

/// True if an Accept-Encoding field names gzip and does not refuse it with `q=0`.
bool accepts_gzip(const Request& request) {
  for (const std::string_view field : request.headers.all("Accept-Encoding")) {
    for (const std::string_view item : split(field, ',')) {
      const auto parts = split(item, ';');
      if (!iequals(trim(parts[0]), "gzip")) continue;
      if (parts.size() == 1) return true;
      const std::string_view weight = trim(parts[1]);
      return !(istarts_with(weight, "q=0") && weight.find_first_of("123456789") == std::string_view::npos);
    }
  }
  return false;
}

}  // namespace

bool has_no_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

void append_response_head(std::string& out, const Response& response, const HeadOptions& options) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.push_back(' ');
  out.append(reason_phrase(response.status)).append("\r\nServer: Penstock\r\nDate: ").append(options.date);
  out.append("\r\n");
  for (const auto& [name, value] : response.headers.fields()) {
    if (is_ours(name)) continue;
    append_field_text(out, name);
    out.append(": ");
    append_field_text(out, value);
    out.append("\r\n");
  }
  if (response.source && !has_no_body(response.status)) {
    if (options.chunked) out.append("Transfer-Encoding: chunked\r\n");
  } else if (!has_no_body(response.status)) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  if (!options.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (options.say_keep_alive) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
}

void append_chunk_head(std::string& out, std::size_t bytes) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, bytes, 16).ptr).append("\r\n");
  if (bytes == 0) out.append("\r\n");  // The last chunk, without trailers.
}

Response refusal(int status, std::string_view detail) {
  std::string body;
  JsonWriter json{body};
  json.object_begin().key("Errors").array_begin().value(detail).array_end();
  json.member("Message", detail).object_end();
  Response response = Response::make(status, "application/json; charset=utf-8", std::move(body));
  response.close = true;
  return response;
}

void pack(Response& response, const Request& request, std::size_t bytes_min, std::size_t bytes_max) {
  if (response.body.size() < bytes_min || response.body.size() > bytes_max) return;
  if (response.headers.has("Content-Encoding") || !is_text_type(response.headers.get("Content-Type"))) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(request)) return;
  response.body = gzip(response.body, 1);
  response.headers.add("Content-Encoding", "gzip");
}

std::string http_date(std::int64_t unix_s) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_s;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[64];
  const int size =
      std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", kDays[utc.tm_wday], utc.tm_mday,
                    kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return std::string(text, static_cast<std::size_t>(size));
}

}  // namespace penstock::http
