#include "archive/ledger/page.h"

#include <zstd.h>

#include <algorithm>
#include <array>

#include "archive/ledger/columns.h"
#include "base/bytes.h"
#include "base/check.h"

namespace penstock::archive {
namespace {

constexpr std::size_t kPointsInHead = 4096;
constexpr std::size_t kPageBytesMax = 1u << 30;

/// What a row has, in the first byte of its head.
enum Has : std::uint8_t {
  one_append = 1,  ///< One point got one sample behind all it had.
  list = 2,
  set = 4,
  about = 8,
  set_aside = 16,
  mixed_outcomes = 32,  ///< Else one of them for all samples.
  gap = 64,             ///< Its seq does not follow on the one before.
  undecided = 128
};

std::uint64_t hash_of(std::span<const std::uint32_t> points) {
  std::uint64_t hash = points.size();
  for (const std::uint32_t point : points) hash = (hash ^ point) * 0x9e3779b97f4a7c15ull + (hash >> 29);
  return hash;
}

void insert_sorted(std::vector<std::uint32_t>& list, std::uint32_t value) {
  const auto at = std::lower_bound(list.begin(), list.end(), value);
  if (at == list.end() || *at != value) list.insert(at, value);
}

}  // namespace

void LedgerRow::clear() {
  undecided = false;
  about = 0;
  std::fill(std::begin(by_outcome), std::end(by_outcome), 0u);
  touches.clear();
  appended.clear();
  set_aside.clear();
}

void LedgerRow::touch(PointId point, std::int64_t first, std::int64_t last, std::uint32_t samples,
                      bool append) {
  if (!touches.empty() && touches.back().point == point) {
    Touch& before = touches.back();
    before.first = std::min(before.first, first);
    before.last = std::max(before.last, last);
    before.samples += samples;
    before.append = before.append && append;
  } else {
    touches.push_back({point, first, last, samples, append});
  }
}

void LedgerRow::appended_at(PointId point, std::int64_t time) {
  appended_first = appended.empty() ? time : std::min(appended_first, time);
  appended_last = appended.empty() ? time : std::max(appended_last, time);
  appended.push_back(to_number(point));
}

std::size_t LedgerPage::bytes() const {
  std::size_t bytes = sizeof *this + who_.size() * sizeof(Who);
  for (const std::string& column : columns_) bytes += column.capacity();
  for (const auto& each : sets_) bytes += each.capacity() * sizeof(std::uint32_t) + 64;
  return bytes;
}

std::uint32_t LedgerPage::who_of(const LedgerRow& row) {
  const Who who{row.principal, row.door, row.mode, row.origin};
  if (last_who_ < who_.size() && who_[last_who_] == who) return last_who_;
  last_who_ = static_cast<std::uint32_t>(std::find(who_.begin(), who_.end(), who) - who_.begin());
  if (last_who_ == who_.size()) who_.push_back(who);
  return last_who_;
}

std::uint32_t LedgerPage::set_of(std::span<const std::uint32_t> given) {
  const auto is = [&](std::uint32_t i) {
    return std::equal(given.begin(), given.end(), sets_[i].begin(), sets_[i].end());
  };
  if (last_set_ < sets_.size() && is(last_set_)) return last_set_;
  const std::uint64_t hash = hash_of(given);
  const auto known = set_by_hash_.find(hash);
  if (known != set_by_hash_.end() && is(known->second)) return last_set_ = known->second;
  last_set_ = static_cast<std::uint32_t>(sets_.size());
  sets_.emplace_back(given.begin(), given.end());
  set_by_hash_[hash] = last_set_;
  return last_set_;
}

void LedgerPage::append(const LedgerRow& row) {
  CHECK(row.seq / kRows == number_ && (rows_ == 0 || row.seq > last_seq_));
  const std::uint64_t expected = rows_ == 0 ? number_ * kRows : last_seq_ + 1;
  unsigned has = 0;
  const Touch* const only = row.touches.size() == 1 ? &row.touches[0] : nullptr;
  if (only != nullptr && only->append && only->samples == 1 && only->first == only->last) {
    has |= one_append;
  } else if (!row.touches.empty()) {
    has |= list;
  }
  if (!row.appended.empty()) has |= set;
  if (row.about != 0) has |= about;
  if (!row.set_aside.empty()) has |= set_aside;
  if (row.seq != expected) has |= gap;
  if (row.undecided) has |= undecided;
  std::uint8_t outcome = 0;
  while (outcome < 5 && row.by_outcome[outcome] == 0) ++outcome;
  if (!row.undecided && row.by_outcome[outcome] != row.sent) has |= mixed_outcomes;

  {
    Few head{columns_[heads]};
    head.u8(static_cast<std::uint8_t>(has));
    head.number(who_of(row));
    if ((has & gap) != 0) head.number(row.seq - expected);
    if ((has & about) != 0)
      head.number(zigzag(minus(static_cast<std::int64_t>(row.about), static_cast<std::int64_t>(row.seq))));
  }
  Few{columns_[received]}.number(zigzag(minus(row.received_us, before_received_)));
  before_received_ = row.received_us;
  Few{columns_[sizes]}.number(row.sent);
  if ((has & mixed_outcomes) != 0) {
    Few few{columns_[outcomes]};
    for (const std::uint32_t n : row.by_outcome) few.number(n);
  } else if ((has & undecided) == 0) {
    Few{columns_[outcomes]}.u8(outcome);
  }
  const auto put_point = [this](std::uint32_t point) {
    Few{columns_[point_ids]}.number(zigzag(std::int64_t{point} - std::int64_t{before_point_}));
    before_point_ = point;
  };
  const auto put_time = [this](std::int64_t time) {
    Few{columns_[times]}.step(minus(time, before_time_));
    before_time_ = time;
  };
  if ((has & one_append) != 0) {
    put_point(to_number(only->point));
    put_time(only->first);
  } else if ((has & list) != 0) {
    Few{columns_[point_ids]}.number(row.touches.size());
    for (const Touch& touch : row.touches) {
      put_point(to_number(touch.point));
      put_time(touch.first);
      put_time(touch.last);
      Few{columns_[point_ids]}.number(std::uint64_t{touch.samples} << 1 | (touch.append ? 1u : 0u));
    }
  }
  if ((has & set) != 0) {
    Few{columns_[point_ids]}.number(set_of(row.appended));
    put_time(row.appended_first);
    put_time(row.appended_last);
  }
  if ((has & set_aside) != 0) {
    Few{columns_[others]}.number(row.set_aside.size());
    for (const SetAside& aside : row.set_aside) {
      Few few{columns_[others]};
      few.number(to_number(aside.point));
      few.number(aside.samples);
      few.u8(static_cast<std::uint8_t>(aside.reason));
    }
  }
  last_seq_ = row.seq;
  ++rows_;
}

/// Walks the rows of a page.
class LedgerPage::Reader {
 public:
  explicit Reader(const LedgerPage& page)
      : page_{page}, in_{ByteReader{page.columns_[0]}, ByteReader{page.columns_[1]},
                         ByteReader{page.columns_[2]}, ByteReader{page.columns_[3]},
                         ByteReader{page.columns_[4]}, ByteReader{page.columns_[5]},
                         ByteReader{page.columns_[6]}} {
    static_assert(kColumns == 7);
  }

  /// The next row; points of a set stay where they are: `set_points` has them. False: the page is damaged.
  bool next(BatchRecord& row) {
    row = BatchRecord{};
    set_points = {};
    const std::uint8_t has = in_[heads].u8();
    const std::uint64_t who = in_[heads].varint();
    row.seq = read_ == 0 ? page_.number_ * kRows : before_seq_ + 1;
    if ((has & gap) != 0) row.seq += in_[heads].varint();
    if ((has & Has::about) != 0) {
      row.other = static_cast<std::uint64_t>(plus(static_cast<std::int64_t>(row.seq), in_[heads].svarint()));
    }
    before_seq_ = row.seq;
    received_ = plus(received_, in_[received].svarint());
    if (received_ > INT64_MAX / 1000 || received_ < INT64_MIN / 1000) return false;
    row.received = Timestamp::from_unix_ns(received_ * 1000);
    row.sent = static_cast<std::uint32_t>(in_[sizes].varint());
    if ((has & mixed_outcomes) != 0) {
      for (std::uint32_t& n : row.by_outcome) n = static_cast<std::uint32_t>(in_[outcomes].varint());
    } else if ((has & undecided) == 0) {
      const std::uint8_t outcome = in_[outcomes].u8();
      if (outcome > 5) return false;
      row.by_outcome[outcome] = row.sent;
    } else {
      row.state = BatchState::queued;
    }
    if ((has & one_append) != 0) {
      const PointId point = read_point();
      const std::int64_t time = read_time();
      row.touches.push_back({point, time, time, 1, true});
    } else if ((has & list) != 0) {
      const std::uint64_t n = in_[point_ids].varint();
      if (n > in_[point_ids].left()) return false;
      for (std::uint64_t i = 0; i < n; ++i) {
        Touch touch;
        touch.point = read_point();
        touch.first = read_time();
        touch.last = read_time();
        const std::uint64_t samples = in_[point_ids].varint();
        touch.samples = static_cast<std::uint32_t>(samples >> 1);
        touch.append = (samples & 1) != 0;
        row.touches.push_back(touch);
      }
    }
    if ((has & set) != 0) {
      const std::uint64_t number = in_[point_ids].varint();
      if (number >= page_.sets_.size()) return false;
      set_points = page_.sets_[number];
      set_first = read_time();
      set_last = read_time();
    }
    if ((has & Has::set_aside) != 0) {
      const std::uint64_t n = in_[others].varint();
      if (n > in_[others].left()) return false;
      for (std::uint64_t i = 0; i < n; ++i) {
        SetAside aside;
        aside.point = PointId{static_cast<std::uint32_t>(in_[others].varint())};
        aside.samples = static_cast<std::uint32_t>(in_[others].varint());
        aside.reason = static_cast<RejectReason>(in_[others].u8());
        row.set_aside.push_back(aside);
      }
      row.state = BatchState::set_aside;
    }
    if (who >= page_.who_.size()) return false;
    const Who& known = page_.who_[who];
    row.principal = known.principal;
    row.door = known.door;
    row.mode = known.mode;
    row.origin = known.origin;
    ++read_;
    return std::all_of(in_.begin(), in_.end(), [](const ByteReader& in) { return in.ok(); });
  }

  std::span<const std::uint32_t> set_points;
  std::int64_t set_first = 0, set_last = 0;

 private:
  PointId read_point() {
    point_ = static_cast<std::uint32_t>(std::int64_t{point_} + in_[point_ids].svarint());
    return PointId{point_};
  }
  std::int64_t read_time() { return time_ = plus(time_, read_step(in_[times])); }

  const LedgerPage& page_;
  std::array<ByteReader, kColumns> in_;
  std::uint32_t read_ = 0;
  std::uint64_t before_seq_ = 0;
  std::int64_t received_ = 0, time_ = 0;
  std::uint32_t point_ = 0;
};

namespace {

bool matches(const BatchRecord& row, const AuditQuery& query) {
  return row.seq < query.before_seq && row.seq > query.after_seq && row.received >= query.from &&
         row.received <= query.to && (!query.principal || row.principal == *query.principal) &&
         (!query.door || row.door == *query.door) && (query.catalog || row.sent > 0);
}

bool touches(const BatchRecord& row, std::span<const std::uint32_t> set_points, PointId point) {
  const auto on_it = [point](const auto& some) { return some.point == point; };
  return std::any_of(row.touches.begin(), row.touches.end(), on_it) ||
         std::any_of(row.set_aside.begin(), row.set_aside.end(), on_it) ||
         std::find(set_points.begin(), set_points.end(), to_number(point)) != set_points.end();
}

}  // namespace

Result<void> LedgerPage::read(std::uint64_t up_to, const AuditQuery& query,
                              const std::function<bool(BatchRecord&&)>& each) const {
  Reader reader{*this};
  BatchRecord row;
  for (std::uint32_t i = 0; i < rows_; ++i) {
    if (!reader.next(row)) return unreadable_page();
    if (row.seq > up_to || row.seq >= query.before_seq) return {};
    if (!matches(row, query) || (query.point && !touches(row, reader.set_points, *query.point))) continue;
    row.touches.reserve(row.touches.size() + reader.set_points.size());
    for (const std::uint32_t point : reader.set_points) {
      row.touches.push_back({PointId{point}, reader.set_first, reader.set_last, 1, true});
    }
    if (!each(std::move(row))) return {};
  }
  return {};
}

PageHead LedgerPage::head() const {
  PageHead head;
  head.page = number_;
  head.last_seq = last_seq_;
  for (const Who& who : who_) {
    insert_sorted(head.principals, who.principal);
    head.doors |= 1u << static_cast<unsigned>(who.door);
  }
  std::vector<std::uint32_t> found;
  for (const auto& points_of_set : sets_)
    found.insert(found.end(), points_of_set.begin(), points_of_set.end());
  Reader reader{*this};
  BatchRecord row;
  for (std::uint32_t i = 0; i < rows_ && reader.next(row); ++i) {
    const std::int64_t us = row.received.unix_ns() / 1000;
    head.received_min_us = std::min(head.received_min_us, us);
    head.received_max_us = std::max(head.received_max_us, us);
    for (const Touch& touch : row.touches) found.push_back(to_number(touch.point));
    for (const SetAside& aside : row.set_aside) found.push_back(to_number(aside.point));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  head.many_points = found.size() > kPointsInHead;
  if (!head.many_points) head.points = std::move(found);
  return head;
}

std::string LedgerPage::encode() const {
  const std::string plain = print();
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), 1);
  CHECK(ZSTD_isError(size) == 0);
  packed.resize(size);
  return packed;
}

std::string LedgerPage::print() const {
  std::string plain;
  ByteWriter to{plain};
  to.u8(kLedgerFormat);
  to.varint(number_);
  to.varint(last_seq_);
  to.varint(rows_);
  to.varint(who_.size());
  for (const Who& who : who_) {
    to.varint(who.principal);
    to.u8(static_cast<std::uint8_t>(who.door));
    to.u8(static_cast<std::uint8_t>(who.mode));
    to.u8(static_cast<std::uint8_t>(who.origin));
  }
  to.varint(sets_.size());
  for (const auto& points_of_set : sets_) {
    to.varint(points_of_set.size());
    std::int64_t before = 0;
    for (const std::uint32_t point : points_of_set) {
      to.svarint(std::int64_t{point} - before);
      before = point;
    }
  }
  for (const std::string& column : columns_) to.text(column);
  return plain;
}

Result<LedgerPage> LedgerPage::decode(std::string_view bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size > kPageBytesMax) return unreadable_page();  // Also what zstd says when it does not know.
  std::string plain(size, '\0');
  if (ZSTD_decompress(plain.data(), plain.size(), bytes.data(), bytes.size()) != size)
    return unreadable_page();
  return parse(plain);
}

Result<LedgerPage> LedgerPage::parse(std::string_view plain) {
  ByteReader in{plain};
  if (in.u8() != kLedgerFormat) return unreadable_page();
  LedgerPage page{in.varint()};
  page.last_seq_ = in.varint();
  page.rows_ = static_cast<std::uint32_t>(in.varint());
  if (page.rows_ > kRows) return unreadable_page();
  const std::uint64_t whos = in.varint();
  if (whos > in.left()) return unreadable_page();
  for (std::uint64_t i = 0; i < whos; ++i) {
    Who who{};
    who.principal = static_cast<std::uint32_t>(in.varint());
    who.door = static_cast<Door>(in.u8());
    who.mode = static_cast<UpdateMode>(in.u8());
    who.origin = static_cast<BatchOrigin>(in.u8());
    page.who_.push_back(who);
  }
  const std::uint64_t sets = in.varint();
  if (sets > in.left()) return unreadable_page();
  for (std::uint64_t i = 0; i < sets; ++i) {
    const std::uint64_t n = in.varint();
    if (n > in.left()) return unreadable_page();
    auto& points_of_set = page.sets_.emplace_back();
    std::int64_t point = 0;
    for (std::uint64_t k = 0; k < n; ++k) {
      point = plus(point, in.svarint());
      points_of_set.push_back(static_cast<std::uint32_t>(point));
    }
    page.set_by_hash_[hash_of(points_of_set)] = static_cast<std::uint32_t>(i);
  }
  for (std::string& column : page.columns_) column = in.text();
  if (!in.ok() || !in.at_end()) return unreadable_page();
  return page;
}

Result<LedgerPage> LedgerPage::up_to(std::uint64_t seq) const {
  LedgerPage kept{number_};
  kept.who_ = who_;
  Reader reader{*this};
  BatchRecord row;
  LedgerRow again;
  for (std::uint32_t i = 0; i < rows_; ++i) {
    if (!reader.next(row) || row.seq / kRows != number_ || (i > 0 && row.seq <= kept.last_seq_)) {
      return unreadable_page();
    }
    if (row.seq > seq) break;
    again.clear();
    again.seq = row.seq;
    again.received_us = row.received.unix_ns() / 1000;
    again.principal = row.principal;
    again.door = row.door;
    again.mode = row.mode;
    again.origin = row.origin;
    again.undecided = row.state == BatchState::queued;
    again.about = row.other;
    again.sent = row.sent;
    std::copy(std::begin(row.by_outcome), std::end(row.by_outcome), again.by_outcome);
    again.touches = row.touches;
    again.appended.assign(reader.set_points.begin(), reader.set_points.end());
    again.appended_first = reader.set_first;
    again.appended_last = reader.set_last;
    again.set_aside = row.set_aside;
    kept.append(again);
  }
  return kept;
}

}  // namespace penstock::archive
