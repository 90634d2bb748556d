#pragma once

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "http/message.h"

namespace penstock::http {

/// Beast's parser, filling our Request: the head, and then a chunked body if there is one. Internal to the
/// server.
class HeadParser final : public boost::beast::http::basic_parser<true> {
 public:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  explicit HeadParser(Request& request) : request_{request} {}

  int version() const { return version_; }  ///< 10 or 11.
  std::size_t chunked_bytes() const {
    return body_bytes_;
  }  ///< Of the body so far; they are in request.body.

 private:
  static std::string_view text(string_view from) { return {from.data(), from.size()}; }

  void on_request_impl(boost::beast::http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request_.method_text = text(method);
    request_.method = penstock::http::parse_method(request_.method_text);
    request_.set_target(text(target));
    version_ = version;
  }
  void on_field_impl(boost::beast::http::field, string_view name, string_view value, error_code&) override {
    // Fields behind a chunked body could claim what the head did not: they are dropped.
    if (!in_body_) request_.headers.add(text(name), text(value));
  }
  void on_header_impl(error_code&) override { in_body_ = true; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    Body& body = request_.body;
    const std::size_t needed = body_bytes_ + piece.size();
    if (needed > body.capacity()) {
      Body larger;
      char* const to = larger.resize_uninitialized(std::max<std::size_t>(needed, body.capacity() * 2));
      if (body_bytes_ != 0) std::memcpy(to, body.data(), body_bytes_);
      body = std::move(larger);
    }
    char* const to = body.resize_uninitialized(needed);
    std::memcpy(to + body_bytes_, piece.data(), piece.size());
    body_bytes_ = needed;
    return piece.size();
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view piece, error_code&) override { return piece.size(); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  void on_finish_impl(error_code&) override {}

  Request& request_;
  int version_ = 11;
  bool in_body_ = false;
  std::size_t body_bytes_ = 0;
};

}  // namespace penstock::http
