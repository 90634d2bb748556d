// Arbitrary bytes as a value of the table of preimages. What can be read is written again and reads the same.
// Rooms: archive

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "archive/undo/preimage.h"
#include "base/bytes.h"

using namespace penstock;
using namespace penstock::archive;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (size < 9) {
    if (PreimageChunk::find(bytes, 0)) std::abort();
    return 0;
  }
  ByteReader in{bytes};
  in.u8();
  const auto first = in.fixed<std::uint64_t>();
  for (const std::uint64_t seq : {first, first + 1}) {
    const auto found = PreimageChunk::find(bytes, seq);
    if (!found || found->empty()) continue;
    PreimageChunk again;
    for (const Preimage& each : *found) again.add(seq, each);
    const auto reread = PreimageChunk::find(again.bytes(), seq);
    if (!reread || reread->size() != found->size()) std::abort();
    for (std::size_t i = 0; i < found->size(); ++i) {
      const Preimage &was = (*found)[i], &is = (*reread)[i];
      if (was.point != is.point || was.known != is.known || was.put_times() != is.put_times()) std::abort();
      if (was.destroyed.size() != is.destroyed.size()) std::abort();
    }
  }
  return 0;
}
