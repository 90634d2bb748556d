#pragma once

#include <vector>

#include "base/flat_index.h"
#include "catalog/row_store.h"
#include "catalog/table.h"

namespace penstock::catalog {

/// A table for rows that there may be millions of: the key is not kept beside the row, and there is no order.
/// A row type has what one of `Table` has, and
///   static std::uint64_t hash_of(std::string_view key);   bool has_key(std::string_view key) const;
/// A subclass keeps further indexes, over the numbers of rows, through `added` and `removing`.
template <class T>
class FlatTable : public TableBase {
 public:
  const T* find(std::string_view key) const {
    return find(T::hash_of(key), [&](const T& row) { return row.has_key(key); });
  }
  std::size_t size() const { return index_.size(); }
  /// Calls `f(row)` for every row, in no order, until it answers false.
  template <class F>
  void each(F&& f) const {
    index_.each([&](std::uint32_t number) { return f(row(number)); });
  }

  Result<void> apply(std::string_view key, const std::optional<std::string>& bytes) override {
    const std::uint64_t hash = T::hash_of(key);
    std::uint32_t number = index_.find(hash, [&](std::uint32_t each) { return rows_[each].has_key(key); });
    if (!bytes) {
      if (number == FlatIndex::kNone) return {};
      removing(number, rows_[number]);
      index_.erase(hash, number);
      rows_.remove(number);
      free_.push_back(number);
      return {};
    }
    TRY(T decoded, decode_row<T>(key, *bytes));
    if (number != FlatIndex::kNone) {
      removing(number, rows_[number]);
      rows_[number] = std::move(decoded);
    } else {
      number = free_number();
      rows_.add(number) = std::move(decoded);
      index_.insert(hash, number);
    }
    added(number, rows_[number]);
    return {};
  }
  std::optional<std::string> encoded(std::string_view key) const override {
    const T* row = find(key);
    if (row == nullptr) return std::nullopt;
    return encode(*row);
  }
  void for_each_encoded(const std::function<void(std::string_view, std::string)>& f) const override {
    each([&](const T& row) {
      f(row.key(), encode(row));
      return true;
    });
  }
  static std::string encode(const T& row) { return encode_row(row); }

 protected:
  virtual void added(std::uint32_t /*number*/, const T&) {}
  virtual void removing(std::uint32_t /*number*/, const T&) {}

  const T& row(std::uint32_t number) const { return rows_[number]; }
  template <class Same>
  const T* find(std::uint64_t hash, Same&& same) const {
    const std::uint32_t number =
        index_.find(hash, [&](std::uint32_t each) { return same(std::as_const(rows_[each])); });
    return number == FlatIndex::kNone ? nullptr : &rows_[number];
  }

 private:
  std::uint32_t free_number() {
    if (free_.empty()) return next_++;
    const std::uint32_t number = free_.back();
    free_.pop_back();
    return number;
  }

  RowStore<T> rows_;
  FlatIndex index_;
  std::vector<std::uint32_t> free_;
  std::uint32_t next_ = 0;
};

}  // namespace penstock::catalog
