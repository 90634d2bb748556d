#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "dialects/piwebapi/wire.h"
#include "http/json.h"
#include "http/message.h"
#include "model/value.h"

namespace penstock::dialects::piwebapi {

/// One item of a body that can't be stored, and what its client is told.
struct ItemError {
  std::size_t index = 0;  ///< Place in the body.
  std::string message;
};

/// The values of one stream in a body: what can be stored as columns, and what can't.
struct ParsedValues {
  Run run;                               ///< The good items in the order sent.
  std::vector<std::uint32_t> positions;  ///< Place in the body of each sample; empty: the same as in `run`.
  std::vector<ItemError> errors;         ///< Ascending by index.
  std::size_t sent = 0;                  ///< Items in the body.
};

struct ParseRules {
  bool values_needed = true;  ///< False for Remove: only times matter.
  Timestamp now = Timestamp::from_unix_ns(0);
  std::size_t items_max = 150'000;
};

enum class BodyShape {
  one,  ///< `{"Timestamp":…,"Value":…}`
  list  ///< `[…]`, `{"Items":[…]}`, or one object with a Value.
};

/// Reads a body of `POST streams/{webId}/value` or `…/recorded` straight into columns. The whole of it is
/// read before anything is returned. Lists of rows that are alike are read by their layout (parse_regular.h).
/// What the strict parser refuses is read again by the lenient one, and counted. Errors: invalid_json,
/// invalid_argument (not the shape), limit_exceeded (too many items). Bad items are not errors, they are in
/// `errors`.
Result<ParsedValues> parse_values(const http::Body& body, BodyShape shape, const Stream& stream,
                                  const ParseRules& rules);

/// parse_values without the reading by layout. The result is the same.
Result<ParsedValues> parse_values_by_item(const http::Body& body, BodyShape shape, const Stream& stream,
                                          const ParseRules& rules);

/// The same for timed values of a document, one stream's share of a larger body. Never fails as a whole.
ParsedValues parse_items(std::span<const json::Value> items, const Stream& stream, const ParseRules& rules);

/// A JSON document, leniently where it has to be. Errors: invalid_json.
Result<json::Value> parse_document(std::string_view text);
Result<json::Value> parse_document(const http::Body& body);

/// One timed value of a document, borrowed from it.
WireTimedValue wire_timed_value(const json::Value& item);

}  // namespace penstock::dialects::piwebapi
