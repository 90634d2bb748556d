#pragma once

#include <deque>
#include <map>
#include <mutex>

#include "archive/watch.h"
#include "dialects/piwebapi/call.h"

namespace penstock::dialects::piwebapi {

/// One stream that a client polls for updates. *PI Web API Reference, "Stream Updates"*.
///
/// Changes have positions from 0 on, without end. A marker names the registration and the position of the
/// first change that the client has not seen; asking for a position forgets what is before it.
///
/// Threads: any.
class Registration {
 public:
  /// Changes kept for a client that does not come back; more become one `cleared`.
  static constexpr std::size_t kKeptMax = 100'000;

  Registration(std::string id_, std::string owner_, std::string webid_, std::unique_ptr<archive::Watch> watch)
      : id{std::move(id_)}, owner{std::move(owner_)}, webid{std::move(webid_)}, watch_{std::move(watch)} {}

  const std::string id;     ///< 32 hex digits.
  const std::string owner;  ///< Name of the caller, who alone may ask.
  const std::string webid;  ///< Of the stream, whatever it is named.

  struct Since {
    std::vector<archive::Change> changes;
    std::uint64_t next = 0;  ///< The position behind the last of them.
  };
  /// At most `most` changes from `position` on; a `cleared` comes first if some of them were forgotten.
  /// Nothing if the position was never told.
  std::optional<Since> since(std::uint64_t position, std::size_t most);

 private:
  friend class Updates;
  const std::unique_ptr<archive::Watch> watch_;

  std::mutex mutex_;
  std::deque<archive::Change> kept_;  // Guarded by mutex_.
  std::uint64_t first_ = 0;           // Position of the first of them.

  std::int64_t asked_ns_ = 0;  // Guarded by the mutex of Updates.
};

/// All registrations of the door. They live in memory alone: behind a restart every marker is an expired one.
///
/// Threads: any.
class Updates {
 public:
  /// Null if `most` are there. Those that nobody asked for since `lifetime_ns` are dropped on the way.
  std::shared_ptr<Registration> add(const Call& call, const std::string& webid,
                                    std::unique_ptr<archive::Watch> watch);
  /// Null if there is none, any more, or it is somebody else's.
  std::shared_ptr<Registration> find(const Call& call, const std::string& id);

 private:
  void drop_expired(std::int64_t now_ns, std::int64_t lifetime_ns);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Registration>, std::less<>> by_id_;
  std::int64_t swept_ns_ = 0;
};

}  // namespace penstock::dialects::piwebapi
