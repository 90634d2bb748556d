#include "cli/input.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "base/text.h"
#include "cli/csv.h"
#include "cli/zone.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kNone = SIZE_MAX;

std::string base_name(const std::string& path) {
  auto name = path.substr(path.rfind('/') + 1);
  for (const std::string_view ending : {".gz", ".csv"}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  return name;
}

std::string plain(std::string_view text) {
  std::string made{text};
  for (char& c : made) {
    const bool keep = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    if (!keep) c = '_';
  }
  return made;
}

std::string replace_all(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

/// What a column looked like so far; only ever moves down.
enum class Look : std::uint8_t { nothing, int32, number, text };

Look look_at(std::string_view text) {
  if (const auto whole = parse_integer(text)) {
    if (*whole >= INT32_MIN && *whole <= INT32_MAX) return Look::int32;
    return std::llabs(*whole) <= (1LL << 53) ? Look::number : Look::text;
  }
  return parse_number(text) ? Look::number : Look::text;
}

PointType type_of(Look look) {
  switch (look) {
    case Look::int32: return PointType::int32;
    case Look::text: return PointType::string;
    case Look::nothing:
    case Look::number: return PointType::float64;
  }
  return PointType::float64;
}

/// Which (time, column) pairs of a series already have a value. Rows that come in time order cost a few bits
/// each.
class Seen {
 public:
  explicit Seen(std::size_t columns) : columns_{columns} {}

  std::size_t row(std::int64_t time) {
    if (times_.empty() || time > times_.back()) {
      times_.push_back(time);
      rows_.push_back(add());
      return rows_.back();
    }
    const auto at = std::lower_bound(times_.begin(), times_.end(), time);
    if (*at == time) return rows_[static_cast<std::size_t>(at - times_.begin())];
    const auto [late, made] = late_.try_emplace(time, 0);
    if (made) late->second = static_cast<std::uint32_t>(add());
    return late->second;
  }
  /// True the first time.
  bool take(std::size_t row, std::size_t column) {
    const std::size_t bit = row * columns_ + column;
    if (bits_[bit]) return false;
    bits_[bit] = true;
    return true;
  }

 private:
  std::uint32_t add() {
    bits_.resize(bits_.size() + columns_);
    return count_++;
  }

  const std::size_t columns_;
  std::vector<std::int64_t> times_;  // Ascending.
  std::vector<std::uint32_t> rows_;  // Parallel to times_.
  std::unordered_map<std::int64_t, std::uint32_t> late_;
  std::vector<bool> bits_;
  std::uint32_t count_ = 0;
};

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const char second = text.size() > 1 && text[0] == '-' ? text[1] : text[0];
  // from_chars would take "inf" and "nan" as well.
  if (!(second >= '0' && second <= '9') && second != '.') return std::nullopt;
  double number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || at != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || at != text.data() + text.size()) return std::nullopt;
  if (text == "-0") return std::nullopt;  // A number with a sign that an integer can't keep.
  return number;
}

struct Input::Impl {
  struct Series {
    std::string name;
    std::vector<std::size_t> targets;  // Per value column; kNone: not wanted.
    std::optional<Timestamp> before;
  };
  struct Mapped {
    std::string point;
    std::optional<PointType> type;
  };

  explicit Impl(const InputOptions& o, Zone z) : options{o}, zone{z} {}

  const InputOptions options;
  const Zone zone;
  std::map<std::pair<std::string, std::string>, Mapped> mapping;  // By series ("" is any) and column.
  std::size_t time_index = 0, series_index = kNone;
  std::vector<std::pair<std::size_t, std::string>> columns;  // Index in the row and name.
  std::vector<Target> targets;
  std::vector<Look> looks;  // Parallel to targets.
  std::vector<Series> series;
  std::unordered_map<std::string, std::size_t> series_by_name;
  std::uint64_t values = 0;

  Result<void> read_map();
  Result<void> read_header(const std::vector<std::string_view>& names);
  Result<std::size_t> find_series(std::string_view name);
  Result<Timestamp> parse_time(std::string_view text, std::optional<Timestamp> before) const;
  bool is_null(std::string_view text) const {
    return text.empty() || std::find(options.nulls.begin(), options.nulls.end(), text) != options.nulls.end();
  }

  /// One reading of the file. `on_row(series, time, fields, line)` for each good row.
  template <class OnRow, class OnReject>
  Result<void> walk(const OnRow& on_row, const OnReject& on_reject);
};

Result<void> Input::Impl::read_map() {
  if (options.map_file.empty()) return {};
  TRY(auto csv, CsvReader::open(options.map_file));
  TRY(const auto* header, csv.next());
  std::map<std::string, std::size_t, std::less<>> at;
  for (std::size_t i = 0; i < header->size(); ++i) at.emplace(trim((*header)[i]), i);
  if (!at.contains("column") || !at.contains("point")) {
    return fail(ErrorCode::invalid_argument, options.map_file, "a map has the columns `column` and `point`");
  }
  while (true) {
    TRY(const auto* row, csv.next());
    if (row->empty()) return {};
    const auto field = [&](std::string_view name) {
      const auto found = at.find(name);
      return found == at.end() || found->second >= row->size() ? std::string{}
                                                               : std::string{trim((*row)[found->second])};
    };
    Mapped mapped{field("point"), std::nullopt};
    const auto place = options.map_file + ":" + std::to_string(csv.line());
    if (const auto type = field("type"); !type.empty()) {
      mapped.type = parse_point_type(type);
      if (!mapped.type) return fail(ErrorCode::invalid_argument, place, "'" + type + "' is no point type");
    }
    if (mapped.point.empty()) return fail(ErrorCode::invalid_argument, place, "the row names no point");
    mapping[{field("series"), field("column")}] = std::move(mapped);
  }
}

Result<void> Input::Impl::read_header(const std::vector<std::string_view>& names) {
  const auto find = [&](const std::string& name) -> Result<std::size_t> {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (trim(names[i]) == name) return i;
    }
    return fail(ErrorCode::invalid_argument, options.file, "there is no column '" + name + "'");
  };
  if (names.empty()) return fail(ErrorCode::invalid_argument, options.file, "the file is empty");
  columns.clear();
  if (!options.time_column.empty()) {
    TRY(time_index, find(options.time_column));
  }
  if (!options.series_column.empty()) {
    TRY(series_index, find(options.series_column));
  }
  if (!options.columns.empty()) {
    for (const auto& name : options.columns) {
      TRY(const auto index, find(name));
      columns.emplace_back(index, name);
    }
    return {};
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != time_index && i != series_index) columns.emplace_back(i, std::string{trim(names[i])});
  }
  return {};
}

Result<std::size_t> Input::Impl::find_series(std::string_view name) {
  std::string key{name};
  if (const auto at = series_by_name.find(key); at != series_by_name.end()) return at->second;
  Series made{key, {}, std::nullopt};
  for (const auto& column : columns) {
    const std::string& title = column.second;
    auto mapped = mapping.find({key, title});
    if (mapped == mapping.end()) mapped = mapping.find({"", title});
    if (!options.map_file.empty() && mapped == mapping.end()) {
      made.targets.push_back(kNone);
      continue;
    }
    Target target;
    target.series = key;
    target.column = title;
    if (mapped != mapping.end()) {
      target.name = mapped->second.point;
    } else {
      const auto part = [&](const std::string& text) { return options.plain_names ? plain(text) : text; };
      target.name = options.point_template;
      if (target.name.empty()) target.name = series_index == kNone ? "{column}" : "{series}.{column}";
      target.name = replace_all(std::move(target.name), "{series}", part(key));
      target.name = replace_all(std::move(target.name), "{column}", part(title));
      target.name = replace_all(std::move(target.name), "{file}", part(base_name(options.file)));
    }
    for (const auto& other : targets) {
      if (other.name == target.name) {
        return fail(ErrorCode::invalid_argument, options.file,
                    "two columns or series go to the point '" + target.name +
                        "'; the point template or the map must tell them apart");
      }
    }
    if (mapped != mapping.end() && mapped->second.type) {
      target.type = *mapped->second.type;
      looks.push_back(Look::nothing);
    } else {
      looks.push_back(Look::nothing);
    }
    made.targets.push_back(targets.size());
    targets.push_back(std::move(target));
  }
  series.push_back(std::move(made));
  series_by_name.emplace(std::move(key), series.size() - 1);
  return series.size() - 1;
}

Result<Timestamp> Input::Impl::parse_time(std::string_view text, std::optional<Timestamp> before) const {
  switch (options.time_format) {
    case TimeFormat::iso: {
      TRY(const auto parsed, parse_iso8601(text));
      if (!parsed.has_offset) return zone.to_instant(parsed.local, before);
      return parse_timestamp(text, OffsetRule::required);
    }
    case TimeFormat::unix_ms: {
      const auto number = parse_integer(text);
      if (!number || std::llabs(*number) > INT64_MAX / kNsPerMillisecond) break;
      return Timestamp::from_unix_ns(*number * kNsPerMillisecond);
    }
    case TimeFormat::unix_s: {
      // In two parts, so that a fraction keeps its nanoseconds.
      const auto point = text.find('.');
      const auto whole = parse_integer(text.substr(0, point));
      if (!whole || std::llabs(*whole) >= INT64_MAX / kNsPerSecond) break;
      std::int64_t fraction = 0;
      if (point != std::string_view::npos) {
        std::string digits{text.substr(point + 1, 9)};
        digits.resize(9, '0');
        const auto parsed = parse_integer(digits);
        if (!parsed || *parsed < 0) break;
        fraction = text.starts_with('-') ? -*parsed : *parsed;
      }
      return Timestamp::from_unix_ns(*whole * kNsPerSecond + fraction);
    }
  }
  return fail(ErrorCode::invalid_time);
}

template <class OnRow, class OnReject>
Result<void> Input::Impl::walk(const OnRow& on_row, const OnReject& on_reject) {
  TRY(auto csv, CsvReader::open(options.file, options.separator));
  TRY(const auto* header, csv.next());
  TRY_VOID(read_header(*header));
  const std::size_t width = header->size();
  for (auto& each : series) each.before.reset();
  std::size_t last_series = kNone;
  while (true) {
    TRY(const auto* row, csv.next());
    if (row->empty()) return {};
    if (row->size() != width) {
      on_reject(Reject{"", "", "", csv.line(), "the row has not as many fields as the header"});
      continue;
    }
    const std::string_view name = series_index == kNone ? std::string_view{} : trim((*row)[series_index]);
    if (last_series == kNone || series[last_series].name != name) {
      TRY(last_series, find_series(name));
    }
    const auto time_text = trim((*row)[time_index]);
    const auto time = parse_time(time_text, series[last_series].before);
    if (!time) {
      on_reject(Reject{"", std::string{time_text}, "", csv.line(), "the time can't be read"});
      continue;
    }
    series[last_series].before = *time;
    if (!on_row(last_series, time->floor_to(options.slot_ns), *row, csv.line())) return {};
  }
}

Input::Input(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Input::Input(Input&&) noexcept = default;
Input::~Input() = default;

Result<Input> Input::scan(const InputOptions& options) {
  TRY(const auto zone, Zone::find(options.time_zone));
  auto impl = std::make_unique<Impl>(options, zone);
  TRY_VOID(impl->read_map());
  const auto on_row = [&](std::size_t series, Timestamp time, const std::vector<std::string_view>& row,
                          std::size_t) {
    for (std::size_t i = 0; i < impl->columns.size(); ++i) {
      const std::size_t index = impl->series[series].targets[i];
      const auto text = trim(row[impl->columns[i].first]);
      if (index == kNone || impl->is_null(text)) continue;
      auto& target = impl->targets[index];
      auto& look = impl->looks[index];
      if (look != Look::text) look = std::max(look, look_at(text));
      ++target.values;
      ++impl->values;
      if (!target.first || time < *target.first) target.first = time;
      if (!target.last || time > *target.last) target.last = time;
    }
    return true;
  };
  TRY_VOID(impl->walk(on_row, [](const Reject&) {}));
  for (std::size_t i = 0; i < impl->targets.size(); ++i) {
    auto& target = impl->targets[i];
    auto mapped = impl->mapping.find({target.series, target.column});
    if (mapped == impl->mapping.end()) mapped = impl->mapping.find({"", target.column});
    if (mapped != impl->mapping.end() && mapped->second.type) {
      target.type = *mapped->second.type;
    } else {
      target.type = options.type.value_or(type_of(impl->looks[i]));
    }
  }
  return Input{std::move(impl)};
}

const std::vector<Target>& Input::targets() const {
  return impl_->targets;
}
std::uint64_t Input::values() const {
  return impl_->values;
}

Result<void> Input::read(std::size_t chunk_values, const std::function<bool(Chunk)>& take,
                         const std::function<void(const Reject&)>& reject) {
  auto& impl = *impl_;
  std::vector<Seen> seen;
  for (std::size_t i = 0; i < impl.series.size(); ++i) seen.emplace_back(impl.columns.size());
  std::vector<Run> open(impl.targets.size());
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Kind kind = kind_of(impl.targets[i].type);
    open[i].kind = kind == Kind::float32 ? Kind::float64 : kind == Kind::digital ? Kind::int64 : kind;
  }
  std::uint64_t number = 0;
  bool stopped = false;
  const auto hand_over = [&](std::size_t index) {
    Chunk chunk{number++, index, std::move(open[index])};
    open[index] = Run{};
    open[index].kind = chunk.run.kind;
    if (!take(std::move(chunk))) stopped = true;
  };
  const auto on_row = [&](std::size_t series, Timestamp time, const std::vector<std::string_view>& row,
                          std::size_t line) {
    if (series >= seen.size()) return false;  // The file changed between the readings.
    const std::size_t seen_row = seen[series].row(time.unix_ns());
    for (std::size_t i = 0; i < impl.columns.size(); ++i) {
      const std::size_t index = impl.series[series].targets[i];
      const auto text = trim(row[impl.columns[i].first]);
      if (index == kNone || impl.is_null(text)) continue;
      const auto refuse = [&](const char* reason) {
        reject(Reject{impl.targets[index].name, format_trimmed(time), std::string{text}, line, reason});
      };
      Run& run = open[index];
      Value value;
      if (run.kind == Kind::text) {
        value = std::string{text};
      } else if (run.kind == Kind::int64) {
        const auto whole = parse_integer(text);
        const auto number_of = whole ? std::nullopt : parse_number(text);
        if (!whole && (!number_of || *number_of != std::floor(*number_of) || std::abs(*number_of) > 9e15)) {
          refuse("the value is not a whole number");
          continue;
        }
        value = whole ? *whole : static_cast<std::int64_t>(*number_of);
      } else {
        const auto parsed = parse_number(text);
        if (!parsed) {
          refuse("the value is not a number");
          continue;
        }
        value = *parsed;
      }
      if (!seen[series].take(seen_row, i)) {
        refuse("the time is repeated; the first value of it was taken");
        continue;
      }
      run.push(time, std::move(value));
      if (run.size() >= chunk_values) hand_over(index);
      if (stopped) return false;
    }
    return true;
  };
  TRY_VOID(impl.walk(on_row, reject));
  for (std::size_t i = 0; i < open.size() && !stopped; ++i) {
    if (!open[i].empty()) hand_over(i);
  }
  return {};
}

}  // namespace penstock::cli
