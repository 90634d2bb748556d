#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "catalog/points.h"
#include "catalog/table.h"
#include "model/value.h"

namespace penstock::catalog {

using Properties = std::vector<std::pair<std::string, std::string>>;

/// A PI asset (AF) database. Key: the id's bytes.
struct AfDatabase {
  static constexpr TableId kTable = TableId::af_databases;
  Uuid id;
  std::string name, description;

  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfDatabase> decode(std::string_view key, ByteReader& in);
};

/// An element; its parent is another element, or the database itself (then `parent` equals `database`).
struct AfElement {
  static constexpr TableId kTable = TableId::af_elements;
  Uuid id, database, parent;
  std::string name, description, template_name;
  std::vector<std::string> categories;
  Properties extended;

  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfElement> decode(std::string_view key, ByteReader& in);
};

/// An attribute of an element, or below another attribute. With the data reference "PI Point" its stream is
/// the point that `config_string` names; without one the value is kept here.
struct AfAttribute {
  static constexpr TableId kTable = TableId::af_attributes;
  Uuid id, element;
  std::optional<Uuid> parent_attribute;
  std::string name, description;
  std::string type = "Double";  ///< AF type name: "Double", "Single", "Int32", "String", "EnumerationValue" …
  std::string type_qualifier;  ///< Name of the enumeration set.
  std::string units;
  std::string data_reference;  ///< "" or "PI Point".
  std::string config_string;
  bool configuration_item = false, excluded = false, hidden = false, manual_entry = false;
  std::vector<std::string> categories;
  std::optional<Sample> value;  ///< The stored value of a static attribute.

  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfAttribute> decode(std::string_view key, ByteReader& in);
};

class AfDatabases final : public Table<AfDatabase> {
 public:
  const AfDatabase* find(const Uuid& id) const;
  const AfDatabase* find_name(std::string_view name) const;
};

class AfElements final : public Table<AfElement> {
 public:
  const AfElement* find(const Uuid& id) const;
  const AfElement* find_child(const Uuid& parent, std::string_view name) const;  ///< No regard to case.
  std::vector<const AfElement*> children(const Uuid& parent) const;              ///< By name.

 private:
  void added(const AfElement& row) override;
  void removing(const AfElement& row) override;
  std::map<std::string, const AfElement*> by_parent_;  // By parent bytes, then upper-cased name.
};

class AfAttributes final : public Table<AfAttribute> {
 public:
  const AfAttribute* find(const Uuid& id) const;
  /// `owner` is an element, or an attribute for a child attribute.
  const AfAttribute* find_child(const Uuid& owner, std::string_view name) const;  ///< No regard to case.
  std::vector<const AfAttribute*> children(const Uuid& owner) const;              ///< By name.

 private:
  void added(const AfAttribute& row) override;
  void removing(const AfAttribute& row) override;
  std::map<std::string, const AfAttribute*> by_owner_;
};

}  // namespace penstock::catalog
