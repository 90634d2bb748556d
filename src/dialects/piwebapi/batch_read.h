#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "dialects/piwebapi/timed_text.h"
#include "http/message.h"

namespace penstock::dialects::piwebapi {

/// One sub-request of a batch that depends on no other, borrowed from the body.
struct IndependentRequest {
  std::string_view id;   ///< As written between its quotes; it has no escapes.
  std::string_view raw;  ///< The whole sub-request, valid JSON.

  /// Set where it writes one value to a stream: `POST …/piwebapi/streams/{webid}/value?{query}`, or
  /// `…/recorded` with a list of one.
  struct Write {
    std::string_view webid, query;
    bool is_list = false;
    TimedText value;
  };
  std::optional<Write> write;
};

/// The sub-requests of a batch in which none depends on another, in their order. Nothing where one does,
/// where the body is not what nearly every client sends (escapes in names, repeated ids, more than `limit`
/// sub-requests …) or is no strict JSON: plan_batch tells then.
std::optional<std::vector<IndependentRequest>> read_independent(const http::Body& body, std::size_t limit);

}  // namespace penstock::dialects::piwebapi
