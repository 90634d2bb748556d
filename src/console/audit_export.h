#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "console/access.h"
#include "console/call.h"
#include "console/ledger_words.h"
#include "http/body_source.h"

namespace penstock::console {

enum class ExportFormat { ndjson, csv };

/// The records of a query as text, newest first, read and rendered while it is sent: NDJSON with what each
/// batch did to each point, or CSV with a line per batch. Borrows what it is given.
class AuditExport final : public http::BodySource {
 public:
  AuditExport(const archive::Archive& archive, const Access& access, WorkerPool& readers,
              archive::AuditQuery query, ExportFormat format);

  /// Reads the first records, so that what is wrong with them can be answered instead of a body.
  Task<Result<void>> begin();
  Task<std::string> next() override;

 private:
  Result<void> read_page();
  Task<Result<void>> read_aside();
  std::string render();

  const archive::Archive& archive_;
  const Access& access_;
  WorkerPool& readers_;
  archive::AuditQuery query_;
  const ExportFormat format_;
  std::vector<archive::BatchRecord> page_;
  std::size_t at_ = 0;      // Records of the page that were rendered.
  bool last_page_ = false;  // There is none behind this one.
  bool head_due_ = true;    // CSV begins with the names of its columns.
};

/// A record as a line of CSV, and the line above all.
std::string csv_head();
void append_csv(std::string& out, const archive::BatchRecord& record, const Names& names,
                const archive::ReceiptNames& receipts);

}  // namespace penstock::console
