#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/doors.h"
#include "cli/input.h"

namespace penstock::cli {

struct BackfillOptions {
  InputOptions input;
  DoorOptions door;
  std::size_t chunk_values = 0;  ///< 0: what suits the door. At most what it takes.
  int connections = 4;
  std::int64_t retry_ms = 300'000;   ///< How long one chunk is tried again while the server is away.
  std::string work_directory = ".";  ///< For the log, the resume file and the conflict report.
  bool restart = false;              ///< Forget what an earlier run had acknowledged.
  bool quiet = false;                ///< No progress bar, whatever standard error is.
};

struct BackfillCounts {
  std::uint64_t values = 0;     ///< In the file, repeats and rejects included.
  std::uint64_t written = 0;    ///< Acknowledged by the server, in this run or before.
  std::uint64_t ignored = 0;    ///< Of these, not taken because the time was taken; as far as it tells.
  std::uint64_t rejected = 0;   ///< Not sent: see the conflict report.
  std::uint64_t refused = 0;    ///< Refused by the server: see the log.
  std::string conflict_report;  ///< Its path, if anything is in it.
};

/// Loads a CSV file through one door. Writes beside each other in `work_directory`, named after file and
/// door: `….log` (one line per batch: point, time range, count, status), `….conflicts.csv` (values that were
/// not stored, and why), and `….resume` (chunks that were acknowledged; removed at a good end). Errors: those
/// of Input::scan and DoorClient; store_unavailable when a chunk could not be sent in `retry_ms`.
Result<BackfillCounts> backfill(const BackfillOptions& options);

}  // namespace penstock::cli
