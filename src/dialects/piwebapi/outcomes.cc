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

http::Response render_statuses(const std::vector<ItemStatus>& items, int success) {
  const auto failed = [](const ItemStatus& item) { return item.status >= 400; };
  const auto failures = static_cast<std::size_t>(std::count_if(items.begin(), items.end(), failed));
  if (failures == 0) return empty_response(items.empty() ? 204 : success);
  const bool alike = failures == items.size() &&
                     std::all_of(items.begin(), items.end(),
                                 [&](const ItemStatus& item) { return item.status == items[0].status; });
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin().object_end().key("Items").array_begin();
  for (const ItemStatus& item : items) {
    json.object_begin().member("Substatus", item.status).member("Message", item.message);
    if (failed(item)) json.key("Errors").array_begin().value(item.message).array_end();
    json.object_end();
  }
  json.array_end().key("Errors").array_begin();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (failed(items[i])) json.value("Item " + std::to_string(i) + ": " + items[i].message);
  }
  json.array_end();
  json.member("Message", std::to_string(failures) + " of " + std::to_string(items.size()) + " items failed.");
  json.object_end();
  return json_response(alike ? items[0].status : 207, std::move(body));
}

void add_counts(http::Response& response, const WriteCounts& counts) {
  response.headers.add("Penstock-Stored", std::to_string(counts.stored));
  response.headers.add("Penstock-Replaced", std::to_string(counts.replaced));
  response.headers.add("Penstock-Ignored", std::to_string(counts.ignored));
  response.headers.add("Penstock-Erased", std::to_string(counts.erased));
}

}  // namespace penstock::dialects::piwebapi
