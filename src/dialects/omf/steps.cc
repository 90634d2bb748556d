#include "dialects/omf/steps.h"

#include <algorithm>
#include <utility>

namespace penstock::dialects::omf {
namespace {

constexpr std::size_t kWriteBytes = 160, kSampleBytes = 40,
                      kTextBytes = 8;  // More than they take in the journal.

std::size_t bytes_of(const Run& run, std::size_t sample) {
  return kSampleBytes + (run.texts.empty() ? 0 : run.texts[sample].size() + kTextBytes);
}

void report_gone(Report& report, std::size_t item) {
  report.add(item, events::storage_failed({ErrorCode::not_found, {}, "A PI point was deleted meanwhile."}));
}

void report_rejected(const WriteResult& result, const std::size_t* first_item, Report& report) {
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    if (result.outcomes[i].count(Outcome::rejected) != 0) report_gone(report, first_item[i]);
  }
}

void report_rejected(const Outcomes& slice, const std::uint32_t* items, Report& report) {
  if (slice.count(Outcome::rejected) == 0) return;
  const std::vector<Outcome> outcomes = slice.expand();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i] == Outcome::rejected) report_gone(report, items[i]);
  }
}

void add(Written& sum, const WriteResult& result) {
  const WriteCounts counts = result.counts();
  sum.counts.stored += counts.stored;
  sum.counts.replaced += counts.replaced;
  sum.counts.ignored += counts.ignored;
  sum.counts.erased += counts.erased;
  sum.counts.rejected += counts.rejected;
  sum.queued = sum.queued || result.queued;
  if (result.seq != 0) sum.batches.push_back(result.seq);
}

WriteCommand command_of(const Call& call, UpdateMode mode) {
  WriteCommand command;
  command.mode = mode;
  command.delivery = Delivery::buffered;
  command.door = Door::omf;
  command.principal = call.caller.number;
  command.now = call.now;
  return command;
}

/// As many samples of a slice as fit into a command, even if the archive makes a run of each.
constexpr std::size_t kSliceMax = kCommandBytesMax / (kWriteBytes + 2 * kSampleBytes);

}  // namespace

Task<Result<void>> change_in_steps(const Call& call, std::size_t items, Step step, Report& report) {
  Progress done;
  while (done.item < items) {
    Progress reached;
    Report said;
    archive::Archive::Edit edit = [&](catalog::Editor& editor) {
      reached = done;
      said = Report{};
      return step(editor, said, reached);
    };
    auto change = call.archive.change(std::move(edit), Door::omf, call.caller.number);
    const auto changed = co_await change;
    if (!changed) co_return tl::unexpected(changed.error());
    done = reached;
    report.absorb(std::move(said));
  }
  co_return Result<void>{};
}

std::vector<PointWrite> take_command(std::vector<PointWrite>& writes, std::size_t& next, std::size_t& at,
                                     std::size_t bytes_max) {
  std::vector<PointWrite> taken;
  std::size_t bytes = 0;
  for (; next < writes.size(); ++next, at = 0) {
    PointWrite& write = writes[next];
    std::size_t end = at;
    bytes += kWriteBytes;
    while (end < write.run.size()) {
      const std::size_t more = bytes_of(write.run, end);
      if (bytes + more > bytes_max && (end > at || !taken.empty())) break;
      bytes += more;
      ++end;
    }
    if (at == 0 && end == write.run.size()) {
      taken.push_back(std::move(write));
      continue;
    }
    if (end > at) {
      PointWrite piece;
      piece.point = write.point;
      piece.run.kind = write.run.kind;
      piece.run.append(write.run, at, end - at);
      taken.push_back(std::move(piece));
    }
    at = end;
    if (end < write.run.size()) break;
  }
  return taken;
}

Task<Result<Written>> write_in_commands(const Call& call, UpdateMode mode, DataMessage& message,
                                        Report& report) {
  Written sum;
  for (std::size_t first = 0; first < message.slice.size(); first += kSliceMax) {
    WriteCommand command = command_of(call, mode);
    if (message.slice.size() <= kSliceMax) {
      command.slice = std::move(message.slice);
    } else {
      const auto begin = message.slice.begin() + static_cast<std::ptrdiff_t>(first);
      const std::size_t count = std::min(kSliceMax, message.slice.size() - first);
      command.slice.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    }
    auto write = call.archive.write(std::move(command));
    const auto result = co_await write;
    if (!result) co_return tl::unexpected(result.error());
    report_rejected(result->slice, message.slice_item.data() + first, report);
    add(sum, *result);
  }
  message.slice.clear();
  std::size_t next = 0, at = 0;
  while (next < message.writes.size()) {
    const std::size_t first = next;
    WriteCommand command = command_of(call, mode);
    command.writes = take_command(message.writes, next, at, kCommandBytesMax);
    auto write = call.archive.write(std::move(command));
    const auto result = co_await write;
    if (!result) co_return tl::unexpected(result.error());
    report_rejected(*result, message.first_item.data() + first, report);
    add(sum, *result);
  }
  message.writes.clear();
  co_return sum;
}

}  // namespace penstock::dialects::omf
