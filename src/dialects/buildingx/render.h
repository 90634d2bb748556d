#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/buildingx/query.h"
#include "dialects/buildingx/values.h"
#include "http/message.h"
#include "model/write.h"

namespace penstock::http {
class JsonWriter;
}

namespace penstock::dialects::buildingx {

/// A JSON:API answer: its media type without parameters, `Vary: Accept`.
http::Response document(int status, std::string body);

/// One stored value on its way out. The time is at the begin of its millisecond.
struct ValueRow {
  Timestamp time;
  ValueText value;
};

/// Rows of a run, one per millisecond (the latest of each), oldest first. The last row may grow by samples
/// behind the run.
std::vector<ValueRow> rows_of(const Run& run, const PointFormat& format);

/// The answer to *"Add point values"*: 204 where nothing was dropped, else 202 with the 0-based indices of
/// what was and the rows that were stored. `sent` is the run of the write command; null where nothing can be
/// dropped.
http::Response render_added(const WriteResult& result, const Run* sent, const PointFormat& format,
                            std::string_view point_id);

/// A list of `PointValue` resources. `next` is empty on the last page; both links are plain URLs.
http::Response render_values(const std::vector<ValueRow>& rows, std::size_t count, std::string_view point_id,
                             std::string_view self, std::string_view next);

/// A point and, where it was asked for, its newest value.
struct PointView {
  std::string id;
  PointFormat format;
  bool writable = false;
  const ValueRow* newest = nullptr;
  const catalog::BxPoint* extra = nullptr;  ///< Null where the point was only bound to its address.
};
void append_point(http::JsonWriter& w, const PointView& view, const ListQuery& query);

/// `links` with `&` escaped as the vendor's samples have it.
void append_links(http::JsonWriter& w, std::string_view self, std::string_view next);

}  // namespace penstock::dialects::buildingx
