#include "cli/resume.h"

#include <fstream>

#include "cli/input.h"

namespace penstock::cli {

namespace {

constexpr std::uint64_t kChunksMax = std::uint64_t{1} << 32;

void set_bit(std::vector<bool>& bits, std::uint64_t at) {
  if (bits.size() <= at) bits.resize(static_cast<std::size_t>(at) + 1 + bits.size() / 2);
  bits[static_cast<std::size_t>(at)] = true;
}

}  // namespace

ResumeFile::~ResumeFile() {
  if (file_ != nullptr) std::fclose(file_);
}

Result<void> ResumeFile::open(const std::string& path, const std::string& load, bool restart) {
  path_ = path;
  bool known = false;
  if (std::ifstream in{path}; in && !restart) {
    std::string line;
    known = static_cast<bool>(std::getline(in, line)) && line == load;
    // The last line counts only with its line break: `12` may be the beginning of `123`.
    while (known && std::getline(in, line) && !in.eof()) {
      const auto number = parse_integer(line);
      if (!number || *number < 0 || static_cast<std::uint64_t>(*number) >= kChunksMax) continue;
      set_bit(acknowledged_, static_cast<std::uint64_t>(*number));
      ++count_;
    }
  }
  file_ = std::fopen(path.c_str(), known ? "a" : "w");
  if (file_ == nullptr) return fail(ErrorCode::store_unavailable, path, "the resume file can't be written");
  // A line that a crash cut short is spoiled here, so that it neither counts nor runs into the next.
  std::fputs(known ? "?\n" : (load + "\n").c_str(), file_);
  std::fflush(file_);
  return {};
}

bool ResumeFile::has(std::uint64_t chunk) const {
  const std::lock_guard lock{mutex_};
  return chunk < acknowledged_.size() && acknowledged_[static_cast<std::size_t>(chunk)];
}

void ResumeFile::add(std::uint64_t chunk) {
  const std::lock_guard lock{mutex_};
  set_bit(acknowledged_, chunk);
  ++count_;
  std::fprintf(file_, "%llu\n", static_cast<unsigned long long>(chunk));
  std::fflush(file_);
}

void ResumeFile::remove() {
  const std::lock_guard lock{mutex_};
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
  std::remove(path_.c_str());
}

std::size_t ResumeFile::count() const {
  const std::lock_guard lock{mutex_};
  return count_;
}

}  // namespace penstock::cli
