#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/interned_text.h"
#include "base/text.h"
#include "base/text_hash.h"
#include "catalog/flat_table.h"
#include "catalog/table.h"
#include "model/point.h"

namespace penstock::catalog {

/// What a property of an OMF type holds: its `type` and `format` together, defaults filled in.
enum class OmfFormat : std::uint8_t {
  boolean = 0,
  int16 = 1,
  int32 = 2,
  int64 = 3,
  uint16 = 4,
  uint32 = 5,
  uint64 = 6,
  float32 = 7,
  float64 = 8,
  string = 9,
  date_time = 10,
  enumeration = 11,  ///< A member of the enum type that `ref_type_id` names.
};

enum class OmfInterpolation : std::uint8_t {
  unset = 0,
  continuous = 1,
  discrete = 2,
  stepwise_leading = 3,
  stepwise_following = 4
};

enum class OmfClassification : std::uint8_t { static_type = 0, dynamic_type = 1, enumeration = 2 };

/// What a type says of a property, or a container says in its place (`propertyoverrides`).
struct OmfHints {
  std::string uom;
  std::optional<double> minimum, maximum;
  OmfInterpolation interpolation = OmfInterpolation::unset;
  bool operator==(const OmfHints&) const = default;
};

struct OmfProperty {
  std::string key;  ///< As in `properties`, and as in the values of data messages.
  OmfFormat format = OmfFormat::string;
  bool nullable = false, is_index = false, is_name = false, is_quality = false;
  std::string ref_type_id;
  std::string name, description;  ///< Friendly name; empty: the key.
  OmfHints hints;

  const std::string& shown_name() const { return name.empty() ? key : name; }
  /// Gets a point of its own in a container.
  bool is_value() const { return !is_index && !is_name && !is_quality; }
  bool operator==(const OmfProperty&) const = default;
};

struct OmfEnumValue {
  std::string name;
  std::int64_t value = 0;
  bool operator==(const OmfEnumValue&) const = default;
};

using OmfTexts = std::vector<std::pair<std::string, std::string>>;

/// A type as its producer defined it. Key: the id in upper case, since ids are compared without case.
struct OmfType {
  static constexpr TableId kTable = TableId::omf_types;
  std::string id;
  OmfClassification classification = OmfClassification::dynamic_type;
  std::string version = "1.0.0.0";
  std::string name, description, extrapolation;
  std::vector<std::string> tags;
  OmfTexts metadata;
  std::vector<OmfProperty> properties;       ///< In the order of the message.
  OmfFormat enum_format = OmfFormat::int16;  ///< Of an enumeration.
  std::vector<OmfEnumValue> values;          ///< Of an enumeration, ascending by value.
  SetId digital_set = kSystemSet;            ///< Of an enumeration that fits one; else the system set.
  Uuid asset;  ///< Its element template, or enumeration set, in the asset database.

  const OmfProperty* find(std::string_view property_key) const;  ///< Exact, else a unique match without case.
  const OmfProperty* index() const;
  std::size_t value_count() const;  ///< Properties with points: 1 makes a simple type.

  static std::string key_of(std::string_view id) { return to_upper_invariant(id); }
  std::string key() const { return key_of(id); }
  void encode(ByteWriter& out) const;
  static std::optional<OmfType> decode(std::string_view key, ByteReader& in);
};

/// One point of a container.
struct OmfStream {
  InternedText property;  ///< Key in the type.
  PointId point{};
  bool adopted = false;  ///< The point was there before: deleting the container leaves it.
  bool operator==(const OmfStream&) const = default;
};

/// A container. Its points stand in the order of the type's value properties; each is bound to the address
/// `<id>|<property>` at the OMF door. Key: the id in upper case.
struct OmfContainer {
  static constexpr TableId kTable = TableId::omf_containers;
  std::string id;
  InternedText type_id, name, description, data_source, extrapolation;
  std::vector<std::string> tags, indexes;
  OmfTexts metadata;
  std::vector<std::pair<std::string, OmfHints>> overrides;  ///< By property key.
  bool future = false;
  std::vector<OmfStream> streams;

  std::string_view shown_name() const { return name.empty() ? std::string_view{id} : name.view(); }
  const OmfStream* find_stream(std::string_view property) const;

  static std::string key_of(std::string_view id) { return to_upper_invariant(id); }
  static std::uint64_t hash_of(std::string_view id) { return hash_folded(id); }
  std::string key() const { return key_of(id); }
  bool has_key(std::string_view wanted) const { return equals_folded(id, wanted); }
  void encode(ByteWriter& out) const;
  static std::optional<OmfContainer> decode(std::string_view key, ByteReader& in);
};

class OmfContainers final : public FlatTable<OmfContainer> {
 public:
  /// Straight from the bytes of a message, in any letter case: one hash, no allocation.
  const OmfContainer* find_id(std::string_view id) const { return find(id); }
  const OmfContainer* find_of_type(std::string_view type_id) const;  ///< Any container of the type, or null.

 private:
  void added(std::uint32_t number, const OmfContainer& row) override;
  void removing(std::uint32_t number, const OmfContainer& row) override;

  std::unordered_map<std::string, std::vector<std::uint32_t>> by_type_;  // By key of the type.
  std::vector<std::uint32_t> place_;                                     // Of each row in its list there.
};

/// An instance of a static type: an AF element. Key: type id and index, both in upper case.
struct OmfInstance {
  static constexpr TableId kTable = TableId::omf_instances;
  std::string type_id, index;
  Uuid element;

  static std::string key_of(std::string_view type_id, std::string_view index);
  std::string key() const { return key_of(type_id, index); }
  void encode(ByteWriter& out) const;
  static std::optional<OmfInstance> decode(std::string_view key, ByteReader& in);
};

/// A link from an instance to an instance (`target_type`, `target_index`) or to a container.
/// Key: all ends in upper case.
struct OmfLink {
  static constexpr TableId kTable = TableId::omf_links;
  std::string source_type, source_index, source_property;
  std::string target_type, target_index;
  std::string container, target_property;
  std::vector<Uuid> attributes;  ///< Made on the source element.

  static std::string source_key(std::string_view type_id, std::string_view index);  ///< Prefix of its keys.
  std::string key() const;
  void encode(ByteWriter& out) const;
  static std::optional<OmfLink> decode(std::string_view key, ByteReader& in);
};

class OmfLinks final : public Table<OmfLink> {
 public:
  std::vector<OmfLink> of_container(std::string_view id) const;
  std::vector<OmfLink> of_source(std::string_view type_id, std::string_view index) const;
  std::vector<OmfLink> of_target(std::string_view type_id, std::string_view index) const;

 private:
  void added(const OmfLink& row) override;
  void removing(const OmfLink& row) override;
  std::set<std::pair<std::string, const OmfLink*>>
      by_target_;  // By key of the container or instance, see target_key.
};

/// Rows that only the OMF door understands.
struct OmfTables {
  Table<OmfType> types;
  OmfContainers containers;
  Table<OmfInstance> instances;
  OmfLinks links;

  const OmfType* find_type(std::string_view id) const { return types.find(OmfType::key_of(id)); }
  const OmfInstance* find_instance(std::string_view type_id, std::string_view index) const {
    return instances.find(OmfInstance::key_of(type_id, index));
  }

  /// Calls `f(TableId, TableBase&)` for each table, so that the catalog can load them.
  template <class F>
  void each(F&& f) {
    f(TableId::omf_types, types);
    f(TableId::omf_containers, containers);
    f(TableId::omf_instances, instances);
    f(TableId::omf_links, links);
  }
};

}  // namespace penstock::catalog
