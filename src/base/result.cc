#include "base/result.h"

namespace penstock {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_json: return "invalid_json";
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::missing_argument: return "missing_argument";
    case ErrorCode::invalid_time: return "invalid_time";
    case ErrorCode::time_out_of_range: return "time_out_of_range";
    case ErrorCode::value_type_mismatch: return "value_type_mismatch";
    case ErrorCode::value_out_of_range: return "value_out_of_range";
    case ErrorCode::limit_exceeded: return "limit_exceeded";
    case ErrorCode::unauthenticated: return "unauthenticated";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::overloaded: return "overloaded";
    case ErrorCode::store_unavailable: return "store_unavailable";
    case ErrorCode::store_corrupt: return "store_corrupt";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

}  // namespace penstock
