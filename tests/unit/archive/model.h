#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "archive/archive.h"
#include "model/write.h"

namespace penstock::archive {

/// The archive as a plain map: what every sequence of commands, flushes and crashes must equal.
class Model {
 public:
  /// Applies a command sample by sample, in the order sent, and says what became of each: first the slice's,
  /// if there is one, then each write's.
  std::vector<std::vector<Outcome>> apply(const WriteCommand& command);
  /// What a scan must return.
  std::vector<Sample> scan(const Scan& request) const;

  std::map<std::uint32_t, std::map<std::int64_t, Sample>> points;
};

/// What the archive answered, as `Model::apply` says it.
std::vector<std::vector<Outcome>> outcomes_of(const WriteCommand& command, const WriteResult& result);
std::vector<Sample> samples_of(const Run& run);
bool same(const Sample& a, const Sample& b);
std::string describe(const Sample& sample);
/// Values and qualities equal; Substituted too.
bool same(const std::vector<Sample>& a, const std::vector<Sample>& b);

/// Makes commands that meet each other: few points, few times, all modes, repeats, any order.
class Generator {
 public:
  Generator(std::uint64_t seed, std::vector<std::pair<PointId, Kind>> points)
      : random_{seed}, points_{std::move(points)} {}

  WriteCommand command();
  Scan scan();
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(random_); }

 private:
  Run run(Kind kind, std::size_t n);
  std::int64_t time();
  Value value(Kind kind);

  std::mt19937_64 random_;
  std::vector<std::pair<PointId, Kind>> points_;
  std::int64_t live_ = 1'700'000'000'000'000'000;
};

/// A folder that is gone after the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Small segments, no flush but those asked for.
Options test_options(const std::string& directory);
/// One point of each kind, `per_kind` times, made through the catalog.
std::vector<std::pair<PointId, Kind>> make_points(Archive& archive, std::size_t per_kind);

}  // namespace penstock::archive
