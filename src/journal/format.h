#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The bytes of a segment: docs/format/journal.md.

namespace penstock::journal {

constexpr std::size_t kPage = 4096;  ///< Groups begin at multiples of it; the segment's header has the first.
constexpr std::size_t kGroupHeaderBytes = 48;
constexpr std::size_t kEntryHeaderBytes = 8;
constexpr std::uint32_t kFormat = 1;
constexpr char kSegmentMagic[8] = {'P', 'N', 'S', 'T', 'J', 'R', 'N', 'L'};
constexpr std::uint32_t kGroupMagic = 0x50524750;  ///< "PGRP"

constexpr std::size_t round_to_page(std::size_t bytes) {
  return (bytes + kPage - 1) / kPage * kPage;
}

/// At the start of a segment's file. A file that was never used has zeros there.
struct SegmentHeader {
  char magic[8] = {};
  std::uint32_t format = 0;
  std::uint32_t crc = 0;  ///< Of the whole header with this field zero.
  unsigned char server_id[16] = {};
  std::uint64_t segment = 0;    ///< 1, 2, 3 … in the order of use. The name of the file says nothing.
  std::uint64_t nonce = 0;      ///< Random. Seeds the CRC of every group in it.
  std::uint64_t first_seq = 0;  ///< That its first group has, or would have.
  std::uint64_t prev_segment = 0;
  std::uint64_t prev_end = 0;  ///< Where the groups of the one before end; what may follow there was cut.
  std::uint64_t bytes = 0;     ///< Size of this file.
  std::uint32_t prev_crc = 0;  ///< Of the last group before this segment.
  std::uint32_t reserved = 0;
};
static_assert(sizeof(SegmentHeader) == 88);

/// Sets magic, format and crc.
void seal(SegmentHeader& header);
/// Nothing if the first page is not a sound header of a format that is known.
std::optional<SegmentHeader> parse_segment_header(std::string_view page);
bool is_blank(std::string_view bytes);

struct GroupHeader {
  std::uint32_t magic = 0;
  std::uint32_t crc = 0;     ///< Of everything after it up to `length`, seeded with the segment's nonce.
  std::uint32_t length = 0;  ///< Of header and entries; zeros follow up to the next page.
  std::uint32_t entries = 0;
  std::uint64_t segment = 0;
  std::uint64_t first_seq = 0;
  std::uint32_t batches = 0;
  std::uint32_t prev_crc = 0;  ///< `crc` of the group before, also across segments; 0 for the very first.
  std::int64_t wall_ns = 0;
};
static_assert(sizeof(GroupHeader) == kGroupHeaderBytes);

/// `group`: header and entries, without padding.
std::uint32_t group_crc(std::string_view group, std::uint64_t nonce);

/// The group at `offset` of a segment's bytes, if a whole and sound one of this life of the segment is there.
std::optional<GroupHeader> find_group(std::string_view bytes, std::uint64_t offset,
                                      const SegmentHeader& header);

/// The highest number of a segment that the groups in `bytes` claim, 0 if there are none. Checks nothing
/// else: for files whose header is lost.
std::uint64_t highest_claim(std::string_view bytes);

}  // namespace penstock::journal
