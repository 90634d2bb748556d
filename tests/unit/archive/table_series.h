#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "archive/retrieval/series.h"

/// Series out of short texts: `0=1 10=2 20=!` is 1 at second 0, 2 at second 10 and a system state at 20.
namespace penstock::archive::retrieval {

inline Timestamp at_second(double second) {
  return Timestamp::from_unix_ns(std::llround(second * 1e9));
}

inline Run run_of(const std::string& text, Kind kind = Kind::float64) {
  Run run;
  run.kind = kind;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string item = text.substr(at, end - at);
    const std::size_t equals = item.find('=');
    const std::string value = item.substr(equals + 1);
    Sample sample{at_second(std::stod(item.substr(0, equals))), zero_of(kind), {}};
    if (value == "!") {
      sample.quality.state = system_state::kBadInput;
    } else if (is_number(kind)) {
      sample.value = std::stod(value);
    } else if (is_integer(kind)) {
      sample.value = static_cast<std::int64_t>(std::stoll(value));
    } else {
      sample.value = value;
    }
    run.push(sample);
    at = end + 1;
  }
  return run;
}

inline std::string text_of(const Run& run) {
  std::string text;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (!text.empty()) text += ' ';
    char number[40];
    std::snprintf(number, sizeof number, "%g=", static_cast<double>(run.times[i]) / 1e9);
    text += number;
    const Sample sample = run.sample(i);
    if (sample.quality.state != 0) {
      text += sample.quality.state == system_state::kNoData ? "none" : "!";
    } else if (const auto* words = std::get_if<std::string>(&sample.value)) {
      text += *words;
    } else {
      std::snprintf(number, sizeof number, "%g", number_of(sample.value));
      text += number;
    }
  }
  return text;
}

/// Scans `run`, which outlives it.
inline Scanner scanner_of(const Run& run) {
  return [&run](const Scan& request) -> Result<Run> {
    Run out;
    out.kind = run.kind;
    for (std::size_t k = 0; k < run.size() && out.size() < request.limit; ++k) {
      const std::size_t i = request.newest_first ? run.size() - 1 - k : k;
      if (run.time(i) >= request.first && run.time(i) <= request.last) out.push(run.sample(i));
    }
    return out;
  };
}

inline Series series_of(Kind kind, Course course = Course::line) {
  Series series;
  series.kind = kind;
  series.course = course;
  series.numeric = is_number(kind) || kind == Kind::int64;
  return series;
}

}  // namespace penstock::archive::retrieval
