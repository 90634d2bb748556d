#include "dialects/energyview/parse_regular.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/text.h"
#include "catalog/energyview.h"
#include "dialects/common/shape.h"

namespace penstock::dialects::energyview {
namespace {

/// Learning a layout pays only where some rows follow.
constexpr std::size_t kWorthwhileBytes = 256;
/// A series with more points than this is better kept as a run.
constexpr std::size_t kSlicePointsMax = 8;
/// A run is set aside for at most this many before it is known how many there are.
constexpr std::size_t kRunGuess = 2048;

/// The names of a series as they stand in a body.
struct Names {
  bool has_id = false, has_uuid = false, id_is_uuid = false;
  std::int64_t id = 0;
  std::string_view id_text, uuid_text, tag;
};

/// Walks the series of one body. Every function returns false at a surprise.
class SeriesWalk {
 public:
  explicit SeriesWalk(const http::Body& body) : at_{body.data()}, end_{body.data() + body.size()} {}

  /// Stands in front of the first series.
  bool begin() {
    at_ = shape::skip_blanks(at_, end_);
    if (at_ >= end_) return false;
    if (*at_ == '[') {
      at_ = shape::skip_blanks(at_ + 1, end_);
    } else {
      const auto outer =
          shape::take_apart(at_, end_, [](std::string_view name) { return name == "timeseries"; });
      if (!outer || !outer->has_list || outer->count != 0) return false;
      at_ = outer->end;
      closing_ = "]}";
    }
    auto head = shape::take_apart(at_, end_, [](std::string_view name) { return name == "data"; });
    if (!head || !head->has_list || !learn_names(*head) || !series_.learn(*head, {})) return false;
    if (id_ != kAbsent && !names_.id_is_uuid) {
      series_.limit_integers(id_, 0, std::numeric_limits<std::int64_t>::max());
    }
    return series_.first(at_, end_, cells_);
  }

  const Names& names() {
    if (id_ != kAbsent) {
      names_.id = cells_[id_].integer;
      names_.id_text = cells_[id_].text;
    }
    if (uuid_ != kAbsent) names_.uuid_text = cells_[uuid_].text;
    names_.tag = cells_[tag_].text;
    return names_;
  }

  /// About how many points of the size of the last ones the rest of the body has room for.
  std::size_t points_left() const {
    return static_cast<std::size_t>(end_ - at_) / (points_.is_known() ? points_.row_bytes() : 32);
  }

  /// Calls `take(time, number)` for each point of the series.
  template <class Take>
  bool each_point(Take&& take) {
    if (!points_.is_known() && !learn_point()) return false;
    shape::Cells cells;
    if (!points_.first(at_, end_, cells)) return false;
    shape::Step step;
    do {
      if (!take(cells[time_].integer, cells[1 - time_].number)) return false;
      step = points_.next(at_, end_, cells);
    } while (step == shape::Step::row);
    return step == shape::Step::end;
  }

  shape::Step next() {
    const shape::Step step = series_.next(at_, end_, cells_);
    if (step != shape::Step::end) return step;
    return shape::closes(at_, end_, closing_) ? step : shape::Step::surprise;
  }

 private:
  static constexpr std::size_t kAbsent = shape::kSlotsMax;

  bool learn_names(shape::Row& head) {
    std::size_t slot = 0;
    for (shape::Member& member : head.members()) {
      if (member.is_nested) continue;
      const bool is_text = member.token == shape::Token::text;
      std::size_t* place = nullptr;
      if (member.name == "node_id") {
        place = &id_;
        names_.has_id = true;
        names_.id_is_uuid = is_text;
        if (!is_text && member.token != shape::Token::number) return false;
      } else if (member.name == "node_uuid") {
        place = &uuid_;
        names_.has_uuid = true;
        if (!is_text) return false;
      } else if (member.name == "tag") {
        place = &tag_;
        if (!is_text) return false;
      } else {
        continue;
      }
      if (*place != kAbsent) return false;
      *place = slot++;
      member.role = is_text ? shape::Role::text : shape::Role::integer;
    }
    return tag_ != kAbsent && (names_.has_id || names_.has_uuid);
  }

  bool learn_point() {
    auto row = shape::take_apart(at_, end_);
    if (!row) return false;
    bool has_time = false, has_value = false;
    for (shape::Member& member : row->members()) {
      if (member.is_nested) {
        if (member.parent == "v" || member.parent == "ts") return false;
      } else if (member.name == "v") {
        if (has_value || member.token != shape::Token::number) return false;
        has_value = true;
        member.role = shape::Role::number;
      } else if (member.name == "ts") {
        if (has_time || member.token != shape::Token::text) return false;
        has_time = true;
        member.role = shape::Role::time;
      }
    }
    if (!has_time || !has_value) return false;
    shape::TimeRule rule;
    rule.fraction_digits = 6;
    rule.earliest = std::numeric_limits<std::int64_t>::min();
    if (!points_.learn(*row, rule)) return false;
    time_ = points_.slot_of(shape::Role::time);
    return true;
  }

  const char* at_;
  const char* const end_;
  std::string_view closing_ = "]";
  shape::Layout series_, points_;
  shape::Cells cells_;
  std::size_t id_ = kAbsent, uuid_ = kAbsent, tag_ = kAbsent, time_ = 0;
  Names names_;
};

/// The entry of a series without its points; nothing if a name is none.
std::optional<SeriesEntry> entry_of(const Names& names) {
  SeriesEntry entry;
  if (!catalog::is_ev_tag(names.tag)) return std::nullopt;
  entry.tag = names.tag;
  if (names.has_uuid) {
    const auto uuid = Uuid::parse(names.uuid_text);
    if (!uuid) return std::nullopt;
    entry.node = {true, 0, *uuid};
  }
  if (!names.has_id) return entry;
  entry.has_second_name = names.has_uuid;
  entry.second_name = entry.node.uuid;
  if (names.id_is_uuid) {
    const auto uuid = Uuid::parse(names.id_text);
    if (!uuid) return std::nullopt;
    entry.node = {true, 0, *uuid};
  } else {
    entry.node = {false, static_cast<std::uint64_t>(names.id), {}};
  }
  return entry;
}

}  // namespace

std::optional<std::vector<SeriesEntry>> parse_regular_series(const http::Body& body) {
  if (body.size() < kWorthwhileBytes) return std::nullopt;
  SeriesWalk walk{body};
  if (!walk.begin()) return std::nullopt;
  std::vector<SeriesEntry> entries;
  shape::Step step;
  do {
    auto entry = entry_of(walk.names());
    if (!entry) return std::nullopt;
    Run& run = entry->data;
    // Series of a body have about as many points each.
    run.reserve(entries.empty() ? std::min(walk.points_left() + 1, kRunGuess) : entries.back().data.size());
    const bool read = walk.each_point([&run](std::int64_t time, double number) {
      run.times.push_back(time);
      run.numbers.push_back(number);
      return true;
    });
    if (!read) return std::nullopt;
    entries.push_back(*std::move(entry));
    step = walk.next();
  } while (step == shape::Step::row);
  if (step != shape::Step::end) return std::nullopt;
  return entries;
}

std::optional<std::vector<PointSample>> parse_regular_slice(const http::Body& body,
                                                            const catalog::Tables& tables,
                                                            std::string_view domain,
                                                            const auth::Principal& caller) {
  if (body.size() < kWorthwhileBytes) return std::nullopt;
  SeriesWalk walk{body};
  if (!walk.begin()) return std::nullopt;
  const bool may_all = caller.may_everything(auth::Right::write);
  std::vector<PointSample> slice;
  // A series with its point is hardly shorter.
  slice.reserve(body.size() / 56);
  std::string address;
  shape::Step step;
  do {
    const Names& names = walk.names();
    if (!names.has_id || names.id_is_uuid || names.has_uuid || !catalog::is_ev_tag(names.tag))
      return std::nullopt;
    address.clear();
    catalog::append_ev_address(address, domain, static_cast<std::uint64_t>(names.id), names.tag);
    const auto id = tables.addresses.find(Door::energyview, address);
    const Point* const point = id ? tables.points.find(*id) : nullptr;
    if (point == nullptr || !is_number(point->kind()) || point->type == PointType::float16)
      return std::nullopt;
    if (!may_all && !caller.may(auth::Right::write, point->tag)) return std::nullopt;
    const bool is_single = point->kind() == Kind::float32;
    std::size_t count = 0;
    const bool read = walk.each_point([&](std::int64_t time, double number) {
      if (++count > kSlicePointsMax) return false;
      if (is_single) number = static_cast<double>(static_cast<float>(number));
      if (!std::isfinite(number)) return false;
      slice.push_back(PointSample::number(*id, time, number));
      slice.back().kind = point->kind();
      return true;
    });
    if (!read) return std::nullopt;
    step = walk.next();
  } while (step == shape::Step::row);
  if (step != shape::Step::end) return std::nullopt;
  return slice;
}

}  // namespace penstock::dialects::energyview
