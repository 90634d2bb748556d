#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "codec/packing.h"
#include "model/value.h"

/// Doubles as m / 10ˢ with a whole m, where that gives the same bits back.
namespace penstock::codec {

/// How a decimal is rounded to a value: to a double, or to a float that is then widened.
enum class Precision : std::uint8_t { single, full };
constexpr Precision precision_of(Kind kind) {
  return kind == Kind::float32 ? Precision::single : Precision::full;
}

/// Powers of ten that a double holds exactly. A quotient of two exact doubles is rounded once, so m / 10ˢ is
/// the double nearest to the decimal, the same that parsing its text gives.
inline constexpr std::array<double, 23> kTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
/// Decimals of more digits after the point are seldom meant.
inline constexpr int kScaleMeant = 9;

/// A column of up to kColumnMax values as decimals.
struct Decimals {
  int scale = -1;  ///< -1: none fits.
  Precision precision = Precision::full;
  std::size_t exceptions = 0;  ///< Values that do not come back; each has the mantissa of a neighbour.
  std::int64_t mantissas[kColumnMax];
  std::uint16_t exception[kColumnMax + 1];  ///< Their indexes, ascending.
};

/// Finds a scale, `at_least` or more, for all values or nearly all: that of a few, raised as long as failing
/// values ask for more and that costs less than keeping them raw.
void find_decimals(const double* values, std::size_t n, Precision precision, int at_least, Decimals& found);

/// The scale at which one value comes back, `from` or the least above it, or -1; and its mantissa then.
int least_scale(double value, Precision precision, int from);
std::int64_t mantissa_at(double value, Precision precision, int scale);

/// m / 10ˢ for each.
void from_decimals(const std::int64_t* mantissas, std::size_t n, Precision precision, int scale,
                   double* values);
double from_decimal(std::int64_t mantissa, Precision precision, int scale);

/// The exceptions of `decimals` as they stand in `values`.
void write_exceptions(const double* values, const Decimals& decimals, std::string& out);
/// Puts them into `values`, n of them. False where the bytes are damaged.
[[nodiscard]] bool read_exceptions(ByteReader& in, std::size_t n, double* values);

}  // namespace penstock::codec
