#pragma once

#include <simdjson.h>

#include "http/message.h"

// Reading hot bodies with simdjson On-Demand. A heavy header: include it in a parse .cc only.

namespace penstock::dialects::ondemand {

using simdjson::ondemand::array;
using simdjson::ondemand::document;
using simdjson::ondemand::json_type;
using simdjson::ondemand::object;
using simdjson::ondemand::parser;
using simdjson::ondemand::value;

/// Nesting inside of members that nobody asked for.
inline constexpr int kDepthMax = 128;

inline simdjson::padded_string_view padded(const http::Body& body) {
  return simdjson::padded_string_view{body.data(), body.size(), body.size() + http::Body::kPadding};
}

/// Reads a value to its end. On-Demand does not look into what is not asked for, so that without this a
/// broken member would pass.
inline simdjson::error_code read_over(value item, int depth = 0) {
  if (depth > kDepthMax) return simdjson::DEPTH_ERROR;
  json_type type;
  if (const auto error = item.type().get(type)) return error;
  switch (type) {
    case json_type::array: {
      array items;
      if (const auto error = item.get_array().get(items)) return error;
      for (auto each : items) {
        value inner;
        if (const auto error = each.get(inner)) return error;
        if (const auto error = read_over(inner, depth + 1)) return error;
      }
      return simdjson::SUCCESS;
    }
    case json_type::object: {
      object members;
      if (const auto error = item.get_object().get(members)) return error;
      for (auto member : members) {
        std::string_view name;
        if (const auto error = member.unescaped_key().get(name)) return error;
        value inner;
        if (const auto error = member.value().get(inner)) return error;
        if (const auto error = read_over(inner, depth + 1)) return error;
      }
      return simdjson::SUCCESS;
    }
    case json_type::string: return item.get_string().error();
    case json_type::number: return item.get_double().error();
    case json_type::boolean: return item.get_bool().error();
    case json_type::null: {
      bool is_null = false;
      if (const auto error = item.is_null().get(is_null)) return error;
      return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
  }
  return simdjson::TAPE_ERROR;
}

/// True once the whole document was read and nothing stands behind it.
inline bool at_end(document& read) {
  return read.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace penstock::dialects::ondemand
