#pragma once

#include <string>

#include "base/result.h"

namespace penstock::http {

/// Makes a self-signed P-256 certificate for localhost, 127.0.0.1 and ::1, valid for 825 days, and its key,
/// as two PEM files (the key readable by its owner alone). Does nothing if both files exist. Errors:
/// invalid_argument (one exists without the other), internal (a file can't be written).
Result<void> ensure_self_signed_certificate(const std::string& certificate_file, const std::string& key_file);

}  // namespace penstock::http
