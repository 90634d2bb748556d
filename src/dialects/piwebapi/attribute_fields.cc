#include "dialects/piwebapi/attribute_fields.h"

#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/coerce.h"
#include "dialects/piwebapi/parse.h"

namespace penstock::dialects::piwebapi {
namespace {

using Fields = catalog::AfAttributeFields;

/// *AF SDK Reference, "AFAttribute.Type"*: what a value may be, as it is written.
std::optional<std::string> attribute_type(std::string_view type) {
  for (const std::string_view known : {"Boolean", "Byte", "Int16", "Int32", "Int64", "Single", "Double",
                                       "String", "DateTime", "Guid", "<Anything>", "EnumerationValue"}) {
    if (iequals(type, known)) return std::string{known};
  }
  return std::nullopt;
}

struct TextMember {
  std::string_view name;
  std::string Fields::*field;
};
constexpr TextMember kTexts[] = {{"Type", &Fields::type},
                                 {"TypeQualifier", &Fields::type_qualifier},
                                 {"DefaultUnitsName", &Fields::units},
                                 {"DataReferencePlugIn", &Fields::data_reference},
                                 {"ConfigString", &Fields::config_string},
                                 {"TraitName", &Fields::trait}};
struct FlagMember {
  std::string_view name;
  bool Fields::*field;
};
constexpr FlagMember kFlags[] = {{"IsConfigurationItem", &Fields::configuration_item},
                                 {"IsExcluded", &Fields::excluded},
                                 {"IsHidden", &Fields::hidden},
                                 {"IsManualDataEntry", &Fields::manual_entry}};

tl::unexpected<Error> refused(const char* member, std::string why) {
  return fail(ErrorCode::invalid_argument, member, std::move(why));
}

}  // namespace

Result<void> set_attribute_fields(Fields& row, const json::Value& body, const catalog::Tables& tables,
                                  const Uuid& database) {
  TRY_VOID(set_name_and_description(row, body));
  const std::string type_before = row.type, qualifier_before = row.type_qualifier;
  for (const TextMember& member : kTexts) {
    TRY(auto text, text_field(body, member.name));
    if (text) row.*member.field = *std::move(text);
  }
  for (const FlagMember& member : kFlags) {
    TRY(const auto flag, flag_field(body, member.name));
    if (flag) row.*member.field = *flag;
  }
  TRY(auto categories, texts_field(body, "CategoryNames"));
  if (categories) row.categories = *std::move(categories);
  TRY(const auto digits, int32_field(body, "DisplayDigits"));
  if (digits) row.display_digits = *digits;
  if (row.type != type_before) {
    auto type = attribute_type(row.type);
    if (!type) return refused("Type", "The property Type has an unknown value.");
    row.type = *std::move(type);
  }
  if (iequals(row.data_reference, "None")) row.data_reference.clear();
  if (iequals(row.data_reference, "PI Point")) row.data_reference = "PI Point";
  if (!row.data_reference.empty() && row.data_reference != "PI Point") {
    return refused("DataReferencePlugIn",
                   "The data reference '" + row.data_reference.substr(0, 80) + "' is not offered.");
  }
  if (row.type == "EnumerationValue" && row.type_qualifier != qualifier_before &&
      !find_qualifier(tables, database, row.type_qualifier)) {
    return refused("TypeQualifier",
                   "The enumeration set '" + row.type_qualifier.substr(0, 80) + "' does not exist.");
  }
  return {};
}

Result<void> set_default_value(catalog::AfAttributeTemplate& row, const json::Value& body,
                               const catalog::Tables& tables, const Uuid& database, Timestamp now) {
  const json::Value* value = body.find("DefaultValue", json::Case::insensitive);
  if (value == nullptr) return {};
  if (value->is_null()) {
    row.value.reset();
    return {};
  }
  const json::Value item{json::Value::Object{{"Value", *value}}};
  const auto states = states_of(tables, database, row.type_qualifier);
  TRY(Coerced coerced, coerce_attribute(wire_timed_value(item), row.type, states ? &*states : nullptr, now));
  // *AF SDK Reference, "AFAttributeTemplate.SetValue"*: a default has the earliest time.
  row.value = Sample{Timestamp::from_unix_ns(0), std::move(coerced.value), coerced.quality};
  return {};
}

}  // namespace penstock::dialects::piwebapi
