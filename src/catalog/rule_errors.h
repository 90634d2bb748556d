#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

// What the rules of the asset model say. Internal to the catalog.

namespace penstock::catalog {

inline tl::unexpected<Error> taken(std::string_view what, const std::string& name) {
  return fail(ErrorCode::conflict, "Name",
              "The " + std::string{what} + " '" + name + "' already exists there.");
}
inline tl::unexpected<Error> gone(std::string_view what) {
  return fail(ErrorCode::not_found, {}, "The " + std::string{what} + " does not exist any more.");
}
inline tl::unexpected<Error> in_use(std::string_view what, const std::string& name) {
  return fail(ErrorCode::conflict, {}, "The " + std::string{what} + " '" + name + "' is in use.");
}
inline tl::unexpected<Error> too_deep(std::string_view what) {
  return fail(ErrorCode::invalid_argument, {}, "The " + std::string{what} + " are nested too deep.");
}
inline tl::unexpected<Error> too_many_followers(std::string_view what) {
  return fail(ErrorCode::conflict, {}, "Too many objects use the " + std::string{what} + " to change it.");
}

}  // namespace penstock::catalog
