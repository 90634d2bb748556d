#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::cli {

/// Reads comma-separated text (RFC 4180: quotes, doubled quotes, line breaks inside quotes), plain or
/// gzipped, row by row. A byte order mark is passed over; empty lines are skipped.
class CsvReader {
 public:
  /// Errors: not_found.
  static Result<CsvReader> open(const std::string& path, char separator = ',');
  CsvReader(CsvReader&&) noexcept;
  CsvReader& operator=(CsvReader&&) noexcept;
  ~CsvReader();

  /// The next row, or nothing (an empty vector) at the end. Fields live until the next call.
  /// Errors: invalid_argument (a quote is not closed, the gzip stream is damaged).
  Result<const std::vector<std::string_view>*> next();

  std::size_t line() const { return line_; }  ///< Of the last row's first line, from 1.

 private:
  struct File;
  CsvReader(std::unique_ptr<File> file, std::string path, char separator);

  Result<bool> read_line(std::string& into);  ///< Appends; false at the end.
  bool split_line();                          ///< False if a quote is open at the end of the line.

  std::unique_ptr<File> file_;
  std::string path_;
  char separator_;
  std::string row_;
  std::vector<std::string> unquoted_;
  std::vector<std::string_view> fields_;
  std::size_t line_ = 0, lines_read_ = 0;
};

}  // namespace penstock::cli
