#include "dialects/omf/render.h"

#include <algorithm>

#include "base/text.h"
#include "dialects/omf/wire.h"
#include "http/json_writer.h"

namespace penstock::dialects::omf {
namespace {

constexpr const char* kJson = "application/json; charset=utf-8";

class EventWriter {
 public:
  EventWriter(http::JsonWriter& json, EventShape shape, bool exceptions)
      : json_{json}, shape_{shape}, exceptions_{exceptions} {}

  void write(const Event& event) {
    json_.object_begin();
    if (shape_ != EventShape::reference) {
      json_.key("Event");
      body(event, true);
    }
    if (shape_ != EventShape::example) {
      json_.key("EventInfo");
      body(event, false);
      json_.member("Severity", to_string(event.severity));
    }
    json_.key("ExceptionInfo");
    if (event.show_exception || (exceptions_ && event.severity >= Severity::error)) {
      json_.object_begin().member("Type", "OSIsoft.OMF.Loggers.OmfLoggableException");
      json_.member("Message", event.message).object_end();
    } else {
      json_.null();
    }
    json_.key("InnerEvents").array_begin();
    for (const Event& inner : event.inner) write(inner);
    json_.array_end().object_end();
  }

 private:
  void body(const Event& event, bool severity_inside) {
    json_.object_begin().member("Message", event.message).key("Reason");
    if (event.reason) {
      json_.value(*event.reason);
    } else {
      json_.null();
    }
    json_.key("Suggestions").array_begin();
    for (const std::string& suggestion : event.suggestions) json_.value(suggestion);
    json_.array_end().member("EventCode", event.code);
    if (severity_inside) json_.member("Severity", to_string(event.severity));
    json_.key("Parameters").array_begin();
    for (const Parameter& parameter : event.parameters) write(parameter.name, parameter.value);
    if (event.count > 1) write("Count", std::to_string(event.count));
    json_.array_end().object_end();
  }
  void write(std::string_view name, std::string_view value) {
    json_.object_begin().member("Name", name).member("Value", value).object_end();
  }

  http::JsonWriter& json_;
  EventShape shape_;
  bool exceptions_;
};

/// Events highest first, since readers take the first one for the cause.
std::vector<const Event*> in_order(const Entry& entry) {
  std::vector<const Event*> events;
  for (const Event& event : entry.events) events.push_back(&event);
  if (!entry.in_order) {
    std::stable_sort(events.begin(), events.end(), [](const Event* a, const Event* b) {
      return std::pair{a->severity, a->status} > std::pair{b->severity, b->status};
    });
  }
  return events;
}

http::Response message_only(int status, std::string_view message) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().member("Message", message).object_end();
  return http::Response::make(status, kJson, std::move(body));
}

http::Response errors_only(int status, std::string_view message) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Errors").array_begin().value(message).array_end().object_end();
  return http::Response::make(status, kJson, std::move(body));
}

}  // namespace

http::Response render_report(const Report& report, const Uuid& operation, int if_empty, EventShape shape,
                             bool exceptions) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().member("OperationId", operation.to_string()).key("Messages").array_begin();
  EventWriter writer{json, shape, exceptions};
  std::size_t room = kAnswerEventsMax;
  const auto write_entry = [&](const Entry& entry) {
    json.key("Events").array_begin();
    for (const Event* event : in_order(entry)) {
      writer.write(*event);
      if (room > 1) --room;
      if (room == 1) break;  // Every entry keeps its first event.
    }
    json.array_end().key("Status").object_begin().member("Code", entry.status());
    json.member("HighestSeverity", to_string(entry.highest())).object_end();
  };
  if (!report.request().events.empty()) {
    json.object_begin().key("MessageIndex").null();
    write_entry(report.request());
    json.object_end();
  }
  for (const auto& [index, entry] : report.entries()) {
    if (entry.events.empty()) continue;
    json.object_begin().member("MessageIndex", index);
    write_entry(entry);
    json.object_end();
  }
  json.array_end().object_end();
  return http::Response::make(report.status(if_empty), kJson, std::move(body));
}

http::Response render_unauthenticated() {
  http::Response response = message_only(401, "Authorization has been denied for this request.");
  response.headers.add("WWW-Authenticate", "Basic realm=\"PI Web API\", charset=\"UTF-8\"");
  response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

http::Response render_csrf_refusal() {
  return errors_only(400, "The request needs the header 'X-Requested-With' with any value.");
}

http::Response render_too_large(std::size_t bytes_max) {
  return errors_only(413, "Request body is larger than the allowed " + std::to_string(bytes_max) + " bytes");
}

http::Response render_not_found() {
  return message_only(404, "No HTTP resource was found that matches the request URI.");
}

http::Response render_wrong_method() {
  http::Response response = message_only(405, "The requested resource does not support this method.");
  response.headers.add("Allow", "POST");
  return response;
}

http::Response render_unavailable(std::int64_t retry_after_s) {
  http::Response response =
      message_only(503, "The server can't take data at the moment. Send the message again.");
  response.headers.add("Retry-After", std::to_string(retry_after_s));
  return response;
}

}  // namespace penstock::dialects::omf
