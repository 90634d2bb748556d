#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "journal/format.h"
#include "journal/journal.h"

namespace penstock::journal {

/// A segment that holds groups the store may not have.
struct Segment {
  std::string path;
  SegmentHeader header;
  std::uint64_t end = kPage;   ///< Where its groups end.
  std::uint64_t last_seq = 0;  ///< header.first_seq - 1 if it has none.
};

/// What a folder was found to hold.
struct Recovered {
  std::vector<Segment> live;          ///< In order; only the last may have been left out as a whole by `cut`.
  std::vector<std::string> reusable;  ///< Files of the wanted size, oldest first.
  std::vector<std::string> useless;   ///< To be deleted.
  std::uint64_t next_seq = 1;
  std::uint32_t last_crc = 0;   ///< Of the last group.
  std::uint64_t next_file = 1;  ///< Number for the name of the next file.
};

/// Reads all segments in `options.directory` and replays them: the checks of Journal::open. Changes nothing.
Result<Recovered> recover(const Options& options, const Journal::Replay& replay);

/// Replays the groups of one segment's bytes. With `end` known (from the next segment's header) they must
/// reach exactly there; else they end at the first place without a sound group, behind which there may be
/// none. On success `segment.end` and `last_seq` are set, `crc` is that of the last group. Pure but for
/// `replay`.
Result<void> walk(std::string_view bytes, Segment& segment, const std::uint64_t* end,
                  std::uint64_t needed_seq, std::uint32_t& crc, const Journal::Replay& replay);

}  // namespace penstock::journal
