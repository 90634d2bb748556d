#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace penstock::http {

struct HeadOptions {
  std::string_view date;  ///< IMF-fixdate.
  bool keep_alive = true;
  bool say_keep_alive = false;  ///< An HTTP/1.0 client wants to read it.
  bool chunked = false;         ///< How a body from a source is framed.
};

/// Appends status line, headers and the empty line. Content-Length, Connection, Date and Server are ours;
/// line breaks in values become blanks. What has no body by its status gets no length.
void append_response_head(std::string& out, const Response& response, const HeadOptions& options);

/// Appends what stands before a chunk of so many bytes; none ends the body.
void append_chunk_head(std::string& out, std::size_t bytes);

/// 204, 304 and 1xx.
bool has_no_body(int status);

/// The server's own refusal: `{"Errors":[detail],"Message":detail}`.
Response refusal(int status, std::string_view detail);

/// Packs the body if the client takes gzip, it has the size for it, and its type is text.
void pack(Response& response, const Request& request, std::size_t bytes_min, std::size_t bytes_max);

/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::int64_t unix_s);

}  // namespace penstock::http
