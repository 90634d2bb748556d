#include "dialects/piwebapi/json_path.h"

#include <charconv>

#include "base/text.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr std::size_t kStepsMax = 64;

tl::unexpected<Error> malformed(std::string_view text) {
  return fail(ErrorCode::invalid_argument, "Parameters",
              "'" + std::string{text.substr(0, 120)} + "' is not a valid JSONPath.");
}

/// One step inside of brackets; `at` stands behind the opening one and is moved behind the closing one.
bool bracket_step(std::string_view text, std::size_t& at, PathStep& step) {
  if (at >= text.size()) return false;
  if (text[at] == '\'' || text[at] == '"') {
    const std::size_t end = text.find(text[at], at + 1);
    if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != ']') return false;
    step = {PathStep::Kind::name, std::string{text.substr(at + 1, end - at - 1)}, 0};
    at = end + 2;
    return true;
  }
  const std::size_t end = text.find(']', at);
  if (end == std::string_view::npos) return false;
  const std::string_view inside = trim(text.substr(at, end - at));
  at = end + 1;
  if (inside == "*") {
    step = {PathStep::Kind::every, {}, 0};
    return true;
  }
  step = {PathStep::Kind::index, {}, 0};
  const auto [stop, error] = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
  return error == std::errc{} && stop == inside.data() + inside.size() && !inside.empty();
}

void deep_search(const json::Value& value, std::string_view name, std::vector<const json::Value*>& found) {
  for (const json::Member& member : value.object()) {
    if (iequals(member.name, name)) found.push_back(&member.value);
    deep_search(member.value, name, found);
  }
  for (const json::Value& item : value.array()) deep_search(item, name, found);
}

void take_step(const json::Value& value, const PathStep& step, std::vector<const json::Value*>& found) {
  switch (step.kind) {
    case PathStep::Kind::name: {
      const json::Value* below = value.find(step.name);
      if (below == nullptr) below = value.find(step.name, json::Case::insensitive);
      if (below != nullptr) found.push_back(below);
      return;
    }
    case PathStep::Kind::index:
      if (step.index < value.array().size()) found.push_back(&value.array()[step.index]);
      return;
    case PathStep::Kind::every:
      for (const json::Value& item : value.array()) found.push_back(&item);
      for (const json::Member& member : value.object()) found.push_back(&member.value);
      return;
    case PathStep::Kind::deep: deep_search(value, step.name, found); return;
  }
}

}  // namespace

Result<std::vector<PathStep>> parse_json_path(std::string_view raw) {
  const std::string_view text = trim(raw);
  if (text.empty() || text[0] != '$') return malformed(raw);
  std::vector<PathStep> steps;
  for (std::size_t at = 1; at < text.size();) {
    if (steps.size() == kStepsMax) return malformed(raw);
    PathStep step;
    if (text[at] == '[') {
      ++at;
      if (!bracket_step(text, at, step)) return malformed(raw);
    } else if (text[at] == '.') {
      ++at;
      const bool deep = at < text.size() && text[at] == '.';
      if (deep) ++at;
      const std::size_t end = std::min(text.find_first_of(".[", at), text.size());
      const std::string_view name = text.substr(at, end - at);
      if (name.empty()) return malformed(raw);
      at = end;
      step = {deep ? PathStep::Kind::deep : PathStep::Kind::name, std::string{name}, 0};
      if (name == "*" && !deep) step.kind = PathStep::Kind::every;
    } else {
      return malformed(raw);
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<const json::Value*> follow(const json::Value& root, const std::vector<PathStep>& steps,
                                       std::size_t first) {
  std::vector<const json::Value*> here{&root};
  for (std::size_t i = first; i < steps.size(); ++i) {
    std::vector<const json::Value*> next;
    for (const json::Value* value : here) take_step(*value, steps[i], next);
    here = std::move(next);
  }
  return here;
}

}  // namespace penstock::dialects::piwebapi
