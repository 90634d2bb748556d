#include "journal/entry.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"

namespace penstock::journal {
namespace {

tl::unexpected<Error> unreadable(const char* what) {
  return fail(ErrorCode::store_corrupt, {}, std::string{"a "} + what + " entry of the journal can't be read");
}

// Values of enumerations that a reader knows; more may be added behind them in a later format.
constexpr auto kLastOutcome = static_cast<std::uint8_t>(Outcome::rejected);
constexpr auto kLastReason = static_cast<std::uint8_t>(RejectReason::type_mismatch);
constexpr auto kLastDoor = static_cast<std::uint8_t>(Door::penstock);
constexpr auto kLastMode = static_cast<std::uint8_t>(UpdateMode::replace_range);
constexpr auto kLastWhy = static_cast<std::uint8_t>(EraseWhy::retention);

/// Undo, replay and drop, by their numbers in archive::BatchOrigin.
constexpr bool is_about_another(std::uint8_t origin) {
  return origin >= 3 && origin <= 5;
}

}  // namespace

void append_outcomes(std::vector<OutcomeRun>& all, const Outcomes& some) {
  for (const auto& [outcome, count] : some.runs()) {
    const auto reason = outcome == Outcome::rejected ? some.reason : RejectReason::none;
    if (!all.empty() && all.back().outcome == outcome && all.back().reason == reason &&
        all.back().count <= UINT32_MAX - count) {
      all.back().count += count;
    } else {
      all.push_back({outcome, reason, count});
    }
  }
}

void write_batch(GroupBuffer& group, const Batch& batch) {
  group.begin(Tag::batch);
  group.fixed(batch.seq);
  group.fixed(batch.principal);
  group.u8(static_cast<std::uint8_t>(batch.door));
  group.u8(static_cast<std::uint8_t>(batch.mode));
  group.u8(batch.origin);
  group.u8(batch.touch);
  group.fixed(batch.wall_delta_us);
  group.fixed(batch.sent);
  if (is_about_another(batch.origin)) group.fixed(batch.about);
  for (const OutcomeRun& run : batch.outcomes) {
    group.u8(static_cast<std::uint8_t>(static_cast<unsigned>(run.outcome) | static_cast<unsigned>(run.reason)
                                                                                << 4));
    group.varint(run.count);
  }
  for (const Idle& idle : batch.idle) {
    group.varint(to_number(idle.point));
    group.fixed(idle.first);
    group.fixed(idle.last);
    group.varint(idle.samples);
  }
  group.end();
}

Result<Batch> parse_batch(std::string_view body) {
  ByteReader reader{body};
  Batch batch;
  batch.seq = reader.fixed<std::uint64_t>();
  batch.principal = reader.fixed<std::uint32_t>();
  const std::uint8_t door = reader.u8(), mode = reader.u8();
  batch.origin = reader.u8();
  batch.touch = reader.u8();
  batch.wall_delta_us = reader.fixed<std::int32_t>();
  batch.sent = reader.fixed<std::uint32_t>();
  if (is_about_another(batch.origin)) batch.about = reader.fixed<std::uint64_t>();
  if (!reader.ok() || door > kLastDoor || mode > kLastMode || batch.touch > Batch::kUndecided) {
    return unreadable("BATCH");
  }
  batch.door = static_cast<Door>(door);
  batch.mode = static_cast<UpdateMode>(mode);
  const std::uint64_t decided = batch.touch == Batch::kUndecided ? 0 : batch.sent;
  std::uint64_t samples = 0;
  while (samples < decided && !reader.at_end()) {
    const std::uint8_t code = reader.u8();
    const std::uint64_t count = reader.varint();
    samples += count;
    if (!reader.ok() || (code & 15) > kLastOutcome || code >> 4 > kLastReason || count == 0 ||
        count > UINT32_MAX || samples > batch.sent) {
      return unreadable("BATCH");
    }
    batch.outcomes.push_back({static_cast<Outcome>(code & 15), static_cast<RejectReason>(code >> 4),
                              static_cast<std::uint32_t>(count)});
  }
  if (!reader.ok() || samples != decided) return unreadable("BATCH");
  while (!reader.at_end()) {
    const std::uint64_t point = reader.varint();
    Idle idle{PointId{static_cast<std::uint32_t>(point)}, reader.fixed<std::int64_t>(),
              reader.fixed<std::int64_t>(), static_cast<std::uint32_t>(reader.varint())};
    if (!reader.ok() || point > UINT32_MAX || idle.last < idle.first) return unreadable("BATCH");
    batch.idle.push_back(idle);
  }
  return batch;
}

One One::of(PointId point, Kind kind, const Sample& sample) {
  CHECK(kind != Kind::text);
  const std::uint64_t bits = is_number(kind)
                                 ? std::bit_cast<std::uint64_t>(std::get<double>(sample.value))
                                 : std::bit_cast<std::uint64_t>(std::get<std::int64_t>(sample.value));
  return {point, sample.time, kind, bits, sample.quality};
}

Sample One::sample() const {
  if (is_number(kind)) return {time, std::bit_cast<double>(bits), quality};
  return {time, std::bit_cast<std::int64_t>(bits), quality};
}

void write_one(GroupBuffer& group, const One& one, std::uint8_t flags) {
  CHECK(one.kind != Kind::text);
  group.begin(Tag::one, flags);
  group.fixed<std::uint64_t>(to_number(one.point));
  group.fixed(one.time.unix_ns());
  group.fixed(one.bits);
  group.fixed(one.quality.state);
  group.u8(static_cast<std::uint8_t>(one.kind));
  group.u8(one.quality.flags);
  group.u8(one.quality.grade);
  group.end();
}

namespace {

/// Ids are stored wider than they are today.
std::optional<PointId> read_point(ByteReader& reader) {
  const auto number = reader.fixed<std::uint64_t>();
  if (!reader.ok() || number > UINT32_MAX) return std::nullopt;
  return PointId{static_cast<std::uint32_t>(number)};
}

}  // namespace

Result<One> parse_one(std::string_view body) {
  ByteReader reader{body};
  const auto point = read_point(reader);
  One one;
  one.time = Timestamp::from_unix_ns(reader.fixed<std::int64_t>());
  one.bits = reader.fixed<std::uint64_t>();
  one.quality.state = reader.fixed<std::uint16_t>();
  const std::uint8_t kind = reader.u8();
  one.quality.flags = reader.u8();
  one.quality.grade = reader.u8();
  if (!point || !reader.ok() || !reader.at_end() || kind >= static_cast<std::uint8_t>(Kind::text)) {
    return unreadable("ONE");
  }
  one.point = *point;
  one.kind = static_cast<Kind>(kind);
  return one;
}

namespace {

/// In place of the kind that all samples of a SLICE have: each has its own.
constexpr std::uint8_t kMixedKinds = 0xff;

char* put_varint(char* to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) *to++ = static_cast<char>(value | 0x80);
  *to++ = static_cast<char>(value);
  return to;
}

/// The difference of two numbers modulo 2^64, small for neighbours of either side.
char* put_step(char* to, std::uint64_t from, std::uint64_t value) {
  const auto step = static_cast<std::int64_t>(value - from);
  return put_varint(to, (static_cast<std::uint64_t>(step) << 1) ^ static_cast<std::uint64_t>(step >> 63));
}

}  // namespace

void write_slice(GroupBuffer& group, std::span<const PointSample> samples, std::uint8_t flags) {
  CHECK(!samples.empty());
  const Kind kind = samples.front().kind;
  const bool one_kind =
      std::all_of(samples.begin(), samples.end(), [kind](const PointSample& s) { return s.kind == kind; });
  group.begin(Tag::slice, flags);
  group.varint(samples.size());
  group.u8(one_kind ? static_cast<std::uint8_t>(kind) : kMixedKinds);
  constexpr std::size_t kSampleBytesMax = 1 + 10 + 10 + 8;
  char* to = group.room(samples.size() * kSampleBytesMax);
  if (!one_kind) {
    for (const PointSample& sample : samples) *to++ = static_cast<char>(sample.kind);
  }
  std::uint64_t id = 0, time = 0;
  for (const PointSample& sample : samples) {
    to = put_step(to, id, to_number(sample.point));
    to = put_step(to, time, static_cast<std::uint64_t>(sample.time));
    id = to_number(sample.point);
    time = static_cast<std::uint64_t>(sample.time);
  }
  for (const PointSample& sample : samples) {
    std::memcpy(to, &sample.bits, sizeof sample.bits);
    to += sizeof sample.bits;
  }
  group.took(to);
  group.end();
}

Result<void> parse_slice(std::string_view body, std::vector<PointSample>& out) {
  ByteReader reader{body};
  const std::uint64_t n = reader.varint();
  if (!reader.ok() || n == 0 || n > reader.left() / sizeof(PointSample::bits)) return unreadable("SLICE");
  out.assign(n, PointSample{});
  std::uint8_t kind = reader.u8();
  const bool mixed = kind == kMixedKinds;
  for (PointSample& sample : out) {
    if (mixed) kind = reader.u8();
    if (kind >= static_cast<std::uint8_t>(Kind::text)) return unreadable("SLICE");
    sample.kind = static_cast<Kind>(kind);
  }
  std::uint64_t id = 0, time = 0;
  for (PointSample& sample : out) {
    id += static_cast<std::uint64_t>(reader.svarint());
    time += static_cast<std::uint64_t>(reader.svarint());
    if (!reader.ok() || id > UINT32_MAX) return unreadable("SLICE");
    sample.point = PointId{static_cast<std::uint32_t>(id)};
    sample.time = static_cast<std::int64_t>(time);
  }
  for (PointSample& sample : out) sample.bits = reader.fixed<std::uint64_t>();
  if (!reader.ok() || !reader.at_end()) return unreadable("SLICE");
  return {};
}

void write_run(GroupBuffer& group, PointId point, std::string_view frame, std::uint8_t flags) {
  group.begin(Tag::run, flags);
  group.fixed<std::uint64_t>(to_number(point));
  group.raw(frame);
  group.end();
}

Result<RunFrame> parse_run(std::string_view body) {
  ByteReader reader{body};
  const auto point = read_point(reader);
  if (!point) return unreadable("RUN");
  return RunFrame{*point, reader.raw(reader.left())};
}

void write_erase(GroupBuffer& group, const Erase& erase) {
  group.begin(Tag::erase);
  group.fixed<std::uint64_t>(to_number(erase.point));
  group.fixed(erase.first.unix_ns());
  group.fixed(erase.last.unix_ns());
  group.u8(static_cast<std::uint8_t>(erase.why));
  group.end();
}

Result<Erase> parse_erase(std::string_view body) {
  ByteReader reader{body};
  const auto point = read_point(reader);
  Erase erase;
  erase.first = Timestamp::from_unix_ns(reader.fixed<std::int64_t>());
  erase.last = Timestamp::from_unix_ns(reader.fixed<std::int64_t>());
  const std::uint8_t why = reader.u8();
  if (!point || !reader.ok() || !reader.at_end() || erase.last < erase.first || why > kLastWhy) {
    return unreadable("ERASE");
  }
  erase.point = *point;
  erase.why = static_cast<EraseWhy>(why);
  return erase;
}

void write_catalog(GroupBuffer& group, const CatalogRow& row) {
  group.begin(Tag::catalog);
  group.u8(row.table);
  group.u8(row.row ? 0 : 1);
  group.text(row.key);
  if (row.row) group.raw(*row.row);
  group.end();
}

Result<CatalogRow> parse_catalog(std::string_view body) {
  ByteReader reader{body};
  CatalogRow row;
  row.table = reader.u8();
  const std::uint8_t operation = reader.u8();
  row.key = reader.text();
  if (!reader.ok() || operation > 1 || (operation == 1 && !reader.at_end())) return unreadable("CATALOG");
  if (operation == 0) row.row = reader.raw(reader.left());
  return row;
}

}  // namespace penstock::journal
