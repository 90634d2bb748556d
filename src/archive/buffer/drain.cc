// Brings the lane to its end: what was queued while the archive was away is read back from the journal and
// decided like any other command, in its order, many to a group.
#include <algorithm>
#include <chrono>

#include "archive/engine.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "journal/intent_entry.h"

namespace penstock::archive {
namespace {

// What is read back and decided in one round.
constexpr std::size_t kRoundIntents = 1024;
constexpr std::uint64_t kRoundSamples = 100'000;
constexpr auto kPauseMin = std::chrono::milliseconds(20), kPauseMax = std::chrono::milliseconds(10'000);
constexpr auto kParkedLook = std::chrono::milliseconds(20), kIdleLook = std::chrono::milliseconds(1000);
constexpr int kBouncesMax = 3;

/// Counts the answers of a round. Nothing is resumed: who submitted waits here.
class Answers final : public Executor {
 public:
  void post(std::coroutine_handle<>) override {
    const std::lock_guard lock{mutex_};
    ++come_;
    wake_.notify_one();
  }
  void wait_for(std::size_t answers) {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [&] { return come_ == answers; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::size_t come_ = 0;
};

void restore(const journal::Batch& batch, journal::Intent intent, Ticket& ticket) {
  WriteCommand& command = ticket.command;
  command.mode = batch.mode;
  command.bypass_compression = intent.bypass_compression;
  command.delivery = Delivery::buffered;
  command.door = batch.door;
  command.principal = batch.principal;
  command.now = intent.now;
  command.slice = std::move(intent.slice);
  for (PointWrite& write : intent.writes) ticket.parts.emplace_back().write = std::move(write);
  ticket.writes = ticket.parts.size();
  ticket.purpose.origin = BatchOrigin::resolved;
  ticket.purpose.about = batch.seq;
}

}  // namespace

Result<std::vector<std::unique_ptr<Ticket>>> Engine::next_of_lane() const {
  std::uint64_t previous = 0;
  const std::vector<QueuedIntent> wanted = lane_.oldest(kRoundIntents, kRoundSamples, previous);
  std::vector<std::unique_ptr<Ticket>> tickets;
  // Intents of one group stand in one place: it is read once.
  for (std::size_t i = 0; i < wanted.size();) {
    const std::size_t before = i;
    const auto take = [&](const journal::Group& group) -> Result<void> {
      journal::Batch batch;
      for (const journal::Entry entry : group.entries) {
        if (entry.tag == journal::Tag::batch) {
          TRY(batch, journal::parse_batch(entry.body));
        } else if (entry.tag == journal::Tag::intent && i < wanted.size() && batch.seq == wanted[i].seq) {
          TRY(journal::Intent intent, journal::parse_intent(entry.body));
          tickets.push_back(std::make_unique<Ticket>());
          restore(batch, std::move(intent), *tickets.back());
          tickets.back()->previous = std::exchange(previous, batch.seq);
          ++i;
        }
      }
      return {};
    };
    TRY_VOID(journal_->read_back(wanted[i].place, take));
    if (i == before) return fail(ErrorCode::store_corrupt, {}, "the journal lacks a command that was queued");
  }
  return tickets;
}

Result<std::size_t> Engine::drain_round(std::vector<std::unique_ptr<Ticket>>& tickets) {
  if (tickets.empty()) {
    TRY(tickets, next_of_lane());
  }
  Answers answers;
  std::size_t sent = 0;
  for (; sent < tickets.size(); ++sent) {
    Ticket& ticket = *tickets[sent];
    if (std::exchange(ticket.bounced, false)) ++ticket.bounces;
    ticket.result = WriteResult{};
    if (Result<void> prepared = prepare(ticket); !prepared) {
      if (sent == 0) return fail(std::move(prepared).error());
      break;
    }
    ticket.executor = &answers;
    ticket.waiter = std::noop_coroutine();
    submit(ticket);
  }
  lead();
  answers.wait_for(sent);
  std::size_t decided = 0;
  while (decided < sent && !tickets[decided]->bounced && tickets[decided]->result) ++decided;
  Result<std::size_t> progress = decided;
  if (decided == 0 && !tickets[0]->bounced) progress = fail(tickets[0]->result.error());
  // The others go on from where they are, with what they learned of the view.
  tickets.erase(tickets.begin(), tickets.begin() + static_cast<std::ptrdiff_t>(decided));
  return progress;
}

void Engine::release_parked() {
  if (!lane_.any_parked()) return;
  std::vector<Ticket*> taken;
  {
    const std::lock_guard role{role_};
    taken = lane_.take_parked(steady_clock_ns());
  }
  if (!taken.empty()) {
    // Before all that came later.
    const std::lock_guard lock{queue_mutex_};
    queue_.insert(queue_.begin(), taken.begin(), taken.end());
  }
  lead();  // Also for who came while the role was ours.
}

void Engine::wake_lane() {
  {
    const std::lock_guard lock{lane_mutex_};
    lane_due_ = true;
  }
  lane_wake_.notify_all();
}

void Engine::drain() {
  using std::chrono::milliseconds;
  using std::chrono::steady_clock;
  milliseconds pause{0};
  steady_clock::time_point again{};  // Not before then: the archive refused the last round.
  int bounces = 0;
  bool held = false;
  std::vector<std::unique_ptr<Ticket>> tickets;  // Of the round.
  while (true) {
    const bool has_work = !lane_.is_away() && lane_.waiting().oldest.has_value();
    if (!has_work) {
      pause = milliseconds{0};
      bounces = 0;
      // Went away in between: flushes need not wait for what is not decided now.
      if (std::exchange(held, false)) holds_.fetch_sub(1);
    }
    {
      std::unique_lock lock{lane_mutex_};
      if (!has_work || pause.count() > 0) {
        const auto look = steady_clock::now() + (lane_.any_parked() ? kParkedLook : kIdleLook);
        lane_wake_.wait_until(lock, has_work ? std::min(again, look) : look,
                              [&] { return stopping_ || (lane_due_ && !has_work); });
      }
      lane_due_ = false;
      if (stopping_) break;
    }
    if (has_work && (pause.count() == 0 || steady_clock::now() >= again)) {
      const Result<std::size_t> decided = drain_round(tickets);
      bounces = decided && *decided == 0 ? bounces + 1 : 0;
      if (decided && bounces < kBouncesMax) {
        pause = milliseconds{0};
      } else {
        pause = std::clamp(pause * 2, kPauseMin, kPauseMax);
        again = steady_clock::now() + pause;
      }
      if (!decided) {
        log::warning("what is queued can't be decided now", {{"error", to_string(decided.error().code)},
                                                             {"detail", decided.error().detail},
                                                             {"again_ms", pause.count()}});
      }
      // Flushes overtook the evidence again and again: from now on none drops a layer until it is decided.
      const bool hold = bounces >= kBouncesMax;
      if (hold != held) holds_.fetch_add(hold ? 1 : -1);
      held = hold;
    }
    release_parked();
  }
  if (held) holds_.fetch_sub(1);
}

void Engine::set_away(bool away) {
  lane_.set_away(away);
  const Lane::Waiting waiting = lane_.waiting();
  log::warning(away ? "the archive is away: what may wait is queued" : "the archive is back",
               {{"queued", waiting.batches}, {"samples", waiting.samples}});
  wake_lane();
}

}  // namespace penstock::archive
