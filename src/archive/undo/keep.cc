// What batches replaced or erased, on its way into the journal, the store and back.
#include "archive/engine.h"

namespace penstock::archive {

Result<void> Engine::replay_preimage(const journal::Batch&, std::string_view) {
  return {};
}
void Engine::flush_preimages(store::Batch&) {}
Task<Result<WriteResult>> Engine::undo(std::uint64_t, const Actor&) {
  co_return fail(ErrorCode::not_found, {}, "there is no such batch");
}

}  // namespace penstock::archive
