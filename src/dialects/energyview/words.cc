#include "dialects/energyview/words.h"

#include <algorithm>
#include <iterator>

namespace penstock::dialects::energyview {
namespace {

struct ResolutionWord {
  std::string_view v1, v2;  ///< Empty: not in that version.
  Resolution resolution;
};
constexpr ResolutionWord kResolutions[] = {{"", "microseconds", Resolution::microseconds},
                                           {"", "milliseconds", Resolution::milliseconds},
                                           {"second", "second", Resolution::second},
                                           {"minute", "minute", Resolution::minute},
                                           {"5minute", "minute5", Resolution::minute5},
                                           {"10minute", "minute10", Resolution::minute10},
                                           {"15minute", "minute15", Resolution::minute15},
                                           {"20minute", "minute20", Resolution::minute20},
                                           {"30minute", "minute30", Resolution::minute30},
                                           {"hour", "hour", Resolution::hour},
                                           {"day", "day", Resolution::day},
                                           {"", "week", Resolution::week},
                                           {"month", "month", Resolution::month},
                                           {"year", "year", Resolution::year},
                                           {"decade", "decade", Resolution::decade},
                                           {"century", "century", Resolution::century},
                                           {"millennia", "millennia", Resolution::millennia}};

struct AggregateWord {
  std::string_view word;
  Aggregate aggregate;
};
constexpr AggregateWord kAggregates[] = {{"avg", Aggregate::avg},
                                         {"min", Aggregate::min},
                                         {"max", Aggregate::max},
                                         {"sum", Aggregate::sum},
                                         {"count", Aggregate::count}};

std::optional<Resolution> find_in(std::string_view ResolutionWord::*version, std::string_view word) {
  for (const ResolutionWord& each : kResolutions) {
    if (!word.empty() && each.*version == word) return each.resolution;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Resolution> find_resolution(std::string_view word) {
  return find_in(&ResolutionWord::v1, word);
}

std::optional<Resolution> find_precision(std::string_view word) {
  return find_in(&ResolutionWord::v2, word);
}

std::optional<Aggregate> find_aggregate(std::string_view word) {
  const auto* const at = std::find_if(std::begin(kAggregates), std::end(kAggregates),
                                      [&](const AggregateWord& each) { return each.word == word; });
  if (at == std::end(kAggregates)) return std::nullopt;
  return at->aggregate;
}

}  // namespace penstock::dialects::energyview
