#include "catalog/row_codec.h"
#include "catalog/templates.h"

// The stored form of the asset model; docs/format/catalog.md has it as a table.

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kRow = 1;
constexpr std::uint8_t kDatabaseRow = 2;   // Since 2: extended properties.
constexpr std::uint8_t kElementRow = 2;    // Since 2: further parents.
constexpr std::uint8_t kAttributeRow = 2;  // Since 2: trait, digits, and the template that it follows.

void put_uuid(ByteWriter& out, const Uuid& id) {
  out.fixed(id);
}

std::optional<Uuid> uuid_from(std::string_view key) {
  if (key.size() != 16) return std::nullopt;
  Uuid id;
  std::memcpy(id.bytes, key.data(), 16);
  return id;
}

void put_optional(ByteWriter& out, const std::optional<Uuid>& id) {
  out.u8(id ? 1 : 0);
  put_uuid(out, id.value_or(Uuid{}));
}
std::optional<Uuid> get_optional(ByteReader& in) {
  const bool known = in.u8() != 0;
  const Uuid id = in.fixed<Uuid>();
  return known ? std::optional{id} : std::nullopt;
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

void put_fields(ByteWriter& out, const AfAttributeFields& row) {
  for (const std::string* text : {&row.name, &row.description, &row.type, &row.type_qualifier, &row.units,
                                  &row.data_reference, &row.config_string}) {
    out.text(*text);
  }
  std::uint8_t flags = 0;
  for (const bool flag :
       {row.configuration_item, row.excluded, row.hidden, row.manual_entry, row.value.has_value()}) {
    flags = static_cast<std::uint8_t>((flags << 1) | (flag ? 1 : 0));
  }
  out.u8(flags);
  put_texts(out, row.categories);
  if (row.value) put_sample(out, *row.value);
}

void get_fields(ByteReader& in, AfAttributeFields& row) {
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
}

void put_later_fields(ByteWriter& out, const AfAttributeFields& row) {
  out.text(row.trait);
  out.svarint(row.display_digits);
}
void get_later_fields(ByteReader& in, AfAttributeFields& row) {
  row.trait = in.text();
  row.display_digits = static_cast<std::int32_t>(in.svarint());
}

}  // namespace

void AfDatabase::encode(ByteWriter& out) const {
  out.u8(kDatabaseRow);
  out.text(name);
  out.text(description);
  put_pairs(out, extended);
}

std::optional<AfDatabase> AfDatabase::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  const std::uint8_t version = in.u8();
  if (!id || version == 0 || version > kDatabaseRow) return std::nullopt;
  AfDatabase row;
  row.id = *id;
  row.name = in.text();
  row.description = in.text();
  if (version >= 2) row.extended = get_pairs(in);
  return row;
}

void AfElement::encode(ByteWriter& out) const {
  out.u8(kElementRow);
  put_uuid(out, database);
  put_uuid(out, parent);
  out.text(name);
  out.text(description);
  out.text(template_name);
  put_texts(out, categories);
  put_pairs(out, extended);
  out.varint(also_below.size());
  for (const Uuid& place : also_below) put_uuid(out, place);
}

std::optional<AfElement> AfElement::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  const std::uint8_t version = in.u8();
  if (!id || version == 0 || version > kElementRow) return std::nullopt;
  AfElement row;
  row.id = *id;
  row.database = in.fixed<Uuid>();
  row.parent = in.fixed<Uuid>();
  row.name = in.text();
  row.description = in.text();
  row.template_name = in.text();
  row.categories = get_texts(in);
  row.extended = get_pairs(in);
  if (version < 2) return row;
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) row.also_below.push_back(in.fixed<Uuid>());
  return row;
}

void AfAttribute::encode(ByteWriter& out) const {
  out.u8(kAttributeRow);
  put_uuid(out, element);
  put_optional(out, parent_attribute);
  put_fields(out, *this);
  put_later_fields(out, *this);
  put_optional(out, from_template);
}

std::optional<AfAttribute> AfAttribute::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  const std::uint8_t version = in.u8();
  if (!id || version == 0 || version > kAttributeRow) return std::nullopt;
  AfAttribute row;
  row.id = *id;
  row.element = in.fixed<Uuid>();
  row.parent_attribute = get_optional(in);
  get_fields(in, row);
  if (version >= 2) {
    get_later_fields(in, row);
    row.from_template = get_optional(in);
  }
  return row;
}

void AfCategory::encode(ByteWriter& out) const {
  out.u8(kRow);
  put_uuid(out, database);
  out.u8(static_cast<std::uint8_t>(kind));
  out.text(name);
  out.text(description);
}

std::optional<AfCategory> AfCategory::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  if (!id || in.u8() != kRow) return std::nullopt;
  AfCategory row;
  row.id = *id;
  row.database = in.fixed<Uuid>();
  row.kind = static_cast<AfCategoryKind>(in.u8());
  if (row.kind > AfCategoryKind::attribute) return std::nullopt;
  row.name = in.text();
  row.description = in.text();
  return row;
}

void AfEnumerationSet::encode(ByteWriter& out) const {
  out.u8(kRow);
  put_uuid(out, database);
  out.text(name);
  out.text(description);
  out.varint(values.size());
  for (const AfEnumerationValue& value : values) {
    put_uuid(out, value.id);
    out.svarint(value.value);
    out.text(value.name);
    out.text(value.description);
  }
}

std::optional<AfEnumerationSet> AfEnumerationSet::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  if (!id || in.u8() != kRow) return std::nullopt;
  AfEnumerationSet row;
  row.id = *id;
  row.database = in.fixed<Uuid>();
  row.name = in.text();
  row.description = in.text();
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    AfEnumerationValue value;
    value.id = in.fixed<Uuid>();
    value.value = static_cast<std::int32_t>(in.svarint());
    value.name = in.text();
    value.description = in.text();
    row.values.push_back(std::move(value));
  }
  return row;
}

void AfElementTemplate::encode(ByteWriter& out) const {
  out.u8(kRow);
  put_uuid(out, database);
  put_optional(out, base);
  out.text(name);
  out.text(description);
  out.text(naming_pattern);
  out.u8(extensible ? 1 : 0);
  put_texts(out, categories);
  put_pairs(out, extended);
}

std::optional<AfElementTemplate> AfElementTemplate::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  if (!id || in.u8() != kRow) return std::nullopt;
  AfElementTemplate row;
  row.id = *id;
  row.database = in.fixed<Uuid>();
  row.base = get_optional(in);
  row.name = in.text();
  row.description = in.text();
  row.naming_pattern = in.text();
  row.extensible = in.u8() != 0;
  row.categories = get_texts(in);
  row.extended = get_pairs(in);
  return row;
}

void AfAttributeTemplate::encode(ByteWriter& out) const {
  out.u8(kRow);
  put_uuid(out, element_template);
  put_optional(out, parent);
  put_fields(out, *this);
  put_later_fields(out, *this);
}

std::optional<AfAttributeTemplate> AfAttributeTemplate::decode(std::string_view key, ByteReader& in) {
  const auto id = uuid_from(key);
  if (!id || in.u8() != kRow) return std::nullopt;
  AfAttributeTemplate row;
  row.id = *id;
  row.element_template = in.fixed<Uuid>();
  row.parent = get_optional(in);
  get_fields(in, row);
  get_later_fields(in, row);
  return row;
}

}  // namespace penstock::catalog
