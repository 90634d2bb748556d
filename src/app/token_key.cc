#include "app/token_key.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

namespace penstock::app {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

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
  return {};
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio{BIO_new(BIO_s_mem()), &BIO_free};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

}  // namespace

Result<std::string> own_token_key(const std::string& directory) {
  const std::string path = directory + "/token-key.pem";
  if (std::ifstream in{path, std::ios::binary}; in) {
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  const Key key{EVP_RSA_gen(2048), &EVP_PKEY_free};
  if (!key) return fail(ErrorCode::internal, {}, "no key could be made");
  const auto pem = pem_of(key.get());
  TRY_VOID(write_private(path, pem));
  return pem;
}

}  // namespace penstock::app
