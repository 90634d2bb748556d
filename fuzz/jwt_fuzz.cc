// Rooms: auth
// Any text as a token, and any two lines as header and claims that are really signed: what is taken is what
// was asked for.

#include <cstdint>
#include <string>
#include <string_view>

#include "auth/flat_json.h"
#include "auth/jwt.h"
#include "base/check.h"
#include "base/text.h"

namespace {

using namespace penstock;

constexpr std::int64_t kNow = 1'770'000'000;

/// `%kid%` in a header stands for the key's own id, which differs from run to run.
std::string with_key_id(std::string header, const std::string& kid) {
  if (const auto at = header.find("%kid%"); at != std::string::npos) header.replace(at, 5, kid);
  return header;
}

void check(const auth::SigningKey& key, std::string_view token) {
  const auth::TrustedKey trusted[] = {{key.public_half(), kNow + 1}};
  const auto claims = auth::verify_jwt(trusted, token, "https://us/", {"a", "b"}, kNow);
  if (!claims) {
    CHECK(claims.error().code == ErrorCode::unauthenticated);
    return;
  }
  CHECK(claims->issuer == "https://us/");
  CHECK(claims->audience == "a" || claims->audience == "b");
  CHECK(claims->expires_s > kNow - auth::kClockSkew_s && claims->issued_s <= kNow + auth::kClockSkew_s);
  const auto header = base64url_decode(token.substr(0, token.find('.')));
  CHECK(header && auth::FlatJson::parse(*header)->text("alg") == "RS256");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auth::SigningKey key = auth::SigningKey::generate();
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check(key, text);
  if (const auto object = auth::FlatJson::parse(text)) CHECK(text.find('{') != std::string_view::npos);
  const auto line = text.find('\n');
  if (line != std::string_view::npos && size <= 2048) {
    const std::string header = with_key_id(std::string{text.substr(0, line)}, key.kid());
    const std::string input = base64url_encode(header) + "." + base64url_encode(text.substr(line + 1));
    check(key, input + "." + base64url_encode(key.sign(input)));
  }
  return 0;
}
