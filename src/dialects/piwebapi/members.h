#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/piwebapi/target.h"

/// Which streams a call on a streamset, or on several WebIDs, is about.
namespace penstock::dialects::piwebapi {

/// One stream of a set: who it is, and what it leads to or why it does not.
struct Member {
  std::string webid, name, path, source;
  Result<Target> target;
};

/// A WebID as it came. Errors: invalid_argument (no WebID of a stream); what matches nothing is a member that
/// says so.
Result<Member> member_of_webid(const Call& call, std::string_view text);
/// Those that a parameter names, in its order. Errors: also missing_argument, and more than a call returns.
Result<std::vector<Member>> members_of_webids(const Call& call, std::string_view parameter);
/// Those below the element or attribute in the path, as nameFilter and its like say. Errors:
/// invalid_argument, not_found.
Result<std::vector<Member>> members_below(const Call& call);
/// sortField and sortOrder; with `keeps_order` nothing is done unless sortField asks for it.
/// Errors: invalid_argument.
Result<void> sort_members(const Call& call, std::vector<Member>& members, bool keeps_order);

}  // namespace penstock::dialects::piwebapi
