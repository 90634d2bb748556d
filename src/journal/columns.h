#pragma once

#include "base/bytes.h"
#include "model/value.h"

// Samples as they were sent, in columns: any order, repeats allowed. docs/format/journal.md has the layout.
// Frames of the codec room are smaller, but need ascending times.

namespace penstock::journal {

void append_columns(ByteWriter& out, const Run& run);
/// `run` then has the samples, and nothing else. False: the bytes can't be read; `run` is of no use then.
bool read_columns(ByteReader& in, Run& run);

}  // namespace penstock::journal
