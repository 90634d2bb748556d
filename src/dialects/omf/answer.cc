#include "dialects/omf/answer.h"

#include <atomic>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "dialects/omf/render.h"

namespace penstock::dialects::omf {
namespace {

std::string_view word(const MessageHeaders* headers) {
  if (headers == nullptr) return "unread";
  switch (headers->type) {
    case MessageType::type: return "type";
    case MessageType::container: return "container";
    case MessageType::data: break;
  }
  return "data";
}

std::string_view word(Action action) {
  switch (action) {
    case Action::create: return "create";
    case Action::update: return "update";
    case Action::remove: break;
  }
  return "delete";
}

std::string_view outcome(int status) {
  if (status < 400) return "taken";
  return status < 500 ? "refused" : "failed";
}

metrics::Counter& event_counter(Severity severity) {
  return metrics::counter("penstock_omf_events_total", "Events in answers of the OMF door, by severity.",
                          {{"severity", to_string(severity)}});
}

metrics::Counter& message_counter(const MessageHeaders* headers, int status) {
  constexpr std::size_t kTypes = 4, kOutcomes = 3;
  static std::atomic<metrics::Counter*> known[kTypes][kOutcomes] = {};
  const std::size_t type = headers == nullptr ? kTypes - 1 : static_cast<std::size_t>(headers->type);
  std::atomic<metrics::Counter*>& place = known[type][status < 400 ? 0 : status < 500 ? 1 : 2];
  metrics::Counter* counter = place.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter =
        &metrics::counter("penstock_omf_messages_total", "Messages at the OMF door, by type and outcome.",
                          {{"type", word(headers)}, {"outcome", outcome(status)}});
    place.store(counter, std::memory_order_release);
  }
  return *counter;
}

/// Counts the events of an entry; returns the first of the gravest, or null.
const Event* count(const Entry& entry) {
  const Event* gravest = nullptr;
  for (const Event& event : entry.events) {
    event_counter(event.severity).add();
    if (gravest == nullptr || event.severity > gravest->severity) gravest = &event;
  }
  return gravest;
}

}  // namespace

http::Response answer_report(const Report& report, int if_empty, EventShape shape, bool exceptions,
                             const MessageHeaders* headers) {
  const Uuid operation = Uuid::random();
  const int status = report.status(if_empty);
  message_counter(headers, status).add();
  const Event* gravest = count(report.request());
  std::size_t items = 0;
  for (const auto& [index, entry] : report.entries()) {
    const Event* const found = count(entry);
    if (entry.status() >= 400) ++items;
    if (found != nullptr && (gravest == nullptr || found->severity > gravest->severity)) gravest = found;
  }
  if (status >= 400) {
    log::info("OMF message not wholly taken",
              {{"operation_id", operation.to_string()},
               {"messagetype", word(headers)},
               {"action", headers == nullptr ? std::string_view{"unread"} : word(headers->action)},
               {"status", status},
               {"items_refused", items},
               {"event", gravest == nullptr ? 0 : gravest->code}});
  }
  return render_report(report, operation, if_empty, shape, exceptions);
}

}  // namespace penstock::dialects::omf
