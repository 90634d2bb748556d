#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "dialects/common/shape_values.h"
#include "http/message.h"

// The first step of the parser ladder. Nearly all long bodies are one object after the other, alike but for
// their values. A Layout is learned from the first of them: the texts between the values, which are then only
// compared. It gives up at the first surprise, and the door's ordinary reader takes the whole body from its
// start, so that what is read this way is what the other would have read. For parse .cc files.

namespace penstock::dialects::shape {

inline constexpr std::size_t kMembersMax = 24, kSlotsMax = 12;

/// What changes from row to row.
enum class Role : std::uint8_t {
  fixed,    ///< Nothing: the same text in every row.
  time,     ///< A time text, `Z` or with the same offset in all rows.
  number,   ///< A number as a double; inside of quotes too, if the first one is.
  integer,  ///< A number without fraction and exponent.
  text      ///< A text without escapes.
};

enum class Token : std::uint8_t { text, number, yes, no, null };

/// A member of the row that a layout is learned from. The door gives it its role.
struct Member {
  std::string_view parent;  ///< Name of the member that holds the object around it; empty in the row itself.
  std::string_view name;
  Token token = Token::null;
  std::string_view text;  ///< As written; of texts what is between the quotes. No escapes, valid UTF-8.
  bool is_nested = false;
  Role role = Role::fixed;
};

/// An object taken apart. Objects in it are flattened; arrays in it are a surprise, but for one.
struct Row {
  std::array<Member, kMembersMax> all;
  std::size_t count = 0;
  const char* begin = nullptr;  ///< Its brace.
  const char* end = nullptr;    ///< Behind its brace, or in front of the first row of its list.
  bool has_list = false;

  std::span<Member> members() { return {all.data(), count}; }
};

using IsList = bool (*)(std::string_view name);

/// Takes the object at `at` apart. At a member of the object itself that `is_list` names and that is an
/// array, it stops in front of what is in the array. Nothing on anything unusual.
std::optional<Row> take_apart(const char* at, const char* end, IsList is_list = nullptr);

/// What times have to be. Anything else is left to the ordinary reader.
struct TimeRule {
  unsigned fraction_digits = 7;  ///< Further ones are cut off.
  bool utc_if_absent = false;    ///< A text without a zone is UTC; else it is a surprise.
  std::int64_t earliest = 0, latest = Timestamp::max().unix_ns();  ///< Both included.
};

/// One value of a row: what its slot's role says.
struct Cell {
  std::int64_t integer = 0;  ///< Also nanoseconds.
  double number = 0;
  std::string_view text;
};
using Cells = std::array<Cell, kSlotsMax>;

inline const char* skip_blanks(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  return at;
}

/// Whether nothing but `brackets` and blanks is left.
inline bool closes(const char* at, const char* end, std::string_view brackets) {
  for (const char bracket : brackets) {
    at = skip_blanks(at, end);
    if (at >= end || *at++ != bracket) return false;
  }
  return skip_blanks(at, end) == end;
}

enum class Step : std::uint8_t { row, end, surprise };

/// The texts around the values of a row, views into the body, which has to outlive it. Values get their
/// places in the order of the members with roles.
class Layout {
 public:
  Layout() : clock_{9} {}

  /// From a row whose members have their roles. False if it has no slot, more than kSlotsMax, more than one
  /// time, or a time whose zone is not for us. If the row stops at its list, this is the layout of what is
  /// around the lists.
  bool learn(const Row& row, const TimeRule& rule);

  /// Integers outside of these are a surprise.
  void limit_integers(std::size_t slot, std::int64_t low, std::int64_t high) {
    slots_[slot].low = low;
    slots_[slot].high = high;
  }
  bool is_known() const { return count_ != 0; }
  std::size_t slots() const { return count_; }
  /// The first slot with that role, or slots().
  std::size_t slot_of(Role role) const;
  /// About what a row takes in the body, its comma with it.
  std::size_t row_bytes() const { return row_bytes_; }

  /// Reads the row that begins at `at`. `at` then stands behind its last value, or in front of the first row
  /// of its list. False is a surprise.
  bool first(const char*& at, const char* end, Cells& cells) {
    if (!stands_at(at, end, slots_[0].before)) return false;
    at += slots_[0].before.size();
    return read_slots(at, end, cells);
  }

  /// `at` stands behind the last value of a row, or behind the last row of its list. If another row follows,
  /// reads it in the same way; else `at` stands behind the end of the row, and whatever follows is the
  /// caller's.
  Step next(const char*& at, const char* end, Cells& cells) {
    if (again_.empty() || !stands_at(at, end, again_)) {
      const Step step = step_over(at, end);
      if (step != Step::row) return step;
    } else {
      at += again_.size();
    }
    return read_slots(at, end, cells) ? Step::row : Step::surprise;
  }

 private:
  struct Slot {
    std::string_view before;
    Role role = Role::fixed;
    std::int64_t low = std::numeric_limits<std::int64_t>::min(),
                 high = std::numeric_limits<std::int64_t>::max();
  };

  bool learn_zone(std::string_view zone, const TimeRule& rule);
  Step step_over(const char*& at, const char* end);

  bool read_slots(const char*& at, const char* end, Cells& cells) {
    for (std::size_t i = 0;;) {
      const Slot& slot = slots_[i];
      Cell& cell = cells[i];
      switch (slot.role) {
        case Role::time: {
          at = clock_.read(at, cell.integer);
          if (at == nullptr) return false;
          cell.integer -= offset_ns_;
          if (cell.integer < earliest_ || cell.integer > latest_) return false;
          break;
        }
        case Role::number: at = read_number(at, end, cell.number); break;
        case Role::integer:
          at = read_integer(at, cell.integer);
          if (cell.integer < slot.low || cell.integer > slot.high) return false;
          break;
        case Role::text: at = read_text(at, end, cell.text); break;
        case Role::fixed: return false;
      }
      if (at == nullptr) return false;
      if (++i == count_) break;
      if (!stands_at(at, end, slots_[i].before)) return false;
      at += slots_[i].before.size();
    }
    if (!has_list_) return true;
    if (!stands_at(at, end, tail_)) return false;
    at += tail_.size();
    return true;
  }

  std::array<Slot, kSlotsMax> slots_;
  std::size_t count_ = 0, row_bytes_ = 1;
  std::string_view tail_;   // From the last value to the end of the row, or to the first row of its list.
  std::string_view again_;  // From where `next` begins to the first value of the next row.
  bool has_list_ = false;
  std::int64_t offset_ns_ = 0, earliest_ = 0, latest_ = 0;
  ClockText clock_;
};

}  // namespace penstock::dialects::shape
