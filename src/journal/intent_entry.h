#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/group.h"
#include "model/write.h"

// What the journal keeps of commands that are not decided yet, and of samples that are refused for good. As
// in entry.h: `write_…` into a group, `parse_…` from an entry's body; errors of every parse: store_corrupt.

namespace penstock::journal {

/// INTENT: a command as it came, its values coerced, nothing decided. Caller, door and mode stand in its
/// BATCH, which has no outcomes.
struct Intent {
  bool bypass_compression = false;
  Timestamp now = Timestamp::from_unix_ns(0);  ///< When it came.
  std::vector<PointSample> slice;
  std::vector<PointWrite> writes;
};
/// `writes` is read instead of `head.writes`, so that runs stay where they are; as `slice` is.
void write_intent(GroupBuffer& group, const Intent& head, std::span<const PointSample> slice,
                  std::span<const PointWrite* const> writes);
Result<Intent> parse_intent(std::string_view body);

/// RESOLVED: something that waited in the journal, or was set aside, is settled by this batch.
struct Resolved {
  /// Numbers are part of the stored format.
  enum class What : std::uint8_t { intent = 0, letter_replayed = 1, letter_dropped = 2 };
  What what = What::intent;
  std::uint64_t about = 0;  ///< Seq of the intent, or of the letter.
  PointId point{};          ///< Of the letter.
  bool operator==(const Resolved&) const = default;
};
void write_resolved(GroupBuffer& group, const Resolved& resolved);
Result<Resolved> parse_resolved(std::string_view body);

/// SETASIDE: samples of one point that were acknowledged and that the archive refuses for good, whole.
/// The store keeps the same bytes.
struct SetAside {
  std::uint64_t seq = 0;  ///< The batch that was acknowledged: the intent, or the one that this entry is in.
  PointId point{};
  Timestamp received = Timestamp::from_unix_ns(0), set_aside = Timestamp::from_unix_ns(0);
  std::uint32_t principal = 0;
  Door door = Door::internal;
  UpdateMode mode = UpdateMode::replace;
  RejectReason reason = RejectReason::none;
  bool bypass_compression = false;
  Run run;  ///< As sent.
};
std::string render_set_aside(const SetAside& letter);
Result<SetAside> parse_set_aside(std::string_view body);
/// `body` is what `render_set_aside` made.
void write_set_aside(GroupBuffer& group, std::string_view body);

}  // namespace penstock::journal
