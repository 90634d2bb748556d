#include <algorithm>

#include "base/text.h"
#include "dialects/piwebapi/reads.h"
#include "dialects/piwebapi/retrieval.h"

/// Reads of one value: *PI Web API Reference, "Stream GetValue"*, "GetEnd", "GetRecordedAtTime" and
/// "GetRecordedAtTimes".
namespace penstock::dialects::piwebapi {
namespace {

/// Reads that a static attribute answers with the value it keeps.
class OneValue : public Read {
 public:
  Shape shape() const final { return Shape::value; }
  Result<std::size_t> append(const Call& call, const Target& target, const ValueFields& fields,
                             std::string& out) const final {
    if (target.kind == Target::Kind::missing_point) {
      append_bad_event(out, call.now, target.units, "PI Point not found '" + target.stream.tag + "'.");
      return 1;
    }
    if (target.kind == Target::Kind::fixed) {
      const Sample none = state_sample(target.stream, Timestamp::from_unix_ns(0), system_state::kNoData);
      append_timed_value(out, target.stream, target.attribute->value.value_or(none), fields, target.units);
      return 1;
    }
    TRY(const Sample sample, value(call, target.stream));
    append_timed_value(out, target.stream, sample, fields, target.units);
    return 1;
  }

 protected:
  virtual Result<Sample> value(const Call& call, const Stream& stream) const = 0;
};

class ValueRead final : public OneValue {
 public:
  explicit ValueRead(std::optional<Timestamp> time) : time_{time} {}

 private:
  Result<Sample> value(const Call& call, const Stream& stream) const override {
    if (time_) return value_at(call.archive(), stream, *time_, call.now);
    return current_value(call.archive(), stream, call.now);
  }
  std::optional<Timestamp> time_;
};

class EndRead final : public OneValue {
  Result<Sample> value(const Call& call, const Stream& stream) const override {
    TRY(const auto newest, call.archive().newest(stream.point));
    return newest ? *newest : pt_created(stream);
  }
};

/// *PI Web API Reference, "Retrieval Mode"*; the numbers are those of AF.
enum RetrievalMode { kAuto = 0, kAtOrBefore = 1, kAtOrAfter = 2, kExact = 4, kBefore = 6, kAfter = 7 };
constexpr Choice kRetrievalModes[] = {{"Auto", kAuto},           {"AtOrBefore", kAtOrBefore},
                                      {"AtOrAfter", kAtOrAfter}, {"Exact", kExact},
                                      {"Before", kBefore},       {"After", kAfter}};

Result<int> retrieval_mode(const Call& call) {
  return choice_of(call, "retrievalMode", kAuto, kRetrievalModes);
}

Result<std::optional<Sample>> recorded_at(const Call& call, const Stream& stream, Timestamp time, int mode) {
  const archive::Archive& archive = call.archive();
  switch (mode) {
    case kAtOrBefore: return archive.at_or_before(stream.point, time, true);
    case kBefore: return archive.at_or_before(stream.point, time, false);
    case kAtOrAfter: return archive.at_or_after(stream.point, time, true);
    case kAfter: return archive.at_or_after(stream.point, time, false);
    case kExact: {
      TRY(auto found, archive.at_or_before(stream.point, time, true));
      if (found && found->time != time) found.reset();
      return found;
    }
    default: break;
  }
  TRY(auto before, archive.at_or_before(stream.point, time, true));
  if (before) return before;
  return archive.at_or_after(stream.point, time, true);
}

std::string no_event(Timestamp time) {
  return "No recorded value was found for the time " + format_trimmed(time) + ".";
}

class RecordedAtTime final : public Read {
 public:
  RecordedAtTime(Timestamp time, int mode) : time_{time}, mode_{mode} {}
  Shape shape() const override { return Shape::value; }
  Result<std::size_t> append(const Call& call, const Target& target, const ValueFields& fields,
                             std::string& out) const override {
    TRY_VOID(check_has_history(target));
    TRY(const auto sample, recorded_at(call, target.stream, time_, mode_));
    if (!sample) return fail(ErrorCode::not_found, "time", no_event(time_));
    append_timed_value(out, target.stream, *sample, fields, target.units);
    return 1;
  }

 private:
  Timestamp time_;
  int mode_;
};

class RecordedAtTimes final : public Read {
 public:
  RecordedAtTimes(std::vector<Timestamp> times, int mode) : times_{std::move(times)}, mode_{mode} {}
  Result<std::size_t> append(const Call& call, const Target& target, const ValueFields& fields,
                             std::string& out) const override {
    TRY_VOID(check_has_history(target));
    const char* comma = "";
    for (const Timestamp time : times_) {
      out += comma;
      comma = ",";
      TRY(const auto sample, recorded_at(call, target.stream, time, mode_));
      if (sample) {
        append_timed_value(out, target.stream, *sample, fields, target.units);
      } else {
        append_bad_event(out, time, target.units, no_event(time));
      }
    }
    return times_.size();
  }

 private:
  std::vector<Timestamp> times_;  // In the order of the answer.
  int mode_;
};

}  // namespace

Result<std::unique_ptr<Read>> make_value_read(const Call& call) {
  const std::string_view text = trim(call.parameter_or("time", ""));
  if (text.empty()) return std::make_unique<ValueRead>(std::nullopt);
  TRY(const PiZone zone, call.zone());
  TRY(const Timestamp time, parse_pi_time(text, call.now, zone));
  return std::make_unique<ValueRead>(time);
}

Result<std::unique_ptr<Read>> make_end_read(const Call&) {
  return std::make_unique<EndRead>();
}

Result<std::unique_ptr<Read>> make_recorded_at_time_read(const Call& call) {
  TRY(const std::vector<Timestamp> times, times_of(call));
  TRY(const int mode, retrieval_mode(call));
  return std::make_unique<RecordedAtTime>(times.front(), mode);
}

Result<std::unique_ptr<Read>> make_recorded_at_times_read(const Call& call) {
  TRY(std::vector<Timestamp> times, times_of(call));
  TRY(const int mode, retrieval_mode(call));
  TRY(const bool descending, is_descending(call));
  std::sort(times.begin(), times.end());
  if (descending) std::reverse(times.begin(), times.end());
  return std::make_unique<RecordedAtTimes>(std::move(times), mode);
}

}  // namespace penstock::dialects::piwebapi
