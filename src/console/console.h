#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "console/access.h"
#include "dialects/common/dialect.h"

namespace penstock::console {

struct Settings {
  std::int64_t receipt_days = 7;  ///< Receipts are answered so long.
  bool audit = true;              ///< False: nothing is known of batches.
  bool buffer = true;             ///< False: nothing is queued.
  std::uint64_t buffer_bytes_max = 0;
  bool fault_switches = false;  ///< True: a call may take the archive away, for tests.
  /// The point that a WebID of the PI door names, whether or not it is still there.
  std::function<std::optional<PointId>(std::string_view webid, const catalog::Tables&)> point_of_webid;
};

/// Our own calls, under `/penstock`. `house` and `access` outlive it.
std::unique_ptr<dialects::Dialect> make_console(dialects::House& house, Access& access, Settings settings);

}  // namespace penstock::console
