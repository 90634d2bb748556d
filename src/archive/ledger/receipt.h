#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"

namespace penstock::archive {

/// The names under which clients ask for their batches: base32 of server, seq and a keyed check, 26 letters.
/// A name can't be guessed from another, and costs no look-up.
///
/// Threads: any.
class ReceiptNames {
 public:
  using Key = std::array<unsigned char, 16>;
  ReceiptNames() = default;
  ReceiptNames(const Uuid& server, const Key& key) : server_{server}, key_{key} {}

  std::string name(std::uint64_t seq) const;
  /// Nothing for what is not a name that this server gave.
  std::optional<std::uint64_t> seq(std::string_view name) const;

 private:
  std::uint32_t check(std::uint64_t seq) const;

  Uuid server_{};
  Key key_{};
};

}  // namespace penstock::archive
