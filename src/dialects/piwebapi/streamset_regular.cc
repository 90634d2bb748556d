#include "dialects/piwebapi/streamset_regular.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "dialects/piwebapi/address.h"
#include "dialects/piwebapi/regular_rows.h"

namespace penstock::dialects::piwebapi {
namespace {

/// A run is set aside for at most this many before it is known how many there are.
constexpr std::size_t kRunGuess = 2048;

/// Walks the entries of one body. Every function returns false at a surprise.
class SetReader {
 public:
  SetReader(const Call& call, const catalog::Tables& tables, std::size_t values_max)
      : at_{call.request.body.data()},
        end_{at_ + call.request.body.size()},
        call_{call},
        tables_{tables},
        may_all_{call.caller.may_everything(auth::Right::write)},
        values_max_{values_max} {}

  RegularSet set;

  bool read(SetShape form) {
    at_ = shape::skip_blanks(at_, end_);
    if (at_ >= end_) return false;
    std::string_view closing = "]";
    if (*at_ == '[') {
      at_ = shape::skip_blanks(at_ + 1, end_);
    } else {
      const auto outer = shape::take_apart(at_, end_, [](std::string_view name) { return name == "Items"; });
      if (!outer || !outer->has_list || outer->count != 0) return false;
      at_ = outer->end;
      closing = "]}";
    }
    return (form == SetShape::one ? read_samples() : read_runs()) && shape::closes(at_, end_, closing);
  }

 private:
  struct Found {
    const Point* point = nullptr;
    PlainValues plain;
  };

  /// The point of a WebID, if the caller may write to it and it takes plain numbers.
  std::optional<Found> find(std::string_view text) const {
    const auto id = parse_webid(text);
    if (!id || id->kind != WebIdKind::point) return std::nullopt;
    const auto point = find_point(tables_, call_.identity, *id);
    if (!point || (!may_all_ && !call_.caller.may(auth::Right::write, (*point)->tag))) return std::nullopt;
    const DigitalSet* const states =
        (*point)->type == PointType::digital ? tables_.digital_sets.find((*point)->digital_set) : nullptr;
    const Found found{*point, plain_values((*point)->type, states)};
    if (found.plain.role == shape::Role::fixed) return std::nullopt;
    return found;
  }

  /// The one WebID of an entry.
  static const shape::Member* give_webid_role(shape::Row& row) {
    shape::Member* webid = nullptr;
    for (shape::Member& member : row.members()) {
      if (member.is_nested) continue;
      if (iequals(member.name, "Path")) return nullptr;
      if (!iequals(member.name, "WebId")) continue;
      if (webid != nullptr || member.token != shape::Token::text) return nullptr;
      webid = &member;
    }
    if (webid != nullptr) webid->role = shape::Role::text;
    return webid;
  }

  bool read_samples() {
    auto row = shape::take_apart(at_, end_);
    if (!row) return false;
    const shape::Member* const webid = give_webid_role(*row);
    const auto first = webid == nullptr ? std::nullopt : find(webid->text);
    if (!first || !give_item_roles(*row, "Value", first->plain.role)) return false;
    shape::Layout layout;
    if (!layout.learn(*row, write_times(call_.now, false))) return false;
    const std::size_t id = layout.slot_of(shape::Role::text), time = layout.slot_of(shape::Role::time);
    const std::size_t value = layout.slot_of(first->plain.role);
    set.slice.reserve(std::min(static_cast<std::size_t>(end_ - at_) / layout.row_bytes() + 1, values_max_));
    shape::Cells cells;
    if (!layout.first(at_, end_, cells)) return false;
    shape::Step step;
    do {
      if (set.slice.size() == values_max_) return false;
      const auto found = find(cells[id].text);
      if (!found || found->plain.role != first->plain.role) return false;
      PointSample& sample = set.slice.emplace_back();
      if (found->plain.role == shape::Role::number) {
        double number = cells[value].number;
        if (found->point->kind() == Kind::float32) number = static_cast<double>(static_cast<float>(number));
        if (!std::isfinite(number)) return false;
        sample = PointSample::number(found->point->id, cells[time].integer, number);
      } else {
        const std::int64_t number = cells[value].integer;
        if (number < found->plain.low || number > found->plain.high) return false;
        sample = PointSample::integer(found->point->id, cells[time].integer, number);
      }
      sample.kind = found->point->kind();
      step = layout.next(at_, end_, cells);
    } while (step == shape::Step::row);
    return step == shape::Step::end;
  }

  bool read_runs() {
    auto head = shape::take_apart(at_, end_, [](std::string_view name) { return iequals(name, "Items"); });
    if (!head || !head->has_list || give_webid_role(*head) == nullptr) return false;
    shape::Layout entries;
    if (!entries.learn(*head, {})) return false;
    shape::Cells id;
    if (!entries.first(at_, end_, id)) return false;
    shape::Step step;
    do {
      const auto found = find(id[0].text);
      if (!found || !read_run(*found)) return false;
      step = entries.next(at_, end_, id);
    } while (step == shape::Step::row);
    return step == shape::Step::end;
  }

  bool read_run(const Found& found) {
    if (!rows_.is_known() || role_ != found.plain.role) {
      auto row = shape::take_apart(at_, end_);
      if (!row || !give_item_roles(*row, {}, found.plain.role)) return false;
      if (!rows_.learn(*row, write_times(call_.now, false))) return false;
      role_ = found.plain.role;
    }
    const std::size_t time = rows_.slot_of(shape::Role::time), value = 1 - time;
    const std::size_t usual = set.writes.empty() ? kRunGuess : set.writes.back().run.size();
    PointWrite& write = set.writes.emplace_back();
    write.point = found.point->id;
    Run& run = write.run;
    run.kind = found.point->kind();
    run.reserve(std::min(static_cast<std::size_t>(end_ - at_) / rows_.row_bytes() + 1, usual));
    shape::Cells cells;
    if (!rows_.first(at_, end_, cells)) return false;
    shape::Step step;
    do {
      if (++values_ > values_max_) return false;
      run.times.push_back(cells[time].integer);
      if (role_ == shape::Role::number) {
        double number = cells[value].number;
        if (run.kind == Kind::float32) number = static_cast<double>(static_cast<float>(number));
        if (!std::isfinite(number)) return false;
        run.numbers.push_back(number);
      } else {
        const std::int64_t number = cells[value].integer;
        if (number < found.plain.low || number > found.plain.high) return false;
        run.integers.push_back(number);
      }
      step = rows_.next(at_, end_, cells);
    } while (step == shape::Step::row);
    return step == shape::Step::end;
  }

  const char* at_;
  const char* const end_;
  const Call& call_;
  const catalog::Tables& tables_;
  const bool may_all_;
  const std::size_t values_max_;
  shape::Layout rows_;
  shape::Role role_ = shape::Role::fixed;
  std::size_t values_ = 0;
};

}  // namespace

std::optional<RegularSet> parse_regular_set(const Call& call, const catalog::Tables& tables, SetShape form,
                                            std::size_t values_max) {
  if (call.request.body.size() < kRegularBytesMin) return std::nullopt;
  SetReader reader{call, tables, values_max};
  if (!reader.read(form)) return std::nullopt;
  return std::move(reader.set);
}

}  // namespace penstock::dialects::piwebapi
