#pragma once

#include "dialects/energyview/errors.h"
#include "dialects/energyview/node_body.h"
#include "dialects/energyview/v2/wire.h"
#include "http/message.h"

/// Bodies and queries of API v2. All of it is pure.
namespace penstock::dialects::energyview::v2 {

/// *"Creating a TimeSeries"*, *"Change Time-series Information"*.
Checked<SeriesWish> parse_series_wish(const http::Body& body, Deed deed);

/// A thing is a node: its `type` is the designation, its `tags` are labels. *"Overview"*, "Things".
Checked<NodeWish> parse_thing_wish(const http::Body& body, Deed deed);

/// *"Updating TimeSeries Data"*: an array of points, `timestamp` and `value` or `ts` and `v`. Times without
/// an offset are UTC. In the order sent, cut to their microsecond, float64.
Checked<Run> parse_points(const http::Body& body);

/// *"Retrieving Data from a TimeSeries"*, *"Deleting Data from a TimeSeries"*. Times without an offset are
/// read on the clock of `timezone`.
Checked<DataQuery> parse_data_query(const http::Parameters& parameters, Span span);

/// `limit`, `offset` and `tags` of a list; `tags` may come several times, or once with commas.
Checked<Page> parse_page(const http::Parameters& parameters);

}  // namespace penstock::dialects::energyview::v2
