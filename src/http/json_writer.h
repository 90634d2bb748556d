#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::http {

/// Appends JSON to a string: `w.object_begin().key("a").value(1).object_end()`. Commas are put where needed.
/// Numbers are the shortest text that reads back the same, without a needless `.0` (only negative zero needs
/// one); NaN and infinities, which JSON lacks, become null. Text that is not UTF-8 is repaired with U+FFFD.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_{out} {}

  JsonWriter& object_begin() { return open('{'); }
  JsonWriter& object_end() { return close('}'); }
  JsonWriter& array_begin() { return open('['); }
  JsonWriter& array_end() { return close(']'); }
  JsonWriter& key(std::string_view name) {
    comma();
    quoted(name);
    out_.push_back(':');
    need_comma_ = false;
    return *this;
  }
  JsonWriter& value(std::string_view text) {
    comma();
    quoted(text);
    return *this;
  }
  JsonWriter& value(const char* text) { return value(std::string_view{text}); }
  JsonWriter& value(const std::string& text) { return value(std::string_view{text}); }
  JsonWriter& value(bool flag) { return raw(flag ? "true" : "false"); }
  JsonWriter& value(double number);
  JsonWriter& value(float number);
  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) JsonWriter& value(T number) {
    comma();
    char text[24];
    out_.append(text, std::to_chars(text, text + sizeof text, number).ptr);
    return *this;
  }
  JsonWriter& null() { return raw("null"); }
  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json) {
    comma();
    out_.append(json);
    return *this;
  }
  template <class T>
  JsonWriter& member(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  std::string& out() { return out_; }

 private:
  JsonWriter& open(char bracket) {
    comma();
    out_.push_back(bracket);
    need_comma_ = false;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_.push_back(bracket);
    need_comma_ = true;
    return *this;
  }
  void comma() {
    if (need_comma_) out_.push_back(',');
    need_comma_ = true;
  }
  void quoted(std::string_view text);

  std::string& out_;
  bool need_comma_ = false;
};

}  // namespace penstock::http
