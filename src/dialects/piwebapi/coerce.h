#pragma once

#include <string_view>

#include "base/result.h"
#include "catalog/assets.h"
#include "dialects/piwebapi/wire.h"
#include "model/value.h"

namespace penstock::dialects::piwebapi {

struct Coerced {
  Value value;
  Quality quality;
};

/// The value that a point keeps for what was sent: by its type, by the names of its digital set, and as a
/// system state where one is named. Errors: value_type_mismatch, value_out_of_range, with the sentence for
/// the client in `detail`.
Result<Coerced> coerce(const WireTimedValue& sent, const Stream& stream, Timestamp now);

/// The same for a static attribute; `set` is the enumeration set of an EnumerationValue attribute, or null.
Result<Coerced> coerce_attribute(const WireTimedValue& sent, std::string_view type, const DigitalSet* set,
                                 Timestamp now);

/// The instant that a sample gets, cut to 100 ns. A text that says 1970-01-01T00:00:00Z, AF's smallest time,
/// means now. Errors: time_out_of_range (before 1970, after 2038, or beyond now + 10 min where
/// `future` is false).
Result<Timestamp> check_write_time(Timestamp time, Timestamp now, bool future);
/// The same for the text of an item. Errors: also invalid_time.
Result<Timestamp> write_time(const WireTimedValue& sent, Timestamp now, bool future);

}  // namespace penstock::dialects::piwebapi
