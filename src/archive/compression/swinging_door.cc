#include "archive/compression/swinging_door.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "base/clock.h"

namespace penstock::archive {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();
// Slopes that are equal on paper differ by rounding: an exact ramp must stay a ramp with a deviation of 0.
constexpr double kTolerance = 1e-12;

double number_of(const Value& value) {
  if (const double* number = std::get_if<double>(&value)) return *number;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  return 0;
}

bool same_value(const CompressionEvent& a, const CompressionEvent& b) {
  return a.whole && b.whole && a.quality.state == b.quality.state && a.value == b.value;
}

/// Good, or one of the system states.
bool same_class(const CompressionEvent& a, const CompressionEvent& b) {
  return a.quality.state == b.quality.state;
}

bool is_flagged(const Quality& quality) {
  return quality.has(Quality::kQuestionable) || quality.has(Quality::kAnnotated) || quality.grade != 0;
}

/// Nanoseconds between two times, as far as they can be told.
std::int64_t span_ns(std::int64_t from, std::int64_t to) {
  const auto span = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  return static_cast<std::int64_t>(
      std::min<std::uint64_t>(span, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

double slope(const CompressionEvent& from, const CompressionEvent& to, double shift) {
  return (number_of(to.value) + shift - number_of(from.value)) /
         static_cast<double>(span_ns(from.time, to.time));
}

bool at_most(double a, double b) {
  if (a <= b) return true;
  return std::isfinite(a) && std::isfinite(b) && a - b <= kTolerance * std::max(std::abs(a), std::abs(b));
}

bool is_near(const CompressionSettings& settings, const CompressionState& state,
             const CompressionEvent& next) {
  const CompressionEvent& a = state.archived;
  const CompressionEvent& s = state.snapshot;
  switch (settings.rule) {
    case CompressionRule::line: {
      const double now = slope(a, next, 0);
      // No line leads to or from NaN or infinity.
      return std::isfinite(now) && at_most(state.low, now) && at_most(now, state.high);
    }
    case CompressionRule::step:
      return std::abs(number_of(s.value) - number_of(a.value)) <= settings.deviation * (1 + kTolerance);
    case CompressionRule::equal: return same_value(a, s);
  }
  return false;
}

bool keeps_snapshot(const CompressionSettings& settings, const CompressionState& state,
                    const CompressionEvent& next, bool bypass) {
  const CompressionEvent& a = state.archived;
  const CompressionEvent& s = state.snapshot;
  if (!settings.compressing || state.archived_is != CompressionState::Archived::known) return true;
  if (state.pinned || bypass || s.time == a.time || is_flagged(s.quality)) return true;
  if (!same_class(a, s) || !same_class(s, next)) return true;
  const std::int64_t since = span_ns(a.time, s.time);
  if (since >= settings.max_ns) return true;
  if (since < settings.min_ns) return false;
  return !is_near(settings, state, next);
}

}  // namespace

bool CompressionSettings::needed(const Point& point) {
  // Points of future data have no snapshot stage: every event is archived as it comes.
  return (point.compressing && !point.future) || !point.archiving;
}

CompressionSettings CompressionSettings::of(const Point& point, bool before_creation) {
  CompressionSettings settings;
  switch (point.type) {
    case PointType::int16:
    case PointType::int32:
    case PointType::float16:
    case PointType::float32:
    case PointType::float64:
      settings.rule = point.step ? CompressionRule::step : CompressionRule::line;
      break;
    case PointType::digital:
    case PointType::string:
    case PointType::blob:
    case PointType::timestamp: settings.rule = CompressionRule::equal; break;
  }
  settings.compressing = point.compressing && !point.future;
  settings.archiving = point.archiving;
  settings.deviation = point.reduction->comp_dev;
  settings.min_ns = point.reduction->comp_min_s * kNsPerSecond;
  settings.max_ns = point.reduction->comp_max_s * kNsPerSecond;
  if (!before_creation) settings.created_ns = point.created.unix_ns();
  return settings;
}

CompressionEvent CompressionEvent::of(const Run& run, std::size_t i) {
  if (run.kind == Kind::text && run.texts[i].size() > kTextMax)
    return {run.times[i], std::string{}, run.quality(i), false};
  return {run.times[i], run.value(i), run.quality(i), true};
}

CompressionEvent CompressionEvent::of(const Sample& sample) {
  if (const auto* text = std::get_if<std::string>(&sample.value); text != nullptr && text->size() > kTextMax)
    return {sample.time.unix_ns(), std::string{}, sample.quality, false};
  return {sample.time.unix_ns(), sample.value, sample.quality, true};
}

bool CompressionEvent::operator==(const CompressionEvent& other) const {
  if (time != other.time || quality != other.quality || whole != other.whole ||
      value.index() != other.value.index()) {
    return false;
  }
  if (const double* number = std::get_if<double>(&value)) {
    return std::bit_cast<std::uint64_t>(*number) ==
           std::bit_cast<std::uint64_t>(std::get<double>(other.value));
  }
  return value == other.value;
}

void reopen(const CompressionSettings& settings, CompressionState& state) {
  state.low = state.high = 0;
  if (settings.rule != CompressionRule::line) return;
  if (!state.has_snapshot || state.archived_is != CompressionState::Archived::known) return;
  if (state.snapshot.time <= state.archived.time) return;
  state.low = slope(state.archived, state.snapshot, -settings.deviation);
  state.high = slope(state.archived, state.snapshot, settings.deviation);
}

Arrived arrive(const CompressionSettings& settings, CompressionState& state, CompressionEvent event,
               bool bypass) {
  using Archived = CompressionState::Archived;
  Arrived arrived;
  if (!state.has_snapshot) {
    const bool empty = state.snapshot.time == kNever;
    if (event.time < settings.created_ns || (!empty && event.time <= state.snapshot.time)) {
      arrived.kept = settings.archiving;
      if (arrived.kept) state.snapshot.time = std::max(state.snapshot.time, event.time);
      return arrived;
    }
    // The first one is a change of status, from "created" to a value: it stays.
    state.has_snapshot = state.pinned = true;
    state.archived_is = empty ? Archived::none : Archived::lost;
    state.snapshot = std::move(event);
    return arrived;
  }
  if (event.time < state.snapshot.time) {
    arrived.kept = settings.archiving;
    if (!arrived.kept || state.archived_is == Archived::lost) return arrived;
    if (state.archived_is == Archived::known && event.time < state.archived.time) return arrived;
    state.archived_is = Archived::known;
    state.archived = std::move(event);
    reopen(settings, state);
    return arrived;
  }
  const bool keeps = settings.archiving && keeps_snapshot(settings, state, event, bypass);
  if (keeps) {
    state.archived_is = Archived::known;
    state.archived = std::move(state.snapshot);
  } else {
    arrived.dropped = state.snapshot.time;
  }
  state.snapshot = std::move(event);
  state.pinned = bypass;
  if (keeps) {
    reopen(settings, state);
  } else if (settings.rule == CompressionRule::line && state.archived_is == Archived::known) {
    // A NaN is never the larger one, so it must not be what is compared with.
    const double low = slope(state.archived, state.snapshot, -settings.deviation);
    const double high = slope(state.archived, state.snapshot, settings.deviation);
    if (!(low <= state.low)) state.low = low;
    if (!(high >= state.high)) state.high = high;
  }
  return arrived;
}

void edited(const CompressionSettings& settings, CompressionState& state, CompressionEvent event) {
  if (state.has_snapshot && event.time == state.snapshot.time) {
    state.snapshot = std::move(event);
    state.pinned = true;
  } else if (state.archived_is == CompressionState::Archived::known && event.time == state.archived.time) {
    state.archived = std::move(event);
    reopen(settings, state);
  }
}

void sent_again(CompressionState& state, std::int64_t time) {
  if (state.has_snapshot && time == state.snapshot.time) state.pinned = true;
}

bool needs_predecessor(const CompressionState& state, Interval interval) {
  if (!state.has_snapshot) return false;
  using Archived = CompressionState::Archived;
  const bool takes_snapshot = interval.contains(state.snapshot.time);
  switch (state.archived_is) {
    case Archived::none: return false;
    case Archived::known: return interval.contains(state.archived.time);
    case Archived::lost: return takes_snapshot;
  }
  return false;
}

void erased(const CompressionSettings& settings, CompressionState& state, Interval interval,
            const Predecessor* before) {
  using Archived = CompressionState::Archived;
  if (!state.has_snapshot) return;
  const bool takes_snapshot = interval.contains(state.snapshot.time);
  const bool takes_archived = state.archived_is == Archived::known && interval.contains(state.archived.time);
  if (takes_archived || (takes_snapshot && state.archived_is == Archived::lost)) {
    if (before == nullptr) {
      state.archived_is = Archived::lost;
    } else if (before->event) {
      state.archived_is = Archived::known;
      state.archived = *before->event;
    } else {
      state.archived_is = Archived::none;
      state.archived = {};
    }
  }
  if (takes_snapshot) {
    state.pinned = false;
    switch (state.archived_is) {
      case Archived::known:
        // The newest archived event is promoted. It is archived already, so the next arrival keeps it.
        state.snapshot = state.archived;
        break;
      case Archived::none:
        state.has_snapshot = false;
        state.snapshot = {kNever, {}, {}, true};
        break;
      case Archived::lost:
        state.has_snapshot = false;
        state.snapshot = {state.snapshot.time, {}, {}, true};
        break;
    }
  }
  if (takes_snapshot || takes_archived) reopen(settings, state);
}

}  // namespace penstock::archive
