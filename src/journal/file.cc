#include "journal/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace penstock::journal {
namespace {

std::atomic<FileHook*> the_hook{nullptr};

Verdict ask_hook(const CallInfo& info) {
  FileHook* const hook = the_hook.load(std::memory_order_acquire);
  if (hook == nullptr) return {};
  return (*hook)(info);
}

tl::unexpected<Error> failed(const char* what, const std::string& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return fail(full ? ErrorCode::overloaded : ErrorCode::store_unavailable, path,
              std::string{what} + ": " + std::strerror(error));
}

/// Asks the hook, then makes the call until no signal interrupts it. Returns 0 or errno.
template <class F>
int make_call(const CallInfo& info, const F& f) {
  if (const Verdict verdict = ask_hook(info); verdict.error != 0) return verdict.error;
  while (f() < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

void set_file_hook(FileHook* hook) {
  the_hook.store(hook, std::memory_order_release);
}

FaultInjector::FaultInjector(Plan plan)
    : plan_{std::move(plan)}, hook_{[this](const CallInfo& info) { return judge(info); }} {
  set_file_hook(&hook_);
}

FaultInjector::~FaultInjector() {
  set_file_hook(nullptr);
}

Verdict FaultInjector::judge(const CallInfo& info) {
  if (std::find(plan_.calls.begin(), plan_.calls.end(), info.call) == plan_.calls.end()) return {};
  const std::uint64_t n = ++calls_;
  if (plan_.nth == 0 || n < plan_.nth || (n > plan_.nth && !plan_.for_ever)) return {};
  fired_ = true;
  return {plan_.error, plan_.error == 0 ? std::min(plan_.short_bytes, info.size) : SIZE_MAX};
}

File::File(File&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)}, direct_{other.direct_}, path_{std::move(other.path_)} {}

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    close();
    fd_ = std::exchange(other.fd_, -1);
    direct_ = other.direct_;
    path_ = std::move(other.path_);
  }
  return *this;
}

Result<File> File::open(const std::string& path, Mode mode, bool direct) {
  const int flags = O_CLOEXEC | (mode == Mode::read     ? O_RDONLY
                                 : mode == Mode::create ? O_RDWR | O_CREAT | O_EXCL
                                                        : O_RDWR);
  const auto attempt = [&](int more, int& fd) {
    return make_call({Call::open, path}, [&] { return fd = ::open(path.c_str(), flags | more, 0640); });
  };
  File file;
  int error = EINVAL;
  if (direct) {
    error = attempt(O_DIRECT, file.fd_);
    file.direct_ = error == 0;
    // The file system says EINVAL where it can't; the name may have been made all the same.
    if (error == EINVAL && mode == Mode::create) ::unlink(path.c_str());
  }
  if (error == EINVAL) error = attempt(0, file.fd_);
  if (error != 0) {
    file.fd_ = -1;
    return failed("open", path, error);
  }
  file.path_ = path;
  return file;
}

Result<File> File::lock(const std::string& path) {
  File file;
  file.path_ = path;
  const int error = make_call({Call::open, path}, [&] {
    return file.fd_ = ::open(path.c_str(), O_CLOEXEC | O_RDWR | O_CREAT, 0640);
  });
  if (error != 0) return failed("open", path, error);
  if (::flock(file.fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("lock", path, errno);
    return fail(ErrorCode::store_unavailable, path, "lock: another process has it");
  }
  return file;
}

void File::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<std::uint64_t> File::size() const {
  struct stat about {};
  if (::fstat(fd_, &about) != 0) return failed("stat", path_, errno);
  return static_cast<std::uint64_t>(about.st_size);
}

Result<void> File::read(char* data, std::size_t size, std::uint64_t offset) const {
  while (size > 0) {
    ssize_t got = 0;
    const int error = make_call({Call::pread, path_, offset, size},
                                [&] { return got = ::pread(fd_, data, size, static_cast<off_t>(offset)); });
    if (error != 0) return failed("read", path_, error);
    if (got == 0) return fail(ErrorCode::store_unavailable, path_, "read: the file is shorter than it was");
    data += got;
    offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

Result<void> File::write(const char* data, std::size_t size, std::uint64_t offset) {
  const Verdict verdict = ask_hook({Call::pwrite, path_, offset, size, data});
  if (verdict.error != 0) return failed("write", path_, verdict.error);
  const std::size_t asked = std::min(size, verdict.size);
  ssize_t wrote = 0;
  do {
    wrote = ::pwrite(fd_, data, asked, static_cast<off_t>(offset));
  } while (wrote < 0 && errno == EINTR);
  if (wrote < 0) return failed("write", path_, errno);
  if (static_cast<std::size_t>(wrote) != size) {
    // A regular file takes less than asked only when there is no space or a limit is met.
    return failed("short write", path_, ENOSPC);
  }
  return {};
}

Result<void> File::sync_data() {
  // Not again after an error of any kind: what the kernel could not write it may have forgotten.
  const Verdict verdict = ask_hook({Call::fdatasync, path_});
  if (verdict.error != 0) return failed("fdatasync", path_, verdict.error);
  if (::fdatasync(fd_) != 0) return failed("fdatasync", path_, errno);
  return {};
}

Result<void> File::sync_all() {
  const Verdict verdict = ask_hook({Call::fsync, path_});
  if (verdict.error != 0) return failed("fsync", path_, verdict.error);
  if (::fsync(fd_) != 0) return failed("fsync", path_, errno);
  return {};
}

void File::forget_cached() const {
  ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);
}

Result<void> File::rename(const std::string& to) {
  const int error = make_call({Call::rename, path_}, [&] { return ::rename(path_.c_str(), to.c_str()); });
  if (error != 0) return failed("rename", path_, error);
  path_ = to;
  return {};
}

Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0750) != 0) {
    if (errno == EEXIST) return {};
    return failed("mkdir", path, errno);
  }
  const std::size_t slash = path.find_last_of('/', path.size() - 2);
  return sync_directory(slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
}

Result<void> remove_file(const std::string& path) {
  const int error = make_call({Call::unlink, path}, [&] { return ::unlink(path.c_str()); });
  if (error != 0 && error != ENOENT) return failed("unlink", path, error);
  return {};
}

Result<void> sync_directory(const std::string& path) {
  TRY(auto directory, File::open(path, File::Mode::read, false));
  return directory.sync_all();
}

AlignedBuffer::~AlignedBuffer() {
  std::free(data_);
}

void AlignedBuffer::reserve(std::size_t capacity, std::size_t keep) {
  if (capacity <= capacity_) return;
  constexpr std::size_t kAlignment = 4096;
  capacity = (capacity + kAlignment - 1) / kAlignment * kAlignment;
  char* const larger = static_cast<char*>(std::aligned_alloc(kAlignment, capacity));
  CHECK(larger != nullptr);
  if (keep > 0) std::memcpy(larger, data_, keep);
  std::free(data_);
  data_ = larger;
  capacity_ = capacity;
}

}  // namespace penstock::journal
