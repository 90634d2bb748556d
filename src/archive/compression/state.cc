#include "archive/compression/state.h"

#include "base/bytes.h"

namespace penstock::archive {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr unsigned kSnapshot = 1, kPinned = 2, kArchived = 4, kLost = 8;    // What is there.
constexpr std::uint8_t kNumber = 0, kInteger = 1, kText = 2, kTooLong = 3;  // Of a value.

void write_event(ByteWriter& out, const CompressionEvent& event) {
  out.fixed(event.time);
  out.fixed(event.quality.state);
  out.u8(event.quality.flags);
  out.u8(event.quality.grade);
  if (!event.whole) {
    out.u8(kTooLong);
  } else if (const double* number = std::get_if<double>(&event.value)) {
    out.u8(kNumber);
    out.fixed(*number);
  } else if (const auto* integer = std::get_if<std::int64_t>(&event.value)) {
    out.u8(kInteger);
    out.fixed(*integer);
  } else {
    out.u8(kText);
    out.text(std::get<std::string>(event.value));
  }
}

bool read_event(ByteReader& in, CompressionEvent& event) {
  event.time = in.fixed<std::int64_t>();
  event.quality.state = in.fixed<std::uint16_t>();
  event.quality.flags = in.u8();
  event.quality.grade = in.u8();
  event.whole = true;
  switch (in.u8()) {
    case kNumber: event.value = in.fixed<double>(); break;
    case kInteger: event.value = in.fixed<std::int64_t>(); break;
    case kText: {
      const std::string_view text = in.text();
      if (text.size() > CompressionEvent::kTextMax) return false;
      event.value = std::string{text};
      break;
    }
    case kTooLong:
      event.value = std::string{};
      event.whole = false;
      break;
    default: return false;
  }
  return in.ok();
}

bool is_of(const CompressionEvent& event, Kind kind) {
  return event.value.index() == zero_of(kind).index();
}

}  // namespace

std::string encode_state(const CompressionState& state) {
  using Archived = CompressionState::Archived;
  std::string bytes;
  ByteWriter out{bytes};
  out.u8(kFormat);
  const unsigned bits = (state.has_snapshot ? kSnapshot : 0u) | (state.pinned ? kPinned : 0u) |
                        (state.archived_is == Archived::known ? kArchived : 0u) |
                        (state.archived_is == Archived::lost ? kLost : 0u);
  out.u8(static_cast<std::uint8_t>(bits));
  if (state.has_snapshot) {
    write_event(out, state.snapshot);
  } else {
    out.fixed(state.snapshot.time);
  }
  if (state.archived_is == Archived::known) {
    write_event(out, state.archived);
    out.fixed(state.low);
    out.fixed(state.high);
  }
  return bytes;
}

Result<CompressionState> decode_state(std::string_view bytes) {
  using Archived = CompressionState::Archived;
  const auto unreadable = [] {
    return fail(ErrorCode::store_corrupt, {}, "a state of compression can't be read");
  };
  ByteReader in{bytes};
  CompressionState state;
  const std::uint8_t format = in.u8(), bits = in.u8();
  if (!in.ok() || format != kFormat || bits > 15) return unreadable();
  if ((bits & kArchived) != 0 && (bits & kLost) != 0) return unreadable();
  state.has_snapshot = (bits & kSnapshot) != 0;
  state.pinned = (bits & kPinned) != 0;
  state.archived_is = (bits & kArchived) != 0 ? Archived::known
                      : (bits & kLost) != 0   ? Archived::lost
                                              : Archived::none;
  if (state.has_snapshot) {
    if (!read_event(in, state.snapshot)) return unreadable();
  } else {
    state.snapshot.time = in.fixed<std::int64_t>();
  }
  if (state.archived_is == Archived::known) {
    if (!read_event(in, state.archived)) return unreadable();
    state.low = in.fixed<double>();
    state.high = in.fixed<double>();
  }
  if (!in.ok() || !in.at_end()) return unreadable();
  return state;
}

bool fits_kind(const CompressionState& state, Kind kind) {
  if (state.has_snapshot && !is_of(state.snapshot, kind)) return false;
  return state.archived_is != CompressionState::Archived::known || is_of(state.archived, kind);
}

}  // namespace penstock::archive
