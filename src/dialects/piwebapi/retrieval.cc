#include "dialects/piwebapi/retrieval.h"

#include <cmath>

#include "dialects/piwebapi/render.h"

namespace penstock::dialects::piwebapi {
namespace {

double as_double(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  return 0;
}

bool is_numeric(PointType type) {
  switch (type) {
    case PointType::int16:
    case PointType::int32:
    case PointType::float16:
    case PointType::float32:
    case PointType::float64: return true;
    case PointType::digital:
    case PointType::string:
    case PointType::blob:
    case PointType::timestamp: return false;
  }
  return false;
}

Sample between(const Stream& stream, const Sample& before, const Sample& after, Timestamp time) {
  const double span = static_cast<double>(after.time.unix_ns()) - static_cast<double>(before.time.unix_ns());
  const double part = static_cast<double>(time.unix_ns() - before.time.unix_ns()) / span;
  const double from = as_double(before.value), to = as_double(after.value);
  const double value = from + (to - from) * part;
  if (is_integer(stream.kind())) return {time, std::llround(value), {}};
  if (stream.kind() == Kind::float32) return {time, static_cast<double>(static_cast<float>(value)), {}};
  return {time, value, {}};
}

}  // namespace

Result<Sample> value_at(const archive::Archive& archive, const Stream& stream, Timestamp time,
                        Timestamp now) {
  TRY(auto before, archive.at_or_before(stream.point, time, true));
  if (!before) return state_sample(stream, time, system_state::kNoData);
  if (before->time == time) return *std::move(before);
  TRY(const auto after, archive.at_or_after(stream.point, time, false));
  if (!after && time > now && !stream.future) return state_sample(stream, time, system_state::kNoData);
  if (after && is_numeric(stream.type) && !stream.step && before->quality.state == 0 &&
      after->quality.state == 0) {
    return between(stream, *before, *after, time);
  }
  Sample carried = *std::move(before);
  carried.time = time;
  return carried;
}

Result<Sample> current_value(const archive::Archive& archive, const Stream& stream, Timestamp now) {
  if (stream.future) {
    TRY(auto at_now, archive.at_or_before(stream.point, now, true));
    if (at_now) return *std::move(at_now);
    TRY(const auto any, archive.newest(stream.point));
    return any ? state_sample(stream, now.floor_to(kNsPerTick), system_state::kNoData) : pt_created(stream);
  }
  TRY(auto newest, archive.newest(stream.point));
  return newest ? *std::move(newest) : pt_created(stream);
}

}  // namespace penstock::dialects::piwebapi
