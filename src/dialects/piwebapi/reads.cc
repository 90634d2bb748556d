#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/retrieval.h"
#include "dialects/piwebapi/routes.h"
#include "dialects/piwebapi/target.h"

/// *PI Web API Reference, "Stream GetValue"*, "GetEnd" and "GetRecorded".
namespace penstock::dialects::piwebapi {
namespace {

/// The target of a read, if the caller may read it. Errors: also forbidden, unsupported.
Result<Target> readable(const Call& call) {
  TRY(Target target, find_target(call, call.segments[1]));
  if (target.kind == Target::Kind::unsupported) {
    return fail(ErrorCode::unsupported, {},
                "The data reference of the attribute does not support this operation.");
  }
  if (target.kind == Target::Kind::point && !call.caller.may(auth::Right::read, target.stream.tag)) {
    return fail(ErrorCode::forbidden, {},
                "The user does not have read permission on point " + target.stream.tag + ".");
  }
  if (const std::string_view units = call.parameter_or("desiredUnits", ""); !units.empty()) {
    if (!target.attribute) {
      return fail(ErrorCode::invalid_argument, "desiredUnits",
                  "Parameter (desiredUnits) needs an attribute.");
    }
    if (!iequals(units, target.units)) {
      return fail(ErrorCode::conflict, "desiredUnits", "The units of measure are not convertible.");
    }
  }
  return target;
}

http::Response one_value(const Call& call, const Target& target, const Sample& sample) {
  const SelectedFields fields = call.selected_fields();
  std::string body;
  append_timed_value(body, target.stream, sample, ValueFields::selected(fields, false), target.units);
  return answer(call, std::move(body));
}

/// The answer for a reference that leads nowhere: a bad event that says why. *"Error Handling"*.
http::Response bad_reference(const Call& call, const Target& target) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().member("Timestamp", format_trimmed(call.now.floor_to(kNsPerTick)));
  json.key("Value").null().member("UnitsAbbreviation", target.units).member("Good", false);
  json.member("Questionable", false).member("Substituted", false).member("Annotated", false);
  json.key("Errors").array_begin().object_begin().member("FieldName", "Value");
  json.key("Message").array_begin().value("PI Point not found '" + target.stream.tag + "'.").array_end();
  json.object_end().array_end().object_end();
  return answer(call, std::move(body));
}

http::Response fixed_value(const Call& call, const Target& target) {
  if (target.attribute->value) return one_value(call, target, *target.attribute->value);
  return one_value(call, target,
                   state_sample(target.stream, Timestamp::from_unix_ns(0), system_state::kNoData));
}

enum class Boundary { inside, outside, interpolated };

Result<Boundary> boundary_of(const Call& call) {
  const std::string_view text = call.parameter_or("boundaryType", "Inside");
  if (iequals(text, "Inside") || text == "0") return Boundary::inside;
  if (iequals(text, "Outside") || text == "1") return Boundary::outside;
  if (iequals(text, "Interpolated") || text == "2") return Boundary::interpolated;
  return fail(ErrorCode::invalid_argument, "boundaryType", "Parameter (boundaryType) has an unknown value.");
}

struct RecordedQuery {
  Timestamp start, end;
  Boundary boundary;
  std::size_t count;
};

Result<RecordedQuery> recorded_query(const Call& call) {
  TRY(const PiZone zone, call.zone());
  TRY(const Timestamp start, parse_pi_time(call.parameter_or("startTime", "*-1d"), call.now, zone));
  TRY(const Timestamp end, parse_pi_time(call.parameter_or("endTime", "*"), call.now, zone));
  TRY(const Boundary boundary, boundary_of(call));
  TRY(const std::int64_t count, call.number("maxCount", 1000, 1));
  const auto most = static_cast<std::int64_t>(call.settings.max_returned_items);
  if (count > most) {
    return fail(ErrorCode::invalid_argument, "maxCount",
                "Parameter (maxCount) is greater than the maximum allowed (" + std::to_string(most) + ").");
  }
  if (!trim(call.parameter_or("filterExpression", "")).empty()) {
    return fail(ErrorCode::unsupported, "filterExpression", "Filter expressions are not supported.");
  }
  return RecordedQuery{start, end, boundary, static_cast<std::size_t>(count)};
}

/// The event beyond `edge` on the way out (`older` says which way), or the value at `edge` itself.
Result<std::optional<Sample>> at_edge(const Call& call, const Stream& stream, const RecordedQuery& query,
                                      Timestamp edge, bool older) {
  if (query.boundary == Boundary::outside) {
    return older ? call.archive().at_or_before(stream.point, edge, false)
                 : call.archive().at_or_after(stream.point, edge, false);
  }
  TRY(const auto there, call.archive().at_or_before(stream.point, edge, true));
  if (!there || there->time == edge)
    return std::optional<Sample>{};  // An event is there, or nothing precedes.
  TRY(Sample sample, value_at(call.archive(), stream, edge, call.now));
  return std::optional{std::move(sample)};
}

Result<Run> recorded(const Call& call, const Stream& stream, const RecordedQuery& query) {
  const bool newest_first = query.end < query.start;
  archive::Scan scan;
  scan.point = stream.point;
  scan.first = newest_first ? query.end : query.start;
  scan.last = newest_first ? query.start : query.end;
  scan.limit = query.count;
  scan.newest_first = newest_first;
  TRY(Run inside, call.archive().scan(scan));
  if (query.boundary == Boundary::inside) return inside;
  Run all;
  all.kind = stream.kind();
  TRY(const auto first, at_edge(call, stream, query, query.start, !newest_first));
  if (first) all.push(*first);
  all.append(inside, 0, std::min(inside.size(), query.count - all.size()));
  TRY(const auto last, at_edge(call, stream, query, query.end, newest_first));
  if (last && all.size() < query.count && query.start != query.end) all.push(*last);
  return all;
}

}  // namespace

http::Response get_stream_value(Call& call) {
  const auto target = readable(call);
  if (!target) return error_response(target.error());
  if (target->kind == Target::Kind::missing_point) return bad_reference(call, *target);
  if (target->kind == Target::Kind::fixed) return fixed_value(call, *target);
  const auto asked = call.parameter("time");
  if (asked && !trim(*asked).empty()) {
    const auto zone = call.zone();
    if (!zone) return error_response(zone.error());
    const auto time = parse_pi_time(*asked, call.now, *zone);
    if (!time) return error_response(time.error());
    const auto sample = value_at(call.archive(), target->stream, *time, call.now);
    if (!sample) return error_response(sample.error());
    return one_value(call, *target, *sample);
  }
  const auto sample = current_value(call.archive(), target->stream, call.now);
  if (!sample) return error_response(sample.error());
  return one_value(call, *target, *sample);
}

http::Response get_stream_end(Call& call) {
  const auto target = readable(call);
  if (!target) return error_response(target.error());
  if (target->kind == Target::Kind::missing_point) return bad_reference(call, *target);
  if (target->kind == Target::Kind::fixed) return fixed_value(call, *target);
  const auto sample = call.archive().newest(target->stream.point);
  if (!sample) return error_response(sample.error());
  return one_value(call, *target, *sample ? **sample : pt_created(target->stream));
}

http::Response get_stream_recorded(Call& call) {
  const auto target = readable(call);
  if (!target) return error_response(target.error());
  if (target->kind == Target::Kind::fixed) {
    return error_response(409, "The attribute has no data reference and so no recorded values.");
  }
  if (target->kind == Target::Kind::missing_point) {
    return error_response(409, "PI Point not found '" + target->stream.tag + "'.");
  }
  const auto query = recorded_query(call);
  if (!query) return error_response(query.error());
  const auto run = recorded(call, target->stream, *query);
  if (!run) return error_response(run.error());
  const SelectedFields fields = call.selected_fields();
  std::string body;
  const char* comma = "";
  const auto member = [&](const char* text) {
    body += comma;
    body += text;
    comma = ",";
  };
  // Written with the selection in mind, because these answers are long.
  body += '{';
  if (fields.wants({"Links"})) member("\"Links\":{}");
  const ValueFields chosen = ValueFields::selected(fields, true);
  if (fields.everything() || fields.wants({"Items"}) || chosen.timestamp || chosen.value || chosen.units ||
      chosen.good || chosen.questionable || chosen.substituted || chosen.annotated) {
    member("\"Items\":[");
    append_timed_values(body, target->stream, *run, chosen);
    body += ']';
  }
  if (fields.wants({"UnitsAbbreviation"})) {
    member("\"UnitsAbbreviation\":");
    http::JsonWriter{body}.value(target->units);
  }
  body += '}';
  return json_response(200, std::move(body));
}

}  // namespace penstock::dialects::piwebapi
