#pragma once

#include <string>
#include <string_view>

namespace penstock::dialects {

/// A time in a query whose plus sign was not escaped arrives with a blank in front of its offset: the plus
/// sign back in its place. The blank that may stand between date and time stays.
std::string with_plus(std::string_view time_text);

}  // namespace penstock::dialects
