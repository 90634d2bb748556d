#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "dialects/omf/apply.h"
#include "dialects/omf/parse_data.h"
#include "dialects/omf/routes.h"

/// Long messages in pieces that the archive takes one after the other, so that others get a turn and no
/// message is too long to be kept. A message is no transaction: what was done before a piece failed stays,
/// and does no harm when the producer sends all of it again.
namespace penstock::dialects::omf {

/// One of the apply functions with everything but the edit bound.
using Step = std::function<Result<void>(catalog::Editor&, Report&, Progress&)>;

/// Runs `step` in edit after edit until `items` are done. What it says goes into `report`.
/// Errors: those of Archive::change.
Task<Result<void>> change_in_steps(const Call& call, std::size_t items, Step step, Report& report);

/// What became of the values of a message.
struct Written {
  WriteCounts counts;
  std::vector<std::uint64_t> batches;  ///< One per command, in their order.
  bool queued = false;                 ///< Some are not decided yet: then the counts say nothing.
};

/// Writes all of `message.slice` and `message.writes` with one command after the other, and leaves them
/// empty. Points that are gone are reported. Errors: those of Archive::write.
Task<Result<Written>> write_in_commands(const Call& call, UpdateMode mode, DataMessage& message,
                                        Report& report);

/// Takes as many samples as fit into `bytes_max` bytes of journal out of `writes`, from sample `at` of its
/// write `next` on, and moves both on. At least one sample, in the order of the message.
std::vector<PointWrite> take_command(std::vector<PointWrite>& writes, std::size_t& next, std::size_t& at,
                                     std::size_t bytes_max);

}  // namespace penstock::dialects::omf
