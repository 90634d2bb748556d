// Dead letters as callers see them.
#include <algorithm>

#include "archive/engine.h"
#include "base/log.h"

namespace penstock::archive {
namespace {

constexpr const char* kNoLetter = "there is no such dead letter";
constexpr const char* kClaimed = "somebody else handles this dead letter";

}  // namespace

Result<std::vector<LetterHead>> Engine::letters(LetterId after, std::size_t limit) const {
  // A letter has all its samples: few are held at a time.
  constexpr std::size_t kAtATime = 16;
  std::vector<LetterHead> heads;
  while (heads.size() < limit) {
    const std::size_t wanted = std::min(kAtATime, limit - heads.size());
    TRY(const auto found, letter_box_.list(after, wanted, [this] { return version()->snapshot; }));
    for (const std::string& bytes : found) {
      TRY(const Letter letter, letter_of(bytes));
      heads.push_back(letter);
    }
    if (found.size() < wanted) break;
    after = heads.back().id;
  }
  return heads;
}

Result<Letter> Engine::letter(LetterId id) const {
  TRY(const auto found, letter_box_.find(id, [this] { return version()->snapshot; }));
  if (!found) return fail(ErrorCode::not_found, {}, kNoLetter);
  return letter_of(*found);
}

Task<Result<WriteResult>> Engine::replay_letter(LetterId id, const Actor& actor) {
  if (!letter_box_.claim(id)) co_return fail(ErrorCode::conflict, {}, kClaimed);
  Result<Letter> found = letter(id);
  if (!found) {
    letter_box_.release(id);
    co_return fail(std::move(found).error());
  }
  WriteCommand command;
  command.mode = found->mode;
  command.bypass_compression = found->bypass_compression;
  command.door = actor.door;
  command.principal = actor.principal;
  command.now = actor.now;
  command.writes.push_back({id.point, std::move(found->run)});
  auto task = write_for({BatchOrigin::replay, id.seq, id}, std::move(command));
  Result<WriteResult> written = co_await task;
  letter_box_.release(id);
  co_return written;
}

Task<Result<std::uint64_t>> Engine::drop_letter(LetterId id, const Actor& actor) {
  if (!letter_box_.claim(id)) co_return fail(ErrorCode::conflict, {}, kClaimed);
  Ticket ticket;
  if (const Result<Letter> found = letter(id); !found) {
    ticket.result = fail(found.error());
  } else {
    ticket.purpose = {BatchOrigin::drop, id.seq, id};
    ticket.command.door = actor.door;
    ticket.command.principal = actor.principal;
    ticket.command.now = actor.now;
    ticket.bytes_max = 256;
    auto task = submit_ticket(ticket);
    co_await task;
  }
  letter_box_.release(id);
  if (!ticket.result) co_return fail(std::move(ticket.result).error());
  co_return ticket.result->seq;
}

}  // namespace penstock::archive
