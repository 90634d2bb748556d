#include "app/token_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "auth/authenticator.h"

namespace penstock::app {

namespace {

/// Writes a file that only its owner reads, whole or not at all.
Result<void> write_private(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new";
  const int file = ::open(draft.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  bool good = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  good = file >= 0 && ::fsync(file) == 0 && good;
  if (file >= 0) ::close(file);
  if (!good || std::rename(draft.c_str(), path.c_str()) != 0) {
    return fail(ErrorCode::store_unavailable, path, "the file can't be written");
  }
  // The name is durable with its folder only.
  const std::string folder = path.substr(0, path.rfind('/'));
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = directory >= 0 && ::fsync(directory) == 0;
  if (directory >= 0) ::close(directory);
  if (!synced) return fail(ErrorCode::store_unavailable, folder, "the folder can't be synced");
  return {};
}

std::string path_in(const std::string& directory) {
  return directory + "/token-key.pem";
}

}  // namespace

Result<std::string> own_token_key(const std::string& directory) {
  const std::string path = path_in(directory);
  if (std::ifstream in{path, std::ios::binary}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  const auto pem = auth::make_private_key_pem();
  TRY_VOID(write_private(path, pem));
  return pem;
}

Result<void> keep_token_key(const std::string& directory, const std::string& pem) {
  return write_private(path_in(directory), pem);
}

}  // namespace penstock::app
