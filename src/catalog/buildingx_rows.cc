#include <array>

#include "base/text.h"
#include "catalog/buildingx.h"
#include "catalog/row_codec.h"

namespace penstock::catalog {
namespace {

/// Of points: 2 since they have a device, a class and tags.
constexpr std::uint8_t kPartitionRow = 1, kPointRow = 2, kDeviceRow = 1, kLocationRow = 1;

/// "<partition>/<id>"; false if it is none.
template <class Text>
bool split_key(std::string_view key, Text& partition, std::string& id) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return false;
  partition = key.substr(0, slash);
  id = key.substr(slash + 1);
  return true;
}

/// The texts of a row in their stored order.
template <class Row>
auto texts_of(Row& row) requires requires {
  row.model_name;
}
{
  return std::array{&row.name,  &row.description, &row.model_name, &row.serial_number,
                    &row.notes, &row.external_id, &row.location,   &row.gateway};
}
template <class Row>
auto texts_of(Row& row) requires requires {
  row.label;
}
{
  return std::array{&row.type,     &row.label,       &row.description, &row.time_zone, &row.street,
                    &row.locality, &row.postal_code, &row.region,      &row.country};
}

template <class Row>
void encode_texts(const Row& row, std::uint8_t version, ByteWriter& out) {
  out.u8(version);
  for (const std::string* text : texts_of(row)) out.text(*text);
}

template <class Row>
std::optional<Row> decode_texts(std::string_view key, std::uint8_t version, ByteReader& in) {
  Row row;
  if (!split_key(key, row.partition, row.id) || in.u8() != version) return std::nullopt;
  for (std::string* text : texts_of(row)) *text = in.text();
  return row;
}

template <class Row>
std::vector<const Row*> rows_of(const Table<Row>& table, std::string_view partition) {
  std::vector<const Row*> found;
  const std::string prefix = BxPoint::address_of(partition, {});
  for (auto at = table.rows().lower_bound(prefix); at != table.rows().end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    found.push_back(&at->second);
  }
  return found;
}

}  // namespace

std::string_view to_string(BxDataType type) {
  switch (type) {
    case BxDataType::number: return "number";
    case BxDataType::boolean: return "boolean";
    case BxDataType::string: return "string";
    case BxDataType::enumeration: return "enum";
  }
  return {};
}

void BxPartition::encode(ByteWriter& out) const {
  out.u8(kPartitionRow);
  out.text(name);
  out.text(description);
}

std::optional<BxPartition> BxPartition::decode(std::string_view key, ByteReader& in) {
  if (in.u8() != kPartitionRow) return std::nullopt;
  BxPartition row;
  row.id = key;
  row.name = in.text();
  row.description = in.text();
  return row;
}

std::string BxPoint::address_of(std::string_view partition, std::string_view id) {
  std::string address;
  address.reserve(partition.size() + 1 + id.size());
  address.append(partition).append(1, '/').append(id);
  for (char& c : address) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return address;
}

bool BxPoint::has_key(std::string_view key) const {
  const std::string_view owner = partition;
  return key.size() == owner.size() + 1 + id.size() && key.starts_with(owner) && key[owner.size()] == '/' &&
         key.ends_with(id);
}

void BxPoint::encode(ByteWriter& out) const {
  out.u8(kPointRow);
  out.u8(static_cast<std::uint8_t>(data_type));
  out.varint(states.size());
  for (const auto& [number, label] : states) {
    out.svarint(number);
    out.text(label);
  }
  out.text(device);
  out.text(point_class);
  put_pairs(out, tags);
}

std::optional<BxPoint> BxPoint::decode(std::string_view key, ByteReader& in) {
  BxPoint row;
  const std::uint8_t version = in.u8();
  if (!split_key(key, row.partition, row.id) || version < 1 || version > kPointRow) return std::nullopt;
  const std::uint8_t type = in.u8();
  if (type > static_cast<std::uint8_t>(BxDataType::enumeration)) return std::nullopt;
  row.data_type = static_cast<BxDataType>(type);
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    const std::int64_t number = in.svarint();
    row.states.emplace_back(static_cast<std::int32_t>(number), in.text());
  }
  if (version < 2) return row;
  row.device = in.text();
  row.point_class = in.text();
  row.tags = get_pairs(in);
  return row;
}

void BxDevice::encode(ByteWriter& out) const {
  encode_texts(*this, kDeviceRow, out);
}

std::optional<BxDevice> BxDevice::decode(std::string_view key, ByteReader& in) {
  return decode_texts<BxDevice>(key, kDeviceRow, in);
}

void BxLocation::encode(ByteWriter& out) const {
  encode_texts(*this, kLocationRow, out);
}

std::optional<BxLocation> BxLocation::decode(std::string_view key, ByteReader& in) {
  return decode_texts<BxLocation>(key, kLocationRow, in);
}

std::vector<const BxDevice*> BuildingXTables::devices_of(std::string_view partition) const {
  return rows_of(devices, partition);
}

std::vector<const BxLocation*> BuildingXTables::locations_of(std::string_view partition) const {
  return rows_of(locations, partition);
}

}  // namespace penstock::catalog
