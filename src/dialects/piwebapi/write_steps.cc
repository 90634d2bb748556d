#include "dialects/piwebapi/write_steps.h"

#include "base/text.h"
#include "dialects/piwebapi/coerce.h"
#include "dialects/piwebapi/errors.h"
#include "dialects/piwebapi/parse.h"

namespace penstock::dialects::piwebapi {

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

int success_of(const WriteOptions& options, const Settings& settings) {
  return options.buffer == BufferOption::do_not_buffer || !settings.buffering ? 204 : 202;
}

namespace {

std::string denied(std::string_view what, std::string_view name) {
  return "The user does not have write permission on " + std::string{what} + " " + std::string{name} + ".";
}

}  // namespace

http::Response refused_write(const Error& error, const WriteOptions& options) {
  if (error.code == ErrorCode::store_unavailable && options.buffer != BufferOption::do_not_buffer) {
    return error_response(503, error.detail.empty() ? "The archive is not available." : error.detail);
  }
  return error_response(error);
}

WriteCommand command_of(const Call& call, const WriteOptions& options) {
  WriteCommand command;
  command.mode = mode_of(options.update);
  // *PI Web API administration, "Set behavior for duplicate data values"*: Replace skips compression.
  const bool replaces = command.mode == UpdateMode::replace || command.mode == UpdateMode::replace_only;
  command.bypass_compression = replaces && call.settings.replace_bypasses_compression;
  // *PI Web API Reference, "Buffer Option"*: what goes through the buffer is answered once the journal has
  // it.
  const bool direct = options.buffer == BufferOption::do_not_buffer || !call.settings.buffering;
  command.delivery = direct ? Delivery::direct : Delivery::buffered;
  command.door = Door::pi;
  command.principal = call.caller.number;
  command.now = call.now;
  return command;
}

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

namespace {

/// Units are those of an attribute; points have none to convert from, and ignore what is sent.
Result<void> check_units(const Target& target, std::string_view units) {
  if (!target.attribute || units.empty() || iequals(units, target.units)) return {};
  return fail(ErrorCode::conflict, "UnitsAbbreviation", "The units of measure are not convertible.");
}

}  // namespace

Result<void> check_units_of(const Target& target, const http::Body& body) {
  if (!target.attribute || body.view().find("nit") == std::string_view::npos) return {};  // A quick look.
  const auto document = parse_document(body);
  if (!document) return {};
  const json::Value* items =
      document->is_object() ? document->find("Items", json::Case::insensitive) : &*document;
  const bool is_list = items != nullptr && items->is_array();
  return check_units_of(target, is_list ? std::span{items->array()} : std::span{&*document, 1});
}

Result<void> check_units_of(const Target& target, std::span<const json::Value> items) {
  if (!target.attribute) return {};
  for (const json::Value& item : items) TRY_VOID(check_units(target, wire_timed_value(item).units));
  return {};
}

Result<Sample> fixed_sample(const Call& call, const Target& target, const json::Value& item) {
  const WireTimedValue sent = wire_timed_value(item);
  if (!sent.is_object) {
    return fail(ErrorCode::invalid_argument, {}, "The request body must be one timed value.");
  }
  TRY_VOID(check_units(target, sent.units));
  TRY(const Timestamp time, write_time(sent, call.now, true));
  const DigitalSet* set = target.stream.set ? &*target.stream.set : nullptr;
  TRY(Coerced coerced, coerce_attribute(sent, target.attribute->type, set, call.now));
  return Sample{time, std::move(coerced.value), coerced.quality};
}

Result<void> keep_value(catalog::Editor& editor, const Uuid& attribute, const Sample& sample) {
  const catalog::AfAttribute* known = editor.tables().af_attributes.find(attribute);
  if (known == nullptr) return fail(ErrorCode::not_found, {}, "The attribute does not exist any more.");
  catalog::AfAttribute changed = *known;
  changed.value = sample;
  editor.put(changed);
  return {};
}

}  // namespace penstock::dialects::piwebapi
