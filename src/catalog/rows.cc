#include "catalog/points.h"
#include "catalog/row_codec.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kPointRow = 1, kSetRow = 1, kAddressRow = 1;

std::string be32_key(std::uint32_t number) {
  std::string key(4, '\0');
  for (std::size_t i = 0; i < 4; ++i) key[i] = static_cast<char>(number >> (24 - 8 * i));
  return key;
}

std::optional<std::uint32_t> be32_from(std::string_view key) {
  if (key.size() != 4) return std::nullopt;
  std::uint32_t number = 0;
  for (const char c : key) number = (number << 8) | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

std::string PointRow::key_of(PointId id) {
  return be32_key(to_number(id));
}

std::optional<PointId> PointRow::parse_key(std::string_view key) {
  const auto number = be32_from(key);
  return number ? std::optional{PointId{*number}} : std::nullopt;
}

void PointRow::encode(ByteWriter& out) const {
  out.u8(kPointRow);
  out.text(tag);
  out.u8(static_cast<std::uint8_t>(type));
  out.varint(to_number(digital_set));
  out.text(descriptor);
  out.text(extended_descriptor);
  out.text(eng_units);
  out.text(point_class);
  out.text(point_source);
  const DataReduction& r = *reduction;
  for (const double d :
       {zero, span, typical_value, r.comp_dev, r.comp_dev_percent, r.exc_dev, r.exc_dev_percent}) {
    out.fixed(d);
  }
  out.svarint(display_digits);
  std::uint8_t flags = 0;
  for (const bool flag : {step, future, archiving, compressing, scan, shutdown}) {
    flags = static_cast<std::uint8_t>((flags << 1) | (flag ? 1 : 0));
  }
  out.u8(flags);
  for (const std::uint32_t s : {r.comp_min_s, r.comp_max_s, r.exc_min_s, r.exc_max_s}) out.svarint(s);
  put_time(out, created);
  put_time(out, changed);
  out.text(creator);
  out.text(changer);
  put_pairs(out, *more);
}

std::optional<PointRow> PointRow::decode(std::string_view key, ByteReader& in) {
  const auto number = be32_from(key);
  if (!number || in.u8() != kPointRow) return std::nullopt;
  PointRow row;
  row.id = PointId{*number};
  row.tag = in.text();
  row.type = static_cast<PointType>(in.u8());
  if (row.type > PointType::timestamp) return std::nullopt;
  row.digital_set = SetId{static_cast<std::uint32_t>(in.varint())};
  row.descriptor = in.text();
  row.extended_descriptor = in.text();
  row.eng_units = in.text();
  row.point_class = in.text();
  row.point_source = in.text();
  DataReduction r;
  for (double* d : {&row.zero, &row.span, &row.typical_value, &r.comp_dev, &r.comp_dev_percent, &r.exc_dev,
                    &r.exc_dev_percent}) {
    *d = in.fixed<double>();
  }
  row.display_digits = static_cast<std::int32_t>(in.svarint());
  std::uint8_t flags = in.u8();
  for (bool* flag : {&row.shutdown, &row.scan, &row.compressing, &row.archiving, &row.future, &row.step}) {
    *flag = (flags & 1) != 0;
    flags >>= 1;
  }
  for (std::uint32_t* s : {&r.comp_min_s, &r.comp_max_s, &r.exc_min_s, &r.exc_max_s}) {
    *s = static_cast<std::uint32_t>(in.svarint());
  }
  row.reduction.set(r);
  row.created = get_time(in);
  row.changed = get_time(in);
  row.creator = in.text();
  row.changer = in.text();
  row.more.set(get_pairs(in));
  return row;
}

std::string DigitalSetRow::key_of(SetId id) {
  return be32_key(to_number(id));
}

void DigitalSetRow::encode(ByteWriter& out) const {
  out.u8(kSetRow);
  out.text(name);
  out.text(description);
  out.varint(states.size());
  for (const DigitalState& state : states) {
    out.svarint(state.code);
    out.text(state.name);
    out.text(state.description);
  }
}

std::optional<DigitalSetRow> DigitalSetRow::decode(std::string_view key, ByteReader& in) {
  const auto number = be32_from(key);
  if (!number || in.u8() != kSetRow) return std::nullopt;
  DigitalSetRow row;
  row.id = SetId{*number};
  row.name = in.text();
  row.description = in.text();
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    DigitalState state;
    state.code = static_cast<std::int32_t>(in.svarint());
    state.name = in.text();
    state.description = in.text();
    row.states.push_back(std::move(state));
  }
  return row;
}

std::string AddressRow::key_of(Door door, std::string_view address) {
  std::string key(1, static_cast<char>(door));
  return key.append(address);
}

std::uint64_t AddressRow::hash_of(Door door, std::string_view address) {
  return hash_text(address) + static_cast<std::uint64_t>(door) * 0x9e3779b97f4a7c15;
}

std::uint64_t AddressRow::hash_of(std::string_view key) {
  return key.empty() ? 0 : hash_of(static_cast<Door>(key[0]), key.substr(1));
}

void AddressRow::encode(ByteWriter& out) const {
  out.u8(kAddressRow);
  out.varint(to_number(point));
}

std::optional<AddressRow> AddressRow::decode(std::string_view key, ByteReader& in) {
  if (key.empty() || in.u8() != kAddressRow) return std::nullopt;
  return AddressRow{static_cast<Door>(key[0]), std::string{key.substr(1)},
                    PointId{static_cast<std::uint32_t>(in.varint())}};
}

}  // namespace penstock::catalog
