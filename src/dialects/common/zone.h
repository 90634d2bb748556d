#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/time.h"

namespace penstock::dialects {

/// A time zone by the rules that PostgreSQL has. A small value; the rules behind it live as long as the
/// process.
class Zone {
 public:
  Zone() = default;  ///< UTC.
  /// By IANA name. Errors: invalid_argument.
  static Result<Zone> find(std::string_view name);

  /// A local time that occurs twice is the earlier instant; one that does not exist is shifted forward by the
  /// gap. Errors: time_out_of_range.
  Result<Timestamp> to_utc(const CivilTime& local) const;

  /// An offset from UTC and the instants for which it holds.
  struct Span {
    std::int64_t offset_s = 0;
    Timestamp first = Timestamp::min(), last = Timestamp::max();
  };
  Span span_at(Timestamp time) const;
  bool is_utc() const { return zone_ == nullptr; }

 private:
  const void* zone_ = nullptr;  // A date::time_zone; null is UTC.
};

/// Reads the offset of many instants that lie close together.
class Offsets {
 public:
  explicit Offsets(Zone zone) : zone_{zone}, span_{zone.span_at(Timestamp::from_unix_ns(0))} {}
  std::int64_t at(Timestamp time) {
    if (time < span_.first || time > span_.last) span_ = zone_.span_at(time);
    return span_.offset_s;
  }
  const Zone& zone() const { return zone_; }

 private:
  Zone zone_;
  Zone::Span span_;
};

}  // namespace penstock::dialects
