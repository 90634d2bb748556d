#include "console/call.h"

#include <gtest/gtest.h>

namespace penstock::console {
namespace {

json::Value parsed(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << text;
  return value ? *std::move(value) : json::Value{};
}

struct FieldsCase {
  const char* name;
  const char* body;
  const char* error;  ///< Where and code; empty: taken.
};
const FieldsCase kFieldsCases[] = {
    {"all members", R"({"text":"a","flag":true,"seconds":5})", ""},
    {"none", "{}", ""},
    {"null is an empty text", R"({"text":null})", ""},
    {"a text that is none", R"({"text":5})", "/text invalid_argument"},
    {"a flag that is none", R"({"flag":"true"})", "/flag invalid_argument"},
    {"seconds that are negative", R"({"seconds":-1})", "/seconds invalid_argument"},
    {"seconds of a lifetime", R"({"seconds":99999999999})", "/seconds invalid_argument"},
    {"half a second", R"({"seconds":0.5})", "/seconds invalid_argument"},
    {"a member that nobody asks for", R"({"texts":"a"})", "/texts invalid_argument"},
    {"the first error is told", R"({"flag":1,"text":1,"x":1})", "/text invalid_argument"},
};

TEST(Fields, TakeWhatIsThereAndNothingElse) {
  for (const auto& c : kFieldsCases) {
    SCOPED_TRACE(c.name);
    const json::Value body = parsed(c.body);
    auto fields = Fields::of(body);
    ASSERT_TRUE(fields.has_value());
    std::string text = "before";
    bool flag = false;
    std::int64_t seconds = 7;
    const auto end = fields->text("text", text).flag("flag", flag).seconds("seconds", seconds).end();
    const std::string error =
        end ? std::string{} : end.error().where + " " + std::string{to_string(end.error().code)};
    EXPECT_EQ(error, c.error);
    if (body.find("text") == nullptr) {
      EXPECT_EQ(text, "before") << "what is absent stays";
    }
  }
  EXPECT_FALSE(Fields::of(parsed("[]")));
  EXPECT_FALSE(Fields::of(json::Value{}));
}

TEST(Rights, AreWords) {
  EXPECT_EQ(parse_rights(nullptr, "/r").error().code, ErrorCode::missing_argument);
  const json::Value words = parsed(R"([["read","admin"],["pointvalues.write"],[],["fly"],"read"])");
  const auto& list = words.array();
  EXPECT_EQ(parse_rights(&list[0], "/r").value_or(0), 5);
  EXPECT_EQ(parse_partition_rights(&list[1], "/r").value_or(0), 4);
  EXPECT_FALSE(parse_rights(&list[1], "/r")) << "of the other kind";
  for (const std::size_t i : {2u, 3u, 4u}) EXPECT_EQ(parse_rights(&list[i], "/r").error().where, "/r");
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_rights(w, 5);
  w.object_end();
  EXPECT_EQ(body, R"({"rights":["read","admin"]})");
}

TEST(RenderError, SaysNothingOfOurOwnFaults) {
  const auto refused = render_error({ErrorCode::conflict, "/name", "taken"});
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.body, R"({"error":"taken","code":"conflict","where":"/name"})");
  const auto internal = render_error({ErrorCode::internal, {}, "a secret of the house"});
  EXPECT_EQ(internal.status, 500);
  EXPECT_EQ(internal.body.find("secret"), std::string::npos);
  EXPECT_TRUE(render_error({ErrorCode::overloaded, {}, {}}).headers.has("Retry-After"));
  EXPECT_TRUE(render_error({ErrorCode::unauthenticated, {}, {}}).headers.has("WWW-Authenticate"));
}

}  // namespace
}  // namespace penstock::console
