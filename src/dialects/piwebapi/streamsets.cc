#include <algorithm>

#include "archive/retrieval/interpolate.h"
#include "base/text.h"
#include "dialects/piwebapi/paging.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"
#include "dialects/piwebapi/routes.h"

/// Reads of many streams: *PI Web API Reference, "StreamSet"*.
namespace penstock::dialects::piwebapi {
namespace {

constexpr int kDepthMax = 64;  // Of attributes below attributes.

/// One stream of a set: who it is, and what it leads to or why it does not.
struct Member {
  std::string webid, name, path, source;
  Result<Target> target;
};

Member of_attribute(const Call& call, const catalog::Tables& tables, const catalog::AfAttribute& attribute) {
  std::string webid = call.naming.attribute(tables, attribute);
  std::string source = call.naming.link("attributes/" + webid);
  return {std::move(webid), attribute.name, call.naming.attribute_path(tables, attribute), std::move(source),
          attribute_target(call, tables, attribute)};
}

/// A `webId` as it came. Errors: invalid_argument (no WebID of a stream); what matches nothing is a member.
Result<Member> of_webid(const Call& call, std::string_view text) {
  Result<Target> target = find_target(call, text);
  if (!target && target.error().code == ErrorCode::invalid_argument) return fail(target.error());
  if (!target) return Member{std::string{text}, "", "", "", std::move(target)};
  if (target->attribute) {
    const auto reader = call.archive().catalog();
    return of_attribute(call, *reader, *target->attribute);
  }
  const std::string tag = target->stream.tag;
  std::string webid = call.naming.point(target->stream.point, tag);
  std::string source = call.naming.link("points/" + webid);
  return Member{std::move(webid), tag, call.naming.point_path(tag), std::move(source), std::move(target)};
}

Result<std::vector<Member>> of_webids(const Call& call, std::string_view parameter) {
  const auto texts = call.query.all(parameter, http::Parameters::Case::insensitive);
  if (texts.empty()) {
    return fail(ErrorCode::missing_argument, std::string{parameter},
                "Parameter (" + std::string{parameter} + ") is required.");
  }
  if (texts.size() > call.settings.max_returned_items) return over_the_maximum(call, parameter);
  std::vector<Member> members;
  for (const std::string_view text : texts) {
    TRY(Member member, of_webid(call, trim(text)));
    members.push_back(std::move(member));
  }
  return members;
}

/// Which attributes a set has below its parent.
struct ChildFilter {
  bool deep = false, hidden = false, excluded = false;

  static Result<ChildFilter> of(const Call& call) {
    ChildFilter made;
    TRY(made.deep, call.flag("searchFullHierarchy", false));
    TRY(made.hidden, call.flag("showHidden", false));
    TRY(made.excluded, call.flag("showExcluded", false));
    return made;
  }
  bool fits(const Call& call, const catalog::Tables& tables, const catalog::AfAttribute& attribute) const {
    if ((attribute.hidden && !hidden) || (attribute.excluded && !excluded)) return false;
    if (!fits_filter(call, "nameFilter", attribute.name)) return false;
    const std::string_view category = call.parameter_or("categoryName", "*");
    if (category != "*" && std::none_of(attribute.categories.begin(), attribute.categories.end(),
                                        [&](const auto& name) { return glob_match(category, name); })) {
      return false;
    }
    if (call.parameter_or("templateName", "*") == "*") return true;
    const catalog::AfElement* element = tables.af_elements.find(attribute.element);
    return element != nullptr && fits_filter(call, "templateName", element->template_name);
  }
};

void collect(const Call& call, const catalog::Tables& tables, const ChildFilter& filter, const Uuid& owner,
             int depth, std::vector<Member>& members) {
  for (const catalog::AfAttribute* attribute : tables.af_attributes.children(owner)) {
    if (filter.fits(call, tables, *attribute)) members.push_back(of_attribute(call, tables, *attribute));
    if (filter.deep && depth < kDepthMax) {
      collect(call, tables, filter, attribute->id, depth + 1, members);
    }
  }
}

Result<std::vector<Member>> below_parent(const Call& call) {
  TRY(const WebId id, parse_webid(call.segments[1]));
  TRY(const ChildFilter filter, ChildFilter::of(call));
  const auto reader = call.archive().catalog();
  Uuid owner;
  if (id.kind == WebIdKind::attribute) {
    TRY(const catalog::AfAttribute* attribute, find_attribute(*reader, call.identity, id));
    owner = attribute->id;
  } else {
    TRY(const catalog::AfElement* element, find_element(*reader, call.identity, id));
    owner = element->id;
  }
  std::vector<Member> members;
  collect(call, *reader, filter, owner, 0, members);
  return members;
}

/// sortField knows the name alone.
Result<void> sort(const Call& call, std::vector<Member>& members, bool keeps_order) {
  const std::string_view field = trim(call.parameter_or("sortField", ""));
  TRY(const bool descending, is_descending(call));
  if (!field.empty() && !iequals(field, "Name")) {
    return fail(ErrorCode::invalid_argument, "sortField", "Parameter (sortField) has an unknown value.");
  }
  if (keeps_order && field.empty()) return {};
  const auto before = [&](const Member& a, const Member& b) {
    const std::string left = to_upper_invariant(a.name), right = to_upper_invariant(b.name);
    return descending ? right < left : left < right;
  };
  std::stable_sort(members.begin(), members.end(), before);
  return {};
}

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
  if (const auto sorted = sort(call, *members, keeps_order); !sorted) return error_response(sorted.error());
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
  return read_members(call, below_parent(call), make, false);
}

http::Response read_streams(Call& call, MakeRead make) {
  return read_members(call, of_webids(call, "webId"), make, true);
}

/// *PI Web API Reference, "StreamSet GetJoined"*: the recorded values of the base stream, then the values of
/// the others at the same times.
http::Response get_joined(Call& call) {
  auto bases = of_webids(call, "baseWebId");
  if (!bases) return error_response(bases.error());
  auto others = of_webids(call, "subordinateWebId");
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
    TRY(const Run run, archive::retrieval::values_at(archive::retrieval::scanner(call.archive()),
                                                     series_of(target.stream, call.now), times));
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
