#include "codec/block.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"
#include "base/check.h"
#include "codec/numbers.h"

namespace penstock::codec {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kBeforeChecked = 1 + 4;  ///< Format and checksum.
constexpr std::size_t kFramesMax = kBlockSamplesMax / kFrameSamplesMax;
constexpr double kSecondsPerNs = 1e-9;

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::store_corrupt, {}, std::string{"a block is damaged: "} + what);
}

std::uint64_t ns_between(Timestamp from, Timestamp to) {
  return static_cast<std::uint64_t>(to.unix_ns()) - static_cast<std::uint64_t>(from.unix_ns());
}

/// `value(i)` is the i-th of the run as a double; samples without one are told by quality and NaN.
template <class ValueAt>
FrameSummary summarize(const Run& run, std::size_t first, std::size_t count, ValueAt value_at) {
  FrameSummary summary;
  summary.count = static_cast<std::uint32_t>(count);
  bool before_is_good = false;
  double before = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    const Quality quality = run.quality(i);
    summary.questionable += quality.has(Quality::kQuestionable);
    const double value = value_at(i);
    if (quality.state != 0 || std::isnan(value)) {
      ++summary.bad;
      before_is_good = false;
      continue;
    }
    if (summary.bad == i - first) {
      summary.first_value = summary.min = summary.max = value;
      summary.min_time = summary.max_time = run.time(i);
    } else if (value < summary.min) {
      summary.min = value;
      summary.min_time = run.time(i);
    } else if (value > summary.max) {
      summary.max = value;
      summary.max_time = run.time(i);
    }
    summary.sum += value;
    if (before_is_good) {
      const double seconds = static_cast<double>(ns_between(run.time(i - 1), run.time(i))) * kSecondsPerNs;
      summary.integral += (before / 2 + value / 2) * seconds;
      summary.step_integral += before * seconds;
    }
    before = summary.last_value = value;
    before_is_good = true;
  }
  return summary;
}

FrameSummary summarize(const Run& run, std::size_t first, std::size_t count) {
  if (is_number(run.kind)) return summarize(run, first, count, [&](std::size_t i) { return run.numbers[i]; });
  if (is_integer(run.kind)) {
    return summarize(run, first, count, [&](std::size_t i) { return static_cast<double>(run.integers[i]); });
  }
  FrameSummary summary;
  summary.count = static_cast<std::uint32_t>(count);
  for (std::size_t i = first; i < first + count; ++i) {
    summary.questionable += run.quality(i).has(Quality::kQuestionable);
    summary.bad += run.quality(i).state != 0;
  }
  return summary;
}

/// What of a summary the frame does not say itself.
void write_summary(const FrameSummary& summary, Kind kind, Timestamp first, std::string& out) {
  ByteWriter writer{out};
  writer.varint(summary.bad);
  writer.varint(summary.questionable);
  if (kind == Kind::text || summary.good() == 0) return;
  for (const double value : {summary.first_value, summary.last_value, summary.min, summary.max}) {
    encode_number(value, out);
  }
  writer.varint(ns_between(first, summary.min_time));
  writer.varint(ns_between(first, summary.max_time));
  // Long sums are seldom decimals of few digits, those of small blocks are.
  for (const double value : {summary.sum, summary.integral, summary.step_integral}) {
    encode_number(value, out);
  }
}

bool read_time(ByteReader& in, const FrameHead& head, Timestamp& time) {
  const std::uint64_t distance = in.varint();
  if (distance > ns_between(head.first, head.last)) return false;
  time = Timestamp::from_unix_ns(
      static_cast<std::int64_t>(static_cast<std::uint64_t>(head.first.unix_ns()) + distance));
  return true;
}

bool read_summary(ByteReader& in, const FrameHead& head, FrameSummary& summary) {
  summary.count = head.count;
  summary.first = summary.min_time = summary.max_time = head.first;
  summary.last = head.last;
  const std::uint64_t bad = in.varint(), questionable = in.varint();
  if (bad > head.count || questionable > head.count) return false;
  summary.bad = static_cast<std::uint32_t>(bad);
  summary.questionable = static_cast<std::uint32_t>(questionable);
  if (head.kind == Kind::text || summary.good() == 0) return in.ok();
  for (double* value : {&summary.first_value, &summary.last_value, &summary.min, &summary.max}) {
    if (!decode_number(in, *value)) return false;
  }
  if (!read_time(in, head, summary.min_time) || !read_time(in, head, summary.max_time)) return false;
  for (double* value : {&summary.sum, &summary.integral, &summary.step_integral}) {
    if (!decode_number(in, *value)) return false;
  }
  return true;
}

}  // namespace

void encode_block(const Run& run, std::size_t first, std::size_t count, std::string& out) {
  CHECK(count >= 1 && count <= kBlockSamplesMax && first + count <= run.size());
  std::string table, frames;
  ByteWriter entry{table};
  std::size_t made = 0;
  for (std::size_t at = first; at < first + count; at += kFrameSamplesMax, ++made) {
    const std::size_t n = std::min(kFrameSamplesMax, first + count - at);
    const std::size_t begin = frames.size();
    encode_frame(run, at, n, frames);
    entry.varint(frames.size() - begin);
    write_summary(summarize(run, at, n), run.kind, run.time(at), table);
  }
  const std::size_t begin = out.size();
  ByteWriter writer{out};
  writer.u8(kFormat);
  writer.fixed(std::uint32_t{0});
  writer.u8(static_cast<std::uint8_t>(made));
  writer.varint(table.size());
  writer.raw(table);
  writer.raw(frames);
  const std::uint32_t crc = crc32c(std::string_view{out}.substr(begin + kBeforeChecked));
  std::memcpy(out.data() + begin + 1, &crc, sizeof crc);
}

Result<BlockView> BlockView::open(std::string_view bytes) {
  ByteReader in{bytes};
  if (in.u8() != kFormat) return damaged("its format is not known");
  const auto crc = in.fixed<std::uint32_t>();
  if (!in.ok() || crc32c(bytes.substr(kBeforeChecked)) != crc) return damaged("its checksum does not fit");
  const std::size_t frames = in.u8();
  ByteReader table{in.text()};
  if (!in.ok() || frames == 0 || frames > kFramesMax) return damaged("its table");
  BlockView view;
  view.frames_.reserve(frames);
  view.summaries_.reserve(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const std::string_view frame = in.raw(table.varint());
    TRY(const FrameHead head, peek_frame(frame));
    if (i == 0) {
      view.kind_ = head.kind;
    } else if (head.kind != view.kind_ || head.first <= view.last()) {
      return damaged("its frames do not follow each other");
    }
    FrameSummary& summary = view.summaries_.emplace_back();
    if (!read_summary(table, head, summary)) return damaged("its table");
    summary.offset_samples = view.count_;
    view.count_ += head.count;
    view.frames_.push_back(frame);
  }
  if (!table.at_end() || !in.at_end()) return damaged("it goes on after its end");
  return view;
}

Result<void> BlockView::decode_frame(std::size_t i, Run& out) const {
  return codec::decode_frame(frames_[i], out);
}

Result<void> BlockView::decode_all(Run& out) const {
  if (out.empty()) {
    out.kind = kind_;
    out.reserve(count_);
  }
  for (const std::string_view frame : frames_) TRY_VOID(codec::decode_frame(frame, out));
  return {};
}

}  // namespace penstock::codec
