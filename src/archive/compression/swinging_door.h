#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "archive/layer.h"
#include "model/point.h"

namespace penstock::archive {

// The compression test of a point, pure: settings and a state in, what becomes of the snapshot out.
//
// A = newest archived event, S = snapshot, N = arriving event. S is a stored sample like any other; what the
// test decides, when N arrives, is whether it stays.

/// When S lies near enough to A, or to the line from A to N, to be let go.
enum class CompressionRule : std::uint8_t {
  line,   ///< Numbers between which a reader draws a line: the band of slopes.
  step,   ///< Numbers that hold until the next: at most the deviation from A.
  equal,  ///< Digital, String, Blob, Timestamp: equal to A.
};

/// What a point's attributes say of compression. Times and spans in nanoseconds.
struct CompressionSettings {
  CompressionRule rule = CompressionRule::line;
  bool compressing = true;  ///< False: every displaced snapshot is archived.
  bool archiving = true;    ///< False: there is a snapshot and nothing else.
  double deviation = 0;     ///< In the units of the values; exactly so far away is still near.
  std::int64_t min_ns = 0;  ///< S nearer to A than this is let go,
  std::int64_t max_ns = 0;  ///< at least this far from it: kept.
  /// Events before this time never become the snapshot: they are archived as they come.
  std::int64_t created_ns = std::numeric_limits<std::int64_t>::min();

  /// `before_creation`: events from before the point was made are compressed like all others.
  static CompressionSettings of(const Point& point, bool before_creation);
  /// False: nothing of the point is ever tested, it needs no state.
  static bool needed(const Point& point);
  bool operator==(const CompressionSettings&) const = default;
};

struct CompressionEvent {
  std::int64_t time = 0;  ///< Unix nanoseconds.
  Value value;
  Quality quality;
  bool whole = true;  ///< False: the value is too long to be kept here, so it equals no other.

  /// Texts of more bytes are not kept in a state. Longer than any string of a PI point.
  static constexpr std::size_t kTextMax = 1024;
  static CompressionEvent of(const Run& run, std::size_t i);
  static CompressionEvent of(const Sample& sample);
  bool operator==(const CompressionEvent& other) const;  ///< Numbers bit for bit.
};

/// All that the next arrival needs to know of the past.
struct CompressionState {
  enum class Archived : std::uint8_t {
    none,   ///< There is no archived event.
    known,  ///< `archived` is the newest one.
    lost,   ///< There may be one, and it is not known which: S is archived on the next arrival.
  };
  bool has_snapshot = false;
  bool pinned = false;  ///< S is archived on the next arrival, whatever the test says.
  Archived archived_is = Archived::none;
  /// S. Without one only its time counts: no sample of the point is newer; min(): there is none at all.
  CompressionEvent snapshot{std::numeric_limits<std::int64_t>::min(), {}, {}, true};
  CompressionEvent archived;  ///< A, where known.
  /// Slopes from A, in units per nanosecond, that pass near enough to all events since. Only rule `line`.
  double low = 0, high = 0;

  bool operator==(const CompressionState&) const = default;  ///< Bands bit for bit are not asked.
};

struct Arrived {
  bool kept = true;                     ///< False: the point archives nothing, and the event is no snapshot.
  std::optional<std::int64_t> dropped;  ///< Time of the snapshot that was let go.
};

/// An event at a free time. `bypass`: the command that stores it asked for no test.
Arrived arrive(const CompressionSettings& settings, CompressionState& state, CompressionEvent event,
               bool bypass);
/// What is at a taken time was replaced. A snapshot is pinned by it.
void edited(const CompressionSettings& settings, CompressionState& state, CompressionEvent event);
/// What is at `time` was sent once more by a command that asked for no test: a snapshot is pinned.
void sent_again(CompressionState& state, std::int64_t time);

/// The newest event before the snapshot that an erase leaves.
struct Predecessor {
  std::optional<CompressionEvent> event;
};
/// True if `erased` can only be followed exactly with the predecessor known.
bool needs_predecessor(const CompressionState& state, Interval interval);
/// All events in the interval are gone. `before` null: not known, so that the band is lost.
void erased(const CompressionSettings& settings, CompressionState& state, Interval interval,
            const Predecessor* before);
/// Opens the band anew, from A through S.
void reopen(const CompressionSettings& settings, CompressionState& state);

}  // namespace penstock::archive
