#include "dialects/piwebapi/wire.h"

#include "base/text.h"

namespace penstock::dialects::piwebapi {

std::optional<UpdateOption> parse_update_option(std::string_view text) {
  struct Name {
    std::string_view text, number;
    UpdateOption option;
  };
  static constexpr Name kNames[] = {
      {"Replace", "0", UpdateOption::replace},
      {"Insert", "1", UpdateOption::insert},
      {"NoReplace", "2", UpdateOption::no_replace},
      {"ReplaceOnly", "3", UpdateOption::replace_only},
      {"InsertNoCompression", "5", UpdateOption::insert_no_compression},
      {"Remove", "6", UpdateOption::remove},
  };
  for (const Name& name : kNames) {
    if (iequals(text, name.text) || text == name.number) return name.option;
  }
  return std::nullopt;
}

std::optional<BufferOption> parse_buffer_option(std::string_view text) {
  if (iequals(text, "DoNotBuffer") || text == "0") return BufferOption::do_not_buffer;
  if (iequals(text, "BufferIfPossible") || text == "1") return BufferOption::buffer_if_possible;
  if (iequals(text, "Buffer") || text == "2") return BufferOption::buffer;
  return std::nullopt;
}

UpdateMode mode_of(UpdateOption option) {
  switch (option) {
    case UpdateOption::replace: return UpdateMode::replace;
    case UpdateOption::insert:
    case UpdateOption::no_replace: return UpdateMode::insert;
    case UpdateOption::replace_only: return UpdateMode::replace_only;
    case UpdateOption::insert_no_compression: return UpdateMode::insert_no_compression;
    case UpdateOption::remove: return UpdateMode::remove;
  }
  return UpdateMode::replace;
}

}  // namespace penstock::dialects::piwebapi
