#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "archive/archive.h"
#include "auth/authenticator.h"
#include "away_archive.h"
#include "dialects/common/dialect.h"

namespace penstock::dialects {

/// One door over a fresh archive in a folder of its own. What is different between doors (seed, requests) is
/// in their own fixtures.
class OneDoor : public ::testing::Test {
 protected:
  /// Opens the archive, runs `seed` on it, and furnishes the house around it.
  void open(auth::Authenticator& authenticator, std::int64_t (*clock_ns)(), archive::Archive::Edit seed) {
    folder_ = (std::filesystem::temp_directory_path() / "penstock_door_XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    authenticator_ = &authenticator;
    clock_ns_ = clock_ns;
    ASSERT_NO_FATAL_FAILURE(restart());
    ASSERT_TRUE(sync_wait(archive_->change(std::move(seed), Door::internal, 0)).has_value());
  }
  /// Closes door and archive, and opens the archive again. The door is made anew by who knows its settings.
  void restart() {
    door_.reset();
    house_.reset();
    archive_.reset();
    archive::Options options;
    options.directory = folder_;
    options.segment_bytes = 1u << 20;
    options.background_flush = false;
    auto opened = archive::Archive::open(options);
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    archive_ = std::move(*opened);
    furnish();
  }
  /// Puts a switch before the archive. The door is gone until it is made anew.
  AwayArchive& put_switch() {
    door_.reset();
    auto away = std::make_unique<AwayArchive>(std::move(archive_));
    AwayArchive& made = *away;
    archive_ = std::move(away);
    furnish();
    return made;
  }
  void furnish() {
    house_ = std::make_unique<House>(House{.archive = *archive_,
                                           .authenticator = *authenticator_,
                                           .clock_ns = clock_ns_,
                                           .public_base_url = {},
                                           .demo_domain = {}});
  }
  void TearDown() override {
    door_.reset();
    archive_.reset();
    std::filesystem::remove_all(folder_);
  }

  http::Response send(http::Request& request) { return sync_wait(door_->handle(request)); }

  std::string folder_;
  auth::Authenticator* authenticator_ = nullptr;
  std::int64_t (*clock_ns_)() = nullptr;
  std::unique_ptr<archive::Archive> archive_;
  std::unique_ptr<House> house_;
  std::unique_ptr<Dialect> door_;
};

}  // namespace penstock::dialects
