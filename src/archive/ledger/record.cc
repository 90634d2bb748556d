#include "archive/ledger/record.h"

namespace penstock::archive {

WriteCounts BatchRecord::counts() const {
  const auto of = [this](Outcome outcome) { return by_outcome[static_cast<std::size_t>(outcome)]; };
  WriteCounts counts;
  counts.stored = of(Outcome::stored);
  counts.replaced = std::uint64_t{of(Outcome::replaced)} + of(Outcome::identical);
  counts.ignored = of(Outcome::ignored);
  counts.erased = of(Outcome::erased);
  counts.rejected = of(Outcome::rejected);
  return counts;
}

}  // namespace penstock::archive
