#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "dialects/omf/data_plan.h"

namespace penstock::dialects::omf {
namespace {

using catalog::OmfFormat;

constexpr double kInt64End = 9223372036854775808.0;    // One beyond the greatest.
constexpr double kUint64End = 18446744073709551616.0;  // Also one beyond.

Cell system_cell(std::uint16_t state) {
  Cell cell;
  cell.state = Cell::State::system;
  cell.system = state;
  return cell;
}

struct Range {
  std::int64_t least, greatest;
};
/// What an integer format holds. uint64 is looked at apart.
Range range_of(OmfFormat format) {
  switch (format) {
    case OmfFormat::int16: return {-32768, 32767};
    case OmfFormat::uint16: return {0, 65535};
    case OmfFormat::int32:
      return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    case OmfFormat::uint32: return {0, std::numeric_limits<std::uint32_t>::max()};
    case OmfFormat::uint64: return {0, std::numeric_limits<std::int64_t>::max()};
    case OmfFormat::boolean: return {0, 1};
    case OmfFormat::int64:
    case OmfFormat::float32:
    case OmfFormat::float64:
    case OmfFormat::string:
    case OmfFormat::date_time:
    case OmfFormat::enumeration: break;
  }
  return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
}

std::optional<double> read_double(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const char* begin = text.data();
  if (begin != end && *begin == '+') ++begin;
  const auto [ptr, error] = std::from_chars(begin, end, number);
  if (ptr != end || begin == end) return std::nullopt;
  // Out of range leaves the number as it was; tell an infinity from a tiny one by its exponent.
  if (error == std::errc::result_out_of_range) {
    return text.find("e-") == text.npos && text.find("E-") == text.npos ? HUGE_VAL : 0.0;
  }
  if (error != std::errc{}) return std::nullopt;
  return number;
}

/// Decodes one value and reports what is wrong with it.
class Decoder {
 public:
  Decoder(const Column& column, Report& report, std::size_t item)
      : column_{column}, report_{report}, item_{item} {}

  Cell null() {
    if (!column_.property->nullable) report_.add(item_, events::null_not_allowed(column_.property->key));
    return system_cell(system_state::kNoData);
  }

  Cell whole(std::int64_t number, std::string_view shown) {
    const OmfFormat format = column_.property->format;
    if (format == OmfFormat::enumeration) return member(number, shown);
    const Range range = range_of(format);
    if (number < range.least || number > range.greatest)
      return out_of_range(shown, "It does not fit the format.");
    return stored(number, shown);
  }

  Cell floating(double number, std::string_view shown) {
    const bool single = column_.property->format == OmfFormat::float32;
    if (!std::isfinite(number) ||
        (single && std::fabs(number) > static_cast<double>(std::numeric_limits<float>::max()))) {
      return out_of_range(shown, "It does not fit the format.");
    }
    Cell cell;
    cell.state = Cell::State::value;
    cell.number = column_.kind == Kind::float32 ? static_cast<double>(static_cast<float>(number)) : number;
    if (!std::isfinite(cell.number)) return out_of_range(shown, "It does not fit the PI point.");
    return cell;
  }

  Cell number_text(std::string_view text, const Scalar& scalar) {
    if (text == "NaN" || text == "Infinity" || text == "-Infinity")
      return system_cell(system_state::kBadInput);
    const OmfFormat format = column_.property->format;
    if (format == OmfFormat::float32 || format == OmfFormat::float64) {
      const auto number = read_double(text);
      return number ? floating(*number, text) : not_parsed(scalar, "number");
    }
    return integer_text(text, scalar);
  }

  Cell integer_text(std::string_view text, const Scalar& scalar) {
    std::int64_t whole_number = 0;
    const char* const end = text.data() + text.size();
    if (const auto [ptr, error] = std::from_chars(text.data(), end, whole_number);
        ptr == end && error == std::errc{}) {
      return whole(whole_number, text);
    }
    std::uint64_t large = 0;
    if (const auto [ptr, error] = std::from_chars(text.data(), end, large);
        column_.property->format == OmfFormat::uint64 && ptr == end && error == std::errc{}) {
      return stored_unsigned(large, text);
    }
    const auto number = read_double(text);
    if (!number) return not_parsed(scalar, "integer");
    if (std::fabs(*number) != HUGE_VAL && *number != std::trunc(*number))
      return not_parsed(scalar, "integer");
    if (*number >= -kInt64End && *number < kInt64End) return whole(static_cast<std::int64_t>(*number), text);
    if (column_.property->format == OmfFormat::uint64 && *number > 0 && *number < kUint64End) {
      return stored_unsigned(static_cast<std::uint64_t>(*number), text);
    }
    return out_of_range(text, "It does not fit the format.");
  }

  Cell boolean(const Scalar& scalar) {
    if (scalar.kind == Scalar::Kind::boolean) return stored(scalar.flag ? 1 : 0, scalar.shown());
    if (scalar.kind == Scalar::Kind::string &&
        (iequals(scalar.text, "true") || iequals(scalar.text, "false"))) {
      return stored(iequals(scalar.text, "true") ? 1 : 0, scalar.text);
    }
    const auto number = read_double(scalar.text);
    if (number && (*number == 0 || *number == 1))
      return stored(static_cast<std::int64_t>(*number), scalar.text);
    return not_parsed(scalar, "boolean");
  }

  Cell enumeration(const Scalar& scalar) {
    if (scalar.kind == Scalar::Kind::number) return integer_text(scalar.text, scalar);
    if (column_.enumeration != nullptr) {
      for (const catalog::OmfEnumValue& value : column_.enumeration->values) {
        if (iequals(value.name, scalar.text)) return member(value.value, scalar.text);
      }
    }
    if (read_double(scalar.text)) return integer_text(scalar.text, scalar);
    return out_of_range(scalar.text, "It is no member of the enumeration.");
  }

  Cell text(std::string_view text) {
    if (text.size() > kTextBytesMax) return out_of_range(text, "The text is too long.");
    Cell cell;
    cell.state = Cell::State::value;
    cell.text = text;
    return cell;
  }

  Cell time(const Scalar& scalar, Timestamp now) {
    static constexpr std::string_view kWanted = "date-time";
    if (scalar.kind != Scalar::Kind::string) return not_parsed(scalar, kWanted);
    auto time = parse_timestamp(scalar.text, OffsetRule::utc_if_absent);
    if (!time) time = IndexReader{now}.read(scalar.text);
    if (!time) return not_parsed(scalar, kWanted);
    Cell cell;
    cell.state = Cell::State::value;
    cell.integer = time->floor_to(kNsPerTick).unix_ns();
    return cell;
  }

  Cell not_parsed(const Scalar& scalar, std::string_view wanted) {
    report_.add(item_, events::value_not_parsed(column_.property->key, scalar.shown(), wanted));
    return refused();
  }

 private:
  static Cell refused() {
    Cell cell;
    cell.state = Cell::State::refused;
    return cell;
  }
  Cell out_of_range(std::string_view shown, std::string_view reason) {
    report_.add(item_, events::value_out_of_range(column_.property->key, shown, reason));
    return refused();
  }

  Cell stored(std::int64_t number, std::string_view shown) {
    Cell cell;
    cell.state = Cell::State::value;
    cell.integer = number;
    cell.number = static_cast<double>(number);
    if (column_.kind == Kind::float32) cell.number = static_cast<double>(static_cast<float>(cell.number));
    if (column_.kind == Kind::float64 && cell.number < kInt64End &&
        static_cast<std::int64_t>(cell.number) != number) {
      report_.add(item_, events::precision_lost(column_.property->key, shown));
    }
    cell.text = shown;  // Of an enumeration that is kept as text.
    return cell;
  }
  Cell stored_unsigned(std::uint64_t number, std::string_view shown) {
    Cell cell;
    cell.state = Cell::State::value;
    cell.number = static_cast<double>(number);
    if (cell.number >= kUint64End || static_cast<std::uint64_t>(cell.number) != number) {
      report_.add(item_, events::precision_lost(column_.property->key, shown));
    }
    cell.text = shown;
    return cell;
  }
  Cell member(std::int64_t number, std::string_view shown) {
    if (column_.enumeration != nullptr) {
      for (const catalog::OmfEnumValue& value : column_.enumeration->values) {
        if (value.value == number) return stored(number, shown);
      }
    }
    return out_of_range(shown, "It is no member of the enumeration.");
  }

  const Column& column_;
  Report& report_;
  std::size_t item_;
};

}  // namespace

Cell decode_value(const Column& column, const Scalar& scalar, const DataRules& rules, Report& report,
                  std::size_t item) {
  Decoder decoder{column, report, item};
  if (scalar.kind == Scalar::Kind::null) return decoder.null();
  if (scalar.kind == Scalar::Kind::compound) return decoder.not_parsed(scalar, "scalar");
  switch (column.property->format) {
    case OmfFormat::boolean: return decoder.boolean(scalar);
    case OmfFormat::string: return decoder.text(scalar.shown());
    case OmfFormat::date_time: return decoder.time(scalar, rules.now);
    case OmfFormat::enumeration:
      if (scalar.kind == Scalar::Kind::boolean) return decoder.not_parsed(scalar, "integer");
      return decoder.enumeration(scalar);
    case OmfFormat::int16:
    case OmfFormat::int32:
    case OmfFormat::int64:
    case OmfFormat::uint16:
    case OmfFormat::uint32:
    case OmfFormat::uint64:
      if (scalar.kind == Scalar::Kind::boolean) return decoder.not_parsed(scalar, "integer");
      return decoder.number_text(scalar.text, scalar);
    case OmfFormat::float32:
    case OmfFormat::float64:
      if (scalar.kind == Scalar::Kind::boolean) return decoder.not_parsed(scalar, "number");
      return decoder.number_text(scalar.text, scalar);
  }
  return decoder.not_parsed(scalar, "scalar");
}

Cell decode_double(const Column& column, double number, Report& report, std::size_t item) {
  const bool single = column.property->format == OmfFormat::float32 || column.kind == Kind::float32;
  if (single && std::fabs(number) > static_cast<double>(std::numeric_limits<float>::max())) {
    return Decoder{column, report, item}.floating(number, std::to_string(number));
  }
  Cell cell;
  cell.state = Cell::State::value;
  cell.number = column.kind == Kind::float32 ? static_cast<double>(static_cast<float>(number)) : number;
  return cell;
}

Cell decode_integer(const Column& column, std::int64_t number, Report& report, std::size_t item) {
  const Range range = range_of(column.property->format);
  static constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (number < range.least || number > range.greatest || number > kExact || number < -kExact) {
    Cell cell = Decoder{column, report, item}.whole(number, std::to_string(number));
    cell.text = {};
    return cell;
  }
  Cell cell;
  cell.state = Cell::State::value;
  cell.integer = number;
  cell.number = column.kind == Kind::float32 ? static_cast<double>(static_cast<float>(number))
                                             : static_cast<double>(number);
  return cell;
}

Cell default_cell(const Column& column) {
  switch (column.property->format) {
    case OmfFormat::string:
    case OmfFormat::date_time:
      return system_cell(system_state::kNoData);  // null, and a time before all times.
    case OmfFormat::boolean:
    case OmfFormat::int16:
    case OmfFormat::int32:
    case OmfFormat::int64:
    case OmfFormat::uint16:
    case OmfFormat::uint32:
    case OmfFormat::uint64:
    case OmfFormat::float32:
    case OmfFormat::float64:
    case OmfFormat::enumeration: break;
  }
  Cell cell;
  cell.state = Cell::State::value;
  cell.text = "0";
  return cell;
}

}  // namespace penstock::dialects::omf
