#include "store/rocksdb/env.h"

#include <rocksdb/file_system.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace penstock::store {
namespace {

using Fault = std::function<int(const std::string& path)>;

/// As RocksDB's own file system words it.
rocksdb::IOStatus status_of(int error) {
  if (error == 0) return rocksdb::IOStatus::OK();
  if (error != ENOSPC) return rocksdb::IOStatus::IOError(std::strerror(error));
  rocksdb::IOStatus full = rocksdb::IOStatus::NoSpace(std::strerror(error));
  full.SetRetryable(true);
  return full;
}

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path, const Fault& fault)
      : FSWritableFileOwnerWrapper(std::move(file)), path_{std::move(path)}, fault_{fault} {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* context) override {
    if (auto failed = status_of(fault_(path_)); !failed.ok()) return failed;
    return FSWritableFileOwnerWrapper::Append(data, options, context);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& checksum,
                           rocksdb::IODebugContext* context) override {
    if (auto failed = status_of(fault_(path_)); !failed.ok()) return failed;
    return FSWritableFileOwnerWrapper::Append(data, options, checksum, context);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (auto failed = status_of(fault_(path_)); !failed.ok()) return failed;
    return FSWritableFileOwnerWrapper::Sync(options, context);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* context) override {
    if (auto failed = status_of(fault_(path_)); !failed.ok()) return failed;
    return FSWritableFileOwnerWrapper::Fsync(options, context);
  }

 private:
  const std::string path_;
  const Fault& fault_;
};

class OurFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit OurFileSystem(Fault fault)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), fault_{std::move(fault)} {}
  const char* Name() const override { return "OurFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* made,
                                    rocksdb::IODebugContext* context) override {
    auto status = FileSystemWrapper::NewWritableFile(path, options, made, context);
    if (status.ok() && fault_) *made = std::make_unique<FaultyFile>(std::move(*made), path, fault_);
    return status;
  }
  rocksdb::IOStatus GetFreeSpace(const std::string&, const rocksdb::IOOptions&, std::uint64_t*,
                                 rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::NotSupported();
  }

 private:
  const Fault fault_;
};

}  // namespace

std::shared_ptr<rocksdb::Env> make_env(Fault fault) {
  return rocksdb::NewCompositeEnv(std::make_shared<OurFileSystem>(std::move(fault)));
}

}  // namespace penstock::store
