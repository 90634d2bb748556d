#include "dialects/common/shape.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "http/message.h"

namespace penstock::dialects::shape {
namespace {

/// The number at the begin of a text and how many characters it takes; nothing where the reader gives up.
struct Read {
  double number;
  std::size_t size;
};
std::optional<Read> number_in(const std::string& text) {
  const http::Body body{text};
  double number = 0;
  const char* const end = read_number(body.data(), body.data() + body.size(), number);
  if (end == nullptr) return std::nullopt;
  return Read{number, static_cast<std::size_t>(end - body.data())};
}

TEST(ShapeNumber, IsTheNearestDouble) {
  for (const char* text : {"0",
                           "7",
                           "-7",
                           "12.5",
                           "-0.0",
                           "0.1",
                           "123456789012345678",
                           "0.30000000000000004",
                           "9007199254740993",
                           "9007199254740992",
                           "123456.789012",
                           "1e5",
                           "1.5E-7",
                           "-2.5e+3",
                           "1.7976931348623157e308",
                           "5e-324",
                           "99999999.99999999",
                           "1234567.1",
                           "12345678.12345678",
                           "0.000000000000000001",
                           "3.14159265358979323846"}) {
    SCOPED_TRACE(text);
    double wanted = 0;
    std::from_chars(text, text + std::strlen(text), wanted);
    const auto read = number_in(std::string{text} + "}");
    ASSERT_TRUE(read);
    EXPECT_EQ(std::memcmp(&read->number, &wanted, sizeof wanted), 0) << read->number;
    EXPECT_EQ(read->size, std::strlen(text));
  }
}

TEST(ShapeNumber, GivesUpOnWhatIsNoNumberAndWhatDoorsDifferAbout) {
  for (const char* text : {"", "-", "-0", ".5", "01", "-01.5", "+1", "1.", "1.e5", "1e", "1e+", "NaN",
                           "Infinity", "1e400", "-1e999", "12345678901234567890", "x", "\"1\""}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(number_in(std::string{text} + ","));
  }
}

TEST(ShapeNumber, AgreesWithTheLibraryOnAnyDigits) {
  std::mt19937_64 chance{20260402};
  for (int i = 0; i < 300'000; ++i) {
    std::string text = chance() % 2 == 0 ? "-" : "";
    const auto digits = [&](std::uint64_t n) {
      for (; n > 0; --n) text += static_cast<char>('0' + chance() % 10);
    };
    if (chance() % 3 == 0) {
      text += '0';
    } else {
      text += static_cast<char>('1' + chance() % 9);
      digits(chance() % 12);
    }
    text += '.';
    digits(1 + chance() % 20);
    if (chance() % 8 == 0) text += "e-" + std::to_string(chance() % 40);
    double wanted = 0;
    std::from_chars(text.data(), text.data() + text.size(), wanted);
    const auto read = number_in(text + " ");
    ASSERT_TRUE(read) << text;
    ASSERT_EQ(std::memcmp(&read->number, &wanted, sizeof wanted), 0) << text;
    ASSERT_EQ(read->size, text.size()) << text;
  }
}

TEST(ShapeInteger, StopsWhereTheDigitsDo) {
  const auto integer_in = [](const std::string& text) -> std::optional<std::int64_t> {
    const http::Body body{text};
    std::int64_t number = 0;
    if (read_integer(body.data(), number) == nullptr) return std::nullopt;
    return number;
  };
  EXPECT_EQ(integer_in("0,"), 0);
  EXPECT_EQ(integer_in("42}"), 42);
  EXPECT_EQ(integer_in("-123456789012345678}"), -123456789012345678);
  for (const char* text : {"-0,", "007,", "1234567890123456789,", "a", "", "-"})
    EXPECT_FALSE(integer_in(text)) << text;
}

TEST(ShapeText, EndsAtItsQuote) {
  const auto text_in = [](const std::string& text) -> std::optional<std::string> {
    const http::Body body{text};
    std::string_view read;
    const char* const end = read_text(body.data(), body.data() + body.size(), read);
    if (end == nullptr) return std::nullopt;
    EXPECT_EQ(*end, '"');
    return std::string{read};
  };
  EXPECT_EQ(text_in("\","), "");
  EXPECT_EQ(text_in("tank\",\"x\":1"), "tank");
  EXPECT_EQ(text_in("a name that is longer than sixteen bytes, é\"}"),
            "a name that is longer than sixteen bytes, é");
  for (const char* text : {"no end", "an es\\cape\"", "a tab\t\"", ""}) EXPECT_FALSE(text_in(text)) << text;
}

TEST(ShapeClock, AgreesWithTheGeneralReader) {
  struct Case {
    const char* text;
    unsigned digits;
  };
  const Case cases[] = {
      {"2026-04-02T06:30:00", 7},           {"2026-04-02T06:30:59.5", 7},
      {"2026-04-02T06:31:00.123456789", 9}, {"2026-04-02T06:31:07.123456789", 7},
      {"2026-04-02T07:31:07.1234567", 6},   {"2024-02-29T23:59:59.999", 3},
      {"2024-02-29T23:59:59.99999999", 3},  {"2100-12-31T00:00:00.000000001", 7},
      {"1970-01-01T00:00:00", 7},           {"2000-02-29T12:00:00.25", 7},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const http::Body body{std::string{c.text} + "Z\""};
    ClockText clock{c.digits};
    for (int round = 0; round < 2; ++round) {
      std::int64_t ns = 0;
      const char* const end = clock.read(body.data(), ns);
      ASSERT_NE(end, nullptr);
      EXPECT_EQ(static_cast<std::size_t>(end - body.data()), std::strlen(c.text));
      std::int64_t slot = 1;
      for (unsigned i = c.digits; i < 9; ++i) slot *= 10;
      const auto wanted = parse_timestamp(std::string{c.text} + "Z", OffsetRule::required);
      EXPECT_EQ(ns, wanted->floor_to(slot).unix_ns());
    }
  }
}

TEST(ShapeClock, GivesUpOnWhatIsNoOrdinaryTime) {
  ClockText clock{7};
  std::int64_t ns = 0;
  for (const char* text :
       {"2026-04-02 06:30:00", "2026-04-02t06:30:00", "2026-4-02T06:30:00", "2026-02-29T06:30:00",
        "2026-13-01T06:30:00", "2026-00-01T06:30:00", "2026-04-31T06:30:00", "2026-04-02T24:00:00",
        "2026-04-02T06:60:00", "2026-04-02T06:30:60", "2026-04-02T06:30:5x", "1969-12-31T23:59:59",
        "2201-01-01T00:00:00", "2026-04-02T06:30:00.", "2026-04-02T06:30:00.1234567891", "*", "",
        "2026-04-02T06-30:00", "20x6-04-02T06:30:00"}) {
    SCOPED_TRACE(text);
    const http::Body body{std::string{text} + "Z\""};
    EXPECT_EQ(clock.read(body.data(), ns), nullptr);
    // The last good minute does not help a bad second.
    const http::Body good{"2026-04-02T06:30:00Z"};
    EXPECT_NE(clock.read(good.data(), ns), nullptr);
    EXPECT_EQ(clock.read(body.data(), ns), nullptr);
  }
}

/// The rows of a list, as `time=number` texts, `!` at a surprise; and what is left behind the last of them.
std::string rows_of(const std::string& text) {
  const http::Body body{text};
  const char* at = body.data();
  const char* const end = at + body.size();
  auto row = take_apart(at, end);
  if (!row) return "?";
  for (Member& member : row->members()) {
    if (member.name == "t") member.role = Role::time;
    if (member.name == "v") member.role = Role::number;
  }
  Layout layout;
  if (!layout.learn(*row, {})) return "-";
  Cells cells;
  std::string shown;
  if (!layout.first(at, end, cells)) return "!";
  Step step;
  do {
    const std::size_t time = layout.slot_of(Role::time), value = layout.slot_of(Role::number);
    shown += format_trimmed(Timestamp::from_unix_ns(cells[time].integer)).substr(11) + "=" +
             std::to_string(static_cast<int>(cells[value].number)) + " ";
    step = layout.next(at, end, cells);
  } while (step == Step::row);
  if (step == Step::surprise) return shown + "!";
  return shown + std::string{at, end};
}

TEST(ShapeLayout, RowsThatAreAlike) {
  EXPECT_EQ(rows_of(R"({"t":"2026-04-02T06:30:00Z","v":1})"), "06:30:00Z=1 ");
  EXPECT_EQ(rows_of(R"({"t":"2026-04-02T06:30:00Z","v":1},{"t":"2026-04-02T06:30:01Z","v":2}])"),
            "06:30:00Z=1 06:30:01Z=2 ]");
  EXPECT_EQ(rows_of("{ \"v\" : 1,\n \"q\": true, \"t\":\"2026-04-02T08:30:00+02:00\" },\n"
                    "{ \"v\" : 20,\n \"q\": true, \"t\":\"2026-04-02T08:30:01.5+02:00\" } ,"
                    "{ \"v\" : 3,\n \"q\": true, \"t\":\"2026-04-02T08:30:02+02:00\" } ]"),
            "06:30:00Z=1 06:30:01.5Z=20 06:30:02Z=3  ]");
  EXPECT_EQ(
      rows_of(R"({"a":{"t":"2026-04-02T06:30:00Z","v":"1.5"}},{"a":{"t":"2026-04-02T06:30:00Z","v":"7"}}])"),
      "06:30:00Z=1 06:30:00Z=7 ]");
}

TEST(ShapeLayout, GivesUpAtTheFirstSurprise) {
  const std::string first = R"({"t":"2026-04-02T06:30:00Z","v":1,"q":"é"})";
  EXPECT_EQ(rows_of(first + R"(,{"t":"2026-04-02T06:30:00Z","v":1,"q":"e"}])"), "06:30:00Z=1 06:30:00Z=1 !");
  EXPECT_EQ(rows_of(first + R"(,{"t":"2026-04-02T06:30:00Z","v":"1","q":"é"}])"), "06:30:00Z=1 !");
  EXPECT_EQ(rows_of(first + R"(,{"t":"2026-04-02T06:30:00+00:00","v":1,"q":"é"}])"), "06:30:00Z=1 !");
  EXPECT_EQ(rows_of(first + R"(,{"v":1,"t":"2026-04-02T06:30:00Z","q":"é"}])"), "06:30:00Z=1 !");
  EXPECT_EQ(rows_of(first + R"(,{"t":"2026-04-02T06:30:00Z","v":null,"q":"é"}])"), "06:30:00Z=1 !");
  EXPECT_EQ(rows_of(first + R"(,{"t":"2026-04-02T06:30:00Z","v":1,"q")"), "06:30:00Z=1 06:30:00Z=1 !");
  EXPECT_EQ(rows_of(first + ",,"), "06:30:00Z=1 !");
  EXPECT_EQ(rows_of(first + ","), "06:30:00Z=1 !");
}

TEST(ShapeLayout, LearnsNothingFromAnUnusualRow) {
  for (const char* text :
       {"", "{", "{}", "[1]", R"({"t":1)", R"({"v":[1]})", R"({"v":{"a":{"b":1}}})", R"({"v":01})",
        R"({"v":tru})", R"({"a\u0062":1})", R"({"q":"a\nb","v":1})", "{\"q\":\"\xff\",\"v\":1}",
        "{\"q\":\"\t\",\"v\":1}", R"({"v":1,})", R"({'v':1})"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(rows_of(text), "?");
  }
  // No slot; a time without a zone; one that is none; two times.
  for (const char* text : {R"({"a":1})", R"({"t":"2026-04-02T06:30:00","v":1})", R"({"t":"now","v":1})",
                           R"({"t":"2026-04-02T06:30:00Z","t":"2026-04-02T06:30:00Z","v":1})"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(rows_of(text), "-");
  }
}

TEST(ShapeLayout, NeverTakesACutBodyForAWholeOne) {
  const std::string row = R"({"t":"2026-04-02T06:30:00.125Z","v":12.5,"good":true})";
  const std::string whole = "[" + row + "," + row + "," + row + "]";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const http::Body body{whole.substr(0, size)};
    const char* at = body.data() + 1;
    const char* const end = body.data() + body.size();
    if (size == 0) continue;
    auto taken = take_apart(at, end);
    if (!taken) continue;
    taken->all[0].role = Role::time;
    taken->all[1].role = Role::number;
    Layout layout;
    ASSERT_TRUE(layout.learn(*taken, {}));
    Cells cells;
    ASSERT_TRUE(layout.first(at, end, cells));
    Step step;
    do step = layout.next(at, end, cells);
    while (step == Step::row);
    EXPECT_FALSE(step == Step::end && closes(at, end, "]")) << size;
  }
}

TEST(ShapeLayout, ListsInsideOfRows) {
  const std::string text =
      R"([{"id":"a","rows":[ {"v":1},{"v":2}]},{"id":"b","rows":[ {"v":3}]}, {"id":"c","rows":[ {"v":4}]} ])";
  const http::Body body{text};
  const char* at = body.data() + 1;
  const char* const end = body.data() + body.size();
  auto head = take_apart(at, end, [](std::string_view name) { return name == "rows"; });
  ASSERT_TRUE(head && head->has_list);
  head->all[0].role = Role::text;
  Layout heads, rows;
  ASSERT_TRUE(heads.learn(*head, {}));
  Cells id, cells;
  std::string shown;
  ASSERT_TRUE(heads.first(at, end, id));
  Step step;
  do {
    shown += id[0].text;
    if (!rows.is_known()) {
      auto row = take_apart(at, end);
      ASSERT_TRUE(row);
      row->all[0].role = Role::integer;
      ASSERT_TRUE(rows.learn(*row, {}));
    }
    ASSERT_TRUE(rows.first(at, end, cells));
    Step inner;
    do {
      shown += std::to_string(cells[0].integer);
      inner = rows.next(at, end, cells);
    } while (inner == Step::row);
    ASSERT_EQ(inner, Step::end);
    step = heads.next(at, end, id);
  } while (step == Step::row);
  EXPECT_EQ(step, Step::end);
  EXPECT_EQ(shown, "a12b3c4");
  EXPECT_TRUE(closes(at, end, "]"));
}

}  // namespace
}  // namespace penstock::dialects::shape
