// Samples that go: ranges on demand, and policies of retention.
#include "archive/undo/range.h"
#include "archive/undo/retention.h"
#include "base/text.h"
#include "catalog/retention.h"
#include "console/calls.h"

namespace penstock::console {
namespace {

using catalog::RetentionPolicy;

/// A pattern may match so many points.
constexpr std::size_t kPointsMax = 10'000;
/// Tags that are looked at under one lock of the catalog.
constexpr std::size_t kTagsPerLook = 10'000;
/// Matching takes the length of the pattern times that of each tag at most.
constexpr std::size_t kPatternBytesMax = 1024;

struct ErasePoint {
  PointId id{};
  std::string tag;
};

/// A whole number of the body, where it is there.
void read_number(Fields& fields, std::string_view name, std::int64_t& to) {
  const json::Value* const value = fields.take(name);
  if (value == nullptr) return;
  if (const auto number = value->as_int64()) {
    to = *number;
  } else {
    fields.refuse({ErrorCode::invalid_argument, "/" + std::string{name}, "must be a whole number"});
  }
}

/// A range of time in a request's body. Both ends belong to it.
struct EraseRange {
  Timestamp from = Timestamp::min(), to = Timestamp::max();
  bool dry_run = false;
};

Result<Timestamp> parse_time(const std::string& text, const char* where) {
  if (text.empty()) return fail(ErrorCode::invalid_argument, where, "a time with its zone is needed");
  const auto time = parse_timestamp(text, OffsetRule::required);
  if (!time) return fail(ErrorCode::invalid_argument, where, "must be a time as 2026-04-02T06:30:00Z");
  return *time;
}

/// Reads what both calls have; with `points`, also that.
Result<EraseRange> read_range(const Call& call, std::string* points) {
  TRY(auto fields, Fields::of(call.body));
  std::string from, to;
  EraseRange range;
  fields.text("from", from).text("to", to).flag("dry_run", range.dry_run);
  if (points != nullptr) fields.text("points", *points);
  TRY_VOID(fields.end());
  TRY(range.from, parse_time(from, "/from"));
  TRY(range.to, parse_time(to, "/to"));
  if (range.to < range.from) return fail(ErrorCode::invalid_argument, "/to", "ends before /from");
  return range;
}

/// Administrators may erase anywhere, others where they may both write and administer.
bool may_erase(const auth::Principal& caller, std::string_view tag) {
  return caller.may_everything(auth::Right::admin) ||
         (caller.may(auth::Right::write, tag) && caller.may(auth::Right::admin, tag));
}

Result<ErasePoint> find_one(const catalog::Tables& tables, const auth::Principal& caller,
                            const std::string& text) {
  const auto id = parse_point_id(text);
  const Point* point = id ? tables.points.find(*id) : nullptr;
  if (point == nullptr) point = tables.points.find_tag(text);
  const bool visible =
      point != nullptr && (caller.may(auth::Right::read, point->tag) || may_erase(caller, point->tag));
  if (!visible) return fail(ErrorCode::not_found, {}, "there is no such point");
  if (!may_erase(caller, point->tag))
    return fail(ErrorCode::forbidden, {}, "the call needs the rights write and admin on the point");
  return ErasePoint{point->id, point->tag};
}

/// Adds `point` where the pattern matches it. Errors: forbidden, limit_exceeded.
Result<void> take_point(const Point& point, const auth::Principal& caller, const std::string& pattern,
                        std::vector<ErasePoint>& found) {
  if (!glob_match(pattern, point.tag)) return {};
  if (!may_erase(caller, point.tag)) {
    if (!caller.may(auth::Right::read, point.tag)) return {};
    return fail(ErrorCode::forbidden, "/points", "the rights write and admin are needed on " + point.tag);
  }
  if (found.size() == kPointsMax) {
    return fail(ErrorCode::limit_exceeded, "/points", "the pattern matches more than 10000 points");
  }
  found.push_back({point.id, point.tag});
  return {};
}

/// Blocks: for the pool.
Result<std::vector<ErasePoint>> find_all(const archive::Archive& archive, const auth::Principal& caller,
                                         const std::string& pattern) {
  std::vector<ErasePoint> found;
  Result<void> taken;
  std::string after;
  std::size_t looked_at = kTagsPerLook;
  while (taken && looked_at == kTagsPerLook) {
    looked_at = 0;
    std::string last;
    const auto tables = archive.catalog();
    tables->points.each_by_tag(after, [&](const Point& point) {
      last = point.tag;
      taken = take_point(point, caller, pattern, found);
      return taken && ++looked_at < kTagsPerLook;
    });
    after = std::move(last);
  }
  TRY_VOID(taken);
  return found;
}

/// What became of one point.
struct Erased {
  ErasePoint point;
  archive::RangeErased what;
};

void append_erased(http::JsonWriter& w, const Erased& erased, const archive::ReceiptNames& names,
                   bool dry_run) {
  const archive::RangeCount& count = erased.what.erased;
  w.object_begin().member("id", to_number(erased.point.id)).member("tag", erased.point.tag);
  w.member("samples", count.samples);
  w.member("first", format_trimmed(*count.first)).member("last", format_trimmed(*count.last));
  if (!dry_run) {
    w.key("receipts").array_begin();
    for (const std::uint64_t seq : erased.what.batches) w.value(names.name(seq));
    w.array_end();
  }
  w.object_end();
}

/// Blocks: for the pool.
Result<std::string> erase_points(archive::Archive& archive, const std::vector<ErasePoint>& points,
                                 const EraseRange& range, const archive::Actor& actor,
                                 const std::function<bool()>& stop) {
  std::string body;
  http::JsonWriter w{body};
  std::uint64_t samples = 0;
  std::optional<Error> stopped;
  w.object_begin().member("dry_run", range.dry_run).key("items").array_begin();
  for (const ErasePoint& point : points) {
    Erased erased{point, {}};
    if (range.dry_run) {
      if (stop()) return fail(archive::stopping());
      TRY(erased.what.erased, archive::count_range(archive, point.id, range.from, range.to));
    } else {
      erased.what = archive::erase_range(archive, point.id, range.from, range.to, actor, stop);
    }
    samples += erased.what.erased.samples;
    if (erased.what.erased.samples > 0) append_erased(w, erased, archive.receipts(), range.dry_run);
    stopped = erased.what.stopped;
    if (stopped) break;
  }
  w.array_end().member("samples", samples);
  // What was erased has its receipts, also where the rest was not.
  if (stopped && samples == 0) return fail(*stopped);
  w.member("complete", !stopped.has_value());
  if (stopped) w.member("stopped", stopped->detail);
  w.object_end();
  return body;
}

void append_policy(http::JsonWriter& w, const RetentionPolicy& policy) {
  w.member("name", policy.name).member("points", policy.points);
  w.member("keep_days", policy.keep_days).member("order", policy.order);
}

/// Blocks: for the pool.
Result<std::string> run_policies(archive::Archive& archive, const archive::Actor& actor, bool dry_run,
                                 const std::function<bool()>& stop) {
  TRY(const auto lines, archive::run_retention(archive, actor, dry_run, stop));
  std::string body;
  http::JsonWriter w{body};
  w.object_begin().member("dry_run", dry_run).key("items").array_begin();
  for (const archive::RetentionLine& line : lines) {
    w.object_begin().member("name", line.policy.name).member("before", format_trimmed(line.before));
    w.member("points", line.points).member("samples", line.samples).key("receipts").array_begin();
    for (const std::uint64_t seq : line.batches) w.value(archive.receipts().name(seq));
    w.array_end().object_end();
  }
  w.array_end().object_end();
  return body;
}

archive::Actor actor_of(const Call& call) {
  return {call.caller->number, Door::penstock, call.now};
}

}  // namespace

Task<Answer> Calls::delete_range(Call& call) {
  auto range = read_range(call, nullptr);
  if (!range) co_return fail(range.error());
  auto point = find_one(*house_.archive.catalog(), *call.caller, call.part(0));
  if (!point) co_return fail(point.error());
  Result<std::string> body;
  const std::vector<ErasePoint> points{std::move(*point)};
  auto work = [&] { body = erase_points(house_.archive, points, *range, actor_of(call), stop_); };
  if (!co_await erasers_.run(work)) co_return fail(too_many());
  if (!body) co_return fail(body.error());
  co_return render_json(200, std::move(*body));
}

Task<Answer> Calls::delete_ranges(Call& call) {
  std::string pattern;
  auto range = read_range(call, &pattern);
  if (!range) co_return fail(range.error());
  if (pattern.empty() || pattern.size() > kPatternBytesMax)
    co_return fail(ErrorCode::invalid_argument, "/points",
                   "a pattern over tags, of 1024 bytes at most, is needed");
  Result<std::string> body;
  auto work = [&] {
    auto points = find_all(house_.archive, *call.caller, pattern);
    body = points ? erase_points(house_.archive, *points, *range, actor_of(call), stop_)
                  : fail(std::move(points).error());
  };
  if (!co_await erasers_.run(work)) co_return fail(too_many());
  if (!body) co_return fail(body.error());
  co_return render_json(200, std::move(*body));
}

Task<Answer> Calls::list_retention(Call&) {
  std::string body;
  http::JsonWriter w{body};
  const auto tables = house_.archive.catalog();
  w.object_begin().key("items").array_begin();
  for (const RetentionPolicy& policy : catalog::retention_policies(*tables)) {
    w.object_begin();
    append_policy(w, policy);
    w.object_end();
  }
  w.array_end().object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::get_retention(Call& call) {
  const auto tables = house_.archive.catalog();
  const RetentionPolicy* const policy = tables->retention.find(call.part(0));
  if (policy == nullptr) co_return fail(ErrorCode::not_found, {}, "there is no such policy");
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  append_policy(w, *policy);
  w.object_end();
  co_return render_json(200, std::move(body));
}

Task<Answer> Calls::put_retention(Call& call) {
  auto fields = Fields::of(call.body);
  if (!fields) co_return fail(fields.error());
  RetentionPolicy policy;
  policy.name = call.part(0);
  fields->text("points", policy.points);
  read_number(*fields, "keep_days", policy.keep_days);
  read_number(*fields, "order", policy.order);
  if (const auto end = fields->end(); !end) co_return fail(end.error());
  archive::Archive::Edit edit = [policy](catalog::Editor& editor) {
    return catalog::put_retention(editor, policy);
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  auto shown = get_retention(call);
  auto answer = co_await shown;
  co_return answer;
}

Task<Answer> Calls::delete_retention(Call& call) {
  archive::Archive::Edit edit = [&call](catalog::Editor& editor) {
    return catalog::erase_retention(editor, call.part(0));
  };
  auto task = change(std::move(edit), call);
  const auto done = co_await task;
  if (!done) co_return fail(done.error());
  co_return render_empty();
}

Task<Answer> Calls::run_retention(Call& call) {
  bool dry_run = false;
  if (!call.body.is_null()) {
    auto fields = Fields::of(call.body);
    if (!fields) co_return fail(fields.error());
    fields->flag("dry_run", dry_run);
    if (const auto end = fields->end(); !end) co_return fail(end.error());
  }
  Result<std::string> body;
  auto work = [&] { body = run_policies(house_.archive, actor_of(call), dry_run, stop_); };
  if (!co_await erasers_.run(work)) co_return fail(too_many());
  if (!body) co_return fail(body.error());
  co_return render_json(200, std::move(*body));
}

}  // namespace penstock::console
