#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/assets.h"
#include "model/point.h"

namespace penstock::catalog {

/// What the categories of a kind sort. Numbers are part of the stored format.
enum class AfCategoryKind : std::uint8_t { element = 0, attribute = 1 };

/// A category of an asset database. Names are unique per database and kind. Key: the id's bytes.
struct AfCategory {
  static constexpr TableId kTable = TableId::af_categories;
  Uuid id, database;
  AfCategoryKind kind = AfCategoryKind::element;
  std::string name, description;

  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfCategory> decode(std::string_view key, ByteReader& in);
};

struct AfEnumerationValue {
  Uuid id;
  std::int32_t value = 0;
  std::string name, description;
};

/// An enumeration set of an asset database, its values ascending. Other than a digital set it may have holes
/// and numbers below zero. Key: the id's bytes.
struct AfEnumerationSet {
  static constexpr TableId kTable = TableId::af_enumeration_sets;
  Uuid id, database;
  std::string name, description;
  std::vector<AfEnumerationValue> values;

  const AfEnumerationValue* find(const Uuid& value_id) const;
  const AfEnumerationValue* find(std::string_view value_name) const;  ///< No regard to case.
  /// The same as values of attributes are read and written with.
  DigitalSet as_states() const;

  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfEnumerationSet> decode(std::string_view key, ByteReader& in);
};

/// What elements of one kind have in common. Key: the id's bytes.
struct AfElementTemplate {
  static constexpr TableId kTable = TableId::af_templates;
  Uuid id, database;
  std::optional<Uuid> base;  ///< The template whose attributes it has, too.
  std::string name, description, naming_pattern;
  bool extensible = true;  ///< Its elements may have further attributes ("AllowElementToExtend").
  std::vector<std::string> categories;
  Properties extended;

  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfElementTemplate> decode(std::string_view key, ByteReader& in);
};

/// An attribute that the elements of a template get. Key: the id's bytes.
struct AfAttributeTemplate : AfAttributeFields {
  static constexpr TableId kTable = TableId::af_attribute_templates;
  Uuid id, element_template;
  std::optional<Uuid> parent;  ///< The attribute template above it.

  const Uuid& owner() const { return parent ? *parent : element_template; }
  std::string key() const { return {reinterpret_cast<const char*>(id.bytes), 16}; }
  void encode(ByteWriter& out) const;
  static std::optional<AfAttributeTemplate> decode(std::string_view key, ByteReader& in);
};

class AfCategories final : public Table<AfCategory> {
 public:
  const AfCategory* find(const Uuid& id) const;
  const AfCategory* find_name(const Uuid& database, AfCategoryKind kind,
                              std::string_view name) const;  ///< No regard to case.
  std::vector<const AfCategory*> all(const Uuid& database, AfCategoryKind kind) const;  ///< By name.

 private:
  void added(const AfCategory& row) override;
  void removing(const AfCategory& row) override;
  std::map<std::string, const AfCategory*> elements_,
      attributes_;  // By database bytes, then upper-cased name.
};

class AfEnumerationSets final : public Table<AfEnumerationSet> {
 public:
  const AfEnumerationSet* find(const Uuid& id) const;
  const AfEnumerationSet* find_name(const Uuid& database,
                                    std::string_view name) const;        ///< No regard to case.
  std::vector<const AfEnumerationSet*> all(const Uuid& database) const;  ///< By name.

 private:
  void added(const AfEnumerationSet& row) override;
  void removing(const AfEnumerationSet& row) override;
  std::map<std::string, const AfEnumerationSet*> by_name_;
};

class AfElementTemplates final : public Table<AfElementTemplate> {
 public:
  const AfElementTemplate* find(const Uuid& id) const;
  const AfElementTemplate* find_name(const Uuid& database,
                                     std::string_view name) const;                     ///< No regard to case.
  std::vector<const AfElementTemplate*> all(const Uuid& database) const;               ///< By name.
  std::vector<const AfElementTemplate*> derived(const AfElementTemplate& base) const;  ///< Directly, by name.

 private:
  void added(const AfElementTemplate& row) override;
  void removing(const AfElementTemplate& row) override;
  std::map<std::string, const AfElementTemplate*> by_name_;
};

class AfAttributeTemplates final : public Table<AfAttributeTemplate> {
 public:
  const AfAttributeTemplate* find(const Uuid& id) const;
  /// `owner` is an element template, or an attribute template for a child.
  const AfAttributeTemplate* find_child(const Uuid& owner,
                                        std::string_view name) const;         ///< No regard to case.
  std::vector<const AfAttributeTemplate*> children(const Uuid& owner) const;  ///< By name.

 private:
  void added(const AfAttributeTemplate& row) override;
  void removing(const AfAttributeTemplate& row) override;
  std::map<std::string, const AfAttributeTemplate*> by_owner_;
};

}  // namespace penstock::catalog
