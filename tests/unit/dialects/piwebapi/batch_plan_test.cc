#include "dialects/piwebapi/batch_plan.h"

#include <gtest/gtest.h>

#include "dialects/piwebapi/json_path.h"
#include "dialects/piwebapi/select.h"

namespace penstock::dialects::piwebapi {
namespace {

BatchPlan plan(const char* body) {
  const auto envelope = json::parse(body);
  EXPECT_TRUE(envelope.has_value());
  auto made = plan_batch(*envelope, 100);
  EXPECT_TRUE(made.has_value());
  return made ? *std::move(made) : BatchPlan{};
}

using Waves = std::vector<std::vector<std::size_t>>;

TEST(BatchPlan, ParentsGoFirst) {
  EXPECT_EQ(
      plan(R"({"a":{"Resource":"x"},"b":{"Resource":"y","ParentIDs":["a"]},"c":{"Resource":"z"}})").waves,
      (Waves{{0, 2}, {1}}));
  EXPECT_EQ(plan(R"({"b":{"Resource":"y","ParentIds":["a"]},"a":{"Resource":"x"}})").waves,
            (Waves{{1}, {0}}));
}

TEST(BatchPlan, PathsIntoAnswersAreParentsToo) {
  EXPECT_EQ(plan(R"({"1":{"Resource":"$.2.Headers.Location"},"2":{"Resource":"x"}})").waves,
            (Waves{{1}, {0}}));
  EXPECT_EQ(
      plan(R"({"1":{"Resource":"x/{0}","Parameters":["$['2'].Content.WebId"]},"2":{"Resource":"x"}})").waves,
      (Waves{{1}, {0}}));
}

TEST(BatchPlan, RefusesCyclesAndUnknownParents) {
  const BatchPlan made =
      plan(R"({"a":{"Resource":"x","ParentIds":["b"]},"b":{"Resource":"x","ParentIds":["a"]},
                                  "c":{"Resource":"x","ParentIds":["c"]},"d":{"Resource":"x","ParentIds":["e"]},
                                  "f":{"Resource":"x","ParentIds":null},"g":{"Method":"GET"},"h":7})");
  EXPECT_EQ(made.waves, (Waves{{4}}));
  for (const std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u}) EXPECT_NE(made.requests[i].refusal, "") << i;
  EXPECT_EQ(made.requests[4].refusal, "");
}

TEST(BatchPlan, ContentOfEveryKind) {
  const BatchPlan made =
      plan(R"({"a":{"Resource":"x","Content":"{'Value': 1}"},"b":{"Resource":"x","Content":{"Value":1}},
                                  "c":{"Resource":"x","Content":[1]},"d":{"Resource":"x","Content":null},
                                  "e":{"Resource":"x","Content":""}})");
  EXPECT_EQ(made.requests[0].content, "{'Value': 1}");
  EXPECT_EQ(made.requests[1].content, "{\"Value\":1}");
  EXPECT_EQ(made.requests[2].content, "[1]");
  EXPECT_EQ(made.requests[3].content, std::nullopt);
  EXPECT_EQ(made.requests[4].content, std::nullopt);
}

TEST(BatchPlan, EveryResourceStaysInside) {
  EXPECT_EQ(local_target("https://evil.example:443/piwebapi/streams/a/value?x=1"),
            "/piwebapi/streams/a/value?x=1");
  EXPECT_EQ(local_target("/streams/a/value"), "/piwebapi/streams/a/value");
  EXPECT_EQ(local_target("streams/a/value"), "/piwebapi/streams/a/value");
  EXPECT_EQ(local_target("/PiWebApi/system"), "/PiWebApi/system");
  EXPECT_EQ(local_target("/piwebapix/system"), "/piwebapi/piwebapix/system");
  EXPECT_EQ(local_target("http://hist01"), "/piwebapi/");
  EXPECT_EQ(local_target(""), "/piwebapi/");
}

struct PathCase {
  const char* path;
  const char* found;  // Null: malformed.
};
const PathCase kPaths[] = {
    {"$.1.Headers.Location", "\"L\""},
    {"$['1']['Headers'].location", "\"L\""},
    {"$.1.Content.Items[0].WebId", "\"a\""},
    {"$.1.Content.Items[*].WebId", "\"a\" \"b\""},
    {"$.1.content.items.*.WebId", "\"a\" \"b\""},
    {"$..WebId", "\"a\" \"b\""},
    {"$.1.Content.Items[9].WebId", ""},
    {"$.1.None", ""},
    {"1.Headers", nullptr},
    {"$.", nullptr},
    {"$.1[", nullptr},
    {"$.1[x]", nullptr},
    {"$.1['x]", nullptr},
};
TEST(JsonPath, Steps) {
  const auto root = json::parse(
      R"({"1":{"Status":200,"Headers":{"Location":"L"},"Content":{"Items":[{"WebId":"a"},{"WebId":"b"}]}}})");
  for (const auto& c : kPaths) {
    SCOPED_TRACE(c.path);
    const auto steps = parse_json_path(c.path);
    if (c.found == nullptr) {
      EXPECT_FALSE(steps.has_value());
      continue;
    }
    ASSERT_TRUE(steps.has_value());
    std::string found;
    for (const json::Value* value : follow(*root, *steps))
      found += (found.empty() ? "" : " ") + value->to_string();
    EXPECT_EQ(found, c.found);
  }
}

struct SelectCase {
  const char* fields;
  const char* selected;
};
const SelectCase kSelections[] = {
    {"", R"({"Links":{"Self":"s"},"Items":[{"A":1,"B":{"C":"x,}\"","D":[1,2]}},{"A":2,"B":null}],"N":""})"},
    {"Items.A", R"({"Items":[{"A":1},{"A":2}]})"},
    {"items.b.c;n", R"({"Items":[{"B":{"C":"x,}\""}},{}],"N":""})"},
    {"Items.B;Links", R"({"Links":{"Self":"s"},"Items":[{"B":{"C":"x,}\"","D":[1,2]}},{"B":null}]})"},
    {"Links.Self ; Nothing", R"({"Links":{"Self":"s"}})"},
    {"Nothing", "{}"},
};
TEST(SelectedFields, OfAnAnswer) {
  for (const auto& c : kSelections) {
    SCOPED_TRACE(c.fields);
    EXPECT_EQ(SelectedFields::parse(c.fields).apply(kSelections[0].selected), c.selected);
  }
}

}  // namespace
}  // namespace penstock::dialects::piwebapi
