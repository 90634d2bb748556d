#include "dialects/piwebapi/channels.h"

#include <map>

#include "base/metrics.h"
#include "base/text.h"
#include "dialects/piwebapi/door.h"
#include "dialects/piwebapi/members.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/routes.h"
#include "http/websocket.h"

/// New values of streams over a WebSocket. *PI Web API Reference, "Channels"*, *"Stream GetChannel"*,
/// *"StreamSet GetChannel"*.
namespace penstock::dialects::piwebapi {
namespace {

constexpr std::int64_t kPollMs = 1'000;
/// Values that wait for one poll, or for a client that reads slowly. With more the channel ends.
constexpr std::size_t kWaitingMax = 100'000;
constexpr std::string_view kHeartbeat = R"({"Links":{},"Items":[]})";

/// One stream as a channel names it.
struct Followed {
  std::string head;  ///< Its entry up to the values.
  Stream stream;
  std::string units;
};

std::string entry_head(const Member& member, std::string_view units) {
  std::string head;
  http::JsonWriter json{head};
  json.object_begin().member("WebId", member.webid).member("Name", member.name);
  json.member("Path", member.path).key("Links").object_begin().object_end();
  json.member("UnitsAbbreviation", units).key("Items").array_begin();
  return head;
}

class Channel final : public http::WebSocketSession {
 public:
  Channel(ChannelCount::Seat seat, std::unique_ptr<archive::Watch> watch, std::vector<Followed> followed,
          std::string first, std::int64_t heartbeat)
      : seat_{std::move(seat)},
        watch_{std::move(watch)},
        followed_{std::move(followed)},
        first_{std::move(first)},
        heartbeat_{heartbeat} {
    for (std::size_t i = 0; i < followed_.size(); ++i) {
      by_point_.emplace(to_number(followed_[i].stream.point), i);
    }
  }

  Task<bool> run(http::WebSocket& socket) override {
    static auto& dropped = metrics::counter("penstock_piwebapi_channels_dropped_total",
                                            "Channels ended because their client read too slowly.");
    bool goes_on = first_.empty() || co_await socket.send_text(first_);
    first_ = {};
    std::int64_t idle = 0;
    while (goes_on) {
      if (!co_await socket.sleep_ms(kPollMs)) break;
      const archive::Watch::Taken taken = watch_->take();
      if (taken.lost) {
        dropped.add();
        break;
      }
      const std::string frame = frame_of(taken.changes);
      if (!frame.empty()) {
        idle = 0;
        goes_on = co_await socket.send_text(frame);
      } else if (heartbeat_ > 0 && ++idle >= heartbeat_) {
        idle = 0;
        goes_on = co_await socket.send_text(kHeartbeat);
      }
    }
    co_return true;
  }

 private:
  /// Empty if there is nothing to tell. Streams come in the order in which the channel named them.
  std::string frame_of(const std::vector<archive::Change>& changes) const {
    using What = archive::Change::What;
    std::map<std::size_t, std::string> values;
    for (const archive::Change& change : changes) {
      if (change.what != What::added && change.what != What::inserted && change.what != What::replaced)
        continue;
      const auto [begin, end] = by_point_.equal_range(to_number(change.point));
      for (auto at = begin; at != end; ++at) {
        const Followed& one = followed_[at->second];
        std::string& text = values[at->second];
        if (!text.empty()) text += ',';
        append_timed_value(text, one.stream, change.sample, {}, one.units);
      }
    }
    if (values.empty()) return {};
    std::string frame = "{\"Links\":{},\"Items\":[";
    const char* comma = "";
    for (const auto& [index, text] : values) {
      frame.append(comma).append(followed_[index].head).append(text).append("]}");
      comma = ",";
    }
    return frame += "]}";
  }

  const ChannelCount::Seat seat_;
  const std::unique_ptr<archive::Watch> watch_;
  const std::vector<Followed> followed_;
  std::multimap<std::uint32_t, std::size_t> by_point_;  ///< Point to places in followed_.
  std::string first_;
  const std::int64_t heartbeat_;  ///< In polls; 0 or less: none.
};

/// Browsers let any page open a WebSocket, with what they know of the user: a page of another host may not.
bool comes_from_elsewhere(const Call& call) {
  if (call.house.csrf_defense == CsrfDefense::off) return false;
  const std::string_view origin = call.request.headers.get("Origin");
  if (origin.empty()) return false;
  const auto host_of = [](std::string_view url) {
    const std::size_t at = url.find("://");
    if (at == std::string_view::npos) return std::string_view{};
    url.remove_prefix(at + 3);
    return url.substr(0, url.find('/'));
  };
  return !iequals(host_of(origin), host_of(call.naming.base)) && !call.settings.cors.allows_origin(origin);
}

/// What stands in the first frame: the values of now, where they are asked for, and why streams will never
/// have any.
struct Start {
  std::vector<Followed> followed;
  std::string first;
};

Result<Start> start_of(const Call& call, std::vector<Member> members, bool alone) {
  Start start;
  TRY(const bool initial, call.flag("includeInitialValues", false));
  TRY(const auto read, make_value_read(call));
  for (Member& member : members) {
    auto target = check_readable(call, std::move(member.target));
    const bool is_point = target && target->kind == Target::Kind::point;
    if (alone && !target) return fail(target.error());
    if (alone && !is_point) TRY_VOID(check_has_history(*target));
    std::string head = entry_head(member, target ? std::string_view{target->units} : "");
    std::string value;
    if (!target) {
      const std::string why =
          target.error().detail.empty() ? "The stream could not be read." : target.error().detail;
      append_bad_event(
          value, call.now, "", why,
          target.error().code == ErrorCode::forbidden ? system_state::kAccessDenied : std::uint16_t{0});
    } else if (initial) {
      TRY_VOID(read->append(call, *target, {}, value));
    }
    if (!value.empty()) {
      start.first += start.first.empty() ? "{\"Links\":{},\"Items\":[" : ",";
      start.first.append(head).append(value).append("]}");
    }
    if (!is_point) continue;
    start.followed.push_back({std::move(head), std::move(target->stream), std::move(target->units)});
  }
  if (!start.first.empty()) start.first += "]}";
  return start;
}

http::Response open_channel(Call& call, Result<std::vector<Member>> members, bool alone) {
  if (!members) return error_response(members.error());
  if (!http::asks_for_websocket(call.request)) {
    return error_response(400,
                          "A channel is a WebSocket: the request needs Upgrade, Connection, "
                          "Sec-WebSocket-Version 13 and Sec-WebSocket-Key.");
  }
  if (comes_from_elsewhere(call))
    return error_response(403, "The origin of the page may not open a channel.");
  // A negative rate is none, as 0 is.
  const auto heartbeat = call.number("heartbeatRate", 0, std::numeric_limits<std::int64_t>::min());
  if (!heartbeat) return error_response(heartbeat.error());
  auto seat = call.door.channels().take(call.settings.max_channels);
  if (!seat) return error_response(503, "Too many channels are open.");
  std::vector<PointId> points;
  for (const Member& member : *members) {
    if (!member.target || member.target->kind != Target::Kind::point) continue;
    if (!call.caller.may(auth::Right::read, member.target->stream.tag)) continue;
    points.push_back(member.target->stream.point);
  }
  // The watch comes first, so that nothing is missed between the values of now and the next ones.
  auto watch = call.archive().watch(points, kWaitingMax);
  if (!watch) return error_response(watch.error());
  auto start = start_of(call, *std::move(members), alone);
  if (!start) return error_response(start.error());
  http::Response response;
  response.status = 101;
  response.websocket = std::make_shared<Channel>(
      *std::move(seat), *std::move(watch), std::move(start->followed), std::move(start->first), *heartbeat);
  return response;
}

}  // namespace

http::Response get_stream_channel(Call& call) {
  auto member = member_of_webid(call, call.segments[1]);
  if (!member) return error_response(member.error());
  std::vector<Member> one;
  one.push_back(*std::move(member));
  return open_channel(call, std::move(one), true);
}

http::Response get_children_channel(Call& call) {
  return open_channel(call, members_below(call), false);
}

http::Response get_streams_channel(Call& call) {
  return open_channel(call, members_of_webids(call, "webId"), false);
}

}  // namespace penstock::dialects::piwebapi
