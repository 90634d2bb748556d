#include "base/metrics.h"
#include "base/text.h"
#include "dialects/piwebapi/coerce.h"
#include "dialects/piwebapi/outcomes.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/routes.h"
#include "dialects/piwebapi/target.h"

/// *PI Web API Reference, "Stream UpdateValue"*, *"Stream UpdateValues"* and *"Attribute SetValue"*.
namespace penstock::dialects::piwebapi {
namespace {

struct WriteOptions {
  UpdateOption update = UpdateOption::replace;
  BufferOption buffer = BufferOption::buffer_if_possible;
};

Result<WriteOptions> write_options(const Call& call) {
  WriteOptions options;
  if (const std::string_view text = call.parameter_or("updateOption", ""); !text.empty()) {
    const auto option = parse_update_option(text);
    if (!option) {
      return fail(ErrorCode::invalid_argument, "updateOption",
                  "Parameter (updateOption) has an unknown value.");
    }
    options.update = *option;
  }
  if (const std::string_view text = call.parameter_or("bufferOption", ""); !text.empty()) {
    const auto option = parse_buffer_option(text);
    if (!option) {
      return fail(ErrorCode::invalid_argument, "bufferOption",
                  "Parameter (bufferOption) has an unknown value.");
    }
    options.buffer = *option;
  }
  return options;
}

/// 202 once the journal has it, 204 where the client asked for the archive itself.
int success_of(const WriteOptions& options, const Settings& settings) {
  return options.buffer == BufferOption::do_not_buffer || !settings.buffering ? 204 : 202;
}

std::string denied(std::string_view what, std::string_view name) {
  return "The user does not have write permission on " + std::string{what} + " " + std::string{name} + ".";
}

/// An archive's refusal. Whoever wrote past the buffer learns 500, everybody else that it is worth retrying.
http::Response refused_write(const Error& error, const WriteOptions& options) {
  if (error.code == ErrorCode::store_unavailable && options.buffer != BufferOption::do_not_buffer) {
    return error_response(503, error.detail.empty() ? "The archive is not available." : error.detail);
  }
  return error_response(error);
}

WriteCommand command_of(const Call& call, const WriteOptions& options, PointId point, Run run) {
  WriteCommand command;
  command.mode = mode_of(options.update);
  // *PI Web API administration, "Set behavior for duplicate data values"*: Replace skips compression.
  command.bypass_compression =
      command.mode == UpdateMode::replace || command.mode == UpdateMode::replace_only;
  command.door = Door::pi;
  command.principal = call.caller.number;
  command.now = call.now;
  command.writes.push_back({point, std::move(run)});
  return command;
}

/// What stands in the way of writing to a target, before its body is looked at by item.
Result<void> check_target(const Call& call, const Target& target) {
  if (!call.caller.may(auth::Right::write, target.rights_name)) {
    const bool point = target.kind == Target::Kind::point;
    return fail(ErrorCode::forbidden, {}, denied(point ? "point" : "attribute", target.rights_name));
  }
  if (target.kind == Target::Kind::unsupported || target.read_only) {
    return fail(ErrorCode::unsupported, {}, "The data reference of the attribute does not support writing.");
  }
  if (target.kind == Target::Kind::missing_point) {
    return fail(ErrorCode::unsupported, {}, "PI Point not found '" + target.stream.tag + "'.");
  }
  return {};
}

/// Units are those of an attribute; points have none to convert from, and ignore what is sent.
Result<void> check_units(const Target& target, std::string_view units) {
  if (!target.attribute || units.empty() || iequals(units, target.units)) return {};
  return fail(ErrorCode::conflict, "UnitsAbbreviation", "The units of measure are not convertible.");
}

/// Stores the value of a static attribute. 204.
Task<http::Response> write_fixed(Call& call, const Target& target, const json::Value& item) {
  const WireTimedValue sent = wire_timed_value(item);
  if (!sent.is_object) co_return error_response(400, "The request body must be one timed value.");
  if (const auto units = check_units(target, sent.units); !units) co_return error_response(units.error());
  const auto time = write_time(sent, call.now, true);
  if (!time) co_return error_response(time.error());
  const DigitalSet* set = target.stream.set ? &*target.stream.set : nullptr;
  auto coerced = coerce_attribute(sent, target.attribute->type, set, call.now);
  if (!coerced) co_return error_response(coerced.error());
  const Sample sample{*time, std::move(coerced->value), coerced->quality};
  const Uuid id = target.attribute->id;
  archive::Archive::Edit edit = [&sample, id](catalog::Editor& editor) -> Result<void> {
    const catalog::AfAttribute* known = editor.tables().af_attributes.find(id);
    if (known == nullptr) return fail(ErrorCode::not_found, {}, "The attribute does not exist any more.");
    catalog::AfAttribute changed = *known;
    changed.value = sample;
    editor.put(changed);
    return {};
  };
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
  if (shape == BodyShape::one && !parsed->errors.empty())
    co_return error_response(400, parsed->errors[0].message);
  if (options->buffer == BufferOption::buffer && !call.settings.buffering) {
    co_return error_response(503, "The buffer is not available.");
  }
  const bool nothing = parsed->run.empty();
  const Timestamp first_time = nothing ? call.now : parsed->run.time(0);
  WriteResult result;
  if (!nothing) {
    WriteCommand command = command_of(call, *options, target->stream.point, std::move(parsed->run));
    auto written = co_await call.archive().write(std::move(command));
    if (!written) co_return refused_write(written.error(), *options);
    result = *std::move(written);
  }
  const Outcomes outcomes = nothing ? Outcomes{} : std::move(result.outcomes[0]);
  const bool told =
      tells_conflicts(options->update, options->buffer, call.settings.report_duplicate_conflicts);
  if (shape == BodyShape::one) {
    const auto& [outcome, count] = outcomes.runs()[0];
    const ItemStatus status = item_status(outcome, outcomes.reason, success, told);
    if (status.status >= 400) co_return error_response(status.status, status.message);
    http::Response response = empty_response(success);
    response.headers.add("Location", call.naming.link("streams/" + call.segments[1] +
                                                      "/value?time=" + format_trimmed(first_time)));
    co_return std::move(response);
  }
  const WriteCounts counts = nothing ? WriteCounts{} : WriteResult{result.seq, {outcomes}}.counts();
  const bool smooth = parsed->errors.empty() && outcomes.count(Outcome::rejected) == 0 &&
                      (!told || outcomes.count(Outcome::ignored) == 0);
  http::Response response = smooth
                                ? empty_response(parsed->sent == 0 ? 204 : success)
                                : render_statuses(item_statuses(*parsed, outcomes, success, told), success);
  add_counts(response, counts);
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
