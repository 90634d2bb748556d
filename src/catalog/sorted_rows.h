#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace penstock::catalog {

/// Numbers of rows in an order that the rows say: four bytes each, in sorted pieces of bounded size, so that
/// one more moves few. `before(a, b)` compares rows by number; it must be the same order in every call.
class SortedRows {
 public:
  template <class Before>
  void insert(std::uint32_t row, Before&& before) {
    // Rows that are loaded often come in order.
    if (pieces_.empty() || before(pieces_.back().back(), row)) return append(row);
    const Place place = lower_bound([&](std::uint32_t other) { return before(other, row); });
    Piece& piece = pieces_[place.piece];
    piece.insert(piece.begin() + static_cast<std::ptrdiff_t>(place.at), row);
    if (piece.size() > kPieceMax) split(place.piece);
  }
  /// Takes out a row that is in.
  template <class Before>
  void erase(std::uint32_t row, Before&& before) {
    const Place place = lower_bound([&](std::uint32_t other) { return before(other, row); });
    Piece& piece = pieces_[place.piece];
    piece.erase(piece.begin() + static_cast<std::ptrdiff_t>(place.at));
    if (piece.empty()) pieces_.erase(pieces_.begin() + static_cast<std::ptrdiff_t>(place.piece));
  }
  /// Adds a row that comes behind all others.
  void append(std::uint32_t row) {
    if (pieces_.empty() || pieces_.back().size() == kPieceMax) {
      pieces_.emplace_back();
      pieces_.back().reserve(kPieceMax + 1);
    }
    pieces_.back().push_back(row);
  }

  /// Calls `f(row)` in order, from the first row on of which `is_before(row)` says no, until `f` answers
  /// false.
  template <class IsBefore, class F>
  void each_from(IsBefore&& is_before, F&& f) const {
    for (Place place = lower_bound(is_before); place.piece < pieces_.size(); ++place.piece, place.at = 0) {
      const Piece& piece = pieces_[place.piece];
      for (; place.at < piece.size(); ++place.at) {
        if (!f(piece[place.at])) return;
      }
    }
  }

 private:
  using Piece = std::vector<std::uint32_t>;
  static constexpr std::size_t kPieceMax = 511;
  struct Place {
    std::size_t piece, at;
  };

  template <class IsBefore>
  Place lower_bound(IsBefore&& is_before) const {
    const auto piece = std::partition_point(pieces_.begin(), pieces_.end(),
                                            [&](const Piece& each) { return is_before(each.back()); });
    if (piece == pieces_.end()) return {pieces_.size(), 0};
    const auto at = std::partition_point(piece->begin(), piece->end(), is_before);
    return {static_cast<std::size_t>(piece - pieces_.begin()), static_cast<std::size_t>(at - piece->begin())};
  }
  void split(std::size_t number) {
    Piece upper;
    upper.reserve(kPieceMax + 1);
    Piece& piece = pieces_[number];
    const auto middle = piece.begin() + static_cast<std::ptrdiff_t>(piece.size() / 2);
    upper.assign(middle, piece.end());
    piece.erase(middle, piece.end());
    pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(number + 1), std::move(upper));
  }

  std::vector<Piece> pieces_;
};

}  // namespace penstock::catalog
