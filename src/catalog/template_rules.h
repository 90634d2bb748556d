#pragma once

#include <vector>

#include "catalog/asset_rules.h"

/// The rules of asset_rules.h for element templates and their attributes.
namespace penstock::catalog {

Result<void> add_element_template(Editor& editor, const AfElementTemplate& row);
/// A new name is written to all elements of the template. Its base stays: invalid_argument.
Result<void> update_element_template(Editor& editor, const AfElementTemplate& row);
/// Elements of it, or templates built on it: conflict.
Result<void> erase_element_template(Editor& editor, const Uuid& id);

/// All elements of the template, and of those built on it, get the attribute.
Result<void> add_attribute_template(Editor& editor, const AfAttributeTemplate& row);
/// The attributes made from it follow in every field that was not changed on them.
Result<void> update_attribute_template(Editor& editor, const AfAttributeTemplate& row);
/// With all below, and with the attributes made from it.
Result<void> erase_attribute_template(Editor& editor, const Uuid& id);

/// Makes the attributes of the template that the element names, of its bases too. Attributes of the same name
/// that are there already become those of the template and keep their fields.
void make_template_attributes(Editor& editor, const AfElement& element);
/// Attributes of the element's template become attributes of its own.
void release_template_attributes(Editor& editor, const Uuid& element);

}  // namespace penstock::catalog
