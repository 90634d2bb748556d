// Step W5 for a change of the catalog: the leader runs the edit under the catalog's lock.
#include <algorithm>

#include "archive/engine.h"

namespace penstock::archive {
bool Engine::decide_edit(Ticket& ticket) {
  catalog_lock_ = catalog_.lock();
  catalog::Editor editor{catalog_.tables(), edit_changes_};
  Result<void> edited = ticket.edit(editor);
  if (edited && !edit_changes_.empty()) {
    const std::size_t bytes = editor.bytes() + editor.erased_points().size() * 64 + 512;
    if (bytes > options_.segment_bytes - 8192) {
      edited = fail(ErrorCode::limit_exceeded, {}, "the change is too large to be kept as one");
    } else if (!journal_->make_room(group_.size() + bytes)) {
      edited = no_room();
    }
  }
  if (!edited) {
    editor.undo();
    catalog_lock_.unlock();
    ticket.result = tl::unexpected(std::move(edited).error());
    return false;
  }
  WriteResult result;
  result.seq = last_seq_ + batches_;
  if (edit_changes_.empty()) {
    catalog_lock_.unlock();
    ticket.result = std::move(result);
    return false;
  }
  // The rows are in the tables, but the lock stays until they are durable: nobody reads what a crash could
  // take back.
  edit_erased_ = editor.erased_points();
  result.seq = last_seq_ + ++batches_;
  journal::Batch batch;
  batch.seq = result.seq;
  batch.principal = ticket.command.principal;
  batch.door = ticket.command.door;
  const std::int64_t late_us = (ticket.command.now.unix_ns() - group_wall_ns_) / kNsPerMicrosecond;
  batch.wall_delta_us = static_cast<std::int32_t>(std::clamp<std::int64_t>(late_us, INT32_MIN, INT32_MAX));
  journal::write_batch(group_, batch);
  begin_row(batch);
  for (const catalog::RowChange& change : edit_changes_) {
    journal::CatalogRow row{static_cast<std::uint8_t>(change.table), change.key, std::nullopt};
    if (change.row) row.row = *change.row;
    journal::write_catalog(group_, row);
  }
  for (const PointId point : edit_erased_) {
    const journal::Erase all{point, Timestamp::min(), Timestamp::max(), journal::EraseWhy::point_gone};
    journal::write_erase(group_, all);
    row_erase(all);
  }
  end_row();
  ticket.result = std::move(result);
  return true;
}

}  // namespace penstock::archive
