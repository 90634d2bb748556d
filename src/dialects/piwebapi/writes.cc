#include "base/metrics.h"
#include "base/text.h"
#include "dialects/common/receipt.h"
#include "dialects/piwebapi/coerce.h"
#include "dialects/piwebapi/outcomes.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/routes.h"
#include "dialects/piwebapi/target.h"
#include "dialects/piwebapi/write_steps.h"

/// *PI Web API Reference, "Stream UpdateValue"*, *"Stream UpdateValues"* and *"Attribute SetValue"*.
namespace penstock::dialects::piwebapi {
namespace {

/// Stores the value of a static attribute. 204.
Task<http::Response> write_fixed(Call& call, const Target& target, const json::Value& item) {
  auto sample = fixed_sample(call, target, item);
  if (!sample) co_return error_response(sample.error());
  const Uuid id = target.attribute->id;
  const Sample kept = *std::move(sample);
  archive::Archive::Edit edit = [&kept, id](catalog::Editor& editor) { return keep_value(editor, id, kept); };
  const auto done = co_await call.archive().change(std::move(edit), Door::pi, call.caller.number);
  if (!done) co_return error_response(done.error());
  co_return empty_response(204);
}

/// A stream write whose target is a static attribute.
Task<http::Response> write_fixed_stream(Call& call, const Target& target, const WriteOptions& options,
                                        BodyShape shape) {
  if (options.update == UpdateOption::remove) {
    co_return error_response(409, "The attribute keeps one value, which cannot be removed.");
  }
  const auto document = parse_document(call.request.body);
  if (!document) co_return error_response(document.error());
  const json::Value* item = &*document;
  if (shape == BodyShape::list) {
    if (target.attribute->configuration_item) {
      co_return error_response(409, "A configuration item has no recorded values.");
    }
    const json::Value* items =
        document->is_object() ? document->find("Items", json::Case::insensitive) : &*document;
    if (items != nullptr && items->is_array()) {
      if (items->array().empty()) co_return empty_response(204);
      // The attribute keeps one value: the newest of the list.
      item = nullptr;
      Timestamp newest = Timestamp::min();
      for (const json::Value& one : items->array()) {
        const auto time = write_time(wire_timed_value(one), call.now, true);
        if (!time) co_return error_response(time.error());
        if (item == nullptr || *time >= newest) {
          item = &one;
          newest = *time;
        }
      }
    }
  }
  http::Response response = co_await write_fixed(call, target, *item);
  co_return std::move(response);
}

http::Response all_denied(const Error& error, std::size_t items, int success) {
  return render_statuses(std::vector<ItemStatus>(items, ItemStatus{status_of(error.code), error.detail}),
                         success);
}

/// A run of one plain value as the archive takes it for less.
std::optional<PointSample> slice_sample(PointId point, const Run& run) {
  if (run.size() != 1 || run.kind == Kind::text || !run.qualities.empty()) return std::nullopt;
  if (is_number(run.kind)) return PointSample::number(point, run.times[0], run.numbers[0]);
  return PointSample::integer(point, run.times[0], run.integers[0]);
}

Task<http::Response> write_stream(Call& call, BodyShape shape) {
  auto target = find_target(call, call.segments[1]);
  if (!target) co_return error_response(target.error());
  const auto options = write_options(call);
  if (!options) co_return error_response(options.error());
  const int success = success_of(*options, call.settings);
  const auto allowed = check_target(call, *target);
  if (target->kind != Target::Kind::point || target->read_only) {
    if (!allowed) co_return error_response(allowed.error());
    http::Response response = co_await write_fixed_stream(call, *target, *options, shape);
    co_return std::move(response);
  }
  const ParseRules rules{options->update != UpdateOption::remove, call.now, call.settings.max_write_items};
  auto parsed = parse_values(call.request.body, shape, target->stream, rules);
  if (!parsed) co_return error_response(parsed.error());
  if (!allowed) {
    co_return shape == BodyShape::one || parsed->sent == 0
        ? error_response(allowed.error())
        : all_denied(allowed.error(), parsed->sent, success);
  }
  if (const auto units = check_units_of(*target, call.request.body); !units) {
    co_return error_response(units.error());
  }
  if (shape == BodyShape::one && !parsed->errors.empty())
    co_return error_response(400, parsed->errors[0].message);
  if (options->buffer == BufferOption::buffer && !call.settings.buffering) {
    co_return error_response(503, "The buffer is not available.");
  }
  const bool nothing = parsed->run.empty();
  const Timestamp first_time = nothing ? call.now : parsed->run.time(0);
  WriteResult result;
  if (!nothing) {
    WriteCommand command = command_of(call, *options);
    if (const auto one = slice_sample(target->stream.point, parsed->run)) {
      command.slice.push_back(*one);
    } else {
      command.writes.push_back({target->stream.point, std::move(parsed->run)});
    }
    auto written = co_await call.archive().write(std::move(command));
    if (!written) co_return refused_write(written.error(), *options);
    result = *std::move(written);
  }
  const Outcomes outcomes = nothing                   ? Outcomes{}
                            : result.outcomes.empty() ? std::move(result.slice)
                                                      : std::move(result.outcomes[0]);
  const bool told =
      tells_conflicts(options->update, options->buffer, call.settings.report_duplicate_conflicts);
  if (shape == BodyShape::one) {
    const auto& [outcome, count] = outcomes.runs()[0];
    const ItemStatus status = item_status(outcome, outcomes.reason, success, told);
    if (status.status >= 400) co_return error_response(status.status, status.message);
    http::Response response = empty_response(success);
    std::string location;
    location.reserve(call.naming.base.size() + call.segments[1].size() + 64);
    location.append(call.naming.base).append("/streams/").append(call.segments[1]).append("/value?time=");
    append_trimmed(location, first_time);
    response.headers.add("Location", location);
    if (success == 202) add_receipt(response.headers, call.archive(), result.seq);
    co_return std::move(response);
  }
  const WriteCounts counts = nothing ? WriteCounts{} : WriteResult{result.seq, {outcomes}}.counts();
  const bool smooth = parsed->errors.empty() && outcomes.count(Outcome::rejected) == 0 &&
                      (!told || outcomes.count(Outcome::ignored) == 0);
  http::Response response;
  bool accepted = false;
  if (smooth) {
    response = empty_response(parsed->sent == 0 ? 204 : success);
    accepted = response.status == 202;
  } else {
    const std::vector<ItemStatus> items = item_statuses(*parsed, outcomes, success, told);
    response = render_statuses(items, success);
    accepted = any_accepted(items);
  }
  if (!result.queued) add_counts(response, counts);
  if (accepted) add_receipt(response.headers, call.archive(), result.seq);
  co_return std::move(response);
}

}  // namespace

Task<http::Response> write_stream_value(Call& call) {
  return write_stream(call, BodyShape::one);
}

Task<http::Response> write_stream_recorded(Call& call) {
  return write_stream(call, BodyShape::list);
}

/// *PI Web API Reference, "Attribute SetValue"*: for attributes whose value is kept with them.
Task<http::Response> put_attribute_value(Call& call) {
  auto target = find_target(call, call.segments[1]);
  if (!target) co_return error_response(target.error());
  if (!target->attribute) co_return error_response(400, "The WebID does not name an attribute.");
  if (const auto allowed = check_target(call, *target); !allowed) co_return error_response(allowed.error());
  if (target->kind != Target::Kind::fixed) {
    co_return error_response(409, "The attribute has a data reference. Write to its stream.");
  }
  const auto document = parse_document(call.request.body);
  if (!document) co_return error_response(document.error());
  http::Response response = co_await write_fixed(call, *target, *document);
  co_return std::move(response);
}

}  // namespace penstock::dialects::piwebapi
