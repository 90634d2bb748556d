#include "dialects/piwebapi/render.h"

#include <cstring>

#include "base/text.h"
#include "dialects/common/column_text.h"
#include "dialects/piwebapi/address.h"

namespace penstock::dialects::piwebapi {
namespace {

void append_state(std::string& out, std::int32_t code, const DigitalSet& set, bool is_system) {
  const DigitalState* state = set.find(code);
  http::JsonWriter json{out};
  json.object_begin().member("Name", state != nullptr ? state->name : "?" + std::to_string(code));
  json.member("Value", code).member("IsSystem", is_system).object_end();
}

struct Item {
  std::int64_t time;
  Quality quality;
  double number = 0;
  std::int64_t integer = 0;
  std::string_view text = {};
};

void append_value(std::string& out, const Stream& stream, const Item& item) {
  if (item.quality.state != 0) return append_state(out, item.quality.state, system_set(), true);
  http::JsonWriter json{out};
  switch (stream.type) {
    case PointType::float32: json.value(static_cast<float>(item.number)); return;
    case PointType::float16:
    case PointType::float64: json.value(item.number); return;
    case PointType::int16:
    case PointType::int32:
      if (stream.boolean) {
        json.value(item.integer != 0);
      } else {
        json.value(item.integer);
      }
      return;
    case PointType::timestamp: json.value(format_trimmed(Timestamp::from_unix_ns(item.integer))); return;
    case PointType::digital:
      append_state(out, static_cast<std::int32_t>(item.integer), stream.set ? *stream.set : system_set(),
                   false);
      return;
    case PointType::string: json.value(item.text); return;
    case PointType::blob: json.value(base64_encode(item.text)); return;
  }
}

void append_flags(std::string& out, Quality quality, const ValueFields& fields, std::string_view units) {
  const auto flag = [&](const char* name, bool on) {
    out += name;
    out += on ? "true" : "false";
  };
  if (fields.units) {
    out += ",\"UnitsAbbreviation\":";
    if (units.empty()) {
      out += "\"\"";
    } else {
      http::JsonWriter{out}.value(units);
    }
  }
  if (fields.good) flag(",\"Good\":", quality.state == 0);
  if (fields.questionable) {
    flag(",\"Questionable\":", quality.has(Quality::kQuestionable) || quality.grade != 0);
  }
  if (fields.substituted) flag(",\"Substituted\":", quality.has(Quality::kSubstituted));
  if (fields.annotated) flag(",\"Annotated\":", quality.has(Quality::kAnnotated));
}

void append_item(std::string& out, const Stream& stream, const Item& item, const ValueFields& fields,
                 std::string_view units) {
  const std::size_t begin = out.size();
  if (fields.timestamp) {
    out += ",\"Timestamp\":\"";
    append_trimmed(out, Timestamp::from_unix_ns(item.time));
    out += '"';
  }
  if (fields.value) {
    out += ",\"Value\":";
    append_value(out, stream, item);
  }
  append_flags(out, item.quality, fields, units);
  if (out.size() == begin) {
    out += "{}";
    return;
  }
  out[begin] = '{';
  out += '}';
}

/// Rows of numbers with both time and value. What two rows have in common is made once, and rows go into the
/// answer some at a time.
class NumberRows {
 public:
  NumberRows(std::string& out, const Stream& stream, const ValueFields& fields, std::string_view units)
      : out_{out}, stream_{stream}, fields_{fields}, units_{units} {}

  static bool can(const Stream& stream, const Run& run, const ValueFields& fields) {
    return is_number(run.kind) && fields.timestamp && fields.value &&
           (stream.type == PointType::float16 || stream.type == PointType::float32 ||
            stream.type == PointType::float64);
  }

  void append(const Run& run) {
    for (std::size_t i = 0; i < run.size(); ++i) {
      const Quality quality = run.quality(i);
      if (i == 0 || quality != quality_) end_in(quality);
      if (quality.state != 0 || ending_.size() > kEndingMax) {
        write_out();
        append_item(out_, stream_, Item{run.times[i], quality, run.numbers[i]}, fields_, units_);
        out_ += ',';
        continue;
      }
      if (at_ > kBufferSize - kRowMax) write_out();
      char* at = buffer_ + at_;
      at = put(at, "{\"Timestamp\":\"");
      at = times_.write(at, run.times[i]);
      at = put(at, "\",\"Value\":");
      at = stream_.type == PointType::float32 ? numbers_.write(at, static_cast<float>(run.numbers[i]))
                                              : numbers_.write(at, run.numbers[i]);
      at = put(at, ending_);
      at_ = static_cast<std::size_t>(at - buffer_);
    }
    write_out();
    if (!run.empty()) out_.pop_back();  // The last comma.
  }

 private:
  static constexpr std::size_t kBufferSize = 8192, kEndingMax = 512;
  static constexpr std::size_t kRowMax =
      64 + TimeColumn::kTextMax + NumberColumn::kTextMax + kEndingMax;  // 64 for the members' names.

  static char* put(char* at, std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
  }
  /// What follows the value in a row of that quality.
  void end_in(Quality quality) {
    quality_ = quality;
    ending_.clear();
    append_flags(ending_, quality, fields_, units_);
    ending_ += "},";
  }
  void write_out() {
    out_.append(buffer_, at_);
    at_ = 0;
  }

  std::string& out_;
  const Stream& stream_;
  const ValueFields& fields_;
  std::string_view units_;
  Quality quality_;
  std::string ending_;
  TimeColumn times_;
  NumberColumn numbers_;
  std::size_t at_ = 0;
  char buffer_[kBufferSize];
};

Item item_of(const Sample& sample) {
  Item item{sample.time.unix_ns(), sample.quality};
  if (const auto* number = std::get_if<double>(&sample.value)) item.number = *number;
  if (const auto* integer = std::get_if<std::int64_t>(&sample.value)) item.integer = *integer;
  if (const auto* text = std::get_if<std::string>(&sample.value)) item.text = *text;
  return item;
}

}  // namespace

ValueFields ValueFields::selected(const SelectedFields& fields, bool in_items) {
  const auto wants = [&](std::string_view name) {
    return in_items ? fields.wants({"Items", name}) : fields.wants({name});
  };
  ValueFields chosen;
  chosen.timestamp = wants("Timestamp");
  chosen.value = wants("Value");
  chosen.units = wants("UnitsAbbreviation");
  chosen.good = wants("Good");
  chosen.questionable = wants("Questionable");
  chosen.substituted = wants("Substituted");
  chosen.annotated = wants("Annotated");
  return chosen;
}

void append_timed_value(std::string& out, const Stream& stream, const Sample& sample,
                        const ValueFields& fields, std::string_view units) {
  append_item(out, stream, item_of(sample), fields, units);
}

void append_plain_value(std::string& out, const Stream& stream, const Sample& sample) {
  append_value(out, stream, item_of(sample));
}

void append_timed_values(std::string& out, const Stream& stream, const Run& run, const ValueFields& fields,
                         std::string_view units) {
  const std::size_t row = fields.units || fields.good || fields.questionable ? 160 + units.size() : 80;
  out.reserve(out.size() + run.size() * row);
  if (NumberRows::can(stream, run, fields)) {
    NumberRows{out, stream, fields, units}.append(run);
    return;
  }
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (i != 0) out += ',';
    Item item{run.times[i], run.quality(i)};
    if (is_number(run.kind)) {
      item.number = run.numbers[i];
    } else if (is_integer(run.kind)) {
      item.integer = run.integers[i];
    } else {
      item.text = run.texts[i];
    }
    append_item(out, stream, item, fields, units);
  }
}

Sample state_sample(const Stream& stream, Timestamp time, std::uint16_t state) {
  Sample sample{time, zero_of(stream.kind()), {}};
  sample.quality.state = state;
  return sample;
}

Sample pt_created(const Stream& stream) {
  return state_sample(stream, stream.created.floor_to(kNsPerTick), system_state::kPtCreated);
}

Stream attribute_stream(const catalog::Tables& tables, const catalog::AfAttribute& attribute) {
  const catalog::AfElement* element = tables.af_elements.find(attribute.element);
  return attribute_stream(tables, element != nullptr ? element->database : Uuid{}, attribute);
}

Stream attribute_stream(const catalog::Tables& tables, const Uuid& database,
                        const catalog::AfAttributeFields& fields) {
  Stream stream;
  stream.tag = fields.name;
  const std::string& type = fields.type;
  if (iequals(type, "EnumerationValue")) {
    stream.type = PointType::digital;
    stream.set = states_of(tables, database, fields.type_qualifier);
  } else if (iequals(type, "DateTime")) {
    stream.type = PointType::timestamp;
  } else if (iequals(type, "Single")) {
    stream.type = PointType::float32;
  } else if (iequals(type, "Boolean")) {
    stream.type = PointType::int32;
    stream.boolean = true;
  } else if (fields.value && std::holds_alternative<std::int64_t>(fields.value->value)) {
    stream.type = PointType::int32;  // All integers print alike.
  } else if (fields.value && std::holds_alternative<std::string>(fields.value->value)) {
    stream.type = PointType::string;
  } else {
    stream.type = PointType::float64;
  }
  return stream;
}

}  // namespace penstock::dialects::piwebapi
