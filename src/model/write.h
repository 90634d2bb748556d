#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/point.h"
#include "model/value.h"

namespace penstock {

/// What happens where the time of a sample is free, or taken. One sample per (point, time), always.
enum class UpdateMode : std::uint8_t {
  replace = 0,                ///< Free: stored. Taken: replaced.
  insert = 1,                 ///< Free: stored. Taken: kept, the new one `ignored`.
  insert_no_compression = 2,  ///< As insert, and what is stored is never compressed away.
  replace_only = 3,           ///< Free: `ignored`. Taken: replaced.
  remove = 4,                 ///< Free: `ignored`. Taken: erased. Values of the run do not matter.
  replace_range = 5,          ///< Erases [first, last] of the run, then stores it.
};

/// What became of one sample.
enum class Outcome : std::uint8_t {
  stored = 0,
  replaced = 1,
  identical = 2,
  ignored = 3,
  erased = 4,
  rejected = 5
};

enum class RejectReason : std::uint8_t { none = 0, point_gone = 1, type_mismatch = 2 };

/// One outcome per sample, in the order sent. A run of equal ones costs one word.
class Outcomes {
 public:
  Outcomes() = default;
  static Outcomes all(Outcome outcome, std::size_t n) {
    Outcomes made;
    made.push(outcome, n);
    return made;
  }
  void push(Outcome outcome, std::size_t n = 1);
  std::size_t size() const { return size_; }
  bool all_are(Outcome outcome) const { return size_ == 0 || (more_.empty() && one_.first == outcome); }
  std::size_t count(Outcome outcome) const;
  std::vector<Outcome> expand() const;  ///< One per sample.
  /// Equal neighbours as (outcome, how many).
  std::span<const std::pair<Outcome, std::uint32_t>> runs() const {
    if (size_ == 0) return {};
    return more_.empty() ? std::span{&one_, 1} : std::span{more_};
  }
  bool operator==(const Outcomes&) const = default;

  RejectReason reason = RejectReason::none;  ///< Why, if any are `rejected`.

 private:
  std::pair<Outcome, std::uint32_t> one_{};              // All of them, as long as they are equal,
  std::vector<std::pair<Outcome, std::uint32_t>> more_;  // else every run is here.
  std::size_t size_ = 0;
};

enum class Door : std::uint8_t {
  internal = 0,
  pi = 1,
  omf = 2,
  building_x = 3,
  energyview = 4,
  penstock = 5
};

/// Whether a command may be answered before the archive has decided it. With the archive at hand everything
/// is decided at once; the difference shows while it is away, or is still behind.
enum class Delivery : std::uint8_t {
  direct = 0,    ///< The caller needs the outcomes: fails with store_unavailable while the archive is away.
  buffered = 1,  ///< The journal is enough: what can't be decided now is `queued` and decided in its order.
};

/// Samples for one point, in the order that the caller sent them: any order, repeats allowed.
struct PointWrite {
  PointId point{};
  Run run;
};

/// One sample of one point, of plain quality and no text.
struct PointSample {
  PointId point{};
  Kind kind = Kind::float64;
  std::int64_t time = 0;   ///< Unix nanoseconds.
  std::uint64_t bits = 0;  ///< Of the double for numbers, of the int64 for integers and digital codes.

  static PointSample number(PointId point, std::int64_t time, double value) {
    return {point, Kind::float64, time, std::bit_cast<std::uint64_t>(value)};
  }
  static PointSample integer(PointId point, std::int64_t time, std::int64_t value) {
    return {point, Kind::int64, time, std::bit_cast<std::uint64_t>(value)};
  }
  bool operator==(const PointSample&) const = default;
};

/// One write of one caller. All of it is decided at one place in the order of everything; samples of one
/// point take effect as if written one by one in the order sent, those of `slice` before those of `writes`.
struct WriteCommand {
  UpdateMode mode = UpdateMode::replace;
  bool all_or_none = false;  ///< A taken time under insert* refuses the whole command: ErrorCode::conflict.
  bool bypass_compression = false;  ///< What this command stores is not subject to the compression test.
  Delivery delivery = Delivery::direct;
  Door door = Door::internal;
  std::uint32_t principal = 0;  ///< Number of the caller, see auth::Principal.
  Timestamp now = Timestamp::from_unix_ns(0);
  /// Few samples each of many points, in the order sent: what gateways send all day. Costs no allocation per
  /// sample. Any order, repeats allowed. Not for replace_range, whose range is that of a run.
  std::vector<PointSample> slice;
  std::vector<PointWrite> writes;  ///< Runs of single points, and whatever the slice can't hold.
};

struct WriteCounts {
  std::uint64_t stored = 0, replaced = 0, ignored = 0, erased = 0,
                rejected = 0;  ///< `identical` counts as replaced.
};

struct WriteResult {
  std::uint64_t seq = 0;           ///< Place in the order of everything; 0 if nothing was sent.
  std::vector<Outcomes> outcomes;  ///< Parallel to WriteCommand::writes.
  Outcomes slice{};                ///< One per sample of WriteCommand::slice.
  /// Durable, but not decided yet: all outcomes say `stored`, and only the receipt tells what became of them.
  bool queued = false;

  WriteCounts counts() const;
};

}  // namespace penstock
