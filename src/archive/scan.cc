#include "archive/scan.h"

#include <algorithm>

namespace penstock::archive {
namespace {

/// Samples in one direction, a chunk at a time.
class Source {
 public:
  virtual ~Source() = default;
  /// The next chunk (ascending inside) into `out`; false at the end.
  virtual Result<bool> next(Run& out) = 0;
  /// What is known of the next chunk without decoding it; null where nothing is, or at the end.
  virtual Result<const codec::FrameSummary*> peek() { return nullptr; }
  virtual void skip() {}  ///< Passes over the chunk that `peek` told of.
};

class TailSource final : public Source {
 public:
  explicit TailSource(const Run& tail) : tail_{&tail} {}
  Result<bool> next(Run& out) override {
    if (tail_ == nullptr) return false;
    out = *tail_;
    tail_ = nullptr;
    return true;
  }

 private:
  const Run* tail_;
};

class RunsSource final : public Source {
 public:
  RunsSource(const std::vector<EncodedRun>& runs, bool newest_first)
      : runs_{runs}, left_{runs.size()}, newest_first_{newest_first} {}
  Result<bool> next(Run& out) override {
    if (left_ == 0) return false;
    out = decode_run(runs_[newest_first_ ? left_ - 1 : runs_.size() - left_]);
    --left_;
    return true;
  }

 private:
  const std::vector<EncodedRun>& runs_;
  std::size_t left_;
  bool newest_first_;
};

class SealedSource final : public Source {
 public:
  SealedSource(const store::Snapshot& snapshot, PointId point, Interval range, bool newest_first)
      : frames_{snapshot, point, range, newest_first} {}
  Result<bool> next(Run& out) override {
    TRY(const codec::FrameSummary* const summary, frames_.peek());
    if (summary == nullptr) return false;
    TRY_VOID(frames_.decode(out));
    frames_.skip();
    return true;
  }
  Result<const codec::FrameSummary*> peek() override { return frames_.peek(); }
  void skip() override { frames_.skip(); }

 private:
  SealedFrames frames_;
};

/// A source and its current chunk, cut to the range.
struct Input {
  std::unique_ptr<Source> source;
  std::vector<const std::vector<Interval>*> masks;  ///< Of the layers above it.
  Run chunk;
  std::size_t first = 0, end = 0;  ///< Part of the chunk that is left: [first, end).
  /// In a walk: a frame that is not decoded yet comes next, and the chunk has nothing left.
  const codec::FrameSummary* pending = nullptr;

  bool has_more() const { return pending != nullptr || first < end; }
};

class Merge {
 public:
  Merge(const ViewCopy& view, const Scan& request, Walker* walker = nullptr)
      : request_{request}, walker_{walker}, range_{request.first.unix_ns(), request.last.unix_ns()} {
    std::vector<const std::vector<Interval>*> masks;
    for (const LayerCopy& layer : view.layers) {
      add(std::make_unique<TailSource>(layer.tail), masks);
      add(std::make_unique<RunsSource>(layer.runs, request.newest_first), masks);
      if (!layer.mask.empty()) masks.push_back(&layer.mask);
    }
    if (view.sealed.overlaps(range_.first, range_.last)) {
      add(std::make_unique<SealedSource>(*view.version->snapshot, request.point, range_,
                                         request.newest_first),
          masks);
    }
    out_.kind = view.kind;
  }

  Result<Run> run() {
    for (Input& input : inputs_) TRY_VOID(refill(input));
    while (out_.size() < request_.limit) {
      Input* const best = newest_at_front();
      if (best == nullptr) break;
      TRY_VOID(take(*best));
    }
    return std::move(out_);
  }

  /// Oldest first, to the walker.
  Result<void> walk() {
    for (Input& input : inputs_) TRY_VOID(refill(input));
    while (!ended_) {
      Input* const best = newest_at_front();
      if (best == nullptr) return {};
      if (best->pending == nullptr) {
        TRY_VOID(take(*best));
      } else if (is_alone(*best) && walker_->take(*best->pending)) {
        best->source->skip();
        best->pending = nullptr;
        TRY_VOID(refill(*best));
      } else {
        TRY_VOID(decode(*best));
      }
    }
    return {};
  }

 private:
  void add(std::unique_ptr<Source> source, const std::vector<const std::vector<Interval>*>& masks) {
    Input input;
    input.source = std::move(source);
    input.masks = masks;
    inputs_.push_back(std::move(input));
  }

  bool backwards() const { return request_.newest_first; }
  std::int64_t front(const Input& input) const {
    if (input.pending != nullptr) return input.pending->first.unix_ns();
    return backwards() ? input.chunk.times[input.end - 1] : input.chunk.times[input.first];
  }
  bool comes_before(std::int64_t a, std::int64_t b) const { return backwards() ? a > b : a < b; }

  Result<void> refill(Input& input) {
    while (!input.has_more()) {
      if (walker_ != nullptr) {
        TRY(const codec::FrameSummary* const summary, input.source->peek());
        if (summary != nullptr && range_.contains(summary->first.unix_ns()) &&
            range_.contains(summary->last.unix_ns())) {
          input.pending = summary;
          return {};
        }
      }
      TRY(const bool more, input.source->next(input.chunk));
      if (!more) return {};
      cut(input);
    }
    return {};
  }

  void cut(Input& input) const {
    const auto& times = input.chunk.times;
    input.first =
        static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), range_.first) - times.begin());
    input.end =
        static_cast<std::size_t>(std::upper_bound(times.begin(), times.end(), range_.last) - times.begin());
  }

  /// The pending frame's samples after all.
  Result<void> decode(Input& input) const {
    input.pending = nullptr;
    TRY_VOID(input.source->next(input.chunk));
    cut(input);
    return {};
  }

  /// Nothing of another input, and no mask, lies within the pending frame. All other fronts are behind its
  /// first sample already.
  bool is_alone(const Input& input) const {
    const Interval frame{input.pending->first.unix_ns(), input.pending->last.unix_ns()};
    for (const Input& other : inputs_) {
      if (&other != &input && other.has_more() && front(other) <= frame.last) return false;
    }
    return std::none_of(input.masks.begin(), input.masks.end(), [&](const auto* mask) {
      return std::any_of(mask->begin(), mask->end(), [&](const Interval& hidden) {
        return hidden.first <= frame.last && frame.first <= hidden.last;
      });
    });
  }

  /// The input whose front comes first; of equal ones the newest, while the others skip that time.
  Input* newest_at_front() {
    Input* best = nullptr;
    for (Input& input : inputs_) {
      if (input.has_more() && (best == nullptr || comes_before(front(input), front(*best)))) best = &input;
    }
    return best;
  }

  static bool masked(const Input& input, std::int64_t t) {
    return std::any_of(input.masks.begin(), input.masks.end(),
                       [&](const auto* mask) { return contains(*mask, t); });
  }

  /// Moves samples from `input` as long as no other one has a say, then lets the others pass the last time.
  Result<void> take(Input& input) {
    const std::int64_t here = front(input);
    for (Input& other : inputs_) {
      if (other.pending != nullptr && front(other) == here) TRY_VOID(decode(other));
    }
    std::size_t n = 1;
    bool same_time_elsewhere = false;
    bool bounded = false;
    std::int64_t bound = 0;  // Nearest front of another input.
    for (const Input& other : inputs_) {
      if (&other == &input || !other.has_more()) continue;
      if (front(other) == here) same_time_elsewhere = true;
      if (!bounded || comes_before(front(other), bound)) {
        bounded = true;
        bound = front(other);
      }
    }
    const auto& times = input.chunk.times;
    if (!same_time_elsewhere) {
      if (!bounded) {
        n = input.end - input.first;
      } else if (backwards()) {
        const auto at = std::upper_bound(times.begin() + static_cast<std::ptrdiff_t>(input.first),
                                         times.begin() + static_cast<std::ptrdiff_t>(input.end), bound);
        n = input.end - static_cast<std::size_t>(at - times.begin());
      } else {
        const auto at = std::lower_bound(times.begin() + static_cast<std::ptrdiff_t>(input.first),
                                         times.begin() + static_cast<std::ptrdiff_t>(input.end), bound);
        n = static_cast<std::size_t>(at - times.begin()) - input.first;
      }
    }
    TRY_VOID(emit(input, n));
    if (same_time_elsewhere) {
      for (Input& other : inputs_) {
        if (&other == &input || !other.has_more() || front(other) != here) continue;
        step(other, 1);
        TRY_VOID(refill(other));
      }
    }
    return refill(input);
  }

  void step(Input& input, std::size_t n) const {
    if (backwards()) {
      input.end -= n;
    } else {
      input.first += n;
    }
  }

  Result<void> emit(Input& input, std::size_t n) {
    const std::size_t room = request_.limit - out_.size();
    if (!backwards() && input.masks.empty()) {
      if (walker_ != nullptr) {
        TRY(const bool more, walker_->take(input.chunk, input.first, input.first + n));
        ended_ = !more;
      } else {
        out_.append(input.chunk, input.first, std::min(n, room));
      }
    } else {
      for (std::size_t k = 0; k < n && out_.size() < request_.limit; ++k) {
        const std::size_t i = backwards() ? input.end - 1 - k : input.first + k;
        if (!masked(input, input.chunk.times[i])) out_.append(input.chunk, i, 1);
      }
      if (walker_ != nullptr && !out_.empty()) {
        TRY(const bool more, walker_->take(out_, 0, out_.size()));
        ended_ = !more;
        out_.clear();
      }
    }
    step(input, n);
    return {};
  }

  const Scan& request_;
  Walker* walker_;  // Null: a scan, which gathers in out_.
  bool ended_ = false;
  Interval range_;
  std::vector<Input> inputs_;
  Run out_;
};

}  // namespace

LayerCopy copy_layer(const Layer& layer, Interval range, bool newest_first, std::size_t runs_max) {
  LayerCopy out;
  const auto& runs = layer.runs();
  auto begin = std::lower_bound(runs.begin(), runs.end(), range.first,
                                [](const EncodedRun& run, std::int64_t t) { return run.last < t; });
  auto end = std::upper_bound(begin, runs.end(), range.last,
                              [](std::int64_t t, const EncodedRun& run) { return t < run.first; });
  if (static_cast<std::size_t>(end - begin) > runs_max) {
    out.cut = true;
    const auto keep = static_cast<std::ptrdiff_t>(runs_max);
    if (newest_first) {
      begin = end - keep;
    } else {
      end = begin + keep;
    }
  }
  out.runs.assign(begin, end);
  out.tail = layer.tail();
  for (const Interval& interval : layer.mask()) {
    if (interval.first <= range.last && range.first <= interval.last) out.mask.push_back(interval);
  }
  return out;
}

Result<Run> merge_view(const ViewCopy& view, const Scan& request, bool* complete) {
  *complete = true;
  if (request.last < request.first || request.limit == 0) {
    Run none;
    none.kind = view.kind;
    return none;
  }
  const bool cut =
      std::any_of(view.layers.begin(), view.layers.end(), [](const LayerCopy& l) { return l.cut; });
  if (!cut) return Merge{view, request}.run();
  // Only what lies within the runs that every cut layer still has can be trusted.
  Scan inside = request;
  for (const LayerCopy& layer : view.layers) {
    if (!layer.cut) continue;
    if (request.newest_first) {
      inside.first = std::max(inside.first, Timestamp::from_unix_ns(layer.runs.front().first));
    } else {
      inside.last = std::min(inside.last, Timestamp::from_unix_ns(layer.runs.back().last));
    }
  }
  TRY(Run found, Merge{view, inside}.run());
  *complete = found.size() >= request.limit;
  return found;
}

Result<void> walk_view(const ViewCopy& view, const Scan& request, Walker& walker) {
  return Merge{view, request, &walker}.walk();
}

}  // namespace penstock::archive
