#pragma once

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"

namespace penstock::cli {

/// Which chunks of one load the server has acknowledged, in a file that outlives us.
///
/// The file begins with a line that names the load; a file of another load is begun anew. Then a line per
/// chunk. A line cut short by a crash is passed over: that chunk is sent again, which changes nothing.
/// Threads: any.
class ResumeFile {
 public:
  /// Errors: store_unavailable.
  ResumeFile() = default;
  ~ResumeFile();
  ResumeFile(const ResumeFile&) = delete;
  ResumeFile& operator=(const ResumeFile&) = delete;

  Result<void> open(const std::string& path, const std::string& load, bool restart);
  bool has(std::uint64_t chunk) const;
  void add(std::uint64_t chunk);
  void remove();  ///< The load is done.
  std::size_t count() const;

 private:
  mutable std::mutex mutex_;
  std::string path_;
  std::FILE* file_ = nullptr;
  std::vector<bool> acknowledged_;
  std::size_t count_ = 0;
};

}  // namespace penstock::cli
