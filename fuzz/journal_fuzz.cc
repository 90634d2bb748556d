// Arbitrary bytes as a segment and as entries. The first byte chooses; what follows is the input.
// Rooms: journal

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "journal/entry.h"
#include "journal/intent_entry.h"
#include "journal/preimage_entry.h"
#include "journal/recovery.h"
#include "journal/state_entry.h"

namespace {

using namespace penstock;
using namespace penstock::journal;

/// What is read and written again reads as the same once more: times may be spelled in more than one way.
void read_buffered(const Entry& entry) {
  GroupBuffer again, once_more;
  const auto body_of = [](GroupBuffer& group) {
    GroupHeader header;
    const auto sealed = group.seal(header, 1);
    Entries entries;
    const auto body = sealed.substr(kGroupHeaderBytes, header.length - kGroupHeaderBytes);
    if (!Entries::parse(body, 1, entries)) std::abort();
    return std::string{(*entries.begin()).body};
  };
  if (entry.tag == Tag::intent) {
    const auto write = [](GroupBuffer& group, const Intent& intent) {
      std::vector<const PointWrite*> writes;
      for (const PointWrite& each : intent.writes) writes.push_back(&each);
      write_intent(group, intent, intent.slice, writes);
    };
    const auto intent = parse_intent(entry.body);
    if (!intent) return;
    write(again, *intent);
    const std::string first = body_of(again);
    const auto second = parse_intent(first);
    if (!second) std::abort();
    write(once_more, *second);
    if (body_of(once_more) != first) std::abort();
  } else if (entry.tag == Tag::setaside) {
    const auto letter = parse_set_aside(entry.body);
    if (!letter) return;
    const std::string first = render_set_aside(*letter);
    const auto second = parse_set_aside(first);
    if (!second || render_set_aside(*second) != first) std::abort();
  }
}

/// Reads an entry as recovery does. What can be read is written again and must give the same bytes, but for
/// numbers that were spelled longer than needed.
void read_entry(const Entry& entry) {
  GroupBuffer again;
  switch (entry.tag) {
    case Tag::batch:
      if (const auto batch = parse_batch(entry.body)) write_batch(again, *batch);
      break;
    case Tag::one:
      if (const auto one = parse_one(entry.body)) {
        const Sample sample = one->sample();
        write_one(again, One::of(one->point, one->kind, sample));
      }
      break;
    case Tag::run:
      if (const auto run = parse_run(entry.body)) write_run(again, run->point, run->frame);
      break;
    case Tag::erase:
      if (const auto erase = parse_erase(entry.body)) write_erase(again, *erase);
      break;
    case Tag::preimage:
      if (const auto preimage = parse_preimage(entry.body)) write_preimage(again, *preimage);
      break;
    case Tag::catalog:
      if (const auto row = parse_catalog(entry.body)) write_catalog(again, *row);
      break;
    case Tag::state:
      if (const auto state = parse_state(entry.body)) write_state(again, *state);
      break;
    case Tag::resolved:
      if (const auto resolved = parse_resolved(entry.body)) write_resolved(again, *resolved);
      break;
    case Tag::intent:
    case Tag::setaside: read_buffered(entry); break;
    default: return;
  }
  if (again.empty()) return;
  GroupHeader header;
  const auto sealed = again.seal(header, 1);
  Entries entries;
  const auto body = sealed.substr(kGroupHeaderBytes, header.length - kGroupHeaderBytes);
  if (!Entries::parse(body, 1, entries)) std::abort();
  const std::string_view written = (*entries.begin()).body;
  if (written.size() > entry.body.size() || (written.size() == entry.body.size() && written != entry.body)) {
    std::abort();
  }
}

Result<void> read_group(const Group& group) {
  for (const Entry entry : group.entries) read_entry(entry);
  return {};
}

/// The first group of a segment and perhaps a second, made sound so that what lies behind the CRC is reached.
void make_sound(std::string& segment, const SegmentHeader& header) {
  std::uint32_t prev_crc = header.prev_crc;
  for (std::size_t at = kPage; at + kGroupHeaderBytes <= segment.size();) {
    GroupHeader group;
    std::memcpy(&group, segment.data() + at, sizeof group);
    group.magic = kGroupMagic;
    group.segment = header.segment;
    const std::size_t room = segment.size() - at;
    if (group.length < kGroupHeaderBytes || group.length > room) {
      group.length =
          static_cast<std::uint32_t>(kGroupHeaderBytes + group.length % (room - kGroupHeaderBytes + 1));
    }
    if (at == kPage) group.first_seq = header.first_seq;
    group.prev_crc = prev_crc;
    std::memcpy(segment.data() + at, &group, sizeof group);
    group.crc = group_crc(std::string_view{segment}.substr(at, group.length), header.nonce);
    std::memcpy(segment.data() + at, &group, sizeof group);
    prev_crc = group.crc;
    at += round_to_page(group.length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t choice = data[0];
  const std::string_view input{reinterpret_cast<const char*>(data) + 1, size - 1};

  if (choice % 3 == 0) {
    read_entry({static_cast<Tag>(1 + choice / 3 % 12), 0, input});
    return 0;
  }
  static_cast<void>(parse_segment_header(input));
  static_cast<void>(highest_claim(input));

  Segment segment;
  segment.path = "fuzz";
  segment.header.segment = 1;
  segment.header.nonce = 7;
  segment.header.first_seq = 1;
  std::string bytes(kPage, '\0');
  bytes += input;
  if (choice % 3 == 1) make_sound(bytes, segment.header);
  std::uint32_t crc = 0;
  const std::uint64_t end = bytes.size() / kPage * kPage;
  static_cast<void>(
      walk(bytes, segment, choice & 64 ? &end : nullptr, choice & 128 ? 5 : 0, crc, read_group));
  return 0;
}
