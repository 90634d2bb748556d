#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/piwebapi.h"
#include "http/message.h"
#include "model/write.h"

namespace penstock::dialects::piwebapi {

/// What a client is told of one item. *PI Web API Reference, "Stream UpdateValues"*: Substatus.
struct ItemStatus {
  int status = 202;
  std::string message;
};

/// Is an `ignored` outcome told as 409? Only where the client asked to know. *The writing guide's error
/// table*.
bool tells_conflicts(UpdateOption option, BufferOption buffer, DuplicateReports setting);

/// The status of one outcome; `success` is 202 or 204.
ItemStatus item_status(Outcome outcome, RejectReason reason, int success, bool conflicts_told);

/// One status per item of a body.
std::vector<ItemStatus> item_statuses(const ParsedValues& parsed, const Outcomes& outcomes, int success,
                                      bool conflicts_told);

/// The answer to a list: `success` alone with an empty body; else the one code that all items failed with, or
/// 207, with one Substatus per item. *PI Web API Reference, "Stream UpdateValues"*.
http::Response render_statuses(const std::vector<ItemStatus>& items, int success);

/// Is any item told as 202? Then the answer has a receipt.
bool any_accepted(const std::vector<ItemStatus>& items);

/// What a client is told of one stream of many.
struct StreamStatus {
  std::vector<ItemStatus> items;
  std::optional<ItemStatus> failure;  ///< Of a stream that failed as a whole; `items` repeat it.
};

/// As render_statuses for values of many streams: one list per stream in `Items`. *PI Web API Reference,
/// "StreamSet UpdateValues"*.
http::Response render_stream_statuses(const std::vector<StreamStatus>& streams, int success);
bool any_accepted(const std::vector<StreamStatus>& streams);

/// `Penstock-Stored`, `-Replaced`, `-Ignored`, `-Erased`.
void add_counts(http::Response& response, const WriteCounts& counts);

}  // namespace penstock::dialects::piwebapi
