#pragma once

#include <cstdint>
#include <string>

#include "catalog/catalog.h"
#include "dialects/piwebapi/call.h"
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

/// Appends what stands under `Value` of a timed value.
void append_plain_value(std::string& out, const Stream& stream, const Sample& sample);

/// The value that stands for "nothing was ever written": the state Pt Created at the point's creation.
Sample pt_created(const Stream& stream);
/// A system state as a sample.
Sample state_sample(const Stream& stream, Timestamp time, std::uint16_t state);

/// The stream of a static attribute, so that its value renders as a point's would.
Stream attribute_stream(const catalog::Tables& tables, const catalog::AfAttribute& attribute);
/// The same for an attribute, or the template of one, of that database.
Stream attribute_stream(const catalog::Tables& tables, const Uuid& database,
                        const catalog::AfAttributeFields& fields);

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
/// What a hidden point says of itself, the attribute that refers to it does not say either. With
/// `associations=DataReference` the point stands inside.
void write_attribute(http::JsonWriter& json, const Call& call, const catalog::Tables& tables,
                     const catalog::AfAttribute& attribute);
void write_category(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                    const catalog::AfCategory& category);
void write_element_template(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                            const catalog::AfElementTemplate& element_template);
void write_attribute_template(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                              const catalog::AfAttributeTemplate& attribute_template);
void write_asset_set(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                     const catalog::AfEnumerationSet& set);
void write_asset_value(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                       const catalog::AfEnumerationSet& set, const catalog::AfEnumerationValue& value);

// Parts of objects.
void write_texts(http::JsonWriter& json, std::string_view name, const std::vector<std::string>& texts);
void write_extended(http::JsonWriter& json, const catalog::Properties& properties);
/// The links `EnumerationSet` and `EnumerationValues`, where the database knows a set of that name.
void write_qualifier_links(http::JsonWriter& json, const Naming& naming, const catalog::Tables& tables,
                           const Uuid& database, std::string_view qualifier);

/// Four dotted numbers, as the product's versions are.
inline constexpr std::string_view kProductVersion = "0.1.0.0";

}  // namespace penstock::dialects::piwebapi
