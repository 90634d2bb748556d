#include "base/check.h"
#include "store/store.h"

namespace penstock::store {
namespace {

void append_size(std::string& out, std::size_t size) {
  CHECK(size < UINT32_MAX);
  const auto narrow = static_cast<std::uint32_t>(size);
  out.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
}

}  // namespace

void Batch::put(std::string_view key, std::string_view value) {
  append_size(bytes_, key.size());
  append_size(bytes_, value.size());
  bytes_.append(key).append(value);
  ++count_;
}

void Batch::erase(std::string_view key) {
  constexpr std::uint32_t kErased = UINT32_MAX;
  append_size(bytes_, key.size());
  bytes_.append(reinterpret_cast<const char*>(&kErased), sizeof kErased);
  bytes_.append(key);
  ++count_;
}

void Batch::clear() {
  bytes_.clear();
  count_ = 0;
}

}  // namespace penstock::store
