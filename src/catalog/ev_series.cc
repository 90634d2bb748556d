#include "catalog/ev_series.h"

#include "catalog/energyview.h"
#include "catalog/row_codec.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kSeriesRow = 1;
constexpr std::uint8_t kHasLower = 1, kHasUpper = 2;
/// What a UUID is of. Stands in its tenth byte.
constexpr unsigned char kOfSeries = 1, kOfUser = 2;

Uuid with_number(const EvDomain& domain, unsigned char what, std::uint32_t number) {
  Uuid uuid = domain.seed;
  uuid.bytes[6] = static_cast<unsigned char>((uuid.bytes[6] & 0x0f) | 0x80);
  uuid.bytes[8] = static_cast<unsigned char>((uuid.bytes[8] & 0x3f) | 0x80);
  uuid.bytes[9] = what;
  for (std::size_t i = 0; i < 4; ++i) uuid.bytes[12 + i] = static_cast<unsigned char>(number >> (24 - 8 * i));
  return uuid;
}

}  // namespace

std::string EvSeries::key_of(PointId point) {
  std::string key;
  append_be64(key, to_number(point));
  return key;
}

void EvSeries::encode(ByteWriter& out) const {
  out.u8(kSeriesRow);
  out.text(name);
  out.u8(static_cast<std::uint8_t>((lower_bound ? kHasLower : 0) | (upper_bound ? kHasUpper : 0)));
  if (lower_bound) out.fixed(*lower_bound);
  if (upper_bound) out.fixed(*upper_bound);
  put_texts(out, labels);
  out.varint(creator);
}

std::optional<EvSeries> EvSeries::decode(std::string_view key, ByteReader& in) {
  if (key.size() != 8 || in.u8() != kSeriesRow) return std::nullopt;
  EvSeries row;
  row.point = PointId{static_cast<std::uint32_t>(read_be64(key.data()))};
  row.name = in.text();
  const std::uint8_t has = in.u8();
  if ((has & kHasLower) != 0) row.lower_bound = in.fixed<double>();
  if ((has & kHasUpper) != 0) row.upper_bound = in.fixed<double>();
  row.labels = get_texts(in);
  row.creator = static_cast<std::uint32_t>(in.varint());
  return row;
}

Uuid ev_series_uuid(const EvDomain& domain, PointId point) {
  return with_number(domain, kOfSeries, to_number(point));
}

Uuid ev_user_uuid(const EvDomain& domain, std::uint32_t principal) {
  return with_number(domain, kOfUser, principal);
}

std::optional<PointId> parse_ev_series_uuid(const EvDomain& domain, const Uuid& uuid) {
  std::uint32_t number = 0;
  for (std::size_t i = 12; i < 16; ++i) number = (number << 8) | uuid.bytes[i];
  if (ev_series_uuid(domain, PointId{number}) != uuid) return std::nullopt;
  return PointId{number};
}

}  // namespace penstock::catalog
