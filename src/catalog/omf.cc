#include "catalog/omf.h"

#include "catalog/row_codec.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kTypeRow = 2;  // Since 2: the asset.
constexpr std::uint8_t kContainerRow = 1, kInstanceRow = 1, kLinkRow = 1;
constexpr char kSeparator = '\0';  // In keys only: no id may hold it.

void put_optional(ByteWriter& out, const std::optional<double>& number) {
  out.u8(number.has_value());
  if (number) out.fixed(*number);
}
std::optional<double> get_optional(ByteReader& in) {
  if (in.u8() == 0) return std::nullopt;
  return in.fixed<double>();
}

void put_hints(ByteWriter& out, const OmfHints& hints) {
  out.text(hints.uom);
  put_optional(out, hints.minimum);
  put_optional(out, hints.maximum);
  out.u8(static_cast<std::uint8_t>(hints.interpolation));
}
OmfHints get_hints(ByteReader& in) {
  OmfHints hints;
  hints.uom = in.text();
  hints.minimum = get_optional(in);
  hints.maximum = get_optional(in);
  hints.interpolation = static_cast<OmfInterpolation>(in.u8());
  return hints;
}

enum PropertyFlag : std::uint8_t { kNullable = 1, kIndex = 2, kName = 4, kQuality = 8 };

void put_property(ByteWriter& out, const OmfProperty& p) {
  out.text(p.key);
  out.u8(static_cast<std::uint8_t>(p.format));
  out.u8(static_cast<std::uint8_t>((p.nullable ? kNullable : 0) | (p.is_index ? kIndex : 0) |
                                   (p.is_name ? kName : 0) | (p.is_quality ? kQuality : 0)));
  out.text(p.ref_type_id);
  out.text(p.name);
  out.text(p.description);
  put_hints(out, p.hints);
}
OmfProperty get_property(ByteReader& in) {
  OmfProperty p;
  p.key = in.text();
  p.format = static_cast<OmfFormat>(in.u8());
  const std::uint8_t flags = in.u8();
  p.nullable = (flags & kNullable) != 0;
  p.is_index = (flags & kIndex) != 0;
  p.is_name = (flags & kName) != 0;
  p.is_quality = (flags & kQuality) != 0;
  p.ref_type_id = in.text();
  p.name = in.text();
  p.description = in.text();
  p.hints = get_hints(in);
  return p;
}

}  // namespace

const OmfProperty* OmfType::find(std::string_view property_key) const {
  const OmfProperty* close = nullptr;
  bool unique = true;
  for (const OmfProperty& property : properties) {
    if (property.key == property_key) return &property;
    if (iequals(property.key, property_key)) {
      unique = close == nullptr;
      close = &property;
    }
  }
  return unique ? close : nullptr;
}

const OmfProperty* OmfType::index() const {
  for (const OmfProperty& property : properties) {
    if (property.is_index) return &property;
  }
  return nullptr;
}

std::size_t OmfType::value_count() const {
  std::size_t count = 0;
  for (const OmfProperty& property : properties) count += property.is_value();
  return count;
}

void OmfType::encode(ByteWriter& out) const {
  out.u8(kTypeRow);
  out.text(id);
  out.u8(static_cast<std::uint8_t>(classification));
  out.text(version);
  out.text(name);
  out.text(description);
  out.text(extrapolation);
  put_texts(out, tags);
  put_pairs(out, metadata);
  out.varint(properties.size());
  for (const OmfProperty& property : properties) put_property(out, property);
  out.u8(static_cast<std::uint8_t>(enum_format));
  out.varint(values.size());
  for (const OmfEnumValue& value : values) {
    out.text(value.name);
    out.svarint(value.value);
  }
  out.varint(to_number(digital_set));
  out.fixed(asset);
}

std::optional<OmfType> OmfType::decode(std::string_view, ByteReader& in) {
  const std::uint8_t version = in.u8();
  if (version == 0 || version > kTypeRow) return std::nullopt;
  OmfType type;
  type.id = in.text();
  type.classification = static_cast<OmfClassification>(in.u8());
  type.version = in.text();
  type.name = in.text();
  type.description = in.text();
  type.extrapolation = in.text();
  type.tags = get_texts(in);
  type.metadata = get_pairs(in);
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) type.properties.push_back(get_property(in));
  type.enum_format = static_cast<OmfFormat>(in.u8());
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    OmfEnumValue value;
    value.name = in.text();
    value.value = in.svarint();
    type.values.push_back(std::move(value));
  }
  type.digital_set = SetId{static_cast<std::uint32_t>(in.varint())};
  if (version >= 2) type.asset = in.fixed<Uuid>();
  return type;
}

const OmfStream* OmfContainer::find_stream(std::string_view property) const {
  for (const OmfStream& stream : streams) {
    if (stream.property == property) return &stream;
  }
  return nullptr;
}

void OmfContainer::encode(ByteWriter& out) const {
  out.u8(kContainerRow);
  out.text(id);
  out.text(type_id);
  out.text(name);
  out.text(description);
  out.text(data_source);
  out.text(extrapolation);
  put_texts(out, tags);
  put_texts(out, indexes);
  put_pairs(out, metadata);
  out.varint(overrides.size());
  for (const auto& [property, hints] : overrides) {
    out.text(property);
    put_hints(out, hints);
  }
  out.u8(future);
  out.varint(streams.size());
  for (const OmfStream& stream : streams) {
    out.text(stream.property);
    out.varint(to_number(stream.point));
    out.u8(stream.adopted);
  }
}

std::optional<OmfContainer> OmfContainer::decode(std::string_view, ByteReader& in) {
  if (in.u8() != kContainerRow) return std::nullopt;
  OmfContainer container;
  container.id = in.text();
  container.type_id = in.text();
  container.name = in.text();
  container.description = in.text();
  container.data_source = in.text();
  container.extrapolation = in.text();
  container.tags = get_texts(in);
  container.indexes = get_texts(in);
  container.metadata = get_pairs(in);
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    std::string property{in.text()};
    container.overrides.emplace_back(std::move(property), get_hints(in));
  }
  container.future = in.u8() != 0;
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    OmfStream stream;
    stream.property = in.text();
    stream.point = PointId{static_cast<std::uint32_t>(in.varint())};
    stream.adopted = in.u8() != 0;
    container.streams.push_back(std::move(stream));
  }
  return container;
}

const OmfContainer* OmfContainers::find_of_type(std::string_view type_id) const {
  const auto at = by_type_.find(OmfType::key_of(type_id));
  return at == by_type_.end() ? nullptr : &row(at->second.front());
}

void OmfContainers::added(std::uint32_t number, const OmfContainer& row) {
  std::vector<std::uint32_t>& same = by_type_[OmfType::key_of(row.type_id)];
  if (place_.size() <= number) place_.resize(number + 1);
  place_[number] = static_cast<std::uint32_t>(same.size());
  same.push_back(number);
}

void OmfContainers::removing(std::uint32_t number, const OmfContainer& row) {
  const auto at = by_type_.find(OmfType::key_of(row.type_id));
  std::vector<std::uint32_t>& same = at->second;
  // The last one takes its place.
  same[place_[number]] = same.back();
  place_[same.back()] = place_[number];
  same.pop_back();
  if (same.empty()) by_type_.erase(at);
}

std::string OmfInstance::key_of(std::string_view type_id, std::string_view index) {
  return to_upper_invariant(type_id) + kSeparator + to_upper_invariant(index);
}

void OmfInstance::encode(ByteWriter& out) const {
  out.u8(kInstanceRow);
  out.text(type_id);
  out.text(index);
  out.fixed(element);
}

std::optional<OmfInstance> OmfInstance::decode(std::string_view, ByteReader& in) {
  if (in.u8() != kInstanceRow) return std::nullopt;
  OmfInstance instance;
  instance.type_id = in.text();
  instance.index = in.text();
  instance.element = in.fixed<Uuid>();
  return instance;
}

std::string OmfLink::source_key(std::string_view type_id, std::string_view index) {
  return OmfInstance::key_of(type_id, index) + kSeparator;
}

std::string OmfLink::key() const {
  std::string text = source_key(source_type, source_index);
  for (const std::string* part :
       {&source_property, &target_type, &target_index, &container, &target_property}) {
    text += to_upper_invariant(*part);
    text += kSeparator;
  }
  return text;
}

void OmfLink::encode(ByteWriter& out) const {
  out.u8(kLinkRow);
  for (const std::string* part : {&source_type, &source_index, &source_property, &target_type, &target_index,
                                  &container, &target_property}) {
    out.text(*part);
  }
  out.varint(attributes.size());
  for (const Uuid& attribute : attributes) out.fixed(attribute);
}

std::optional<OmfLink> OmfLink::decode(std::string_view, ByteReader& in) {
  if (in.u8() != kLinkRow) return std::nullopt;
  OmfLink link;
  for (std::string* part : {&link.source_type, &link.source_index, &link.source_property, &link.target_type,
                            &link.target_index, &link.container, &link.target_property}) {
    *part = in.text();
  }
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) link.attributes.push_back(in.fixed<Uuid>());
  return link;
}

namespace {

/// A container's key has no separator, an instance's has one.
std::string target_key(const OmfLink& link) {
  return link.container.empty() ? OmfInstance::key_of(link.target_type, link.target_index)
                                : OmfContainer::key_of(link.container);
}

std::vector<OmfLink> all_of(const std::set<std::pair<std::string, const OmfLink*>>& index,
                            const std::string& key) {
  std::vector<OmfLink> links;
  for (auto at = index.lower_bound({key, nullptr}); at != index.end() && at->first == key; ++at) {
    links.push_back(*at->second);
  }
  return links;
}

}  // namespace

std::vector<OmfLink> OmfLinks::of_container(std::string_view id) const {
  return all_of(by_target_, OmfContainer::key_of(id));
}

std::vector<OmfLink> OmfLinks::of_target(std::string_view type_id, std::string_view index) const {
  return all_of(by_target_, OmfInstance::key_of(type_id, index));
}

std::vector<OmfLink> OmfLinks::of_source(std::string_view type_id, std::string_view index) const {
  std::vector<OmfLink> links;
  const std::string prefix = OmfLink::source_key(type_id, index);
  for (auto at = rows().lower_bound(prefix); at != rows().end() && at->first.starts_with(prefix); ++at) {
    links.push_back(at->second);
  }
  return links;
}

void OmfLinks::added(const OmfLink& row) {
  by_target_.emplace(target_key(row), &row);
}

void OmfLinks::removing(const OmfLink& row) {
  by_target_.erase({target_key(row), &row});
}

}  // namespace penstock::catalog
