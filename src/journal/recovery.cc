#include "journal/recovery.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace penstock::journal {
namespace {

tl::unexpected<Error> corrupt_at(const std::string& path, std::uint64_t offset, const std::string& what) {
  return fail(ErrorCode::store_corrupt, path + ":" + std::to_string(offset),
              "journal segment " + path + ", byte " + std::to_string(offset) + ": " + what);
}

/// A `.seg` file in the folder.
struct Found {
  std::string path;
  std::uint64_t size = 0;
  std::optional<SegmentHeader> header;
  bool blank = false;  ///< Never used: neither its header nor the place of its first group.
};

struct Listing {
  std::vector<Found> segments;
  std::vector<std::string> unfinished;
  std::uint64_t next_file = 1;
};

/// Makes the disk say what it has: after a failed sync the page cache may show more.
Result<File> open_for_reading(const std::string& path, std::uint64_t size, bool direct) {
  TRY(File file, File::open(path, File::Mode::read_write, direct && size % kPage == 0));
  TRY_VOID(file.sync_data());
  if (!file.is_direct()) file.forget_cached();
  return file;
}

Result<void> read_whole(const Found& found, bool direct, AlignedBuffer& buffer) {
  constexpr std::uint64_t kPiece = 4u << 20;
  buffer.reserve(round_to_page(found.size), 0);
  TRY(const File file, open_for_reading(found.path, found.size, direct));
  for (std::uint64_t at = 0; at < found.size; at += kPiece) {
    TRY_VOID(file.read(buffer.data() + at, std::min(kPiece, found.size - at), at));
  }
  return {};
}

Result<Listing> list_segments(const Options& options) {
  Listing listing;
  std::error_code error;
  std::filesystem::directory_iterator files{options.directory, error};
  if (error) return fail(ErrorCode::store_unavailable, options.directory, error.message());
  AlignedBuffer start;
  start.reserve(2 * kPage, 0);
  for (; files != std::filesystem::directory_iterator{}; files.increment(error)) {
    const std::string name = files->path().filename().string();
    if (files->path().extension() == ".tmp") listing.unfinished.push_back(files->path().string());
    if (files->path().extension() != ".seg") continue;
    constexpr std::string_view kPrefix = "journal-";
    if (name.compare(0, kPrefix.size(), kPrefix) == 0) {
      std::uint64_t number = 0;
      std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number);
      listing.next_file = std::max(listing.next_file, number + 1);
    }
    Found found;
    found.path = files->path().string();
    found.size = std::filesystem::file_size(found.path, error);
    if (error) break;
    // Files are made whole before they get their name.
    if (found.size < kPage) return corrupt_at(found.path, found.size, "the file was cut short");
    TRY(const File file, open_for_reading(found.path, found.size, options.direct));
    const std::size_t size = std::min<std::uint64_t>(found.size, 2 * kPage);
    TRY_VOID(file.read(start.data(), size, 0));
    found.header = parse_segment_header({start.data(), kPage});
    found.blank = is_blank({start.data(), size});
    listing.segments.push_back(std::move(found));
  }
  if (error) return fail(ErrorCode::store_unavailable, options.directory, error.message());
  return listing;
}

/// Takes the files whose header is sound, by number. The rest stays.
Result<std::vector<Found>> take_numbered(std::vector<Found>& all, const Options& options) {
  std::vector<Found> numbered;
  const auto sound = std::stable_partition(all.begin(), all.end(), [](const Found& f) { return !f.header; });
  numbered.assign(std::make_move_iterator(sound), std::make_move_iterator(all.end()));
  all.erase(sound, all.end());
  std::sort(numbered.begin(), numbered.end(),
            [](const Found& a, const Found& b) { return a.header->segment < b.header->segment; });
  for (std::size_t i = 0; i < numbered.size(); ++i) {
    const Found& found = numbered[i];
    if (std::memcmp(found.header->server_id, options.server_id.bytes, sizeof options.server_id.bytes) != 0) {
      return corrupt_at(found.path, 0, "the segment belongs to another server");
    }
    if (i > 0 && numbered[i - 1].header->segment == found.header->segment) {
      return corrupt_at(found.path, 0, "another file has the same segment, " + numbered[i - 1].path);
    }
  }
  return numbered;
}

/// A header is on disk before the first group is written. So a file without one that holds groups of a
/// segment newer than all known ones has lost it.
Result<void> check_headless(const std::vector<Found>& headless, std::uint64_t newest,
                            const Options& options) {
  for (const Found& found : headless) {
    if (found.blank) continue;
    AlignedBuffer buffer;
    TRY_VOID(read_whole(found, options.direct, buffer));
    if (highest_claim({buffer.data(), found.size}) > newest) {
      return corrupt_at(found.path, 0, "the header of the segment is damaged");
    }
  }
  return {};
}

/// Index of the first segment that is needed, given that nothing up to `needed_seq` is.
Result<std::size_t> first_needed(const std::vector<Found>& numbered, const std::vector<Found>& headless,
                                 std::uint64_t needed_seq) {
  std::size_t first = numbered.size() - 1;
  while (numbered[first].header->first_seq > needed_seq + 1) {
    const Found& found = numbered[first];
    const std::uint64_t before = found.header->prev_segment;
    if (first == 0 || numbered[first - 1].header->segment != before) {
      std::string what = "the segment before it, number " + std::to_string(before) + ", is missing";
      for (const Found& other : headless) {
        if (!other.blank) what += "; the header of " + other.path + " is damaged";
      }
      return corrupt_at(found.path, 0, what);
    }
    --first;
  }
  return first;
}

}  // namespace

Result<void> walk(std::string_view bytes, Segment& segment, const std::uint64_t* end,
                  std::uint64_t needed_seq, std::uint32_t& crc, const Journal::Replay& replay) {
  std::uint64_t at = kPage;
  std::uint64_t next_seq = segment.header.first_seq;
  crc = segment.header.prev_crc;
  while (end == nullptr || at < *end) {
    const auto header = find_group(bytes, at, segment.header);
    if (!header) break;
    Group group;
    group.segment = header->segment;
    group.offset = at;
    group.first_seq = header->first_seq;
    group.batches = header->batches;
    group.wall_ns = header->wall_ns;
    const auto body = bytes.substr(at + kGroupHeaderBytes, header->length - kGroupHeaderBytes);
    if (header->prev_crc != crc || header->first_seq != next_seq || header->batches == 0 ||
        header->first_seq > UINT64_MAX - header->batches ||
        !Entries::parse(body, header->entries, group.entries)) {
      return corrupt_at(segment.path, at, "the group does not follow on the one before");
    }
    if (group.last_seq() > needed_seq) TRY_VOID(replay(group));
    at += round_to_page(header->length);
    next_seq += header->batches;
    crc = header->crc;
  }
  if (end != nullptr && at != *end) return corrupt_at(segment.path, at, "a group is damaged");
  if (end == nullptr) {
    // One group is written at a time: a sound one behind the first bad place proves that the bad one was
    // durable.
    for (std::uint64_t later = at + kPage; later < bytes.size(); later += kPage) {
      if (find_group(bytes, later, segment.header)) {
        return corrupt_at(segment.path, at,
                          "a group is damaged, a sound one follows at byte " + std::to_string(later));
      }
    }
  }
  segment.end = at;
  segment.last_seq = next_seq - 1;
  return {};
}

Result<Recovered> recover(const Options& options, const Journal::Replay& replay) {
  TRY(Listing listing, list_segments(options));
  TRY(auto numbered, take_numbered(listing.segments, options));
  TRY_VOID(check_headless(listing.segments, numbered.empty() ? 0 : numbered.back().header->segment, options));

  Recovered recovered;
  recovered.next_file = listing.next_file;
  recovered.useless = std::move(listing.unfinished);
  const auto keep_file = [&](const Found& found) {
    auto& list = found.size == options.segment_bytes ? recovered.reusable : recovered.useless;
    list.push_back(found.path);
  };
  if (numbered.empty()) {
    if (options.applied_seq > 0) {
      return fail(ErrorCode::store_corrupt, options.directory,
                  "the journal " + options.directory + " is empty, but the store has been written from one");
    }
    for (const Found& found : listing.segments) keep_file(found);
    return recovered;
  }

  const std::uint64_t needed_seq = std::min(options.applied_seq, options.needed_seq);
  TRY(const std::size_t first, first_needed(numbered, listing.segments, needed_seq));
  for (std::size_t i = 0; i < first; ++i) keep_file(numbered[i]);
  for (const Found& found : listing.segments) keep_file(found);
  std::uint32_t crc = numbered[first].header->prev_crc;
  AlignedBuffer buffer;
  for (std::size_t i = first; i < numbered.size(); ++i) {
    const Found& found = numbered[i];
    const SegmentHeader& header = *found.header;
    const SegmentHeader* const next = i + 1 < numbered.size() ? &*numbered[i + 1].header : nullptr;
    if (i > first && (header.prev_crc != crc || header.first_seq != recovered.next_seq)) {
      return corrupt_at(found.path, 0, "the segment does not follow on the one before");
    }
    if (found.size < header.bytes) return corrupt_at(found.path, found.size, "the file was cut short");
    Segment segment{found.path, header, kPage, 0};
    TRY_VOID(read_whole(found, options.direct, buffer));
    TRY_VOID(walk({buffer.data(), found.size}, segment, next != nullptr ? &next->prev_end : nullptr,
                  needed_seq, crc, replay));
    recovered.next_seq = segment.last_seq + 1;
    recovered.last_crc = crc;
    recovered.live.push_back(std::move(segment));
  }
  if (recovered.next_seq <= options.applied_seq) {
    return corrupt_at(numbered.back().path, recovered.live.back().end,
                      "the journal ends before what the store holds");
  }
  return recovered;
}

}  // namespace penstock::journal
