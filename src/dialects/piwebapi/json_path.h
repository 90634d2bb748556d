#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/json.h"

namespace penstock::dialects::piwebapi {

/// One step of a JSONPath. *PI Web API Reference, "Batch Execute"* uses `$.id.Content.Items[*].Links.Self`.
struct PathStep {
  enum class Kind { name, index, every, deep };
  Kind kind = Kind::name;
  std::string name;       ///< Of `name` and `deep`.
  std::size_t index = 0;  ///< Of `index`.
};

/// `$`, `.name`, `['name']`, `[n]`, `[*]`, `.*`, `..name`. A name may be digits. Errors: invalid_argument.
Result<std::vector<PathStep>> parse_json_path(std::string_view text);

/// What the steps reach below `root`, in document order. Members match by case first, then without regard to
/// it.
std::vector<const json::Value*> follow(const json::Value& root, const std::vector<PathStep>& steps,
                                       std::size_t first = 0);

}  // namespace penstock::dialects::piwebapi
