#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/common/pi_time.h"
#include "dialects/piwebapi/wire.h"

namespace penstock::dialects::piwebapi {

/// What an expression comes to.
struct ExpressionValue {
  enum class Type : std::uint8_t { none, number, text, time, state, system_state };
  Type type = Type::none;
  double number = 0;
  std::int64_t integer = 0;         ///< Nanoseconds of a time, the code of a state.
  std::string_view text;            ///< Borrowed from the expression, the samples or the set.
  const DigitalSet* set = nullptr;  ///< That of a state; null: the system's.
};

/// A filter in the vendor's performance equation syntax, asked of one sample at a time:
/// `'.' > 70 and not BadVal('.')`. *PI Web API Reference, "Stream GetRecorded"*; *PI Server, "Performance
/// equations syntax"*.
///
/// `'.'` (also `"."`) is the sample. There are numbers, texts in double quotes, times in single quotes,
/// `= <> < <= > >=`, `and or not`, `+ - * / ^ mod`, and the functions BadVal, IsSet, Abs and DigState. True
/// is 1 and false is 0. A system state is no value: what is computed with it is none either, and does not
/// pass.
class FilterExpression {
 public:
  /// Times in the text hang on `now`, clock times belong to `zone`.
  /// Errors: invalid_argument (not of the syntax, too long, too deep), unsupported (a function or a stream
  /// that is not offered).
  static Result<FilterExpression> parse(std::string_view text, Timestamp now, PiZone zone);

  FilterExpression(FilterExpression&&) noexcept;
  FilterExpression& operator=(FilterExpression&&) noexcept;
  ~FilterExpression();

  /// Does the sample of that stream pass?
  bool passes(const Stream& stream, const Sample& sample) const;

  /// The place of a stream, by its name; errors are those of the whole.
  using PlaceOf = std::function<Result<std::size_t>(std::string_view name)>;
  /// The same syntax over streams of any name: `'SINUSOID' * 2`. A quoted text that names no stream may be a
  /// time. Errors: also not_found, and what `place_of` has.
  static Result<FilterExpression> parse_calculation(std::string_view text, Timestamp now, PiZone zone,
                                                    const PlaceOf& place_of);
  /// What it comes to for one sample of each stream, by place. Texts in it live as long as the arguments.
  ExpressionValue value(std::span<const Stream> streams, std::span<const Sample> samples) const;
  /// True if it can come to true and false alone.
  bool is_truth() const;

  struct Node;

 private:
  explicit FilterExpression(std::unique_ptr<Node> root);
  std::unique_ptr<Node> root_;
};

}  // namespace penstock::dialects::piwebapi
