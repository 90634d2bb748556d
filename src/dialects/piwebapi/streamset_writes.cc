#include "base/text.h"
#include "dialects/common/receipt.h"
#include "dialects/piwebapi/outcomes.h"
#include "dialects/piwebapi/parse.h"
#include "dialects/piwebapi/routes.h"
#include "dialects/piwebapi/streamset_regular.h"
#include "dialects/piwebapi/target.h"
#include "dialects/piwebapi/write_steps.h"

/// Values of many streams in one request: *PI Web API Reference, "StreamSet UpdateValue"*, *"StreamSet
/// UpdateValues"* and their ad hoc forms.
namespace penstock::dialects::piwebapi {
namespace {

/// One entry of the body and what becomes of it.
struct Entry {
  std::size_t sent = 0;  ///< Its values.
  std::optional<ItemStatus> failure;
  ParsedValues parsed;    ///< Of a point.
  std::size_t write = 0;  ///< Place in the command, if it has good values.
  bool fixed = false;     ///< A static attribute.
  std::vector<ItemStatus> fixed_items;
};
struct FixedValue {
  std::size_t entry;
  Uuid attribute;
  Sample sample;
};

/// The element or attribute whose descendants may be written.
struct Root {
  std::optional<Uuid> element, attribute;
};

Result<Root> root_of(const Call& call, const catalog::Tables& tables) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  Root root;
  if (id.kind == WebIdKind::attribute) {
    TRY(const catalog::AfAttribute* attribute, find_attribute(tables, call.identity, id));
    root.attribute = attribute->id;
  } else {
    TRY(const catalog::AfElement* element, find_element(tables, call.identity, id));
    root.element = element->id;
  }
  return root;
}

bool is_below(const catalog::Tables& tables, const Root& root, const Target& target) {
  if (!target.attribute) return false;
  // Both walks are bounded: a tree that was made by this door has no cycle, a damaged one must not hang.
  constexpr int kDepthMax = 256;
  if (root.attribute) {
    const catalog::AfAttribute* at = &*target.attribute;
    for (int depth = 0; at != nullptr && at->parent_attribute && depth < kDepthMax; ++depth) {
      if (*at->parent_attribute == *root.attribute) return true;
      at = tables.af_attributes.find(*at->parent_attribute);
    }
    return false;
  }
  const catalog::AfElement* at = tables.af_elements.find(target.attribute->element);
  for (int depth = 0; at != nullptr && depth < kDepthMax; ++depth) {
    if (at->id == *root.element) return true;
    at = tables.af_elements.find(at->parent);
  }
  return false;
}

Result<Target> entry_target(const Call& call, const catalog::Tables& tables, const json::Value& entry) {
  if (!entry.is_object()) return fail(ErrorCode::invalid_argument, {}, "The item is not an object.");
  const auto text = [&](std::string_view name) {
    const json::Value* member = entry.find(name, json::Case::insensitive);
    return member != nullptr ? member->as_string().value_or(std::string_view{}) : std::string_view{};
  };
  if (const std::string_view webid = text("WebId"); !webid.empty()) return find_target(call, tables, webid);
  if (const std::string_view path = text("Path"); !path.empty()) return find_target_path(call, tables, path);
  return fail(ErrorCode::missing_argument, "WebId", "The property WebId is required.");
}

ItemStatus status_for(const Error& error) {
  return {status_of(error.code), error.detail.empty() ? std::string{to_string(error.code)} : error.detail};
}

/// The timed values of an entry; null if the member is not there or has the wrong shape.
std::optional<std::span<const json::Value>> values_of(const json::Value& entry, SetShape shape) {
  const json::Value* member = entry.find(shape == SetShape::one ? "Value" : "Items", json::Case::insensitive);
  if (member == nullptr) return std::nullopt;
  if (shape == SetShape::one) {
    if (!member->is_object()) return std::nullopt;
    return std::span{member, 1};
  }
  if (!member->is_array()) return std::nullopt;
  return std::span{member->array()};
}

/// All entries of a body on their way into one command and one edit.
struct Work {
  std::vector<Entry> entries;
  WriteCommand command;
  std::vector<FixedValue> fixed;
};

void add_fixed(const Call& call, const Target& target, std::span<const json::Value> values, SetShape shape,
               const WriteOptions& options, Work& work, Entry& entry) {
  if (options.update == UpdateOption::remove) {
    entry.failure = ItemStatus{409, "The attribute keeps one value, which cannot be removed."};
    return;
  }
  if (shape == SetShape::list && target.attribute->configuration_item) {
    entry.failure = ItemStatus{409, "A configuration item has no recorded values."};
    return;
  }
  entry.fixed = true;
  std::optional<Sample> newest;
  for (const json::Value& value : values) {
    auto sample = fixed_sample(call, target, value);
    if (!sample) {
      entry.fixed_items.push_back(status_for(sample.error()));
      continue;
    }
    entry.fixed_items.push_back({204, "No Content."});
    // The attribute keeps one value: the newest of the list.
    if (!newest || sample->time >= newest->time) newest = *std::move(sample);
  }
  if (newest) work.fixed.push_back({work.entries.size(), target.attribute->id, *std::move(newest)});
}

Entry take_entry(const Call& call, const catalog::Tables& tables, const Root& root, const json::Value& body,
                 SetShape shape, const WriteOptions& options, Work& work) {
  Entry entry;
  const auto values = body.is_object() ? values_of(body, shape) : std::nullopt;
  entry.sent = values ? values->size() : (shape == SetShape::one ? 1 : 0);
  const auto target = entry_target(call, tables, body);
  if (!target) {
    entry.failure = status_for(target.error());
  } else if ((root.element || root.attribute) && !is_below(tables, root, *target)) {
    entry.failure = ItemStatus{400, "The stream is not a descendant of the object that the URL names."};
  } else if (!values) {
    entry.failure = ItemStatus{400, shape == SetShape::one ? "The property Value must be a timed value."
                                                           : "The property Items must be an array."};
  } else if (const auto allowed = check_target(call, *target); !allowed) {
    entry.failure = status_for(allowed.error());
  } else if (target->kind == Target::Kind::fixed) {
    add_fixed(call, *target, *values, shape, options, work, entry);
  } else if (const auto units = check_units_of(*target, *values); !units) {
    entry.failure = status_for(units.error());
  } else {
    const ParseRules rules{options.update != UpdateOption::remove, call.now, call.settings.max_write_items};
    entry.parsed = parse_items(*values, target->stream, rules);
    if (!entry.parsed.run.empty()) {
      entry.write = work.command.writes.size();
      work.command.writes.push_back({target->stream.point, std::move(entry.parsed.run)});
      entry.parsed.run = {};
    }
  }
  return entry;
}

/// What the client is told of an entry, once its values are written.
StreamStatus status_of_entry(const Entry& entry, const WriteResult& result, int success, bool told) {
  if (entry.failure) return {std::vector<ItemStatus>(entry.sent, *entry.failure), entry.failure};
  if (entry.fixed) return {entry.fixed_items, std::nullopt};
  const bool nothing = entry.parsed.errors.size() == entry.parsed.sent;
  const Outcomes outcomes = nothing ? Outcomes{} : result.outcomes[entry.write];
  return {item_statuses(entry.parsed, outcomes, success, told), std::nullopt};
}

Result<std::size_t> count_values(const std::vector<json::Value>& items, SetShape shape,
                                 std::size_t values_max) {
  std::size_t all = 0;
  for (const json::Value& item : items) {
    const auto values = values_of(item, shape);
    all += values ? values->size() : 1;
  }
  if (all > values_max || items.size() > values_max) {
    return fail(ErrorCode::limit_exceeded, "Items",
                "More than the maximum of " + std::to_string(values_max) + " values in one request.");
  }
  return all;
}

/// The answer to a regular body of which something is worth telling: one status per value.
http::Response answer_regular(const WriteResult& result, SetShape shape, int success, bool told,
                              bool& accepted) {
  std::vector<StreamStatus> streams;
  if (shape == SetShape::one) {
    std::vector<ItemStatus> items;
    items.reserve(result.slice.size());
    for (const auto& [outcome, count] : result.slice.runs()) {
      items.insert(items.end(), count, item_status(outcome, result.slice.reason, success, told));
    }
    accepted = any_accepted(items);
    return render_statuses(items, success);
  }
  for (const Outcomes& outcomes : result.outcomes) {
    ParsedValues sent;
    sent.sent = outcomes.size();
    streams.push_back({item_statuses(sent, outcomes, success, told), std::nullopt});
  }
  accepted = any_accepted(streams);
  return render_stream_statuses(streams, success);
}

/// Regular bodies of points without conflicts to tell: nothing if it is none, and nothing was done then.
Task<std::optional<http::Response>> write_regular_set(Call& call, SetShape shape,
                                                      const WriteOptions& options) {
  if (options.update == UpdateOption::remove) co_return std::nullopt;
  WriteCommand command = command_of(call, options);
  {
    const auto reader = call.archive().catalog();
    auto regular = parse_regular_set(call, *reader, shape, call.settings.max_write_items);
    if (!regular) co_return std::nullopt;
    command.slice = std::move(regular->slice);
    command.writes = std::move(regular->writes);
  }
  const auto written = co_await call.archive().write(std::move(command));
  if (!written) co_return refused_write(written.error(), options);
  const int success = success_of(options, call.settings);
  const bool told = tells_conflicts(options.update, options.buffer, call.settings.report_duplicate_conflicts);
  const WriteCounts counts = written->counts();
  const bool smooth = counts.rejected == 0 && (!told || counts.ignored == 0);
  bool accepted = success == 202;
  http::Response response =
      smooth ? empty_response(success) : answer_regular(*written, shape, success, told, accepted);
  if (!written->queued) add_counts(response, counts);
  if (accepted) add_receipt(response.headers, call.archive(), written->seq);
  co_return response;
}

Task<http::Response> write_streamset(Call& call, SetShape shape, bool below) {
  const auto options = write_options(call);
  if (!options) co_return error_response(options.error());
  if (trim(call.request.body.view()).empty()) co_return error_response(400, "The request body is missing.");
  const bool is_buffer_there = options->buffer != BufferOption::buffer || call.settings.buffering;
  if (!below && is_buffer_there) {
    auto regular = co_await write_regular_set(call, shape, *options);
    if (regular) co_return *std::move(regular);
  }
  const auto document = parse_document(call.request.body);
  if (!document) co_return error_response(document.error());
  const json::Value* items =
      document->is_object() ? document->find("Items", json::Case::insensitive) : &*document;
  if (items == nullptr || !items->is_array()) {
    co_return error_response(400, "The request body must be an array of streams with values.");
  }
  if (const auto counted = count_values(items->array(), shape, call.settings.max_write_items); !counted) {
    co_return error_response(counted.error());
  }
  if (options->buffer == BufferOption::buffer && !call.settings.buffering) {
    co_return error_response(503, "The buffer is not available.");
  }
  Work work;
  work.command = command_of(call, *options);
  {
    const auto reader = call.archive().catalog();
    Root root;
    if (below) {
      auto found = root_of(call, *reader);
      if (!found) co_return error_response(found.error());
      root = *found;
    }
    work.entries.reserve(items->array().size());
    work.command.writes.reserve(items->array().size());
    for (const json::Value& item : items->array()) {
      Entry entry = take_entry(call, *reader, root, item, shape, *options, work);
      work.entries.push_back(std::move(entry));
    }
  }
  WriteResult result;
  const bool to_points = !work.command.writes.empty();
  if (to_points) {
    auto written = co_await call.archive().write(std::move(work.command));
    if (!written) co_return refused_write(written.error(), *options);
    result = *std::move(written);
  }
  if (!work.fixed.empty()) {
    archive::Archive::Edit edit = [&work](catalog::Editor& editor) -> Result<void> {
      for (const FixedValue& value : work.fixed) {
        TRY_VOID(keep_value(editor, value.attribute, value.sample));
      }
      return {};
    };
    const auto done = co_await call.archive().change(std::move(edit), penstock::Door::pi, call.caller.number);
    if (!done) {
      for (const FixedValue& value : work.fixed) work.entries[value.entry].failure = status_for(done.error());
    }
  }
  const int success = success_of(*options, call.settings);
  const bool told =
      tells_conflicts(options->update, options->buffer, call.settings.report_duplicate_conflicts);
  std::vector<StreamStatus> streams;
  streams.reserve(work.entries.size());
  for (const Entry& entry : work.entries) streams.push_back(status_of_entry(entry, result, success, told));
  const int code = to_points ? success : 204;
  const bool accepted = any_accepted(streams);
  http::Response response;
  if (shape == SetShape::list) {
    response = render_stream_statuses(streams, code);
  } else {
    std::vector<ItemStatus> flat;
    flat.reserve(streams.size());
    for (StreamStatus& stream : streams) flat.push_back(std::move(stream.items[0]));
    response = render_statuses(flat, code);
  }
  if (!result.queued) add_counts(response, result.counts());
  if (accepted) add_receipt(response.headers, call.archive(), result.seq);
  co_return std::move(response);
}

}  // namespace

Task<http::Response> write_streamset_value(Call& call) {
  return write_streamset(call, SetShape::one, true);
}
Task<http::Response> write_streamset_recorded(Call& call) {
  return write_streamset(call, SetShape::list, true);
}
Task<http::Response> write_adhoc_value(Call& call) {
  return write_streamset(call, SetShape::one, false);
}
Task<http::Response> write_adhoc_recorded(Call& call) {
  return write_streamset(call, SetShape::list, false);
}

}  // namespace penstock::dialects::piwebapi
