#include "catalog/buildingx.h"

#include "base/text.h"
#include "catalog/catalog.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kPartitionRow = 1, kPointRow = 1;
constexpr std::size_t kNameBytesMax = 256;

/// The one set behind all booleans, made when the first is needed.
Result<SetId> boolean_set(Editor& editor) {
  std::string name = "Boolean";
  for (int n = 2;; ++n) {
    const DigitalSet* set = editor.tables().digital_sets.find_name(name);
    if (set == nullptr) break;
    if (set->states.size() == 2 && iequals(set->states[0].name, "false") &&
        iequals(set->states[1].name, "true")) {
      return set->id;
    }
    name = "Boolean~" + std::to_string(n);
  }
  DigitalSet made;
  made.name = std::move(name);
  made.states = {{0, "false", {}}, {1, "true", {}}};
  return editor.add_digital_set(std::move(made));
}

bool is_dense(const std::vector<std::pair<std::int32_t, std::string>>& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i].first != static_cast<std::int32_t>(i)) return false;
  }
  return !states.empty();
}

Result<void> check_states(const NewBxPoint& wanted) {
  for (std::size_t i = 0; i < wanted.states.size(); ++i) {
    if (wanted.states[i].second.empty()) return fail(ErrorCode::invalid_argument, "enum", "a label is empty");
    if (i > 0 && wanted.states[i].first <= wanted.states[i - 1].first) {
      return fail(ErrorCode::invalid_argument, "enum", "the keys of an enum must ascend");
    }
  }
  return {};
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

void BxPoint::encode(ByteWriter& out) const {
  out.u8(kPointRow);
  out.u8(static_cast<std::uint8_t>(data_type));
  out.varint(states.size());
  for (const auto& [number, label] : states) {
    out.svarint(number);
    out.text(label);
  }
}

std::optional<BxPoint> BxPoint::decode(std::string_view key, ByteReader& in) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos || in.u8() != kPointRow) return std::nullopt;
  BxPoint row;
  row.partition = key.substr(0, slash);
  row.id = key.substr(slash + 1);
  const std::uint8_t type = in.u8();
  if (type > static_cast<std::uint8_t>(BxDataType::enumeration)) return std::nullopt;
  row.data_type = static_cast<BxDataType>(type);
  for (std::uint64_t n = in.varint(); n > 0 && in.ok(); --n) {
    const std::int64_t number = in.svarint();
    row.states.emplace_back(static_cast<std::int32_t>(number), in.text());
  }
  return row;
}

Result<void> put_partition(Editor& editor, BxPartition partition) {
  partition.id = to_lower(partition.id);
  if (partition.id.empty() || partition.id.find('/') != std::string::npos) {
    return fail(ErrorCode::invalid_argument, "id", "a partition needs an id without a slash");
  }
  const BxPartition* known = editor.tables().building_x.partitions.find(partition.id);
  if (known != nullptr && known->name == partition.name && known->description == partition.description) {
    return {};
  }
  editor.put(partition);
  return {};
}

Result<PointId> add_bx_point(Editor& editor, const NewBxPoint& wanted, Timestamp now) {
  const Tables& tables = editor.tables();
  if (tables.building_x.partitions.find(to_lower(wanted.partition)) == nullptr) {
    return fail(ErrorCode::not_found, "partition", "no partition " + wanted.partition);
  }
  if (wanted.id.empty() || wanted.id.size() > kNameBytesMax || wanted.id.find('/') != std::string::npos) {
    return fail(ErrorCode::invalid_argument, "id", "a point needs an id without a slash");
  }
  TRY_VOID(check_states(wanted));
  const std::string address = BxPoint::address_of(wanted.partition, wanted.id);
  if (tables.addresses.find(Door::building_x, address)) {
    return fail(ErrorCode::conflict, "id", "a point " + wanted.id + " exists");
  }

  Point point;
  point.tag = editor.free_tag("BX." + to_lower(wanted.partition) + "." + to_lower(wanted.id));
  point.descriptor = wanted.name;
  point.extended_descriptor = wanted.description;
  point.eng_units = wanted.unit;
  point.point_source = "BX";
  point.future = true;
  point.created = point.changed = now;
  switch (wanted.data_type) {
    case BxDataType::number: point.type = PointType::float64; break;
    case BxDataType::string:
      point.type = PointType::string;
      point.step = true;
      break;
    case BxDataType::boolean: {
      point.type = PointType::digital;
      point.step = true;
      TRY(point.digital_set, boolean_set(editor));
      break;
    }
    case BxDataType::enumeration:
      point.step = true;
      if (is_dense(wanted.states)) {
        DigitalSet set;
        set.name = point.tag;
        for (const auto& [code, label] : wanted.states) set.states.push_back({code, label, {}});
        point.type = PointType::digital;
        TRY(point.digital_set, editor.add_digital_set(std::move(set)));
      } else {
        point.type = PointType::int32;
      }
      break;
  }
  TRY(const PointId id, editor.add_point(std::move(point)));
  editor.bind(Door::building_x, address, id);

  BxPoint row;
  row.partition = to_lower(wanted.partition);
  row.id = to_lower(wanted.id);
  row.data_type = wanted.data_type;
  row.states = wanted.states;
  editor.put(row);
  return id;
}

}  // namespace penstock::catalog
