#include "dialects/common/ondemand.h"

#include <gtest/gtest.h>

#include <charconv>
#include <optional>
#include <string>

namespace penstock::dialects::ondemand {
namespace {

std::optional<double> number_in(const std::string& text) {
  const http::Body body{"[" + text + " ]"};
  parser reader;
  document read;
  array items;
  if (reader.iterate(padded(body)).get(read) || read.get_array().get(items)) return std::nullopt;
  for (auto element : items) {
    value item;
    double number = 0;
    if (element.get(item) || read_double(item, number)) return std::nullopt;
    return number;
  }
  return std::nullopt;
}

/// simdjson 3.0.1 makes 4.8e-8 or 0 of the first one.
TEST(OnDemandNumber, OfManyDigitsIsTheNearestDouble) {
  for (const std::string text :
       {"0.30000000000000004000000004", "3.14159265358979323846", "0.1000000000000000055511151231257827",
        "123456789.12345678901234567890", "-98765432109876543210.5", "123456789012345678901234567890", "-0",
        "0", "12.5", "1e-7", "-1.5E+300", "4.9406564584124654e-324"}) {
    SCOPED_TRACE(text);
    double wanted = 0;
    std::from_chars(text.data(), text.data() + text.size(), wanted);
    const auto number = number_in(text);
    ASSERT_TRUE(number);
    EXPECT_EQ(*number, wanted);
  }
}

TEST(OnDemandNumber, MustBeOne) {
  for (const std::string text :
       {"\"1\"", "1e400", "01", "+1", "1.", "1x", "-", "true", "null", "[1]", "NaN"}) {
    EXPECT_FALSE(number_in(text)) << text;
  }
  EXPECT_EQ(number_in("1e-400"), 0.0);
}

}  // namespace
}  // namespace penstock::dialects::ondemand
