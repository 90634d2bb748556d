#include "model/value.h"

#include <bit>

#include "base/check.h"

namespace penstock {
namespace {

constexpr std::uint8_t kFlagsThatTell = Quality::kQuestionable | Quality::kAnnotated;

}  // namespace

Value zero_of(Kind kind) {
  if (is_number(kind)) return 0.0;
  if (is_integer(kind)) return std::int64_t{0};
  return std::string{};
}

Value Run::value(std::size_t i) const {
  if (is_number(kind)) return numbers[i];
  if (is_integer(kind)) return integers[i];
  return texts[i];
}

void Run::reserve(std::size_t n) {
  times.reserve(n);
  if (is_number(kind)) {
    numbers.reserve(n);
  } else if (is_integer(kind)) {
    integers.reserve(n);
  } else {
    texts.reserve(n);
  }
}

void Run::clear() {
  times.clear();
  numbers.clear();
  integers.clear();
  texts.clear();
  qualities.clear();
}

void Run::set_quality(std::size_t i, Quality quality) {
  if (qualities.empty()) {
    if (quality.is_plain()) return;
    qualities.resize(times.size());
  }
  qualities[i] = quality;
}

void Run::push(Timestamp time, Value value, Quality quality) {
  times.push_back(time.unix_ns());
  if (is_number(kind)) {
    numbers.push_back(std::get<double>(value));
  } else if (is_integer(kind)) {
    integers.push_back(std::get<std::int64_t>(value));
  } else {
    texts.push_back(std::move(std::get<std::string>(value)));
  }
  if (!qualities.empty()) {
    qualities.push_back(quality);
  } else {
    set_quality(times.size() - 1, quality);
  }
}

void Run::push_from(const Run& other, std::size_t i) {
  insert_from(size(), other, i);
}

void Run::insert_from(std::size_t at, const Run& other, std::size_t i) {
  CHECK(kind == other.kind);
  const auto place = static_cast<std::ptrdiff_t>(at);
  if (is_number(kind)) {
    numbers.insert(numbers.begin() + place, other.numbers[i]);
  } else if (is_integer(kind)) {
    integers.insert(integers.begin() + place, other.integers[i]);
  } else {
    texts.insert(texts.begin() + place, other.texts[i]);
  }
  const Quality quality = other.quality(i);
  if (!qualities.empty() || !quality.is_plain()) {
    qualities.resize(times.size());
    qualities.insert(qualities.begin() + place, quality);
  }
  times.insert(times.begin() + place, other.times[i]);
}

void Run::assign_from(std::size_t at, const Run& other, std::size_t i) {
  CHECK(kind == other.kind);
  times[at] = other.times[i];
  if (is_number(kind)) {
    numbers[at] = other.numbers[i];
  } else if (is_integer(kind)) {
    integers[at] = other.integers[i];
  } else {
    texts[at] = other.texts[i];
  }
  set_quality(at, other.quality(i));
}

void Run::append(const Run& other, std::size_t first, std::size_t count) {
  CHECK(kind == other.kind);
  const auto from = static_cast<std::ptrdiff_t>(first);
  const auto to = static_cast<std::ptrdiff_t>(first + count);
  const std::size_t before = times.size();
  times.insert(times.end(), other.times.begin() + from, other.times.begin() + to);
  if (is_number(kind)) {
    numbers.insert(numbers.end(), other.numbers.begin() + from, other.numbers.begin() + to);
  } else if (is_integer(kind)) {
    integers.insert(integers.end(), other.integers.begin() + from, other.integers.begin() + to);
  } else {
    texts.insert(texts.end(), other.texts.begin() + from, other.texts.begin() + to);
  }
  if (!other.qualities.empty()) {
    qualities.resize(before);
    qualities.insert(qualities.end(), other.qualities.begin() + from, other.qualities.begin() + to);
  } else if (!qualities.empty()) {
    qualities.resize(times.size());
  }
}

bool Run::same_at(std::size_t i, const Run& other, std::size_t j) const {
  if (kind != other.kind) return false;
  const Quality a = quality(i), b = other.quality(j);
  if (a.state != b.state || a.grade != b.grade || (a.flags & kFlagsThatTell) != (b.flags & kFlagsThatTell)) {
    return false;
  }
  if (a.state != 0) return true;
  if (is_number(kind)) {
    return std::bit_cast<std::uint64_t>(numbers[i]) == std::bit_cast<std::uint64_t>(other.numbers[j]);
  }
  if (is_integer(kind)) return integers[i] == other.integers[j];
  return texts[i] == other.texts[j];
}

bool Run::operator==(const Run& other) const {
  if (kind != other.kind || times != other.times) return false;
  for (std::size_t i = 0; i < size(); ++i) {
    if (quality(i) != other.quality(i) || !same_at(i, other, i)) return false;
  }
  return true;
}

}  // namespace penstock
