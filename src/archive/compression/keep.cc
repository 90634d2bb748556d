// Compression states on their way into the journal, the store and back.
#include "archive/engine.h"

namespace penstock::archive {

Result<void> Engine::replay_state(std::string_view) {
  return {};
}
void Engine::flush_states(store::Batch&) {}

}  // namespace penstock::archive
