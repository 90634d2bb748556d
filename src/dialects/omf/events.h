#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::dialects::omf {

/// "Event codes": Critical > Error > Warning > Info > Debug.
enum class Severity : std::uint8_t { debug, info, warning, error, critical };
std::string_view to_string(Severity severity);

struct Parameter {
  std::string name, value;
};

/// One event of an answer. Equal ones of one item, by `code` and `about`, are counted, not repeated.
struct Event {
  int code = 0;
  Severity severity = Severity::error;
  int status = 0;  ///< HTTP status that it asks for; 0: none of its own.
  std::string message;
  std::optional<std::string> reason;
  std::vector<std::string> suggestions;
  std::vector<Parameter> parameters;
  bool show_exception = false;  ///< ExceptionInfo at every verbosity, as in the published example.
  std::vector<Event> inner;
  std::string about;  ///< Not sent: what the event is about, such as a property.
  std::uint32_t count = 1;
};

/// What there is to say of one item of the body, or of the whole request where `index` is absent.
struct Entry {
  std::vector<Event> events;
  int success = 200;      ///< The item's code if nothing in it failed.
  bool in_order = false;  ///< Events stay in the order in which they came.
  std::uint64_t left_out = 0;

  int status() const;  ///< "Status response": the worst code of what failed, else `success`.
  Severity highest() const;
};

/// The answer as it grows. Items without events have no entry.
class Report {
 public:
  /// Something in the item succeeded; the highest code of an item counts.
  void succeed(std::size_t index, int status);
  void add(std::size_t index, Event event);
  void add_for_request(Event event) { request_.events.push_back(std::move(event)); }
  void keep_order(std::size_t index) { entry(index).in_order = true; }
  /// Takes over what was said in a later part of the same message.
  void absorb(Report&& later);

  int status(int if_empty) const;  ///< HTTP status: the highest of all items.
  const Entry& request() const { return request_; }
  const std::map<std::size_t, Entry>& entries() const { return entries_; }

 private:
  Entry& entry(std::size_t index);

  Entry request_;
  std::map<std::size_t, Entry> entries_;
  std::vector<std::uint16_t> successes_;  // By item; 0 where nothing was said yet.
  int success_ = 0;                       // The highest.
};

/// Every sentence that this door says. Exact texts are those which producers look for.
namespace events {

Event missing_header(std::string_view name);
Event duplicate_header(std::string_view name);
Event invalid_action(std::string_view value);
Event invalid_compression(std::string_view value);
Event invalid_message_type(std::string_view value);
Event invalid_message_format(std::string_view value);
Event invalid_version(std::string_view value);

Event not_inflatable(std::string_view detail);
Event not_parseable(std::string_view detail);
Event no_permission(std::string_view name);

Event not_implemented(std::string_view feature, std::string_view reason);
Event not_supported(std::string_view feature, std::string_view reason);
Event undefined_by_specification(std::string_view what);
Event storage_failed(const Error& error);

Event reserved_character(std::string_view field, std::string_view value);
Event untrimmed(std::string_view field, std::string_view value);
Event empty_string(std::string_view field);
Event invalid_definition(std::string_view id, std::string_view field, std::string_view reason);
Event missing_field(std::string_view field);

Event type_exists(std::string_view id);
Event type_differs(std::string_view id, std::string_view reason);
Event type_in_use(std::string_view id, std::string_view by);
Event minor_difference(std::string_view kind, std::string_view id, std::string_view fields);
Event type_not_found(std::string_view id, std::string_view version, std::string_view reason);
Event version_omitted(std::string_view type_id);
Event not_completely_stored();

Event container_exists(std::string_view id);
Event container_differs(std::string_view id, std::string_view type_id, std::string_view reason);
Event container_overlaps(std::string_view id, std::string_view tag, std::string_view reason);
Event point_adopted(std::string_view id, std::string_view tag);
Event points_not_created(std::string_view id, int status, std::string_view reason);
Event future_refused(std::string_view id);
Event future_ignored(std::string_view id);
Event precision_possible(std::string_view id, std::string_view property);

Event container_not_found(std::string_view id);
Event points_deleted(std::string_view id);
Event value_not_parsed(std::string_view property, std::string_view value, std::string_view wanted);
Event value_out_of_range(std::string_view property, std::string_view value, std::string_view reason);
Event index_missing(std::string_view property);
Event unknown_property(std::string_view type_id, std::string_view version, std::string_view property);
Event null_not_allowed(std::string_view property);
Event precision_lost(std::string_view property, std::string_view value);

Event instance_exists(std::string_view type_id, std::string_view index);
Event instance_differs(std::string_view type_id, std::string_view index, std::string_view property);
Event element_name_taken(std::string_view name);
Event asset_name_taken(std::string_view what, std::string_view name);
Event links_too_deep(std::string_view name);
Event link_source_missing(std::string_view type_id, std::string_view index, bool type_known);
Event link_target_missing(std::string_view type_id, std::string_view index);
Event link_name_taken(std::string_view attribute);
Event link_cycle(std::string_view source, std::string_view target);
Event root_link();

}  // namespace events
}  // namespace penstock::dialects::omf
