#include "dialects/energyview/errors.h"

#include <gtest/gtest.h>

#include "dialects/energyview/v2/render.h"
#include "http/json.h"

namespace penstock::dialects::energyview {
namespace {

struct RefusalCase {
  ErrorCode code;
  int status;
  const char *type, *word, *retry_after;
};
const RefusalCase kCases[] = {
    {ErrorCode::invalid_json, 400, "invalid_request_error", "invalid_json", ""},
    {ErrorCode::invalid_argument, 400, "invalid_request_error", "invalid_parameter", ""},
    {ErrorCode::missing_argument, 400, "invalid_request_error", "missing_parameter", ""},
    {ErrorCode::invalid_time, 400, "invalid_request_error", "invalid_timestamp", ""},
    {ErrorCode::time_out_of_range, 400, "invalid_request_error", "invalid_timestamp", ""},
    {ErrorCode::value_type_mismatch, 400, "invalid_request_error", "invalid_value", ""},
    {ErrorCode::value_out_of_range, 400, "invalid_request_error", "invalid_value", ""},
    {ErrorCode::limit_exceeded, 413, "invalid_request_error", "payload_too_large", ""},
    {ErrorCode::unauthenticated, 401, "authentication_error", "invalid_key", ""},
    {ErrorCode::forbidden, 403, "authentication_error", "forbidden", ""},
    {ErrorCode::not_found, 404, "invalid_request_error", "not_found", ""},
    {ErrorCode::conflict, 409, "invalid_request_error", "conflict", ""},
    {ErrorCode::unsupported, 404, "invalid_request_error", "not_found", ""},
    {ErrorCode::overloaded, 503, "api_error", "unavailable", "5"},
    {ErrorCode::store_unavailable, 503, "api_error", "unavailable", "5"},
    {ErrorCode::store_corrupt, 500, "api_error", "internal", ""},
    {ErrorCode::internal, 500, "api_error", "internal", ""},
};

TEST(Refusals, HaveTheirStatusTypeAndWord) {
  for (const RefusalCase& c : kCases) {
    SCOPED_TRACE(to_string(c.code));
    const Refusal refusal = refusal_of(Error{c.code, "place", "A sentence."});
    const http::Response first = render_refusal(refusal);
    EXPECT_EQ(first.status, c.status);
    EXPECT_EQ(first.headers.get("Content-Type"), "application/json");
    EXPECT_EQ(first.headers.get("Retry-After"), c.retry_after);
    EXPECT_EQ(first.headers.get("WWW-Authenticate"), c.status == 401 ? "Key" : "");
    const auto body = json::parse(first.body);
    ASSERT_TRUE(body.has_value()) << first.body;
    EXPECT_EQ(body->find("type")->as_string(), c.type);
    EXPECT_EQ(body->find("code")->as_string(), c.word);
    EXPECT_FALSE(body->find("error")->as_string()->empty());

    const http::Response second = v2::render_refusal(refusal, "town");
    EXPECT_EQ(second.status, c.status == 409 ? 400 : c.status);
    EXPECT_EQ(second.headers.get("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(second.headers.get("Retry-After"), c.retry_after);
    EXPECT_FALSE(second.body.empty());
  }
}

}  // namespace
}  // namespace penstock::dialects::energyview
