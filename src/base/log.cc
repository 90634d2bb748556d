#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

#include "base/text.h"

namespace penstock::log {
namespace {

spdlog::level::level_enum translate(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    case Level::critical: return spdlog::level::critical;
  }
  return spdlog::level::info;
}

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made =
        std::make_shared<spdlog::logger>("penstock", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern(R"({"ts":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::debug);
    return made;
  }();
  return *instance;
}

}  // namespace

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  if (!logger().should_log(translate(level))) return;
  std::string line = "\"msg\":";
  append_json_quoted(line, message);
  for (const Field& field : fields) {
    line.push_back(',');
    append_json_quoted(line, field.name);
    line.push_back(':');
    if (field.is_number) {
      line.append(std::to_string(field.number));
    } else {
      append_json_quoted(line, field.text);
    }
  }
  logger().log(translate(level), "{}", line);
}

void set_level(Level level) {
  logger().set_level(translate(level));
}

}  // namespace penstock::log
