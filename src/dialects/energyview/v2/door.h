#pragma once

#include <string>
#include <string_view>

#include "dialects/common/dialect.h"
#include "dialects/energyview/errors.h"
#include "dialects/energyview/rate_limit.h"
#include "dialects/energyview/v2/address.h"

namespace penstock::dialects::energyview::v2 {

/// The routes of API v2 and their short handlers. The domain of a call is the user name of its credentials.
class VersionTwo {
 public:
  VersionTwo(House& house, std::size_t max_read_points, RateLimit& rate_limit)
      : house_{house}, max_read_points_{max_read_points}, rate_limit_{rate_limit} {}

  Task<http::Response> handle(http::Request& request);

 private:
  /// What a handler knows of its caller.
  struct Call {
    std::string domain;
    auth::PrincipalPtr caller;
    Timestamp now;
  };
  using Answer = Checked<http::Response>;

  /// Finds the handler once the caller is known.
  Task<Answer> answer(http::Request& request, const Target& target, const Call& call);

  Answer list_series(const http::Request& request, const Call& call) const;
  Answer get_series(std::string_view uuid, const Call& call) const;
  Task<Answer> post_series(http::Request& request, const Call& call);
  Task<Answer> put_series(http::Request& request, std::string_view uuid, const Call& call);
  Task<Answer> delete_series(std::string_view uuid, const Call& call);

  Answer get_data(const http::Request& request, std::string_view uuid, const Call& call) const;
  Task<Answer> post_data(http::Request& request, std::string_view uuid, const Call& call);
  Task<Answer> delete_data(const http::Request& request, std::string_view uuid, const Call& call);

  Answer list_things(const http::Request& request, const Call& call) const;
  Answer get_thing(std::string_view uuid, const Call& call) const;
  Answer get_thing_series(std::string_view uuid, const Call& call) const;
  Task<Answer> post_thing(http::Request& request, const Call& call);
  Task<Answer> change_thing(http::Request& request, std::string_view uuid, const Call& call);

  /// Runs an edit; nothing follows but 204.
  Task<Answer> commit(archive::Archive::Edit edit, const Call& call);
  /// The point of a series that the caller has the right to.
  Checked<PointId> point_of(std::string_view uuid, auth::Right right, const Call& call) const;

  House& house_;
  const std::size_t max_read_points_;
  RateLimit& rate_limit_;  // Both versions of the API count together.
};

}  // namespace penstock::dialects::energyview::v2
