#include "console/ledger_words.h"

#include <algorithm>

namespace penstock::console {
namespace {

struct DoorWord {
  Door door;
  std::string_view word;
};
constexpr DoorWord kDoors[] = {{Door::internal, "internal"},
                               {Door::pi, "pi"},
                               {Door::omf, "omf"},
                               {Door::building_x, "buildingx"},
                               {Door::energyview, "energyview"},
                               {Door::penstock, "penstock"}};

}  // namespace

std::string_view word_of(Door door) {
  for (const DoorWord& each : kDoors) {
    if (each.door == door) return each.word;
  }
  return "";
}

std::optional<Door> parse_door(std::string_view word) {
  for (const DoorWord& each : kDoors) {
    if (each.word == word) return each.door;
  }
  return std::nullopt;
}

std::string_view word_of(UpdateMode mode) {
  switch (mode) {
    case UpdateMode::replace: return "replace";
    case UpdateMode::insert: return "insert";
    case UpdateMode::insert_no_compression: return "insert_no_compression";
    case UpdateMode::replace_only: return "replace_only";
    case UpdateMode::remove: return "remove";
    case UpdateMode::replace_range: return "replace_range";
  }
  return "";
}

std::string_view word_of(archive::BatchOrigin origin) {
  using archive::BatchOrigin;
  switch (origin) {
    case BatchOrigin::write: return "write";
    case BatchOrigin::queued: return "queued";
    case BatchOrigin::resolved: return "resolved";
    case BatchOrigin::undo: return "undo";
    case BatchOrigin::replay: return "replay";
    case BatchOrigin::drop: return "drop";
    case BatchOrigin::retention: return "retention";
  }
  return "";
}

std::string_view word_of(archive::BatchState state) {
  using archive::BatchState;
  switch (state) {
    case BatchState::applied: return "applied";
    case BatchState::queued: return "queued";
    case BatchState::set_aside: return "set aside";
  }
  return "";
}

std::string_view word_of(RejectReason reason) {
  switch (reason) {
    case RejectReason::none: return "refused";
    case RejectReason::point_gone: return "point gone";
    case RejectReason::type_mismatch: return "type mismatch";
  }
  return "";
}

Names::Names(const Access& access, const catalog::Tables& tables) : tables_{tables} {
  for (const auth::Credential& credential : access.configured()) {
    principals_.emplace(credential.principal->number, credential.principal->name);
  }
  for (const auto& [name, row] : tables.access.principals.rows()) principals_.emplace(row.number, row.name);
}

std::string_view Names::principal(std::uint32_t number) const {
  const auto at = principals_.find(number);
  return at == principals_.end() ? std::string_view{} : at->second;
}

std::optional<std::uint32_t> Names::number_of(std::string_view principal) const {
  for (const auto& [number, name] : principals_) {
    if (name == principal) return number;
  }
  return std::nullopt;
}

std::string_view Names::tag(PointId point) const {
  const Point* known = tables_.points.find(point);
  return known == nullptr ? std::string_view{} : std::string_view{known->tag};
}

void append_time(http::JsonWriter& w, std::string_view name, Timestamp time) {
  w.member(name, format_trimmed(time));
}

void append_principal(http::JsonWriter& w, std::uint32_t number, const Names& names) {
  w.key("principal");
  if (const std::string_view name = names.principal(number); !name.empty()) {
    w.value(name);
  } else if (number != 0) {
    w.value(number);
  } else {
    w.null();
  }
}

void append_counts(http::JsonWriter& w, const WriteCounts& counts) {
  w.member("stored", counts.stored).member("replaced", counts.replaced).member("ignored", counts.ignored);
  w.member("erased", counts.erased).member("rejected", counts.rejected);
}

void append_set_aside(http::JsonWriter& w, const std::vector<archive::SetAside>& set_aside,
                      const Names& names) {
  w.key("set_aside").array_begin();
  for (const archive::SetAside& each : set_aside) {
    w.object_begin().member("point", to_number(each.point)).member("tag", names.tag(each.point));
    w.member("samples", each.samples).member("reason", word_of(each.reason)).object_end();
  }
  w.array_end();
}

Extent extent_of(const archive::BatchRecord& record) {
  Extent extent;
  std::vector<PointId> points;
  points.reserve(record.touches.size());
  for (const archive::Touch& touch : record.touches) {
    points.push_back(touch.point);
    const auto first = Timestamp::from_unix_ns(touch.first), last = Timestamp::from_unix_ns(touch.last);
    if (!extent.first || first < *extent.first) extent.first = first;
    if (!extent.last || last > *extent.last) extent.last = last;
  }
  std::sort(points.begin(), points.end());
  extent.points = static_cast<std::size_t>(std::unique(points.begin(), points.end()) - points.begin());
  return extent;
}

void append_record(http::JsonWriter& w, const archive::BatchRecord& record, const Names& names,
                   const archive::ReceiptNames& receipts) {
  const Extent extent = extent_of(record);
  w.member("receipt", receipts.name(record.seq)).member("seq", record.seq);
  append_time(w, "received", record.received);
  append_principal(w, record.principal, names);
  w.member("door", word_of(record.door)).member("mode", word_of(record.mode));
  w.member("origin", word_of(record.origin)).member("state", word_of(record.state)).key("about");
  if (record.other != 0) {
    w.value(receipts.name(record.other));
  } else {
    w.null();
  }
  w.member("sent", record.sent);
  append_counts(w, record.counts());
  w.member("points", extent.points);
  w.member("tag", record.touches.empty() ? std::string_view{} : names.tag(record.touches.front().point));
  for (const auto& [name, time] : {std::pair{"first", extent.first}, std::pair{"last", extent.last}}) {
    if (time) {
      append_time(w, name, *time);
    } else {
      w.key(name).null();
    }
  }
}

void append_record_points(http::JsonWriter& w, const archive::BatchRecord& record, const Names& names) {
  w.member("identical", record.by_outcome[static_cast<std::size_t>(Outcome::identical)]);
  w.key("touches").array_begin();
  for (const archive::Touch& touch : record.touches) {
    w.object_begin().member("point", to_number(touch.point)).member("tag", names.tag(touch.point));
    append_time(w, "first", Timestamp::from_unix_ns(touch.first));
    append_time(w, "last", Timestamp::from_unix_ns(touch.last));
    w.member("samples", touch.samples).member("append", touch.append).object_end();
  }
  w.array_end();
  append_set_aside(w, record.set_aside, names);
}

}  // namespace penstock::console
