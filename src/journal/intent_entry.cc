#include "journal/intent_entry.h"

#include "base/bytes.h"
#include "journal/columns.h"

namespace penstock::journal {
namespace {

constexpr std::uint8_t kLayout = 1;  ///< First byte of an INTENT and a SETASIDE.
constexpr std::uint8_t kBypassCompression = 1;
constexpr auto kLastDoor = static_cast<std::uint8_t>(Door::penstock);
constexpr auto kLastMode = static_cast<std::uint8_t>(UpdateMode::replace_range);
constexpr auto kLastReason = static_cast<std::uint8_t>(RejectReason::type_mismatch);
constexpr auto kLastWhat = static_cast<std::uint8_t>(Resolved::What::letter_dropped);

tl::unexpected<Error> unreadable(const char* what) {
  return fail(ErrorCode::store_corrupt, {}, std::string{"a "} + what + " entry of the journal can't be read");
}

void append_slice(ByteWriter& out, std::span<const PointSample> slice) {
  out.varint(slice.size());
  std::uint64_t id = 0, time = 0;
  for (const PointSample& sample : slice) {
    out.u8(static_cast<std::uint8_t>(sample.kind));
    out.svarint(static_cast<std::int64_t>(to_number(sample.point) - id));
    out.svarint(static_cast<std::int64_t>(static_cast<std::uint64_t>(sample.time) - time));
    out.fixed(sample.bits);
    id = to_number(sample.point);
    time = static_cast<std::uint64_t>(sample.time);
  }
}

bool read_slice(ByteReader& in, std::vector<PointSample>& slice) {
  const std::uint64_t n = in.varint();
  if (!in.ok() || n > in.left() / sizeof(PointSample::bits)) return false;
  slice.resize(n);
  std::uint64_t id = 0, time = 0;
  for (PointSample& sample : slice) {
    const std::uint8_t kind = in.u8();
    id += static_cast<std::uint64_t>(in.svarint());
    time += static_cast<std::uint64_t>(in.svarint());
    sample.bits = in.fixed<std::uint64_t>();
    if (!in.ok() || kind >= static_cast<std::uint8_t>(Kind::text) || id > UINT32_MAX) return false;
    sample.kind = static_cast<Kind>(kind);
    sample.point = PointId{static_cast<std::uint32_t>(id)};
    sample.time = static_cast<std::int64_t>(time);
  }
  return true;
}

}  // namespace

void write_intent(GroupBuffer& group, const Intent& head, std::span<const PointSample> slice,
                  std::span<const PointWrite* const> writes) {
  std::string body;
  ByteWriter out{body};
  out.u8(kLayout);
  out.u8(head.bypass_compression ? kBypassCompression : 0);
  out.fixed(head.now.unix_ns());
  append_slice(out, slice);
  out.varint(writes.size());
  for (const PointWrite* const write : writes) {
    out.varint(to_number(write->point));
    append_columns(out, write->run);
  }
  group.begin(Tag::intent);
  group.raw(body);
  group.end();
}

Result<Intent> parse_intent(std::string_view body) {
  ByteReader in{body};
  Intent intent;
  const std::uint8_t layout = in.u8(), flags = in.u8();
  intent.now = Timestamp::from_unix_ns(in.fixed<std::int64_t>());
  if (!in.ok() || layout != kLayout || flags > kBypassCompression || !read_slice(in, intent.slice)) {
    return unreadable("INTENT");
  }
  intent.bypass_compression = flags == kBypassCompression;
  const std::uint64_t writes = in.varint();
  constexpr std::size_t kWriteBytesMin = 4;
  if (!in.ok() || writes > in.left() / kWriteBytesMin) return unreadable("INTENT");
  intent.writes.resize(writes);
  for (PointWrite& write : intent.writes) {
    const std::uint64_t point = in.varint();
    if (point > UINT32_MAX || !read_columns(in, write.run)) return unreadable("INTENT");
    write.point = PointId{static_cast<std::uint32_t>(point)};
  }
  if (!in.at_end()) return unreadable("INTENT");
  return intent;
}

void write_resolved(GroupBuffer& group, const Resolved& resolved) {
  group.begin(Tag::resolved);
  group.u8(static_cast<std::uint8_t>(resolved.what));
  group.fixed(resolved.about);
  group.fixed<std::uint64_t>(to_number(resolved.point));
  group.end();
}

Result<Resolved> parse_resolved(std::string_view body) {
  ByteReader in{body};
  const std::uint8_t what = in.u8();
  Resolved resolved;
  resolved.about = in.fixed<std::uint64_t>();
  const auto point = in.fixed<std::uint64_t>();
  if (!in.ok() || !in.at_end() || what > kLastWhat || point > UINT32_MAX) return unreadable("RESOLVED");
  resolved.what = static_cast<Resolved::What>(what);
  resolved.point = PointId{static_cast<std::uint32_t>(point)};
  return resolved;
}

std::string render_set_aside(const SetAside& letter) {
  std::string body;
  ByteWriter out{body};
  out.u8(kLayout);
  out.u8(letter.bypass_compression ? kBypassCompression : 0);
  out.u8(static_cast<std::uint8_t>(letter.door));
  out.u8(static_cast<std::uint8_t>(letter.mode));
  out.u8(static_cast<std::uint8_t>(letter.reason));
  out.fixed(letter.principal);
  out.fixed(letter.seq);
  out.fixed<std::uint64_t>(to_number(letter.point));
  out.fixed(letter.received.unix_ns());
  out.fixed(letter.set_aside.unix_ns());
  append_columns(out, letter.run);
  return body;
}

Result<SetAside> parse_set_aside(std::string_view body) {
  ByteReader in{body};
  SetAside letter;
  const std::uint8_t layout = in.u8(), flags = in.u8(), door = in.u8(), mode = in.u8(), reason = in.u8();
  letter.principal = in.fixed<std::uint32_t>();
  letter.seq = in.fixed<std::uint64_t>();
  const auto point = in.fixed<std::uint64_t>();
  letter.received = Timestamp::from_unix_ns(in.fixed<std::int64_t>());
  letter.set_aside = Timestamp::from_unix_ns(in.fixed<std::int64_t>());
  if (!in.ok() || layout != kLayout || flags > kBypassCompression || door > kLastDoor || mode > kLastMode ||
      reason > kLastReason || point > UINT32_MAX || !read_columns(in, letter.run) || !in.at_end()) {
    return unreadable("SETASIDE");
  }
  letter.bypass_compression = flags == kBypassCompression;
  letter.door = static_cast<Door>(door);
  letter.mode = static_cast<UpdateMode>(mode);
  letter.reason = static_cast<RejectReason>(reason);
  letter.point = PointId{static_cast<std::uint32_t>(point)};
  return letter;
}

void write_set_aside(GroupBuffer& group, std::string_view body) {
  group.begin(Tag::setaside);
  group.raw(body);
  group.end();
}

}  // namespace penstock::journal
