#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/point.h"
#include "model/value.h"

namespace penstock::cli {

enum class TimeFormat : std::uint8_t {
  iso,     ///< ISO 8601, with an offset or in InputOptions::time_zone.
  unix_s,  ///< Seconds since 1970, a fraction allowed.
  unix_ms  ///< Whole milliseconds since 1970.
};

/// How a CSV file is to be understood. The first row names the columns.
struct InputOptions {
  std::string file;  ///< Plain or gzipped.
  char separator = ',';
  std::string time_column;           ///< Empty: the first.
  std::string series_column;         ///< Its text divides the rows into series; empty: one series.
  std::vector<std::string> columns;  ///< With values; empty: all but those two.
  std::string point_template;  ///< With {series}, {column}, {file}. Empty: "{series}.{column}" or "{column}".
  std::string map_file;        ///< CSV with the columns `column`, `point`, and if wanted `series` and `type`.
  std::string time_zone = "UTC";  ///< Of times without an offset.
  TimeFormat time_format = TimeFormat::iso;
  std::vector<std::string> nulls;  ///< Texts that mean "no value", beside the empty one.
  std::optional<PointType> type;   ///< Of all points; nothing: found from the values.
  std::int64_t slot_ns = 1;        ///< Times are cut to a multiple of this: what the door can tell apart.
  bool plain_names = false;  ///< Characters other than letters, digits, `_` and `-` become `_` in {…}.
};

/// A point that the file has values for.
struct Target {
  std::string name;  ///< As the template or the map says.
  std::string series, column;
  PointType type = PointType::float64;
  std::uint64_t values = 0;  ///< With repeats.
  std::optional<Timestamp> first, last;
};

/// Values of one target, in file order, no time twice.
struct Chunk {
  std::uint64_t number = 0;  ///< 0, 1, 2 … the same for the same file and options.
  std::size_t target = 0;    ///< Index into Input::targets.
  Run run;
};

/// A value that is not sent.
struct Reject {
  std::string point, time, value;
  std::size_t line = 0;
  std::string reason;
};

/// A CSV file as points and chunks of values. Reads the file twice: once to know the points, their types and
/// how much there is, once for the values. Of repeated times of a point the first value is kept.
class Input {
 public:
  /// The first reading. Errors: not_found, invalid_argument.
  static Result<Input> scan(const InputOptions& options);
  Input(Input&&) noexcept;
  ~Input();

  const std::vector<Target>& targets() const;
  std::uint64_t values() const;  ///< In all targets.

  /// The second reading. `take` gets every chunk in order and returns false to stop; `reject` gets what is
  /// left out. Errors: as scan.
  Result<void> read(std::size_t chunk_values, const std::function<bool(Chunk)>& take,
                    const std::function<void(const Reject&)>& reject);

 private:
  struct Impl;
  explicit Input(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A number as people write it in files: sign, digits, fraction, exponent; finite. Nothing else.
std::optional<double> parse_number(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace penstock::cli
