#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "archive/buffer/letters.h"
#include "archive/ledger/receipt.h"
#include "archive/ledger/record.h"
#include "archive/undo/undo.h"
#include "archive/watch.h"
#include "base/result.h"
#include "base/task.h"
#include "catalog/catalog.h"
#include "codec/summary.h"
#include "model/write.h"

namespace penstock::archive {

struct Options {
  std::string directory;                      ///< Made if absent. One server per directory, locked.
  std::string journal_directory;              ///< Empty: `journal` inside `directory`.
  std::size_t segment_bytes = 64u << 20;      ///< Of one journal segment; a multiple of 4096, at least 1 MiB.
  std::size_t flush_head_bytes = 192u << 20;  ///< The head is flushed when it holds more,
  std::size_t head_bytes_max =
      512u << 20;  ///< Beyond it writes are refused as overloaded until a flush has made room.
  std::size_t flush_journal_bytes = 512u << 20;  ///< or the journal does,
  std::int64_t flush_age_ms = 600'000;           ///< or its oldest sample waits longer,
  std::int64_t flush_idle_ms = 5'000;            ///< or nothing was written for so long.
  std::size_t reserve_bytes =
      256u << 20;                ///< Disk space held back for a flush when the disk is full; 0: none.
  bool background_flush = true;  ///< False: only `flush()` flushes. For tests.
  bool audit = true;             ///< False: no batch is recorded, receipts say so, nothing can be undone.
  std::int64_t audit_days = 90;  ///< Records of batches, and what they replaced or erased, are kept so long,
  std::uint64_t audit_bytes_max = 4ull << 30;   ///< and while they take less than this.
  std::int64_t receipt_days = 7;                ///< Receipts are answered so long.
  bool buffer = true;                           ///< False: nothing is ever queued.
  std::uint64_t buffer_bytes_max = 8ull << 30;  ///< Of the journal, for what is queued.
  /// Also events from before a point was made are compressed.
  bool compress_before_creation = false;
  bool away = false;  ///< For tests: opened as `set_away(true)` would leave it.
};

/// Samples of one point in time order. Both ends of the range belong to it.
struct Scan {
  PointId point{};
  Timestamp first = Timestamp::min(), last = Timestamp::max();
  std::size_t limit = SIZE_MAX;
  bool newest_first = false;
};

/// What a walk brings the samples of a range to, oldest first.
class Walker {
 public:
  virtual ~Walker() = default;
  /// All samples of one stored frame, which lies wholly in the range and which nothing newer touches. True:
  /// that was enough. False: its samples are asked for, and come next.
  virtual bool take(const codec::FrameSummary& summary) = 0;
  /// Samples [first, end) of `run`, at least one. False ends the walk; errors do, too.
  virtual Result<bool> take(const Run& run, std::size_t first, std::size_t end) = 0;
};

/// Numbers for /metrics and the start-up message.
struct Stats {
  std::uint64_t last_seq = 0, flushed_seq = 0, groups = 0, commands = 0, samples = 0, flushes = 0;
  std::uint64_t head_bytes = 0, head_samples = 0, journal_bytes = 0;
  std::uint64_t commit_ns = 0;                           ///< Sum over all groups of write and fsync.
  WriteCounts outcomes;                                  ///< Of all samples since the start.
  bool away = false;                                     ///< See Archive::set_away.
  std::uint64_t queued_batches = 0, queued_samples = 0;  ///< In the journal, not decided yet.
  std::int64_t queued_since_ns = 0;  ///< When the oldest of them came, Unix nanoseconds; 0: none.
  std::uint64_t letters = 0;         ///< Set aside and not yet replayed or dropped.
  std::uint64_t ledger_bytes = 0;
  std::uint64_t blocks_rewritten = 0;  ///< By flushes: decoded, merged and written again.
  std::uint64_t blocks_dropped = 0;    ///< By flushes: erased wholly, so that nobody looked into them.
};

/// The durable home of all samples and of the catalog: the one thing every dialect calls.
///
/// A write is journalled and fsynced before its task ends; a read sees every write whose task has ended, and
/// nothing that a crash could take back. All writes and catalog changes have one order, `seq`.
///
/// Threads: any method from any thread. Tasks resume on the executor they were awaited on.
class Archive {
 public:
  /// Opens or makes an archive and replays its journal.
  /// Errors: store_corrupt (names segment and offset), store_unavailable (locked by another server, or I/O).
  static Result<std::unique_ptr<Archive>> open(const Options& options);
  virtual ~Archive() = default;  ///< Flushes nothing: the journal has it. No task may be pending.

  /// Applies a command as a whole, at one place in the order of everything; durable when the task ends.
  /// A point that is gone gives `rejected` outcomes, not an error.
  /// Errors: conflict (all_or_none), overloaded (disk or queues full; nothing was stored), limit_exceeded.
  virtual Task<Result<WriteResult>> write(WriteCommand command) = 0;

  /// An edit of the catalog, run by the leader at its place in the order; see Editor. It must be quick, must
  /// not block, and may run more than once (it sees a fresh editor each time).
  using Edit = std::function<Result<void>(catalog::Editor&)>;

  /// Runs `edit` and makes its changes durable. An edit that changes nothing costs no journal write.
  /// Errors: what the edit returns (then nothing changed), overloaded.
  virtual Task<Result<std::uint64_t>> change(Edit edit, Door door, std::uint32_t principal) = 0;

  /// One read lock over the catalog: see catalog::Catalog::Reader. Never hold it over a co_await.
  virtual catalog::Catalog::Reader catalog() const = 0;

  /// Samples in range, oldest or newest first, at most `limit`. An unknown point has none.
  /// Errors: store_unavailable, store_corrupt.
  virtual Result<Run> scan(const Scan& request) const = 0;
  /// Brings all samples in range to `walker`, whose errors are passed on, as of one moment; `limit` and
  /// `newest_first` have no meaning. What summaries settle is not decoded. Errors: as scan.
  virtual Result<void> walk(const Scan& request, Walker& walker) const = 0;
  /// The newest sample of all, or nothing.
  virtual Result<std::optional<Sample>> newest(PointId point) const = 0;
  /// The newest sample at or before (`inclusive`) or before `time`, or nothing.
  virtual Result<std::optional<Sample>> at_or_before(PointId point, Timestamp time, bool inclusive) const = 0;
  virtual Result<std::optional<Sample>> at_or_after(PointId point, Timestamp time, bool inclusive) const = 0;

  /// Tells from now on what becomes of these points, each change once it is durable and readable. What the
  /// watch holds beyond `changes_max`, until it is taken, is lost. The archive outlives it.
  /// Errors: those of `scan`.
  virtual Result<std::unique_ptr<Watch>> watch(std::span<const PointId> points, std::size_t changes_max) = 0;

  /// For the loop of an I/O thread (Executor::gathers_writes): leads the sequencer if writes are waiting.
  virtual void lead() = 0;

  /// What the ledger knows of the batch `seq`; nothing if there is none, or no longer.
  /// Errors: store_unavailable, store_corrupt.
  virtual Result<std::optional<BatchRecord>> batch(std::uint64_t seq) const = 0;
  /// Records of batches that match, newest first, at most `query.limit`. Errors: as `batch`.
  virtual Result<std::vector<BatchRecord>> audit(const AuditQuery& query) const = 0;
  /// Names of batches as clients are given them.
  virtual const ReceiptNames& receipts() const = 0;

  /// Puts back what the batch `seq` replaced or erased, and takes away what it stored, as a batch of its own.
  /// Later batches that were undone, and their undos, do not stand in its way. An undo is undone like any
  /// other. Errors: not_found (also: forgotten with its record), conflict (a later batch touched the same
  /// range; the detail names it), limit_exceeded, unsupported (a change of the catalog, retention, or more
  /// was destroyed than is kept).
  virtual Task<Result<WriteResult>> undo(std::uint64_t seq, const Actor& actor) = 0;

  /// Erases what is too old, for good: what goes can't be put back. Not told to watches, which would learn of
  /// the oldest samples there are.
  /// Errors: overloaded, limit_exceeded.
  virtual Task<Result<WriteResult>> expire(std::vector<Expiry> points, const Actor& actor) = 0;
  /// A time before which the point has no sample, and near which it may have one; nothing if it has none.
  /// Costs no read.
  virtual std::optional<Timestamp> none_before(PointId point) const = 0;

  /// What was set aside because the archive refuses it for good, oldest first, at most `limit` behind
  /// `after`.
  virtual Result<std::vector<LetterHead>> letters(LetterId after, std::size_t limit) const = 0;
  /// One of them with its samples. Errors: not_found.
  virtual Result<Letter> letter(LetterId id) const = 0;
  /// Writes its samples again and, where none is refused, forgets it. Errors: not_found, those of `write`.
  virtual Task<Result<WriteResult>> replay_letter(LetterId id, const Actor& actor) = 0;
  /// Forgets it for good. Errors: not_found, overloaded.
  virtual Task<Result<std::uint64_t>> drop_letter(LetterId id, const Actor& actor) = 0;

  /// Fault switch: while the archive is away nothing is decided, and what may wait is queued.
  virtual void set_away(bool away) = 0;

  /// Moves the head into blocks and cuts the journal, now; returns when done. Errors: store_unavailable.
  virtual Result<void> flush() = 0;

  /// False once the journal failed: nothing is acknowledged any more and the process is about to end.
  virtual bool ready() const = 0;
  virtual Stats stats() const = 0;
};

}  // namespace penstock::archive
