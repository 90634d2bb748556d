// Rooms: dialects/piwebapi
// Any text as a filter expression, asked of a number, a state, a text and a system state: an error of two
// kinds, or an answer that is the same when asked again. The same text as a calculation over several streams.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dialects/piwebapi/filter.h"

namespace {

using namespace penstock;
using namespace penstock::dialects::piwebapi;

/// Names of up to nine letters are streams.
void calculate(std::string_view text, Timestamp now) {
  const auto place_of = [](std::string_view name) -> Result<std::size_t> {
    if (name.size() > 9) return fail(ErrorCode::not_found);
    return name.size() % 3;
  };
  const auto expression = FilterExpression::parse_calculation(text, now, {}, place_of);
  if (!expression) {
    CHECK(expression.error().code == ErrorCode::invalid_argument ||
          expression.error().code == ErrorCode::unsupported ||
          expression.error().code == ErrorCode::not_found);
    return;
  }
  Stream streams[3];
  streams[1].type = PointType::digital;
  streams[1].set = DigitalSet{SetId{5}, "Modes", "", {{0, "Off", ""}, {1, "On", ""}}};
  streams[2].type = PointType::string;
  const Sample samples[] = {{now, 71.25, {}}, {now, std::int64_t{1}, {}}, {now, std::string{"abc"}, {}}};
  const ExpressionValue value = expression->value(streams, samples);
  if (expression->is_truth() && value.type == ExpressionValue::Type::number) {
    CHECK(value.number == 0 || value.number == 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Timestamp now = Timestamp::from_unix_ns(1'795'178'600'123'456'700);
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  calculate(text, now);
  const auto filter = FilterExpression::parse(text, now, {});
  if (!filter) {
    CHECK(filter.error().code == ErrorCode::invalid_argument ||
          filter.error().code == ErrorCode::unsupported);
    return 0;
  }
  Quality bad;
  bad.state = system_state::kBadInput;
  const std::pair<PointType, Sample> samples[] = {
      {PointType::float64, {now, 71.25, {}}},           {PointType::digital, {now, std::int64_t{1}, {}}},
      {PointType::timestamp, {now, now.unix_ns(), {}}}, {PointType::string, {now, std::string{"abc"}, {}}},
      {PointType::int32, {now, std::int64_t{0}, bad}},
  };
  for (const auto& [type, sample] : samples) {
    Stream stream;
    stream.type = type;
    if (type == PointType::digital)
      stream.set = DigitalSet{SetId{5}, "Modes", "", {{0, "Off", ""}, {1, "On", ""}}};
    CHECK(filter->passes(stream, sample) == filter->passes(stream, sample));
  }
  return 0;
}
