#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialects/energyview/energyview.h"
#include "dialects/energyview/times.h"
#include "dialects/energyview/wire.h"
#include "http/message.h"
#include "model/write.h"

namespace penstock::dialects::energyview {

/// Times and numbers of one series on their way out, ascending.
struct Rows {
  std::vector<std::pair<Timestamp, double>> data;
  bool single_precision = false;
};

/// One series of an answer.
struct SeriesRows {
  std::uint64_t node_id = 0;
  std::optional<Uuid> node_uuid;
  bool asked_by_uuid = false;  ///< `node_id` is then shown as the client wrote it.
  std::string tag;
  Rows rows;
};

/// The shortest text of a number as it is stored.
void append_row_value(std::string& out, double number, bool single_precision);

http::Response json_answer(int status, std::string body);

/// `{"timeseries":[…]}`: the answer to a read, and to a write that is not silent.
http::Response render_series(const std::vector<SeriesRows>& series, Zone zone, bool epoch);

/// The answer to the one-point form: a bare array, or the older object. `sent` is the time as stored.
http::Response render_single(const SeriesRows& series, Zone zone, SingleReply reply, Timestamp sent,
                             double value);

/// The rows of `sent` that are in the archive now by this write: stored, replaced, or there already with the
/// same value. Of several at one time the last counts.
Rows accepted_rows(const Run& sent, const Outcomes& outcomes);

/// A stored run as rows: one per microsecond (the latest), without what holds no number.
Rows shown_rows(const Run& run);

}  // namespace penstock::dialects::energyview
