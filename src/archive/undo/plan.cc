// What an undo has to do, worked out from the ledger, the preimages and the view. Nothing here changes
// anything.
#include "archive/undo/plan.h"

#include <algorithm>
#include <unordered_set>

namespace penstock::archive {
namespace {

/// As many samples of the view are looked at in one go.
constexpr std::size_t kChunk = 4096;

/// A look at the view at some times.
struct Seen {
  Run found;  ///< The samples at these times, ascending.
  /// Parallel to the times: other samples may lie between a time and the one before it.
  std::vector<bool> apart;
};

Result<Seen> look(const Archive& archive, PointId point, std::span<const std::int64_t> times) {
  Seen seen;
  seen.apart.resize(times.size());
  std::size_t at = 0;
  while (at < times.size()) {
    Scan request;
    request.point = point;
    request.first = Timestamp::from_unix_ns(times[at]);
    request.last = Timestamp::from_unix_ns(times.back());
    request.limit = kChunk;
    TRY(const Run chunk, archive.scan(request));
    seen.found.kind = chunk.empty() ? seen.found.kind : chunk.kind;
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      while (at < times.size() && times[at] < chunk.times[i]) ++at;
      if (at < times.size() && times[at] == chunk.times[i]) {
        seen.found.push_from(chunk, i);
      } else if (at < times.size()) {
        seen.apart[at] = true;
      }
    }
    if (chunk.size() < kChunk) break;
    // On from the next time of ours: what lies in between need not be looked at.
    while (at < times.size() && times[at] <= chunk.times.back()) ++at;
    if (at < times.size()) seen.apart[at] = true;
  }
  return seen;
}

bool has(std::span<const std::int64_t> times, std::int64_t t) {
  return std::binary_search(times.begin(), times.end(), t);
}

}  // namespace

bool overlap(std::span<const Interval> some, const Interval& one) {
  return std::any_of(some.begin(), some.end(),
                     [&](const Interval& each) { return each.first <= one.last && one.first <= each.last; });
}

Result<UndoingByPoint> undoing_of(const BatchRecord& record, std::span<const Preimage> preimages) {
  UndoingByPoint points;
  for (const Touch& touch : record.touches) {
    Undoing& undoing = points[touch.point];
    add_interval(undoing.touched, {touch.first, touch.last});
    if (touch.append) add_interval(undoing.appended, {touch.first, touch.last});
  }
  for (const Preimage& preimage : preimages) {
    if (!preimage.known) {
      return fail(ErrorCode::unsupported, {}, "the batch destroyed more samples than are kept for an undo");
    }
    Undoing& undoing = points[preimage.point];
    for (const std::int64_t time : preimage.put_times()) undoing.put.push_back(time);
    const Run destroyed = preimage.destroyed_samples();
    if (!destroyed.empty()) undoing.before = merge_runs(destroyed, undoing.before);
  }
  for (auto& [point, undoing] : points) {
    std::sort(undoing.put.begin(), undoing.put.end());
    undoing.put.erase(std::unique(undoing.put.begin(), undoing.put.end()), undoing.put.end());
  }
  return points;
}

Result<PlanPart> plan_point(const Archive& archive, PointId point, Undoing undoing) {
  PlanPart part;
  part.point = point;
  part.touched = undoing.touched;
  // Where the batch found nothing, there is nothing to put back, whatever it did there itself afterwards.
  const auto in_append = [&](std::int64_t t) { return contains(undoing.appended, t); };
  std::vector<std::int64_t> times;  // Those outside of appends.
  std::merge(undoing.put.begin(), undoing.put.end(), undoing.before.times.begin(), undoing.before.times.end(),
             std::back_inserter(times));
  times.erase(std::unique(times.begin(), times.end()), times.end());
  std::erase_if(times, in_append);

  TRY(Seen seen, look(archive, point, times));
  // Neighbouring times are erased as one interval where nothing else lies between them; what is put back
  // afterwards may.
  bool apart = true;
  for (std::size_t i = 0; i < times.size(); ++i) {
    apart = apart || seen.apart[i];
    if (!has(undoing.put, times[i]) || has(undoing.before.times, times[i])) continue;
    if (apart) {
      part.erases.push_back({times[i], times[i]});
    } else {
      part.erases.back().last = times[i];
    }
    apart = false;
  }
  part.destroyed = std::move(seen.found);
  for (const Interval& interval : undoing.appended) {
    Scan request;
    request.point = point;
    request.first = Timestamp::from_unix_ns(interval.first);
    request.last = Timestamp::from_unix_ns(interval.last);
    TRY(const Run there, archive.scan(request));
    if (there.empty()) continue;
    part.destroyed = part.destroyed.empty() ? there : merge_runs(there, part.destroyed);
    add_interval(part.erases, interval);
  }
  part.puts.kind = undoing.before.kind;
  for (std::size_t i = 0; i < undoing.before.size(); ++i) {
    if (!in_append(undoing.before.times[i])) part.puts.push_from(undoing.before, i);
  }

  std::size_t again = 0;
  for (const std::int64_t time : part.destroyed.times) again += has(part.puts.times, time) ? 1 : 0;
  part.outcomes.push(Outcome::erased, part.destroyed.size() - again);
  for (const std::int64_t time : part.puts.times) {
    part.outcomes.push(has(part.destroyed.times, time) ? Outcome::replaced : Outcome::stored);
  }
  if (part.puts.size() > 1 || (part.puts.size() == 1 && part.puts.kind == Kind::text)) {
    part.puts_as = encode_runs(part.puts, 0, part.puts.size());
  }
  if (!part.destroyed.empty()) part.destroyed_as = encode_runs(part.destroyed, 0, part.destroyed.size());
  return part;
}

namespace {

/// Looks at records from the newest to the oldest for one that stands in the way.
class Later {
 public:
  Later(const BatchRecord& record, const UndoingByPoint& points) : record_{record}, points_{points} {}

  /// False for the many that have nothing to do with it.
  bool matters(const BatchRecord& later) const { return later.origin == BatchOrigin::undo || touches(later); }
  /// True if `later` does.
  bool take(const BatchRecord& later) {
    if (undone_.contains(later.seq)) return false;
    if (later.origin == BatchOrigin::queued && undone_.contains(later.other)) return false;
    if (later.origin == BatchOrigin::undo && later.other > record_.seq) {
      // It put everything back as it was before the other: neither of them shows any more.
      undone_.insert(later.other);
      return false;
    }
    return touches(later);
  }

 private:
  bool touches(const BatchRecord& later) const {
    // What was ignored, identical or rejected has changed nothing that an undo could meet.
    const WriteCounts counts = later.counts();
    const std::uint64_t identical = later.by_outcome[static_cast<std::size_t>(Outcome::identical)];
    if (later.state != BatchState::queued && counts.stored + counts.replaced + counts.erased == identical)
      return false;
    return std::any_of(later.touches.begin(), later.touches.end(), [&](const Touch& touch) {
      const auto at = points_.find(touch.point);
      return at != points_.end() && overlap(at->second.touched, {touch.first, touch.last});
    });
  }

  const BatchRecord& record_;
  const UndoingByPoint& points_;
  std::unordered_set<std::uint64_t> undone_;
};

/// Few points are asked for one by one, which reads the pages that know them; many are looked for in all
/// records.
constexpr std::size_t kPointsAsked = 16;

/// True if `batch` was undone, and that was not undone again. Its undo may have nothing to do with the points
/// that are asked about: the batch changed others. Looks at some of its points only, so false may be wrong.
Result<bool> is_undone(const Archive& archive, const BatchRecord& batch) {
  // What a queued batch did, its decision did: that is what was undone.
  const std::uint64_t done_by = batch.origin == BatchOrigin::queued ? batch.other : batch.seq;
  std::map<std::uint64_t, std::uint64_t, std::greater<>> undos;  // Newest first: which batch each is about.
  std::unordered_set<std::uint32_t> asked;
  for (const Touch& touch : batch.touches) {
    if (asked.size() == kPointsAsked) break;
    if (!asked.insert(to_number(touch.point)).second) continue;
    AuditQuery query;
    query.point = touch.point;
    query.after_seq = batch.seq;
    query.limit = 1000;
    while (true) {
      TRY(const std::vector<BatchRecord> page, archive.audit(query));
      for (const BatchRecord& each : page) {
        if (each.origin == BatchOrigin::undo) undos.emplace(each.seq, each.other);
      }
      if (page.size() < query.limit) break;
      query.before_seq = page.back().seq;
    }
  }
  std::unordered_set<std::uint64_t> undone;
  for (const auto& [seq, other] : undos) {
    if (undone.contains(seq)) continue;
    if (other == done_by) return true;
    undone.insert(other);
  }
  return false;
}

}  // namespace

Result<std::optional<BatchRecord>> later_touch(const Archive& archive, const BatchRecord& record,
                                               const UndoingByPoint& points) {
  std::map<std::uint64_t, BatchRecord, std::greater<>> found;  // Newest first.
  Later later{record, points};
  const bool one_by_one = points.size() <= kPointsAsked;
  auto point = points.begin();
  while (point != points.end()) {
    AuditQuery query;
    query.after_seq = record.seq;
    query.limit = 1000;
    if (one_by_one) query.point = point->first;
    while (true) {
      TRY(std::vector<BatchRecord> page, archive.audit(query));
      const bool last = page.size() < query.limit;
      if (!page.empty()) query.before_seq = page.back().seq;
      for (BatchRecord& each : page) {
        if (each.seq <= record.seq) continue;
        if (!one_by_one) {
          if (!later.take(each)) continue;
          TRY(const bool undone, is_undone(archive, each));
          if (!undone) return std::optional{std::move(each)};
        } else if (later.matters(each)) {
          found.try_emplace(each.seq, std::move(each));
        }
      }
      if (last) break;
    }
    point = one_by_one ? std::next(point) : points.end();
  }
  for (auto& [seq, each] : found) {
    if (!later.take(each)) continue;
    TRY(const bool undone, is_undone(archive, each));
    if (!undone) return std::optional{std::move(each)};
  }
  return std::optional<BatchRecord>{};
}

}  // namespace penstock::archive
