#include "dialects/piwebapi/updates.h"

#include <charconv>
#include <set>

#include "base/text.h"
#include "dialects/piwebapi/door.h"
#include "dialects/piwebapi/members.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"
#include "dialects/piwebapi/routes.h"

namespace penstock::dialects::piwebapi {

using archive::Change;

std::optional<Registration::Since> Registration::since(std::uint64_t position, std::size_t most) {
  const std::lock_guard lock{mutex_};
  archive::Watch::Taken taken = watch_->take();
  const Change refresh{{}, Change::What::cleared, {Timestamp::from_unix_ns(0), 0.0, {}}};
  if (taken.lost || kept_.size() + taken.changes.size() > kKeptMax) {
    first_ += kept_.size() + taken.changes.size();
    kept_.clear();
    kept_.push_back(refresh);
  } else {
    kept_.insert(kept_.end(), std::make_move_iterator(taken.changes.begin()),
                 std::make_move_iterator(taken.changes.end()));
  }
  if (position > first_ + kept_.size()) return std::nullopt;
  Since since;
  if (position < first_) {
    since.changes.push_back(refresh);
  } else {
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(position - first_));
    first_ = position;
  }
  const std::size_t n = std::min(kept_.size(), most);
  since.changes.insert(since.changes.end(), kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(n));
  since.next = first_ + n;
  return since;
}

std::shared_ptr<Registration> Updates::add(const Call& call, const std::string& webid,
                                           std::unique_ptr<archive::Watch> watch) {
  std::string id;
  for (const char c : Uuid::random().to_string()) {
    if (c != '-') id += c;
  }
  auto made = std::make_shared<Registration>(id, call.caller.name, webid, std::move(watch));
  made->asked_ns_ = call.now.unix_ns();
  const std::lock_guard lock{mutex_};
  drop_expired(call.now.unix_ns(), call.settings.update_lifetime_s * kNsPerSecond);
  if (by_id_.size() >= call.settings.max_update_registrations) return nullptr;
  by_id_.emplace(std::move(id), made);
  return made;
}

std::shared_ptr<Registration> Updates::find(const Call& call, const std::string& id) {
  const std::lock_guard lock{mutex_};
  drop_expired(call.now.unix_ns(), call.settings.update_lifetime_s * kNsPerSecond);
  const auto at = by_id_.find(id);
  if (at == by_id_.end() || at->second->owner != call.caller.name) return nullptr;
  at->second->asked_ns_ = std::max(at->second->asked_ns_, call.now.unix_ns());
  return at->second;
}

void Updates::drop_expired(std::int64_t now_ns, std::int64_t lifetime_ns) {
  if (now_ns - swept_ns_ < std::min(lifetime_ns, kNsPerSecond)) return;
  swept_ns_ = now_ns;
  std::erase_if(by_id_, [&](const auto& each) { return now_ns - each.second->asked_ns_ > lifetime_ns; });
}

namespace {

/// "0cbbec466f3a42288c8c47112f54b852_17".
struct Marker {
  std::string id;
  std::uint64_t position = 0;

  static std::optional<Marker> parse(std::string_view text) {
    constexpr std::size_t kIdSize = 32;
    if (text.size() < kIdSize + 2 || text[kIdSize] != '_') return std::nullopt;
    Marker made;
    made.id = to_lower(text.substr(0, kIdSize));
    if (made.id.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + kIdSize + 1, end, made.position);
    if (error != std::errc{} || at != end) return std::nullopt;
    return made;
  }
};

std::string marker_text(const Registration& registration, std::uint64_t position) {
  return registration.id + "_" + std::to_string(position);
}

/// Nobody can poll an attribute that is not a point's. Errors: also those of the WebID.
Result<Target> updatable(const Call& call, Result<Target> target) {
  TRY(Target readable, check_readable(call, std::move(target)));
  TRY_VOID(check_has_history(readable));
  return readable;
}

void write_source(http::JsonWriter& json, const Member& member) {
  json.member("Source", member.webid).member("SourceName", member.name).member("SourcePath", member.path);
}

void write_exception(http::JsonWriter& json, const std::string& why) {
  json.key("Exception").object_begin().key("Errors").array_begin().value(why).array_end().object_end();
}

std::string why_of(const Error& error) {
  return error.detail.empty() ? "The stream could not be read." : error.detail;
}

/// A WebID that outlives a rename.
std::string lasting_webid(const Call& call, const Target& target) {
  Naming by_id = call.naming;
  by_id.form = WebIdForm::id_only;
  if (!target.attribute) return by_id.point(target.stream.point, target.stream.tag);
  const auto reader = call.archive().catalog();
  return by_id.attribute(*reader, *target.attribute);
}

/// Registers one stream and appends what the client learns of it. The marker, or empty if it failed.
Result<std::string> register_one(const Call& call, Member member, std::string& out) {
  const auto target = updatable(call, std::move(member.target));
  http::JsonWriter json{out};
  json.object_begin();
  write_source(json, member);
  std::string marker, why;
  if (target) {
    const PointId points[] = {target->stream.point};
    TRY(auto watch, call.archive().watch(points, Registration::kKeptMax));
    if (const auto made = call.door.updates().add(call, lasting_webid(call, *target), std::move(watch))) {
      marker = marker_text(*made, 0);
    } else {
      why = "Too many streams are registered for updates.";
    }
  } else {
    why = why_of(target.error());
  }
  if (!marker.empty()) json.member("LatestMarker", marker).member("Status", "Succeeded");
  if (marker.empty()) {
    json.member("Status", "Failed");
    write_exception(json, why);
  }
  json.object_end();
  return marker;
}

const char* action_of(Change::What what) {
  switch (what) {
    case Change::What::added: return "Add";
    case Change::What::inserted: return "Insert";
    case Change::What::replaced: return "Update";
    case Change::What::erased: return "Delete";
    case Change::What::cleared:
    case Change::What::point_gone: return "Refresh";
  }
  return "Refresh";
}

/// *PI Web API Reference, "Stream RetrieveStreamUpdate"*: a timed value with an action. A Refresh shows the
/// value of now.
Result<void> append_event(const Call& call, const Target& target, const Change& change, std::string& out) {
  Sample shown = change.sample;
  if (change.what == Change::What::erased) {
    shown = state_sample(target.stream, change.sample.time, system_state::kNoData);
  } else if (change.what == Change::What::cleared || change.what == Change::What::point_gone) {
    TRY(shown, current_value(call.archive(), target.stream, call.now));
  }
  out += "{\"Action\":\"";
  out += action_of(change.what);
  out += "\",\"PreviousEventAction\":\"PreviousEventArchived\"";
  const std::size_t at = out.size();
  append_timed_value(out, target.stream, shown, {}, target.units);
  out[at] = ',';
  return {};
}

/// Appends one stream's updates and returns its next marker.
/// Errors: invalid_argument (no marker), not_found (expired), conflict (a position that was never told).
Result<std::string> retrieve_one(const Call& call, std::string_view text, std::string& out) {
  const auto marker = Marker::parse(text);
  if (!marker) return fail(ErrorCode::conflict, "marker", "The supplied marker is invalid.");
  const auto registration = call.door.updates().find(call, marker->id);
  if (!registration) {
    return fail(ErrorCode::not_found, "marker",
                "The marker has expired, or was never given. Register again.");
  }
  TRY(Member member, member_of_webid(call, registration->webid));
  TRY(const Target target, updatable(call, std::move(member.target)));
  const auto since = registration->since(marker->position, call.settings.max_returned_items);
  if (!since) return fail(ErrorCode::conflict, "marker", "The supplied marker is invalid.");
  std::string latest = marker_text(*registration, since->next);
  http::JsonWriter json{out};
  json.object_begin();
  write_source(json, member);
  json.member("RequestedMarker", text).member("LatestMarker", latest).member("Status", "Updated");
  json.key("Events").array_begin();
  const char* comma = "";
  for (const Change& change : since->changes) {
    out += comma;
    comma = ",";
    TRY_VOID(append_event(call, target, change, out));
  }
  out += "]}";
  return latest;
}

http::Response set_answer(const Call& call, const std::string& items,
                          const std::vector<std::string>& markers) {
  constexpr std::size_t kLocationMax = 32u << 10;  // Longer ones nobody could send back.
  http::Response response = answer(call, "{\"Links\":{},\"Items\":[" + items + "]}");
  std::string location = call.naming.link("streamsets/updates");
  for (const std::string& marker : markers) {
    location += (&marker == markers.data() ? "?marker=" : "&marker=") + marker;
  }
  if (!markers.empty() && location.size() <= kLocationMax) response.headers.add("Location", location);
  return response;
}

}  // namespace

http::Response register_stream_updates(Call& call) {
  auto member = member_of_webid(call, call.segments[1]);
  if (!member) return error_response(member.error());
  if (const auto target = updatable(call, member->target); !target) return error_response(target.error());
  std::string body;
  const auto marker = register_one(call, *std::move(member), body);
  if (!marker) return error_response(marker.error());
  if (marker->empty()) return error_response(503, "Too many streams are registered for updates.");
  http::Response response = answer(call, std::move(body));
  response.headers.add("Location", call.naming.link("streams/updates/" + *marker));
  return response;
}

http::Response get_stream_updates(Call& call) {
  std::string body;
  const auto latest = retrieve_one(call, call.segments[2], body);
  if (!latest) return error_response(latest.error());
  http::Response response = answer(call, std::move(body));
  response.headers.add("Location", call.naming.link("streams/updates/" + *latest));
  return response;
}

http::Response register_streamset_updates(Call& call) {
  auto members = members_of_webids(call, "webId");
  if (!members) return error_response(members.error());
  // What can never have updates refuses the whole call; what is not there, or is hidden, fails alone.
  for (const Member& member : *members) {
    if (!member.target) continue;
    if (const auto has = check_has_history(*member.target); !has) return error_response(has.error());
  }
  std::string items;
  std::vector<std::string> markers;
  std::map<std::string, std::string> known;
  for (Member& member : *members) {
    if (!items.empty()) items += ',';
    if (const auto at = known.find(member.webid); at != known.end()) {
      http::JsonWriter json{items};
      json.object_begin();
      write_source(json, member);
      json.member("LatestMarker", at->second).member("Status", "AlreadyRegistered").object_end();
      continue;
    }
    const std::string webid = member.webid;
    const auto marker = register_one(call, std::move(member), items);
    if (!marker) return error_response(marker.error());
    if (marker->empty()) continue;
    known.emplace(webid, *marker);
    markers.push_back(*marker);
  }
  return set_answer(call, items, markers);
}

http::Response get_streamset_updates(Call& call) {
  const auto texts = call.query.all("marker", http::Parameters::Case::insensitive);
  if (texts.empty()) return error_response(400, "Parameter (marker) is required.");
  if (texts.size() > call.settings.max_returned_items) {
    const Result<void> over = over_the_maximum(call, "marker");
    return error_response(over.error());
  }
  std::string items;
  std::vector<std::string> markers;
  for (const std::string_view text : texts) {
    if (!items.empty()) items += ',';
    const std::size_t before = items.size();
    auto latest = retrieve_one(call, trim(text), items);
    if (!latest) {
      items.resize(before);
      http::JsonWriter json{items};
      json.object_begin().member("RequestedMarker", text).member("Status", "Failed");
      write_exception(json, why_of(latest.error()));
      json.object_end();
      continue;
    }
    markers.push_back(*std::move(latest));
  }
  return set_answer(call, items, markers);
}

}  // namespace penstock::dialects::piwebapi
