// Compression states on their way into the journal, the store and back, and what catalog changes do to them.
#include "archive/compression/state.h"
#include "archive/engine.h"
#include "base/bytes.h"
#include "journal/state_entry.h"

namespace penstock::archive {

void Engine::compression_changed(PointId id, const Point* point) {
  Slot& slot = slots_.make(id);
  const bool needed = point != nullptr && CompressionSettings::needed(*point);
  slot.compresses.store(needed, std::memory_order_relaxed);
  if (!needed) return compression_.remove(id);
  const auto settings = CompressionSettings::of(*point, options_.compress_before_creation);
  const bool known = compression_.find(id) != nullptr;
  CompressingPoint& entry = compression_.make(id);
  bool changed = false;
  {
    const std::lock_guard lock{compression_.mutex};
    if (!known) {
      // What there is already is archived; the first arrival begins anew.
      entry.state.snapshot.time = slot.newest.load(std::memory_order_relaxed);
    } else if (entry.settings.rule != settings.rule) {
      entry.state.archived_is = CompressionState::Archived::lost;
      changed = true;
    }
    entry.settings = settings;
  }
  if (changed) compression_.touch(id, entry);
}

void Engine::forget_band(PointId id, Slot& slot) {
  CompressingPoint* const point = compression_.find(id);
  if (point == nullptr) return;
  const std::lock_guard lock{compression_.mutex};
  CompressionState& state = change_state(id, *point);
  state = {};
  state.archived_is = CompressionState::Archived::lost;
  state.snapshot.time = slot.newest.load(std::memory_order_relaxed);
}

Result<void> Engine::keep_state(PointId id, std::string_view bytes) {
  TRY(CompressionState state, decode_state(bytes));
  Slot& slot = slots_.make(id);
  // A later change of the catalog, in the store already, may have ended it.
  if (!slot.compresses.load(std::memory_order_relaxed)) return {};
  if (!fits_kind(state, static_cast<Kind>(slot.kind.load(std::memory_order_relaxed)))) {
    return fail(
        ErrorCode::store_corrupt, {},
        "a state of compression has values of another type than point " + std::to_string(to_number(id)));
  }
  CompressingPoint& point = compression_.make(id);
  const std::lock_guard lock{compression_.mutex};
  point.state = std::move(state);
  return {};
}

Result<void> Engine::load_states(const store::Snapshot& snapshot) {
  const auto cursor = snapshot.cursor("s", "t");
  for (cursor->seek("s"); cursor->valid(); cursor->next()) {
    if (cursor->key().size() != 9)
      return fail(ErrorCode::store_corrupt, {}, "a state of compression has a bad key");
    const std::uint64_t number = read_be64(cursor->key().data() + 1);
    if (number > UINT32_MAX)
      return fail(ErrorCode::store_corrupt, {}, "a state of compression has a bad key");
    TRY_VOID(keep_state(PointId{static_cast<std::uint32_t>(number)}, cursor->value()));
  }
  return cursor->status();
}

Result<void> Engine::replay_state(std::string_view body) {
  TRY(const journal::StateEntry entry, journal::parse_state(body));
  TRY_VOID(keep_state(entry.point, entry.state));
  if (CompressingPoint* const point = compression_.find(entry.point)) compression_.touch(entry.point, *point);
  return {};
}

Result<void> Engine::flush_states(store::Batch& batch) {
  constexpr std::size_t kAtOnce = 1024;
  const std::vector<std::uint32_t> changed = compression_.take_changed();
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::size_t next = 0; next < changed.size();) {
    rows.clear();
    {
      // While the role is ours no group is on its way, so what is there is durable. It may be newer than the
      // flush; the journal has that too, and replaying it ends in the same state.
      const std::lock_guard role{role_};
      const std::lock_guard lock{compression_.mutex};
      for (; next < changed.size() && rows.size() < kAtOnce; ++next) {
        const PointId id{changed[next]};
        CompressingPoint* const point = compression_.find(id);
        rows.emplace_back(keys::compression_state(id), point ? encode_state(point->state) : std::string{});
        if (point != nullptr) point->changed = false;
      }
    }
    lead();  // Who came while the role was ours found it taken and went on waiting.
    for (const auto& [key, row] : rows) {
      if (row.empty()) {
        batch.erase(key);
      } else {
        batch.put(key, row);
      }
    }
    if (batch.bytes() > (4u << 20)) {
      TRY_VOID(when_there_is_space([&] { return store_->write(batch); }));
      batch.clear();
    }
  }
  return {};
}

}  // namespace penstock::archive
