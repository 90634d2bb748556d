#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/group.h"
#include "model/point.h"
#include "model/value.h"
#include "model/write.h"

// One struct per tag, with `write_…` into a group and `parse_…` from an entry's body. Structs with views
// borrow the bytes. Errors of every parse: store_corrupt. docs/format/journal.md has the layouts.

namespace penstock::journal {

/// `count` samples in the order sent that fared alike.
struct OutcomeRun {
  Outcome outcome{};
  RejectReason reason = RejectReason::none;  ///< Only with `rejected`.
  std::uint32_t count = 0;
  bool operator==(const OutcomeRun&) const = default;
};

/// Appends one point's outcomes to those of its command; equal neighbours join.
void append_outcomes(std::vector<OutcomeRun>& all, const Outcomes& some);

/// Samples of one point that changed nothing of it: ignored, identical or rejected.
struct Idle {
  PointId point{};
  std::int64_t first = 0, last = 0;  ///< Unix nanoseconds, both ends in.
  std::uint32_t samples = 0;
  bool operator==(const Idle&) const = default;
};

/// BATCH: one write command or catalog change. Owns the entries after it, up to the next BATCH.
struct Batch {
  static constexpr std::uint8_t kUndecided = 1;  ///< In `touch`: an INTENT follows, there are no outcomes.

  std::uint64_t seq = 0;
  std::uint32_t principal = 0;
  Door door = Door::internal;
  UpdateMode mode = UpdateMode::replace;
  std::uint8_t origin = 0;         ///< An archive::BatchOrigin.
  std::uint64_t about = 0;         ///< Undo, replay and drop: the batch that it is about; else 0.
  std::uint8_t touch = 0;          ///< kUndecided, or 0.
  std::int32_t wall_delta_us = 0;  ///< When the command came, against the group's wall clock.
  std::uint32_t sent = 0;          ///< Samples in the command; 0 for a catalog change.
  std::vector<OutcomeRun> outcomes;
  std::vector<Idle> idle;  ///< Points of the command that no entry names.
};
void write_batch(GroupBuffer& group, const Batch& batch);
Result<Batch> parse_batch(std::string_view body);

/// ONE: a single sample. Not for text: that goes as a RUN.
struct One {
  PointId point{};
  Timestamp time = Timestamp::from_unix_ns(0);
  Kind kind = Kind::float64;
  std::uint64_t bits = 0;  ///< Of the double, or of the int64.
  Quality quality;

  static One of(PointId point, Kind kind, const Sample& sample);  ///< `kind` is not text.
  Sample sample() const;
};
/// Flags of ONE, RUN and SLICE entries, for the ledger.
enum EntryFlag : std::uint8_t {
  kAppended = 1,    ///< The point had nothing at these times or later.
  kCommonRange = 2  ///< SLICE: no point of it had anything at its earliest time or later.
};
void write_one(GroupBuffer& group, const One& one, std::uint8_t flags = 0);
Result<One> parse_one(std::string_view body);

/// SLICE: one sample after the other, of any points, all of plain quality and none of text.
void write_slice(GroupBuffer& group, std::span<const PointSample> samples, std::uint8_t flags = 0);
/// `out` then has the samples of the entry, and nothing else.
Result<void> parse_slice(std::string_view body, std::vector<PointSample>& out);

/// RUN: samples of one point, ascending, as a frame of the codec room; only bytes here.
struct RunFrame {
  PointId point{};
  std::string_view frame;
};
void write_run(GroupBuffer& group, PointId point, std::string_view frame, std::uint8_t flags = 0);
Result<RunFrame> parse_run(std::string_view body);

/// Why samples were erased. Numbers are part of the stored format.
enum class EraseWhy : std::uint8_t {
  asked = 0,
  replaced_range = 1,
  point_gone = 2,
  compressed = 3,
  retention = 4
};

/// ERASE: all samples of a point in [first, last], both ends in.
struct Erase {
  PointId point{};
  Timestamp first = Timestamp::from_unix_ns(0), last = Timestamp::from_unix_ns(0);
  EraseWhy why = EraseWhy::asked;
};
void write_erase(GroupBuffer& group, const Erase& erase);
Result<Erase> parse_erase(std::string_view body);

/// CATALOG: one row of a table of the catalog, whole, or its absence.
struct CatalogRow {
  std::uint8_t table = 0;
  std::string_view key;
  std::optional<std::string_view> row;  ///< Nothing: erased.
};
void write_catalog(GroupBuffer& group, const CatalogRow& row);
Result<CatalogRow> parse_catalog(std::string_view body);

}  // namespace penstock::journal
