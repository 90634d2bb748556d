#pragma once

#include <vector>

#include "dialects/common/zone.h"
#include "dialects/energyview/errors.h"
#include "dialects/energyview/wire.h"
#include "http/message.h"

namespace penstock::dialects::energyview {

/// The JSON body of *EnergyView API v1, "Write TimeSeries data"*: an array of series, or an object with the
/// member `timeseries` that is one. The whole body is read before anything counts; regular ones by their
/// layout (parse_regular.h). Pure.
Checked<std::vector<SeriesEntry>> parse_series(const http::Body& body, Zone zone);

/// parse_series without the reading by layout. The result is the same.
Checked<std::vector<SeriesEntry>> parse_series_by_item(const http::Body& body, Zone zone);

/// A write request in one of the vendor's form variants, and JSON with its options in the query.
struct WriteRequest {
  WriteOptions options;
  std::vector<SeriesEntry> entries;
  bool single = false;  ///< The one-point form: it is answered in another shape.
};
/// The options of a JSON write, which stand in the query.
Checked<WriteOptions> parse_write_options(const http::Request& request);
Checked<WriteRequest> parse_json_write(const http::Request& request, Zone zone);
Checked<WriteRequest> parse_form_write(const http::Request& request, Zone zone);

/// *"Read TimeSeries data"*: the parameters of the query string.
Checked<ReadQuery> parse_read_query(const http::Parameters& parameters, Zone zone, Timestamp now);

/// All digits: an id; else a UUID. As in paths, queries and forms.
Checked<NodeRef> parse_node_text(std::string_view text, std::string param);

}  // namespace penstock::dialects::energyview
