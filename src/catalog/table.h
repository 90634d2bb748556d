#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace penstock::catalog {

/// First byte of a stored row's key. Numbers are part of the stored format: never reuse one.
enum class TableId : std::uint8_t {
  settings = 1,
  counters = 2,
  points = 3,
  digital_sets = 4,
  addresses = 5,
  af_databases = 10,
  af_elements = 11,
  af_attributes = 12,
  af_enumeration_sets = 13,
  af_templates = 14,
  af_attribute_templates = 15,
  af_categories = 16,
  omf_types = 20,
  omf_containers = 21,
  omf_instances = 22,
  omf_links = 23,
  bx_partitions = 30,
  bx_points = 31,
  bx_devices = 32,
  bx_locations = 33,
  ev_domains = 40,
  ev_nodes = 41,
  ev_series = 42,
  retention_policies = 50,
  access_principals = 60,
  access_logins = 61,
  access_keys = 62,
};

/// One durable change: the whole row, or its absence. This is what the journal and the store hold.
struct RowChange {
  TableId table{};
  std::string key;
  std::optional<std::string> row;  ///< Nothing: erased.
};

/// A table in memory, fed by rows as they are stored: at load, at replay and by the editor alike.
///
/// Threads: as the catalog says; a table has no lock of its own.
class TableBase {
 public:
  virtual ~TableBase() = default;
  /// Puts or erases one row. Errors: store_corrupt if the bytes can't be read.
  virtual Result<void> apply(std::string_view key, const std::optional<std::string>& row) = 0;
  /// The stored bytes of a row as they would be written now, or nothing.
  virtual std::optional<std::string> encoded(std::string_view key) const = 0;
  virtual void for_each_encoded(
      const std::function<void(std::string_view key, std::string row)>& f) const = 0;
};

/// The stored bytes of a row.
template <class T>
std::string encode_row(const T& row) {
  std::string bytes;
  ByteWriter writer{bytes};
  row.encode(writer);
  return bytes;
}
/// A row from its stored bytes. Errors: store_corrupt.
template <class T>
Result<T> decode_row(std::string_view key, std::string_view bytes) {
  ByteReader reader{bytes};
  std::optional<T> row = T::decode(key, reader);
  if (!row || !reader.ok()) return fail(ErrorCode::store_corrupt, {}, "a catalog row can't be read");
  return std::move(*row);
}

/// Rows of one struct, by key, in key order. A row type has
///   static constexpr TableId kTable;  std::string key() const;
///   void encode(ByteWriter&) const;   static std::optional<T> decode(std::string_view key, ByteReader&);
/// Encodings begin with a version byte, so that fields can be added: a reader takes zeros for what an old row
/// lacks. A subclass keeps further indexes through `added` and `removing`.
template <class T>
class Table : public TableBase {
 public:
  using Rows = std::map<std::string, T, std::less<>>;

  const T* find(std::string_view key) const {
    const auto at = rows_.find(key);
    return at == rows_.end() ? nullptr : &at->second;
  }
  const Rows& rows() const { return rows_; }
  std::size_t size() const { return rows_.size(); }

  Result<void> apply(std::string_view key, const std::optional<std::string>& row) override {
    if (!row) {
      if (const auto at = rows_.find(key); at != rows_.end()) {
        removing(at->second);
        rows_.erase(at);
      }
      return {};
    }
    TRY(T decoded, decode_row<T>(key, *row));
    if (const auto at = rows_.find(key); at != rows_.end()) {
      removing(at->second);
      at->second = std::move(decoded);
      added(at->second);
    } else {
      added(rows_.emplace(std::string{key}, std::move(decoded)).first->second);
    }
    return {};
  }
  std::optional<std::string> encoded(std::string_view key) const override {
    const T* row = find(key);
    if (row == nullptr) return std::nullopt;
    return encode(*row);
  }
  void for_each_encoded(const std::function<void(std::string_view, std::string)>& f) const override {
    for (const auto& [key, row] : rows_) f(key, encode(row));
  }
  static std::string encode(const T& row) { return encode_row(row); }

 protected:
  virtual void added(const T&) {}
  virtual void removing(const T&) {}

 private:
  Rows rows_;
};

}  // namespace penstock::catalog
