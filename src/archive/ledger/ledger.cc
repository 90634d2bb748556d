#include "archive/ledger/ledger.h"

#include <algorithm>

#include "archive/blocks.h"
#include "base/bytes.h"

namespace penstock::archive {
namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;
constexpr std::size_t kBatchBytes = 4u << 20;

std::uint64_t page_of(std::uint64_t seq) {
  return seq / LedgerPage::kRows;
}

std::string eight(std::uint64_t value) {
  std::string bytes;
  append_be64(bytes, value);
  return bytes;
}

}  // namespace

Result<void> Ledger::open(const store::Snapshot& snapshot, std::uint64_t last_seq) {
  const auto cursor = snapshot.cursor(keys::ledger_head(0), keys::ledger_head(UINT64_MAX));
  for (cursor->seek(keys::ledger_head(0)); cursor->valid(); cursor->next()) {
    TRY(PageHead head, PageHead::decode(cursor->value()));
    stored_bytes_ += head.bytes;
    heads_.emplace(head.page, std::move(head));
  }
  TRY_VOID(cursor->status());
  last_seq_ = flushing_seq_ = flushed_seq_ = last_seq;
  TRY(const auto bytes, snapshot.get(keys::ledger_page(page_of(last_seq))));
  if (!bytes) return {};
  TRY(const LedgerPage stored, LedgerPage::decode(*bytes));
  TRY(LedgerPage open, stored.up_to(last_seq));
  if (!open.empty()) pages_.emplace(open.number(), std::make_shared<LedgerPage>(std::move(open)));
  return {};
}

void Ledger::append(const LedgerRow& row) {
  const std::lock_guard lock{mutex_};
  const std::uint64_t number = page_of(row.seq);
  if (pages_.empty() || pages_.rbegin()->first != number) {
    pages_.emplace_hint(pages_.end(), number, std::make_shared<LedgerPage>(number));
  }
  pages_.rbegin()->second->append(row);
  last_seq_ = row.seq;
  if (row.origin == BatchOrigin::resolved) decisions_[row.about] = row.seq;
}

Result<std::shared_ptr<const LedgerPage>> Ledger::page(std::uint64_t number, const Latest& latest) const {
  {
    const std::lock_guard lock{mutex_};
    const auto known = pages_.find(number);
    if (known != pages_.end()) {
      // The last one grows under the leader's hand: readers get it as it is now.
      if (std::next(known) == pages_.end()) return std::make_shared<const LedgerPage>(*known->second);
      return std::shared_ptr<const LedgerPage>{known->second};
    }
    if (!heads_.contains(number)) return std::shared_ptr<const LedgerPage>{};
  }
  TRY(const auto bytes, latest()->get(keys::ledger_page(number)));
  if (!bytes) return std::shared_ptr<const LedgerPage>{};
  TRY(LedgerPage read, LedgerPage::decode(*bytes));
  return std::make_shared<const LedgerPage>(std::move(read));
}

/// Of a queued batch: what its decision says.
Result<void> Ledger::add_decision(BatchRecord& row, std::uint64_t published, const Latest& latest) const {
  if (row.origin != BatchOrigin::queued) return {};
  {
    const std::lock_guard lock{mutex_};
    if (const auto made = decisions_.find(row.seq); made != decisions_.end()) {
      if (made->second > published) return {};  // A crash could take it back.
      row.other = made->second;
    }
  }
  if (row.other == 0) {
    TRY(const auto bytes, latest()->get(keys::ledger_decision(row.seq)));
    if (bytes && bytes->size() == 8) row.other = read_be64(bytes->data());
  }
  if (row.other == 0) return {};
  TRY(const auto decision, find(row.other, published, latest));
  if (!decision) return {};
  row.state = decision->state;
  std::copy(std::begin(decision->by_outcome), std::end(decision->by_outcome), row.by_outcome);
  row.touches = decision->touches;
  row.set_aside = decision->set_aside;
  return {};
}

Result<std::optional<BatchRecord>> Ledger::find(std::uint64_t seq, std::uint64_t published,
                                                const Latest& latest) const {
  std::optional<BatchRecord> record;
  if (seq > published) return record;
  TRY(const auto found, page(page_of(seq), latest));
  if (!found) return record;
  AuditQuery all;
  all.catalog = true;
  TRY_VOID(found->read(seq, all, [&](BatchRecord&& row) {
    if (row.seq == seq) record = std::move(row);
    return true;
  }));
  if (record) TRY_VOID(add_decision(*record, published, latest));
  return record;
}

Result<std::vector<BatchRecord>> Ledger::list(const AuditQuery& query, std::uint64_t published,
                                              const Latest& latest) const {
  // Newest page first; of those in the store only what may match.
  std::vector<std::uint64_t> numbers;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [number, head] : heads_) {
      if (!pages_.contains(number) && head.may_match(query)) numbers.push_back(number);
    }
    for (const auto& [number, open] : pages_) {
      if (number * LedgerPage::kRows < query.before_seq && open->last_seq() > query.after_seq)
        numbers.push_back(number);
    }
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<BatchRecord> rows;
  for (auto number = numbers.rbegin(); number != numbers.rend() && rows.size() < query.limit; ++number) {
    TRY(const auto read, page(*number, latest));
    if (!read) continue;
    std::deque<BatchRecord> of_page;
    const std::size_t wanted = query.limit - rows.size();
    TRY_VOID(read->read(published, query, [&](BatchRecord&& row) {
      of_page.push_front(std::move(row));
      if (of_page.size() > wanted) of_page.pop_back();
      return true;
    }));
    for (BatchRecord& row : of_page) {
      TRY_VOID(add_decision(row, published, latest));
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::uint64_t Ledger::drop_old(store::Batch& batch, std::int64_t now_ns, bool& dropped) {
  const std::lock_guard lock{mutex_};
  const std::int64_t oldest_us = now_ns / 1000 - limits_.days * kDayUs;
  while (!heads_.empty() && !pages_.contains(heads_.begin()->first)) {
    const PageHead& head = heads_.begin()->second;
    if (head.received_max_us >= oldest_us && stored_bytes_ <= limits_.bytes_max) break;
    batch.erase(keys::ledger_page(head.page));
    batch.erase(keys::ledger_head(head.page));
    stored_bytes_ -= std::min(stored_bytes_, head.bytes);
    heads_.erase(heads_.begin());
    dropped = true;
  }
  std::uint64_t first = last_seq_ + 1;
  if (!pages_.empty()) first = pages_.begin()->first * LedgerPage::kRows;
  if (!heads_.empty()) first = std::min(first, heads_.begin()->first * LedgerPage::kRows);
  return first;
}

Result<std::uint64_t> Ledger::flush(std::uint64_t seq, std::int64_t now_ns, const store::Snapshot& snapshot,
                                    store::Batch& batch, const std::function<Result<void>()>& full) {
  std::vector<std::shared_ptr<const LedgerPage>> changed;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [number, open] : pages_) {
      if (open->last_seq() <= flushed_seq_ || number * LedgerPage::kRows > seq) continue;
      const bool grows = number == pages_.rbegin()->first;
      changed.push_back(grows ? std::make_shared<const LedgerPage>(*open) : open);
    }
    flushing_seq_ = seq;
    for (const auto& made : decisions_) {
      if (made.second <= seq) flushing_decisions_.insert(made);
    }
  }
  for (const auto& each : changed) {
    // What is behind the watermark may be lost in a crash, and its seqs be given to others.
    TRY(const LedgerPage whole, each->last_seq() <= seq ? Result<LedgerPage>{*each} : each->up_to(seq));
    if (whole.empty()) continue;
    const std::string bytes = whole.encode();
    PageHead head = whole.head();
    head.bytes = bytes.size();
    batch.put(keys::ledger_page(head.page), bytes);
    batch.put(keys::ledger_head(head.page), head.encode());
    if (batch.bytes() > kBatchBytes) TRY_VOID(full());
    const std::lock_guard lock{mutex_};
    PageHead& known = heads_[head.page];
    stored_bytes_ = stored_bytes_ - std::min(stored_bytes_, known.bytes) + head.bytes;
    known = std::move(head);
  }
  for (const auto& [queued, decision] : flushing_decisions_) {
    batch.put(keys::ledger_decision(queued), eight(decision));
    if (batch.bytes() > kBatchBytes) TRY_VOID(full());
  }
  bool dropped = false;
  const std::uint64_t first = drop_old(batch, now_ns, dropped);
  if (dropped) {
    const auto cursor = snapshot.cursor(keys::ledger_decision(0), keys::ledger_decision(first));
    for (cursor->seek(keys::ledger_decision(0)); cursor->valid(); cursor->next()) batch.erase(cursor->key());
    TRY_VOID(cursor->status());
  }
  return first;
}

void Ledger::flushed() {
  const std::lock_guard lock{mutex_};
  flushed_seq_ = flushing_seq_;
  while (pages_.size() > 1 && pages_.begin()->second->last_seq() <= flushed_seq_)
    pages_.erase(pages_.begin());
  for (const auto& [queued, decision] : flushing_decisions_) decisions_.erase(queued);
  flushing_decisions_.clear();
}

std::uint64_t Ledger::bytes() const {
  const std::lock_guard lock{mutex_};
  std::uint64_t bytes = stored_bytes_;
  if (!pages_.empty()) bytes += pages_.rbegin()->second->bytes();
  return bytes;
}

}  // namespace penstock::archive
