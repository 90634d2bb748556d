#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "archive/archive.h"
#include "archive/blocks.h"
#include "archive/buffer/lane.h"
#include "archive/buffer/letter_box.h"
#include "archive/compression/points.h"
#include "archive/decide.h"
#include "archive/ledger/ledger.h"
#include "archive/reserve.h"
#include "archive/scan.h"
#include "archive/slots.h"
#include "archive/undo/plan.h"
#include "archive/undo/preimage.h"
#include "codec/frame.h"
#include "journal/entry.h"
#include "journal/journal.h"
#include "store/store.h"

namespace penstock::archive {

/// What stored samples say of a part's times, and as of which flush.
struct Evidence {
  std::uint32_t gen = 0;
  Matches matches;
};

/// One point's share of a command, made ready on the caller's thread.
struct Part {
  PointWrite write;
  Ordered ordered;                 ///< Made for all but a single sample that needs no look at the view.
  std::vector<EncodedRun> frames;  ///< The run as frames, where it may be stored just as it is.
  std::unique_ptr<Evidence> evidence;
  std::unique_ptr<Behind> behind;  ///< Of a compressing point: see look_behind.
  bool fits = true;                ///< The values are of the point's kind.
  bool has_state = false;  ///< The point compresses: there is room for its state in Ticket::bytes_max.
  /// Of replace_range, whose evidence is all that blocks hold of its range: it is too much to be kept.
  bool former_lost = false;
};

/// Where the outcomes of slice samples stand that became parts of their own.
struct Moved {
  std::uint32_t sample;  ///< Index into the slice.
  std::uint32_t part;    ///< Index into the ticket's parts, behind those of the command's writes.
};

/// Why a command is written, where it is not simply a client's.
struct Purpose {
  BatchOrigin origin = BatchOrigin::write;
  std::uint64_t about = 0;  ///< The batch that it is about; 0: none.
  LetterId letter{};        ///< replay, drop.
};

/// A command on its way: lives in the coroutine of its caller until answered.
struct Ticket {
  WriteCommand command;
  std::vector<Part>
      parts;               ///< One per write of the command, then what is not regular of the slice, by point.
  std::size_t writes = 0;  ///< How many of the parts are writes of the command.
  std::vector<Moved> moved;          ///< Ascending by sample.
  std::vector<PointId> not_regular;  ///< Points of the slice that the leader found to need a look.
  Archive::Edit edit;                ///< Set for a catalog change; then there are no parts.
  std::unique_ptr<Plan> plan;        ///< Set for an undo and for retention; then there are no parts.
  std::size_t bytes_max = 0;
  int bounces = 0;  ///< How often it went back to its caller.
  Purpose purpose;
  std::uint64_t previous = 0;    ///< Of an intent: the one that must be resolved before it.
  std::int64_t patience_ns = 0;  ///< Until when it waits behind intents, by the steady clock; 0: did not yet.

  Result<WriteResult> result = WriteResult{};
  bool bounced = false;

  Executor* executor = nullptr;
  std::coroutine_handle<> waiter;
};

/// One thing that a group does to one point; durable with the group, in memory until it is applied.
struct PendingOp {
  /// `drop` erases one sample that compression lets go.
  enum class What : std::uint8_t { frame, one, erase, drop };
  What what{};
  Quality quality;  ///< Of `one`, which is never text.
  PointId point{};
  std::uint32_t before = Slot::kNone;  ///< The operation before it on the same point.
  Slot* slot = nullptr;
  Interval times{};         ///< The sample's own time for `one`, what is erased, the ends of the frame.
  std::uint64_t bits = 0;   ///< Value of `one`.
  std::uint32_t frame = 0;  ///< Of `frame`: which of the group's frames.
  bool append = false;      ///< The point had nothing at these times or later.

  Kind kind() const { return static_cast<Kind>(slot->kind.load(std::memory_order_relaxed)); }
  Run as_run() const;  ///< Of `one`.
};

/// What a part of a group's command did where there was something before: see Preimage.
struct MixedNote {
  std::uint64_t seq = 0;
  std::size_t first_op = 0;  ///< Of the part, among the group's operations.
  Preimage preimage;
};

/// A point that plans are being made for, and what was done to it meanwhile.
struct Guarded {
  int plans = 0;
  std::vector<std::pair<std::uint64_t, Interval>> touched;  ///< By seq.
};

/// The answer where disk or memory have no room for a write.
inline tl::unexpected<Error> no_room() {
  return fail(ErrorCode::overloaded, {},
              "the disk of the journal is full, or writes come faster than they can be kept");
}

/// The embedded archive. The parts of its life stand in files of their own:
/// prepare.cc (on the caller's thread), lead.cc (the one order) with decide_*.cc and apply.cc, read.cc,
/// flush.cc, open.cc.
class Engine final : public Archive {
 public:
  /// How the home of blocks is opened; tests give their own.
  using OpenStore = std::function<Result<std::unique_ptr<store::Store>>(const std::string& directory)>;
  static Result<std::unique_ptr<Archive>> open(const Options& options, const OpenStore& open_store);
  /// Samples of a window that replace_range keeps for an undo; of more, nothing.
  static constexpr std::size_t kFormerMax = 65'536;
  explicit Engine(Options options) : options_{std::move(options)} {}
  ~Engine() override;

  Task<Result<WriteResult>> write(WriteCommand command) override;
  Task<Result<std::uint64_t>> change(Edit edit, Door door, std::uint32_t principal) override;
  catalog::Catalog::Reader catalog() const override { return catalog_.read(); }
  Result<Run> scan(const Scan& request) const override;
  Result<void> walk(const Scan& request, Walker& walker) const override;
  Result<std::optional<Sample>> newest(PointId point) const override;
  Result<std::optional<Sample>> at_or_before(PointId point, Timestamp time, bool inclusive) const override;
  Result<std::optional<Sample>> at_or_after(PointId point, Timestamp time, bool inclusive) const override;
  Result<std::unique_ptr<Watch>> watch(std::span<const PointId> points, std::size_t changes_max) override;
  Result<std::optional<BatchRecord>> batch(std::uint64_t seq) const override;
  Result<std::vector<BatchRecord>> audit(const AuditQuery& query) const override;
  const ReceiptNames& receipts() const override { return receipts_; }
  Task<Result<WriteResult>> undo(std::uint64_t seq, const Actor& actor) override;
  Task<Result<WriteResult>> expire(std::vector<Expiry> points, const Actor& actor) override;
  std::optional<Timestamp> none_before(PointId point) const override;
  Result<std::vector<LetterHead>> letters(LetterId after, std::size_t limit) const override;
  Result<Letter> letter(LetterId id) const override;
  Task<Result<WriteResult>> replay_letter(LetterId id, const Actor& actor) override;
  Task<Result<std::uint64_t>> drop_letter(LetterId id, const Actor& actor) override;
  void set_away(bool away) override;
  void lead() override;
  Result<void> flush() override;
  bool ready() const override { return ready_.load(std::memory_order_acquire); }
  Stats stats() const override;

 private:
  struct Submit;

  // open.cc
  Result<void> start(const OpenStore& open_store);
  Result<void> load_catalog(const store::Snapshot& snapshot);
  Result<void> load_metas(const store::Snapshot& snapshot);
  Result<void> replay(const journal::Group& group);
  Result<void> replay_entry(const journal::Batch& batch, const journal::Entry& entry);
  Result<void> replay_put(std::uint64_t seq, PendingOp op, Kind kind);
  void catalog_changed(const catalog::RowChange& change);

  // prepare.cc
  Task<Result<WriteResult>> write_for(Purpose purpose, WriteCommand command);
  Result<void> prepare(Ticket& ticket) const;
  void prepare_slice(Ticket& ticket) const;
  static bool fit_sample(PointSample& sample, const Slot& slot);
  void order_part(UpdateMode mode, Part& part) const;
  Result<void> prepare_part(UpdateMode mode, Part& part) const;
  Result<void> collect_evidence(Part& part, const Slot& slot) const;
  /// Waits until the ticket is answered, or bounced, which it then says.
  Task<bool> submit_ticket(Ticket& ticket);

  // lead.cc
  void submit(Ticket& ticket);
  void lead_once(std::vector<Ticket*>& tickets);
  [[noreturn]] void die(const Error& error);

  // decide_ticket.cc
  enum class Decided { yes, bounced, refused, parked };
  Decided decide_ticket(Ticket& ticket);
  journal::Batch batch_of(const Ticket& ticket, std::uint64_t seq, std::size_t sent) const;
  Decided decide_slice(Ticket& ticket);
  Decided decide_part(const WriteCommand& command, const Part& part, Outcomes& outcomes);
  bool match_view(const Part& part, Slot& slot, Matches& matches) const;
  void add_op(PendingOp op, PointId point, Slot& slot);
  void add_puts(const Run& puts, const std::vector<EncodedRun>& frames, bool append, PointId point,
                Slot& slot);
  void take_back(std::size_t first_op);
  void journal_ops(std::size_t first_op, UpdateMode mode);
  void note_idle(const PointWrite& write);

  // decide_edit.cc
  bool decide_edit(Ticket& ticket);

  // apply.cc
  void apply_group();
  void tell_watches();
  void apply_op(const PendingOp& op);  ///< Under the point's stripe lock.
  void erase_whole_point(PointId point);
  Layer& active_layer(Slot& slot, PointId point);

  // ledger/keep.cc
  void begin_row(const journal::Batch& batch);
  void row_put(PointId point, Interval times, std::uint32_t samples, std::uint8_t flags);
  void row_slice(std::span<const PointSample> samples, std::uint8_t flags);
  void row_erase(const journal::Erase& erase);
  void end_row();
  Result<void> open_ledger(const store::Snapshot& snapshot);
  Result<void> flush_ledger(std::uint64_t seq);

  // compression/decide.cc
  struct StateChange {
    PointId id;
    CompressingPoint* point;
    CompressionState before;
  };
  static constexpr int kBouncesMax = 3;
  Result<void> look_behind(const Ticket& ticket, Part& part) const;
  Decided decide_compressing(const WriteCommand& command, const Part& part, Slot& slot, Outcomes& outcomes);
  /// A sample newer than all there is of its point. False: it is not kept.
  bool arrive_newest(const WriteCommand& command, const PointSample& sample, Slot& slot);
  CompressionState& change_state(PointId id, CompressingPoint& point);  ///< Under the mutex of compression_.
  void take_back_states();
  void journal_states();
  void publish_states();
  void add_interval_op(PendingOp::What what, Interval times, PointId point, Slot& slot);
  std::uint32_t first_pending_of(const Slot& slot) const;  ///< Of a slot that has a pending operation.
  void add_kept(const Part& part, const Run& puts, bool append, Slot& slot);

  // compression/keep.cc
  void compression_changed(PointId id, const Point* point);  ///< Null: the point is gone.
  /// For the leader, while it decides a command that changes samples of the point in another way than
  /// decide_part does: the next arrival begins anew, and nothing is let go that should stay.
  void forget_band(PointId id, Slot& slot);
  Result<void> keep_state(PointId id, std::string_view bytes);
  Result<void> load_states(const store::Snapshot& snapshot);
  Result<void> replay_state(std::string_view body);
  Result<void> flush_states(store::Batch& batch);

  // buffer/gate.cc
  /// What is not to be decided now, or not by the rules of writes. Nothing: decide it.
  std::optional<Decided> decide_by_lane(Ticket& ticket);
  Decided queue_ticket(Ticket& ticket);
  void decide_drop(Ticket& ticket);
  std::vector<journal::SetAside> refused_for_good(const Ticket& ticket, const WriteResult& result) const;
  void settle_purpose(const Ticket& ticket, const journal::Batch& batch,
                      const std::vector<journal::SetAside>& letters);
  void row_sent(const PointWrite& write);  ///< What the row of a queued batch says of it.
  void apply_buffer();

  // buffer/drain.cc
  void drain();  ///< The lane's thread.
  /// Decides `tickets`, the next of the lane, or takes them from there. Those that were decided go; how many.
  Result<std::size_t> drain_round(std::vector<std::unique_ptr<Ticket>>& tickets);
  Result<std::vector<std::unique_ptr<Ticket>>> next_of_lane() const;
  void release_parked();
  void wake_lane();

  // buffer/replay.cc
  Result<void> replay_intent(const journal::Batch& batch, std::string_view body);
  Result<void> replay_resolved(const journal::Batch& batch, std::string_view body);
  Result<void> replay_setaside(const journal::Batch& batch, std::string_view body);
  void replayed_group(const journal::Group& group);
  Result<void> flush_letters(store::Batch& batch);
  std::uint64_t journal_needed(std::uint64_t seq) const;  ///< With all up to `seq` in the store.

  // undo/former.cc
  Result<void> collect_former(Part& part, const Slot& slot) const;
  enum class Former { known, lost, stale };
  Former former(const Part& part, const Slot& slot, Run& destroyed) const;

  // undo/keep.cc
  void note_mixed(PointId point, const Slot& slot, std::size_t first_op, Run destroyed, bool known);
  void take_back_notes(std::size_t first_op);
  void journal_notes(std::uint64_t seq, std::size_t first_op, std::size_t bytes_left);
  void keep_notes();
  Result<void> replay_preimage(const journal::Batch& batch, std::string_view body);
  void replay_kept(std::uint64_t seq, const PendingOp& op);
  Result<void> flush_preimages(std::uint64_t seq);
  void drop_flushed_preimages(std::uint64_t seq);
  Result<std::vector<Preimage>> preimages_of(std::uint64_t seq) const;
  /// Adds to `batch` what forgets the preimages of batches older than `seq`, at least of most of them.
  Result<void> forget_before(std::uint64_t seq, store::Batch& batch) const;

  // undo/undo.cc
  std::uint64_t guard(const UndoingByPoint& points);
  void unguard(const UndoingByPoint& points);
  void tell_guards(std::uint64_t seq, std::size_t first_op);
  Result<void> plan_undo(const BatchRecord& record, const UndoingByPoint& points, Plan& plan) const;
  Decided decide_plan(Ticket& ticket);
  void note_plan(const PlanPart& part, std::size_t first_op);
  void tell_plan(const Plan& plan);

  // flush.cc
  Result<void> flush_locked();
  Result<void> when_there_is_space(const std::function<Result<void>()>& step);
  Result<void> flush_point(PointId point, const Layer& frozen, Sealed& sealed, store::Batch& batch);
  Result<void> flush_page(std::uint32_t page, const std::vector<PointId>& points, std::uint32_t gen,
                          std::vector<std::pair<PointId, Sealed>>& sealed_now);
  void background();
  bool flush_is_due() const;

  // read.cc
  std::optional<ViewCopy> copy_view(const Scan& request, std::size_t runs_max) const;
  std::shared_ptr<const Version> version() const;
  void set_version(std::shared_ptr<const Version> version);

  // Constant after start.
  const Options options_;
  Uuid server_id_;
  ReceiptNames receipts_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<journal::Journal> journal_;

  // Own locking.
  std::unique_ptr<Ledger> ledger_;
  Slots slots_;
  Watches watches_;
  CompressingPoints compression_;
  LetterBox letter_box_;
  Lane lane_;  // But for its leader's half, which role_ guards.
  mutable catalog::Catalog catalog_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> room_missing_{false};  // The journal refused a command: a flush would free segments.
  mutable std::atomic<int> holds_{
      0};  // Commands that bounced too often: no frozen layer is dropped meanwhile.

  // Guarded by version_mutex_.
  mutable std::mutex version_mutex_;
  std::shared_ptr<const Version> version_;

  // Guarded by preimages_mutex_. What is there up to the seq of a running flush is changed by it alone.
  mutable std::mutex preimages_mutex_;
  std::map<std::uint64_t, std::vector<Preimage>> preimages_;  // By seq: not in the store yet.

  // Guarded by queue_mutex_.
  std::mutex queue_mutex_;
  std::vector<Ticket*> queue_;

  // Guarded by role_: whoever holds it leads.
  std::mutex role_;
  std::uint64_t last_seq_ = 0;
  std::uint32_t gen_ = 1;
  std::vector<PointId> dirty_;  // Points with an active layer of generation gen_.
  std::map<std::pair<catalog::TableId, std::string>, std::optional<std::string>>
      changed_rows_;  // Not yet in the store.
  journal::GroupBuffer group_;
  std::vector<PendingOp> ops_;
  std::vector<EncodedRun> frames_;                             // Of the group's operations.
  std::vector<std::pair<Slot*, std::int64_t>> newest_before_;  // What the slice being decided found there.
  std::vector<PointSample> slice_;                             // For writing and reading entries.
  std::vector<StateChange> state_changes_;                     // Of the group's commands,
  std::size_t first_state_ = 0;                                // from here on of the one being decided.
  std::size_t command_first_op_ = 0;                           // Of its operations.
  std::vector<Ticket*> answered_;
  std::uint32_t batches_ = 0;
  std::int64_t newest_met_ = 0;      // The newest sample that the command being decided found on its points.
  std::vector<journal::Idle> idle_;  // Its points of which it changed nothing.
  LedgerRow row_;                    // Of the batch being decided or replayed.
  bool row_open_ = false;
  std::vector<MixedNote> notes_;                 // Of the group's commands.
  std::map<PointId, std::size_t> replay_keeps_;  // Of the batch being replayed: which preimage.
  std::unordered_map<PointId, Guarded> guarded_;
  std::int64_t group_wall_ns_ = 0;  // Wall clock of the group: batches say how far theirs is from it.
  std::unique_lock<std::shared_mutex> catalog_lock_;  // Held from an edit's decision until it is durable.
  std::vector<catalog::RowChange> edit_changes_;
  std::vector<PointId> edit_erased_;
  std::vector<std::pair<LetterId, std::optional<std::string>>>
      letters_now_;  // What the group does to letters.

  std::mutex flush_mutex_;
  std::optional<Reserve> reserve_;  // Guarded by it.
  std::mutex background_mutex_;
  std::condition_variable background_wake_;
  std::atomic<bool> stopping_{false};
  std::thread background_thread_;
  std::mutex lane_mutex_;
  std::condition_variable lane_wake_;
  bool lane_due_ = false;  // Guarded by lane_mutex_: something changed since the lane's thread looked.
  std::thread lane_thread_;

  // Figures.
  std::atomic<std::uint64_t> seq_published_{0}, seq_flushed_{0}, groups_{0}, commands_{0}, samples_{0},
      flushes_{0}, commit_ns_{0};
  std::array<std::atomic<std::uint64_t>, 6> outcomes_{};  // By Outcome.
  std::atomic<std::uint64_t> blocks_rewritten_{0}, blocks_dropped_{0};
  std::atomic<std::int64_t> head_bytes_{0}, head_samples_{0};
  std::atomic<std::int64_t> first_dirty_ns_{0}, last_write_ns_{0};
  std::atomic<std::uint64_t> journal_kept_{0};  // Bytes that the last flush could not cut.
};

}  // namespace penstock::archive
