#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "catalog/table.h"
#include "model/value.h"

namespace penstock::catalog {

using Properties = std::vector<std::pair<std::string, std::string>>;

/// A PI asset (AF) database. Key: the id's bytes.
struct AfDatabase {
  static constexpr TableId kTable = TableId::af_databases;
  Uuid id;
  std::string name, description;
  Properties extended;

  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfDatabase> decode(std::string_view key, ByteReader& in);
};

/// An element; its parent is another element, or the database itself (then `parent` equals `database`). Its
/// path leads through the parent; when that is deleted, the first of `also_below` becomes the parent.
/// Template and categories are named, not numbered: asset_rules.h keeps the names true.
struct AfElement {
  static constexpr TableId kTable = TableId::af_elements;
  Uuid id, database, parent;
  std::string name, description;
  std::string template_name;            ///< Of an element template of its database, or empty.
  std::vector<std::string> categories;  ///< Of its database.
  Properties extended;
  std::vector<Uuid>
      also_below;  ///< Further parents that refer to it, perhaps the database: it is shown there, too.

  bool is_below(const Uuid& place) const;  ///< Directly, by either.
  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfElement> decode(std::string_view key, ByteReader& in);
};

/// What an attribute and the template of one have in common.
struct AfAttributeFields {
  std::string name, description;
  std::string type = "Double";  ///< AF type name: "Double", "Single", "Int32", "String", "EnumerationValue" …
  std::string type_qualifier;  ///< Name of the enumeration set.
  std::string units;
  std::string data_reference;  ///< "" or "PI Point".
  std::string config_string;
  std::string trait;  ///< AF trait name: "LimitHi", "Forecast" …, or empty.
  bool configuration_item = false, excluded = false, hidden = false, manual_entry = false;
  std::int32_t display_digits = -5;
  std::vector<std::string> categories;
  std::optional<Sample> value;  ///< The stored value of a static attribute; of a template the default.
};

/// An attribute of an element, or below another attribute. With the data reference "PI Point" its stream is
/// the point that `config_string` names; without one the value is kept here.
struct AfAttribute : AfAttributeFields {
  static constexpr TableId kTable = TableId::af_attributes;
  Uuid id, element;
  std::optional<Uuid> parent_attribute;
  std::optional<Uuid> from_template;  ///< The attribute template that it was made from and follows.

  const Uuid& owner() const { return parent_attribute ? *parent_attribute : element; }
  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfAttribute> decode(std::string_view key, ByteReader& in);
};

/// Rows by a text or an id that they carry: who names this template, who follows that one? In order of id.
template <class Row>
class Carriers {
 public:
  struct ById {
    bool operator()(const Row* a, const Row* b) const { return a->id < b->id; }
  };
  using Rows = std::set<const Row*, ById>;

  void add(std::string key, const Row& row) { rows_[std::move(key)].insert(&row); }
  void remove(const std::string& key, const Row& row) {
    const auto at = rows_.find(key);
    if (at == rows_.end()) return;
    at->second.erase(&row);
    if (at->second.empty()) rows_.erase(at);
  }
  /// The rows with that key, perhaps none.
  const Rows& of(const std::string& key) const {
    static const Rows none;
    const auto at = rows_.find(key);
    return at == rows_.end() ? none : at->second;
  }

 private:
  std::unordered_map<std::string, Rows> rows_;
};

class AfDatabases final : public Table<AfDatabase> {
 public:
  const AfDatabase* find(const Uuid& id) const;
  const AfDatabase* find_name(std::string_view name) const;
};

class AfElements final : public Table<AfElement> {
 public:
  using Rows = Carriers<AfElement>::Rows;

  const AfElement* find(const Uuid& id) const;
  /// Elements whose parent it is and those that are `also_below` it.
  const AfElement* find_child(const Uuid& parent, std::string_view name) const;  ///< No regard to case.
  std::vector<const AfElement*> children(const Uuid& parent) const;              ///< By name.
  const Rows& of_template(const Uuid& database, std::string_view name) const;    ///< No regard to case.
  const Rows& of_category(const Uuid& database, std::string_view name) const;    ///< No regard to case.

 private:
  void added(const AfElement& row) override;
  void removing(const AfElement& row) override;
  std::map<std::string, const AfElement*> by_parent_;  // By parent bytes, then upper-cased name.
  Carriers<AfElement> by_template_, by_category_;      // By database bytes, then upper-cased name.
};

class AfAttributes final : public Table<AfAttribute> {
 public:
  using Rows = Carriers<AfAttribute>::Rows;

  const AfAttribute* find(const Uuid& id) const;
  /// `owner` is an element, or an attribute for a child attribute.
  const AfAttribute* find_child(const Uuid& owner, std::string_view name) const;  ///< No regard to case.
  std::vector<const AfAttribute*> children(const Uuid& owner) const;              ///< By name.
  const Rows& of_template(const Uuid& attribute_template) const;
  const Rows& of_category(std::string_view name) const;   ///< In all databases. No regard to case.
  const Rows& of_qualifier(std::string_view name) const;  ///< By enumeration set, in all databases.

 private:
  void added(const AfAttribute& row) override;
  void removing(const AfAttribute& row) override;
  std::map<std::string, const AfAttribute*> by_owner_;
  Carriers<AfAttribute> by_template_, by_category_, by_qualifier_;
};

}  // namespace penstock::catalog
