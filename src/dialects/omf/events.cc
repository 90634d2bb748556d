#include "dialects/omf/events.h"

#include <algorithm>

#include "dialects/omf/wire.h"

namespace penstock::dialects::omf {
namespace {

std::string cut(std::string_view text) {
  static constexpr std::size_t kShownMax = 200;
  if (text.size() <= kShownMax) return std::string{text};
  std::size_t end = kShownMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string{text.substr(0, end)} + "…";
}

Event error(int code, int status, std::string message) {
  Event event;
  event.code = code;
  event.status = status;
  event.message = std::move(message);
  return event;
}

Event warning(int code, std::string message) {
  Event event = error(code, 0, std::move(message));
  event.severity = Severity::warning;
  return event;
}

Event info(int code, std::string message) {
  Event event = error(code, 0, std::move(message));
  event.severity = Severity::info;
  return event;
}

Event with(Event event, std::string name, std::string_view value) {
  event.parameters.push_back({std::move(name), cut(value)});
  return event;
}

Event because(Event event, std::string_view reason) {
  if (!reason.empty()) event.reason = std::string{reason};
  return event;
}

Event suggest(Event event, std::string suggestion) {
  event.suggestions.push_back(std::move(suggestion));
  return event;
}

Event about(Event event, std::string_view what) {
  event.about = what;
  return event;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::debug: return "Debug";
    case Severity::info: return "Info";
    case Severity::warning: return "Warning";
    case Severity::error: return "Error";
    case Severity::critical: return "Critical";
  }
  return "Error";
}

int Entry::status() const {
  int worst = 0;
  for (const Event& event : events) {
    if (event.severity >= Severity::error) worst = std::max(worst, event.status);
  }
  return worst != 0 ? worst : success;
}

Severity Entry::highest() const {
  Severity highest = Severity::debug;
  for (const Event& event : events) highest = std::max(highest, event.severity);
  return highest;
}

void Report::succeed(std::size_t index, int status) {
  if (successes_.size() <= index) successes_.resize(index + 1);
  if (successes_[index] >= status) return;
  successes_[index] = static_cast<std::uint16_t>(status);
  success_ = std::max(success_, status);
  if (const auto at = entries_.find(index); at != entries_.end()) at->second.success = status;
}

Entry& Report::entry(std::size_t index) {
  const auto [at, is_new] = entries_.try_emplace(index);
  if (is_new && index < successes_.size() && successes_[index] != 0) at->second.success = successes_[index];
  return at->second;
}

void Report::add(std::size_t index, Event event) {
  Entry& entry = this->entry(index);
  for (Event& known : entry.events) {
    if (known.code == event.code && !event.about.empty() && known.about == event.about) {
      known.count += event.count;
      return;
    }
  }
  if (entry.events.size() < kItemEventsMax) {
    entry.events.push_back(std::move(event));
    return;
  }
  // No room: what decides the status stays, in the place of something milder.
  ++entry.left_out;
  const auto mildest =
      std::min_element(entry.events.begin(), entry.events.end(), [](const Event& a, const Event& b) {
        return std::pair{a.severity, a.status} < std::pair{b.severity, b.status};
      });
  if (std::pair{mildest->severity, mildest->status} < std::pair{event.severity, event.status}) {
    *mildest = std::move(event);
  }
}

void Report::absorb(Report&& later) {
  for (Event& event : later.request_.events) add_for_request(std::move(event));
  for (auto& [index, said] : later.entries_) {
    for (Event& event : said.events) add(index, std::move(event));
    Entry& mine = entry(index);
    mine.left_out += said.left_out;
    mine.in_order = mine.in_order || said.in_order;
  }
  for (std::size_t i = 0; i < later.successes_.size(); ++i) {
    if (later.successes_[i] != 0) succeed(i, later.successes_[i]);
  }
}

int Report::status(int if_empty) const {
  if (!request_.events.empty()) return request_.status();
  int worst = success_;
  for (const auto& [index, entry] : entries_) worst = std::max(worst, entry.status());
  return worst != 0 ? worst : if_empty;
}

namespace events {

Event missing_header(std::string_view name) {
  return with(suggest(error(2001, 400, "A required OMF header is missing."),
                      "Add the header '" + std::string{name} + "' to the request."),
              "Header", name);
}

Event duplicate_header(std::string_view name) {
  return with(error(2002, 400, "An OMF header was given more than once."), "Header", name);
}

Event invalid_action(std::string_view value) {
  return with(
      suggest(error(2003, 400, "The action is not valid."), "Use one of 'create', 'update', 'delete'."),
      "Action", value);
}

Event invalid_compression(std::string_view value) {
  return with(
      suggest(error(2004, 400, "The compression is not valid."), "Use 'gzip', or leave the header out."),
      "Compression", value);
}

Event invalid_message_type(std::string_view value) {
  return with(
      suggest(error(2005, 400, "The message type is not valid."), "Use one of 'type', 'container', 'data'."),
      "MessageType", value);
}

Event invalid_message_format(std::string_view value) {
  return with(suggest(error(2006, 400, "The message format is not valid."), "Use 'json'."), "MessageFormat",
              value);
}

Event invalid_version(std::string_view value) {
  return with(suggest(error(2007, 400, "The OMF version is not valid."), "Use one of '1.0', '1.1', '1.2'."),
              "OmfVersion", value);
}

Event not_inflatable(std::string_view detail) {
  return because(error(3001, 400, "The message body could not be decompressed."), detail);
}

Event not_parseable(std::string_view detail) {
  return because(suggest(error(3002, 400, "The message body could not be parsed."),
                         "Send a JSON array of type, container or data items."),
                 detail);
}

Event no_permission(std::string_view name) {
  Event event = error(-1004, 403, "The caller has no permission for this operation.");
  if (!name.empty()) event = with(std::move(event), "Name", name);
  return about(suggest(std::move(event), "Ask whoever runs this server."), name);
}

Event not_implemented(std::string_view feature, std::string_view reason) {
  return with(because(error(1001, 501, "The feature is not implemented."), reason), "Feature", feature);
}

Event not_supported(std::string_view feature, std::string_view reason) {
  return with(because(error(1002, 501, "The feature is not supported."), reason), "Feature", feature);
}

Event undefined_by_specification(std::string_view what) {
  return with(warning(1005, "The specification does not say how this feature is to be treated."), "Feature",
              what);
}

Event storage_failed(const Error& failure) {
  return because(
      error(1003, 500, "The storage layer failed; the message contents were not completely stored."),
      failure.detail);
}

Event reserved_character(std::string_view field, std::string_view value) {
  return with(with(suggest(error(-1007, 400, "An OMF field contains a reserved character."),
                           "Do not use * ? ; { } [ ] \\ ' \" | ` or control characters in names."),
                   "Field", field),
              "Value", value);
}

Event untrimmed(std::string_view field, std::string_view value) {
  return with(with(error(-1006, 400, "An OMF field begins or ends with white space."), "Field", field),
              "Value", value);
}

Event empty_string(std::string_view field) {
  return with(error(-1009, 400, "An OMF field is an empty string."), "Field", field);
}

Event invalid_definition(std::string_view id, std::string_view field, std::string_view reason) {
  return with(with(because(error(9005, 400, "The definition violates a rule."), reason), "Id", id), "Field",
              field);
}

Event missing_field(std::string_view field) {
  return about(with(error(9031, 400, "A required field is missing."), "Field", field), field);
}

Event type_exists(std::string_view id) {
  return with(warning(9001, "A type with this definition exists already."), "TypeId", id);
}

Event type_differs(std::string_view id, std::string_view reason) {
  return with(
      suggest(because(error(9002, 409, "A type with this ID but another definition exists already."), reason),
              "Use a new type ID for a changed definition."),
      "TypeId", id);
}

Event type_in_use(std::string_view id, std::string_view by) {
  return with(because(error(9004, 409, "The type is in use."), "It is used by '" + cut(by) + "'."), "TypeId",
              id);
}

Event minor_difference(std::string_view kind, std::string_view id, std::string_view fields) {
  return with(because(warning(-1010, "The existing " + std::string{kind} +
                                         " differs in details that were left as they are."),
                      fields),
              kind == "type" ? "TypeId" : "ContainerId", id);
}

// The four below have the codes, severities and parameters of "Example OMF request and response"; the words
// are ours.
Event type_not_found(std::string_view id, std::string_view version, std::string_view reason) {
  Event event = error(8675, 404, "No type of this id and version is defined.");
  event.reason = std::string{reason};
  event.show_exception = true;
  event.suggestions = {"Use the id and version of a type that is there.",
                       "Send the type message first, then the data."};
  return with(with(std::move(event), "TypeID", id), "TypeVersion",
              version.empty() ? kDefaultTypeVersion : version);
}

Event version_omitted(std::string_view type_id) {
  Event event = warning(1800, "The type is named without a version, so version 1.0.0.0 is assumed.");
  event.reason = "A version makes clear which definition is meant.";
  event.suggestions = {"Send 'typeversion' together with 'typeid'."};
  return with(std::move(event), "TypeID", type_id);
}

Event not_completely_stored() {
  Event event = error(309, 500, "Part of the message could not be stored.");
  event.severity = Severity::critical;
  event.reason = "What the events before this one name was left out; the rest is stored.";
  event.suggestions = {"Ask whoever runs this server.",
                       "Check that types were created before their data was sent.",
                       "Send the refused part again once its type is there."};
  event.show_exception = true;
  return with(std::move(event), "Buffer", "OSIsoft.OMF.Storage.PI.AssetServerInstanceBuffer");
}

Event link_source_missing(std::string_view type_id, std::string_view index, bool type_known) {
  Event event = error(555, 404, "The source of the link is not there.");
  event.reason = "Both ends of a link have to be there before they are linked.";
  event.suggestions = {"Name a source that is there.",
                       "Send the static instance with this 'typeid' and 'index' first."};
  event.show_exception = true;
  if (!type_known) {
    Event inner = error(556, 404, "There is no such type.");
    inner.show_exception = true;
    event.inner.push_back(with(std::move(inner), "TypeId", type_id));
  }
  return with(with(std::move(event), "SourceTypeId", type_id), "SourceIndex", index);
}

Event container_exists(std::string_view id) {
  return with(warning(9011, "A container with this definition exists already."), "Container.Id", id);
}

Event container_differs(std::string_view id, std::string_view type_id, std::string_view reason) {
  return with(
      with(because(error(9012, 409, "A container with this ID but another definition exists already."),
                   reason),
           "Container.Id", id),
      "Container.TypeId", type_id);
}

Event container_overlaps(std::string_view id, std::string_view tag, std::string_view reason) {
  return with(with(because(error(9013, 409, "The container overlaps an existing PI point."), reason),
                   "Container.Id", id),
              "PIPoint.Name", tag);
}

Event point_adopted(std::string_view id, std::string_view tag) {
  return with(with(warning(9014, "An existing PI point was adopted by the container."), "Container.Id", id),
              "PIPoint.Name", tag);
}

Event points_not_created(std::string_view id, int status, std::string_view reason) {
  return with(because(error(9015, status, "One or more PI Points could not be created."), reason),
              "Container.Id", id);
}

Event future_refused(std::string_view id) {
  return with(suggest(error(9016, 409, "A container cannot become one for future data once it exists."),
                      "Use a new container ID for future data."),
              "Container.Id", id);
}

Event future_ignored(std::string_view id) {
  return with(warning(9017, "The future setting of an existing container was left as it is."), "Container.Id",
              id);
}

Event precision_possible(std::string_view id, std::string_view property) {
  return about(with(with(warning(-1005, "Integers of 64 bits are kept as Float64; precision may be lost."),
                         "Container.Id", id),
                    "Property", property),
               property);
}

Event container_not_found(std::string_view id) {
  return with(suggest(error(5002, 404, "Container not found."), "Create the container first."), "ContainerId",
              id);
}

Event points_deleted(std::string_view id) {
  return because(container_not_found(id),
                 "A PI point of the container was deleted; send the container again.");
}

Event value_not_parsed(std::string_view property, std::string_view value, std::string_view wanted) {
  Event event = error(3003, 400, "The value could not be parsed.");
  // Some producers retry for ever unless they find this sentence in the answer to a value that never fits.
  event.reason = "A value of the kind '" + std::string{wanted} +
                 "' was expected. The specified value is outside the allowable range.";
  return about(with(with(std::move(event), "Property", property), "Value", value), property);
}

Event value_out_of_range(std::string_view property, std::string_view value, std::string_view reason) {
  return about(
      with(with(because(error(3004, 400, "The specified value is outside the allowable range."), reason),
                "Property", property),
           "Value", value),
      property);
}

Event index_missing(std::string_view property) {
  return about(
      with(because(error(9031, 400, "A required field is missing."), "A value has no index property."),
           "Field", property),
      property);
}

Event unknown_property(std::string_view type_id, std::string_view version, std::string_view property) {
  return about(with(with(with(info(6021, "The type has no such property; its values were ignored."), "TypeId",
                              type_id),
                         "TypeVersion", version),
                    "Property", property),
               property);
}

Event null_not_allowed(std::string_view property) {
  return about(with(info(9036, "A null was sent for a property that is not nullable."), "Property", property),
               property);
}

Event precision_lost(std::string_view property, std::string_view value) {
  return about(with(with(warning(-1013, "An integer lost precision when it was kept as Float64."), "Property",
                         property),
                    "Value", value),
               property);
}

Event instance_exists(std::string_view type_id, std::string_view index) {
  return with(with(warning(9022, "An equal instance exists already."), "TypeId", type_id), "Index", index);
}

Event instance_differs(std::string_view type_id, std::string_view index, std::string_view property) {
  return with(
      with(with(suggest(error(9023, 409, "An instance with this index but other values exists already."),
                        "Use the action 'update' to change values."),
                "TypeId", type_id),
           "Index", index),
      "Property", property);
}

Event element_name_taken(std::string_view name) {
  return with(error(9024, 409, "Another element of this name exists at the same place."), "Element.Name",
              name);
}

Event asset_name_taken(std::string_view what, std::string_view name) {
  return with(because(error(1006, 409, "The type can't be represented in the asset database."),
                      "The database has another " + std::string{what} + " of this name."),
              "TypeId", name);
}

Event links_too_deep(std::string_view name) {
  return with(because(error(1006, 409, "The link can't be represented in the asset database."),
                      "Elements would be nested too deep."),
              "Element.Name", name);
}

Event link_target_missing(std::string_view type_id, std::string_view index) {
  return with(with(suggest(error(9021, 404, "The specified static link target did not exist."),
                           "Create the instance before linking it."),
                   "TargetTypeId", type_id),
              "TargetIndex", index);
}

Event link_name_taken(std::string_view attribute) {
  return with(error(9025, 409, "The element has another attribute of the name that the link would make."),
              "Attribute.Name", attribute);
}

Event link_cycle(std::string_view source, std::string_view target) {
  return with(
      with(error(9025, 409, "The link would make an element its own ancestor."), "SourceIndex", source),
      "TargetIndex", target);
}

Event root_link() {
  return undefined_by_specification("_ROOT as the source of a link");
}

}  // namespace events
}  // namespace penstock::dialects::omf
