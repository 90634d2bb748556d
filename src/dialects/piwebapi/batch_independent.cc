#include <algorithm>
#include <cmath>
#include <deque>

#include "base/check.h"
#include "base/text.h"
#include "base/when_all.h"
#include "dialects/common/receipt.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/batch_run.h"
#include "dialects/piwebapi/coerce.h"
#include "dialects/piwebapi/fast_time.h"
#include "dialects/piwebapi/outcomes.h"
#include "dialects/piwebapi/write_steps.h"
#include "http/json_writer.h"

namespace penstock::dialects::piwebapi {
namespace {

constexpr std::size_t kFirstGroup = 128;  ///< Sub-requests that a group has room for from its start.

/// The options that a query of a write says, where it says nothing else and they can be met.
std::optional<WriteOptions> simple_options(std::string_view query, const Settings& settings) {
  WriteOptions options;
  bool update_seen = false, buffer_seen = false;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = item.substr(0, equals), value = item.substr(equals + 1);
    if (iequals(name, "updateOption") && !std::exchange(update_seen, true)) {
      const auto option = parse_update_option(value);
      if (!option || *option == UpdateOption::remove) return std::nullopt;
      options.update = *option;
    } else if (iequals(name, "bufferOption") && !std::exchange(buffer_seen, true)) {
      const auto option = parse_buffer_option(value);
      if (!option || (*option == BufferOption::buffer && !settings.buffering)) return std::nullopt;
      options.buffer = *option;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

bool same(const WriteOptions& a, const WriteOptions& b) {
  return a.update == b.update && a.buffer == b.buffer;
}

/// The value that a point of numbers keeps; nothing where a closer look is needed.
std::optional<PointSample> plain_sample(const Point& point, std::int64_t time, const TimedText& value) {
  switch (point.type) {
    case PointType::float64: return PointSample::number(point.id, time, value.number);
    case PointType::float32: {
      const auto single = static_cast<float>(value.number);
      if (!std::isfinite(single)) return std::nullopt;
      return PointSample::number(point.id, time, static_cast<double>(single));
    }
    case PointType::int16:
    case PointType::int32: {
      const std::int64_t bound = point.type == PointType::int16 ? 32'767 : 2'147'483'647;
      if (!value.is_integer || value.integer > bound || value.integer < 0) return std::nullopt;
      return PointSample::integer(point.id, time, value.integer);
    }
    default: return std::nullopt;
  }
}

/// True where `append_trimmed` would print just this.
bool is_trimmed(std::string_view time) {
  return time.size() == 20 || (time.size() <= 28 && time[time.size() - 2] != '0');
}

class IndependentBatch {
 public:
  IndependentBatch(const Call& call, std::vector<IndependentRequest> requests)
      : call_{call}, requests_{std::move(requests)}, answers_(requests_.size()), others_{call} {}

  Task<http::Response> run() {
    for (std::size_t first = 0; first < requests_.size(); first += kSideBySide) {
      std::deque<Group> groups;
      const std::vector<Step> steps = plan(first, std::min(first + kSideBySide, requests_.size()), groups);
      std::vector<Task<bool>> tasks;
      tasks.reserve(steps.size());
      for (const Step& step : steps) {
        tasks.push_back(step.group != nullptr ? write(*step.group) : run_other(step.request));
      }
      const std::vector<bool> ended = co_await when_all(std::move(tasks));
      CHECK(ended.size() == steps.size());
    }
    http::Response response = json_response(207, render());
    co_return std::move(response);
  }

 private:
  /// What a sub-request was answered: a rendered entry, or none where it stored one value.
  struct Answer {
    const std::string* entry = nullptr;
    int status = 0;                        ///< Without an entry: 202 or 204,
    std::int64_t time = 0;                 ///< the time of the value,
    const std::string* receipt = nullptr;  ///< and with 202 the receipt.
  };
  /// One command for some sub-requests, ascending.
  struct Group {
    WriteOptions options;
    WriteCommand command;
    std::vector<std::uint32_t> requests;
  };
  struct Step {
    Group* group = nullptr;
    std::size_t request = 0;
  };

  /// What runs side by side, in the order of the body. Looks everything up under one lock of the catalog.
  std::vector<Step> plan(std::size_t first, std::size_t last, std::deque<Group>& groups) {
    const auto reader = call_.archive().catalog();
    const Timestamp now = call_.house.now();
    std::vector<Step> steps;
    Group* open = nullptr;
    for (std::size_t i = first; i < last; ++i) {
      const auto sample = sample_of(*reader, i, now);
      if (!sample) {
        open = nullptr;
        steps.push_back({nullptr, i});
        continue;
      }
      if (open == nullptr || !same(open->options, *options_)) {
        open = &groups.emplace_back(Group{*options_, command_of(call_, *options_), {}});
        open->command.now = now;
        open->command.slice.reserve(std::min(last - i, kFirstGroup));
        open->requests.reserve(std::min(last - i, kFirstGroup));
        steps.push_back({open, 0});
      }
      open->command.slice.push_back(*sample);
      open->requests.push_back(static_cast<std::uint32_t>(i));
      answers_[i].time = sample->time;
    }
    return steps;
  }

  /// The sample that a sub-request writes, if nothing stands in its way; options_ are then its options. What
  /// is refused here for whatever reason is told by the way that every request goes.
  std::optional<PointSample> sample_of(const catalog::Tables& tables, std::size_t i, Timestamp now) {
    const auto& wanted = requests_[i].write;
    if (!wanted || call_.settings.disable_writes) return std::nullopt;
    if (!query_ || *query_ != wanted->query) {
      query_ = wanted->query;
      options_ = simple_options(wanted->query, call_.settings);
    }
    if (!options_) return std::nullopt;
    const auto webid = parse_webid(wanted->webid);
    if (!webid || webid->kind != WebIdKind::point) return std::nullopt;
    const auto point = find_point(tables, call_.identity, *webid);
    if (!point || !call_.caller.may(auth::Right::write, (*point)->tag)) return std::nullopt;
    const auto time_ns = fast_time_.parse(wanted->value.timestamp);
    if (!time_ns || *time_ns == 0) return std::nullopt;  // AF's smallest time means now.
    const auto time = check_write_time(Timestamp::from_unix_ns(*time_ns), now, (*point)->future);
    if (!time) return std::nullopt;
    return plain_sample(**point, time->unix_ns(), wanted->value);
  }

  Task<bool> write(Group& group) {
    const int success = success_of(group.options, call_.settings);
    const bool told = tells_conflicts(group.options.update, group.options.buffer,
                                      call_.settings.report_duplicate_conflicts);
    auto written = co_await call_.archive().write(std::move(group.command));
    if (!written) {
      const std::string* entry = keep(refused_write(written.error(), group.options));
      for (const std::uint32_t i : group.requests) answers_[i].entry = entry;
      co_return true;
    }
    const std::string* receipt = nullptr;
    if (success == 202) receipt = &receipts_.emplace_back(call_.archive().receipts().name(written->seq));
    std::size_t at = 0;
    for (const auto& [outcome, count] : written->slice.runs()) {
      const RejectReason reason = written->slice.reason;
      const ItemStatus status = item_status(outcome, reason, success, told);
      // Made once for all neighbours of one outcome. What was stored as one value is told by its time.
      const std::string *one = nullptr, *list = nullptr;
      if (status.status >= 400) one = keep(error_response(status.status, status.message));
      for (std::uint32_t k = 0; k < count; ++k, ++at) {
        Answer& answer = answers_[group.requests[at]];
        const bool is_list = requests_[group.requests[at]].write->is_list;
        if (is_list && list == nullptr) list = keep(list_answer(outcome, *written, status, success));
        answer.status = status.status;
        answer.receipt = receipt;
        answer.entry = is_list ? list : one;
      }
    }
    co_return true;
  }

  /// The answer to a list of one value.
  http::Response list_answer(Outcome outcome, const WriteResult& written, const ItemStatus& status,
                             int success) const {
    http::Response response =
        status.status >= 400 ? render_statuses({status}, success) : empty_response(success);
    WriteResult result;
    result.outcomes.push_back(Outcomes::all(outcome, 1));
    if (!written.queued) add_counts(response, result.counts());
    if (response.status == 202) add_receipt(response.headers, call_.archive(), written.seq);
    return response;
  }

  Task<bool> run_other(std::size_t i) {
    const auto body = json::parse(requests_[i].raw);
    CHECK(body.has_value());  // read_independent has seen it.
    const SubRequest sub = read_request(std::string{requests_[i].id}, *body);
    if (!sub.refusal.empty()) {
      answers_[i].entry = keep(error_response(400, sub.refusal));
    } else {
      auto task = others_.run(sub, sub.resource, sub.content);
      const http::Response response = co_await task;
      answers_[i].entry = keep(response);
    }
    co_return true;
  }

  const std::string* keep(const http::Response& response) {
    return &entries_.emplace_back(render_entry(response));
  }

  std::string render() const {
    // As in every Location of a stored value, up to the WebID.
    std::string front;
    http::JsonWriter{front}.value(call_.naming.base);
    front.pop_back();
    front += "/streams/";
    std::size_t size = 2;
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      size += requests_[i].id.size() + 4;
      size += answers_[i].entry != nullptr ? answers_[i].entry->size()
                                           : front.size() + requests_[i].write->webid.size() + 160;
    }
    std::string body;
    body.reserve(size);
    body += '{';
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      body += i == 0 ? "\"" : ",\"";
      body.append(requests_[i].id).append("\":");
      if (answers_[i].entry != nullptr) {
        body += *answers_[i].entry;
      } else {
        append_stored(body, front, i);
      }
    }
    body += '}';
    return body;
  }

  /// The entry of a stored value. *PI Web API Reference, "Stream UpdateValue"*.
  void append_stored(std::string& out, std::string_view front, std::size_t i) const {
    const IndependentRequest::Write& write = *requests_[i].write;
    out += answers_[i].status == 202 ? R"({"Status":202,"Headers":{"Location":)"
                                     : R"({"Status":204,"Headers":{"Location":)";
    out.append(front).append(write.webid).append("/value?time=");
    if (is_trimmed(write.value.timestamp)) {
      out += write.value.timestamp;
    } else {
      append_trimmed(out, Timestamp::from_unix_ns(answers_[i].time));
    }
    if (answers_[i].receipt != nullptr) out.append(R"(","Penstock-Receipt":")").append(*answers_[i].receipt);
    out += R"("},"Content":""})";
  }

  const Call& call_;
  const std::vector<IndependentRequest> requests_;
  std::vector<Answer> answers_;                 ///< Parallel to the requests.
  std::deque<std::string> entries_, receipts_;  ///< What answers point at.
  SubRequests others_;

  // Of the sub-request before: most have the same.
  std::optional<std::string_view> query_;
  std::optional<WriteOptions> options_;
  FastTime fast_time_;
};

}  // namespace

Task<http::Response> run_independent(const Call& call, std::vector<IndependentRequest> requests) {
  IndependentBatch batch{call, std::move(requests)};
  http::Response response = co_await batch.run();
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
