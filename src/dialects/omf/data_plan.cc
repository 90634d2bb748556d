#include "dialects/omf/data_plan.h"

#include <charconv>
#include <cstring>

#include "base/text.h"
#include "dialects/common/pi_time.h"
#include "dialects/omf/mapping.h"

namespace penstock::dialects::omf {

std::string_view Scalar::shown() const {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return flag ? "true" : "false";
    case Kind::number:
    case Kind::string: return text;
    case Kind::compound: return "array or object";
  }
  return {};
}

namespace {

QualitySchema schema_of(const catalog::OmfType& type) {
  for (const auto& [name, value] : type.metadata) {
    if (!iequals(name, "DataQualitySchema")) continue;
    if (istarts_with(value, "OPCUA")) return QualitySchema::opc_ua;
    if (istarts_with(value, "OPCDA")) return QualitySchema::opc_da;
  }
  return QualitySchema::unknown;
}

Column::Role role_of(const catalog::OmfProperty& property) {
  if (property.is_index) return Column::Role::index;
  if (property.is_quality) return Column::Role::quality;
  if (property.is_name) return Column::Role::unused;
  return Column::Role::value;
}

}  // namespace

const catalog::OmfType* ContainerPlanner::find_type(const InternedText& id) {
  if (last_id_ == nullptr || *last_id_ != id) {
    last_id_ = &id;
    last_type_ = tables_.omf.find_type(id);
  }
  return last_type_;
}

ContainerPlan ContainerPlanner::plan(const catalog::OmfContainer& container,
                                     std::vector<PointWrite>& writes) {
  ContainerPlan plan;
  plan.container = &container;
  plan.type = find_type(container.type_id);
  const auto refuse = [&](Event event) { plan.refusal = std::make_unique<const Event>(std::move(event)); };
  if (plan.type == nullptr) {
    refuse(events::container_not_found(container.id));
    return plan;
  }
  plan.is_simple = plan.type->value_count() == 1;
  plan.quality_schema = schema_of(*plan.type);
  plan.columns.reserve(plan.type->properties.size());
  for (const catalog::OmfProperty& property : plan.type->properties) {
    Column column;
    column.property = &property;
    column.role = role_of(property);
    if (!property.ref_type_id.empty()) column.enumeration = tables_.omf.find_type(property.ref_type_id);
    if (column.role == Column::Role::value) {
      const catalog::OmfStream* const stream = container.find_stream(property.key);
      const Point* const point = stream == nullptr ? nullptr : tables_.points.find(stream->point);
      if (point == nullptr) {
        refuse(events::points_deleted(container.id));
        return plan;
      }
      if (!may_all_ && !caller_.may(auth::Right::write, point->tag)) {
        refuse(events::no_permission(point->tag));
        return plan;
      }
      column.kind = point->kind();
      column.future = point->future;
      column.write = static_cast<std::uint32_t>(writes.size());
      PointWrite& write = writes.emplace_back();
      write.point = point->id;
      write.run.kind = column.kind;
    }
    plan.columns.push_back(column);
  }
  return plan;
}

/// `2026-04-02T06:30:00Z`, with or without a fraction: what nearly all producers send. Nothing for other
/// forms, and for what is no time. Times come in order: the minute is usually that of the time before.
std::optional<Timestamp> IndexReader::read_usual(std::string_view text) {
  static constexpr std::size_t kSeconds = 19, kFractionMax = 9;
  if (text.size() <= kSeconds || text.back() != 'Z' || text[kMinute] != ':') return std::nullopt;
  unsigned wrong = 0;
  const auto digit = [&](std::size_t at) {
    const unsigned value = static_cast<unsigned char>(text[at]) - unsigned{'0'};
    wrong |= static_cast<unsigned>(value > 9);
    return static_cast<std::int64_t>(value);
  };
  const std::int64_t second = digit(kMinute + 1) * 10 + digit(kMinute + 2);
  std::int64_t fraction = 0, scale = kNsPerSecond;
  if (text.size() > kSeconds + 1) {
    if (text[kSeconds] != '.' || text.size() < kSeconds + 3 || text.size() > kSeconds + 2 + kFractionMax)
      return std::nullopt;
    for (std::size_t at = kSeconds + 1; at + 1 < text.size(); ++at) {
      fraction = fraction * 10 + digit(at);
      scale /= 10;
    }
    fraction *= scale;
  }
  if (wrong != 0 || second > 59) return std::nullopt;
  if (std::memcmp(text.data(), minute_text_.data(), kMinute) != 0) {
    if (text[10] != 'T' || (text[11] == '2' && text[12] > '3')) return std::nullopt;
    const std::string minute{text.substr(0, kMinute)};
    const auto begin = parse_timestamp(minute + ":00Z", OffsetRule::required);
    const std::int64_t begin_ns = begin ? begin->unix_ns() : -1;
    if (begin_ns < 0 || begin_ns > Timestamp::max().unix_ns() - 60 * kNsPerSecond) return std::nullopt;
    std::memcpy(minute_text_.data(), minute.data(), kMinute);
    minute_ns_ = begin_ns;
  }
  const std::int64_t ns = minute_ns_ + second * kNsPerSecond + fraction;
  return Timestamp::from_unix_ns(ns - ns % kNsPerTick);
}

Result<Timestamp> IndexReader::read(std::string_view text) {
  static constexpr std::size_t kDateOnly = 10;  // 2026-11-20
  if (const auto usual = read_usual(text)) return *usual;
  if (trim(text).empty()) return fail(ErrorCode::invalid_time, {}, "the index is blank");
  auto time = parse_timestamp(text, OffsetRule::utc_if_absent);
  if (!time && text.size() == kDateOnly) {
    time = parse_timestamp(std::string{text} + "T00:00:00", OffsetRule::utc_if_absent);
  }
  if (!time) time = parse_pi_time(text, now_);
  if (!time) return time;
  if (*time < Timestamp::from_unix_ns(0)) {
    return fail(ErrorCode::time_out_of_range, {}, "The time is before 1970.");
  }
  return time->floor_to(kNsPerTick);
}

Quality quality_of(QualitySchema schema, const Scalar& scalar) {
  Quality quality;
  std::uint64_t code = 0;
  if (scalar.kind == Scalar::Kind::null) return quality;
  if (scalar.kind == Scalar::Kind::number || scalar.kind == Scalar::Kind::string) {
    const auto end = scalar.text.data() + scalar.text.size();
    if (std::from_chars(scalar.text.data(), end, code).ptr != end) code = ~std::uint64_t{0};
  } else {
    code = ~std::uint64_t{0};
  }
  const auto bad = [&] { quality.state = system_state::kBadInput; };
  const auto questionable = [&] { quality.flags = Quality::kQuestionable; };
  switch (schema) {
    case QualitySchema::opc_ua:  // The two highest of 32 bits: good, uncertain, bad.
      if (code >> 30 == 1) {
        questionable();
      } else if (code >> 30 != 0) {
        bad();
      }
      break;
    case QualitySchema::opc_da:  // Bits 7 and 6: bad, uncertain, -, good.
      if ((code >> 6 & 3) == 1) {
        questionable();
      } else if ((code >> 6 & 3) != 3) {
        bad();
      }
      break;
    case QualitySchema::unknown:
      if (code != 0) questionable();
      break;
  }
  return quality;
}

void push_cell(Run& run, Timestamp time, const Cell& cell, Quality quality) {
  if (cell.state == Cell::State::system) quality.state = cell.system;
  // Under a system state the value is zero or empty.
  const bool plain = quality.state == 0;
  switch (run.kind) {
    case Kind::float64:
    case Kind::float32: run.numbers.push_back(plain ? cell.number : 0); break;
    case Kind::int64:
    case Kind::digital: run.integers.push_back(plain ? cell.integer : 0); break;
    case Kind::text: run.texts.emplace_back(plain ? cell.text : std::string_view{}); break;
  }
  if (run.qualities.empty() && !quality.is_plain()) run.qualities.resize(run.times.size());
  if (!run.qualities.empty() || !quality.is_plain()) run.qualities.push_back(quality);
  run.times.push_back(time.unix_ns());
}

}  // namespace penstock::dialects::omf
