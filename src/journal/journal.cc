#include "journal/journal.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "journal/recovery.h"
#include "journal/spares.h"

namespace penstock::journal {
namespace {

class SegmentedJournal : public Journal {
 public:
  SegmentedJournal(const Options& options, File lock, Recovered recovered)
      : options_{options},
        lock_{std::move(lock)},
        last_crc_{recovered.last_crc},
        next_seq_{recovered.next_seq},
        live_{std::make_move_iterator(recovered.live.begin()), std::make_move_iterator(recovered.live.end())},
        cut_seq_{std::min(options.applied_seq, options.needed_seq)},
        spares_{{options.directory, options.segment_bytes, options.direct, recovered.next_file}} {
    for (const Segment& segment : live_) live_bytes_ += segment.end - kPage;
    for (const std::string& path : recovered.useless) static_cast<void>(remove_file(path));
    for (const std::string& path : recovered.reusable) spares_.give(path);
    release();
  }

  bool make_room(std::size_t bytes) override {
    const std::size_t padded = round_to_page(bytes);
    if (failed_.load() || padded > options_.segment_bytes - kPage) return false;
    if (fits(padded) || spares_.any()) return true;
    return spares_.wait(options_.spare_wait_ms);
  }

  Result<void> commit(GroupBuffer& group, std::uint64_t first_seq, std::uint32_t batches,
                      std::int64_t wall_ns) override {
    CHECK(first_seq == next_seq() && batches > 0 && !group.empty());
    if (failed_.load()) return fail(ErrorCode::store_unavailable, {}, "the journal has failed before");
    auto done = write(group, first_seq, batches, wall_ns);
    if (!done) failed_.store(true);
    return done;
  }

  GroupPlace place() const override { return place_; }
  Result<void> read_back(GroupPlace place, const Replay& take) override;

  void cut(std::uint64_t seq) override {
    {
      const std::lock_guard lock{mutex_};
      cut_seq_ = std::max(cut_seq_, seq);
    }
    release();
  }

  std::uint64_t next_seq() const override { return next_seq_.load(std::memory_order_acquire); }
  std::uint64_t bytes() const override { return live_bytes_.load(std::memory_order_relaxed); }

  Stats stats() const override {
    const std::lock_guard lock{mutex_};
    Stats stats;
    stats.bytes = bytes();
    stats.segments = live_.size();
    stats.spares = spares_.count();
    stats.next_seq = next_seq();
    stats.direct = current_is_direct_.load();
    return stats;
  }

  std::shared_ptr<void> hold_cut() override {
    const std::lock_guard lock{mutex_};
    ++holds_;
    return {this, [](SegmentedJournal* journal) {
              {
                const std::lock_guard release_lock{journal->mutex_};
                --journal->holds_;
              }
              journal->release();
            }};
  }

  Result<void> copy_to(const std::string& directory) override;

  /// Makes the first segment ready. A full disk is no reason not to open: reads go on.
  void prepare() {
    if (!spares_.wait(60'000)) log::warning("the journal has no room: nothing can be written");
  }

 private:
  bool fits(std::size_t padded) const {
    return current_.is_open() && options_.segment_bytes - current_end_ >= padded;
  }

  Result<void> write(GroupBuffer& group, std::uint64_t first_seq, std::uint32_t batches,
                     std::int64_t wall_ns) {
    if (!fits(round_to_page(group.size()))) TRY_VOID(begin_segment());
    GroupHeader header;
    header.segment = current_header_.segment;
    header.first_seq = first_seq;
    header.batches = batches;
    header.prev_crc = last_crc_;
    header.wall_ns = wall_ns;
    const std::string_view bytes = group.seal(header, current_header_.nonce);
    CHECK(fits(bytes.size()));
    TRY_VOID(current_.write(bytes.data(), bytes.size(), current_end_));
    TRY_VOID(current_.sync_data());
    place_ = {header.segment, current_end_};
    current_end_ += bytes.size();
    last_crc_ = header.crc;
    next_seq_.store(first_seq + batches, std::memory_order_release);
    live_bytes_.fetch_add(bytes.size(), std::memory_order_relaxed);
    {
      const std::lock_guard lock{mutex_};
      live_.back().end = current_end_;
      live_.back().last_seq = first_seq + batches - 1;
    }
    if (current_end_ > options_.segment_bytes / 2 && !spares_.any()) spares_.want();
    return {};
  }

  /// The header is on disk before a group is: a segment with groups and without a header is damaged, not new.
  Result<void> begin_segment() {
    auto file = spares_.take();
    if (!file) return fail(ErrorCode::overloaded, options_.directory, "the journal has no room");
    SegmentHeader header;
    {
      const std::lock_guard lock{mutex_};
      if (!live_.empty()) {
        header.prev_segment = live_.back().header.segment;
        header.prev_end = live_.back().end;
      }
    }
    header.segment = header.prev_segment + 1;
    std::memcpy(header.server_id, options_.server_id.bytes, sizeof header.server_id);
    random_bytes(&header.nonce, sizeof header.nonce);
    header.first_seq = next_seq();
    header.bytes = options_.segment_bytes;
    header.prev_crc = last_crc_;
    seal(header);

    AlignedBuffer page;
    page.reserve(kPage, 0);
    std::memset(page.data(), 0, kPage);
    std::memcpy(page.data(), &header, sizeof header);
    TRY_VOID(file->write(page.data(), kPage, 0));
    TRY_VOID(file->sync_data());

    current_ = *std::move(file);
    current_header_ = header;
    current_end_ = kPage;
    current_is_direct_ = current_.is_direct();
    {
      const std::lock_guard lock{mutex_};
      live_.push_back({current_.path(), header, kPage, header.first_seq - 1});
    }
    release();
    return {};
  }

  /// Gives away the segments that nobody needs. The newest stays: its header says where everything goes on.
  void release() {
    std::vector<Segment> released;
    {
      const std::lock_guard lock{mutex_};
      while (holds_ == 0 && live_.size() > 1 && live_.front().last_seq <= cut_seq_) {
        released.push_back(std::move(live_.front()));
        live_.pop_front();
      }
    }
    for (const Segment& segment : released) {
      live_bytes_.fetch_sub(segment.end - kPage, std::memory_order_relaxed);
      if (segment.header.bytes == options_.segment_bytes) {
        spares_.give(segment.path);
      } else {
        static_cast<void>(remove_file(segment.path));
      }
    }
  }

  const Options options_;
  const File lock_;

  // The leader's.
  File current_;
  SegmentHeader current_header_;
  std::uint64_t current_end_ = 0;
  std::uint32_t last_crc_;
  GroupPlace place_;

  std::atomic<std::uint64_t> next_seq_;
  std::atomic<std::uint64_t> live_bytes_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> current_is_direct_{false};

  mutable std::mutex mutex_;  // Guards the next three.
  std::deque<Segment> live_;  ///< Oldest first. The last is the current one, or the last before the opening.
  std::uint64_t cut_seq_;
  int holds_ = 0;

  Spares spares_;
};

Result<void> SegmentedJournal::read_back(GroupPlace place, const Replay& take) {
  const auto hold = hold_cut();
  std::optional<Segment> segment;
  {
    const std::lock_guard lock{mutex_};
    for (const Segment& each : live_) {
      if (each.header.segment == place.segment) segment = each;
    }
  }
  CHECK(segment && place.offset % kPage == 0 && place.offset + kPage <= segment->end);
  const auto damaged = [&] {
    return fail(ErrorCode::store_corrupt, segment->path + ":" + std::to_string(place.offset),
                "journal segment " + segment->path + ", byte " + std::to_string(place.offset) +
                    ": a group is damaged");
  };
  TRY(const File file, File::open(segment->path, File::Mode::read, options_.direct));
  AlignedBuffer buffer;
  buffer.reserve(kPage, 0);
  TRY_VOID(file.read(buffer.data(), kPage, place.offset));
  GroupHeader header;
  std::memcpy(&header, buffer.data(), sizeof header);
  const std::size_t size = round_to_page(header.length);
  if (header.length < kGroupHeaderBytes || size > segment->end - place.offset) return damaged();
  buffer.reserve(size, kPage);
  if (size > kPage) TRY_VOID(file.read(buffer.data() + kPage, size - kPage, place.offset + kPage));
  const auto found = find_group({buffer.data(), size}, 0, segment->header);
  if (!found) return damaged();
  Group group;
  group.segment = place.segment;
  group.offset = place.offset;
  group.first_seq = found->first_seq;
  group.batches = found->batches;
  group.wall_ns = found->wall_ns;
  const std::string_view body{buffer.data() + kGroupHeaderBytes, found->length - kGroupHeaderBytes};
  if (!Entries::parse(body, found->entries, group.entries)) return damaged();
  return take(group);
}

Result<void> SegmentedJournal::copy_to(const std::string& directory) {
  const auto hold = hold_cut();
  std::vector<Segment> segments;
  {
    const std::lock_guard lock{mutex_};
    segments.assign(live_.begin(), live_.end());
  }
  TRY_VOID(make_directory(directory));
  constexpr std::uint64_t kPiece = 4u << 20;
  AlignedBuffer buffer;
  buffer.reserve(kPiece, 0);
  for (Segment& segment : segments) {
    const std::string name = segment.path.substr(segment.path.find_last_of('/'));
    TRY(const File from, File::open(segment.path, File::Mode::read, options_.direct));
    TRY(File to, File::open(directory + name, File::Mode::create, options_.direct));
    for (std::uint64_t at = 0; at < segment.end; at += kPiece) {
      const std::uint64_t size = std::min(kPiece, segment.end - at);
      TRY_VOID(from.read(buffer.data(), size, at));
      if (at == 0) {
        // The copy ends where its groups do. Another size than other segments have: it will not be reused.
        segment.header.bytes = segment.end;
        seal(segment.header);
        std::memcpy(buffer.data(), &segment.header, sizeof segment.header);
      }
      TRY_VOID(to.write(buffer.data(), size, at));
    }
    TRY_VOID(to.sync_all());
  }
  return sync_directory(directory);
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(const Options& options, const Replay& replay) {
  CHECK(options.segment_bytes % kPage == 0 && options.segment_bytes >= (64u << 10));
  TRY_VOID(make_directory(options.directory));
  TRY(File lock, File::lock(options.directory + "/LOCK"));
  TRY(Recovered recovered, recover(options, replay));
  auto journal = std::make_unique<SegmentedJournal>(options, std::move(lock), std::move(recovered));
  journal->prepare();
  return journal;
}

}  // namespace penstock::journal
