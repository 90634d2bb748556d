#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"

/// What has to hold between the rows of the asset model, for every door that changes it: names are unique
/// among siblings, what is named exists, what is in use stays.
///
/// All of this is called inside an edit. On an error the edit has to fail, which takes back what was changed
/// so far; `detail` of an error is a sentence for the client. Pointers into the tables are void afterwards.
/// Where not said otherwise, errors are not_found (the row or what it belongs to is gone), conflict (a taken
/// name, something in use) and invalid_argument (something named does not exist, too deep).
namespace penstock::catalog {

/// Elements below elements, and attributes below attributes; deeper ones are refused.
inline constexpr int kAssetDepthMax = 60;
/// Rows that one change takes along, such as the elements of a template. More: conflict.
inline constexpr std::size_t kFollowersMax = 10'000;

Result<void> add_database(Editor& editor, const AfDatabase& row);
Result<void> update_database(Editor& editor, const AfDatabase& row);
/// With everything in it, but for points.
Result<void> erase_database(Editor& editor, const Uuid& id);

Result<void> add_category(Editor& editor, const AfCategory& row);
/// A new name is written to all that carry the old one.
Result<void> update_category(Editor& editor, const AfCategory& row);
Result<void> erase_category(Editor& editor, const Uuid& id);
/// Are all of `names`, except for those that were there `before`, categories of the database? Errors:
/// invalid_argument.
Result<void> check_categories(const Tables& tables, const Uuid& database, AfCategoryKind kind,
                              const std::vector<std::string>& names,
                              const std::vector<std::string>& before = {});

/// Values in any order; ids of new ones are set. Names and numbers have to be unique within the set.
Result<void> add_enumeration_set(Editor& editor, AfEnumerationSet row);
/// A new name is written to all attributes that carry the old one.
Result<void> update_enumeration_set(Editor& editor, AfEnumerationSet row);
Result<void> erase_enumeration_set(Editor& editor, const Uuid& id);
/// Does an attribute of the database, or the template of one, take its values from the set?
bool is_used(const Tables& tables, const AfEnumerationSet& set);

/// An element with the attributes of the template that it names.
Result<void> add_element(Editor& editor, const AfElement& row);
/// With another template the attributes of the old one stay as its own, and those of the new one are added.
Result<void> update_element(Editor& editor, const AfElement& row);
/// With all below that has no other parent.
Result<void> erase_element(Editor& editor, const Uuid& id);
/// Shows an element below a further parent, an element or the database. Errors: conflict also if it would
/// come below itself.
Result<void> add_parent(Editor& editor, const Uuid& id, const Uuid& parent);
/// Takes a parent away; if it was the only one, the element moves to the top of its database.
Result<void> remove_parent(Editor& editor, const Uuid& id, const Uuid& parent);
/// The same, but changes nothing and returns false where it was the only one.
bool leave_parent(Editor& editor, AfElement row, const Uuid& parent);
/// Is `element` the element `above`, or below it along any of its parents?
bool is_within(const Tables& tables, const Uuid& element, const Uuid& above);

Result<void> add_attribute(Editor& editor, const AfAttribute& row);
/// A value does not survive another type. Name and type of an attribute from a template stay: conflict.
Result<void> update_attribute(Editor& editor, AfAttribute row);
/// With all below. What comes from a template stays: conflict.
Result<void> erase_attribute(Editor& editor, const Uuid& id);
/// The same for whatever is below an element or an attribute, templates or not. Never fails.
void erase_attributes_below(Editor& editor, const Uuid& owner);

/// The database of an attribute, or null.
const AfDatabase* database_of(const Tables& tables, const AfAttribute& row);
const AfDatabase* database_of(const Tables& tables, const AfAttributeTemplate& row);

}  // namespace penstock::catalog
