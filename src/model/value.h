#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "model/time.h"

namespace penstock {

/// How the values of a point are kept. It follows from the point's type and never changes.
enum class Kind : std::uint8_t {
  float64 = 0,
  float32 = 1,  ///< In memory a double that a float holds exactly; stored and printed in single precision.
  int64 = 2,    ///< All integer types, and Timestamp points as nanoseconds.
  digital = 3,  ///< A state code of the point's digital set, in memory an int64.
  text = 4,     ///< UTF-8 text, or the bytes of a blob.
};
constexpr bool is_number(Kind kind) {
  return kind == Kind::float64 || kind == Kind::float32;
}
constexpr bool is_integer(Kind kind) {
  return kind == Kind::int64 || kind == Kind::digital;
}

/// What is known of a sample beyond its value. All zero is good.
struct Quality {
  static constexpr std::uint8_t kQuestionable = 1, kSubstituted = 2, kAnnotated = 4, kPinned = 8;

  std::uint16_t state =
      0;  ///< Code of a system state that stands in place of the value (248 No Data …), or 0.
  std::uint8_t flags = 0;
  std::uint8_t grade = 0;  ///< Building X `qualityOfValue`, 0 to 3.

  constexpr bool is_plain() const { return state == 0 && flags == 0 && grade == 0; }
  constexpr bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  constexpr bool operator==(const Quality&) const = default;
};

/// double for numbers, int64 for integers and digital codes, string for text. Under a system state: zero or
/// empty.
using Value = std::variant<double, std::int64_t, std::string>;

struct Sample {
  Timestamp time;
  Value value;
  Quality quality;
};

/// Samples of one point in columns. `qualities` is empty when all are plain, else as long as `times`.
/// Exactly one of the value columns is as long as `times`: the one that `kind` names.
struct Run {
  Kind kind = Kind::float64;
  std::vector<std::int64_t> times;  ///< Unix nanoseconds.
  std::vector<double> numbers;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
  std::vector<Quality> qualities;

  std::size_t size() const { return times.size(); }
  bool empty() const { return times.empty(); }
  Timestamp time(std::size_t i) const { return Timestamp::from_unix_ns(times[i]); }
  Quality quality(std::size_t i) const { return qualities.empty() ? Quality{} : qualities[i]; }
  Value value(std::size_t i) const;
  Sample sample(std::size_t i) const { return {time(i), value(i), quality(i)}; }

  void reserve(std::size_t n);
  void clear();
  void push(Timestamp time, Value value, Quality quality = {});  ///< The value's alternative must fit `kind`.
  void push(const Sample& sample) { push(sample.time, sample.value, sample.quality); }
  void push_from(const Run& other, std::size_t i);  ///< `other` has the same kind.
  /// Puts sample `i` of `other` (same kind) before place `at`.
  void insert_from(std::size_t at, const Run& other, std::size_t i);
  /// Puts sample `i` of `other` (same kind) over the one at place `at`.
  void assign_from(std::size_t at, const Run& other, std::size_t i);
  void append(const Run& other, std::size_t first, std::size_t count);
  void set_quality(std::size_t i, Quality quality);
  /// Bit-for-bit equality of values (NaN payloads, -0.0) and equality of qualities but for Substituted and
  /// Pinned.
  bool same_at(std::size_t i, const Run& other, std::size_t j) const;
  bool operator==(const Run& other) const;  ///< Bit for bit, an absent quality column equal to a plain one.
};

/// The default value of a kind: what stands under a system state.
Value zero_of(Kind kind);

}  // namespace penstock
