#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "dialects/common/dialect.h"

namespace penstock::dialects::omf {

/// What happens to `create` where the time of a value is taken ("Set behavior for duplicate data values").
enum class CreateMode : std::uint8_t { replace, no_replace };

/// How an event is spelled. The published example nests everything in `Event`; the reference tables have
/// `EventInfo` with `Severity` beside it. `both` serves readers of either.
enum class EventShape : std::uint8_t { both, example, reference };

/// What a complex container gets for a property that an event does not name.
enum class MissingProperty : std::uint8_t {
  skip,          ///< Nothing; a container of one property gets No Data.
  default_value  ///< The default of the property's type, as the OMF specification has it.
};

/// The `omf.…` settings.
struct Settings {
  CreateMode create_mode = CreateMode::replace;
  EventShape event_shape = EventShape::both;
  MissingProperty missing_property = MissingProperty::skip;
  bool verbose = false;                        ///< ExceptionInfo also where the caller did not ask for it.
  std::size_t max_request_bytes = 4'194'304;   ///< On the wire.
  std::size_t max_inflated_bytes = 64u << 20;  ///< Behind gzip.
  std::int64_t future_tolerance_s = 600;       ///< For points that are not made for future data.
  std::int64_t retry_after_s = 5;              ///< In a 503.
  bool compressing_default = false;            ///< Compressing of new points.
};

/// The OMF door: `POST /piwebapi/omf`. `house` outlives it.
std::unique_ptr<dialects::Dialect> make_omf(dialects::House& house, Settings settings);

}  // namespace penstock::dialects::omf
