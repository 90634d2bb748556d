#include "cli/input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "cli/csv.h"
#include "cli/progress.h"
#include "cli/resume.h"
#include "cli/zone.h"
#include "http/inflate.h"

namespace penstock::cli {
namespace {

using testing::ElementsAre;

std::string temp_file(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "/penstock_" + std::to_string(::getpid()) + "_" + name;
  std::ofstream{path, std::ios::binary} << text;
  return path;
}

std::vector<std::vector<std::string>> read_all(const std::string& path) {
  auto csv = CsvReader::open(path);
  EXPECT_TRUE(csv.has_value());
  std::vector<std::vector<std::string>> rows;
  while (true) {
    const auto row = csv->next();
    EXPECT_TRUE(row.has_value()) << row.error().detail;
    if (!row || (*row)->empty()) return rows;
    rows.emplace_back((*row)->begin(), (*row)->end());
  }
}

TEST(Csv, FieldsOfRows) {
  struct Case {
    const char* name;
    std::string text;
    std::vector<std::vector<std::string>> rows;
  };
  const Case cases[] = {
      {"plain", "a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
      {"no line break at the end", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
      {"CR LF", "a,b\r\n1,\r\n", {{"a", "b"}, {"1", ""}}},
      {"empty lines", "\na\n\n\n1\n", {{"a"}, {"1"}}},
      {"a byte order mark",
       "\xEF\xBB\xBF"
       "a\n1\n",
       {{"a"}, {"1"}}},
      {"quotes", "a\n\"x,\"\"y\"\"\",\"\"\n", {{"a"}, {"x,\"y\"", ""}}},
      {"a line break inside quotes", "a\n\"x\ny\",2\n", {{"a"}, {"x\ny", "2"}}},
      {"only separators", ",,\n", {{"", "", ""}}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_all(temp_file("fields.csv", c.text)), c.rows);
    EXPECT_EQ(read_all(temp_file("fields.csv.gz", http::gzip(c.text))), c.rows);
  }
}

TEST(Csv, MistakesAreNamed) {
  EXPECT_EQ(CsvReader::open("/nowhere.csv").error().code, ErrorCode::not_found);
  EXPECT_EQ(CsvReader::open(testing::TempDir()).error().code, ErrorCode::not_found);
  auto open_quote = CsvReader::open(temp_file("quote.csv", "a\n1\n\"x\n"));
  EXPECT_TRUE(open_quote->next().has_value());
  EXPECT_TRUE(open_quote->next().has_value());
  EXPECT_THAT(open_quote->next().error().where, testing::HasSubstr(":3"));
  auto packed = http::gzip(std::string(100'000, 'a') + "\n1\n");
  packed.resize(packed.size() / 2);
  auto cut = CsvReader::open(temp_file("cut.csv.gz", packed));
  EXPECT_FALSE(cut->next().has_value());
}

TEST(ParseNumber, TakesWhatPeopleWrite) {
  for (const auto* text : {"0", "-0.5", "+3", "1e3", "1E-3", ".5", "888.8", "-999.9"}) {
    EXPECT_TRUE(parse_number(text).has_value()) << text;
  }
  for (const auto* text :
       {"", "nan", "NaN", "inf", "-inf", "1,5", "1 ", "0x10", "1e999", "-", "+", "1.2.3"}) {
    EXPECT_FALSE(parse_number(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_integer("1.0").has_value());
  EXPECT_FALSE(parse_integer("99999999999999999999").has_value());
  EXPECT_EQ(parse_integer("-12"), -12);
}

TEST(Zone, WallClockToInstant) {
  struct Case {
    const char* name;
    const char* zone;
    const char* local;
    const char* before;  // Empty: none.
    const char* instant;
  };
  const Case cases[] = {
      {"UTC", "UTC", "2020-07-01T12:00:00", "", "2020-07-01T12:00:00Z"},
      {"summer", "Europe/Berlin", "2020-07-01T12:00:00.25", "", "2020-07-01T10:00:00.25Z"},
      {"winter", "Europe/Berlin", "2020-01-01T12:00:00", "", "2020-01-01T11:00:00Z"},
      {"a skipped hour moves ahead", "Europe/Berlin", "2020-03-29T02:30:00", "", "2020-03-29T01:30:00Z"},
      {"a repeated hour is the earlier", "Europe/Berlin", "2020-10-25T02:30:00", "", "2020-10-25T00:30:00Z"},
      {"going on within the earlier", "Europe/Berlin", "2020-10-25T02:30:00", "2020-10-25T00:29:00Z",
       "2020-10-25T00:30:00Z"},
      {"going on within the later", "Europe/Berlin", "2020-10-25T02:30:00", "2020-10-25T00:59:00Z",
       "2020-10-25T01:30:00Z"},
      {"a step back is the earlier", "Europe/Berlin", "2020-10-25T02:30:00", "2020-10-25T05:00:00Z",
       "2020-10-25T00:30:00Z"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto zone = Zone::find(c.zone);
    ASSERT_TRUE(zone.has_value());
    std::optional<Timestamp> before;
    if (c.before[0] != '\0') before = *parse_timestamp(c.before, OffsetRule::required);
    const auto instant = zone->to_instant(parse_iso8601(c.local)->local, before);
    ASSERT_TRUE(instant.has_value());
    EXPECT_EQ(format_trimmed(*instant), c.instant);
  }
  EXPECT_EQ(Zone::find("Europe/Nowhere").error().code, ErrorCode::invalid_argument);
}

struct Loaded {
  std::vector<std::string> points, values, rejects;
};

Loaded load(const InputOptions& options, std::size_t chunk_values = 100) {
  auto input = Input::scan(options);
  EXPECT_TRUE(input.has_value()) << input.error().detail;
  Loaded loaded;
  if (!input) return loaded;
  for (const auto& target : input->targets()) {
    loaded.points.push_back(target.name + ":" + std::string{to_string(target.type)});
  }
  const auto read = input->read(
      chunk_values,
      [&](Chunk chunk) {
        std::string text = std::to_string(chunk.number) + " " + input->targets()[chunk.target].name;
        for (std::size_t i = 0; i < chunk.run.size(); ++i) {
          const auto value = chunk.run.value(i);
          text += " " + format_trimmed(chunk.run.time(i)).substr(11) + "=";
          if (const auto* number = std::get_if<double>(&value)) {
            char digits[32];
            std::snprintf(digits, sizeof digits, "%g", *number);
            text += digits;
          } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
            text += std::to_string(*whole);
          } else {
            text += std::get<std::string>(value);
          }
        }
        loaded.values.push_back(std::move(text));
        return true;
      },
      [&](const Reject& reject) {
        loaded.rejects.push_back(std::to_string(reject.line) + " " + reject.point + " " + reject.value);
      });
  EXPECT_TRUE(read.has_value());
  return loaded;
}

TEST(Input, EveryColumnIsAPointOfTheTypeItsValuesHave) {
  InputOptions options;
  options.file = temp_file(
      "types.csv", "time,a,b,c,d\n2020-01-01T00:00:00Z,1,1.5,x,9999999999\n2020-01-01T00:00:01Z,2,2,7,\n");
  const auto loaded = load(options);
  EXPECT_THAT(loaded.points, ElementsAre("a:Int32", "b:Float64", "c:String", "d:Float64"));
  EXPECT_THAT(loaded.values, ElementsAre("0 a 00:00:00Z=1 00:00:01Z=2", "1 b 00:00:00Z=1.5 00:00:01Z=2",
                                         "2 c 00:00:00Z=x 00:00:01Z=7", "3 d 00:00:00Z=1e+10"));
}

TEST(Input, SeriesAndTemplatesNameThePoints) {
  InputOptions options;
  options.file = temp_file("series.csv", "s,time,v\nx/1,2020-01-01T00:00:00Z,1\ny,2020-01-01T00:00:00Z,2\n");
  options.time_column = "time";
  options.series_column = "s";
  EXPECT_THAT(load(options).points, ElementsAre("x/1.v:Int32", "y.v:Int32"));
  options.point_template = "L1.{series}";
  EXPECT_THAT(load(options).points, ElementsAre("L1.x/1:Int32", "L1.y:Int32"));
  options.point_template = "7/{series}_{column}";
  options.plain_names = true;
  EXPECT_THAT(load(options).points, ElementsAre("7/x_1_v:Int32", "7/y_v:Int32"));
  options.point_template = "same";
  EXPECT_THAT(Input::scan(options).error().detail, testing::HasSubstr("same"));
}

TEST(Input, AMapChoosesColumnsNamesAndTypes) {
  InputOptions options;
  options.file = temp_file("mapped.csv", "time,a,b,c\n2020-01-01T00:00:00Z,1,2,3\n");
  options.map_file = temp_file("map.csv", "column,point,type\nc,Third,Float64\na,First,\n");
  const auto loaded = load(options);
  EXPECT_THAT(loaded.points, ElementsAre("First:Int32", "Third:Float64"));
  EXPECT_THAT(loaded.values, ElementsAre("0 First 00:00:00Z=1", "1 Third 00:00:00Z=3"));
}

TEST(Input, OfRepeatedTimesTheFirstValueIsKept) {
  InputOptions options;
  options.file = temp_file("repeats.csv",
                           "time,a,b\n"
                           "2020-01-01T00:00:02Z,1,\n"
                           "2020-01-01T00:00:01Z,2,5\n"  // A step back is a time of its own,
                           "2020-01-01T00:00:02Z,3,6\n"  // here only b is new,
                           "2020-01-01T00:00:01Z,4,7\n"  // and here nothing is.
                           "2020-01-01T00:00:03Z,8,9\n");
  const auto loaded = load(options);
  EXPECT_THAT(loaded.values, ElementsAre("0 a 00:00:02Z=1 00:00:01Z=2 00:00:03Z=8",
                                         "1 b 00:00:01Z=5 00:00:02Z=6 00:00:03Z=9"));
  EXPECT_THAT(loaded.rejects, ElementsAre("4 a 3", "5 a 4", "5 b 7"));
}

TEST(Input, TimesMeetInTheSlotOfTheDoor) {
  InputOptions options;
  options.file = temp_file("slots.csv", "time,a\n2020-01-01T00:00:00.0001Z,1\n2020-01-01T00:00:00.0009Z,2\n");
  EXPECT_EQ(load(options).rejects.size(), 0u);
  options.slot_ns = kNsPerMillisecond;
  const auto loaded = load(options);
  EXPECT_THAT(loaded.values, ElementsAre("0 a 00:00:00Z=1"));
  EXPECT_THAT(loaded.rejects, ElementsAre("3 a 2"));
}

TEST(Input, WhatCanNotBeSentIsReported) {
  InputOptions options;
  options.file = temp_file("bad.csv",
                           "time,a\nyesterday,1\n2020-01-01T00:00:00Z,x\n2020-01-01T00:00:01Z\n"
                           "2020-01-01T00:00:02Z,-\n2020-01-01T00:00:03Z,4\n");
  options.type = PointType::float64;
  options.nulls = {"-"};
  const auto loaded = load(options);
  EXPECT_THAT(loaded.values, ElementsAre("0 a 00:00:03Z=4"));
  EXPECT_THAT(loaded.rejects, ElementsAre("2  ", "3 a x", "4  "));
}

TEST(Input, ChunksAreCutByCount) {
  InputOptions options;
  options.file = temp_file("chunks.csv", "time,a\n1.5,1\n2.25,2\n3,3\n");
  options.time_format = TimeFormat::unix_s;
  EXPECT_THAT(load(options, 2).values, ElementsAre("0 a 00:00:01.5Z=1 00:00:02.25Z=2", "1 a 00:00:03Z=3"));
}

TEST(ResumeFile, KnowsWhatWasAcknowledged) {
  const auto path = temp_file("resume", "");
  {
    ResumeFile file;
    ASSERT_TRUE(file.open(path, "load 1", false).has_value());
    file.add(0);
    file.add(12);
  }
  std::ofstream{path, std::ios::app} << "345";  // Cut short by a crash: may have been 3456.
  {
    ResumeFile file;
    ASSERT_TRUE(file.open(path, "load 1", false).has_value());
    EXPECT_TRUE(file.has(0));
    EXPECT_TRUE(file.has(12));
    EXPECT_FALSE(file.has(1));
    EXPECT_FALSE(file.has(345));
    EXPECT_EQ(file.count(), 2u);
    file.add(7);
  }
  {
    ResumeFile file;
    ASSERT_TRUE(file.open(path, "load 1", false).has_value());
    EXPECT_TRUE(file.has(7));
    EXPECT_FALSE(file.has(345));
  }
  ResumeFile other;
  ASSERT_TRUE(other.open(path, "load 2", false).has_value());
  EXPECT_FALSE(other.has(0));
}

TEST(Progress, SaysHowFarAndHowLong) {
  EXPECT_EQ(render_progress(0, 100, 0), "[------------------------------]   0 %  0 of 100 values, 0/s");
  EXPECT_EQ(render_progress(500'000, 2'000'000, 10),
            "[#######-----------------------]  25 %  500.0 k of 2.0 M values, 50.0 k/s, 30 s left");
  EXPECT_EQ(render_progress(5, 5, 1), "[##############################] 100 %  5 of 5 values, 5/s");
}

}  // namespace
}  // namespace penstock::cli
