#include "cli/csv.h"

#include <zlib.h>

#include <sys/stat.h>
#include <cstring>
#include <deque>

namespace penstock::cli {

struct CsvReader::File {
  gzFile handle = nullptr;
  std::vector<char> buffer = std::vector<char>(256 * 1024);
  std::size_t at = 0, end = 0;
  ~File() {
    if (handle != nullptr) gzclose(handle);
  }
};

CsvReader::CsvReader(std::unique_ptr<File> file, std::string path, char separator)
    : file_{std::move(file)}, path_{std::move(path)}, separator_{separator} {}
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;
CsvReader::~CsvReader() = default;

Result<CsvReader> CsvReader::open(const std::string& path, char separator) {
  auto file = std::make_unique<File>();
  struct stat status {};
  // zlib reads plain text as it is, and folders as nothing.
  if (::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode)) {
    file->handle = gzopen(path.c_str(), "rb");
  }
  if (file->handle == nullptr) return fail(ErrorCode::not_found, path, "the file can't be read");
  gzbuffer(file->handle, 256 * 1024);
  return CsvReader{std::move(file), path, separator};
}

Result<bool> CsvReader::read_line(std::string& into) {
  bool any = false;
  while (true) {
    if (file_->at == file_->end) {
      const int got =
          gzread(file_->handle, file_->buffer.data(), static_cast<unsigned>(file_->buffer.size()));
      int status = Z_OK;
      const char* message = gzerror(file_->handle, &status);
      // The end of the file inside a gzip stream shows only in the status.
      if (got < 0 || (got == 0 && status == Z_BUF_ERROR)) {
        return fail(
            ErrorCode::invalid_argument, path_,
            got < 0 ? std::string{"the gzip stream is damaged: "} + message : "the gzip stream is cut short");
      }
      if (got == 0) {
        if (any) ++lines_read_;
        return any;
      }
      file_->at = 0;
      file_->end = static_cast<std::size_t>(got);
    }
    any = true;
    const char* begin = file_->buffer.data() + file_->at;
    const std::size_t left = file_->end - file_->at;
    if (const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', left))) {
      into.append(begin, newline);
      file_->at += static_cast<std::size_t>(newline - begin) + 1;
      ++lines_read_;
      return true;
    }
    into.append(begin, left);
    file_->at = file_->end;
  }
}

bool CsvReader::split_line() {
  fields_.clear();
  std::string_view rest = row_;
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  if (rest.find('"') == std::string_view::npos) {
    while (true) {
      const auto end = rest.find(separator_);
      fields_.push_back(rest.substr(0, end));
      if (end == std::string_view::npos) return true;
      rest.remove_prefix(end + 1);
    }
  }
  // Quoted fields are copied, so that they have their quotes off. All are written before any view is taken.
  std::vector<std::pair<bool, std::string>> parts;
  bool more = true;
  while (more) {
    std::string field;
    if (rest.starts_with('"')) {
      rest.remove_prefix(1);
      while (true) {
        const auto quote = rest.find('"');
        if (quote == std::string_view::npos) return false;
        field.append(rest.substr(0, quote));
        rest.remove_prefix(quote + 1);
        if (!rest.starts_with('"')) break;
        field.push_back('"');
        rest.remove_prefix(1);
      }
    }
    const auto end = rest.find(separator_);
    field.append(rest.substr(0, end));
    more = end != std::string_view::npos;
    if (more) rest.remove_prefix(end + 1);
    parts.emplace_back(true, std::move(field));
  }
  unquoted_.clear();
  for (auto& part : parts) unquoted_.push_back(std::move(part.second));
  for (const auto& field : unquoted_) fields_.push_back(field);
  return true;
}

Result<const std::vector<std::string_view>*> CsvReader::next() {
  while (true) {
    row_.clear();
    line_ = lines_read_ + 1;
    TRY(const bool found, read_line(row_));
    fields_.clear();
    if (!found) return &fields_;
    if (line_ == 1 && row_.starts_with("\xEF\xBB\xBF")) row_.erase(0, 3);
    if (row_.empty() || row_ == "\r") continue;
    while (!split_line()) {
      row_.push_back('\n');
      TRY(const bool continued, read_line(row_));
      if (!continued) {
        return fail(ErrorCode::invalid_argument, path_ + ":" + std::to_string(line_),
                    "a quote is not closed");
      }
    }
    return &fields_;
  }
}

}  // namespace penstock::cli
