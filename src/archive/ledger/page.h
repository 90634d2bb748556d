#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/ledger/record.h"
#include "base/result.h"

namespace penstock::archive {

/// A batch as the leader tells it: made anew for each one out of the same memory.
struct LedgerRow {
  std::uint64_t seq = 0;
  std::int64_t received_us = 0;  ///< Unix microseconds.
  std::uint32_t principal = 0;
  Door door = Door::internal;
  UpdateMode mode = UpdateMode::replace;
  BatchOrigin origin = BatchOrigin::write;
  bool undecided = false;  ///< Queued: `by_outcome` says nothing yet.
  std::uint64_t about = 0;
  std::uint32_t sent = 0;
  std::uint32_t by_outcome[6] = {};
  std::vector<Touch> touches;
  /// Points that got one sample each, somewhere in [appended_first, appended_last], and had nothing there or
  /// later.
  std::vector<std::uint32_t> appended;
  std::int64_t appended_first = 0, appended_last = 0;
  std::vector<SetAside> set_aside;

  void clear();
  /// Neighbours on the same point become one touch.
  void touch(PointId point, std::int64_t first, std::int64_t last, std::uint32_t samples, bool append);
  void appended_at(PointId point, std::int64_t time);
};

/// What one look tells of a page: whether a query needs its rows.
struct PageHead {
  std::uint64_t page = 0;  ///< Its rows have the seqs page * kRows … (page + 1) * kRows - 1; some may miss.
  std::uint64_t last_seq = 0;
  std::int64_t received_min_us = INT64_MAX, received_max_us = INT64_MIN;
  std::uint64_t bytes = 0;  ///< Of the page as stored.
  std::vector<std::uint32_t> principals;
  std::uint32_t doors = 0;  ///< One bit each.
  bool many_points = false;
  std::vector<std::uint32_t> points;  ///< Ascending, unless there are many.

  bool may_match(const AuditQuery& query) const;
  std::string encode() const;
  static Result<PageHead> decode(std::string_view bytes);
};

/// Rows of batches in columns: neighbours differ little, so that a row takes some bytes only.
///
/// Threads: none of its own.
class LedgerPage {
 public:
  static constexpr std::uint64_t kRows = 4096;

  explicit LedgerPage(std::uint64_t number) : number_{number} {}

  std::uint64_t number() const { return number_; }
  std::uint64_t last_seq() const { return last_seq_; }
  bool empty() const { return rows_ == 0; }
  std::size_t bytes() const;  ///< In memory, about.

  /// `row.seq` is greater than that of the row before, and of this page.
  void append(const LedgerRow& row);

  /// Rows with seq at most `up_to`, ascending; those that `query` (but for its limit) has no use for are left
  /// out. False of `each` ends it.
  Result<void> read(std::uint64_t up_to, const AuditQuery& query,
                    const std::function<bool(BatchRecord&&)>& each) const;
  PageHead head() const;

  std::string encode() const;  ///< Compressed.
  /// For reading alone: `append` needs what `up_to` makes. Errors: store_corrupt.
  static Result<LedgerPage> decode(std::string_view bytes);
  /// The same without compression.
  std::string print() const;
  static Result<LedgerPage> parse(std::string_view plain);
  /// The page without rows of greater seqs, ready for the next one. Errors: store_corrupt.
  Result<LedgerPage> up_to(std::uint64_t seq) const;

 private:
  struct Who {
    std::uint32_t principal;
    Door door;
    UpdateMode mode;
    BatchOrigin origin;
    bool operator==(const Who&) const = default;
  };
  enum Column { heads, received, sizes, outcomes, point_ids, times, others, kColumns };
  class Reader;

  std::uint32_t who_of(const LedgerRow& row);
  std::uint32_t set_of(std::span<const std::uint32_t> points);

  std::uint64_t number_;
  std::uint64_t last_seq_ = 0;
  std::uint32_t rows_ = 0;
  std::string columns_[kColumns];
  std::vector<Who> who_;
  std::vector<std::vector<std::uint32_t>> sets_;  // Lists of points that came together, as they came.
  std::unordered_map<std::uint64_t, std::uint32_t> set_by_hash_;
  std::uint32_t last_who_ = 0, last_set_ = 0;
  // What the next row's numbers are told as differences to.
  std::int64_t before_received_ = 0, before_time_ = 0;
  std::uint32_t before_point_ = 0;
};

}  // namespace penstock::archive
