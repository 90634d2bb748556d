#include "http/tls_certificate.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/text.h"

namespace penstock::http {
namespace {

constexpr long kLifetimeDays = 825;

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION, X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO, BIO_free_all>>;

bool exists(const std::string& file) {
  return access(file.c_str(), F_OK) == 0;
}

bool add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make_certificate(EVP_PKEY* key) {
  Certificate certificate{X509_new()};
  if (!certificate) return nullptr;
  X509* const x = certificate.get();
  std::uint64_t serial = 0;
  random_bytes(&serial, sizeof serial);
  X509_NAME* const name = X509_get_subject_name(x);
  const auto* const common_name = reinterpret_cast<const unsigned char*>("localhost");
  const bool good =
      X509_set_version(x, 2) == 1 && ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial >> 1) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(x), -3600) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(x), kLifetimeDays * 86400 - 3600) != nullptr &&
      X509_set_pubkey(x, key) == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(x, name) == 1 &&
      add_extension(x, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
      // It is its own authority, so that a client can be told to trust just this one.
      add_extension(x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(x, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
      add_extension(x, NID_ext_key_usage, "serverAuth") &&
      add_extension(x, NID_subject_key_identifier, "hash") && X509_sign(x, key, EVP_sha256()) != 0;
  return good ? std::move(certificate) : nullptr;
}

std::string contents(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

Result<void> write_new_file(const std::string& file, std::string_view text, mode_t mode) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0)
    return fail(ErrorCode::internal, file, std::string{"Can't create the file: "} + std::strerror(errno));
  bool good = true;
  while (good && !text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    good = n > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(n));
  }
  good = ::fsync(fd) == 0 && good;
  good = ::close(fd) == 0 && good;
  if (!good) {
    ::unlink(file.c_str());
    return fail(ErrorCode::internal, file, "Can't write the file.");
  }
  return {};
}

}  // namespace

Result<void> ensure_self_signed_certificate(const std::string& certificate_file,
                                            const std::string& key_file) {
  const bool has_certificate = exists(certificate_file), has_key = exists(key_file);
  if (has_certificate && has_key) return {};
  if (has_certificate != has_key) {
    return fail(ErrorCode::invalid_argument, has_key ? certificate_file : key_file,
                "The certificate and its key belong together, but only one of the two files is there.");
  }
  const Key key{EVP_EC_gen("P-256")};
  const Certificate certificate = key ? make_certificate(key.get()) : nullptr;
  const Memory key_pem{BIO_new(BIO_s_mem())}, certificate_pem{BIO_new(BIO_s_mem())};
  if (!certificate || !key_pem || !certificate_pem ||
      PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1) {
    return fail(ErrorCode::internal, {}, "Can't make a certificate.");
  }
  TRY_VOID(write_new_file(key_file, contents(key_pem.get()), 0600));
  auto written = write_new_file(certificate_file, contents(certificate_pem.get()), 0644);
  if (!written) ::unlink(key_file.c_str());
  return written;
}

}  // namespace penstock::http
