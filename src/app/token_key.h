#pragma once

#include <string>

#include "base/result.h"

namespace penstock::app {

/// The RSA key (PKCS 8, PEM) in `directory` with which tokens are signed; made if it is not there, readable
/// by its owner alone, so that tokens outlive a restart. Errors: store_unavailable.
Result<std::string> own_token_key(const std::string& directory);

/// Keeps another key there instead, for the next start. Errors: store_unavailable; then the former one stays.
Result<void> keep_token_key(const std::string& directory, const std::string& pem);

}  // namespace penstock::app
