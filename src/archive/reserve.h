#pragma once

#include <cstddef>
#include <string>

namespace penstock::archive {

/// A file that holds disk space back. When the disk is full, giving it up lets a flush finish, which in turn
/// frees journal segments: without it a full disk could only be helped from outside.
///
/// Threads: one at a time.
class Reserve {
 public:
  Reserve(std::string path, std::size_t bytes) : path_{std::move(path)}, bytes_{bytes} {}

  /// Takes the space, if the disk has four times as much free. It may fail: then there is no reserve.
  void make();
  /// Gives the space up. False if there was none.
  bool release();

 private:
  std::string path_;
  std::size_t bytes_;  ///< 0: never any.
};

}  // namespace penstock::archive
