#include "dialects/energyview/render.h"

#include <algorithm>
#include <cmath>

#include "dialects/common/number_text.h"
#include "http/json_writer.h"

namespace penstock::dialects::energyview {
namespace {

void append_series(std::string& out, const SeriesRows& series, Offsets& offsets, bool epoch) {
  http::JsonWriter w{out};
  w.object_begin();
  if (series.asked_by_uuid && series.node_uuid) {
    w.member("node_id", series.node_uuid->to_string());
  } else {
    w.member("node_id", series.node_id);
  }
  if (series.node_uuid) w.member("node_uuid", series.node_uuid->to_string());
  w.member("tag", series.tag);
  // The rows are the bulk of an answer, so they are written straight into the text.
  w.key("data").raw("[");
  bool first = true;
  for (const auto& [time, number] : series.rows.data) {
    out.append(first ? "{\"v\":" : ",{\"v\":");
    first = false;
    append_row_value(out, number, series.rows.single_precision);
    if (epoch) {
      out.append(",\"ts\":");
      append_epoch(out, time);
    } else {
      out.append(",\"ts\":\"");
      append_local(out, time, offsets);
      out.push_back('"');
    }
    out.push_back('}');
  }
  out.push_back(']');
  w.object_end();
}

double numeric(const Run& run, std::size_t i) {
  return is_number(run.kind) ? run.numbers[i] : static_cast<double>(run.integers[i]);
}

}  // namespace

void append_row_value(std::string& out, double number, bool single_precision) {
  if (single_precision) {
    append_number(out, static_cast<float>(number));
  } else {
    append_number(out, number);
  }
}

http::Response json_answer(int status, std::string body) {
  return http::Response::make(status, "application/json", std::move(body));
}

http::Response render_series(const std::vector<SeriesRows>& series, Zone zone, bool epoch) {
  Offsets offsets{zone};
  std::string body = "{\"timeseries\":[";
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (i > 0) body.push_back(',');
    append_series(body, series[i], offsets, epoch);
  }
  body.append("]}");
  return json_answer(200, std::move(body));
}

http::Response render_single(const SeriesRows& series, Zone zone, SingleReply reply, Timestamp sent,
                             double value) {
  Offsets offsets{zone};
  std::string body;
  if (reply == SingleReply::array) {
    body = "[";
    append_series(body, series, offsets, false);
    body.push_back(']');
    return json_answer(200, std::move(body));
  }
  std::string time;
  append_local(time, sent, offsets);
  http::JsonWriter w{body};
  w.object_begin();
  if (series.asked_by_uuid && series.node_uuid) {
    w.member("node_id", series.node_uuid->to_string());
  } else {
    w.member("node_id", series.node_id);
  }
  w.member("tag", series.tag).member("value", value).member("ts", time).object_end();
  return json_answer(200, std::move(body));
}

Rows accepted_rows(const Run& sent, const Outcomes& outcomes) {
  Rows rows;
  rows.single_precision = sent.kind == Kind::float32;
  std::size_t i = 0;
  for (const auto& [outcome, n] : outcomes.runs()) {
    const bool is_in =
        outcome == Outcome::stored || outcome == Outcome::replaced || outcome == Outcome::identical;
    for (std::size_t end = i + n; i < end; ++i) {
      if (is_in) rows.data.emplace_back(sent.time(i), numeric(sent, i));
    }
  }
  std::stable_sort(rows.data.begin(), rows.data.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  // The last of each time moves to the place of the first.
  std::size_t kept = 0;
  for (std::size_t k = 0; k < rows.data.size(); ++k) {
    if (kept > 0 && rows.data[kept - 1].first == rows.data[k].first) --kept;
    rows.data[kept++] = rows.data[k];
  }
  rows.data.erase(rows.data.begin() + static_cast<std::ptrdiff_t>(kept), rows.data.end());
  return rows;
}

Rows shown_rows(const Run& run) {
  Rows rows;
  rows.single_precision = run.kind == Kind::float32;
  rows.data.reserve(run.size());
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (run.quality(i).state != 0) continue;
    const double number = numeric(run, i);
    if (!std::isfinite(number)) continue;
    const Timestamp time = run.time(i).floor_to(kNsPerMicrosecond);
    if (!rows.data.empty() && rows.data.back().first == time) {
      rows.data.back().second = number;
    } else {
      rows.data.emplace_back(time, number);
    }
  }
  return rows;
}

}  // namespace penstock::dialects::energyview
