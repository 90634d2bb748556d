#include "dialects/piwebapi/members.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/piwebapi/paging.h"
#include "dialects/piwebapi/reads.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr int kDepthMax = 64;  // Of attributes below attributes.

Member of_attribute(const Call& call, const catalog::Tables& tables, const catalog::AfAttribute& attribute) {
  std::string webid = call.naming.attribute(tables, attribute);
  std::string source = call.naming.link("attributes/" + webid);
  return {std::move(webid), attribute.name, call.naming.attribute_path(tables, attribute), std::move(source),
          attribute_target(call, tables, attribute)};
}

/// Which attributes a set has below its parent.
struct ChildFilter {
  bool deep = false, hidden = false, excluded = false;

  static Result<ChildFilter> of(const Call& call) {
    ChildFilter made;
    TRY(made.deep, call.flag("searchFullHierarchy", false));
    TRY(made.hidden, call.flag("showHidden", false));
    TRY(made.excluded, call.flag("showExcluded", false));
    return made;
  }
  bool fits(const Call& call, const catalog::Tables& tables, const catalog::AfAttribute& attribute) const {
    if ((attribute.hidden && !hidden) || (attribute.excluded && !excluded)) return false;
    if (!fits_filter(call, "nameFilter", attribute.name)) return false;
    const std::string_view category = call.parameter_or("categoryName", "*");
    if (category != "*" && std::none_of(attribute.categories.begin(), attribute.categories.end(),
                                        [&](const auto& name) { return glob_match(category, name); })) {
      return false;
    }
    if (call.parameter_or("templateName", "*") == "*") return true;
    const catalog::AfElement* element = tables.af_elements.find(attribute.element);
    return element != nullptr && fits_filter(call, "templateName", element->template_name);
  }
};

void collect(const Call& call, const catalog::Tables& tables, const ChildFilter& filter, const Uuid& owner,
             int depth, std::vector<Member>& members) {
  for (const catalog::AfAttribute* attribute : tables.af_attributes.children(owner)) {
    if (filter.fits(call, tables, *attribute)) members.push_back(of_attribute(call, tables, *attribute));
    if (filter.deep && depth < kDepthMax) {
      collect(call, tables, filter, attribute->id, depth + 1, members);
    }
  }
}

}  // namespace

Result<Member> member_of_webid(const Call& call, std::string_view text) {
  Result<Target> target = find_target(call, text);
  if (!target && target.error().code == ErrorCode::invalid_argument) return fail(target.error());
  if (!target) return Member{std::string{text}, "", "", "", std::move(target)};
  if (target->attribute) {
    const auto reader = call.archive().catalog();
    return of_attribute(call, *reader, *target->attribute);
  }
  const std::string tag = target->stream.tag;
  std::string webid = call.naming.point(target->stream.point, tag);
  std::string source = call.naming.link("points/" + webid);
  return Member{std::move(webid), tag, call.naming.point_path(tag), std::move(source), std::move(target)};
}

Result<std::vector<Member>> members_of_webids(const Call& call, std::string_view parameter) {
  const auto texts = call.query.all(parameter, http::Parameters::Case::insensitive);
  if (texts.empty()) {
    return fail(ErrorCode::missing_argument, std::string{parameter},
                "Parameter (" + std::string{parameter} + ") is required.");
  }
  if (texts.size() > call.settings.max_returned_items) return over_the_maximum(call, parameter);
  std::vector<Member> members;
  for (const std::string_view text : texts) {
    TRY(Member member, member_of_webid(call, trim(text)));
    members.push_back(std::move(member));
  }
  return members;
}

Result<std::vector<Member>> members_below(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  TRY(const ChildFilter filter, ChildFilter::of(call));
  const auto reader = call.archive().catalog();
  Uuid owner;
  if (id.kind == WebIdKind::attribute) {
    TRY(const catalog::AfAttribute* attribute, find_attribute(*reader, call.identity, id));
    owner = attribute->id;
  } else {
    TRY(const catalog::AfElement* element, find_element(*reader, call.identity, id));
    owner = element->id;
  }
  std::vector<Member> members;
  collect(call, *reader, filter, owner, 0, members);
  return members;
}

Result<void> sort_members(const Call& call, std::vector<Member>& members, bool keeps_order) {
  const std::string_view field = trim(call.parameter_or("sortField", ""));
  TRY(const bool descending, is_descending(call));
  if (!field.empty() && !iequals(field, "Name")) {
    return fail(ErrorCode::invalid_argument, "sortField", "Parameter (sortField) has an unknown value.");
  }
  if (keeps_order && field.empty()) return {};
  const auto before = [&](const Member& a, const Member& b) {
    const std::string left = to_upper_invariant(a.name), right = to_upper_invariant(b.name);
    return descending ? right < left : left < right;
  };
  std::stable_sort(members.begin(), members.end(), before);
  return {};
}

}  // namespace penstock::dialects::piwebapi
