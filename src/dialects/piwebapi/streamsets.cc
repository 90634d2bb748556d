#include <algorithm>

#include "archive/retrieval/interpolate.h"
#include "dialects/piwebapi/members.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"
#include "dialects/piwebapi/routes.h"

/// Reads of many streams: *PI Web API Reference, "StreamSet"*.
namespace penstock::dialects::piwebapi {
namespace {

/// Writes members as they are read, and counts what they hold together.
class SetWriter {
 public:
  explicit SetWriter(const Call& call) : call_{call} {}

  /// `read(target, out)` appends as Read::append does. A member that fails has an entry that says so.
  /// Errors: invalid_argument (more than the server returns).
  template <class F>
  Result<void> add(Member member, Read::Shape shape, const F& read) {
    if (!body_.empty()) body_ += ',';
    const Result<Target> target = check_readable(call_, std::move(member.target));
    begin(member);
    if (shape == Read::Shape::values) {
      body_ += ",\"UnitsAbbreviation\":";
      http::JsonWriter{body_}.value(target ? std::string_view{target->units} : "");
    }
    body_ += shape == Read::Shape::value ? ",\"Value\":" : ",\"Items\":[";
    const std::size_t before = body_.size();
    Result<std::size_t> done = target ? read(*target, body_) : fail(target.error());
    if (!done) {
      body_.resize(before);
      append_error(shape, done.error());
      done = 1;
    }
    if (shape != Read::Shape::value) body_ += ']';
    body_ += '}';
    items_ += *done;
    if (items_ <= call_.settings.max_returned_items) return {};
    return fail(ErrorCode::invalid_argument, {},
                "The call returns more items than the maximum allowed (" +
                    std::to_string(call_.settings.max_returned_items) + ").");
  }

  http::Response finish() { return answer(call_, "{\"Links\":{},\"Items\":[" + body_ + "]}"); }

 private:
  void begin(const Member& member) {
    http::JsonWriter json{body_};
    json.object_begin().member("WebId", member.webid).member("Name", member.name);
    json.member("Path", member.path).key("Links").object_begin();
    if (!member.source.empty()) json.member("Source", member.source);
    json.object_end();
  }
  void append_error(Read::Shape shape, const Error& error) {
    const std::string why = error.detail.empty() ? "The stream could not be read." : error.detail;
    if (shape == Read::Shape::summary) body_ += "{\"Type\":null,\"Value\":";
    append_bad_event(body_, call_.now, "", why,
                     error.code == ErrorCode::forbidden ? system_state::kAccessDenied : std::uint16_t{0});
    if (shape == Read::Shape::summary) body_ += '}';
  }

  const Call& call_;
  std::string body_;
  std::size_t items_ = 0;
};

http::Response read_members(const Call& call, Result<std::vector<Member>> members, MakeRead make,
                            bool keeps_order) {
  if (!members) return error_response(members.error());
  if (const auto sorted = sort_members(call, *members, keeps_order); !sorted)
    return error_response(sorted.error());
  const auto read = make(call);
  if (!read) return error_response(read.error());
  SetWriter writer{call};
  for (Member& member : *members) {
    const auto added = writer.add(
        std::move(member), (*read)->shape(),
        [&](const Target& target, std::string& out) { return (*read)->append(call, target, {}, out); });
    if (!added) return error_response(added.error());
  }
  return writer.finish();
}

}  // namespace

http::Response read_children(Call& call, MakeRead make) {
  return read_members(call, members_below(call), make, false);
}

http::Response read_streams(Call& call, MakeRead make) {
  return read_members(call, members_of_webids(call, "webId"), make, true);
}

/// *PI Web API Reference, "StreamSet GetJoined"*: the recorded values of the base stream, then the values of
/// the others at the same times.
http::Response get_joined(Call& call) {
  auto bases = members_of_webids(call, "baseWebId");
  if (!bases) return error_response(bases.error());
  auto others = members_of_webids(call, "subordinateWebId");
  if (!others) return error_response(others.error());
  const auto read = make_recorded_run(call);
  if (!read) return error_response(read.error());
  std::vector<Timestamp> times;
  const auto base = [&](const Target& target, std::string& out) -> Result<std::size_t> {
    TRY_VOID(check_has_history(target));
    TRY(const Run run, (*read)->run(call, target.stream));
    for (const std::int64_t time : run.times) times.push_back(Timestamp::from_unix_ns(time));
    append_timed_values(out, target.stream, run, {}, target.units);
    return run.size();
  };
  SetWriter writer{call};
  if (const auto added = writer.add(std::move(bases->front()), Read::Shape::values, base); !added) {
    return error_response(added.error());
  }
  const bool backwards = times.size() > 1 && times.back() < times.front();
  if (backwards) std::reverse(times.begin(), times.end());
  const auto beside = [&](const Target& target, std::string& out) -> Result<std::size_t> {
    TRY_VOID(check_has_history(target));
    TRY(const Run run,
        archive::retrieval::values_at(scanner_of(call), series_of(target.stream, call.now), times));
    Run shown;
    shown.kind = run.kind;
    for (std::size_t i = 0; i < run.size(); ++i) shown.push_from(run, backwards ? run.size() - 1 - i : i);
    append_timed_values(out, target.stream, shown, {}, target.units);
    return shown.size();
  };
  for (Member& other : *others) {
    if (const auto added = writer.add(std::move(other), Read::Shape::values, beside); !added) {
      return error_response(added.error());
    }
  }
  return writer.finish();
}

}  // namespace penstock::dialects::piwebapi
