#include "console/audit_export.h"

#include <utility>

#include "base/log.h"

namespace penstock::console {
namespace {

constexpr std::size_t kPageRecords = 256;       ///< Read at a time.
constexpr std::size_t kPieceBytes = 256 << 10;  ///< Sent at a time, and what one record more has.

/// RFC 4180: in quotes where the text has a comma, a quote or a line break. A text that a spreadsheet would
/// take for a formula gets a quote in front.
void append_cell(std::string& out, std::string_view text) {
  const bool formula = !text.empty() && std::string_view{"=+-@"}.find(text[0]) != std::string_view::npos;
  if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_number(std::string& out, std::uint64_t number) {
  out.append(",").append(std::to_string(number));
}

}  // namespace

std::string csv_head() {
  return "receipt,seq,received,principal,door,mode,origin,state,about,sent,stored,replaced,ignored,erased,"
         "rejected,points,tag,first,last\r\n";
}

void append_csv(std::string& out, const archive::BatchRecord& record, const Names& names,
                const archive::ReceiptNames& receipts) {
  const Extent extent = extent_of(record);
  const WriteCounts counts = record.counts();
  out += receipts.name(record.seq);
  append_number(out, record.seq);
  out += ',';
  append_trimmed(out, record.received);
  out += ',';
  if (const std::string_view name = names.principal(record.principal); !name.empty()) {
    append_cell(out, name);
  } else if (record.principal != 0) {
    out += std::to_string(record.principal);
  }
  out.append(",").append(word_of(record.door)).append(",").append(word_of(record.mode));
  out.append(",").append(word_of(record.origin)).append(",").append(word_of(record.state)).append(",");
  if (record.other != 0) out += receipts.name(record.other);
  for (const std::uint64_t number :
       {std::uint64_t{record.sent}, counts.stored, counts.replaced, counts.ignored, counts.erased,
        counts.rejected, std::uint64_t{extent.points}}) {
    append_number(out, number);
  }
  out += ',';
  if (!record.touches.empty()) append_cell(out, names.tag(record.touches.front().point));
  out += ',';
  if (extent.first) append_trimmed(out, *extent.first);
  out += ',';
  if (extent.last) append_trimmed(out, *extent.last);
  out += "\r\n";
}

AuditExport::AuditExport(const archive::Archive& archive, const Access& access, WorkerPool& readers,
                         archive::AuditQuery query, ExportFormat format)
    : archive_{archive}, access_{access}, readers_{readers}, query_{std::move(query)}, format_{format} {
  query_.limit = kPageRecords;
}

Result<void> AuditExport::read_page() {
  at_ = 0;
  TRY(page_, archive_.audit(query_));
  last_page_ = page_.size() < kPageRecords;
  if (!page_.empty()) query_.before_seq = page_.back().seq;
  return {};
}

Task<Result<void>> AuditExport::read_aside() {
  Result<void> done;
  auto work = [&] { done = read_page(); };
  auto run = readers_.run(work);
  const bool ran = co_await run;
  if (!ran) co_return fail(too_many());
  co_return done;
}

Task<Result<void>> AuditExport::begin() {
  auto read = read_aside();
  auto done = co_await read;
  co_return done;
}

Task<std::string> AuditExport::next() {
  if (at_ == page_.size() && !last_page_) {
    auto read = read_aside();
    const auto done = co_await read;
    if (!done) {
      // The status is long sent. A last line that is no record says that the rest is missing.
      log::warning("an export of the audit ended early", {{"detail", done.error().detail}});
      page_.clear();
      at_ = 0;
      last_page_ = true;
      co_return format_ == ExportFormat::ndjson ? "{\"error\":\"the rest could not be read\"}\n"
                                                : "error: the rest could not be read\r\n";
    }
  }
  co_return render();
}

std::string AuditExport::render() {
  std::string text;
  if (format_ == ExportFormat::csv && std::exchange(head_due_, false)) text = csv_head();
  const auto tables = archive_.catalog();
  const Names names{access_, *tables};
  for (; at_ < page_.size() && text.size() < kPieceBytes; ++at_) {
    if (format_ == ExportFormat::csv) {
      append_csv(text, page_[at_], names, archive_.receipts());
      continue;
    }
    http::JsonWriter w{text};
    w.object_begin();
    append_record(w, page_[at_], names, archive_.receipts());
    append_record_points(w, page_[at_], names);
    w.object_end();
    text += '\n';
  }
  return text;
}

}  // namespace penstock::console
