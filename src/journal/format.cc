#include "journal/format.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace penstock::journal {
namespace {

std::uint32_t header_crc(SegmentHeader header) {
  header.crc = 0;
  return crc32c({reinterpret_cast<const char*>(&header), sizeof header});
}

constexpr std::size_t kGroupCrcFrom = offsetof(GroupHeader, length);

}  // namespace

void seal(SegmentHeader& header) {
  std::memcpy(header.magic, kSegmentMagic, sizeof header.magic);
  header.format = kFormat;
  header.crc = header_crc(header);
}

std::optional<SegmentHeader> parse_segment_header(std::string_view page) {
  SegmentHeader header;
  if (page.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, page.data(), sizeof header);
  if (std::memcmp(header.magic, kSegmentMagic, sizeof header.magic) != 0 || header.format != kFormat ||
      header.crc != header_crc(header) || header.segment == 0 || header.first_seq == 0) {
    return std::nullopt;
  }
  return header;
}

bool is_blank(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == 0; });
}

std::uint32_t group_crc(std::string_view group, std::uint64_t nonce) {
  const std::uint32_t seed = crc32c({reinterpret_cast<const char*>(&nonce), sizeof nonce});
  return crc32c(group.substr(kGroupCrcFrom), seed);
}

std::optional<GroupHeader> find_group(std::string_view bytes, std::uint64_t offset,
                                      const SegmentHeader& header) {
  if (offset > bytes.size() || bytes.size() - offset < kGroupHeaderBytes) return std::nullopt;
  bytes.remove_prefix(offset);
  GroupHeader group;
  std::memcpy(&group, bytes.data(), sizeof group);
  if (group.magic != kGroupMagic || group.segment != header.segment || group.length < kGroupHeaderBytes ||
      group.length > bytes.size() || group.crc != group_crc(bytes.substr(0, group.length), header.nonce)) {
    return std::nullopt;
  }
  return group;
}

std::uint64_t highest_claim(std::string_view bytes) {
  std::uint64_t highest = 0;
  for (std::size_t at = kPage; at + kGroupHeaderBytes <= bytes.size(); at += kPage) {
    GroupHeader group;
    std::memcpy(&group, bytes.data() + at, sizeof group);
    if (group.magic == kGroupMagic) highest = std::max(highest, group.segment);
  }
  return highest;
}

}  // namespace penstock::journal
