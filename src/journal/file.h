#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace penstock::journal {

/// The system calls that the journal makes.
enum class Call : std::uint8_t { open, pread, pwrite, fdatasync, fsync, rename, unlink };

/// One call about to be made. Borrowed for the time of the hook.
struct CallInfo {
  Call call{};
  std::string_view path;
  std::uint64_t offset = 0;    ///< Of pread and pwrite.
  std::size_t size = 0;        ///< Of pread and pwrite.
  const char* data = nullptr;  ///< Of pwrite.
};

/// What a hook wants: zero values let the call happen as it is.
struct Verdict {
  int error = 0;                ///< errno to fail with, without making the call.
  std::size_t size = SIZE_MAX;  ///< For pwrite: only so many bytes are written, and so many are reported.
};

/// Sees every call before it is made; any thread. For tests: null in a running server.
using FileHook = std::function<Verdict(const CallInfo&)>;

/// Sets or clears the hook. Not while a journal is open, unless the hook itself stays alive and is safe.
void set_file_hook(FileHook* hook);

/// Fails the n-th call of some kinds, once or from then on, and counts. Installed while it lives.
///
///   FaultInjector fault{{.calls = {Call::pwrite, Call::fdatasync}, .nth = 3, .error = EIO}};
class FaultInjector {
 public:
  struct Plan {
    std::vector<Call> calls = {Call::open,  Call::pread,  Call::pwrite, Call::fdatasync,
                               Call::fsync, Call::rename, Call::unlink};
    std::uint64_t nth = 0;  ///< From 1; 0 never fails and only counts.
    int error = 0;          ///< errno; 0 together with `short_bytes` means a short write.
    std::size_t short_bytes = SIZE_MAX;
    bool for_ever = false;  ///< All later calls fail too.
  };
  explicit FaultInjector(Plan plan);
  ~FaultInjector();
  FaultInjector(const FaultInjector&) = delete;
  FaultInjector& operator=(const FaultInjector&) = delete;

  std::uint64_t calls() const { return calls_.load(); }  ///< Of the kinds in the plan, so far.
  bool fired() const { return fired_.load(); }

 private:
  Verdict judge(const CallInfo& info);

  const Plan plan_;
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<bool> fired_{false};
  FileHook hook_;
};

/// An open file. All reads and writes are at an offset and whole: less than asked is an error.
/// Errors of all methods: overloaded (no space), store_unavailable (everything else), naming the file.
class File {
 public:
  enum class Mode { read, read_write, create };  ///< `create`: must not exist yet.

  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }

  /// `direct` asks to go round the page cache; where the file system refuses that, it is not used.
  static Result<File> open(const std::string& path, Mode mode, bool direct);

  /// Makes the file if need be and locks it until it is closed.
  static Result<File> lock(const std::string& path);

  bool is_open() const { return fd_ >= 0; }
  bool is_direct() const { return direct_; }
  const std::string& path() const { return path_; }
  void close();

  Result<std::uint64_t> size() const;
  /// Under `direct`, address, size and offset are multiples of 4096.
  Result<void> read(char* data, std::size_t size, std::uint64_t offset) const;
  Result<void> write(const char* data, std::size_t size, std::uint64_t offset);
  Result<void> sync_data();
  Result<void> sync_all();
  Result<void> rename(const std::string& to);
  void forget_cached() const;  ///< Drops clean pages from the page cache, so that reads ask the disk.

 private:
  int fd_ = -1;
  bool direct_ = false;
  std::string path_;
};

Result<void> make_directory(const std::string& path);  ///< Durable; none if it is there. Its parent must be.
Result<void> remove_file(const std::string& path);     ///< No error if it is gone already.
/// Makes names added to or taken from a folder durable.
Result<void> sync_directory(const std::string& path);

/// Memory that starts at a multiple of 4096; grows by copying. Contents are not initialised.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  ~AlignedBuffer();
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;

  char* data() { return data_; }
  const char* data() const { return data_; }
  std::size_t capacity() const { return capacity_; }
  /// At least `capacity` bytes, the first `keep` of the old ones kept.
  void reserve(std::size_t capacity, std::size_t keep);

 private:
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace penstock::journal
