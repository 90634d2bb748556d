// The ledger: rows come back as they went in, through memory, store, journal and whatever lies between.
#include "archive/ledger/ledger.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "archive/ledger/page.h"
#include "base/clock.h"
#include "model.h"

namespace penstock::archive {
namespace {

AuditQuery everything() {
  AuditQuery query;
  query.limit = SIZE_MAX;
  query.catalog = true;
  return query;
}

std::string describe_row(const BatchRecord& row) {
  std::string out = std::to_string(row.seq) + " at " + std::to_string(row.received.unix_ns()) + " by " +
                    std::to_string(row.principal) + " door " + std::to_string(static_cast<int>(row.door)) +
                    " mode " + std::to_string(static_cast<int>(row.mode)) + " origin " +
                    std::to_string(static_cast<int>(row.origin)) + " state " +
                    std::to_string(static_cast<int>(row.state)) + " about " + std::to_string(row.other) +
                    " sent " + std::to_string(row.sent) + " outcomes";
  for (const std::uint32_t n : row.by_outcome) out += " " + std::to_string(n);
  for (const Touch& touch : row.touches) {
    out += " [" + std::to_string(to_number(touch.point)) + ": " + std::to_string(touch.first) + "…" +
           std::to_string(touch.last) + " n " + std::to_string(touch.samples) +
           (touch.append ? " append]" : "]");
  }
  for (const SetAside& aside : row.set_aside) {
    out += " {" + std::to_string(to_number(aside.point)) + " n " + std::to_string(aside.samples) + " why " +
           std::to_string(static_cast<int>(aside.reason)) + "}";
  }
  return out;
}

std::vector<std::string> describe_rows(const std::vector<BatchRecord>& rows) {
  std::vector<std::string> all;
  for (const BatchRecord& row : rows) all.push_back(describe_row(row));
  return all;
}

class RowMaker {
 public:
  explicit RowMaker(std::uint64_t seed) : random_{seed} {}

  LedgerRow row(std::uint64_t seq) {
    LedgerRow row;
    row.seq = seq;
    row.received_us = 1'700'000'000'000'000 + static_cast<std::int64_t>(seq) * 1000 + number(2000) - 1000;
    row.principal = static_cast<std::uint32_t>(number(3));
    row.door = static_cast<Door>(number(6));
    row.mode = static_cast<UpdateMode>(number(6));
    row.origin = static_cast<BatchOrigin>(number(2) == 0 ? number(7) : 0);
    row.sent = static_cast<std::uint32_t>(number(5) == 0 ? 0 : number(2000));
    if (number(4) != 0) {
      row.by_outcome[number(6)] = row.sent;
    } else {
      row.by_outcome[0] = row.sent / 2;
      row.by_outcome[3] = row.sent - row.sent / 2;
    }
    if (number(8) == 0) {
      row.undecided = true;
      std::fill(std::begin(row.by_outcome), std::end(row.by_outcome), 0u);
    }
    if (number(6) == 0) row.about = static_cast<std::uint64_t>(number(100'000)) + 1;
    switch (number(4)) {
      case 0: break;
      case 1: row.touch(point(), 5, 5, 1, true); break;
      case 2:
        for (int i = 0; i < number(5) + 1; ++i) {
          const std::int64_t first = time();
          row.touch(point(), first, std::max(first, time()), static_cast<std::uint32_t>(number(900)),
                    number(2) == 0);
        }
        break;
      case 3:
        for (int i = 0; i < number(9) + 1; ++i)
          row.appended_at(PointId{static_cast<std::uint32_t>(i + 7)}, time());
        break;
    }
    if (!row.undecided && number(9) == 0) row.set_aside.push_back({point(), 12, RejectReason::type_mismatch});
    return row;
  }
  int number(int below) { return std::uniform_int_distribution<int>{0, below - 1}(random_); }

 private:
  PointId point() {
    return PointId{static_cast<std::uint32_t>(number(3) == 0 ? 4'000'000'000 - number(9) : number(9))};
  }
  std::int64_t time() {
    switch (number(6)) {
      case 0: return INT64_MIN;
      case 1: return INT64_MAX;
      case 2: return 1'700'000'000'000'000'000 + number(1000) * std::int64_t{1'000'000'000};
      case 3: return 1'700'000'000'000'000'000 + number(1000) * std::int64_t{1'000'000};
      default: return 1'700'000'000'000'000'000 + number(1'000'000'000);
    }
  }
  std::mt19937_64 random_;
};

/// What a reader must be told of a row.
BatchRecord told(const LedgerRow& row) {
  BatchRecord record;
  record.seq = row.seq;
  record.received = Timestamp::from_unix_ns(row.received_us * 1000);
  record.principal = row.principal;
  record.door = row.door;
  record.mode = row.mode;
  record.origin = row.origin;
  record.state = row.undecided            ? BatchState::queued
                 : !row.set_aside.empty() ? BatchState::set_aside
                                          : BatchState::applied;
  record.other = row.about;
  record.sent = row.sent;
  std::copy(std::begin(row.by_outcome), std::end(row.by_outcome), record.by_outcome);
  record.touches = row.touches;
  for (const std::uint32_t point : row.appended) {
    record.touches.push_back({PointId{point}, row.appended_first, row.appended_last, 1, true});
  }
  record.set_aside = row.set_aside;
  return record;
}

std::vector<BatchRecord> read_all(const LedgerPage& page, std::uint64_t up_to = UINT64_MAX) {
  std::vector<BatchRecord> rows;
  const auto done = page.read(up_to, everything(), [&](BatchRecord&& row) {
    rows.push_back(std::move(row));
    return true;
  });
  EXPECT_TRUE(done.has_value());
  return rows;
}

TEST(LedgerPage, RowsComeBackAsTheyWentIn) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RowMaker make{seed};
    LedgerPage page{3};
    std::vector<BatchRecord> want;
    for (std::uint64_t seq = 3 * LedgerPage::kRows + seed; seq < 4 * LedgerPage::kRows; ++seq) {
      if (make.number(10) == 0) continue;
      const LedgerRow row = make.row(seq);
      page.append(row);
      want.push_back(told(row));
      if (want.size() == 700) break;
    }
    ASSERT_EQ(describe_rows(read_all(page)), describe_rows(want));
    const auto again = LedgerPage::decode(page.encode());
    ASSERT_TRUE(again.has_value());
    ASSERT_EQ(describe_rows(read_all(*again)), describe_rows(want));
    const auto cut = again->up_to(want[400].seq);
    ASSERT_TRUE(cut.has_value());
    ASSERT_EQ(describe_rows(read_all(*cut)), describe_rows({want.begin(), want.begin() + 401}));
    // What was cut goes on as the whole one did.
    LedgerPage longer = *cut;
    LedgerPage whole{3};
    RowMaker other{seed + 1000};
    const LedgerRow next = other.row(want[400].seq + 1);
    longer.append(next);
    std::vector<BatchRecord> more{want.begin(), want.begin() + 401};
    more.push_back(told(next));
    ASSERT_EQ(describe_rows(read_all(longer)), describe_rows(more));
  }
}

TEST(LedgerPage, HeadsNeverHideWhatIsThere) {
  RowMaker make{77};
  LedgerPage page{0};
  std::vector<BatchRecord> rows;
  for (std::uint64_t seq = 1; seq < 500; ++seq) {
    const LedgerRow row = make.row(seq);
    page.append(row);
    rows.push_back(told(row));
  }
  const auto head = PageHead::decode(page.head().encode());
  ASSERT_TRUE(head.has_value());
  for (const BatchRecord& row : rows) {
    AuditQuery query;
    query.principal = row.principal;
    query.door = row.door;
    query.from = query.to = row.received;
    ASSERT_TRUE(head->may_match(query));
    for (const Touch& touch : row.touches) {
      query.point = touch.point;
      ASSERT_TRUE(head->may_match(query));
    }
  }
  AuditQuery other;
  other.point = PointId{123'456};
  EXPECT_FALSE(head->may_match(other));
  other = {};
  other.principal = 9;
  EXPECT_FALSE(head->may_match(other));
}

TEST(LedgerPage, DamagedBytesAreRefusedAndNeverFollowed) {
  RowMaker make{5};
  LedgerPage page{0};
  for (std::uint64_t seq = 1; seq < 200; ++seq) page.append(make.row(seq));
  const std::string whole = page.encode();
  std::mt19937_64 random{1};
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = whole.substr(0, i % 3 == 0 ? random() % whole.size() : whole.size());
    for (int flips = 0; flips < 3 && !bytes.empty(); ++flips) {
      bytes[random() % bytes.size()] ^= static_cast<char>(1u << random() % 8);
    }
    if (const auto read = LedgerPage::decode(bytes)) {
      std::size_t rows = 0;
      static_cast<void>(read->read(UINT64_MAX, everything(), [&](BatchRecord&&) { return ++rows < 5000; }));
      static_cast<void>(read->up_to(UINT64_MAX));
    }
  }
}

TEST(LedgerPage, RowsOfSingleWritesAreSmall) {
  LedgerPage page{0};
  LedgerRow row;
  std::mt19937_64 random{9};
  for (std::uint64_t seq = 1; seq < LedgerPage::kRows; ++seq) {
    row.clear();
    row.seq = seq;
    row.received_us =
        1'700'000'000'000'000 + static_cast<std::int64_t>(seq) * 12 + static_cast<std::int64_t>(random() % 9);
    row.sent = row.by_outcome[0] = 1;
    row.touch(PointId{static_cast<std::uint32_t>(random() % 1000 + 1)}, row.received_us / 1000 * 1'000'000,
              row.received_us / 1000 * 1'000'000, 1, true);
    page.append(row);
  }
  EXPECT_LT(page.encode().size(), LedgerPage::kRows * 7);
}

/// What the engine said of a batch when it was written.
struct Written {
  WriteCommand command;
  WriteCounts counts;
  std::uint32_t sent = 0;
};

class LedgerTest : public ::testing::TestWithParam<int> {};

TEST_P(LedgerTest, EveryBatchIsThereWithWhatItsAnswerSaidAcrossFlushesAndReopenings) {
  const TemporaryFolder folder;
  Options options = test_options(folder.path());
  auto open = [&] {
    auto opened = Archive::open(options);
    EXPECT_TRUE(opened.has_value());
    return std::move(*opened);
  };
  auto archive = open();
  const auto points = make_points(*archive, 1);
  Generator generator{static_cast<std::uint64_t>(GetParam()), points};
  std::map<std::uint64_t, Written> written;
  const std::int64_t begin = wall_clock_ns();
  const auto check = [&] {
    const auto all = archive->audit(everything());
    ASSERT_TRUE(all.has_value());
    std::size_t found = 0;
    for (const BatchRecord& row : *all) {
      if (row.sent == 0) continue;
      ++found;
      const auto at = written.find(row.seq);
      ASSERT_NE(at, written.end()) << row.seq;
      const Written& was = at->second;
      ASSERT_EQ(row.sent, was.sent);
      ASSERT_EQ(row.principal, was.command.principal);
      ASSERT_EQ(row.door, was.command.door);
      ASSERT_EQ(row.mode, was.command.mode);
      ASSERT_NEAR(static_cast<double>(row.received.unix_ns() - was.command.now.unix_ns()), 0, 2000);
      const WriteCounts counts = row.counts();
      ASSERT_EQ(counts.stored, was.counts.stored);
      ASSERT_EQ(counts.replaced, was.counts.replaced);
      ASSERT_EQ(counts.ignored, was.counts.ignored);
      ASSERT_EQ(counts.erased, was.counts.erased);
      std::set<std::uint32_t> touched, sent_to;
      for (const Touch& touch : row.touches) touched.insert(to_number(touch.point));
      for (const PointWrite& write : was.command.writes) {
        if (!write.run.empty()) sent_to.insert(to_number(write.point));
      }
      for (const PointSample& sample : was.command.slice) sent_to.insert(to_number(sample.point));
      ASSERT_EQ(touched, sent_to) << describe_row(row);
      const auto one = archive->batch(row.seq);
      ASSERT_TRUE(one.has_value() && one->has_value());
      ASSERT_EQ(describe_row(**one), describe_row(row));
    }
    ASSERT_EQ(found, written.size());
  };
  for (int step = 0; step < 300; ++step) {
    Written w{generator.command(), {}, 0};
    w.command.principal = static_cast<std::uint32_t>(generator.below(4));
    w.command.door = static_cast<Door>(generator.below(6));
    w.command.now = Timestamp::from_unix_ns(begin + step * 1'000'000'000ll);
    const auto got = sync_wait(archive->write(w.command));
    if (got && got->seq != 0) {
      w.counts = got->counts();
      w.sent = static_cast<std::uint32_t>(w.counts.stored + w.counts.replaced + w.counts.ignored +
                                          w.counts.erased + w.counts.rejected);
      if (w.sent > 0) written[got->seq] = std::move(w);
    }
    const std::size_t event = generator.below(60);
    if (event == 0) {
      ASSERT_TRUE(archive->flush().has_value());
    }
    if (event == 1) {
      const auto before = archive->audit(everything());
      archive.reset();
      archive = open();
      const auto after = archive->audit(everything());
      ASSERT_TRUE(before.has_value() && after.has_value());
      ASSERT_EQ(describe_rows(*after), describe_rows(*before)) << "step " << step;
    }
    if (step % 50 == 49) {
      check();
      if (HasFatalFailure()) return;
    }
  }
  // Queries see what a look at every row sees.
  const auto all = archive->audit(everything());
  for (int i = 0; i < 50; ++i) {
    AuditQuery query;
    query.limit = generator.below(20) + 1;
    if (generator.below(2) == 0) query.point = points[generator.below(points.size())].first;
    if (generator.below(3) == 0) query.principal = static_cast<std::uint32_t>(generator.below(5));
    if (generator.below(3) == 0) query.door = static_cast<Door>(generator.below(6));
    if (generator.below(3) == 0) query.before_seq = generator.below(400);
    if (generator.below(3) == 0) {
      query.from =
          Timestamp::from_unix_ns(begin + static_cast<std::int64_t>(generator.below(300)) * 1'000'000'000);
      query.to = query.from.plus_ns(60'000'000'000);
    }
    std::vector<BatchRecord> want;
    for (const BatchRecord& row : *all) {
      const bool on_point =
          !query.point || std::any_of(row.touches.begin(), row.touches.end(),
                                      [&](const Touch& touch) { return touch.point == *query.point; });
      if (row.sent > 0 && on_point && (!query.principal || row.principal == *query.principal) &&
          (!query.door || row.door == *query.door) && row.seq < query.before_seq &&
          row.received >= query.from && row.received <= query.to && want.size() < query.limit) {
        want.push_back(row);
      }
    }
    const auto have = archive->audit(query);
    ASSERT_TRUE(have.has_value());
    ASSERT_EQ(describe_rows(*have), describe_rows(want));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LedgerTest, ::testing::Range(0, 8));

TEST(Ledger, OldPagesGoWholeAndOnlyWhenTheyMust) {
  const auto store = store::open_memory();
  Ledger ledger{{.days = 30, .bytes_max = 60'000}};
  ASSERT_TRUE(ledger.open(*store->snapshot(), 0).has_value());
  const auto latest = [&] { return store->snapshot(); };
  RowMaker make{3};
  std::uint64_t seq = 0, kept_from = 0;
  std::int64_t now_ns = 0;
  const auto round = [&](int rows) {
    for (int i = 0; i < rows; ++i) {
      const LedgerRow row = make.row(++seq);
      now_ns = row.received_us * 1000;
      ledger.append(row);
    }
    store::Batch batch;
    const auto write = [&]() -> Result<void> {
      TRY_VOID(store->write(batch));
      batch.clear();
      return {};
    };
    const auto first = ledger.flush(seq, now_ns, *store->snapshot(), batch, write);
    ASSERT_TRUE(first.has_value() && write().has_value());
    kept_from = *first;
    ledger.flushed();
  };
  const auto has = [&](std::uint64_t which) { return ledger.find(which, seq, latest)->has_value(); };
  round(5000);
  EXPECT_TRUE(has(1) && has(5000));
  for (int i = 0; i < 6; ++i) round(5000);
  EXPECT_FALSE(has(1));
  EXPECT_FALSE(has(kept_from - 1));
  EXPECT_TRUE(has(kept_from + 1) && has(seq));
  EXPECT_EQ(kept_from % LedgerPage::kRows, 0u);
  // Opened again it has the same rows; those behind the watermark are not its own any more.
  Ledger again{{.days = 30, .bytes_max = 60'000}};
  ASSERT_TRUE(again.open(*store->snapshot(), seq - 10).has_value());
  EXPECT_TRUE(again.find(seq - 10, seq, latest)->has_value());
  EXPECT_FALSE(again.find(seq - 9, seq, latest)->has_value());
  AuditQuery all = everything();
  all.before_seq = seq - 9;
  EXPECT_EQ(describe_rows(*again.list(all, seq, latest)), describe_rows(*ledger.list(all, seq, latest)));
  // Age alone is enough, too: all but the page that still grows.
  now_ns += 31 * 86'400'000'000'000;
  store::Batch batch;
  ASSERT_TRUE(
      ledger.flush(seq, now_ns, *store->snapshot(), batch, [] { return Result<void>{}; }).has_value());
  ASSERT_TRUE(store->write(batch).has_value());
  EXPECT_EQ(ledger.list(everything(), seq, latest)->back().seq / LedgerPage::kRows, seq / LedgerPage::kRows);
}

TEST(Ledger, ADecisionIsToldOnceItIsDurable) {
  const auto store = store::open_memory();
  const auto latest = [&] { return store->snapshot(); };
  Ledger ledger{{}};
  ASSERT_TRUE(ledger.open(*store->snapshot(), 0).has_value());
  LedgerRow queued;
  queued.seq = 1;
  queued.origin = BatchOrigin::queued;
  queued.undecided = true;
  queued.sent = 1;
  ledger.append(queued);
  LedgerRow decision;
  decision.seq = 2;
  decision.origin = BatchOrigin::resolved;
  decision.about = 1;
  decision.sent = decision.by_outcome[0] = 1;
  ledger.append(decision);
  EXPECT_EQ((*ledger.find(1, 1, latest))->state, BatchState::queued);
  EXPECT_EQ((*ledger.find(1, 1, latest))->other, 0u);
  EXPECT_EQ(ledger.list(everything(), 1, latest)->at(0).state, BatchState::queued);
  EXPECT_FALSE(ledger.find(2, 1, latest)->has_value());
  EXPECT_EQ((*ledger.find(1, 2, latest))->state, BatchState::applied);
  EXPECT_EQ((*ledger.find(1, 2, latest))->other, 2u);
}

TEST(Ledger, OffMeansThatNothingIsRecorded) {
  const TemporaryFolder folder;
  Options options = test_options(folder.path());
  options.audit = false;
  auto opened = Archive::open(options);
  ASSERT_TRUE(opened.has_value());
  const auto points = make_points(**opened, 1);
  WriteCommand command;
  command.slice.push_back(PointSample::number(points[0].first, 1, 1));
  const auto done = sync_wait((*opened)->write(std::move(command)));
  ASSERT_TRUE(done.has_value());
  EXPECT_FALSE((*opened)->batch(done->seq)->has_value());
  EXPECT_TRUE((*opened)->audit(everything())->empty());
}

TEST(ReceiptNames, AreNoOnesGuess) {
  const Uuid server = Uuid::random();
  ReceiptNames::Key key{};
  random_bytes(key.data(), key.size());
  const ReceiptNames names{server, key};
  std::set<std::string> all;
  for (const std::uint64_t seq : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{4096},
                                  std::uint64_t{1} << 40, UINT64_MAX}) {
    const std::string name = names.name(seq);
    EXPECT_EQ(name.size(), 26u);
    EXPECT_TRUE(all.insert(name).second);
    EXPECT_EQ(names.seq(name), seq);
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(c >= 'a' ? c - 32 : c);
    EXPECT_EQ(names.seq(upper), seq);
    for (std::size_t i = 0; i < name.size(); ++i) {
      std::string other = name;
      other[i] = other[i] == 'a' ? 'b' : 'a';
      EXPECT_FALSE(names.seq(other).has_value()) << other;
    }
  }
  EXPECT_FALSE(names.seq("").has_value());
  EXPECT_FALSE((ReceiptNames{Uuid::random(), key}.seq(names.name(7)).has_value()));
  key[3] = static_cast<unsigned char>(key[3] ^ 1);
  EXPECT_FALSE((ReceiptNames{server, key}.seq(names.name(7)).has_value()));
}

}  // namespace
}  // namespace penstock::archive
