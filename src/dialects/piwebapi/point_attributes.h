#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "dialects/piwebapi/naming.h"
#include "http/json.h"
#include "http/json_writer.h"

namespace penstock::dialects::piwebapi {

/// An attribute of a point as *Data Archive Administration, "Base point class attributes"* names them.
struct PointAttribute {
  std::string name;   ///< Lower case.
  json::Value value;  ///< Flags are 0 or 1, dates are UTC texts.
};

/// What a tag may look like. *PI System Management Tools, "General attributes"*. Errors: missing_argument,
/// invalid_argument.
Result<void> check_tag(std::string_view tag);

/// All attributes of a point, by name.
std::vector<PointAttribute> point_attributes(const catalog::Tables& tables, const Point& point);

/// Sets the attribute of that name, in any letter case, from a JSON value: numbers also as texts, flags as 0,
/// 1, true, false. False if there is no such attribute, or it can't be set. Errors: invalid_argument.
Result<bool> set_point_attribute(Point& point, std::string_view name, const json::Value& value);

/// Attributes of one request are set in the order of these numbers: the span first, because deviations follow
/// it, and percentages last, because they win.
int attribute_rank(std::string_view name);
/// The members of an object in that order. Borrowed from it.
std::vector<const json::Member*> by_attribute_rank(const json::Value& object);

void write_point_attribute(http::JsonWriter& json, const Naming& naming, const std::string& point_webid,
                           const PointAttribute& attribute);

}  // namespace penstock::dialects::piwebapi
