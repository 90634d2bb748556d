#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "archive/archive.h"
#include "console/access.h"
#include "http/json_writer.h"

/// What batches and dead letters are told with: the words of the ledger, and names for its numbers.
namespace penstock::console {

std::string_view word_of(Door door);  ///< "pi", "buildingx" …
std::optional<Door> parse_door(std::string_view word);
std::string_view word_of(UpdateMode mode);              ///< "replace", "insert_no_compression" …
std::string_view word_of(archive::BatchOrigin origin);  ///< "write", "queued" …
std::string_view word_of(archive::BatchState state);    ///< "applied", "queued", "set aside".
std::string_view word_of(RejectReason reason);          ///< "point gone", "type mismatch".

/// Names of principals and points as of one moment. Borrows the tables: keep it no longer than their reader.
class Names {
 public:
  Names(const Access& access, const catalog::Tables& tables);

  /// Empty for a number that nobody has any more, and for 0, the server itself.
  std::string_view principal(std::uint32_t number) const;
  std::optional<std::uint32_t> number_of(std::string_view principal) const;
  std::string_view tag(PointId point) const;  ///< Empty for a point that is gone.

 private:
  const catalog::Tables& tables_;
  std::map<std::uint32_t, std::string_view> principals_;
};

/// `"name":"2026-11-21T17:50:00.25Z"`
void append_time(http::JsonWriter& w, std::string_view name, Timestamp time);
/// `"principal":"loader"`, or the number of one that is gone, or null for the server itself.
void append_principal(http::JsonWriter& w, std::uint32_t number, const Names& names);
/// `"stored":…,"replaced":…,"ignored":…,"erased":…,"rejected":…` as the headers of answers count.
void append_counts(http::JsonWriter& w, const WriteCounts& counts);
/// `"set_aside":[{"point":…,"tag":…,"samples":…,"reason":…}]`
void append_set_aside(http::JsonWriter& w, const std::vector<archive::SetAside>& set_aside,
                      const Names& names);

/// What a record touched, summed up.
struct Extent {
  std::size_t points = 0;                ///< Different ones.
  std::optional<Timestamp> first, last;  ///< Of all their times.
};
Extent extent_of(const archive::BatchRecord& record);

/// Members of a record that fit into a line. The writer stands inside of an object.
void append_record(http::JsonWriter& w, const archive::BatchRecord& record, const Names& names,
                   const archive::ReceiptNames& receipts);
/// And what it did to each point.
void append_record_points(http::JsonWriter& w, const archive::BatchRecord& record, const Names& names);

}  // namespace penstock::console
