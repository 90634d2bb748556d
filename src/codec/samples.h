#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "codec/packing.h"
#include "model/value.h"

/// What frames and blocks share of putting samples into bytes and back.
namespace penstock::codec {

/// Appends run.qualities[first, first + n), up to kColumnMax, as a column of integers.
void encode_qualities(const Run& run, std::size_t first, std::size_t n, std::string& out);
/// Fills out.qualities from `first` on, and takes the samples under a state off `values`. False where the
/// bytes are damaged.
[[nodiscard]] bool decode_qualities(ByteReader& in, std::size_t n, Run& out, std::size_t first,
                                    std::size_t& values);

/// Moves `values` packed values at the front of a column to the places of the samples without a state.
template <class T>
void spread(T* column, const Quality* qualities, std::size_t n, std::size_t values) {
  for (std::size_t i = n; i-- > 0;) {
    if (qualities[i].state == 0) {
      --values;
      if (values != i) column[i] = std::move(column[values]);
    } else {
      column[i] = T{};
    }
  }
}
/// The same for the column of the run's kind, from `first` on.
void spread_values(Run& run, std::size_t first, std::size_t n, std::size_t values);

/// Room for `n` samples more at the end of a run; they are cut off again unless `keep` is called. The column
/// of qualities grows only if there is one.
class Grown {
 public:
  Grown(Run& run, std::size_t n);
  ~Grown();
  Grown(const Grown&) = delete;
  Grown& operator=(const Grown&) = delete;

  std::size_t first() const { return first_; }  ///< Index of the first new sample.
  void keep() { kept_ = true; }

 private:
  void resize(std::size_t n);

  Run& run_;
  std::size_t first_;
  bool plain_, kept_ = false;
};

}  // namespace penstock::codec
