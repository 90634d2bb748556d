#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "journal/group.h"
#include "model/point.h"

namespace penstock::journal {

/// What a PREIMAGE entry says. Numbers are part of the stored format.
enum class PreimageWhat : std::uint8_t {
  begin = 0,      ///< Of this point, the samples that the batch's own entries put are to be remembered.
  destroyed = 1,  ///< Samples that were there before the batch and are not there as they were behind it.
  unknown = 2     ///< More was destroyed than is kept: the batch can't be undone.
};

/// PREIMAGE: what a batch did to a point that no longer shows. All of a batch come right behind its BATCH,
/// those of a point ascending. Errors of the parse: store_corrupt. docs/format/journal.md has the layout.
struct PreimageEntry {
  PointId point{};
  PreimageWhat what{};
  std::string_view frame;  ///< Of the codec room; of `destroyed` alone. Borrows the bytes.
};
void write_preimage(GroupBuffer& group, const PreimageEntry& entry);
Result<PreimageEntry> parse_preimage(std::string_view body);

}  // namespace penstock::journal
