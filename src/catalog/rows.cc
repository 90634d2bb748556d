#include "catalog/assets.h"
#include "catalog/points.h"
#include "catalog/row_codec.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kPointRow = 1, kSetRow = 1, kAddressRow = 1, kAssetRow = 1;

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

void put_time(ByteWriter& out, Timestamp time) {
  out.svarint(time.unix_ns());
}
Timestamp get_time(ByteReader& in) {
  return Timestamp::from_unix_ns(in.svarint());
}

void put_uuid(ByteWriter& out, const Uuid& id) {
  out.fixed(id);
}

std::optional<Uuid> uuid_from(std::string_view key) {
  if (key.size() != 16) return std::nullopt;
  Uuid id;
  std::memcpy(id.bytes, key.data(), 16);
  return id;
}

void put_sample(ByteWriter& out, const Sample& sample) {
  put_time(out, sample.time);
  out.u8(static_cast<std::uint8_t>(sample.value.index()));
  if (const auto* number = std::get_if<double>(&sample.value)) {
    out.fixed(*number);
  } else if (const auto* integer = std::get_if<std::int64_t>(&sample.value)) {
    out.svarint(*integer);
  } else {
    out.text(std::get<std::string>(sample.value));
  }
  out.fixed(sample.quality.state);
  out.u8(sample.quality.flags);
  out.u8(sample.quality.grade);
}

Sample get_sample(ByteReader& in) {
  Sample sample{get_time(in), 0.0, {}};
  switch (in.u8()) {
    case 0: sample.value = in.fixed<double>(); break;
    case 1: sample.value = in.svarint(); break;
    default: sample.value = std::string{in.text()}; break;
  }
  sample.quality.state = in.fixed<std::uint16_t>();
  sample.quality.flags = in.u8();
  sample.quality.grade = in.u8();
  return sample;
}

}  // namespace

std::string PointRow::key_of(PointId id) {
  return be32_key(to_number(id));
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
  for (const double d : {zero, span, typical_value, comp_dev, comp_dev_percent, exc_dev, exc_dev_percent})
    out.fixed(d);
  out.svarint(display_digits);
  std::uint8_t flags = 0;
  for (const bool flag : {step, future, archiving, compressing, scan, shutdown}) {
    flags = static_cast<std::uint8_t>((flags << 1) | (flag ? 1 : 0));
  }
  out.u8(flags);
  for (const std::int64_t s : {comp_min_s, comp_max_s, exc_min_s, exc_max_s}) out.svarint(s);
  put_time(out, created);
  put_time(out, changed);
  out.text(creator);
  out.text(changer);
  put_pairs(out, more);
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
  for (double* d : {&row.zero, &row.span, &row.typical_value, &row.comp_dev, &row.comp_dev_percent,
                    &row.exc_dev, &row.exc_dev_percent}) {
    *d = in.fixed<double>();
  }
  row.display_digits = static_cast<std::int32_t>(in.svarint());
  std::uint8_t flags = in.u8();
  for (bool* flag : {&row.shutdown, &row.scan, &row.compressing, &row.archiving, &row.future, &row.step}) {
    *flag = (flags & 1) != 0;
    flags >>= 1;
  }
  for (std::int64_t* s : {&row.comp_min_s, &row.comp_max_s, &row.exc_min_s, &row.exc_max_s})
    *s = in.svarint();
  row.created = get_time(in);
  row.changed = get_time(in);
  row.creator = in.text();
  row.changer = in.text();
  row.more = get_pairs(in);
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

void AddressRow::encode(ByteWriter& out) const {
  out.u8(kAddressRow);
  out.varint(to_number(point));
}

std::optional<AddressRow> AddressRow::decode(std::string_view key, ByteReader& in) {
  if (key.empty() || in.u8() != kAddressRow) return std::nullopt;
  return AddressRow{static_cast<Door>(key[0]), std::string{key.substr(1)},
                    PointId{static_cast<std::uint32_t>(in.varint())}};
}

void AfDatabase::encode(ByteWriter& out) const {
  out.u8(kAssetRow);
  out.text(name);
  out.text(description);
}

std::optional<AfDatabase> AfDatabase::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  if (!id || in.u8() != kAssetRow) return std::nullopt;
  AfDatabase row;
  row.id = *id;
  row.name = in.text();
  row.description = in.text();
  return row;
}

void AfElement::encode(ByteWriter& out) const {
  out.u8(kAssetRow);
  put_uuid(out, database);
  put_uuid(out, parent);
  out.text(name);
  out.text(description);
  out.text(template_name);
  put_texts(out, categories);
  put_pairs(out, extended);
}

std::optional<AfElement> AfElement::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  if (!id || in.u8() != kAssetRow) return std::nullopt;
  AfElement row;
  row.id = *id;
  row.database = in.fixed<Uuid>();
  row.parent = in.fixed<Uuid>();
  row.name = in.text();
  row.description = in.text();
  row.template_name = in.text();
  row.categories = get_texts(in);
  row.extended = get_pairs(in);
  return row;
}

void AfAttribute::encode(ByteWriter& out) const {
  out.u8(kAssetRow);
  put_uuid(out, element);
  out.u8(parent_attribute ? 1 : 0);
  put_uuid(out, parent_attribute.value_or(Uuid{}));
  for (const std::string* text :
       {&name, &description, &type, &type_qualifier, &units, &data_reference, &config_string}) {
    out.text(*text);
  }
  std::uint8_t flags = 0;
  for (const bool flag : {configuration_item, excluded, hidden, manual_entry, value.has_value()}) {
    flags = static_cast<std::uint8_t>((flags << 1) | (flag ? 1 : 0));
  }
  out.u8(flags);
  put_texts(out, categories);
  if (value) put_sample(out, *value);
}

std::optional<AfAttribute> AfAttribute::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  if (!id || in.u8() != kAssetRow) return std::nullopt;
  AfAttribute row;
  row.id = *id;
  row.element = in.fixed<Uuid>();
  const bool has_parent = in.u8() != 0;
  const Uuid parent = in.fixed<Uuid>();
  if (has_parent) row.parent_attribute = parent;
  for (std::string* text : {&row.name, &row.description, &row.type, &row.type_qualifier, &row.units,
                            &row.data_reference, &row.config_string}) {
    *text = in.text();
  }
  std::uint8_t flags = in.u8();
  bool has_value = false;
  for (bool* flag : {&has_value, &row.manual_entry, &row.hidden, &row.excluded, &row.configuration_item}) {
    *flag = (flags & 1) != 0;
    flags >>= 1;
  }
  row.categories = get_texts(in);
  if (has_value) row.value = get_sample(in);
  return row;
}

}  // namespace penstock::catalog
