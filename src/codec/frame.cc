#include "codec/frame.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "codec/integers.h"
#include "codec/numbers.h"
#include "codec/packing.h"
#include "codec/samples.h"
#include "codec/texts.h"
#include "codec/times.h"

namespace penstock::codec {
namespace {

static_assert(kFrameSamplesMax == kColumnMax);

/// First byte: the version above, whether there are qualities, the kind.
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kKindMask = 0x07, kHasQualities = 0x08;

tl::unexpected<Error> damaged(const char* what) {
  return fail(ErrorCode::store_corrupt, {}, std::string{"a frame is damaged: "} + what);
}

struct Opened {
  FrameHead head;
  bool has_qualities = false;
  TimesHead times;
};

bool read_head(ByteReader& in, Opened& opened) {
  const std::uint8_t byte = in.u8();
  const std::uint64_t count = in.varint();
  if (!in.ok() || byte >> 4 != kVersion || (byte & kKindMask) > static_cast<std::uint8_t>(Kind::text) ||
      count == 0 || count > kFrameSamplesMax || !decode_times_head(in, count, opened.times)) {
    return false;
  }
  opened.has_qualities = (byte & kHasQualities) != 0;
  opened.head = {static_cast<Kind>(byte & kKindMask), static_cast<std::uint32_t>(count),
                 Timestamp::from_unix_ns(opened.times.first), Timestamp::from_unix_ns(opened.times.last),
                 opened.has_qualities};
  return true;
}

void encode_values(const Run& run, std::size_t first, std::size_t count, std::string& out) {
  if (is_number(run.kind)) {
    encode_numbers(run.numbers.data() + first, count, precision_of(run.kind), out);
  } else if (is_integer(run.kind)) {
    encode_integers(run.integers.data() + first, count, out);
  } else {
    const std::string* texts[kColumnMax];
    for (std::size_t i = 0; i < count; ++i) texts[i] = &run.texts[first + i];
    encode_texts(texts, count, out);
  }
}

/// Values of the samples under no state alone: those under one have none.
void encode_values_between_states(const Run& run, std::size_t first, std::size_t count, std::string& out) {
  Run rest;
  rest.kind = run.kind;
  for (std::size_t i = first; i < first + count; ++i) {
    if (run.qualities[i].state != 0) continue;
    if (is_number(run.kind)) {
      rest.numbers.push_back(run.numbers[i]);
    } else if (is_integer(run.kind)) {
      rest.integers.push_back(run.integers[i]);
    } else {
      rest.texts.push_back(run.texts[i]);
    }
  }
  const std::size_t values = rest.numbers.size() + rest.integers.size() + rest.texts.size();
  if (values != 0) encode_values(rest, 0, values, out);
}

bool decode_values(ByteReader& in, std::size_t count, Run& out, std::size_t first) {
  if (is_number(out.kind)) return decode_numbers(in, count, &out.numbers[first]);
  if (is_integer(out.kind)) return decode_integers(in, count, &out.integers[first]);
  std::string* texts[kColumnMax];
  for (std::size_t i = 0; i < count; ++i) texts[i] = &out.texts[first + i];
  return decode_texts(in, count, texts);
}

}  // namespace

void encode_frame(const Run& run, std::size_t first, std::size_t count, std::string& out) {
  CHECK(count >= 1 && count <= kFrameSamplesMax && first + count <= run.size());
  bool plain = true, stateless = true;
  if (!run.qualities.empty()) {
    for (std::size_t i = first; i < first + count; ++i) {
      plain = plain && run.qualities[i].is_plain();
      stateless = stateless && run.qualities[i].state == 0;
    }
  }
  ByteWriter writer{out};
  writer.u8(static_cast<std::uint8_t>(kVersion << 4 | (plain ? 0 : kHasQualities) |
                                      static_cast<std::uint8_t>(run.kind)));
  writer.varint(count);
  encode_times(run.times.data() + first, count, out);
  if (!plain) {
    encode_qualities(run, first, count, out);
  }
  if (stateless) {
    encode_values(run, first, count, out);
  } else {
    encode_values_between_states(run, first, count, out);
  }
}

Result<FrameHead> peek_frame(std::string_view frame) {
  ByteReader in{frame};
  Opened opened;
  if (!read_head(in, opened)) return damaged("its head");
  return opened.head;
}

Result<void> decode_frame(std::string_view frame, Run& out) {
  ByteReader in{frame};
  Opened opened;
  if (!read_head(in, opened)) return damaged("its head");
  const std::size_t count = opened.head.count;
  const Kind kind_before = out.kind;
  if (out.empty()) {
    out.kind = opened.head.kind;
  } else if (out.kind != opened.head.kind) {
    return damaged("it is of another kind than the samples before it");
  }
  const auto decode = [&]() -> Result<void> {
    Grown grown{out, count};
    const std::size_t first = grown.first();
    if (!decode_times(in, count, opened.times, &out.times[first])) return damaged("its times");
    std::size_t values = count;
    if (opened.has_qualities && !decode_qualities(in, count, out, first, values)) {
      return damaged("its qualities");
    }
    if (values != 0 && !decode_values(in, values, out, first)) return damaged("its values");
    if (!in.at_end()) return damaged("it goes on after its end");
    if (values != count) spread_values(out, first, count, values);
    grown.keep();
    return {};
  };
  auto decoded = decode();
  if (!decoded) out.kind = kind_before;
  return decoded;
}

}  // namespace penstock::codec
