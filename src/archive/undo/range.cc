#include "archive/undo/range.h"

namespace penstock::archive {
namespace {

class Counter final : public Walker {
 public:
  bool take(const codec::FrameSummary& summary) override {
    add(summary.count, summary.first, summary.last);
    return true;
  }
  Result<bool> take(const Run& run, std::size_t first, std::size_t end) override {
    add(end - first, run.time(first), run.time(end - 1));
    return true;
  }
  const RangeCount& count() const { return count_; }

 private:
  void add(std::size_t samples, Timestamp first, Timestamp last) {
    count_.samples += samples;
    if (!count_.first) count_.first = first;
    count_.last = last;
  }
  RangeCount count_;
};

}  // namespace

Result<RangeCount> count_range(const Archive& archive, PointId point, Timestamp first, Timestamp last) {
  Scan range;
  range.point = point;
  range.first = first;
  range.last = last;
  Counter counter;
  TRY_VOID(archive.walk(range, counter));
  return counter.count();
}

Error stopping() {
  return {ErrorCode::overloaded, {}, "the server stops"};
}

RangeErased erase_range(Archive& archive, PointId point, Timestamp first, Timestamp last, const Actor& actor,
                        const std::function<bool()>& stop) {
  RangeErased done;
  Scan range;
  range.point = point;
  range.first = first;
  range.last = last;
  range.limit = kEraseSamplesMax;
  while (range.first <= last) {
    if (stop()) {
      done.stopped = stopping();
      break;
    }
    Result<Run> found = archive.scan(range);
    if (!found) {
      done.stopped = found.error();
      break;
    }
    if (found->empty()) break;
    const bool more = found->size() == kEraseSamplesMax && found->times.back() < last.unix_ns();
    const Timestamp begin = found->time(0), end = found->time(found->size() - 1);
    WriteCommand command;
    command.mode = UpdateMode::remove;
    command.door = actor.door;
    command.principal = actor.principal;
    command.now = actor.now;
    command.writes.push_back({point, std::move(*found)});
    const Result<WriteResult> written = sync_wait(archive.write(std::move(command)));
    if (!written) {
      done.stopped = written.error();
      break;
    }
    if (const std::uint64_t erased = written->counts().erased; erased > 0) {
      done.erased.samples += erased;
      if (!done.erased.first) done.erased.first = begin;
      done.erased.last = end;
      done.batches.push_back(written->seq);
    }
    if (!more) break;
    range.first = end.plus_ns(1);
  }
  return done;
}

}  // namespace penstock::archive
