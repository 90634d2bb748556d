#pragma once

#include <cstddef>
#include <vector>

#include "auth/authenticator.h"
#include "catalog/catalog.h"
#include "dialects/omf/data_plan.h"
#include "dialects/omf/events.h"
#include "dialects/omf/wire.h"
#include "http/json.h"
#include "http/message.h"
#include "model/write.h"

namespace penstock::dialects::omf {

/// An item of a data message that is about assets: instances of a static type, or links.
struct AssetJson {
  std::size_t index = 0;
  json::Value json;
};

/// A data message. Events of one container become columns, one run per point, in the order of the body; or
/// samples of a slice, where there are few of each of many points. Never both.
struct DataMessage {
  std::size_t items = 0;
  std::vector<PointWrite> writes;       ///< None is empty.
  std::vector<std::size_t> first_item;  ///< Parallel to `writes`: the first item that wrote to the point.
  std::vector<AssetJson> assets;        ///< In the order of the body.
  std::vector<PointSample> slice;
  std::vector<std::uint32_t> slice_item;  ///< Parallel to `slice`: the item that it came from.
};

/// Reads a data message (*Data message keywords*) in one pass; regular ones by their layout
/// (parse_regular.h). Values that can't be taken are reported by themselves; the others stay. For a delete
/// the runs have times alone, with zero values. `tables` is borrowed until return. Errors: invalid_json, then
/// nothing of the body counts.
Result<DataMessage> parse_data(const http::Body& body, const DataRules& rules, const catalog::Tables& tables,
                               const auth::Principal& caller, Report& report);

/// parse_data without the reading by layout. The same samples, always as runs.
Result<DataMessage> parse_data_by_item(const http::Body& body, const DataRules& rules,
                                       const catalog::Tables& tables, const auth::Principal& caller,
                                       Report& report);

}  // namespace penstock::dialects::omf
