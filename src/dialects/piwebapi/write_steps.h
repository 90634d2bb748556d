#pragma once

#include <span>

#include "dialects/piwebapi/call.h"
#include "dialects/piwebapi/target.h"
#include "http/json.h"
#include "model/write.h"

/// What the writes of streams, of streamsets and of attributes have in common.
namespace penstock::dialects::piwebapi {

struct WriteOptions {
  UpdateOption update = UpdateOption::replace;
  BufferOption buffer = BufferOption::buffer_if_possible;
};

/// `updateOption` and `bufferOption` of the call. Errors: invalid_argument.
Result<WriteOptions> write_options(const Call& call);

/// 202 once the journal has it, 204 where the client asked for the archive itself.
int success_of(const WriteOptions& options, const Settings& settings);

/// An archive's refusal. Whoever wrote past the buffer learns 500, everybody else that it is worth retrying.
http::Response refused_write(const Error& error, const WriteOptions& options);

/// A command of this call without writes.
WriteCommand command_of(const Call& call, const WriteOptions& options);

/// What stands in the way of writing to a target, before its body is looked at by item. Errors: forbidden,
/// unsupported.
Result<void> check_target(const Call& call, const Target& target);

/// Refuses timed values with a unit that is not the one of the attribute through which a point is written;
/// points themselves have none, and ignore what is sent. A body that is no JSON passes: others say so.
/// Errors: conflict.
Result<void> check_units_of(const Target& target, const http::Body& body);
Result<void> check_units_of(const Target& target, std::span<const json::Value> items);

/// What a static attribute keeps for a timed value. Errors: invalid_argument, conflict (units), and those of
/// coerce_attribute and write_time.
Result<Sample> fixed_sample(const Call& call, const Target& target, const json::Value& item);

/// Sets the value of a static attribute. Errors: not_found.
Result<void> keep_value(catalog::Editor& editor, const Uuid& attribute, const Sample& sample);

}  // namespace penstock::dialects::piwebapi
