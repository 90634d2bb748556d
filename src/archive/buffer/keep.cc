// Intents and dead letters on their way into the journal, the store and back.
#include "archive/engine.h"

namespace penstock::archive {

Result<void> Engine::replay_intent(const journal::Batch&, std::string_view) {
  return {};
}
Result<void> Engine::replay_resolved(const journal::Batch&, std::string_view) {
  return {};
}
Result<void> Engine::replay_setaside(const journal::Batch&, std::string_view) {
  return {};
}
void Engine::flush_letters(store::Batch&) {}
Result<std::vector<LetterHead>> Engine::letters(LetterId, std::size_t) const {
  return std::vector<LetterHead>{};
}
Result<Letter> Engine::letter(LetterId) const {
  return fail(ErrorCode::not_found, {}, "there is no such dead letter");
}
Task<Result<WriteResult>> Engine::replay_letter(LetterId, const Actor&) {
  co_return fail(ErrorCode::not_found, {}, "there is no such dead letter");
}
Task<Result<std::uint64_t>> Engine::drop_letter(LetterId, const Actor&) {
  co_return fail(ErrorCode::not_found, {}, "there is no such dead letter");
}
void Engine::set_away(bool) {}

}  // namespace penstock::archive
