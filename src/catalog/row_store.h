#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace penstock::catalog {

/// Rows by number, in pieces that never move: a pointer to a row stays good as long as the row is in. A
/// number that is not in use costs the room of an empty row, until all around it are free, too.
template <class Row>
class RowStore {
 public:
  /// What has that number: a row, or an empty `Row{}` beside one. Null where nothing is near.
  Row* find(std::uint32_t number) const {
    const std::size_t piece = number / kRows;
    return piece < pieces_.size() && pieces_[piece].rows ? &pieces_[piece].rows[number % kRows] : nullptr;
  }
  Row& operator[](std::uint32_t number) const { return pieces_[number / kRows].rows[number % kRows]; }

  /// The empty row of a number that is not in use. From now on it is.
  Row& add(std::uint32_t number) {
    const std::size_t piece = number / kRows;
    if (pieces_.size() <= piece) pieces_.resize(piece + 1);
    if (!pieces_[piece].rows) pieces_[piece].rows = std::make_unique<Row[]>(kRows);
    ++pieces_[piece].used;
    return pieces_[piece].rows[number % kRows];
  }
  /// The number is not in use any more, and its row is empty.
  void remove(std::uint32_t number) {
    Piece& piece = pieces_[number / kRows];
    if (--piece.used == 0) {
      piece.rows.reset();
    } else {
      piece.rows[number % kRows] = Row{};
    }
  }

  /// Calls `f(row)` for all, empty ones too, by number, until it answers false.
  template <class F>
  void each(F&& f) const {
    for (const Piece& piece : pieces_) {
      for (std::size_t i = 0; piece.rows && i < kRows; ++i) {
        if (!f(piece.rows[i])) return;
      }
    }
  }

 private:
  static constexpr std::size_t kRows = 512;
  struct Piece {
    std::unique_ptr<Row[]> rows;
    std::size_t used = 0;
  };
  std::vector<Piece> pieces_;
};

}  // namespace penstock::catalog
