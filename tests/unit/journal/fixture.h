#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "journal/entry.h"
#include "journal/journal.h"
#include "journal/recovery.h"

namespace penstock::journal {

/// A folder of its own, in memory where the machine has such a place: damage is done to it thousands of
/// times.
class Folder {
 public:
  Folder() {
    const std::filesystem::path memory = "/dev/shm";
    const auto base = ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
    path_ = base / ("penstock-journal-" + Uuid::random().to_string());
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string journal() const { return path_ / "journal"; }
  std::string operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline Uuid test_server() {
  return *Uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
}

inline Options test_options(const std::string& directory, std::size_t segment_bytes = 64u << 10) {
  Options options;
  options.directory = directory;
  options.segment_bytes = segment_bytes;
  options.server_id = test_server();
  return options;
}

/// A group as the tests see it: what was written, or what was replayed.
struct Record {
  std::uint64_t first_seq = 0;
  std::uint32_t batches = 0;
  std::int64_t wall_ns = 0;
  std::vector<std::string> entries;  ///< Tag, flags and body of each.

  bool operator==(const Record&) const = default;
};

inline void PrintTo(const Record& record, std::ostream* out) {
  *out << "seqs " << record.first_seq << "+" << record.batches << ", " << record.entries.size() << " entries";
}

inline Record record_of(const Group& group) {
  Record record{group.first_seq, group.batches, group.wall_ns, {}};
  for (const Entry entry : group.entries) {
    std::string bytes{static_cast<char>(entry.tag), static_cast<char>(entry.flags)};
    record.entries.push_back(bytes.append(entry.body));
  }
  return record;
}

/// Collects what is replayed.
inline Journal::Replay into(std::vector<Record>& records) {
  return [&records](const Group& group) -> Result<void> {
    records.push_back(record_of(group));
    return {};
  };
}

/// Opens, and fails the test if that fails.
inline std::unique_ptr<Journal> must_open(const Options& options, std::vector<Record>& records) {
  records.clear();
  auto opened = Journal::open(options, into(records));
  if (!opened) {
    ADD_FAILURE() << opened.error().detail;
    return nullptr;
  }
  return *std::move(opened);
}

/// Group `n` of a series: `bytes` of payload in a few entries, all different.
inline Record fill(GroupBuffer& buffer, std::uint64_t first_seq, std::size_t bytes) {
  buffer.clear();
  Record record{first_seq,
                static_cast<std::uint32_t>(1 + first_seq % 3),
                static_cast<std::int64_t>(first_seq * 1000),
                {}};
  for (int part = 0; part < 3; ++part) {
    std::string body(bytes / 3, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) {
      body[i] = static_cast<char>(1 + (first_seq * 31 + static_cast<std::size_t>(part) * 7 + i * 13) % 255);
    }
    const Tag tag = part == 0 ? Tag::batch : Tag::run;
    buffer.begin(tag, static_cast<std::uint8_t>(part));
    buffer.raw(body);
    buffer.end();
    std::string entry{static_cast<char>(tag), static_cast<char>(part)};
    record.entries.push_back(entry.append(body));
  }
  return record;
}

/// Fills and commits one group. Its record is added if that succeeded.
inline Result<void> append(Journal& journal, std::size_t bytes, std::vector<Record>& records) {
  GroupBuffer buffer;
  Record record = fill(buffer, journal.next_seq(), bytes);
  if (!journal.make_room(buffer.size())) return fail(ErrorCode::overloaded);
  TRY_VOID(journal.commit(buffer, record.first_seq, record.batches, record.wall_ns));
  records.push_back(std::move(record));
  return {};
}

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << bytes;
}

/// Writes over some bytes of a file.
inline void patch(const std::string& path, std::uint64_t offset, const std::string& bytes) {
  std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
  file.seekp(static_cast<std::streamoff>(offset));
  file << bytes;
}

/// Where the groups of a journal lie.
struct Place {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< Without padding.
  std::uint64_t padded = 0;
  std::uint64_t segment = 0;
};

inline std::vector<Place> places(const Options& options) {
  std::vector<Place> found;
  const auto recovered = recover(options, [&](const Group& group) -> Result<void> {
    std::uint64_t length = kGroupHeaderBytes;
    for (const Entry entry : group.entries) length += kEntryHeaderBytes + entry.body.size();
    found.push_back({"", group.offset, length, round_to_page(length), group.segment});
    return {};
  });
  EXPECT_TRUE(recovered);
  for (Place& place : found) {
    for (const Segment& segment : recovered->live) {
      if (segment.header.segment == place.segment) place.path = segment.path;
    }
  }
  return found;
}

}  // namespace penstock::journal
