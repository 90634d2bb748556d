#include "dialects/piwebapi/batch_plan.h"

#include <algorithm>
#include <unordered_map>

#include "base/text.h"

namespace penstock::dialects::piwebapi {
namespace {

const json::Value* member(const json::Value& object, std::string_view name) {
  return object.find(name, json::Case::insensitive);
}

std::string text_member(const json::Value& object, std::string_view name) {
  const json::Value* value = member(object, name);
  return value != nullptr ? std::string{value->as_string().value_or(std::string_view{})} : std::string{};
}

std::vector<std::string> texts_member(const json::Value& object, std::string_view name) {
  std::vector<std::string> texts;
  if (const json::Value* value = member(object, name)) {
    for (const json::Value& item : value->array()) {
      if (const auto text = item.as_string()) texts.emplace_back(*text);
    }
  }
  return texts;
}

void add_parent(SubRequest& request, std::size_t parent) {
  if (std::find(request.parents.begin(), request.parents.end(), parent) == request.parents.end()) {
    request.parents.push_back(parent);
  }
}

/// `$.mk.Headers` or `$['mk']…` → `mk`.
std::string_view path_root(std::string_view path) {
  path = trim(path);
  if (path.size() < 3 || path[0] != '$') return {};
  if (path[1] == '.') {
    path.remove_prefix(2);
    return path.substr(0, path.find_first_of(".["));
  }
  if (path[1] == '[' && (path[2] == '\'' || path[2] == '"')) {
    const std::size_t end = path.find(path[2], 3);
    return end == std::string_view::npos ? std::string_view{} : path.substr(3, end - 3);
  }
  return {};
}

}  // namespace

SubRequest read_request(std::string id, const json::Value& body) {
  SubRequest request;
  request.id = std::move(id);
  if (!body.is_object()) {
    request.refusal = "The sub-request is not an object.";
    return request;
  }
  if (std::string method = text_member(body, "Method"); !method.empty()) request.method = std::move(method);
  request.resource = text_member(body, "Resource");
  if (const json::Value* one = member(body, "RequestTemplate"); one != nullptr && one->is_object()) {
    request.request_template = text_member(*one, "Resource");
  }
  if (request.resource.empty() && request.request_template.empty()) {
    request.refusal = "The sub-request has no Resource.";
  }
  if (!request.resource.empty() && !request.request_template.empty()) {
    request.refusal = "The sub-request has both a Resource and a RequestTemplate.";
  }
  request.parameters = texts_member(body, "Parameters");
  if (const json::Value* headers = member(body, "Headers")) {
    for (const json::Member& header : headers->object()) {
      if (const auto text = header.value.as_string()) request.headers.emplace_back(header.name, *text);
    }
  }
  if (const json::Value* content = member(body, "Content"); content != nullptr && !content->is_null()) {
    if (const auto text = content->as_string()) {
      if (!trim(*text).empty()) request.content = std::string{*text};
    } else {
      request.content = content->to_string();
    }
  }
  return request;
}

Result<BatchPlan> plan_batch(const json::Value& envelope, std::size_t limit) {
  if (!envelope.is_object()) {
    return fail(ErrorCode::invalid_argument, {}, "The request body must be an object of sub-requests.");
  }
  BatchPlan plan;
  std::unordered_map<std::string, std::size_t> places;
  for (const json::Member& entry : envelope.object()) {
    const auto [at, is_new] = places.emplace(entry.name, plan.requests.size());
    if (is_new) {
      plan.requests.push_back(read_request(entry.name, entry.value));
    } else {
      plan.requests[at->second] = read_request(entry.name, entry.value);
    }
  }
  if (plan.requests.size() > limit) {
    return fail(ErrorCode::invalid_argument, {},
                "The batch has more than the maximum of " + std::to_string(limit) + " sub-requests.");
  }
  const auto place_of = [&](std::string_view id) -> std::optional<std::size_t> {
    const auto found = places.find(std::string{id});
    return found == places.end() ? std::nullopt : std::optional{found->second};
  };
  for (const json::Member& entry : envelope.object()) {
    SubRequest& request = plan.requests[places[entry.name]];
    for (const std::string& parent : texts_member(entry.value, "ParentIds")) {
      if (const auto place = place_of(parent)) {
        add_parent(request, *place);
      } else {
        request.refusal = "The parent '" + parent.substr(0, 80) + "' is not in the batch.";
      }
    }
    // A path into another answer waits for it, whether or not it is named as a parent.
    for (const std::string& path : request.parameters) {
      if (const auto place = place_of(path_root(path))) add_parent(request, *place);
    }
    if (const auto place = place_of(path_root(request.resource))) add_parent(request, *place);
  }
  std::vector<std::size_t> level(plan.requests.size(), 0), waiting(plan.requests.size());
  std::vector<std::vector<std::size_t>> children(plan.requests.size());
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < plan.requests.size(); ++i) {
    waiting[i] = plan.requests[i].parents.size();
    for (const std::size_t parent : plan.requests[i].parents) children[parent].push_back(i);
    if (waiting[i] == 0) ready.push_back(i);
  }
  for (std::size_t at = 0; at < ready.size(); ++at) {
    const std::size_t i = ready[at];
    for (const std::size_t child : children[i]) {
      level[child] = std::max(level[child], level[i] + 1);
      if (--waiting[child] == 0) ready.push_back(child);
    }
  }
  for (const std::size_t i : ready) {
    if (!plan.requests[i].refusal.empty()) continue;
    if (plan.waves.size() <= level[i]) plan.waves.resize(level[i] + 1);
    plan.waves[level[i]].push_back(i);
  }
  for (std::size_t i = 0; i < plan.requests.size(); ++i) {
    if (waiting[i] != 0 && plan.requests[i].refusal.empty()) {
      plan.requests[i].refusal = "The parent requests form a cycle.";
    }
  }
  return plan;
}

std::string local_target(std::string_view resource) {
  resource = trim(resource);
  if (const std::size_t scheme = resource.find("://"); scheme != std::string_view::npos && scheme < 10) {
    const std::size_t path = resource.find_first_of("/?", scheme + 3);
    resource = path == std::string_view::npos ? std::string_view{"/"} : resource.substr(path);
  }
  std::string target{resource};
  if (target.empty() || target.front() != '/') target.insert(0, "/");
  const bool ours =
      istarts_with(target, "/piwebapi") && (target.size() == 9 || target[9] == '/' || target[9] == '?');
  return ours ? target : "/piwebapi" + target;
}

}  // namespace penstock::dialects::piwebapi
