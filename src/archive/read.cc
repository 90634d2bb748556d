// Reads: copy what the head holds under the stripe lock, then merge it with blocks outside of any lock.
#include "archive/engine.h"

namespace penstock::archive {
namespace {

/// Enough runs for most bounded reads; where it is not, the read begins again with all of them.
std::size_t runs_for(std::size_t limit) {
  return limit == SIZE_MAX ? SIZE_MAX : limit / 32 + 8;
}

std::optional<Sample> first_of(const Run& run) {
  if (run.empty()) return std::nullopt;
  return run.sample(0);
}

}  // namespace

std::shared_ptr<const Version> Engine::version() const {
  const std::lock_guard lock{version_mutex_};
  return version_;
}

void Engine::set_version(std::shared_ptr<const Version> version) {
  // The old one may be the last to hold its snapshot: it is let go outside of the lock.
  const std::lock_guard lock{version_mutex_};
  version_.swap(version);
}

std::optional<ViewCopy> Engine::copy_view(const Scan& request, std::size_t runs_max) const {
  const Slot* const slot = slots_.find(request.point);
  if (slot == nullptr) return std::nullopt;
  const Interval range{request.first.unix_ns(), request.last.unix_ns()};
  while (true) {
    ViewCopy view;
    view.kind = static_cast<Kind>(slot->kind.load(std::memory_order_relaxed));
    view.version = version();
    {
      const std::lock_guard lock{slots_.stripe(request.point)};
      if (slot->active)
        view.layers.push_back(copy_layer(*slot->active, range, request.newest_first, runs_max));
      // A frozen layer that the version's blocks contain already adds nothing.
      if (slot->frozen && slot->frozen_gen > view.version->gen) {
        view.layers.push_back(copy_layer(*slot->frozen, range, request.newest_first, runs_max));
      }
      view.sealed = slot->sealed;
      // Between the swap of the version and its turn here, the ends in the slot are those of before.
      if (slot->frozen && slot->frozen_gen <= view.version->gen) {
        view.sealed = {Timestamp::min().unix_ns(), Timestamp::max().unix_ns(), 1};
      }
    }
    // A flush that ended in between has dropped a layer that the older blocks lack.
    if (version() == view.version) return view;
  }
}

Result<Run> Engine::scan(const Scan& request) const {
  for (std::size_t runs_max = runs_for(request.limit);; runs_max = SIZE_MAX) {
    const std::optional<ViewCopy> view = copy_view(request, runs_max);
    if (!view) return Run{};
    bool complete = true;
    Result<Run> found = merge_view(*view, request, &complete);
    if (!found || complete) return found;
  }
}

Result<void> Engine::walk(const Scan& request, Walker& walker) const {
  if (request.last < request.first) return {};
  Scan oldest_first = request;
  oldest_first.newest_first = false;
  oldest_first.limit = SIZE_MAX;
  const std::optional<ViewCopy> view = copy_view(oldest_first, SIZE_MAX);
  if (!view) return {};
  return walk_view(*view, oldest_first, walker);
}

Result<std::optional<Sample>> Engine::newest(PointId point) const {
  Scan request;
  request.point = point;
  request.limit = 1;
  request.newest_first = true;
  TRY(const Run found, scan(request));
  return first_of(found);
}

Result<std::optional<Sample>> Engine::at_or_before(PointId point, Timestamp time, bool inclusive) const {
  if (!inclusive && time == Timestamp::min()) return std::optional<Sample>{};
  Scan request;
  request.point = point;
  request.last = inclusive ? time : time.plus_ns(-1);
  request.limit = 1;
  request.newest_first = true;
  TRY(const Run found, scan(request));
  return first_of(found);
}

Result<std::optional<Sample>> Engine::at_or_after(PointId point, Timestamp time, bool inclusive) const {
  if (!inclusive && time == Timestamp::max()) return std::optional<Sample>{};
  Scan request;
  request.point = point;
  request.first = inclusive ? time : time.plus_ns(1);
  request.limit = 1;
  TRY(const Run found, scan(request));
  return first_of(found);
}

Result<std::unique_ptr<Watch>> Engine::watch(std::span<const PointId> points, std::size_t changes_max) {
  auto made = watches_.add(points, changes_max);
  // Read behind the registration, so that no write falls in between; a sample that is written meanwhile may
  // be told as added though it is not the newest.
  for (const PointId point : points) {
    TRY(const auto sample, newest(point));
    if (sample) watches_.newest_is(point, sample->time.unix_ns());
  }
  return made;
}

}  // namespace penstock::archive
