#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/text.h"
#include "journal/group.h"

namespace penstock::journal {

struct Options {
  std::string directory;                  ///< Made if absent (its parent must exist).
  std::size_t segment_bytes = 64u << 20;  ///< A multiple of 4096, at least 64 KiB.
  Uuid server_id;                         ///< Whose journal it is; another's is refused.
  /// Everything up to here is durable in the store already: older segments may be missing and are not read.
  std::uint64_t applied_seq = 0;
  /// Groups after this one are kept and handed to `replay` even so. More than `applied_seq`: as that.
  std::uint64_t needed_seq = UINT64_MAX;
  bool direct = true;                 ///< Try to go round the page cache.
  std::int64_t spare_wait_ms = 1000;  ///< How long `make_room` waits for a segment that is being made.
};

struct Stats {
  std::uint64_t bytes = 0;     ///< In groups that `cut` has not released, headers and padding included.
  std::uint64_t segments = 0;  ///< Files that hold such groups.
  std::uint64_t spares = 0;
  std::uint64_t next_seq = 0;
  bool direct = false;
};

/// Where a group is.
struct GroupPlace {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;  ///< In bytes from the start of the segment's file.
  auto operator<=>(const GroupPlace&) const = default;
};

/// An append-only log in segments of one size that are written ahead of use and reused in place.
///
/// A group is kept whole or not at all, in order, without gaps; when `commit` has returned it survives a
/// crash of process and machine. No byte of a committed group is written again before `cut` released its
/// segment.
///
/// Threads: `make_room` and `commit` by one leader at a time; `cut` and the rest from any thread. One thread
/// of its own makes segments ahead of use.
class Journal {
 public:
  using Replay = std::function<Result<void>(const Group&)>;

  /// Locks the folder, checks all segments and hands every group after `applied_seq` (or `needed_seq`) in
  /// order to `replay`, whose first error ends the opening. A group borrows its bytes for the call; the first
  /// one may begin at or before that seq if it ends after it. A torn tail, which nobody was answered for, is
  /// left out. Errors: store_corrupt naming segment file and byte offset: a bad place with good groups behind
  /// it, a missing segment, another server's journal. store_unavailable: locked by another process, or I/O.
  static Result<std::unique_ptr<Journal>> open(const Options& options, const Replay& replay);
  virtual ~Journal() = default;

  /// Whether a group of `bytes` (GroupBuffer::size) can be committed now. Waits a moment for a segment in the
  /// making. False: disk full, or larger than a segment: nothing may be decided that needs the room.
  virtual bool make_room(std::size_t bytes) = 0;

  /// Writes the entries as one group: one write, one sync. `make_room` was true for its size. `first_seq` is
  /// `next_seq()`, and the group holds `batches` ≥ 1 seqs. Leaves the buffer as it was but for header and
  /// padding. Any error is final: nothing may be committed or answered any more, the process has to end.
  virtual Result<void> commit(GroupBuffer& group, std::uint64_t first_seq, std::uint32_t batches,
                              std::int64_t wall_ns) = 0;

  /// Where the group is that `commit` wrote last. For the leader.
  virtual GroupPlace place() const = 0;
  /// Hands the group at a place that `place` or the replay told of to `take`, whose error is passed on; its
  /// segment must not have been cut. Errors: store_unavailable, store_corrupt (naming file and offset).
  virtual Result<void> read_back(GroupPlace place, const Replay& take) = 0;

  /// All groups up to and with `seq` are durable in the store: their whole segments may be reused.
  virtual void cut(std::uint64_t seq) = 0;

  virtual std::uint64_t next_seq() const = 0;  ///< The seq that the next group begins with.
  virtual std::uint64_t bytes() const = 0;     ///< As Stats::bytes.
  virtual Stats stats() const = 0;

  /// While it lives, `cut` releases nothing: for a copy of store and journal that belong together.
  virtual std::shared_ptr<void> hold_cut() = 0;

  /// Copies all live segments into `directory` (made if absent) as a journal of its own; groups committed
  /// meanwhile may or may not be in it. No segment is released while it runs.
  virtual Result<void> copy_to(const std::string& directory) = 0;
};

}  // namespace penstock::journal
