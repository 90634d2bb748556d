#include "archive/decide.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace penstock::archive {
Outcome settle(UpdateMode mode, const Run& run, std::size_t i, Held& now) {
  const bool taken = now.run != nullptr;
  switch (mode) {
    case UpdateMode::insert:
    case UpdateMode::insert_no_compression:
      if (taken) return Outcome::ignored;
      now = {&run, i, false};
      return Outcome::stored;
    case UpdateMode::remove:
      if (!taken) return Outcome::ignored;
      now = {};
      return Outcome::erased;
    case UpdateMode::replace_only:
      if (!taken) return Outcome::ignored;
      break;
    case UpdateMode::replace:
    case UpdateMode::replace_range:
      if (!taken) {
        now = {&run, i, false};
        return Outcome::stored;
      }
      break;
  }
  if (run.same_at(i, *now.run, now.index)) return Outcome::identical;
  now = {&run, i, mode != UpdateMode::replace_range};
  return Outcome::replaced;
}

bool is_ascending(const Run& run) {
  return std::adjacent_find(run.times.begin(), run.times.end(), std::greater_equal<>{}) == run.times.end();
}

Ordered put_in_order(const Run& run) {
  Ordered ordered;
  if (is_ascending(run)) return ordered;
  ordered.order.resize(run.size());
  std::iota(ordered.order.begin(), ordered.order.end(), 0u);
  std::stable_sort(ordered.order.begin(), ordered.order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return run.times[a] < run.times[b]; });
  for (const std::uint32_t i : ordered.order) {
    if (ordered.distinct.empty() || ordered.distinct.back() != run.times[i])
      ordered.distinct.push_back(run.times[i]);
  }
  return ordered;
}

Outcome outcome_if_free(UpdateMode mode) {
  return mode == UpdateMode::replace_only || mode == UpdateMode::remove ? Outcome::ignored : Outcome::stored;
}

Decision decide(UpdateMode mode, const Run& run, const Ordered& ordered, const Matches& matches) {
  Decision decision;
  decision.puts.kind = run.kind;
  decision.destroyed.kind = run.kind;
  if (run.empty()) return decision;
  const std::span<const std::int64_t> times = ordered.times(run);
  const bool whole_range = mode == UpdateMode::replace_range;
  if (whole_range) decision.erases.push_back({times.front(), times.back()});

  std::vector<Outcome> outcomes(run.size());
  std::size_t at = 0;  // Next place in the order.
  for (std::size_t slot = 0; slot < times.size(); ++slot) {
    Held now;
    if (!whole_range && matches.taken(slot))
      now = {&matches.found, static_cast<std::size_t>(matches.where[slot])};
    const bool was_taken = now.run != nullptr;
    for (; at < run.size(); ++at) {
      const std::size_t i = ordered.ascending() ? at : ordered.order[at];
      if (run.times[i] != times[slot]) break;
      outcomes[i] = settle(mode, run, i, now);
    }
    if (was_taken && now.run != &matches.found) {
      decision.destroyed.push_from(matches.found, static_cast<std::size_t>(matches.where[slot]));
    }
    if (now.run == &run) {
      decision.puts.append(run, now.index, 1);
      if (now.substituted) {
        const std::size_t put = decision.puts.size() - 1;
        Quality quality = decision.puts.quality(put);
        quality.flags |= Quality::kSubstituted;
        decision.puts.set_quality(put, quality);
      }
    } else if (was_taken && now.run == nullptr) {
      decision.erases.push_back({times[slot], times[slot]});
    }
  }
  for (const Outcome outcome : outcomes) decision.outcomes.push(outcome);
  return decision;
}

}  // namespace penstock::archive
