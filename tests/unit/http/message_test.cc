#include "http/message.h"

#include <gtest/gtest.h>

#include "http/response_head.h"

namespace penstock::http {
namespace {

struct TargetCase {
  const char* name;
  const char* target;
  const char* path;
  const char* query;
};
const TargetCase kTargetCases[] = {
    {"origin form", "/a/b?c=d", "/a/b", "c=d"},
    {"a second question mark belongs to the query", "/a?b?c", "/a", "b?c"},
    {"nothing behind the question mark", "/a?", "/a", ""},
    {"the query alone", "?a", "/", "a"},
    {"empty", "", "/", ""},
    {"no slash in front", "piwebapi", "/piwebapi", ""},
    {"absolute", "https://host:8443/p?q", "/p", "q"},
    {"absolute, bare", "http://host", "/", ""},
    {"a URL inside the query stays there", "/a?u=http://host/x", "/a", "u=http://host/x"},
    {"a URL inside the path stays there", "/a/http://host/x", "/a/http://host/x", ""},
    {"no scheme", "://host/x", "/://host/x", ""},
    {"the whole server", "*", "/", ""},
    {"raw characters", "/\\\\S\\T|A[1]{0}", "/\\\\S\\T|A[1]{0}", ""},
};

TEST(Request, TargetIsTakenApart) {
  for (const auto& c : kTargetCases) {
    SCOPED_TRACE(c.name);
    Request request;
    request.set_target("/before?x");
    request.set_target(c.target);
    EXPECT_EQ(request.target, c.target);
    EXPECT_EQ(request.path, c.path);
    EXPECT_EQ(request.query, c.query);
  }
}

TEST(Request, SegmentsAreDecodedAndEmptyOnesLeftOut) {
  Request request;
  request.set_target("//piwebapi//points/a%2Fb/%e2%82%ac+/");
  EXPECT_EQ(request.segments(), (std::vector<std::string>{"piwebapi", "points", "a/b", "\xe2\x82\xac+"}));
}

struct PercentCase {
  const char* text;
  const char* decoded;
};
const PercentCase kPercentCases[] = {
    {"", ""},       {"a", "a"},     {"%41", "A"},   {"%4", "%4"}, {"%", "%"},
    {"%%41", "%A"}, {"%zz", "%zz"}, {"a+b", "a b"}, {"%2b", "+"}, {"%C3%a9", "\xc3\xa9"},
};

TEST(Percent, BrokenEscapesStay) {
  for (const auto& c : kPercentCases) EXPECT_EQ(percent_decode(c.text, true), c.decoded) << c.text;
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
}

TEST(Percent, EncodingComesBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  EXPECT_EQ(percent_decode(percent_encode(all), false), all);
  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
  EXPECT_EQ(percent_encode("aZ9-._~ /"), "aZ9-._~%20%2F");
}

TEST(Parameters, KeepOrderAndRepeats) {
  const auto parameters = Parameters::parse("a=1&&b=&c&a=2%263&D=x+y&e=1=2");
  EXPECT_EQ(parameters.items().size(), 6u);
  EXPECT_EQ(parameters.find("a"), "1");
  EXPECT_EQ(parameters.all("a"), (std::vector<std::string_view>{"1", "2&3"}));
  EXPECT_EQ(parameters.find("b"), "");
  EXPECT_EQ(parameters.find("c"), "");
  EXPECT_EQ(parameters.find("d"), std::nullopt);
  EXPECT_EQ(parameters.find("d", Parameters::Case::insensitive), "x y");
  EXPECT_EQ(parameters.find("e"), "1=2");
}

TEST(Headers, NamesHaveNoCaseAndValuesNoBlanksAround) {
  Headers headers;
  headers.add("Accept", " a ");
  headers.add("X", "1");
  headers.add("ACCEPT", "b");
  EXPECT_EQ(headers.find("accept"), "a");
  EXPECT_EQ(headers.all("Accept"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(headers.get("none"), "");
  headers.set("accept", "c");
  EXPECT_EQ(headers.all("Accept"), (std::vector<std::string_view>{"c"}));
  EXPECT_TRUE(headers.has("x"));
}

TEST(Headers, KeepOrderRepeatsAndAnyBytes) {
  Headers headers;
  const std::string large(5000, 'x'), odd{"a\0b", 3};
  headers.add("One", large);
  headers.add("", odd);
  headers.add("Two", headers.get("One"));  // From where it goes to.
  headers.add("One", "");
  EXPECT_EQ(headers.fields().size(), 4u);
  EXPECT_EQ(headers.count("ONE"), 2u);
  EXPECT_EQ(headers.get("two"), large);
  std::string names;
  for (const auto& [name, value] : headers.fields()) names += std::string{name} + ",";
  EXPECT_EQ(names, "One,,Two,One,");
  EXPECT_EQ((*++headers.fields().begin()).second, odd);
  Headers same;
  for (const auto& [name, value] : headers.fields()) same.add(name, value);
  EXPECT_TRUE(same.fields() == headers.fields());
  headers.set("One", headers.get("Two"));
  EXPECT_EQ(headers.all("One"), (std::vector<std::string_view>{large}));
  headers.clear();
  EXPECT_TRUE(headers.fields().empty());
  EXPECT_FALSE(headers.has("One"));
}

TEST(Method, IsKnownInAnyCase) {
  for (const Method method :
       {Method::get, Method::head, Method::post, Method::put, Method::patch, Method::del, Method::options}) {
    EXPECT_EQ(parse_method(to_string(method)), method);
  }
  EXPECT_EQ(parse_method("post"), Method::post);
  EXPECT_EQ(parse_method("OTHER"), Method::other);
  EXPECT_EQ(parse_method("TRACE"), Method::other);
}

TEST(Body, HasZeroesBehindItWhateverItHeldBefore) {
  Body body{"hello, this is long"};
  body.assign("abc");
  EXPECT_EQ(body.view(), "abc");
  for (std::size_t i = 0; i < Body::kPadding; ++i) EXPECT_EQ(body.data()[3 + i], '\0');
  const char* const before = body.data();
  body.resize_uninitialized(10);
  EXPECT_EQ(body.data(), before) << "smaller bodies reuse the room";
  Body moved{std::move(body)};
  EXPECT_EQ(moved.size(), 10u);
  EXPECT_EQ(Body{""}.view(), "");
}

TEST(HttpDate, IsTheFixedForm) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace penstock::http
