#include "model.h"

#include <bit>
#include <filesystem>

#include "base/check.h"
#include "base/text.h"

namespace penstock::archive {
namespace {

bool same_value(const Sample& a, const Sample& b) {
  if (a.quality.state != b.quality.state || a.quality.grade != b.quality.grade) return false;
  constexpr std::uint8_t kTold = Quality::kQuestionable | Quality::kAnnotated;
  if ((a.quality.flags & kTold) != (b.quality.flags & kTold)) return false;
  if (a.quality.state != 0) return true;
  if (const double* x = std::get_if<double>(&a.value)) {
    return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(std::get<double>(b.value));
  }
  return a.value == b.value;
}

}  // namespace

std::vector<std::vector<Outcome>> Model::apply(const WriteCommand& command) {
  std::vector<std::vector<Outcome>> all;
  const auto before = command.all_or_none ? points : decltype(points){};
  bool ignored = false;
  if (!command.slice.empty()) {
    // As many commands of one sample, one behind the other.
    auto& outcomes = all.emplace_back();
    for (const PointSample& sample : command.slice) {
      WriteCommand one;
      one.mode = command.mode;
      Run run;
      run.kind = sample.kind;
      const Timestamp time = Timestamp::from_unix_ns(sample.time);
      if (is_number(run.kind)) {
        run.push(time, std::bit_cast<double>(sample.bits));
      } else {
        run.push(time, std::bit_cast<std::int64_t>(sample.bits));
      }
      one.writes.push_back({sample.point, std::move(run)});
      outcomes.push_back(apply(one)[0][0]);
      ignored |= outcomes.back() == Outcome::ignored;
    }
  }
  for (const PointWrite& write : command.writes) {
    auto& samples = points[to_number(write.point)];
    auto& outcomes = all.emplace_back();
    if (command.mode == UpdateMode::replace_range && !write.run.empty()) {
      const auto [first, last] = std::minmax_element(write.run.times.begin(), write.run.times.end());
      samples.erase(samples.lower_bound(*first), samples.upper_bound(*last));
    }
    for (std::size_t i = 0; i < write.run.size(); ++i) {
      const Sample sample = write.run.sample(i);
      const auto at = samples.find(sample.time.unix_ns());
      const bool taken = at != samples.end();
      Outcome outcome = Outcome::stored;
      switch (command.mode) {
        case UpdateMode::insert:
        case UpdateMode::insert_no_compression: outcome = taken ? Outcome::ignored : Outcome::stored; break;
        case UpdateMode::remove: outcome = taken ? Outcome::erased : Outcome::ignored; break;
        case UpdateMode::replace_only:
        case UpdateMode::replace:
        case UpdateMode::replace_range:
          if (taken) {
            outcome = same_value(sample, at->second) ? Outcome::identical : Outcome::replaced;
          } else {
            outcome = command.mode == UpdateMode::replace_only ? Outcome::ignored : Outcome::stored;
          }
          break;
      }
      if (outcome == Outcome::erased) samples.erase(at);
      if (outcome == Outcome::stored || outcome == Outcome::replaced) {
        Sample kept = sample;
        if (outcome == Outcome::replaced && command.mode != UpdateMode::replace_range) {
          kept.quality.flags |= Quality::kSubstituted;
        }
        samples.insert_or_assign(sample.time.unix_ns(), kept);
      }
      ignored |= outcome == Outcome::ignored;
      outcomes.push_back(outcome);
    }
  }
  if (command.all_or_none && ignored) points = before;
  return all;
}

std::vector<Sample> Model::scan(const Scan& request) const {
  std::vector<Sample> found;
  const auto point = points.find(to_number(request.point));
  if (point == points.end() || request.last < request.first) return found;
  const auto begin = point->second.lower_bound(request.first.unix_ns());
  const auto end = point->second.upper_bound(request.last.unix_ns());
  for (auto at = begin; at != end; ++at) found.push_back(at->second);
  if (request.newest_first) std::reverse(found.begin(), found.end());
  if (found.size() > request.limit)
    found.erase(found.begin() + static_cast<std::ptrdiff_t>(request.limit), found.end());
  return found;
}

std::vector<std::vector<Outcome>> outcomes_of(const WriteCommand& command, const WriteResult& result) {
  std::vector<std::vector<Outcome>> all;
  if (!command.slice.empty()) all.push_back(result.slice.expand());
  for (const Outcomes& some : result.outcomes) all.push_back(some.expand());
  return all;
}

std::vector<Sample> samples_of(const Run& run) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < run.size(); ++i) samples.push_back(run.sample(i));
  return samples;
}

bool same(const Sample& a, const Sample& b) {
  return a.time == b.time && same_value(a, b) &&
         a.quality.has(Quality::kSubstituted) == b.quality.has(Quality::kSubstituted);
}

bool same(const std::vector<Sample>& a, const std::vector<Sample>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Sample& x, const Sample& y) { return same(x, y); });
}

std::string describe(const Sample& sample) {
  std::string text = std::to_string(sample.time.unix_ns()) + "=";
  if (const double* number = std::get_if<double>(&sample.value)) {
    text += std::to_string(*number);
  } else if (const auto* integer = std::get_if<std::int64_t>(&sample.value)) {
    text += std::to_string(*integer);
  } else {
    text += std::get<std::string>(sample.value);
  }
  return text + " state " + std::to_string(sample.quality.state) + " flags " +
         std::to_string(sample.quality.flags);
}

std::int64_t Generator::time() {
  // Half of the time a live clock that moves on, else somewhere in a small past, so that times meet.
  if (below(2) == 0) return live_ += static_cast<std::int64_t>(below(3)) * 1'000'000'000;
  return live_ - static_cast<std::int64_t>(below(400)) * 1'000'000'000 -
         static_cast<std::int64_t>(below(2)) * 500'000;
}

Value Generator::value(Kind kind) {
  switch (kind) {
    case Kind::float64: return below(20) == 0 ? -0.0 : static_cast<double>(below(500)) / 100.0;
    case Kind::float32: return static_cast<double>(static_cast<float>(below(500)) / 10.0f);
    case Kind::int64: return static_cast<std::int64_t>(below(1000)) - 500;
    case Kind::digital: return static_cast<std::int64_t>(below(5));
    case Kind::text: return "text " + std::to_string(below(30));
  }
  return 0.0;
}

Run Generator::run(Kind kind, std::size_t n) {
  Run run;
  run.kind = kind;
  const bool dense = below(2) == 0;
  std::int64_t t = time();
  for (std::size_t i = 0; i < n; ++i) {
    t = dense ? t + static_cast<std::int64_t>(below(8) + 1) * 500'000'000 : time();
    Quality quality;
    if (below(25) == 0) quality.state = system_state::kNoData;
    if (below(25) == 0) quality.flags = Quality::kQuestionable;
    if (below(25) == 0) quality.grade = 2;
    run.push(Timestamp::from_unix_ns(t), quality.state != 0 ? zero_of(kind) : value(kind), quality);
  }
  return run;
}

WriteCommand Generator::command() {
  static constexpr UpdateMode kModes[] = {
      UpdateMode::replace,      UpdateMode::insert, UpdateMode::insert_no_compression,
      UpdateMode::replace_only, UpdateMode::remove, UpdateMode::replace_range,
      UpdateMode::insert,       UpdateMode::replace};
  WriteCommand command;
  command.mode = kModes[below(std::size(kModes))];
  command.all_or_none = command.mode == UpdateMode::insert && below(4) == 0;
  command.door = Door::penstock;
  if (command.mode != UpdateMode::replace_range && below(2) == 0) {
    for (std::size_t n = below(2) == 0 ? below(4) + 1 : below(200) + 1; n > 0; --n) {
      const auto& [point, kind] = points_[below(points_.size())];
      if (kind == Kind::text) continue;
      PointSample sample{point, kind, time(), 0};
      const Value what = value(kind);
      sample.bits = is_number(kind) ? std::bit_cast<std::uint64_t>(std::get<double>(what))
                                    : std::bit_cast<std::uint64_t>(std::get<std::int64_t>(what));
      command.slice.push_back(sample);
    }
  }
  const std::size_t parts_min = command.slice.empty() ? 1 : 0;
  for (std::size_t parts = below(3) + parts_min; parts > 0; --parts) {
    const auto& [point, kind] = points_[below(points_.size())];
    const std::size_t shape = below(10);
    const std::size_t n = shape < 5 ? 1 : shape < 9 ? below(20) + 1 : below(3000) + 1;
    command.writes.push_back({point, run(kind, n)});
  }
  return command;
}

Scan Generator::scan() {
  Scan scan;
  scan.point = points_[below(points_.size())].first;
  scan.newest_first = below(2) == 0;
  if (below(3) > 0) scan.first = Timestamp::from_unix_ns(time());
  if (below(3) > 0)
    scan.last = Timestamp::from_unix_ns(time() + static_cast<std::int64_t>(below(100)) * 1'000'000'000);
  if (below(2) == 0) scan.limit = below(50) + 1;
  return scan;
}

TemporaryFolder::TemporaryFolder()
    : path_{std::filesystem::temp_directory_path() / ("penstock-test-" + Uuid::random().to_string())} {
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Options test_options(const std::string& directory) {
  Options options;
  options.directory = directory;
  options.segment_bytes = 1u << 20;
  options.background_flush = false;
  options.reserve_bytes = 0;
  return options;
}

std::vector<std::pair<PointId, Kind>> make_points(Archive& archive, std::size_t per_kind) {
  static constexpr PointType kTypes[] = {PointType::float64, PointType::float32, PointType::int32,
                                         PointType::digital, PointType::string};
  std::vector<std::pair<PointId, Kind>> made;
  const Result<std::uint64_t> done = sync_wait(archive.change(
      [&](catalog::Editor& editor) -> Result<void> {
        made.clear();
        for (std::size_t i = 0; i < per_kind; ++i) {
          for (const PointType type : kTypes) {
            Point point;
            point.tag = std::string{to_string(type)} + "." + std::to_string(i);
            point.type = type;
            TRY(const PointId id, editor.add_point(point));
            made.emplace_back(id, kind_of(type));
          }
        }
        return {};
      },
      Door::internal, 0));
  CHECK(done.has_value());
  return made;
}

}  // namespace penstock::archive
