// What the engine tells the ledger, and asks it.
#include "archive/engine.h"

namespace penstock::archive {

void Engine::record(const journal::Batch&, std::size_t) {}
Result<void> Engine::flush_ledger(std::uint64_t) {
  return {};
}
Result<std::optional<BatchRecord>> Engine::batch(std::uint64_t) const {
  return std::optional<BatchRecord>{};
}
Result<std::vector<BatchRecord>> Engine::audit(const AuditQuery&) const {
  return std::vector<BatchRecord>{};
}

}  // namespace penstock::archive
