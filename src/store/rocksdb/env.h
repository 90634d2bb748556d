#pragma once

#include <rocksdb/env.h>

#include <functional>
#include <memory>
#include <string>

namespace penstock::store {

/// The system as RocksDB is to see it: with no answer to how much space is free, without which it leaves it
/// to us when to go on after a full disk (else it polls every five seconds, and refuses `Resume` meanwhile).
/// `fault`, if any, is for tests: appends and syncs fail when it gives an errno.
std::shared_ptr<rocksdb::Env> make_env(std::function<int(const std::string& path)> fault);

}  // namespace penstock::store
