#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialects/common/pi_time.h"
#include "dialects/piwebapi/wire.h"

namespace penstock::dialects::piwebapi {

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

  struct Node;

 private:
  explicit FilterExpression(std::unique_ptr<Node> root);
  std::unique_ptr<Node> root_;
};

}  // namespace penstock::dialects::piwebapi
