#include <algorithm>

#include "app/dialects.h"
#include "base/text.h"

namespace penstock::app {

namespace {

/// Takes the next segment off `path`, without slashes; doubled slashes count as one.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  const auto segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

}  // namespace

std::optional<DoorIndex> find_door(std::string_view path) {
  const auto first = take_segment(path);
  const auto second = take_segment(path);
  // The PI door's paths come in any letter case, as its clients send them.
  if (iequals(first, "piwebapi")) return iequals(second, "omf") ? kOmf : kPiWebApi;
  static constexpr std::string_view kBuildingXSegments[] = {"oauth",      ".well-known", "ingest",
                                                            "operations", "partitions",  "accounts"};
  for (const auto segment : kBuildingXSegments) {
    if (first == segment) return kBuildingX;
  }
  if (first == "api" && second == "openness") return kBuildingX;
  // EnergyView's second API has no domain in its paths; that door knows how to refuse it.
  if (first == "api" && second == "v2") return kEnergyView;
  if (first == "penstock") return kConsole;
  if (first == "health" || first == "metrics" || first == "api") return std::nullopt;
  // Every other first segment is an EnergyView domain, known or not.
  if (second == "api") return kEnergyView;
  return std::nullopt;
}

}  // namespace penstock::app
