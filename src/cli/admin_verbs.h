#pragma once

#include <cstdint>
#include <span>

#include "http/message.h"

namespace penstock::cli {

/// How the texts of an option become JSON.
enum class OptionKind : std::uint8_t {
  text,
  number,
  flag,
  grants,      ///< PATTERN=read,write
  partitions,  ///< ID=points.read,pointvalues.write
  states,      ///< Labels, in the order of their keys.
  tags,        ///< KEY=VALUE
  present,     ///< No value: true where it is given.
  query        ///< Not in the body: a parameter of the query.
};

struct VerbOption {
  const char* flag;
  const char* member;  ///< Of the body, or name of the parameter.
  OptionKind kind;
  const char* help;
};

/// One call of /penstock/v1 as a command.
struct Verb {
  const char* name;  ///< Empty: the group's own name is the command, and this is all of it.
  http::Method method;
  const char* path;        ///< Behind /penstock/v1/; `{word}` is asked for on the command line.
  const char* body_words;  ///< Words that go into the body, separated by commas.
  std::span<const VerbOption> options;
  const char* help;
  bool slow = false;  ///< Looks through much: the answer is waited for an hour.
};

struct VerbGroup {
  const char* name;
  const char* help;
  std::span<const Verb> verbs;
};

std::span<const VerbGroup> verb_groups();

}  // namespace penstock::cli
