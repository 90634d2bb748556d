#pragma once

#include <optional>

#include "dialects/omf/parse_data.h"

namespace penstock::dialects::omf {

/// The first step of parse_data: bodies of nothing but events of containers, rows that are alike, with
/// numbers that their points take as they are. Few events each of many containers come as a slice, others as
/// runs. Nothing on any surprise, and then nothing was decided or reported: parse_data_by_item takes the
/// whole body.
std::optional<DataMessage> parse_regular_data(const http::Body& body, const DataRules& rules,
                                              const catalog::Tables& tables, const auth::Principal& caller,
                                              Report& report);

}  // namespace penstock::dialects::omf
