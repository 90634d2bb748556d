#include "dialects/piwebapi/reads.h"

#include "base/text.h"
#include "dialects/piwebapi/routes.h"

namespace penstock::dialects::piwebapi {
namespace {

http::Response value_answer(const Call& call, const Target& target, const Read& read) {
  std::string body;
  const ValueFields fields = ValueFields::selected(call.selected_fields(), false);
  if (const auto done = read.append(call, target, fields, body); !done) return error_response(done.error());
  // Values with errors have members of their own.
  return answer(call, std::move(body));
}

/// Written with the selection in mind, because these answers are long.
http::Response values_answer(const Call& call, const Target& target, const Read& read) {
  const SelectedFields fields = call.selected_fields();
  std::string body;
  const char* comma = "";
  const auto member = [&](const char* text) {
    body += comma;
    body += text;
    comma = ",";
  };
  body += '{';
  if (fields.wants({"Links"})) member("\"Links\":{}");
  const ValueFields chosen = ValueFields::selected(fields, true);
  // The read is done in any case: a call that can't be answered says so whatever it selects.
  const std::size_t before = body.size();
  member("\"Items\":[");
  if (const auto done = read.append(call, target, chosen, body); !done) return error_response(done.error());
  body += ']';
  if (!(fields.everything() || fields.wants({"Items"}) || chosen.timestamp || chosen.value || chosen.units ||
        chosen.good || chosen.questionable || chosen.substituted || chosen.annotated)) {
    body.resize(before);
    comma = before > 1 ? "," : "";
  }
  if (fields.wants({"UnitsAbbreviation"})) {
    member("\"UnitsAbbreviation\":");
    http::JsonWriter{body}.value(target.units);
  }
  body += '}';
  return json_response(200, std::move(body));
}

http::Response summary_answer(const Call& call, const Target& target, const Read& read) {
  std::string body = "{\"Links\":{},\"Items\":[";
  if (const auto done = read.append(call, target, {}, body); !done) return error_response(done.error());
  body += "]}";
  return answer(call, std::move(body));
}

}  // namespace

Result<std::size_t> RunRead::append(const Call& call, const Target& target, const ValueFields& fields,
                                    std::string& out) const {
  TRY_VOID(check_has_history(target));
  TRY(const Run samples, run(call, target.stream));
  append_timed_values(out, target.stream, samples, fields, target.units);
  return samples.size();
}

http::Response read_stream(Call& call, MakeRead make) {
  const auto target = check_readable(call, find_target(call, call.segments[1]));
  if (!target) return error_response(target.error());
  const auto read = make(call);
  if (!read) return error_response(read.error());
  switch ((*read)->shape()) {
    case Read::Shape::value: return value_answer(call, *target, **read);
    case Read::Shape::values: return values_answer(call, *target, **read);
    case Read::Shape::summary: return summary_answer(call, *target, **read);
  }
  return error_response(500, "The server could not complete the request.");
}

http::Response get_stream_value(Call& call) {
  return read_stream(call, make_value_read);
}

Result<Target> check_readable(const Call& call, Result<Target> target) {
  if (!target) return target;
  if (target->kind == Target::Kind::unsupported) {
    return fail(ErrorCode::unsupported, {},
                "The data reference of the attribute does not support this operation.");
  }
  if (target->kind == Target::Kind::point && !call.caller.may(auth::Right::read, target->stream.tag)) {
    return fail(ErrorCode::forbidden, {},
                "The user does not have read permission on point " + target->stream.tag + ".");
  }
  if (const std::string_view units = call.parameter_or("desiredUnits", ""); !units.empty()) {
    if (!target->attribute) {
      return fail(ErrorCode::invalid_argument, "desiredUnits",
                  "Parameter (desiredUnits) needs an attribute.");
    }
    if (!iequals(units, target->units)) {
      return fail(ErrorCode::conflict, "desiredUnits", "The units of measure are not convertible.");
    }
  }
  return target;
}

Result<void> check_has_history(const Target& target) {
  if (target.kind == Target::Kind::fixed) {
    return fail(ErrorCode::conflict, {}, "The attribute has no data reference and so no recorded values.");
  }
  if (target.kind == Target::Kind::missing_point) {
    return fail(ErrorCode::conflict, {}, "PI Point not found '" + target.stream.tag + "'.");
  }
  return {};
}

archive::retrieval::Scanner scanner_of(const Call& call) {
  return archive::retrieval::Scanner{call.archive(), [&call]() -> Result<void> {
                                       if (!call.late()) return {};
                                       return fail(ErrorCode::overloaded, {}, "The read took too long.");
                                     }};
}

Result<ReadRange> range_of(const Call& call) {
  TRY(const PiZone zone, call.zone());
  TRY(const Timestamp start, parse_pi_time(call.parameter_or("startTime", "*-1d"), call.now, zone));
  TRY(const Timestamp end, parse_pi_time(call.parameter_or("endTime", "*"), call.now, zone));
  return ReadRange{start, end};
}

Result<std::vector<Timestamp>> times_of(const Call& call) {
  TRY(const PiZone zone, call.zone());
  const auto texts = call.query.all("time", http::Parameters::Case::insensitive);
  if (texts.empty() || trim(texts.front()).empty()) {
    return fail(ErrorCode::missing_argument, "time", "Parameter (time) is required.");
  }
  if (texts.size() > call.settings.max_returned_items) return over_the_maximum(call, "time");
  std::vector<Timestamp> times;
  times.reserve(texts.size());
  for (const std::string_view text : texts) {
    TRY(const Timestamp time, parse_pi_time(text, call.now, zone));
    times.push_back(time);
  }
  return times;
}

Result<bool> is_descending(const Call& call) {
  static constexpr Choice kOrders[] = {{"Ascending", 0}, {"Descending", 1}};
  TRY(const int order, choice_of(call, "sortOrder", 0, kOrders));
  return order == 1;
}

Result<int> choice_of(const Call& call, std::string_view parameter, int otherwise,
                      std::span<const Choice> names) {
  const std::string_view text = trim(call.parameter_or(parameter, ""));
  if (text.empty()) return otherwise;
  for (const Choice& choice : names) {
    if (iequals(choice.name, text) || std::to_string(choice.number) == text) return choice.number;
  }
  return fail(ErrorCode::invalid_argument, std::string{parameter},
              "Parameter (" + std::string{parameter} + ") has an unknown value.");
}

tl::unexpected<Error> over_the_maximum(const Call& call, std::string_view name) {
  return fail(ErrorCode::invalid_argument, std::string{name},
              "Parameter (" + std::string{name} + ") is greater than the maximum allowed (" +
                  std::to_string(call.settings.max_returned_items) + ").");
}

void append_bad_event(std::string& out, Timestamp time, std::string_view units, const std::string& why,
                      std::uint16_t state) {
  http::JsonWriter json{out};
  json.object_begin().member("Timestamp", format_trimmed(time.floor_to(kNsPerTick))).key("Value");
  if (state == 0) {
    json.null();
  } else {
    json.object_begin().member("Name", system_set().find(state)->name).member("Value", state);
    json.member("IsSystem", true).object_end();
  }
  json.member("UnitsAbbreviation", units).member("Good", false);
  json.member("Questionable", false).member("Substituted", false).member("Annotated", false);
  json.key("Errors").array_begin().object_begin().member("FieldName", "Value");
  json.key("Message").array_begin().value(why).array_end();
  json.object_end().array_end().object_end();
}

Result<ReadFilter> ReadFilter::of(const Call& call) {
  ReadFilter made;
  TRY(made.include_, call.flag("includeFilteredValues", false));
  const std::string_view text = trim(call.parameter_or("filterExpression", ""));
  if (text.empty()) return made;
  TRY(const PiZone zone, call.zone());
  TRY(made.expression_, FilterExpression::parse(text, call.now, zone));
  return made;
}

void ReadFilter::Into::take(const Sample& sample) {
  if (is_full()) return;
  if (!filter_.expression_ || filter_.expression_->passes(stream_, sample)) {
    rejecting_ = false;
    out_.push(sample);
    return;
  }
  if (filter_.include_ && !rejecting_) {
    out_.push(state_sample(stream_, sample.time, system_state::kFiltered));
  }
  rejecting_ = true;
}

}  // namespace penstock::dialects::piwebapi
