#include "archive/layer.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/check.h"
#include "codec/frame.h"

namespace penstock::archive {
namespace {

// A run shorter than this takes up short neighbours, so that single writes do not leave a crumb trail of
// frames.
constexpr std::size_t kSmallRun = 128;

/// Of a sample in the tail, besides its columns' room: Layer::bytes counts that by capacity.
std::size_t tail_sample_bytes(const Run& run, std::size_t i) {
  return run.kind == Kind::text ? sizeof(std::string) + run.texts[i].size() : 0;
}

/// First run whose end is at or after `t`.
std::size_t first_run_reaching(const std::vector<EncodedRun>& runs, std::int64_t t) {
  return static_cast<std::size_t>(
      std::lower_bound(runs.begin(), runs.end(), t,
                       [](const EncodedRun& run, std::int64_t time) { return run.last < time; }) -
      runs.begin());
}

Run slice(const Run& run, std::size_t first, std::size_t last) {
  Run part;
  part.kind = run.kind;
  part.append(run, first, last - first);
  return part;
}

void drop_last(Run& run) {
  run.times.pop_back();
  if (is_number(run.kind)) {
    run.numbers.pop_back();
  } else if (is_integer(run.kind)) {
    run.integers.pop_back();
  } else {
    run.texts.pop_back();
  }
  if (!run.qualities.empty()) run.qualities.pop_back();
}

std::size_t index_of(const std::vector<std::int64_t>& times, std::int64_t t) {
  return static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), t) - times.begin());
}

}  // namespace

std::vector<EncodedRun> encode_runs(const Run& run, std::size_t first, std::size_t count) {
  std::vector<EncodedRun> runs;
  const std::size_t pieces = (count + codec::kFrameSamplesMax - 1) / codec::kFrameSamplesMax;
  runs.reserve(pieces);
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    const std::size_t from = first + count * piece / pieces, to = first + count * (piece + 1) / pieces;
    auto frame = std::make_shared<std::string>();
    codec::encode_frame(run, from, to - from, *frame);
    runs.push_back(
        {run.times[from], run.times[to - 1], static_cast<std::uint32_t>(to - from), std::move(frame)});
  }
  return runs;
}

Run decode_run(const EncodedRun& run) {
  Run decoded;
  const Result<void> done = codec::decode_frame(*run.frame, decoded);
  CHECK(done.has_value());
  return decoded;
}

void match_run(const Run& run, std::span<const std::int64_t> times, Matches& matches, std::size_t offset) {
  if (run.empty() || times.empty()) return;
  auto t = static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), run.times.front()) -
                                    times.begin());
  std::size_t r = t < times.size() ? index_of(run.times, times[t]) : run.size();
  while (t < times.size() && r < run.size()) {
    if (run.times[r] < times[t]) {
      ++r;
    } else if (times[t] < run.times[r]) {
      ++t;
    } else {
      if (matches.where[offset + t] == Matches::kUnknown) matches.take(offset + t, run, r);
      ++t;
      ++r;
    }
  }
}

void match_erase(const Interval& interval, std::span<const std::int64_t> times, Matches& matches) {
  auto t =
      static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), interval.first) - times.begin());
  for (; t < times.size() && times[t] <= interval.last; ++t) {
    if (matches.where[t] == Matches::kUnknown) matches.free(t);
  }
}

void add_interval(std::vector<Interval>& list, Interval interval) {
  // Joined with all that it meets or borders on.
  const auto borders_before = [](const Interval& have, std::int64_t t) {
    return have.last < t && have.last + 1 < t;
  };
  const auto begin = std::lower_bound(list.begin(), list.end(), interval.first, borders_before);
  auto end = begin;
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  while (end != list.end() && (interval.last == kMax || end->first <= interval.last + 1)) {
    interval.first = std::min(interval.first, end->first);
    interval.last = std::max(interval.last, end->last);
    ++end;
  }
  if (begin == end) {
    list.insert(begin, interval);
  } else {
    *begin = interval;
    list.erase(begin + 1, end);
  }
}

bool contains(const std::vector<Interval>& list, std::int64_t t) {
  const auto at = std::lower_bound(list.begin(), list.end(), t,
                                   [](const Interval& have, std::int64_t time) { return have.last < time; });
  return at != list.end() && at->first <= t;
}

std::int64_t behind_mask(const std::vector<Interval>& list, std::int64_t t) {
  const auto at = std::lower_bound(list.begin(), list.end(), t,
                                   [](const Interval& have, std::int64_t time) { return have.last < time; });
  if (at == list.end() || at->first > t) return t;
  return at->last == std::numeric_limits<std::int64_t>::max() ? at->last : at->last + 1;
}

Run merge_runs(const Run& newer, const Run& older) {
  if (newer.empty()) return older;
  if (older.empty()) return newer;
  Run out;
  out.kind = older.kind;
  out.reserve(newer.size() + older.size());
  std::size_t n = 0, o = 0;
  while (n < newer.size() && o < older.size()) {
    if (older.times[o] < newer.times[n]) {
      const std::size_t end = index_of(older.times, newer.times[n]);
      out.append(older, o, end - o);
      o = end;
    } else {
      if (older.times[o] == newer.times[n]) ++o;
      out.append(newer, n++, 1);
    }
  }
  if (n < newer.size()) out.append(newer, n, newer.size() - n);
  if (o < older.size()) out.append(older, o, older.size() - o);
  return out;
}

void Layer::account(const EncodedRun& run, int sign) {
  const std::size_t bytes = run.frame->size() + sizeof(EncodedRun) + 48;
  bytes_ = sign > 0 ? bytes_ + bytes : bytes_ - bytes;
  samples_ = sign > 0 ? samples_ + run.count : samples_ - run.count;
}

std::size_t Layer::replace_runs(std::size_t index, std::size_t n, const std::vector<EncodedRun>& with) {
  const auto at = runs_.begin() + static_cast<std::ptrdiff_t>(index);
  for (std::size_t i = 0; i < n; ++i) account(runs_[index + i], -1);
  for (const EncodedRun& run : with) account(run, +1);
  const std::size_t same = std::min(n, with.size());
  std::copy(with.begin(), with.begin() + static_cast<std::ptrdiff_t>(same), at);
  if (with.size() > n) {
    runs_.insert(at + static_cast<std::ptrdiff_t>(same), with.begin() + static_cast<std::ptrdiff_t>(same),
                 with.end());
  } else {
    runs_.erase(at + static_cast<std::ptrdiff_t>(same), at + static_cast<std::ptrdiff_t>(n));
  }
  return index + with.size();
}

void Layer::merge(const Run& run) {
  std::size_t i = 0;
  while (i < run.size()) {
    const std::size_t k = first_run_reaching(runs_, run.times[i]);
    if (k < runs_.size() && runs_[k].first <= run.times[i]) {
      // Inside run k: everything up to its end is merged with it.
      std::size_t end = i;
      while (end < run.size() && run.times[end] <= runs_[k].last) ++end;
      const Run merged = merge_runs(slice(run, i, end), decode_run(runs_[k]));
      replace_runs(k, 1, encode_runs(merged, 0, merged.size()));
      i = end;
      continue;
    }
    // In the gap before run k (or behind all).
    std::size_t end = run.size();
    if (k < runs_.size()) end = index_of(run.times, runs_[k].first);
    if (k > 0 && runs_[k - 1].count < kSmallRun && end - i < kSmallRun) {
      Run joined = decode_run(runs_[k - 1]);
      joined.append(run, i, end - i);
      replace_runs(k - 1, 1, encode_runs(joined, 0, joined.size()));
    } else {
      replace_runs(k, 0, encode_runs(run, i, end - i));
    }
    i = end;
  }
}

void Layer::spill() {
  if (tail_.empty()) return;
  for (std::size_t i = 0; i < tail_.size(); ++i) bytes_ -= tail_sample_bytes(tail_, i);
  samples_ -= tail_.size();
  merge(tail_);
  tail_.clear();  // Its room stays: the next samples come.
}

void Layer::put(const Run& run) {
  if (run.empty()) return;
  if (run.size() == 1) return put_one(run, 0);
  if (!tail_.empty() && run.times.front() <= tail_.times.back() && tail_.times.front() <= run.times.back())
    spill();
  merge(run);
}

void Layer::put_encoded(const EncodedRun& run) {
  if (!tail_.empty() && run.first <= tail_.times.back() && tail_.times.front() <= run.last) spill();
  const std::size_t k = first_run_reaching(runs_, run.first);
  if (k < runs_.size() && runs_[k].first <= run.last) return merge(decode_run(run));
  replace_runs(k, 0, {run});
}

void Layer::put_one(const Run& run, std::size_t i) {
  const std::int64_t t = run.times[i];
  bytes_ += tail_sample_bytes(run, i);
  ++samples_;
  const std::size_t at = tail_.empty() || tail_.times.back() < t ? tail_.size() : index_of(tail_.times, t);
  if (at < tail_.size() && tail_.times[at] == t) {
    bytes_ -= tail_sample_bytes(tail_, at);
    --samples_;
    tail_.assign_from(at, run, i);
  } else {
    tail_.insert_from(at, run, i);
  }
  if (tail_.size() >= kTailMax) spill();
}

void Layer::put_one(std::int64_t time, std::uint64_t bits, Quality quality) {
  if (tail_.empty() || tail_.times.back() < time) {
    // What comes in order costs two appends.
    if (is_number(tail_.kind)) {
      tail_.numbers.push_back(std::bit_cast<double>(bits));
    } else {
      tail_.integers.push_back(std::bit_cast<std::int64_t>(bits));
    }
    if (!tail_.qualities.empty() || !quality.is_plain()) {
      tail_.qualities.resize(tail_.times.size());
      tail_.qualities.push_back(quality);
    }
    tail_.times.push_back(time);
    ++samples_;
    if (tail_.size() >= kTailMax) spill();
    return;
  }
  Run one;
  one.kind = tail_.kind;
  const Value value =
      is_number(one.kind) ? Value{std::bit_cast<double>(bits)} : Value{std::bit_cast<std::int64_t>(bits)};
  one.push(Timestamp::from_unix_ns(time), value, quality);
  put_one(one, 0);
}

void Layer::erase(const Interval& interval) {
  add_interval(mask_, interval);
  trim(interval);
}

void Layer::drop(std::int64_t time) {
  if (tail_.empty() || tail_.times.back() != time) return trim({time, time});
  bytes_ -= tail_sample_bytes(tail_, tail_.size() - 1);
  --samples_;
  drop_last(tail_);
  // One of the tail may cover one of a run, which must not come to light again.
  if (!runs_.empty() && runs_.back().last >= time) trim({time, time});
}

void Layer::trim(const Interval& interval) {
  const std::size_t tail_first = index_of(tail_.times, interval.first);
  std::size_t tail_end = tail_first;
  while (tail_end < tail_.size() && tail_.times[tail_end] <= interval.last) ++tail_end;
  if (tail_end > tail_first) {
    for (std::size_t i = tail_first; i < tail_end; ++i) bytes_ -= tail_sample_bytes(tail_, i);
    samples_ -= tail_end - tail_first;
    Run kept = slice(tail_, 0, tail_first);
    kept.append(tail_, tail_end, tail_.size() - tail_end);
    tail_ = std::move(kept);
  }
  std::size_t k = first_run_reaching(runs_, interval.first);
  while (k < runs_.size() && runs_[k].first <= interval.last) {
    if (interval.first <= runs_[k].first && runs_[k].last <= interval.last) {
      std::size_t n = 1;
      while (k + n < runs_.size() && runs_[k + n].last <= interval.last) ++n;
      replace_runs(k, n, {});
      continue;
    }
    const Run run = decode_run(runs_[k]);
    Run kept = slice(run, 0, index_of(run.times, interval.first));
    std::size_t rest = index_of(run.times, interval.last);
    if (rest < run.size() && run.times[rest] == interval.last) ++rest;
    kept.append(run, rest, run.size() - rest);
    if (kept.size() == run.size()) {
      ++k;
    } else {
      k = replace_runs(k, 1, encode_runs(kept, 0, kept.size()));
    }
  }
}

void Layer::match(std::span<const std::int64_t> times, Matches& matches) const {
  if (times.empty()) return;
  match_run(tail_, times, matches);
  std::size_t i = 0;
  std::size_t k = first_run_reaching(runs_, times.front());
  while (matches.open > 0 && i < times.size() && k < runs_.size()) {
    if (runs_[k].last < times[i]) {
      k += 1;
      if (k < runs_.size() && runs_[k].last < times[i]) k = first_run_reaching(runs_, times[i]);
    } else if (times[i] < runs_[k].first) {
      i = static_cast<std::size_t>(
          std::lower_bound(times.begin() + static_cast<std::ptrdiff_t>(i), times.end(), runs_[k].first) -
          times.begin());
    } else {
      std::size_t end = i;
      while (end < times.size() && times[end] <= runs_[k].last) ++end;
      match_run(decode_run(runs_[k]), times.subspan(i, end - i), matches, i);
      i = end;
      ++k;
    }
  }
  for (const Interval& interval : mask_) {
    if (matches.open == 0) break;
    match_erase(interval, times, matches);
  }
}

Interval Layer::ends() const {
  Interval all{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  if (!runs_.empty()) all = {runs_.front().first, runs_.back().last};
  if (!tail_.empty()) {
    all.first = std::min(all.first, tail_.times.front());
    all.last = std::max(all.last, tail_.times.back());
  }
  return all;
}

Interval Layer::touched() const {
  Interval all = ends();
  if (!mask_.empty()) {
    all.first = std::min(all.first, mask_.front().first);
    all.last = std::max(all.last, mask_.back().last);
  }
  return all;
}

bool Layer::touches(const Interval& interval) const {
  const std::size_t tail = index_of(tail_.times, interval.first);
  if (tail < tail_.size() && tail_.times[tail] <= interval.last) return true;
  const auto masked =
      std::lower_bound(mask_.begin(), mask_.end(), interval.first,
                       [](const Interval& have, std::int64_t time) { return have.last < time; });
  if (masked != mask_.end() && masked->first <= interval.last) return true;
  const std::size_t k = first_run_reaching(runs_, interval.first);
  if (k >= runs_.size() || runs_[k].first > interval.last) return false;
  if (interval.first <= runs_[k].first || runs_[k].last <= interval.last) return true;
  // The interval lies within the run: only its times tell.
  const Run run = decode_run(runs_[k]);
  const std::size_t at = index_of(run.times, interval.first);
  return at < run.size() && run.times[at] <= interval.last;
}

bool Layer::masks(std::int64_t t) const {
  return contains(mask_, t);
}

}  // namespace penstock::archive
