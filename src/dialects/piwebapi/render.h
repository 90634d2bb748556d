#pragma once

#include <cstdint>
#include <string>

#include "catalog/catalog.h"
#include "dialects/piwebapi/naming.h"
#include "dialects/piwebapi/select.h"
#include "dialects/piwebapi/wire.h"
#include "http/json_writer.h"
#include "model/value.h"

namespace penstock::dialects::piwebapi {

/// Which members of a timed value are written.
struct ValueFields {
  bool timestamp = true, value = true, units = true, good = true, questionable = true, substituted = true,
       annotated = true;
  /// `path` is where the timed value stands in the answer: {} or {"Items"}.
  static ValueFields selected(const SelectedFields& fields, bool in_items);
};

/// Appends one timed value. *PI Web API Reference, "Timed Value"*.
void append_timed_value(std::string& out, const Stream& stream, const Sample& sample,
                        const ValueFields& fields = {}, std::string_view units = {});

/// Appends samples of a run as `item,item,…`.
void append_timed_values(std::string& out, const Stream& stream, const Run& run,
                         const ValueFields& fields = {}, std::string_view units = {});

/// The value that stands for "nothing was ever written": the state Pt Created at the point's creation.
Sample pt_created(const Stream& stream);
/// A system state as a sample.
Sample state_sample(const Stream& stream, Timestamp time, std::uint16_t state);

/// The stream of a static attribute, so that its value renders as a point's would.
Stream attribute_stream(const catalog::Tables& tables, const catalog::AfAttribute& attribute);

// Objects, each with its Links. The writer stands where the object goes.
void write_data_server(http::JsonWriter& json, const Naming& naming, Timestamp now);
void write_point(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                 const Point& point);
void write_set(http::JsonWriter& json, const Naming& naming, const DigitalSet& set);
void write_state(http::JsonWriter& json, const Naming& naming, const DigitalSet& set,
                 const DigitalState& state);
void write_asset_server(http::JsonWriter& json, const Naming& naming, Timestamp now);
void write_database(http::JsonWriter& json, const Naming& naming, const catalog::AfDatabase& database);
void write_element(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                   const catalog::AfElement& element);
void write_attribute(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                     const catalog::AfAttribute& attribute);

/// Four dotted numbers, as the product's versions are.
inline constexpr std::string_view kProductVersion = "0.1.0.0";

}  // namespace penstock::dialects::piwebapi
