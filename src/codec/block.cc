#include "codec/block.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "codec/coded_block.h"

namespace penstock::codec {
namespace {

constexpr std::uint8_t kPlainFormat = 1, kCodedFormat = 2;
constexpr std::size_t kBeforeChecked = 1 + 4;  ///< Format and checksum.
constexpr std::size_t kFramesMax = kBlockSamplesMax / kFrameSamplesMax;
static_assert(kFramesMax == kCodedFramesMax);

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::store_corrupt, {}, std::string{"a block is damaged: "} + what);
}

/// What of a summary a plain frame does not say itself.
void write_summary(const FrameSummary& summary, Kind kind, std::string& out) {
  ByteWriter writer{out};
  writer.varint(summary.bad);
  writer.varint(summary.questionable);
  if (kind != Kind::text && summary.good() != 0) write_summary_numbers(summary, out);
}

bool read_summary(ByteReader& in, const FrameHead& head, FrameSummary& summary) {
  summary.count = head.count;
  summary.plain = !head.has_qualities;
  summary.first = summary.min_time = summary.max_time = head.first;
  summary.last = head.last;
  const std::uint64_t bad = in.varint(), questionable = in.varint();
  if (bad > head.count || questionable > head.count) return false;
  summary.bad = static_cast<std::uint32_t>(bad);
  summary.questionable = static_cast<std::uint32_t>(questionable);
  if (head.kind == Kind::text || summary.good() == 0) return in.ok();
  return read_summary_numbers(in, summary);
}

}  // namespace

void encode_plain_block(const Run& run, std::size_t first, std::size_t count, std::string& out) {
  std::string table, frames;
  ByteWriter entry{table};
  std::size_t made = 0;
  for (std::size_t at = first; at < first + count; at += kFrameSamplesMax, ++made) {
    const std::size_t n = std::min(kFrameSamplesMax, first + count - at);
    const std::size_t begin = frames.size();
    encode_frame(run, at, n, frames);
    entry.varint(frames.size() - begin);
    write_summary(summarize(run, at, n), run.kind, table);
  }
  ByteWriter writer{out};
  writer.u8(static_cast<std::uint8_t>(made));
  writer.varint(table.size());
  writer.raw(table);
  writer.raw(frames);
}

void encode_block(const Run& run, std::size_t first, std::size_t count, std::string& out) {
  CHECK(count >= 1 && count <= kBlockSamplesMax && first + count <= run.size());
  const std::size_t begin = out.size();
  ByteWriter writer{out};
  writer.u8(kCodedFormat);
  writer.fixed(std::uint32_t{0});
  if (!encode_coded_block(run, first, count, out)) {
    out[begin] = static_cast<char>(kPlainFormat);
    encode_plain_block(run, first, count, out);
  }
  const std::uint32_t crc = crc32c(std::string_view{out}.substr(begin + kBeforeChecked));
  std::memcpy(out.data() + begin + 1, &crc, sizeof crc);
}

BlockView::BlockView() = default;
BlockView::BlockView(BlockView&&) noexcept = default;
BlockView& BlockView::operator=(BlockView&&) noexcept = default;
BlockView::~BlockView() = default;

Result<BlockView> BlockView::open(std::string_view bytes) {
  ByteReader in{bytes};
  const std::uint8_t format = in.u8();
  if (format != kPlainFormat && format != kCodedFormat) return damaged("its format is not known");
  const auto crc = in.fixed<std::uint32_t>();
  if (!in.ok() || crc32c(bytes.substr(kBeforeChecked)) != crc) return damaged("its checksum does not fit");
  BlockView view;
  if (format == kCodedFormat) {
    view.coded_ = CodedBlock::open(bytes.substr(kBeforeChecked), view.summaries_);
    if (!view.coded_) return damaged("its table");
    view.kind_ = view.coded_->kind();
    view.count_ = view.summaries_.back().offset_samples + view.summaries_.back().count;
    return view;
  }
  TRY_VOID(view.open_plain(in));
  return view;
}

Result<void> BlockView::open_plain(ByteReader& in) {
  const std::size_t frames = in.u8();
  ByteReader table{in.text()};
  if (!in.ok() || frames == 0 || frames > kFramesMax) return damaged("its table");
  frames_.reserve(frames);
  summaries_.reserve(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    const std::string_view frame = in.raw(table.varint());
    TRY(const FrameHead head, peek_frame(frame));
    if (i == 0) {
      kind_ = head.kind;
    } else if (head.kind != kind_ || head.first <= last()) {
      return damaged("its frames do not follow each other");
    }
    FrameSummary& summary = summaries_.emplace_back();
    if (!read_summary(table, head, summary)) return damaged("its table");
    summary.offset_samples = count_;
    count_ += head.count;
    frames_.push_back(frame);
  }
  if (!table.at_end() || !in.at_end()) return damaged("it goes on after its end");
  return {};
}

Result<void> BlockView::decode_frame(std::size_t i, Run& out) const {
  if (!coded_) return codec::decode_frame(frames_[i], out);
  const Kind kind_before = out.kind;
  if (out.empty()) out.kind = kind_;
  if (out.kind == kind_ && coded_->decode_frame(i, out)) return {};
  out.kind = kind_before;
  return damaged("a frame of it");
}

Result<void> BlockView::decode_all(Run& out) const {
  if (out.empty()) {
    out.kind = kind_;
    out.reserve(count_);
  }
  for (std::size_t i = 0; i < frames(); ++i) TRY_VOID(decode_frame(i, out));
  return {};
}

}  // namespace penstock::codec
