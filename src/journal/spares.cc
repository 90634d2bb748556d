#include "journal/spares.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "base/clock.h"
#include "base/log.h"
#include "journal/format.h"

namespace penstock::journal {
namespace {

constexpr std::size_t kKept = 2;
constexpr std::int64_t kPauseNs = 1'000'000'000;

}  // namespace

Spares::Spares(Options options) : options_{std::move(options)}, next_file_{options_.next_file} {
  thread_ = std::thread{[this] { run(); }};
}

Spares::~Spares() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Spares::ask(std::unique_lock<std::mutex>&) {
  if (!ready_.empty() || maker_ != Maker::idle || steady_clock_ns() < not_before_ns_) return;
  maker_ = Maker::asked;
  changed_.notify_all();
}

void Spares::want() {
  std::unique_lock lock{mutex_};
  ask(lock);
}

bool Spares::wait(std::int64_t wait_ms) {
  std::unique_lock lock{mutex_};
  ask(lock);
  changed_.wait_for(lock, std::chrono::milliseconds{wait_ms},
                    [&] { return !ready_.empty() || maker_ == Maker::idle; });
  return !ready_.empty();
}

std::optional<File> Spares::take() {
  const std::lock_guard lock{mutex_};
  if (ready_.empty()) return std::nullopt;
  File file = std::move(ready_.front());
  ready_.pop_front();
  count_.store(ready_.size(), std::memory_order_release);
  return file;
}

void Spares::give(const std::string& path) {
  if (count() < kKept) {
    if (auto file = File::open(path, File::Mode::read_write, options_.direct)) {
      const std::lock_guard lock{mutex_};
      ready_.push_back(*std::move(file));
      count_.store(ready_.size(), std::memory_order_release);
      changed_.notify_all();
      return;
    }
  }
  if (const auto removed = remove_file(path); !removed) {
    log::warning("a spare journal segment can't be deleted",
                 {{"file", path}, {"why", removed.error().detail}});
  }
}

void Spares::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || maker_ == Maker::asked; });
    if (stop_) return;
    maker_ = Maker::busy;
    const std::uint64_t number = next_file_++;
    lock.unlock();
    Result<File> made = make(number);
    lock.lock();
    maker_ = Maker::idle;
    if (made) {
      ready_.push_back(*std::move(made));
      count_.store(ready_.size(), std::memory_order_release);
      not_before_ns_ = 0;
    } else {
      not_before_ns_ = steady_clock_ns() + kPauseNs;
      log::error("no journal segment could be made", {{"why", made.error().detail}});
    }
    changed_.notify_all();
  }
}

Result<File> Spares::make(std::uint64_t number) const {
  constexpr std::size_t kPiece = 1u << 20;
  char name[32];
  std::snprintf(name, sizeof name, "journal-%06llu", static_cast<unsigned long long>(number));
  const std::string path = options_.directory + "/" + name;
  const std::string unfinished = path + ".tmp";
  const auto fill = [&]() -> Result<File> {
    AlignedBuffer zeros;
    zeros.reserve(kPiece, 0);
    std::memset(zeros.data(), 0, kPiece);
    TRY(File file, File::open(unfinished, File::Mode::create, options_.direct));
    for (std::size_t at = 0; at < options_.segment_bytes; at += kPiece) {
      TRY_VOID(file.write(zeros.data(), std::min(kPiece, options_.segment_bytes - at), at));
    }
    TRY_VOID(file.sync_all());
    TRY_VOID(file.rename(path + ".seg"));
    TRY_VOID(sync_directory(options_.directory));
    return file;
  };
  auto made = fill();
  if (!made) {
    // Whatever is there of it is not needed, and may be what fills the disk.
    static_cast<void>(remove_file(unfinished));
    static_cast<void>(remove_file(path + ".seg"));
  }
  return made;
}

}  // namespace penstock::journal
