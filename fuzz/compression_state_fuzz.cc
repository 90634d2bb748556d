// Arbitrary bytes as the state of a compressing point.
// Rooms: archive

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "archive/compression/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace penstock::archive;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const auto state = decode_state(bytes);
  if (!state) return 0;
  // What was read is written the same and read the same, but for lengths that were spelled longer than
  // needed.
  const std::string again = encode_state(*state);
  if (again.size() > bytes.size() || (again.size() == bytes.size() && again != bytes)) std::abort();
  const auto twice = decode_state(again);
  if (!twice || encode_state(*twice) != again) std::abort();
  return 0;
}
