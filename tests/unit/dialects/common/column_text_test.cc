#include "dialects/common/column_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "http/json_writer.h"
#include "model/time.h"

namespace penstock::dialects {
namespace {

std::string written(TimeColumn& column, std::int64_t ns) {
  char text[TimeColumn::kTextMax];
  return {text, column.write(text, ns)};
}

template <class T>
std::string written(NumberColumn& column, T number) {
  char text[NumberColumn::kTextMax];
  return {text, column.write(text, number)};
}

template <class T>
std::string plain(T number) {
  std::string text;
  http::JsonWriter{text}.value(number);
  return text;
}

TEST(TimeColumn, SaysWhatAppendTrimmedSays) {
  TimeColumn column;
  std::mt19937_64 random{3};
  std::int64_t at = 0;
  const std::int64_t ends[] = {std::numeric_limits<std::int64_t>::min(),
                               std::numeric_limits<std::int64_t>::max()};
  for (int i = 0; i < 60'000; ++i) {
    switch (random() % 8) {
      case 0: at = static_cast<std::int64_t>(random()); break;
      case 1: at = ends[random() % 2] ^ static_cast<std::int64_t>(random() % 120'000'000'000); break;
      case 2: at = static_cast<std::int64_t>(random() % 4'000'000'000) * kNsPerSecond; break;
      case 3: at = at / kNsPerMillisecond * kNsPerMillisecond; break;
      default:
        if (__builtin_add_overflow(at, static_cast<std::int64_t>(random() % 3'000'000'000), &at)) at = 0;
        break;
    }
    ASSERT_EQ(written(column, at), format_trimmed(Timestamp::from_unix_ns(at))) << at;
  }
}

TEST(NumberColumn, SaysWhatTheJsonWriterSays) {
  NumberColumn column;
  std::mt19937_64 random{4};
  for (int i = 0; i < 300'000; ++i) {
    const auto mantissa = static_cast<double>(static_cast<std::int64_t>(random() % 4'000'001) - 2'000'000);
    double number = mantissa / std::pow(10.0, static_cast<double>(random() % 9));
    if (i % 5 == 0) number = std::bit_cast<double>(random());
    if (i % 7 == 0) number = std::nextafter(number, 1e9);
    ASSERT_EQ(written(column, number), plain(number));
    const auto single = static_cast<float>(number);
    ASSERT_EQ(written(column, single), plain(single));
  }
  for (const double number :
       {0.0, -0.0, 1e-3, -1e-3, 9.999e-4, 99'999.0, 99'999.9999, 100'000.0, 1e17, 0.1 + 0.2,
        std::numeric_limits<double>::infinity(), std::nan(""), 5e-324, 123.456789}) {
    EXPECT_EQ(written(column, number), plain(number));
    EXPECT_EQ(written(column, static_cast<float>(number)), plain(static_cast<float>(number)));
  }
}

}  // namespace
}  // namespace penstock::dialects
