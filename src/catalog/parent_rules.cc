#include <set>

#include "catalog/asset_rules.h"
#include "catalog/rule_errors.h"

namespace penstock::catalog {

bool leave_parent(Editor& editor, AfElement row, const Uuid& parent) {
  if (row.parent != parent) {
    std::erase(row.also_below, parent);
  } else if (row.also_below.empty()) {
    return false;
  } else {
    row.parent = row.also_below.front();
    row.also_below.erase(row.also_below.begin());
  }
  editor.put(row);
  return true;
}

bool is_within(const Tables& tables, const Uuid& element, const Uuid& above) {
  std::vector<Uuid> next{element};
  std::set<Uuid> seen;
  while (!next.empty()) {
    const Uuid id = next.back();
    next.pop_back();
    if (id == above) return true;
    const AfElement* row = tables.af_elements.find(id);
    if (row == nullptr || !seen.insert(id).second) continue;
    next.push_back(row->parent);
    next.insert(next.end(), row->also_below.begin(), row->also_below.end());
  }
  return false;
}

Result<void> add_parent(Editor& editor, const Uuid& id, const Uuid& parent) {
  const Tables& tables = editor.tables();
  const AfElement* known = tables.af_elements.find(id);
  if (known == nullptr) return gone("element");
  if (known->is_below(parent)) return {};
  if (parent != known->database && tables.af_elements.find(parent) == nullptr) return gone("parent");
  if (is_within(tables, parent, id)) {
    return fail(ErrorCode::conflict, {}, "The element '" + known->name + "' would come below itself.");
  }
  if (tables.af_elements.find_child(parent, known->name) != nullptr) return taken("element", known->name);
  AfElement row = *known;
  row.also_below.push_back(parent);
  editor.put(row);
  return {};
}

Result<void> remove_parent(Editor& editor, const Uuid& id, const Uuid& parent) {
  const AfElement* known = editor.tables().af_elements.find(id);
  if (known == nullptr) return gone("element");
  if (!known->is_below(parent)) return {};
  AfElement row = *known;
  if (leave_parent(editor, row, parent) || parent == row.database) return {};
  row.parent = row.database;
  const AfElement* other = editor.tables().af_elements.find_child(row.parent, row.name);
  if (other != nullptr) return taken("element", row.name);
  editor.put(row);
  return {};
}

}  // namespace penstock::catalog
