#include "model/write.h"

#include <utility>

namespace penstock {

void Outcomes::push(Outcome outcome, std::size_t n) {
  if (n == 0) return;
  const auto count = static_cast<std::uint32_t>(n);
  if (size_ == 0) {
    one_ = {outcome, count};
  } else if (more_.empty() && one_.first == outcome) {
    one_.second += count;
  } else {
    if (more_.empty()) more_.push_back(std::exchange(one_, {}));
    if (more_.back().first == outcome) {
      more_.back().second += count;
    } else {
      more_.emplace_back(outcome, count);
    }
  }
  size_ += n;
}

std::size_t Outcomes::count(Outcome outcome) const {
  std::size_t n = 0;
  for (const auto& [what, count] : runs()) {
    if (what == outcome) n += count;
  }
  return n;
}

std::vector<Outcome> Outcomes::expand() const {
  std::vector<Outcome> all;
  all.reserve(size_);
  for (const auto& [what, count] : runs()) all.insert(all.end(), count, what);
  return all;
}

WriteCounts WriteResult::counts() const {
  WriteCounts counts;
  const auto add = [&counts](const Outcomes& some) {
    for (const auto& [what, n] : some.runs()) {
      switch (what) {
        case Outcome::stored: counts.stored += n; break;
        case Outcome::replaced:
        case Outcome::identical: counts.replaced += n; break;
        case Outcome::ignored: counts.ignored += n; break;
        case Outcome::erased: counts.erased += n; break;
        case Outcome::rejected: counts.rejected += n; break;
      }
    }
  };
  add(slice);
  for (const Outcomes& some : outcomes) add(some);
  return counts;
}

}  // namespace penstock
