// Flushes that are cut short at every step, and flushes that find the disk full.
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "archive/engine.h"
#include "model.h"

namespace penstock::archive {
namespace {

/// A store that calls `before` ahead of every write and flush; what it returns, if an error, is the answer.
class HookedStore final : public store::Store {
 public:
  using Hook = std::function<Result<void>()>;
  HookedStore(std::shared_ptr<store::MemoryStore> inner, Hook before)
      : inner_{std::move(inner)}, before_{std::move(before)} {}

  Result<void> write(const store::Batch& batch) override {
    TRY_VOID(before_());
    return inner_->write(batch);
  }
  Result<void> flush() override {
    TRY_VOID(before_());
    return inner_->flush();
  }
  std::shared_ptr<const store::Snapshot> snapshot() const override { return inner_->snapshot(); }
  Result<void> checkpoint(const std::string& directory) override { return inner_->checkpoint(directory); }
  Result<void> verify() const override { return inner_->verify(); }
  std::uint64_t bytes_on_disk() const override { return inner_->bytes_on_disk(); }

 private:
  std::shared_ptr<store::MemoryStore> inner_;
  Hook before_;
};

Engine::OpenStore opener(const std::shared_ptr<store::MemoryStore>& inner, const HookedStore::Hook& hook) {
  return [=](const std::string&) -> Result<std::unique_ptr<store::Store>> {
    return std::make_unique<HookedStore>(inner, hook);
  };
}

/// All that a store holds at this moment: a prefix of the batches of the running flush, as a crash may leave
/// it.
std::shared_ptr<store::MemoryStore> image_of(const store::Store& original) {
  std::shared_ptr<store::MemoryStore> image = store::open_memory();
  store::Batch all;
  const auto snapshot = original.snapshot();
  const auto cursor = snapshot->cursor("", "");
  for (cursor->seek(""); cursor->valid(); cursor->next()) all.put(cursor->key(), cursor->value());
  EXPECT_TRUE(image->write(all) && image->flush());
  return image;
}

::testing::AssertionResult holds(const Archive& archive, const Model& model,
                                 const std::vector<std::pair<PointId, Kind>>& points) {
  for (const auto& [point, kind] : points) {
    Scan all;
    all.point = point;
    const Result<penstock::Run> found = archive.scan(all);
    if (!found) return ::testing::AssertionFailure() << found.error().detail;
    if (!same(samples_of(*found), model.scan(all))) {
      return ::testing::AssertionFailure() << "point " << to_number(point) << " has " << found->size()
                                           << " samples, not " << model.scan(all).size();
    }
  }
  return ::testing::AssertionSuccess();
}

class FlushTest : public ::testing::TestWithParam<int> {};

TEST_P(FlushTest, CutShortAtAnyStepItLeavesAnArchiveThatOpensWhole) {
  const TemporaryFolder folder;
  const std::shared_ptr<store::MemoryStore> memory = store::open_memory();
  Model model;
  std::vector<std::pair<PointId, Kind>> points;
  int images = 0;
  bool flushing = false;
  const auto look = [&]() -> Result<void> {
    if (!flushing) return {};
    // As if the machine stopped here: the blocks as written so far, and the journal.
    const TemporaryFolder copy;
    std::filesystem::copy(folder.path() + "/journal", copy.path() + "/journal",
                          std::filesystem::copy_options::recursive);
    std::filesystem::remove(copy.path() + "/journal/LOCK");
    const auto image = image_of(*memory);
    auto opened = Engine::open(test_options(copy.path()), opener(image, [] { return Result<void>{}; }));
    EXPECT_TRUE(opened.has_value()) << opened.error().detail;
    if (opened) {
      EXPECT_TRUE(holds(**opened, model, points));
      // And it goes on from there.
      EXPECT_TRUE((*opened)->flush().has_value());
      EXPECT_TRUE(holds(**opened, model, points));
    }
    ++images;
    return {};
  };
  auto archive = std::move(*Engine::open(test_options(folder.path()), opener(memory, look)));
  points = make_points(*archive, 1);
  Generator generator{static_cast<std::uint64_t>(GetParam()), points};
  for (int step = 0; step < 60; ++step) {
    WriteCommand command = generator.command();
    command.all_or_none = false;
    model.apply(command);
    ASSERT_TRUE(sync_wait(archive->write(command)).has_value());
    if (step % 12 == 11) {
      flushing = true;
      ASSERT_TRUE(archive->flush().has_value());
      flushing = false;
      ASSERT_TRUE(holds(*archive, model, points));
    }
  }
  EXPECT_GE(images, 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FlushTest, ::testing::Range(21, 25));

TEST(Flush, WaitsForSpaceAndLosesNothing) {
  const TemporaryFolder folder;
  const std::shared_ptr<store::MemoryStore> memory = store::open_memory();
  std::atomic<bool> full{false};
  std::atomic<int> refused{0};
  const auto hook = [&]() -> Result<void> {
    if (!full.load()) return {};
    refused.fetch_add(1);
    return fail(ErrorCode::overloaded, {}, "no space");
  };
  Options options = test_options(folder.path());
  options.reserve_bytes = 1u << 20;
  auto archive = std::move(*Engine::open(options, opener(memory, hook)));
  const std::string reserve = folder.path() + "/reserve";
  EXPECT_EQ(std::filesystem::file_size(reserve), 1u << 20);
  const auto points = make_points(*archive, 1);
  Generator generator{7, points};
  Model model;
  const auto write_some = [&] {
    for (int i = 0; i < 20; ++i) {
      WriteCommand command = generator.command();
      command.all_or_none = false;
      model.apply(command);
      ASSERT_TRUE(sync_wait(archive->write(command)).has_value());
    }
  };
  write_some();
  full.store(true);
  std::thread flusher{[&] { EXPECT_TRUE(archive->flush().has_value()); }};
  while (refused.load() < 2) std::this_thread::yield();
  EXPECT_FALSE(std::filesystem::exists(reserve));
  // Writes and reads go on meanwhile.
  write_some();
  EXPECT_TRUE(holds(*archive, model, points));
  full.store(false);
  flusher.join();
  EXPECT_TRUE(std::filesystem::exists(reserve));
  EXPECT_TRUE(holds(*archive, model, points));
  archive.reset();
  archive = std::move(*Engine::open(options, opener(memory, hook)));
  EXPECT_TRUE(holds(*archive, model, points));
}

}  // namespace
}  // namespace penstock::archive
