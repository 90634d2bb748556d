#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "base/worker_pool.h"

#include "dialects/piwebapi/call.h"
#include "dialects/piwebapi/channels.h"
#include "dialects/piwebapi/rate_limit.h"
#include "dialects/piwebapi/updates.h"

namespace penstock::dialects::piwebapi {

/// See make_piwebapi.
///
/// Threads: as Dialect. After the first request nothing changes but what has locking of its own; the identity
/// is read once.
class PiWebApi final : public Dialect {
 public:
  PiWebApi(House& house, Settings settings);

  std::string_view name() const override { return "piwebapi"; }
  http::BodyRule body_rule(const http::Request& head) const override;
  Task<http::Response> handle(http::Request& request) override;

  /// Answers a request whose caller is known: the whole of a sub-request of a batch, and the rest of any
  /// other.
  Task<http::Response> dispatch(http::Request& request, const auth::Principal& caller, Timestamp now,
                                bool in_batch);

  ChannelCount& channels() { return channels_; }
  Updates& updates() { return updates_; }
  WorkerPool& readers() { return readers_; }  ///< For reads that may take long.

 private:
  Task<http::Response> admit(http::Request& request);
  http::Response unauthenticated() const;
  bool takes(std::string_view authorization) const;  ///< By the configured methods.
  /// Who is known without a look at secrets, or null: then `identify` finds out.
  auth::PrincipalPtr known_caller(const http::Request& request, Timestamp now) const;
  Task<Result<auth::PrincipalPtr>> identify(const http::Request& request, Timestamp now);
  bool csrf_header_missing(const http::Request& request) const;
  const Identity* identity();
  std::string base_url(const http::Request& request) const;

  House& house_;
  const Settings settings_;
  WebIdForm webid_form_ = WebIdForm::full;

  // Own locking.
  ChannelCount channels_;
  Updates updates_;
  RateLimit rate_limit_;
  WorkerPool readers_;

  std::mutex mutex_;
  std::optional<Identity> identity_;
  std::atomic<const Identity*> identity_known_{nullptr};
};

}  // namespace penstock::dialects::piwebapi
