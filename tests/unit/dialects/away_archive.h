#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "archive/archive.h"

namespace penstock::dialects {

/// An archive behind a switch: while it is away, writes are answered as Archive::write says, without the
/// archive's own buffer: what may wait is queued, under the seq kQueued, and goes nowhere.
class AwayArchive : public archive::Archive {
 public:
  static constexpr std::uint64_t kQueued = 4711;

  explicit AwayArchive(std::unique_ptr<archive::Archive> inner) : inner_{std::move(inner)} {}

  bool away = false;
  std::optional<Delivery> delivery;  ///< Of the last command.

  Task<Result<WriteResult>> write(WriteCommand command) override {
    delivery = command.delivery;
    if (!away) return inner_->write(std::move(command));
    return answer(std::move(command));
  }
  void set_away(bool is_away) override { away = is_away; }

  Task<Result<std::uint64_t>> change(Edit edit, Door door, std::uint32_t principal) override {
    return inner_->change(std::move(edit), door, principal);
  }
  catalog::Catalog::Reader catalog() const override { return inner_->catalog(); }
  Result<Run> scan(const archive::Scan& request) const override { return inner_->scan(request); }
  Result<void> walk(const archive::Scan& request, archive::Walker& walker) const override {
    return inner_->walk(request, walker);
  }
  Result<std::optional<Sample>> newest(PointId point) const override { return inner_->newest(point); }
  Result<std::optional<Sample>> at_or_before(PointId point, Timestamp time, bool inclusive) const override {
    return inner_->at_or_before(point, time, inclusive);
  }
  Result<std::optional<Sample>> at_or_after(PointId point, Timestamp time, bool inclusive) const override {
    return inner_->at_or_after(point, time, inclusive);
  }
  Result<std::unique_ptr<archive::Watch>> watch(std::span<const PointId> points,
                                                std::size_t changes_max) override {
    return inner_->watch(points, changes_max);
  }
  void lead() override { inner_->lead(); }
  Result<std::optional<archive::BatchRecord>> batch(std::uint64_t seq) const override {
    return inner_->batch(seq);
  }
  Result<std::vector<archive::BatchRecord>> audit(const archive::AuditQuery& query) const override {
    return inner_->audit(query);
  }
  const archive::ReceiptNames& receipts() const override { return inner_->receipts(); }
  Task<Result<WriteResult>> undo(std::uint64_t seq, const archive::Actor& actor) override {
    return inner_->undo(seq, actor);
  }
  Task<Result<WriteResult>> expire(std::vector<archive::Expiry> points,
                                   const archive::Actor& actor) override {
    return inner_->expire(std::move(points), actor);
  }
  std::optional<Timestamp> none_before(PointId point) const override { return inner_->none_before(point); }
  Result<std::vector<archive::LetterHead>> letters(archive::LetterId after,
                                                   std::size_t limit) const override {
    return inner_->letters(after, limit);
  }
  Result<archive::Letter> letter(archive::LetterId id) const override { return inner_->letter(id); }
  Task<Result<WriteResult>> replay_letter(archive::LetterId id, const archive::Actor& actor) override {
    return inner_->replay_letter(id, actor);
  }
  Task<Result<std::uint64_t>> drop_letter(archive::LetterId id, const archive::Actor& actor) override {
    return inner_->drop_letter(id, actor);
  }
  Result<void> flush() override { return inner_->flush(); }
  bool ready() const override { return inner_->ready(); }
  archive::Stats stats() const override { return inner_->stats(); }

 private:
  static Task<Result<WriteResult>> answer(WriteCommand command) {
    if (command.delivery == Delivery::direct) {
      co_return fail(ErrorCode::store_unavailable, {}, "the archive is away");
    }
    WriteResult result;
    result.seq = kQueued;
    result.queued = true;
    result.slice = Outcomes::all(Outcome::stored, command.slice.size());
    for (const PointWrite& write : command.writes) {
      result.outcomes.push_back(Outcomes::all(Outcome::stored, write.run.size()));
    }
    co_return result;
  }

  std::unique_ptr<archive::Archive> inner_;
};

}  // namespace penstock::dialects
