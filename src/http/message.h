#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };
std::string_view to_string(Method method);   ///< "GET"; "DELETE" for del.
Method parse_method(std::string_view text);  ///< Any letter case; `other` if unknown.

/// Pairs of a name and a value, in order, in one piece of memory.
class TextPairs {
 public:
  using Pair = std::pair<std::string_view, std::string_view>;

  class Iterator {
   public:
    explicit Iterator(const char* at) : at_{at} {}
    Pair operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator&) const = default;

   private:
    const char* at_;
  };

  Iterator begin() const { return Iterator{bytes_.data()}; }
  Iterator end() const { return Iterator{bytes_.data() + bytes_.size()}; }
  std::size_t size() const;
  bool empty() const { return bytes_.empty(); }
  /// What is found in the pairs ends with this; `name` and `value` may themselves come from there.
  void add(std::string_view name, std::string_view value);
  /// Keeps the memory.
  void clear() { bytes_.clear(); }
  bool operator==(const TextPairs&) const = default;

 private:
  struct Sizes {
    std::uint32_t name, value;
  };
  std::string bytes_;  ///< Per pair: Sizes, name, value.
};

inline TextPairs::Pair TextPairs::Iterator::operator*() const {
  Sizes sizes;
  std::memcpy(&sizes, at_, sizeof sizes);
  const char* const name = at_ + sizeof sizes;
  return {{name, sizes.name}, {name + sizes.name, sizes.value}};
}

inline TextPairs::Iterator& TextPairs::Iterator::operator++() {
  Sizes sizes;
  std::memcpy(&sizes, at_, sizeof sizes);
  at_ += sizeof sizes + sizes.name + sizes.value;
  return *this;
}

/// Header fields in the order received; names are compared without regard to case. What is found ends with
/// the next change.
class Headers {
 public:
  std::optional<std::string_view> find(std::string_view name) const;  ///< The first of that name, trimmed.
  std::string_view get(std::string_view name) const { return find(name).value_or(std::string_view{}); }
  std::vector<std::string_view> all(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  void add(std::string_view name, std::string_view value) { fields_.add(name, value); }
  void set(std::string_view name, std::string_view value);  ///< Replaces all of that name.
  const TextPairs& fields() const { return fields_; }
  void clear() { fields_.clear(); }

 private:
  TextPairs fields_;
};

/// `%41` → A; `+` → blank where `plus_is_blank`. Broken escapes stay as they are.
std::string percent_decode(std::string_view text, bool plus_is_blank);
/// Escapes all but letters, digits and `-._~`.
std::string percent_encode(std::string_view text);

/// Parameters of a query string or a form body, decoded, in order.
class Parameters {
 public:
  static Parameters parse(std::string_view text);  ///< `a=1&b=&c`; a blank for `+`.
  enum class Case { sensitive, insensitive };
  std::optional<std::string_view> find(std::string_view name, Case how = Case::sensitive) const;  ///< First.
  std::vector<std::string_view> all(std::string_view name, Case how = Case::sensitive) const;
  const TextPairs& items() const { return items_; }

 private:
  TextPairs items_;
};

/// Bytes with at least kPadding readable bytes behind them, as simdjson wants.
class Body {
 public:
  static constexpr std::size_t kPadding = 64;
  Body() = default;
  explicit Body(std::string_view text) { assign(text); }
  void assign(std::string_view text);
  /// Room for `size` bytes; what is there is lost, nothing is zeroed. The caller fills data()[0, size).
  char* resize_uninitialized(std::size_t size);
  const char* data() const { return bytes_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }  ///< Without the padding.
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {bytes_, size_}; }

  Body(Body&& other) noexcept { *this = std::move(other); }
  Body& operator=(Body&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body() { delete[] bytes_; }

 private:
  char* bytes_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

/// What the server could not take; the dialect renders it in its vendor's words. The body is empty then.
enum class Fault : std::uint8_t { none, body_too_large };

struct Request {
  Method method = Method::get;
  std::string method_text;  ///< As received.
  std::string target;       ///< As received: origin form, or absolute form.
  std::string path;         ///< Without scheme, host and query; still percent-encoded; begins with '/'.
  std::string query;        ///< Behind the '?', still encoded.
  Headers headers;
  Body body;  ///< As received; see inflate_body.
  Fault fault = Fault::none;
  bool tls = false;
  std::string remote;  ///< Address of the client, without port.

  /// Sets target, path and query from a target as on the request line. Raw characters that clients do not
  /// escape (backslashes, bars, brackets, braces) pass.
  void set_target(std::string_view text);
  /// Path segments, decoded; empty ones (doubled and trailing slashes) left out.
  std::vector<std::string> segments() const;
  Parameters parameters() const { return Parameters::parse(query); }
};

class BodySource;
class WebSocketSession;

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<BodySource> source;  ///< If set: the body, instead of `body`, made while it is sent.
  std::shared_ptr<WebSocketSession> websocket;  ///< With status 101: what the connection is from here on.
  bool close = false;                           ///< Close the connection behind this answer.

  static Response make(int status, std::string_view content_type, std::string body);
};

std::string_view reason_phrase(int status);

}  // namespace penstock::http
