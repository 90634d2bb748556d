#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "../dialects/away_archive.h"
#include "base/text.h"
#include "console/console.h"
#include "http/body_source.h"
#include "http/json.h"

namespace penstock::console {
namespace {

constexpr std::int64_t kNow = 1'795'178'600LL * kNsPerSecond;  // 2026-11-20T12:43:20Z
constexpr std::uint32_t kAuthor = 7, kAdmin = 8;
constexpr PointId kFlow{1}, kGone{99};

/// An archive with a ledger and dead letters as a test wrote them.
class ScriptedArchive final : public dialects::AwayArchive {
 public:
  using AwayArchive::AwayArchive;
  std::map<std::uint64_t, archive::BatchRecord> records;
  std::map<archive::LetterId, archive::Letter> dead;

  Result<std::optional<archive::BatchRecord>> batch(std::uint64_t seq) const override {
    const auto at = records.find(seq);
    if (at == records.end()) return std::optional<archive::BatchRecord>{};
    return std::optional{at->second};
  }
  Result<std::vector<archive::BatchRecord>> audit(const archive::AuditQuery& query) const override {
    std::vector<archive::BatchRecord> found;
    for (auto at = records.rbegin(); at != records.rend() && found.size() < query.limit; ++at) {
      if (at->first < query.before_seq && (!query.door || *query.door == at->second.door)) {
        found.push_back(at->second);
      }
    }
    return found;
  }
  Task<Result<WriteResult>> undo(std::uint64_t seq, const archive::Actor& actor) override {
    return undone(records.contains(seq), actor);
  }
  Result<std::vector<archive::LetterHead>> letters(archive::LetterId after,
                                                   std::size_t limit) const override {
    std::vector<archive::LetterHead> heads;
    for (auto at = dead.upper_bound(after); at != dead.end() && heads.size() < limit; ++at) {
      heads.push_back(at->second);
    }
    return heads;
  }
  Result<archive::Letter> letter(archive::LetterId id) const override {
    const auto at = dead.find(id);
    if (at == dead.end()) return fail(ErrorCode::not_found, {}, "there is no such dead letter");
    return at->second;
  }
  Task<Result<std::uint64_t>> drop_letter(archive::LetterId id, const archive::Actor&) override {
    return dropped(dead.erase(id) > 0);
  }

 private:
  static Task<Result<WriteResult>> undone(bool known, archive::Actor actor) {
    if (!known) co_return fail(ErrorCode::conflict, {}, "a later batch touched it");
    WriteResult result;
    result.seq = 900 + actor.principal;
    result.slice = Outcomes::all(Outcome::erased, 3);
    co_return result;
  }
  static Task<Result<std::uint64_t>> dropped(bool known) {
    if (!known) co_return fail(ErrorCode::not_found, {}, "there is no such dead letter");
    co_return std::uint64_t{901};
  }
};

auth::Credential login(std::uint32_t number, const char* name, std::uint8_t rights) {
  auto who = std::make_shared<auth::Principal>();
  who->number = number;
  who->name = name;
  who->grants = {{"*", rights}};
  return {auth::Credential::Kind::password, name, auth::hash_secret("s"), std::move(who)};
}

/// Hashes are slow on purpose: made once.
const std::vector<auth::Credential>& logins() {
  static const std::vector<auth::Credential> all = {
      login(kAuthor, "author", auth::Right::read | auth::Right::write),
      login(kAdmin, "admin", static_cast<std::uint8_t>(auth::Right::admin)),
      login(9, "other", auth::Right::read | auth::Right::write)};
  return all;
}

auth::Authenticator& authenticator() {
  static auth::Authenticator made{logins(), {}};
  return made;
}

class LedgerCalls : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("penstock-console-" + Uuid::random().to_string());
    archive::Options options;
    options.directory = folder_.string();
    options.segment_bytes = 1u << 20;
    options.background_flush = false;
    auto opened = archive::Archive::open(options);
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    archive_ = std::make_unique<ScriptedArchive>(std::move(*opened));
    archive::Archive::Edit seed = [](catalog::Editor& editor) -> Result<void> {
      Point point;
      point.tag = "LINE1.FLOW";
      TRY_VOID(editor.add_point(point));
      return {};
    };
    ASSERT_TRUE(sync_wait(archive_->change(std::move(seed), Door::internal, 0)).has_value());
    access_ = std::make_unique<Access>(*archive_, authenticator(), logins(),
                                       [](const std::string&) { return Result<void>{}; });
    house_ = std::make_unique<dialects::House>(dialects::House{.archive = *archive_,
                                                               .authenticator = authenticator(),
                                                               .clock_ns = [] { return kNow; },
                                                               .public_base_url = {},
                                                               .demo_domain = {}});
    use({});
  }
  void TearDown() override {
    door_.reset();
    archive_.reset();
    std::filesystem::remove_all(folder_);
  }
  void use(Settings settings) { door_ = make_console(*house_, *access_, std::move(settings)); }

  http::Response send(http::Method method, const std::string& target, const std::string& who = "admin") {
    http::Request request;
    request.method = method;
    request.set_target("/penstock/v1/" + target);
    request.headers.add("Authorization", "Basic " + base64_encode(who + ":s"));
    http::Response response = sync_wait(door_->handle(request));
    while (response.source) {
      const std::string piece = sync_wait(response.source->next());
      if (piece.empty()) break;
      response.body += piece;
    }
    return response;
  }
  http::Response get(const std::string& target, const std::string& who = "admin") {
    return send(http::Method::get, target, who);
  }
  std::string name(std::uint64_t seq) const { return archive_->receipts().name(seq); }

  /// A batch of the author with three samples of one point, which were stored.
  archive::BatchRecord& add(std::uint64_t seq) {
    archive::BatchRecord& record = archive_->records[seq];
    record.seq = seq;
    record.received = Timestamp::from_unix_ns(kNow - kNsPerSecond);
    record.principal = kAuthor;
    record.door = Door::pi;
    record.sent = 3;
    record.by_outcome[static_cast<std::size_t>(Outcome::stored)] = 3;
    record.touches = {{kFlow, kNow - 9 * kNsPerSecond, kNow - 7 * kNsPerSecond, 3, true}};
    return record;
  }
  static json::Value parsed(const http::Response& response) {
    auto value = json::parse(response.body);
    EXPECT_TRUE(value.has_value()) << response.body;
    return value ? *std::move(value) : json::Value{};
  }

  std::filesystem::path folder_;
  std::unique_ptr<ScriptedArchive> archive_;
  std::unique_ptr<Access> access_;
  std::unique_ptr<dialects::House> house_;
  std::unique_ptr<dialects::Dialect> door_;
};

TEST_F(LedgerCalls, AReceiptIsForItsAuthorAndForAdministrators) {
  add(5);
  const auto told = get("receipts/" + name(5), "author");
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(told.body,
            R"({"receipt":")" + name(5) +
                R"(","state":"applied","received":"2026-11-20T12:43:19Z","decided":"2026-11-20T12:43:19Z",)"
                R"("door":"pi","mode":"replace","sent":3,"counts":{"stored":3,"replaced":0,"ignored":0,)"
                R"("erased":0,"rejected":0,"identical":0},"set_aside":[]})");
  EXPECT_EQ(get("receipts/" + name(5), "admin").body, told.body);
  EXPECT_EQ(get("receipts/" + name(5), "other").status, 403);
  EXPECT_EQ(get("receipts/" + name(6), "author").status, 404) << "nobody was given it";
  EXPECT_EQ(get("receipts/5", "admin").status, 404) << "a receipt, not a seq";
}

TEST_F(LedgerCalls, AReceiptIsAnsweredForSomeDays) {
  Settings settings;
  settings.receipt_days = 2;
  use(settings);
  constexpr std::int64_t kDay = 86'400 * kNsPerSecond;
  add(5).received = Timestamp::from_unix_ns(kNow - 2 * kDay);
  EXPECT_EQ(get("receipts/" + name(5), "author").status, 200);
  add(5).received = Timestamp::from_unix_ns(kNow - 2 * kDay - 1);
  EXPECT_EQ(get("receipts/" + name(5), "author").status, 404);
  EXPECT_EQ(get("audit/" + name(5)).status, 200) << "the audit knows more";
  archive::BatchRecord& queued = add(6);
  queued.received = Timestamp::from_unix_ns(kNow - 9 * kDay);
  queued.origin = archive::BatchOrigin::queued;
  queued.state = archive::BatchState::queued;
  std::fill(std::begin(queued.by_outcome), std::end(queued.by_outcome), 0);
  EXPECT_EQ(get("receipts/" + name(6), "author").status, 200) << "what still waits is told of";
  queued.other = 8;
  add(8).received = Timestamp::from_unix_ns(kNow - kDay);
  EXPECT_EQ(get("receipts/" + name(6), "author").status, 200) << "decided a day ago";
  add(8).received = Timestamp::from_unix_ns(kNow - 3 * kDay);
  EXPECT_EQ(get("receipts/" + name(6), "author").status, 404);
  settings.audit = false;
  use(settings);
  add(5);
  EXPECT_EQ(get("receipts/" + name(5), "author").status, 404);
}

TEST_F(LedgerCalls, AQueuedBatchShowsItsDecision) {
  archive::BatchRecord& queued = add(5);
  queued.origin = archive::BatchOrigin::queued;
  queued.state = archive::BatchState::queued;
  std::fill(std::begin(queued.by_outcome), std::end(queued.by_outcome), 0);
  const json::Value waiting = parsed(get("receipts/" + name(5), "author"));
  EXPECT_EQ(waiting.find("state")->as_string(), "queued");
  EXPECT_EQ(waiting.find("counts"), nullptr);
  EXPECT_EQ(waiting.find("decided"), nullptr);

  queued.other = 8;
  archive::BatchRecord& decision = add(8);
  decision.origin = archive::BatchOrigin::resolved;
  decision.other = 5;
  decision.state = archive::BatchState::set_aside;
  decision.received = Timestamp::from_unix_ns(kNow);
  decision.by_outcome[static_cast<std::size_t>(Outcome::stored)] = 1;
  decision.by_outcome[static_cast<std::size_t>(Outcome::rejected)] = 2;
  decision.set_aside = {{kGone, 2, RejectReason::point_gone}};
  const json::Value told = parsed(get("receipts/" + name(5), "author"));
  EXPECT_EQ(told.find("receipt")->as_string(), name(5));
  EXPECT_EQ(told.find("state")->as_string(), "set aside");
  EXPECT_EQ(told.find("decided")->as_string(), "2026-11-20T12:43:20Z");
  EXPECT_EQ(told.find("decision")->as_string(), name(8));
  EXPECT_EQ(told.find("counts")->find("rejected")->as_int64(), 2);
  const json::Value& aside = told.find("set_aside")->array().at(0);
  EXPECT_EQ(aside.find("point")->as_int64(), 99);
  EXPECT_EQ(aside.find("reason")->as_string(), "point gone");
}

struct QueryCase {
  const char* query;
  int status;
  const char* where;  ///< Of a refusal.
};
const QueryCase kQueries[] = {
    {"", 200, ""},
    {"?point=line1.flow", 200, ""},
    {"?point=1", 200, ""},
    {"?point=4000000000", 200, ""},  // Of a point that is gone there is only the number.
    {"?point=NO.SUCH", 404, "point"},
    {"?principal=author&door=pi", 200, ""},
    {"?principal=7", 200, ""},
    {"?principal=nobody", 404, "principal"},
    {"?door=west", 400, "door"},
    {"?from=2026-11-20&to=2026-11-20T13:00:00%2B01:00", 200, ""},
    {"?from=yesterday", 400, "from"},
    {"?to=*", 400, "to"},
    {"?before=77", 200, ""},
    {"?before=x", 400, "before"},
    {"?max=1000", 200, ""},
    {"?max=1001", 400, "max"},
    {"?catalog=yes", 400, "catalog"},
};

TEST_F(LedgerCalls, TheAuditTakesWhatItUnderstands) {
  for (const auto& c : kQueries) {
    SCOPED_TRACE(c.query);
    const auto response = get(std::string{"audit"} + c.query);
    EXPECT_EQ(response.status, c.status) << response.body;
    if (c.status == 200) continue;
    EXPECT_EQ(parsed(response).find("where")->as_string(), c.where);
  }
  EXPECT_EQ(get("audit", "author").status, 403);
  EXPECT_EQ(get("audit/export", "author").status, 403);
}

TEST_F(LedgerCalls, TheAuditGoesOnBehindItsPages) {
  for (std::uint64_t seq = 1; seq <= 25; ++seq) add(seq).door = seq % 5 == 0 ? Door::omf : Door::pi;
  std::string target = "audit?door=pi&max=7";
  std::vector<std::int64_t> found;
  for (int page = 0; page < 4; ++page) {
    const json::Value answer = parsed(get(target));
    for (const json::Value& item : answer.find("items")->array())
      found.push_back(*item.find("seq")->as_int64());
    const json::Value* next = answer.find("next");
    if (next == nullptr) break;
    target = std::string{*next->as_string()}.substr(std::string_view{"/penstock/v1/"}.size());
  }
  std::vector<std::int64_t> wanted;
  for (std::int64_t seq = 25; seq >= 1; --seq) {
    if (seq % 5 != 0) wanted.push_back(seq);
  }
  EXPECT_EQ(found, wanted);
}

TEST_F(LedgerCalls, AnExportHasEveryBatchOnce) {
  for (std::uint64_t seq = 1; seq <= 1000; ++seq) add(seq);
  add(500).touches.push_back({kGone, kNow, kNow, 1, false});
  const auto lines = split(get("audit/export").body, '\n');
  ASSERT_EQ(lines.size(), 1001u) << "the last line ends, too";
  const json::Value line = *json::parse(lines[500]);
  EXPECT_EQ(line.find("seq")->as_int64(), 500);
  EXPECT_EQ(line.find("points")->as_int64(), 2);
  EXPECT_EQ(line.find("touches")->array().at(0).find("tag")->as_string(), "LINE1.FLOW");

  const http::Response csv = get("audit/export?format=csv&before=3");
  EXPECT_EQ(csv.headers.get("Content-Type"), "text/csv; charset=utf-8");
  const auto rows = split(csv.body, '\n');
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[2], name(1) +
                         ",1,2026-11-20T12:43:19Z,author,pi,replace,write,applied,,3,3,0,0,0,0,1,"
                         "LINE1.FLOW,2026-11-20T12:43:11Z,2026-11-20T12:43:13Z\r");
  EXPECT_EQ(get("audit/export?format=xml").status, 400);
}

TEST_F(LedgerCalls, UndoTellsItsOwnReceipt) {
  add(5);
  const auto done = send(http::Method::post, "audit/" + name(5) + "/undo");
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(parsed(done).find("receipt")->as_string(), name(900 + kAdmin)) << "on behalf of who asked";
  EXPECT_EQ(parsed(done).find("erased")->as_int64(), 3);
  EXPECT_EQ(send(http::Method::post, "audit/" + name(6) + "/undo").status, 409);
  EXPECT_EQ(send(http::Method::post, "audit/" + name(5) + "/undo", "author").status, 403);
}

TEST_F(LedgerCalls, DeadLettersAreListedShownAndDropped) {
  for (std::uint64_t seq = 1; seq <= 5; ++seq) {
    archive::Letter letter;
    letter.id = {seq, kFlow};
    letter.received = letter.set_aside = Timestamp::from_unix_ns(kNow);
    letter.principal = kAuthor;
    letter.reason = RejectReason::type_mismatch;
    letter.samples = 2;
    letter.run.kind = Kind::float32;
    letter.run.push(Timestamp::from_unix_ns(kNow), 0.1f);
    Quality no_data;
    no_data.state = system_state::kNoData;
    letter.run.push(Timestamp::from_unix_ns(kNow + 1), 0.0, no_data);
    archive_->dead[letter.id] = letter;
  }
  std::string ids, target = "dead-letters?max=2";
  for (int page = 0; page < 4; ++page) {
    const json::Value answer = parsed(get(target));
    for (const json::Value& item : answer.find("items")->array()) {
      ids += std::string{*item.find("id")->as_string()} + " ";
    }
    const json::Value* next = answer.find("next");
    if (next == nullptr) break;
    target = std::string{*next->as_string()}.substr(std::string_view{"/penstock/v1/"}.size());
  }
  EXPECT_EQ(ids, "1-1 2-1 3-1 4-1 5-1 ");
  const auto shown = get("dead-letters/3-1");
  EXPECT_EQ(
      shown.body,
      R"({"id":"3-1","receipt":")" + name(3) +
          R"(","point":1,"tag":"LINE1.FLOW","received":"2026-11-20T12:43:20Z",)"
          R"("set_aside":"2026-11-20T12:43:20Z","principal":"author","door":"internal","mode":"replace",)"
          R"("reason":"type mismatch","samples":2,"values":[{"time":"2026-11-20T12:43:20Z","value":0.1},)"
          R"({"time":"2026-11-20T12:43:20.000000001Z","value":null,"state":"No Data"}]})");
  EXPECT_EQ(send(http::Method::del, "dead-letters/3-1").status, 204);
  EXPECT_EQ(get("dead-letters/3-1").status, 404);
  for (const char* id : {"3", "a-1", "3-1-1", "3-4294967296", "-"}) {
    EXPECT_EQ(get(std::string{"dead-letters/"} + id).status, 404) << id;
  }
  EXPECT_EQ(get("dead-letters", "author").status, 403);
}

}  // namespace
}  // namespace penstock::console
