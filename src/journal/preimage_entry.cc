#include "journal/preimage_entry.h"

#include "base/bytes.h"

namespace penstock::journal {

void write_preimage(GroupBuffer& group, const PreimageEntry& entry) {
  group.begin(Tag::preimage);
  group.fixed<std::uint64_t>(to_number(entry.point));
  group.u8(static_cast<std::uint8_t>(entry.what));
  group.raw(entry.frame);
  group.end();
}

Result<PreimageEntry> parse_preimage(std::string_view body) {
  ByteReader reader{body};
  const auto point = reader.fixed<std::uint64_t>();
  const std::uint8_t what = reader.u8();
  const bool has_frame = what == static_cast<std::uint8_t>(PreimageWhat::destroyed);
  if (!reader.ok() || point > UINT32_MAX || what > static_cast<std::uint8_t>(PreimageWhat::unknown) ||
      has_frame == reader.at_end()) {
    return fail(ErrorCode::store_corrupt, {}, "a PREIMAGE entry of the journal can't be read");
  }
  return PreimageEntry{PointId{static_cast<std::uint32_t>(point)}, static_cast<PreimageWhat>(what),
                       reader.raw(reader.left())};
}

}  // namespace penstock::journal
