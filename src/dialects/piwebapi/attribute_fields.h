#pragma once

#include "dialects/piwebapi/body_fields.h"

namespace penstock::dialects::piwebapi {

/// Sets what a body of *PI Web API Reference, "Element CreateAttribute"* or *"ElementTemplate
/// CreateAttributeTemplate"* says of an attribute. `database` is where its enumeration set is looked for.
/// Errors: invalid_argument, missing_argument.
Result<void> set_attribute_fields(catalog::AfAttributeFields& row, const json::Value& body,
                                  const catalog::Tables& tables, const Uuid& database);

/// Sets the value of an attribute template from `DefaultValue`; null takes it away. Errors: those of
/// coerce_attribute.
Result<void> set_default_value(catalog::AfAttributeTemplate& row, const json::Value& body,
                               const catalog::Tables& tables, const Uuid& database, Timestamp now);

}  // namespace penstock::dialects::piwebapi
