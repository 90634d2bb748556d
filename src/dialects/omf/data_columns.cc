#include "dialects/omf/data_columns.h"

#include <algorithm>
#include <utility>

namespace penstock::dialects::omf {

DataColumns::DataColumns(const catalog::Tables& tables, const auth::Principal& caller, std::size_t bytes)
    : tables_{tables}, planner_{tables, caller} {
  static constexpr std::size_t kItemBytes = 96, kItemsMax = 4096, kValueBytes = 32;
  const std::size_t items_max = std::min(bytes / kItemBytes, kItemsMax);
  writes_.reserve(items_max);
  plans_.reserve(items_max);
  values_left_ = bytes / kValueBytes;
}

const ContainerPlan* DataColumns::find(std::string_view id, std::size_t item) {
  if (last_ != nullptr && id == last_->container->id) return last_;
  const catalog::OmfContainer* const container = tables_.omf.containers.find_id(id);
  if (container == nullptr) return nullptr;
  const auto [at, is_new] = plans_.try_emplace(container);
  if (is_new) {
    const std::size_t first = writes_.size();
    at->second = planner_.plan(*container, writes_);
    make_room(first);
    first_item_.resize(writes_.size(), item);
  }
  return last_ = &at->second;
}

/// Containers of a body have about as many values each. All that is set aside is less than the body.
void DataColumns::make_room(std::size_t first_write) {
  const std::size_t usual = first_write == 0 ? 0 : writes_[first_write - 1].run.size();
  for (std::size_t i = first_write; i < writes_.size() && usual <= values_left_; ++i) {
    writes_[i].run.reserve(usual);
    values_left_ -= usual;
  }
}

DataColumns::Taken DataColumns::take() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < writes_.size(); ++i) {
    if (writes_[i].run.empty()) continue;
    if (kept != i) {
      writes_[kept] = std::move(writes_[i]);
      first_item_[kept] = first_item_[i];
    }
    ++kept;
  }
  writes_.resize(kept);
  first_item_.resize(kept);
  plans_.clear();
  last_ = nullptr;
  return {std::exchange(writes_, {}), std::exchange(first_item_, {})};
}

}  // namespace penstock::dialects::omf
