#include "cli/backfill.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "cli/progress.h"
#include "cli/resume.h"
#include "http/json_writer.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kWaitingPerConnection = 8;
constexpr std::int64_t kFirstPauseMs = 100, kPauseMaxMs = 5'000;

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string value_of(const Run& run, std::size_t i) {
  if (run.kind == Kind::text) return run.texts[i];
  std::string text;
  http::JsonWriter writer{text};
  if (is_integer(run.kind)) {
    writer.value(run.integers[i]);
  } else {
    writer.value(run.numbers[i]);
  }
  return text;
}

/// A name for the load: a resume file serves only the same input, cut the same way, to the same door.
std::string name_load(const BackfillOptions& options, std::size_t chunk_values) {
  struct stat status {};
  ::stat(options.input.file.c_str(), &status);
  const auto& input = options.input;
  std::string name = "penstock-backfill 1 " + options.door.door + " " + options.door.url + " " +
                     options.door.domain + " " + options.door.partition + " " + options.door.node + " " +
                     (options.door.overwrite ? "overwrite" : "keep") + " " + std::to_string(chunk_values) +
                     " " + input.file + " " + std::to_string(status.st_size) + " " +
                     std::to_string(status.st_mtime) + " " + input.time_column + " " + input.series_column +
                     " " + input.point_template + " " + input.map_file + " " + input.time_zone;
  for (const auto& column : input.columns) name += " " + column;
  name += " null";
  for (const auto& null : input.nulls) name += " " + null;
  for (char& c : name) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return name;
}

/// One load under way. Chunks of one point always travel on one connection, so that they arrive in order.
class Load {
 public:
  Load(const BackfillOptions& options, const Input& input, DoorClient& door, http::Client::Options client)
      : options_{options}, input_{input}, door_{door}, client_{std::move(client)} {
    lanes_.resize(static_cast<std::size_t>(std::max(1, options.connections)));
    counts_.values = input.values();
  }

  Result<void> open(const std::string& stem, const std::string& load) {
    std::error_code ignored;
    std::filesystem::create_directories(options_.work_directory, ignored);
    TRY_VOID(resume_.open(stem + ".resume", load, options_.restart));
    log_.open(stem + ".log", std::ios::app);
    if (!log_) return fail(ErrorCode::store_unavailable, stem + ".log", "the log can't be written");
    conflicts_path_ = stem + ".conflicts.csv";
    std::filesystem::remove(conflicts_path_, ignored);
    return {};
  }

  std::size_t already_done() const { return resume_.count(); }

  /// Called by the reader. Waits while the lanes are full; false once the load has failed.
  bool take(Chunk chunk) {
    if (resume_.has(chunk.number)) {
      const std::lock_guard lock{mutex_};
      counts_.written += chunk.run.size();
      return true;
    }
    auto& lane = lanes_[chunk.target % lanes_.size()];
    std::unique_lock lock{mutex_};
    room_.wait(lock, [&] { return failed_ || lane.size() < kWaitingPerConnection; });
    if (failed_) return false;
    lane.push_back(std::move(chunk));
    work_.notify_all();
    return true;
  }

  void reject(const Reject& reject) {
    const std::lock_guard lock{mutex_};
    ++counts_.rejected;
    report(reject);
  }

  void start() {
    for (std::size_t i = 0; i < lanes_.size(); ++i) threads_.emplace_back([this, i] { run_lane(i); });
  }

  /// Waits until all chunks are settled.
  Result<BackfillCounts> finish(bool input_good) {
    {
      const std::lock_guard lock{mutex_};
      input_ended_ = true;
      if (!input_good) failed_ = true;
    }
    work_.notify_all();
    room_.notify_all();
    for (auto& thread : threads_) thread.join();
    if (error_) return fail(*error_);
    if (input_good && counts_.refused == 0) resume_.remove();
    return counts_;
  }

  std::uint64_t settled() {
    const std::lock_guard lock{mutex_};
    return counts_.written + counts_.rejected + counts_.refused;
  }

 private:
  void report(const Reject& reject) {  // mutex_ is held.
    if (!conflicts_.is_open()) {
      conflicts_.open(conflicts_path_);
      conflicts_ << "point,time,value,line,reason\n";
      counts_.conflict_report = conflicts_path_;
    }
    conflicts_ << csv_field(reject.point) << ',' << reject.time << ',' << csv_field(reject.value) << ','
               << (reject.line == 0 ? std::string{} : std::to_string(reject.line)) << ','
               << csv_field(reject.reason) << std::endl;
  }

  void log_batch(const Chunk& chunk, int status, const Verdict& verdict) {  // mutex_ is held.
    std::string line;
    http::JsonWriter writer{line};
    writer.object_begin().member("ts", format_fixed(Timestamp::from_unix_ns(wall_clock_ns()), 3));
    writer.member("point", input_.targets()[chunk.target].name).member("chunk", chunk.number);
    const auto& times = chunk.run.times;
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    writer.member("first", format_trimmed(Timestamp::from_unix_ns(*first)));
    writer.member("last", format_trimmed(Timestamp::from_unix_ns(*last)));
    writer.member("count", chunk.run.size()).member("status", status);
    if (verdict.ignored != 0) writer.member("ignored", verdict.ignored);
    if (!verdict.detail.empty()) writer.member("detail", verdict.detail);
    writer.object_end();
    log_ << line << std::endl;
  }

  void settle(const Chunk& chunk, int status, const Verdict& verdict) {
    const std::lock_guard lock{mutex_};
    log_batch(chunk, status, verdict);
    if (verdict.what == Verdict::What::refused) {
      counts_.refused += chunk.run.size();
      return;
    }
    counts_.written += chunk.run.size();
    counts_.ignored += verdict.ignored;
    for (const auto index : verdict.dropped) {
      if (index >= chunk.run.size()) continue;
      report({input_.targets()[chunk.target].name, format_trimmed(chunk.run.time(index)),
              value_of(chunk.run, index), 0, "the time was taken at the server; its value stays"});
    }
    resume_.add(chunk.number);
  }

  void give_up(Error error) {
    const std::lock_guard lock{mutex_};
    if (!error_) error_ = std::move(error);
    failed_ = true;
    work_.notify_all();
    room_.notify_all();
  }

  bool has_failed() {
    const std::lock_guard lock{mutex_};
    return failed_;
  }

  /// A new token for all lanes; they stop rendering meanwhile.
  Result<void> log_in_again(http::Client& client) {
    const std::lock_guard lock{login_mutex_};
    return door_.log_in(client);
  }

  void send(http::Client& client, const Chunk& chunk) {
    const std::int64_t begin = steady_clock_ns();
    std::int64_t pause_ms = kFirstPauseMs;
    int logins = 0;
    while (!has_failed()) {
      OutgoingRequest request;
      {
        const std::lock_guard lock{login_mutex_};
        request = door_.render(chunk.target, chunk.run);
      }
      const auto response = client.send(request.method, request.target, request.headers, request.body);
      Verdict verdict;
      if (response) {
        verdict = door_.judge(*response);
      } else {
        verdict.what = Verdict::What::retry;
        verdict.detail = response.error().detail;
      }
      if (verdict.what == Verdict::What::log_in_again) {
        // Once: a token may have ended. A second time the credentials are simply wrong.
        verdict.what = logins++ == 0 && log_in_again(client) ? Verdict::What::retry : Verdict::What::refused;
      }
      if (verdict.what != Verdict::What::retry)
        return settle(chunk, response ? response->status : 0, verdict);
      if (steady_clock_ns() - begin > options_.retry_ms * kNsPerMillisecond) {
        return give_up({ErrorCode::store_unavailable, options_.door.url,
                        "the server could not take a chunk for " + std::to_string(options_.retry_ms / 1000) +
                            " s: " + verdict.detail});
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{pause_ms});
      pause_ms = std::min(pause_ms * 2, kPauseMaxMs);
    }
  }

  void run_lane(std::size_t index) {
    http::Client client{client_};
    auto& lane = lanes_[index];
    while (true) {
      std::unique_lock lock{mutex_};
      work_.wait(lock, [&] { return failed_ || input_ended_ || !lane.empty(); });
      if (failed_ || lane.empty()) return;
      const Chunk chunk = std::move(lane.front());
      lane.pop_front();
      lock.unlock();
      room_.notify_all();
      send(client, chunk);
    }
  }

  const BackfillOptions& options_;
  const Input& input_;
  DoorClient& door_;
  const http::Client::Options client_;
  ResumeFile resume_;
  std::vector<std::thread> threads_;

  std::mutex login_mutex_;  // Orders `render` and `log_in`; taken before mutex_, if both.
  std::mutex mutex_;        // Guards all that follows.
  std::condition_variable work_, room_;
  std::vector<std::deque<Chunk>> lanes_;
  std::ofstream log_, conflicts_;
  std::string conflicts_path_;
  BackfillCounts counts_;
  std::optional<Error> error_;
  bool input_ended_ = false, failed_ = false;
};

/// Draws a line on standard error, four times a second, until it is destroyed.
class ProgressBar {
 public:
  ProgressBar(Load& load, std::uint64_t total) : load_{load}, total_{total}, thread_{[this] { run(); }} {}
  ~ProgressBar() {
    ended_ = true;
    thread_.join();
    draw();
    std::fputc('\n', stderr);
  }

 private:
  void draw() {
    const double seconds = static_cast<double>(steady_clock_ns() - begin_) / 1e9;
    std::fprintf(stderr, "\r%s\x1b[K", render_progress(load_.settled(), total_, seconds).c_str());
    std::fflush(stderr);
  }
  void run() {
    while (!ended_) {
      draw();
      std::this_thread::sleep_for(std::chrono::milliseconds{250});
    }
  }

  Load& load_;
  const std::uint64_t total_;
  const std::int64_t begin_ = steady_clock_ns();
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

/// Logs in and prepares the points; while the server is away, again and again for `retry_ms`.
Result<void> prepare(DoorClient& door, const http::Client::Options& client_settings, const Input& input,
                     std::int64_t retry_ms) {
  const std::int64_t begin = steady_clock_ns();
  while (true) {
    http::Client client{client_settings};
    auto done = door.log_in(client);
    if (done) done = door.prepare(client, input.targets());
    const bool late = steady_clock_ns() - begin > retry_ms * kNsPerMillisecond;
    if (done || !is_retryable(done.error().code) || late) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
  }
}

std::string stem_of(const BackfillOptions& options) {
  const auto& file = options.input.file;
  return options.work_directory + "/" + file.substr(file.rfind('/') + 1) + "." + options.door.door;
}

}  // namespace

Result<BackfillCounts> backfill(const BackfillOptions& options) {
  TRY(const auto door, make_door_client(options.door));
  TRY(const auto client_settings, client_options(options.door));
  InputOptions input_options = options.input;
  input_options.slot_ns = door->slot_ns();
  input_options.plain_names = options.door.door == "energyview";
  TRY(auto input, Input::scan(input_options));
  TRY_VOID(prepare(*door, client_settings, input, options.retry_ms));
  const std::size_t wanted = options.chunk_values == 0 ? door->chunk_values_default() : options.chunk_values;
  const std::size_t chunk_values = std::clamp<std::size_t>(wanted, 1, door->chunk_values_max());

  Load load{options, input, *door, client_settings};
  TRY_VOID(load.open(stem_of(options), name_load(options, chunk_values)));
  const bool draws = !options.quiet && ::isatty(STDERR_FILENO) != 0;
  if (load.already_done() != 0 && !options.quiet) {
    std::fprintf(stderr, "Going on after %zu chunks that an earlier run has sent.\n", load.already_done());
  }
  load.start();
  std::optional<ProgressBar> bar;
  if (draws) bar.emplace(load, input.values());
  const auto read = input.read(
      chunk_values, [&](Chunk chunk) { return load.take(std::move(chunk)); },
      [&](const Reject& reject) { load.reject(reject); });
  auto counts = load.finish(read.has_value());
  bar.reset();
  if (!read) return fail(read.error());
  return counts;
}

}  // namespace penstock::cli
