#include "journal/state_entry.h"

#include "base/bytes.h"

namespace penstock::journal {

void write_state(GroupBuffer& group, const StateEntry& entry) {
  group.begin(Tag::state);
  group.fixed<std::uint64_t>(to_number(entry.point));
  group.raw(entry.state);
  group.end();
}

Result<StateEntry> parse_state(std::string_view body) {
  ByteReader reader{body};
  const auto point = reader.fixed<std::uint64_t>();
  if (!reader.ok() || point > UINT32_MAX || reader.left() == 0) {
    return fail(ErrorCode::store_corrupt, {}, "a STATE entry of the journal can't be read");
  }
  return StateEntry{PointId{static_cast<std::uint32_t>(point)}, reader.raw(reader.left())};
}

}  // namespace penstock::journal
