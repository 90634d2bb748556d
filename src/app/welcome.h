#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "app/address.h"

namespace penstock::app {

/// What a person is told at the start, and who opens `/` in a browser: where the data is, which doors are
/// open, how to log in, and a first call.
///
/// Threads: `text` from any; `listens` once.
class Welcome {
 public:
  Welcome(std::string data, bool demo) : data_{std::move(data)}, demo_{demo} {}

  void listens(const std::optional<ListenAddress>& plain, const std::optional<ListenAddress>& tls,
               const std::optional<ListenAddress>& health);
  std::string text() const;     ///< For the console.
  std::string landing() const;  ///< For `/`: without the folder, and without secrets.

 private:
  std::string doors() const;

  const std::string data_;
  const bool demo_;
  mutable std::mutex mutex_;
  std::string base_, tls_base_, health_base_;  // Guarded by mutex_.
};

}  // namespace penstock::app
