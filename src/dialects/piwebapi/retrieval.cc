#include "dialects/piwebapi/retrieval.h"

#include "archive/retrieval/interpolate.h"
#include "dialects/piwebapi/render.h"

namespace penstock::dialects::piwebapi {

using archive::retrieval::Course;
using archive::retrieval::Series;

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

Series series_of(const Stream& stream, Timestamp now) {
  Series series;
  series.point = stream.point;
  series.kind = stream.kind();
  series.numeric = is_numeric(stream.type);
  series.course = stream.step ? Course::steps : Course::line;
  series.horizon = stream.future ? Timestamp::max() : now;
  return series;
}

Result<Sample> value_at(const archive::Archive& archive, const Stream& stream, Timestamp time,
                        Timestamp now) {
  return archive::retrieval::value_at(archive::retrieval::scanner(archive), series_of(stream, now), time);
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
