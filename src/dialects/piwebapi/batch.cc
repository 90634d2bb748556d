#include <algorithm>
#include <optional>

#include "base/text.h"
#include "base/when_all.h"
#include "dialects/piwebapi/batch_run.h"
#include "dialects/piwebapi/door.h"
#include "dialects/piwebapi/json_path.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/routes.h"
#include "http/json_writer.h"

/// *PI Web API Reference, "Batch Execute"*.
namespace penstock::dialects::piwebapi {
namespace {

/// Bytes of all answers of one batch; what runs behind that is refused.
constexpr std::size_t kAnswerBytesMax = 256u << 20;

http::Response refusal(int status, const std::string& message) {
  return error_response(status, message);
}

/// Headers that a sub-request may not bring: those of the outer request stand.
bool is_outer_header(std::string_view name) {
  for (const std::string_view outer : {"Authorization", "Host", "Content-Length", "Content-Encoding",
                                       "Transfer-Encoding", "Content-Type", "Connection", "Cookie"}) {
    if (iequals(name, outer)) return true;
  }
  return false;
}

/// What a finished sub-request left behind for the rest.
struct Finished {
  int status = 0;
  std::string entry;                  ///< Rendered; empty while it has not run.
  std::optional<json::Value> parsed;  ///< Of the entry, made when a path first asks for it.
};

std::string token_text(const json::Value& value) {
  if (const auto text = value.as_string()) return std::string{*text};
  return value.to_string();
}

/// `{0}`, `{1}` … replaced by the tokens; other braces stay.
std::string fill(std::string_view text, const std::vector<std::string>& tokens) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t end = at + 1, n = 0;
    while (text[at] == '{' && end < text.size() && end - at < 4 && text[end] >= '0' && text[end] <= '9') {
      n = n * 10 + static_cast<std::size_t>(text[end++] - '0');
    }
    if (text[at] == '{' && end > at + 1 && end < text.size() && text[end] == '}' && n < tokens.size()) {
      out += tokens[n];
      at = end;
    } else {
      out += text[at];
    }
  }
  return out;
}

/// The state of one batch while its waves run.
class Batch {
 public:
  Batch(const Call& call, BatchPlan plan)
      : call_{call}, plan_{std::move(plan)}, finished_(plan_.requests.size()), others_{call} {
    for (std::size_t i = 0; i < plan_.requests.size(); ++i) {
      if (!plan_.requests[i].refusal.empty()) finish(i, refusal(400, plan_.requests[i].refusal));
    }
  }

  Task<http::Response> run() {
    for (const std::vector<std::size_t>& wave : plan_.waves) {
      for (std::size_t first = 0; first < wave.size(); first += kSideBySide) {
        const std::size_t last = std::min(first + kSideBySide, wave.size());
        std::vector<Task<http::Response>> tasks;
        tasks.reserve(last - first);
        for (std::size_t i = first; i < last; ++i) tasks.push_back(run_one(wave[i]));
        const std::vector<http::Response> answers = co_await when_all(std::move(tasks));
        for (std::size_t i = first; i < last; ++i) finish(wave[i], answers[i - first]);
      }
    }
    http::Response response = json_response(207, render());
    co_return std::move(response);
  }

 private:
  void finish(std::size_t i, const http::Response& response) {
    finished_[i].status = response.status;
    finished_[i].entry = render_entry(response);
  }

  Task<http::Response> run_one(std::size_t i) {
    const SubRequest& sub = plan_.requests[i];
    if (sub.parameters.empty() && sub.request_template.empty() && sub.resource.front() != '$') {
      return others_.run(sub, sub.resource, sub.content);
    }
    return run_with_tokens(i);
  }

  /// A request whose resource or content has parts of other answers in it.
  Task<http::Response> run_with_tokens(std::size_t i) {
    const SubRequest& sub = plan_.requests[i];
    std::vector<std::vector<std::string>> tokens;
    for (const std::string& path : sub.parameters) {
      auto reached = reach(path);
      if (!reached) co_return token_failure(reached.error());
      tokens.push_back(*std::move(reached));
    }
    if (sub.request_template.empty()) {
      std::vector<std::string> first;
      for (const auto& one : tokens) {
        if (one.empty()) co_return refusal(400, "A JSONPath of the sub-request matches nothing.");
        first.push_back(one.front());
      }
      std::string resource = sub.resource;
      if (resource.front() == '$') {
        auto reached = reach(resource);
        if (!reached) co_return token_failure(reached.error());
        if (reached->empty()) co_return refusal(400, "A JSONPath of the sub-request matches nothing.");
        resource = reached->front();
      } else {
        resource = fill(resource, first);
      }
      std::optional<std::string> content;
      if (sub.content) content = fill(*sub.content, first);
      http::Response response = co_await others_.run(sub, std::move(resource), std::move(content));
      co_return std::move(response);
    }
    http::Response response = co_await fan_out(sub, tokens);
    co_return std::move(response);
  }

  /// One request per token; several parameters walk in step.
  Task<http::Response> fan_out(const SubRequest& sub, const std::vector<std::vector<std::string>>& tokens) {
    std::size_t count = tokens.empty() ? 1 : SIZE_MAX;
    for (const auto& one : tokens) count = std::min(count, one.size());
    if (count > call_.settings.max_returned_items) {
      co_return refusal(400, "The request template matches more than the maximum of items.");
    }
    std::string body = "{\"Total\":" + std::to_string(count) + ",\"Items\":[";
    for (std::size_t first = 0; first < count; first += kSideBySide) {
      std::vector<Task<http::Response>> tasks;
      for (std::size_t i = first; i < std::min(count, first + kSideBySide); ++i) {
        std::vector<std::string> row;
        for (const auto& one : tokens) row.push_back(one[i]);
        std::optional<std::string> content;
        if (sub.content) content = fill(*sub.content, row);
        tasks.push_back(others_.run(sub, fill(sub.request_template, row), std::move(content)));
      }
      const std::vector<http::Response> answers = co_await when_all(std::move(tasks));
      for (const http::Response& answer : answers) {
        if (body.back() != '[') body += ',';
        body += render_entry(answer);
      }
    }
    body += "]}";
    http::Response response = json_response(207, std::move(body));
    co_return std::move(response);
  }

  /// What a path reaches in the answers so far, as texts. Errors: invalid_argument; conflict stands for an
  /// answer that failed.
  Result<std::vector<std::string>> reach(const std::string& path) {
    TRY(const std::vector<PathStep> steps, parse_json_path(path));
    if (steps.empty() || steps[0].kind != PathStep::Kind::name) {
      return fail(ErrorCode::invalid_argument, {},
                  "The JSONPath does not begin with a request of the batch.");
    }
    Finished* from = nullptr;
    for (std::size_t i = 0; i < plan_.requests.size(); ++i) {
      if (plan_.requests[i].id == steps[0].name) from = &finished_[i];
    }
    if (from == nullptr || from->entry.empty()) {
      return fail(ErrorCode::invalid_argument, {}, "The JSONPath names a request that is not in the batch.");
    }
    if (from->status >= 400) return fail(ErrorCode::conflict, {}, "Failed dependency");
    if (!from->parsed) {
      auto parsed = json::parse(from->entry);
      if (!parsed) return fail(parsed.error());
      from->parsed = *std::move(parsed);
    }
    std::vector<std::string> texts;
    for (const json::Value* value : follow(*from->parsed, steps, 1)) texts.push_back(token_text(*value));
    return texts;
  }

  static http::Response token_failure(const Error& error) {
    return refusal(error.code == ErrorCode::conflict ? 424 : 400, error.detail);
  }

  std::string render() const {
    std::size_t size = 2;
    for (std::size_t i = 0; i < finished_.size(); ++i) {
      size += plan_.requests[i].id.size() + finished_[i].entry.size() + 4;
    }
    std::string body;
    body.reserve(size);
    http::JsonWriter json{body};
    json.object_begin();
    for (std::size_t i = 0; i < finished_.size(); ++i) json.key(plan_.requests[i].id).raw(finished_[i].entry);
    json.object_end();
    return body;
  }

  const Call& call_;
  const BatchPlan plan_;
  std::vector<Finished> finished_;
  SubRequests others_;
};

}  // namespace

std::string render_entry(const http::Response& response) {
  std::string out;
  http::JsonWriter json{out};
  json.object_begin().member("Status", response.status).key("Headers").object_begin();
  bool is_json = false;
  for (const auto& [name, value] : response.headers.fields()) {
    json.member(name, value);
    if (iequals(name, "Content-Type")) is_json = value.find("json") != std::string::npos;
  }
  json.object_end().key("Content");
  if (response.body.empty()) {
    json.value("");
  } else if (is_json) {
    json.raw(response.body);
  } else {
    json.value(response.body);
  }
  json.object_end();
  return out;
}

Task<http::Response> SubRequests::run(const SubRequest& sub, std::string resource,
                                      std::optional<std::string> content) {
  if (answer_bytes_ > kAnswerBytesMax)
    co_return refusal(413, "The answers of the batch are too large together.");
  http::Request request;
  request.method_text = sub.method;
  request.method = http::parse_method(sub.method);
  request.set_target(local_target(resource));
  request.tls = call_.request.tls;
  request.remote = call_.request.remote;
  for (const std::string_view name : {"Host", "X-Forwarded-Host", "X-Forwarded-Proto"}) {
    if (const auto value = call_.request.headers.find(name))
      request.headers.add(std::string{name}, std::string{*value});
  }
  for (const auto& [name, value] : sub.headers) {
    if (!is_outer_header(name)) request.headers.add(name, value);
  }
  const bool takes_body = request.method == http::Method::post || request.method == http::Method::put ||
                          request.method == http::Method::patch;
  if (content && takes_body) request.body.assign(*content);
  http::Response response = co_await call_.door.dispatch(request, call_.caller, call_.house.now(), true);
  answer_bytes_ += response.body.size();
  co_return std::move(response);
}

Task<http::Response> post_batch(Call& call) {
  if (trim(call.request.body.view()).empty()) co_return error_response(400, "The request body is missing.");
  if (auto requests = read_independent(call.request.body, call.settings.batch_limit)) {
    http::Response response = co_await run_independent(call, *std::move(requests));
    co_return std::move(response);
  }
  auto envelope = parse_document(call.request.body);
  if (!envelope) co_return error_response(envelope.error());
  auto plan = plan_batch(*envelope, call.settings.batch_limit);
  if (!plan) co_return error_response(plan.error());
  Batch batch{call, *std::move(plan)};
  http::Response response = co_await batch.run();
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
