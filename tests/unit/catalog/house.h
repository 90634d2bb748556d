#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "catalog/asset_rules.h"
#include "catalog/template_rules.h"

namespace penstock::catalog {

/// Tables with one asset database, changed by edits as the archive runs them: whole or not at all.
class House {
 public:
  House() {
    database.id = Uuid::random();
    database.name = "Plant";
    EXPECT_EQ(edit([&](Editor& editor) { return add_database(editor, database); }), "");
  }

  /// Empty where the edit went well, else the error's code and detail.
  template <class F>
  std::string edit(const F& change) {
    std::vector<RowChange> changes;
    Editor editor{tables, changes};
    const Result<void> done = change(editor);
    if (done) return {};
    editor.undo();
    return std::string{to_string(done.error().code)} + ": " + done.error().detail;
  }

  AfElement element(const std::string& name, const std::string& template_name = {}) const {
    AfElement row;
    row.id = Uuid::random();
    row.database = row.parent = database.id;
    row.name = name;
    row.template_name = template_name;
    return row;
  }
  AfCategory category(const std::string& name, AfCategoryKind kind = AfCategoryKind::element) const {
    AfCategory row;
    row.id = Uuid::random();
    row.database = database.id;
    row.kind = kind;
    row.name = name;
    return row;
  }
  AfElementTemplate element_template(const std::string& name) const {
    AfElementTemplate row;
    row.id = Uuid::random();
    row.database = database.id;
    row.name = name;
    return row;
  }
  static AfAttributeTemplate attribute_template(const AfElementTemplate& owner, const std::string& name) {
    AfAttributeTemplate row;
    row.id = Uuid::random();
    row.element_template = owner.id;
    row.name = name;
    return row;
  }
  static AfAttribute attribute(const AfElement& owner, const std::string& name) {
    AfAttribute row;
    row.id = Uuid::random();
    row.element = owner.id;
    row.name = name;
    return row;
  }
  /// Names of the attributes below an element or attribute, `from` marked by a star where a template made it.
  std::string attributes(const Uuid& owner) const {
    std::string line;
    for (const AfAttribute* row : tables.af_attributes.children(owner)) {
      if (!line.empty()) line += ' ';
      line += row->name + (row->from_template ? "*" : "");
    }
    return line;
  }

  Tables tables;
  AfDatabase database;
};

}  // namespace penstock::catalog
