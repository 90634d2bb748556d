#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/decimals.h"
#include "codec/huffman.h"
#include "codec/summary.h"

/// Format 2 of a block, whose frames share one grid of times, one scale of values and two Huffman codes:
/// docs/format/block.md. Inside of codec/block.
namespace penstock::codec {

inline constexpr std::size_t kCodedFramesMax = 8;

/// How a block's times follow each other: i · period / 2^fraction_bits and a residual, or steps of about
/// `period`. In units.
struct TimeGrid {
  bool steps = false;
  unsigned fraction_bits = 0;
  std::uint64_t period = 0;

  std::uint64_t at(std::uint64_t i) const { return (i * period) >> fraction_bits; }
  std::uint64_t whole_period() const { return period >> fraction_bits; }
};
inline constexpr unsigned kFractionBits = 16;
/// Longer periods are left to the steps, so that the arithmetic of the grid stays in range.
inline constexpr std::uint64_t kPeriodMax = std::uint64_t{1} << 36;

/// How a value is made of an integer.
enum class ValueMode : std::uint8_t {
  decimal = 0,      ///< m / 10ˢ
  integer = 1,      ///< It is one.
  double_bits = 2,  ///< The double whose bits are p · 2ˢ.
  float_bits = 3    ///< The float whose bits are the lower 32 of p · 2ˢ.
};
struct ValueForm {
  ValueMode mode = ValueMode::decimal;
  Precision precision = Precision::full;  ///< Of decimals.
  int shift = 0;                          ///< s.
  bool steps = false;  ///< Residuals are of the differences between neighbours, not of the values.
  std::int64_t center = 0;
};

/// Bits of the first byte of a frame's entry in the table.
enum FrameFlag : std::uint8_t {
  kHasQualities = 1,
  kHasJumps = 2,
  kHasExceptions = 4,
  kTimesHaveRaw = 8,
  kValuesHaveRaw = 16,
  kSummedAsIntegers = 32,
  kHasBad = 64  ///< Or questionable samples.
};

/// Sums over the integers m of a frame without exceptions and states; x = m − m[0], t in units.
struct IntegerSums {
  std::int64_t last = 0, least = 0, most = 0;  ///< As x.
  std::uint64_t when_least = 0, when_most = 0;
  std::int64_t sum = 0;    ///< Σ x
  std::int64_t twice = 0;  ///< Σ (x[i−1] + x[i]) · (t[i] − t[i−1])
  std::int64_t fall = 0;   ///< Σ (x[i−1] − x[i]) · (t[i] − t[i−1])
};

/// Fills the numbers of a summary, whose count, first and last are there, from sums.
void finish_summary(const IntegerSums& sums, std::int64_t first_integer, const ValueForm& form,
                    unsigned unit_power, FrameSummary& summary);

// Beside the kind in a block's first byte; beside a scale.
inline constexpr unsigned kStepsBit = 8, kValueStepsBit = 16, kFractionBit = 32;
inline constexpr unsigned kRoundedToFloat = 0x20;

/// Appends what follows the checksum in format 1.
void encode_plain_block(const Run& run, std::size_t first, std::size_t count, std::string& out);

/// Appends what follows the checksum in format 2. False, and nothing appended, where the format has no use:
/// texts, and runs that format 1 writes in fewer bytes.
bool encode_coded_block(const Run& run, std::size_t first, std::size_t count, std::string& out);

/// An opened block of format 2. Borrows the bytes.
///
/// Threads: one at a time, since the first decoding makes the tables.
class CodedBlock {
 public:
  /// `bytes` are those behind the checksum. Summaries go to `summaries`, which is empty. Null: damaged.
  static std::unique_ptr<CodedBlock> open(std::string_view bytes, std::vector<FrameSummary>& summaries);

  Kind kind() const { return kind_; }
  /// Appends the samples of frame `i` to `out`, which has the block's kind. False: damaged.
  [[nodiscard]] bool decode_frame(std::size_t i, Run& out);

 private:
  struct Frame {
    std::uint8_t flags = 0;
    std::uint32_t samples = 0, values = 0;
    std::uint64_t first = 0, last = 0;  ///< In units after the block's first time.
    std::uint64_t anchor = 0;           ///< Where the grid is at the first sample.
    std::int64_t first_integer = 0;
    std::array<std::uint32_t, kStreams> sizes{};    ///< Of the streams: two of times, two of values.
    std::array<std::uint32_t, 2> symbols{}, raw{};  ///< Of times and of values.
    std::uint32_t side = 0;                         ///< Bytes of jumps, exceptions and qualities.
    std::string_view payload;
  };
  struct Tables {
    DecodeTable times, values;
  };

  CodedBlock() = default;
  bool open_header(ByteReader& in);
  bool open_frame(ByteReader& table, std::size_t i, FrameSummary& summary);
  bool read_integer_summary(ByteReader& table, const Frame& frame, FrameSummary& summary) const;
  template <class Residual>
  bool decode_times(const Frame& frame, ByteReader& side, Residual residual, std::int64_t* times) const;
  template <class Residual>
  void decode_integers(const Frame& frame, Residual residual, std::int64_t* integers) const;
  void to_numbers(const std::int64_t* integers, std::size_t values, double* numbers) const;
  Timestamp time_at(std::uint64_t units) const;

  Kind kind_ = Kind::float64;
  std::uint32_t count_ = 0;
  std::size_t frames_made_ = 0;
  unsigned unit_power_ = 0;
  std::int64_t first_time_ = 0;
  std::uint64_t units_max_ = 0;  ///< More do not fit behind the first time.
  TimeGrid grid_;
  ValueForm form_;
  CodeLengths time_lengths_, value_lengths_;
  std::array<Frame, kCodedFramesMax> frames_;
  std::string_view end_;  ///< Empty, where the block ends.
  std::unique_ptr<Tables> tables_;
};

}  // namespace penstock::codec
