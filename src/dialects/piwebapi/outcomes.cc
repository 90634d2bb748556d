#include "dialects/piwebapi/outcomes.h"

#include <algorithm>

#include "dialects/piwebapi/errors.h"
#include "http/json_writer.h"

namespace penstock::dialects::piwebapi {

bool tells_conflicts(UpdateOption option, BufferOption buffer, DuplicateReports setting) {
  const UpdateMode mode = mode_of(option);
  if (mode != UpdateMode::insert && mode != UpdateMode::insert_no_compression) return false;
  switch (setting) {
    case DuplicateReports::direct: return buffer == BufferOption::do_not_buffer;
    case DuplicateReports::never: return false;
    case DuplicateReports::always: return true;
  }
  return false;
}

ItemStatus item_status(Outcome outcome, RejectReason reason, int success, bool conflicts_told) {
  switch (outcome) {
    case Outcome::stored:
    case Outcome::replaced:
    case Outcome::identical:
    case Outcome::erased: break;
    case Outcome::ignored:
      if (!conflicts_told) break;
      return {409, "A value already exists at the time stamp. Use updateOption=Replace to overwrite it."};
    case Outcome::rejected:
      if (reason == RejectReason::type_mismatch)
        return {400, "The value does not fit the type of the point."};
      return {404, "The point does not exist any more."};
  }
  return {success, success == 202 ? "Accepted." : "No Content."};
}

std::vector<ItemStatus> item_statuses(const ParsedValues& parsed, const Outcomes& outcomes, int success,
                                      bool conflicts_told) {
  std::vector<ItemStatus> items(parsed.sent);
  for (const ItemError& error : parsed.errors) items[error.index] = {400, error.message};
  std::size_t at = 0;
  for (const auto& [outcome, count] : outcomes.runs()) {
    const ItemStatus status = item_status(outcome, outcomes.reason, success, conflicts_told);
    for (std::uint32_t i = 0; i < count; ++i, ++at) {
      items[parsed.positions.empty() ? at : parsed.positions[at]] = status;
    }
  }
  return items;
}

namespace {

bool failed(const ItemStatus& item) {
  return item.status >= 400;
}

void write_status(http::JsonWriter& json, const ItemStatus& item) {
  json.object_begin().member("Substatus", item.status).member("Message", item.message);
  if (failed(item)) json.key("Errors").array_begin().value(item.message).array_end();
  json.object_end();
}

}  // namespace

http::Response render_statuses(const std::vector<ItemStatus>& items, int success) {
  const auto failures = static_cast<std::size_t>(std::count_if(items.begin(), items.end(), failed));
  if (failures == 0) return empty_response(items.empty() ? 204 : success);
  const bool alike = failures == items.size() &&
                     std::all_of(items.begin(), items.end(),
                                 [&](const ItemStatus& item) { return item.status == items[0].status; });
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const ItemStatus& item : items) write_status(json, item);
  json.array_end().key("Errors").array_begin();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (failed(items[i])) json.value("Item " + std::to_string(i) + ": " + items[i].message);
  }
  json.array_end();
  json.member("Message", std::to_string(failures) + " of " + std::to_string(items.size()) + " items failed.");
  json.object_end();
  return json_response(alike ? items[0].status : 207, std::move(body));
}

http::Response render_stream_statuses(const std::vector<StreamStatus>& streams, int success) {
  std::size_t all = 0, failures = 0;
  int first = 0;
  bool alike = true;
  const auto count = [&](const ItemStatus& item) {
    if (all++ == 0) first = item.status;
    alike = alike && item.status == first;
    failures += failed(item) ? 1 : 0;
  };
  for (const StreamStatus& stream : streams) {
    for (const ItemStatus& item : stream.items) count(item);
    if (stream.items.empty() && stream.failure) count(*stream.failure);
  }
  if (failures == 0) return empty_response(all == 0 ? 204 : success);
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  std::vector<std::string> errors;
  for (std::size_t s = 0; s < streams.size(); ++s) {
    const StreamStatus& stream = streams[s];
    const std::string place = "Stream " + std::to_string(s);
    json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
    for (const ItemStatus& item : stream.items) write_status(json, item);
    json.array_end();
    if (stream.failure) {
      json.key("Errors").array_begin().value(stream.failure->message).array_end();
      errors.push_back(place + ": " + stream.failure->message);
    } else {
      for (std::size_t i = 0; i < stream.items.size(); ++i) {
        if (failed(stream.items[i])) {
          errors.push_back(place + ", item " + std::to_string(i) + ": " + stream.items[i].message);
        }
      }
    }
    json.object_end();
  }
  json.array_end().key("Errors").array_begin();
  for (const std::string& error : errors) json.value(error);
  json.array_end();
  json.member("Message", std::to_string(failures) + " of " + std::to_string(all) + " items failed.");
  json.object_end();
  return json_response(alike ? first : 207, std::move(body));
}

bool any_accepted(const std::vector<ItemStatus>& items) {
  return std::any_of(items.begin(), items.end(), [](const ItemStatus& item) { return item.status == 202; });
}

bool any_accepted(const std::vector<StreamStatus>& streams) {
  return std::any_of(streams.begin(), streams.end(),
                     [](const StreamStatus& stream) { return any_accepted(stream.items); });
}

void add_counts(http::Response& response, const WriteCounts& counts) {
  response.headers.add("Penstock-Stored", std::to_string(counts.stored));
  response.headers.add("Penstock-Replaced", std::to_string(counts.replaced));
  response.headers.add("Penstock-Ignored", std::to_string(counts.ignored));
  response.headers.add("Penstock-Erased", std::to_string(counts.erased));
}

}  // namespace penstock::dialects::piwebapi
