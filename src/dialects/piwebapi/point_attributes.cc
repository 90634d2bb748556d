#include "dialects/piwebapi/point_attributes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "model/time.h"

namespace penstock::dialects::piwebapi {
namespace {

std::optional<double> number_of(const json::Value& value) {
  if (const auto number = value.as_double()) return std::isfinite(*number) ? number : std::nullopt;
  if (const auto flag = value.as_bool()) return *flag ? 1.0 : 0.0;
  const auto text = value.as_string();
  if (!text) return std::nullopt;
  const std::string_view digits = trim(*text);
  if (iequals(digits, "true")) return 1.0;
  if (iequals(digits, "false")) return 0.0;
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
      !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

struct NumberField {
  std::string_view name;
  double Point::*field;
  double least;
};
constexpr double kAny = -1e300;
constexpr NumberField kNumbers[] = {
    {"zero", &Point::zero, kAny},
    {"span", &Point::span, 0},
    {"typicalvalue", &Point::typical_value, kAny},
};
struct DeviationField {
  std::string_view name;
  double DataReduction::*field;
};
constexpr DeviationField kDeviations[] = {
    {"compdev", &DataReduction::comp_dev},
    {"compdevpercent", &DataReduction::comp_dev_percent},
    {"excdev", &DataReduction::exc_dev},
    {"excdevpercent", &DataReduction::exc_dev_percent},
};
struct SecondsField {
  std::string_view name;
  std::uint32_t DataReduction::*field;
  double most;
};
constexpr SecondsField kSeconds[] = {
    {"compmin", &DataReduction::comp_min_s, 65535},
    {"compmax", &DataReduction::comp_max_s, 4294967295.0},
    {"excmin", &DataReduction::exc_min_s, 65535},
    {"excmax", &DataReduction::exc_max_s, 4294967295.0},
};
struct FlagField {
  std::string_view name;
  bool Point::*field;
};
constexpr FlagField kFlags[] = {{"step", &Point::step},
                                {"archiving", &Point::archiving},
                                {"compressing", &Point::compressing},
                                {"scan", &Point::scan},
                                {"shutdown", &Point::shutdown}};
struct TextField {
  std::string_view name, other_name;
  InternedText Point::*field;
};
constexpr TextField kTexts[] = {{"descriptor", "description", &Point::descriptor},
                                {"exdesc", "exdesc", &Point::extended_descriptor},
                                {"engunits", "engineeringunits", &Point::eng_units},
                                {"pointsource", "pointsource", &Point::point_source}};

// Attributes that are kept as they come, because collectors read them back.
constexpr std::string_view kKept[] = {"location1",     "location2",    "location3", "location4",  "location5",
                                      "instrumenttag", "filtercode",   "convers",   "squareroot", "totalcode",
                                      "userint1",      "userint2",     "userreal1", "userreal2",  "srcptid",
                                      "sourcetag",     "datasecurity", "ptsecurity"};

tl::unexpected<Error> bad_value(std::string_view name) {
  return fail(ErrorCode::invalid_argument, std::string{name},
              "The value of the point attribute '" + std::string{name} + "' is not allowed.");
}

std::string text_of(const json::Value& value) {
  if (const auto text = value.as_string()) return std::string{*text};
  return value.is_null() ? std::string{} : value.to_string();
}

}  // namespace

Result<void> check_tag(std::string_view tag) {
  const auto refused = [&](const char* why) {
    return fail(ErrorCode::invalid_argument, "Name",
                "The point name '" + std::string{tag.substr(0, 80)} + "' " + why);
  };
  if (tag.empty()) return fail(ErrorCode::missing_argument, "Name", "The property Name is required.");
  if (tag.size() > 1016) return refused("is longer than 1016 characters.");
  if (!is_valid_utf8(tag)) return refused("is not valid UTF-8.");
  for (const char c : tag) {
    if (static_cast<unsigned char>(c) < 0x20 ||
        std::string_view{"*'?;{}[]|\\`\""}.find(c) != std::string_view::npos) {
      return refused("has a character that is not allowed.");
    }
  }
  const char first = tag.front();
  const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
                      (first >= '0' && first <= '9') || static_cast<unsigned char>(first) >= 0x80;
  if (!letter && first != '_' && first != '%') return refused("does not begin with a letter, digit, _ or %.");
  return {};
}

int attribute_rank(std::string_view name) {
  if (iequals(name, "span")) return 0;
  return iequals(name, "compdevpercent") || iequals(name, "excdevpercent") ? 2 : 1;
}

std::vector<const json::Member*> by_attribute_rank(const json::Value& object) {
  std::vector<const json::Member*> members;
  for (const json::Member& member : object.object()) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(), [](const json::Member* a, const json::Member* b) {
    return attribute_rank(a->name) < attribute_rank(b->name);
  });
  return members;
}

Result<bool> set_point_attribute(Point& point, std::string_view name, const json::Value& value) {
  for (const NumberField& field : kNumbers) {
    if (!iequals(name, field.name)) continue;
    const auto number = number_of(value);
    if (!number || *number < field.least) return bad_value(field.name);
    point.*field.field = *number;
    if (field.field == &Point::span) {
      DataReduction changed = *point.reduction;
      changed.comp_dev = changed.comp_dev_percent * point.span / 100;
      changed.exc_dev = changed.exc_dev_percent * point.span / 100;
      point.reduction.set(changed);
    }
    return true;
  }
  for (const DeviationField& field : kDeviations) {
    if (!iequals(name, field.name)) continue;
    const auto number = number_of(value);
    if (!number || *number < 0) return bad_value(field.name);
    DataReduction changed = *point.reduction;
    changed.*field.field = *number;
    // The deviation and its percentage of the span follow each other; the percentage wins where both are set.
    const double to_percent = *number * 100 / point.span, from_percent = *number * point.span / 100;
    if (field.field == &DataReduction::comp_dev && point.span > 0) changed.comp_dev_percent = to_percent;
    if (field.field == &DataReduction::comp_dev_percent) changed.comp_dev = from_percent;
    if (field.field == &DataReduction::exc_dev && point.span > 0) changed.exc_dev_percent = to_percent;
    if (field.field == &DataReduction::exc_dev_percent) changed.exc_dev = from_percent;
    point.reduction.set(changed);
    return true;
  }
  for (const SecondsField& field : kSeconds) {
    if (!iequals(name, field.name)) continue;
    const auto number = number_of(value);
    if (!number || *number < 0 || *number > field.most) return bad_value(field.name);
    DataReduction changed = *point.reduction;
    changed.*field.field = static_cast<std::uint32_t>(*number);
    point.reduction.set(changed);
    return true;
  }
  for (const FlagField& field : kFlags) {
    if (!iequals(name, field.name)) continue;
    const auto number = number_of(value);
    if (!number || (*number != 0 && *number != 1)) return bad_value(field.name);
    point.*field.field = *number != 0;
    return true;
  }
  for (const TextField& field : kTexts) {
    if (!iequals(name, field.name) && !iequals(name, field.other_name)) continue;
    if (!value.is_string() && !value.is_null()) return bad_value(field.name);
    point.*field.field = text_of(value);
    return true;
  }
  if (iequals(name, "displaydigits")) {
    const auto number = number_of(value);
    if (!number || *number < -20 || *number > 10) return bad_value("displaydigits");
    point.display_digits = static_cast<std::int32_t>(*number);
    return true;
  }
  for (const std::string_view kept : kKept) {
    if (!iequals(name, kept)) continue;
    auto more = *point.more;
    const auto known =
        std::find_if(more.begin(), more.end(), [&](const auto& each) { return each.first == kept; });
    if (known != more.end()) {
      known->second = text_of(value);
    } else {
      more.emplace_back(kept, text_of(value));
    }
    point.more.set(std::move(more));
    return true;
  }
  return false;
}

std::vector<PointAttribute> point_attributes(const catalog::Tables& tables, const Point& point) {
  std::vector<PointAttribute> all;
  const auto add = [&](std::string_view name, json::Value value) {
    all.push_back({std::string{name}, std::move(value)});
  };
  const auto text = [&](std::string_view name, std::string_view value) {
    add(name, json::Value{std::string{value}});
  };
  const auto whole = [&](std::string_view name, std::int64_t value) { add(name, json::Value{value}); };
  for (const NumberField& field : kNumbers) add(field.name, json::Value{point.*field.field});
  for (const DeviationField& field : kDeviations)
    add(field.name, json::Value{(*point.reduction).*field.field});
  for (const SecondsField& field : kSeconds) whole(field.name, (*point.reduction).*field.field);
  for (const FlagField& field : kFlags) whole(field.name, point.*field.field ? 1 : 0);
  for (const TextField& field : kTexts) text(field.name, point.*field.field);
  whole("displaydigits", point.display_digits);
  whole("future", point.future ? 1 : 0);
  whole("pointid", to_number(point.id));
  text("tag", point.tag);
  text("pointtype", to_string(point.type));
  text("ptclassname", point.point_class);
  const DigitalSet* set =
      point.type == PointType::digital ? tables.digital_sets.find(point.digital_set) : nullptr;
  text("digitalset", set != nullptr ? set->name : std::string{});
  text("creationdate", format_trimmed(point.created.floor_to(kNsPerTick)));
  text("changedate", format_trimmed(point.changed.floor_to(kNsPerTick)));
  text("creator", point.creator);
  text("changer", point.changer);
  for (const auto& [name, value] : *point.more) text(name, value);
  std::sort(all.begin(), all.end(),
            [](const PointAttribute& a, const PointAttribute& b) { return a.name < b.name; });
  return all;
}

void write_point_attribute(http::JsonWriter& json, const Naming& naming, const std::string& point_webid,
                           const PointAttribute& attribute) {
  json.object_begin().member("Name", attribute.name).key("Value");
  attribute.value.write(json);
  json.key("Links").object_begin();
  json.member("Self", naming.link("points/" + point_webid + "/attributes/" + attribute.name));
  json.member("Point", naming.link("points/" + point_webid));
  json.object_end().object_end();
}

}  // namespace penstock::dialects::piwebapi
