#include "dialects/piwebapi/batch_read.h"

// Every error of the parser has to be looked at: without exceptions, what would throw does not compile.
#define SIMDJSON_EXCEPTIONS 0
#include <algorithm>
#include <bit>

#include "base/text.h"
#include "dialects/common/ondemand.h"
#include "http/json.h"

namespace penstock::dialects::piwebapi {
namespace {

namespace od = ondemand;

/// Nesting that is certainly within what the careful reader takes is counted from here.
constexpr int kDepthHere = 4, kNestingMax = 100;

/// Brackets that are open at a time.
int nesting_of(std::string_view json) {
  int open = 0, most = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_text && c == '\\') ++i;
    if (c == '"') in_text = !in_text;
    if (in_text) continue;
    if (c == '{' || c == '[') most = std::max(most, ++open);
    if (c == '}' || c == ']') --open;
  }
  return most;
}

/// What of a sub-request matters here.
struct Parts {
  std::string_view method, resource, content;
  enum class Content : std::uint8_t { none, text, json } kind = Content::none;
  unsigned seen = 0;
};

/// A string as written between its quotes. False if it has escapes, or is no string.
bool read_plain(od::value& value, std::string_view& out) {
  od::json_type type;
  if (value.type().get(type) || type != od::json_type::string) return false;
  const std::string_view token = trim(value.raw_json_token());
  if (token.size() < 2 || token.back() != '"') return false;
  out = token.substr(1, token.size() - 2);
  return out.find('\\') == std::string_view::npos;
}

/// `null`, or nothing in it: as good as absent.
bool is_nothing(od::value& value) {
  od::json_type type;
  if (value.type().get(type)) return false;
  if (type == od::json_type::null) return trim(value.raw_json_token()) == "null";
  od::array array;
  if (type != od::json_type::array || value.get_array().get(array)) return false;
  for (auto element : array) {
    (void)element;
    return false;
  }
  return true;
}

bool read_content(od::value& value, Parts& parts) {
  od::json_type type;
  if (value.type().get(type)) return false;
  if (type == od::json_type::string) {
    const std::string_view token = trim(value.raw_json_token());
    if (token.size() < 2 || token.back() != '"') return false;
    parts.content = token.substr(1, token.size() - 2);
    parts.kind = Parts::Content::text;
    return true;
  }
  parts.kind = Parts::Content::json;
  od::object object;
  od::array array;
  if (type == od::json_type::object) {
    if (value.get_object().get(object) || object.raw_json().get(parts.content)) return false;
  } else if (type == od::json_type::array) {
    if (value.get_array().get(array) || array.raw_json().get(parts.content)) return false;
  } else {
    parts.kind = Parts::Content::none;
    return !od::read_over(value, kDepthHere);
  }
  parts.content = trim(parts.content);
  return true;
}

enum Name : unsigned {
  kMethod = 1,
  kResource = 2,
  kContent = 4,
  kParents = 8,
  kParameters = 16,
  kTemplate = 32
};

/// 0: a member that does not matter.
unsigned name_of(std::string_view key) {
  if (iequals(key, "Method")) return kMethod;
  if (iequals(key, "Resource")) return kResource;
  if (iequals(key, "Content")) return kContent;
  if (iequals(key, "ParentIds")) return kParents;
  if (iequals(key, "Parameters")) return kParameters;
  if (iequals(key, "RequestTemplate")) return kTemplate;
  return 0;
}

bool read_key(od::field& field, std::string_view& key) {
  // The key up to the quote that ends it: the parser has found that it ends.
  const char* const begin = field.key().raw();
  const char* at = begin;
  while (*at != '"' && *at != '\\') ++at;
  key = {begin, static_cast<std::size_t>(at - begin)};
  return *at == '"';
}

bool read_parts(od::object& members, Parts& parts) {
  for (auto element : members) {
    od::field field;
    std::string_view key;
    if (std::move(element).get(field) || !read_key(field, key)) return false;
    od::value& value = field.value();
    const unsigned name = name_of(key);
    if ((parts.seen & name) != 0) return false;  // Of a repeated name the last counts: plan_batch knows.
    parts.seen |= name;
    switch (name) {
      case kMethod:
        if (!read_plain(value, parts.method)) return false;
        break;
      case kResource:
        if (!read_plain(value, parts.resource)) return false;
        break;
      case kContent:
        if (!read_content(value, parts)) return false;
        break;
      case kParents:
      case kParameters:
      case kTemplate:
        if (!is_nothing(value)) return false;
        break;
      default:
        if (od::read_over(value, kDepthHere)) return false;
    }
  }
  return true;
}

/// Takes `text` off the front.
bool take(std::string_view& from, std::string_view text) {
  if (from.substr(0, text.size()) != text) return false;
  from.remove_prefix(text.size());
  return true;
}

/// The write that a sub-request is, if it is one.
std::optional<IndependentRequest::Write> simple_write(const Parts& parts) {
  if (parts.method != "POST" || parts.kind == Parts::Content::none) return std::nullopt;
  if (trim(parts.resource) != parts.resource) return std::nullopt;
  IndependentRequest::Write write;
  std::string_view rest = parts.resource;
  if (take(rest, "http://") || take(rest, "https://")) {
    rest.remove_prefix(std::min(rest.find_first_of("/?"), rest.size()));
  }
  // As local_target has it: a slash and the door's name may be left out.
  take(rest, "/");
  take(rest, "piwebapi/");
  if (!take(rest, "streams/")) return std::nullopt;
  const std::size_t end = rest.find('/');
  if (end == std::string_view::npos) return std::nullopt;
  write.webid = rest.substr(0, end);
  rest.remove_prefix(end);
  write.is_list = take(rest, "/recorded");
  if (!write.is_list && !take(rest, "/value")) return std::nullopt;
  if (!rest.empty() && !take(rest, "?")) return std::nullopt;
  write.query = rest;
  std::string_view content = parts.content;
  if (write.is_list) {
    if (content.size() < 2 || content.front() != '[' || content.back() != ']') return std::nullopt;
    content = content.substr(1, content.size() - 2);
  }
  const Quotes quotes = parts.kind == Parts::Content::text ? Quotes::escaped : Quotes::plain;
  if (!read_timed_text(content, quotes, write.value)) return std::nullopt;
  return write;
}

/// Ids that were there already.
class Ids {
 public:
  explicit Ids(std::size_t count) : slots_(std::bit_ceil(count * 2 + 2)) {}

  bool insert(std::string_view id) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    hash ^= hash >> 29;
    for (std::size_t at = hash;; ++at) {
      std::string_view& slot = slots_[at & (slots_.size() - 1)];
      if (slot.data() == nullptr) {
        slot = id;
        return true;
      }
      if (slot == id) return false;
    }
  }

 private:
  std::vector<std::string_view> slots_;
};

bool ids_are_different(const std::vector<IndependentRequest>& requests) {
  Ids ids{requests.size()};
  for (const IndependentRequest& request : requests) {
    if (!ids.insert(request.id)) return false;
  }
  return true;
}

bool read_all(od::document& document, std::size_t limit, std::vector<IndependentRequest>& requests) {
  od::json_type type;
  od::object object;
  if (document.type().get(type) || type != od::json_type::object || document.get_object().get(object)) {
    return false;
  }
  for (auto element : object) {
    od::field field;
    if (std::move(element).get(field) || requests.size() >= limit) return false;
    IndependentRequest& request = requests.emplace_back();
    if (!read_key(field, request.id)) return false;
    od::value& value = field.value();
    if (value.type().get(type) || type != od::json_type::object) return false;
    const char* const begin = value.raw_json_token().data();
    od::object members;
    Parts parts;
    if (value.get_object().get(members) || !read_parts(members, parts)) return false;
    const char* end;
    if (document.current_location().get(end)) return false;
    request.raw = trim({begin, static_cast<std::size_t>(end - begin)});
    // A path into another answer depends on it.
    const std::string_view resource = trim(parts.resource);
    if (resource.empty() || resource.front() == '$') return false;
    request.write = simple_write(parts);
    // What was not read to its end may be no JSON at all.
    if (!request.write && (nesting_of(request.raw) > kNestingMax || !json::parse(request.raw))) return false;
  }
  return od::at_end(document) && ids_are_different(requests);
}

}  // namespace

std::optional<std::vector<IndependentRequest>> read_independent(const http::Body& body, std::size_t limit) {
  thread_local od::parser parser;
  od::document document;
  if (parser.iterate(od::padded(body)).get(document)) return std::nullopt;
  std::vector<IndependentRequest> requests;
  requests.reserve(body.size() / 200 + 1);
  if (!read_all(document, limit, requests)) return std::nullopt;
  return requests;
}

}  // namespace penstock::dialects::piwebapi
