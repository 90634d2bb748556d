#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/worker_pool.h"
#include "console/access.h"
#include "console/call.h"
#include "console/console.h"
#include "dialects/common/dialect.h"

namespace penstock::console {

using Answer = Result<http::Response>;

/// The calls behind /penstock/v1, in files by what they are about.
///
/// Threads: any; a call is one coroutine.
class Calls {
 public:
  Calls(dialects::House& house, Access& access, Settings settings)
      : house_{house}, access_{access}, settings_{std::move(settings)} {}
  ~Calls() { stopping_ = true; }
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  struct Route {
    http::Method method;
    std::string_view path;  ///< Behind /penstock/v1/; a star is any one segment.
    bool for_all;           ///< Asks for no admin right: the handler looks at rights itself.
    Task<Answer> (Calls::*handler)(Call&);
  };
  static std::span<const Route> routes();

  Task<Answer> list_principals(Call& call);
  Task<Answer> post_principal(Call& call);
  Task<Answer> get_principal(Call& call);
  Task<Answer> patch_principal(Call& call);
  Task<Answer> delete_principal(Call& call);

  Task<Answer> post_login(Call& call);
  Task<Answer> delete_login(Call& call);
  Task<Answer> post_secret(Call& call);
  Task<Answer> delete_secret(Call& call);
  Task<Answer> revoke_tokens(Call& call);

  Task<Answer> list_keys(Call& call);
  Task<Answer> post_key(Call& call);
  Task<Answer> delete_key(Call& call);

  Task<Answer> list_partitions(Call& call);
  Task<Answer> post_partition(Call& call);
  Task<Answer> get_partition(Call& call);
  Task<Answer> patch_partition(Call& call);
  Task<Answer> delete_partition(Call& call);
  Task<Answer> list_bx_points(Call& call);
  Task<Answer> post_bx_point(Call& call);
  Task<Answer> get_bx_point(Call& call);
  Task<Answer> patch_bx_point(Call& call);
  Task<Answer> delete_bx_point(Call& call);

  Task<Answer> list_devices(Call& call);
  Task<Answer> post_device(Call& call);
  Task<Answer> get_device(Call& call);
  Task<Answer> patch_device(Call& call);
  Task<Answer> delete_device(Call& call);
  Task<Answer> list_locations(Call& call);
  Task<Answer> post_location(Call& call);
  Task<Answer> get_location(Call& call);
  Task<Answer> patch_location(Call& call);
  Task<Answer> delete_location(Call& call);

  Task<Answer> list_domains(Call& call);
  Task<Answer> post_domain(Call& call);
  Task<Answer> get_domain(Call& call);
  Task<Answer> patch_domain(Call& call);
  Task<Answer> delete_domain(Call& call);

  Task<Answer> list_points(Call& call);
  Task<Answer> get_point(Call& call);
  Task<Answer> put_address(Call& call);
  Task<Answer> delete_address(Call& call);

  Task<Answer> get_receipt(Call& call);

  Task<Answer> list_audit(Call& call);
  Task<Answer> get_audit(Call& call);
  Task<Answer> export_audit(Call& call);
  Task<Answer> undo_batch(Call& call);

  Task<Answer> list_letters(Call& call);
  Task<Answer> get_letter(Call& call);
  Task<Answer> replay_letter(Call& call);
  Task<Answer> drop_letter(Call& call);

  Task<Answer> delete_range(Call& call);
  Task<Answer> delete_ranges(Call& call);
  Task<Answer> list_retention(Call& call);
  Task<Answer> get_retention(Call& call);
  Task<Answer> put_retention(Call& call);
  Task<Answer> delete_retention(Call& call);
  Task<Answer> run_retention(Call& call);
  Task<Answer> get_buffer(Call& call);
  Task<Answer> put_buffer(Call& call);

 private:
  /// Runs an edit of the caller's.
  Task<Result<void>> change(archive::Archive::Edit edit, const Call& call);
  /// An edit, and credentials brought up to it.
  Task<Result<void>> change_access(archive::Archive::Edit edit, const Call& call);
  /// What is created answers with 201, and with itself as `get` shows it.
  Task<Answer> created(std::string location, Task<Answer> (Calls::*get)(Call&), Call& call);

  /// What the call's query asks for. Errors: those of parse_audit_query, not_found (no audit).
  Result<archive::AuditQuery> audit_query(const Call& call) const;

  /// A dead letter with its samples. May be megabytes: for the pool.
  Result<std::string> render_letter(const archive::LetterId& id) const;

  static constexpr std::size_t kReadersQueueMax = 64, kErasersQueueMax = 16;

  dialects::House& house_;
  Access& access_;
  const Settings settings_;
  std::atomic<bool> stopping_{false};
  /// Asked between two batches by what erases.
  const std::function<bool()> stop_ = [this] { return stopping_.load(); };
  WorkerPool readers_{1, kReadersQueueMax};  ///< For looking through ledger and letters, which may take long.
  WorkerPool erasers_{1, kErasersQueueMax};  ///< Counting and erasing read many blocks.
};

}  // namespace penstock::console
