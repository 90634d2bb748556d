#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "codec/coded_block.h"
#include "codec/frame.h"

namespace penstock::codec {

/// Finds the grid of a block's times, and lays it.
class GridLayer {
 public:
  /// `times` ascend strictly, up to eight frames of them. False where they span too much for a block of
  /// format 2.
  bool lay(const std::int64_t* times, std::size_t n);

  struct Part {
    std::uint64_t anchor = 0;  ///< Where the grid is at the frame's first sample.
    std::int64_t base = 0;     ///< To be taken off the frame's residuals.
    std::size_t jump = 0, jumps = 0;
  };
  const TimeGrid& grid() const { return grid_; }
  unsigned power() const { return power_; }
  const std::uint64_t* at() const { return at_.data(); }  ///< Units after the first time.
  /// One for each time; those of frames' first samples mean nothing.
  const std::int64_t* residuals() const { return residuals_.data(); }
  const Part& part(std::size_t frame) const { return parts_[frame]; }
  void write_jumps(std::size_t frame, std::string& out) const;

 private:
  struct Jump {
    std::size_t index;  ///< In its frame, from 1.
    std::int64_t extra;
  };

  void to_units(const std::int64_t* times);
  std::uint64_t typical_step(std::uint64_t longest) const;
  bool lay_grid(const TimeGrid& grid);
  double drift() const;
  double grid_bits() const;
  double step_bits(std::uint64_t step) const;
  void lay_steps(std::uint64_t step);

  std::size_t n_ = 0;
  unsigned power_ = 0;
  TimeGrid grid_;
  std::array<Part, kCodedFramesMax> parts_;
  std::vector<Jump> jumps_;
  std::array<std::uint64_t, kCodedFramesMax * kFrameSamplesMax> at_;
  std::array<std::int64_t, kCodedFramesMax * kFrameSamplesMax> residuals_;
};

}  // namespace penstock::codec
