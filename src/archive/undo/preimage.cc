#include "archive/undo/preimage.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/frame.h"

namespace penstock::archive {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kUnknown = 1;

void put_frames(ByteWriter& out, const std::vector<EncodedRun>& frames) {
  out.varint(frames.size());
  for (const EncodedRun& each : frames) out.text(*each.frame);
}

Result<void> take_frames(ByteReader& in, std::vector<EncodedRun>& frames) {
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    const std::string_view bytes = in.text();
    if (!in.ok()) break;
    TRY(EncodedRun frame, adopt_frame(bytes));
    Run whole;  // What is used later must be known to be sound.
    TRY_VOID(codec::decode_frame(bytes, whole));
    frames.push_back(std::move(frame));
  }
  return {};
}

/// Times as frames of a column that costs nothing.
std::vector<EncodedRun> encode_times(std::vector<std::int64_t> times) {
  Run run;
  run.kind = Kind::int64;
  run.integers.assign(times.size(), 0);
  run.times = std::move(times);
  return run.empty() ? std::vector<EncodedRun>{} : encode_runs(run, 0, run.size());
}

}  // namespace

Result<EncodedRun> adopt_frame(std::string_view frame) {
  TRY(const codec::FrameHead head, codec::peek_frame(frame));
  return EncodedRun{head.first.unix_ns(), head.last.unix_ns(), head.count,
                    std::make_shared<const std::string>(frame)};
}

std::vector<std::int64_t> Preimage::put_times() const {
  std::vector<std::int64_t> all = times;
  for (const EncodedRun& frame : stored) {
    const Run run = decode_run(frame);
    all.insert(all.end(), run.times.begin(), run.times.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Run Preimage::destroyed_samples() const {
  Run all;
  for (const EncodedRun& frame : destroyed) {
    Run run = decode_run(frame);
    if (all.empty()) {
      all = std::move(run);
    } else if (all.times.back() < run.times.front()) {
      all.append(run, 0, run.size());
    } else {
      all = merge_runs(run, all);
    }
  }
  return all;
}

std::size_t Preimage::bytes() const {
  std::size_t bytes = sizeof(Preimage) + times.capacity() * sizeof(std::int64_t) + 64;
  for (const auto* frames : {&stored, &destroyed}) {
    for (const EncodedRun& frame : *frames) bytes += frame.frame->size() + sizeof(EncodedRun) + 48;
  }
  return bytes;
}

void PreimageChunk::add(std::uint64_t seq, const Preimage& preimage) {
  ByteWriter out{bytes_};
  if (bytes_.empty()) {
    first_seq_ = last_seq_ = seq;
    out.u8(kFormat);
    out.fixed(seq);
  }
  out.varint(seq - last_seq_);
  last_seq_ = seq;
  out.varint(to_number(preimage.point));
  out.u8(preimage.known ? 0 : kUnknown);
  put_frames(out, encode_times(preimage.put_times()));
  put_frames(out, preimage.destroyed);
}

Result<std::vector<Preimage>> PreimageChunk::find(std::string_view bytes, std::uint64_t seq) {
  const auto unreadable = [] {
    return fail(ErrorCode::store_corrupt, {}, "what a batch replaced or erased can't be read");
  };
  std::vector<Preimage> found;
  ByteReader in{bytes};
  if (in.u8() != kFormat) return unreadable();
  auto at = in.fixed<std::uint64_t>();
  while (in.ok() && !in.at_end()) {
    at += in.varint();
    const std::uint64_t point = in.varint();
    const std::uint8_t flags = in.u8();
    if (!in.ok() || point > UINT32_MAX || flags > kUnknown) return unreadable();
    if (at > seq) break;
    Preimage preimage;
    preimage.point = PointId{static_cast<std::uint32_t>(point)};
    preimage.known = flags == 0;
    if (at < seq) {
      // Passed over without a look into the frames.
      for (int list = 0; list < 2; ++list) {
        for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) in.text();
      }
      continue;
    }
    TRY_VOID(take_frames(in, preimage.stored));
    TRY_VOID(take_frames(in, preimage.destroyed));
    found.push_back(std::move(preimage));
  }
  if (!in.ok()) return unreadable();
  return found;
}

}  // namespace penstock::archive
