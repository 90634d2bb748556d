#include "archive/blocks.h"

#include <algorithm>

#include "base/bytes.h"

namespace penstock::archive {
namespace {

// Flipping the sign bit makes signed times sort as unsigned bytes.
constexpr std::uint64_t kSign = 1ull << 63;

}  // namespace

namespace keys {

std::string block_begin(PointId point) {
  std::string key = "b";
  append_be64(key, to_number(point));
  return key;
}

std::string block_end(PointId point) {
  std::string key = "b";
  append_be64(key, static_cast<std::uint64_t>(to_number(point)) + 1);
  return key;
}

std::string block(PointId point, std::int64_t first_time) {
  std::string key = block_begin(point);
  append_be64(key, static_cast<std::uint64_t>(first_time) ^ kSign);
  return key;
}

std::int64_t block_time(std::string_view key) {
  return static_cast<std::int64_t>(read_be64(key.data() + 9) ^ kSign);
}

std::string meta_page(std::uint32_t page) {
  std::string key = "m";
  append_be64(key, page);
  return key;
}

std::string ledger_page(std::uint64_t page) {
  std::string key = "l";
  append_be64(key, page);
  return key;
}

std::string ledger_head(std::uint64_t page) {
  std::string key = "f";
  append_be64(key, page);
  return key;
}

std::string ledger_decision(std::uint64_t queued_seq) {
  std::string key = "r";
  append_be64(key, queued_seq);
  return key;
}

std::string preimages(std::uint64_t seq) {
  std::string key = "u";
  append_be64(key, seq);
  return key;
}

std::string compression_state(PointId point) {
  std::string key = "s";
  append_be64(key, to_number(point));
  return key;
}

std::string catalog_row(catalog::TableId table, std::string_view row_key) {
  std::string key = "c";
  key.push_back(static_cast<char>(table));
  return key.append(row_key);
}

}  // namespace keys

std::string Watermark::encode() const {
  std::string bytes;
  ByteWriter out{bytes};
  out.fixed(kFormat);
  out.fixed(seq);
  out.fixed(gen);
  out.fixed(server_id);
  out.fixed(needed);
  return bytes;
}

Result<Watermark> Watermark::decode(std::string_view bytes) {
  ByteReader in{bytes};
  const auto format = in.fixed<std::uint32_t>();
  Watermark mark;
  mark.seq = in.fixed<std::uint64_t>();
  mark.gen = in.fixed<std::uint32_t>();
  mark.server_id = in.fixed<Uuid>();
  mark.needed = format == 1 ? mark.seq : in.fixed<std::uint64_t>();
  if (!in.ok()) return fail(ErrorCode::store_corrupt, {}, "the watermark of the block store can't be read");
  if (format == 0 || format > kFormat) {
    return fail(
        ErrorCode::store_corrupt, {},
        "the block store has format " + std::to_string(format) + "; this program knows formats 1 and 2");
  }
  return mark;
}

std::string encode_meta_page(std::span<const Sealed> metas) {
  std::string bytes;
  ByteWriter out{bytes};
  out.u8(1);
  for (const Sealed& meta : metas) {
    out.varint(meta.count);
    if (meta.count == 0) continue;
    out.svarint(meta.first);
    // Wraps where the range is wider than int64; the reader wraps back.
    out.varint(static_cast<std::uint64_t>(meta.last) - static_cast<std::uint64_t>(meta.first));
  }
  return bytes;
}

Result<std::vector<Sealed>> decode_meta_page(std::string_view bytes) {
  ByteReader in{bytes};
  std::vector<Sealed> metas(keys::kMetasPerPage);
  if (in.u8() != 1) return fail(ErrorCode::store_corrupt, {}, "a page of point ends has an unknown format");
  for (Sealed& meta : metas) {
    meta.count = in.varint();
    if (meta.count == 0) continue;
    meta.first = in.svarint();
    meta.last = static_cast<std::int64_t>(static_cast<std::uint64_t>(meta.first) + in.varint());
  }
  if (!in.ok()) return fail(ErrorCode::store_corrupt, {}, "a page of point ends can't be read");
  return metas;
}

Result<void> match_sealed(const store::Snapshot& snapshot, PointId point, std::span<const std::int64_t> times,
                          Matches& matches) {
  const auto cursor = snapshot.cursor(keys::block_begin(point), keys::block_end(point));
  Run frame;
  std::size_t i = 0;
  while (i < times.size() && matches.open > 0) {
    if (matches.where[i] != Matches::kUnknown) {
      ++i;
      continue;
    }
    cursor->seek_before(keys::block(point, times[i]));
    if (!cursor->valid()) {
      TRY_VOID(cursor->status());
      cursor->seek(keys::block(point, times[i]));
      if (!cursor->valid()) return cursor->status();
      // No block begins at or before this time: on to the first time that one reaches.
      const std::int64_t first = keys::block_time(cursor->key());
      i = static_cast<std::size_t>(std::lower_bound(times.begin(), times.end(), first) - times.begin());
      continue;
    }
    TRY(const codec::BlockView block, codec::BlockView::open(cursor->value()));
    std::size_t end = i;
    for (std::size_t f = 0; f < block.frames() && end < times.size(); ++f) {
      const codec::FrameSummary& summary = block.summary(f);
      while (end < times.size() && times[end] < summary.first.unix_ns()) ++end;
      const std::size_t from = end;
      while (end < times.size() && times[end] <= summary.last.unix_ns()) ++end;
      if (end == from) continue;
      frame.clear();
      frame.kind = block.kind();
      TRY_VOID(block.decode_frame(f, frame));
      match_run(frame, times.subspan(from, end - from), matches, from);
    }
    // Past this block: times in the gap behind it are free of blocks; at least one step forward.
    const std::int64_t last = block.last().unix_ns();
    end = std::max(end, i + 1);
    while (end < times.size() && times[end] <= last) ++end;
    i = end;
  }
  return {};
}

SealedFrames::SealedFrames(const store::Snapshot& snapshot, PointId point, Interval range, bool newest_first)
    : cursor_{snapshot.cursor(keys::block_begin(point), keys::block_end(point))},
      range_{range},
      newest_first_{newest_first} {
  // A block that begins before the range may reach into it, so both directions begin at or before an end.
  cursor_->seek_before(keys::block(point, newest_first ? range.last : range.first));
  if (!newest_first && !cursor_->valid()) cursor_->seek(keys::block_begin(point));
}

Result<bool> SealedFrames::open_block() {
  block_.reset();
  while (true) {
    if (positioned_) {
      if (newest_first_) {
        cursor_->prev();
      } else {
        cursor_->next();
      }
    }
    positioned_ = true;
    if (!cursor_->valid()) {
      TRY_VOID(cursor_->status());
      return false;
    }
    const std::int64_t first = keys::block_time(cursor_->key());
    if (!newest_first_ && first > range_.last) return false;
    TRY(codec::BlockView block, codec::BlockView::open(cursor_->value()));
    if (newest_first_ && block.last().unix_ns() < range_.first) return false;
    if (block.last().unix_ns() < range_.first || first > range_.last) continue;
    left_ = block.frames();
    block_.emplace(std::move(block));
    return true;
  }
}

Result<const codec::FrameSummary*> SealedFrames::peek() {
  while (true) {
    if (!block_ || left_ == 0) {
      TRY(const bool more, open_block());
      if (!more) return nullptr;
    }
    const codec::FrameSummary& summary = block_->summary(frame());
    if (summary.last.unix_ns() >= range_.first && summary.first.unix_ns() <= range_.last) return &summary;
    --left_;
  }
}

Result<void> SealedFrames::decode(Run& out) const {
  out.clear();
  out.kind = block_->kind();
  return block_->decode_frame(frame(), out);
}

void SealedFrames::skip() {
  --left_;
}

}  // namespace penstock::archive
