#include "dialects/energyview/body.h"

#include "base/text.h"
#include "dialects/energyview/wire.h"
#include "http/inflate.h"

namespace penstock::dialects::energyview {

std::string_view media_type(const http::Request& request) {
  const std::string_view type = request.headers.get("Content-Type");
  return trim(type.substr(0, type.find(';')));
}

Checked<void> inflate(http::Request& request) {
  const std::string_view encoding = request.headers.get("Content-Encoding");
  if (encoding.empty() || iequals(encoding, "identity")) return {};
  if (!iequals(encoding, "gzip")) {
    return refuse(Code::unsupported_media_type, {}, "Only gzip is taken as Content-Encoding");
  }
  Result<http::Body> plain = http::gunzip(request.body.view(), kBodyBytesMax);
  if (!plain) return tl::unexpected(refusal_of(plain.error()));
  request.body = std::move(*plain);
  return {};
}

Checked<void> read_json_body(http::Request& request) {
  const std::string_view type = media_type(request);
  if (!type.empty() && !iequals(type, "application/json")) {
    return refuse(Code::unsupported_media_type, {}, "The body must be JSON");
  }
  return inflate(request);
}

}  // namespace penstock::dialects::energyview
