#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "catalog/catalog.h"
#include "dialects/omf/events.h"
#include "dialects/omf/omf.h"
#include "dialects/omf/wire.h"
#include "model/write.h"

namespace penstock::dialects::omf {

/// What does not change from item to item of a data message.
struct DataRules {
  Action action = Action::create;
  Timestamp now = Timestamp::from_unix_ns(0);
  std::int64_t future_tolerance_ns = 600 * kNsPerSecond;
  MissingProperty missing = MissingProperty::skip;
};

/// Where a property of a container's type goes.
struct Column {
  enum class Role : std::uint8_t { value, index, quality, unused };

  const catalog::OmfProperty* property = nullptr;
  Role role = Role::unused;
  const catalog::OmfType* enumeration = nullptr;  ///< Of a property that refers to one.
  Kind kind = Kind::float64;                      ///< Of the point.
  bool future = false;                            ///< The point takes times of any future.
  std::uint32_t write = 0;                        ///< Place in WriteCommand::writes.
};

/// How an `isquality` property is read: `metadata.DataQualitySchema` of the type.
enum class QualitySchema : std::uint8_t { unknown, opc_ua, opc_da };

/// How values of one container become columns. Borrows from the catalog.
struct ContainerPlan {
  const catalog::OmfContainer* container = nullptr;
  const catalog::OmfType* type = nullptr;
  std::vector<Column> columns;  ///< In the order of the type's properties.
  bool is_simple = false;
  QualitySchema quality_schema = QualitySchema::unknown;
  std::unique_ptr<const Event> refusal;  ///< Why nothing of this container can be written, or null.
};

/// Plans containers for one caller and one body. Borrows all that it is given.
class ContainerPlanner {
 public:
  ContainerPlanner(const catalog::Tables& tables, const auth::Principal& caller)
      : tables_{tables}, caller_{caller}, may_all_{caller.may_everything(auth::Right::write)} {}

  /// Adds an empty run per point to `writes`.
  ContainerPlan plan(const catalog::OmfContainer& container, std::vector<PointWrite>& writes);

 private:
  const catalog::OmfType* find_type(const InternedText& id);

  const catalog::Tables& tables_;
  const auth::Principal& caller_;
  const bool may_all_;
  const InternedText* last_id_ = nullptr;  // Many containers of a body have the same type.
  const catalog::OmfType* last_type_ = nullptr;
};

/// A JSON scalar out of a message. `text` is the unescaped string, or the token of a number.
struct Scalar {
  enum class Kind : std::uint8_t { null, boolean, number, string, compound };
  Kind kind = Kind::null;
  bool flag = false;
  std::string_view text;

  std::string_view shown() const;  ///< For events.
};

/// One value on its way into a column. Texts are borrowed from the message.
struct Cell {
  enum class State : std::uint8_t {
    absent,   ///< The event does not name the property.
    value,    ///< One of the three below, by the kind of the column.
    system,   ///< `system` stands in place of the value.
    refused,  ///< Reported already.
  };
  State state = State::absent;
  std::uint16_t system = 0;
  double number = 0;
  std::int64_t integer = 0;
  std::string_view text;
};

/// A value for a column: the conversions of numbers, texts and booleans, ranges of the OMF format, members of
/// enumerations. What does not fit gives an event and a refused cell. `error` and `info` are for the item.
Cell decode_value(const Column& column, const Scalar& scalar, const DataRules& rules, Report& report,
                  std::size_t item);
/// A number that is known to be one, for a column of float64 or float32 format.
Cell decode_double(const Column& column, double number, Report& report, std::size_t item);
/// A whole number for a column of an integer format.
Cell decode_integer(const Column& column, std::int64_t number, Report& report, std::size_t item);

/// The default of a property's type, for MissingProperty::default_value.
Cell default_cell(const Column& column);

/// Reads the times of one body.
class IndexReader {
 public:
  explicit IndexReader(Timestamp now) : now_{now} {}

  /// The time of an event. ISO 8601 first, without a zone UTC, a date alone is midnight; then the looser
  /// forms. Cut to 100 ns. Errors: invalid_time, time_out_of_range (before 1970).
  Result<Timestamp> read(std::string_view text);

 private:
  std::optional<Timestamp> read_usual(std::string_view text);

  Timestamp now_;
  static constexpr std::size_t kMinute = 16;  // 2026-11-20T12:00
  std::array<char, kMinute> minute_text_{};   // Of the last time in the usual form, and when it begins.
  std::int64_t minute_ns_ = 0;
};

/// What an `isquality` value makes of the values beside it: a system state, or a flag.
Quality quality_of(QualitySchema schema, const Scalar& scalar);

/// Appends a cell to a run. Absent and refused cells are not for it.
void push_cell(Run& run, Timestamp time, const Cell& cell, Quality quality);

}  // namespace penstock::dialects::omf
