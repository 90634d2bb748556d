#pragma once

#include "app/configuration.h"

namespace penstock::app {

/// Exit codes of `penstock`.
enum ExitCode : int {
  kDone = 0,
  kFailed = 1,             ///< Something that fits none of the others.
  kUsage = 2,              ///< Wrong flags or configuration; nothing was touched.
  kDataUnavailable = 3,    ///< The data folder is locked by another server, or can't be read or written.
  kDataDamaged = 4,        ///< Journal or blocks fail their checks. Nothing was changed.
  kAddressUnavailable = 5  ///< An address can't be listened on.
};

/// Serves until SIGTERM or SIGINT. Says on standard output where everything is; logs on standard error.
/// Returns an ExitCode.
int serve(const Settings& settings, const ConfigurationFile& file);

}  // namespace penstock::app
