#include "base/metrics.h"

#include <charconv>
#include <map>
#include <memory>
#include <mutex>

namespace penstock::metrics {
namespace {

struct Family {
  std::string help;
  std::map<std::string, std::unique_ptr<Counter>> counters;       // By rendered labels.
  std::map<std::string, std::function<std::uint64_t()>> counted;  // The same, of others.
  std::function<double()> read;                                   // Set for a gauge.
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;
};

Registry& registry() {
  static auto* instance = new Registry;  // Never destroyed: counters are used until the last thread ends.
  return *instance;
}

std::string render_labels(Labels labels) {
  if (labels.size() == 0) return {};
  std::string out = "{";
  for (const auto& [name, value] : labels) {
    if (out.size() > 1) out.push_back(',');
    out.append(name).append("=\"");
    for (const char c : value) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c == '\n' ? ' ' : c);
    }
    out.push_back('"');
  }
  out.push_back('}');
  return out;
}

}  // namespace

Counter& counter(std::string_view name, std::string_view help, Labels labels) {
  Registry& all = registry();
  const std::lock_guard lock{all.mutex};
  Family& family = all.families[std::string{name}];
  if (family.help.empty()) family.help = help;
  auto& slot = family.counters[render_labels(labels)];
  if (!slot) slot = std::make_unique<Counter>();
  return *slot;
}

void gauge(std::string_view name, std::string_view help, std::function<double()> read) {
  Registry& all = registry();
  const std::lock_guard lock{all.mutex};
  Family& family = all.families[std::string{name}];
  family.help = help;
  family.read = std::move(read);
}

void counter(std::string_view name, std::string_view help, Labels labels,
             std::function<std::uint64_t()> read) {
  Registry& all = registry();
  const std::lock_guard lock{all.mutex};
  Family& family = all.families[std::string{name}];
  family.help = help;
  family.counted[render_labels(labels)] = std::move(read);
}

void remove(std::string_view name) {
  Registry& all = registry();
  const std::lock_guard lock{all.mutex};
  if (const auto at = all.families.find(name); at != all.families.end()) all.families.erase(at);
}

std::string render() {
  Registry& all = registry();
  const std::lock_guard lock{all.mutex};
  std::string out;
  for (const auto& [name, family] : all.families) {
    out.append("# HELP ").append(name).append(" ").append(family.help).append("\n# TYPE ").append(name);
    out.append(family.read ? " gauge\n" : " counter\n");
    if (family.read) {
      char text[32];
      const auto end = std::to_chars(text, text + sizeof text, family.read()).ptr;
      out.append(name).append(" ").append(text, end).append("\n");
    }
    for (const auto& [labels, value] : family.counters) {
      out.append(name).append(labels).append(" ").append(std::to_string(value->value())).append("\n");
    }
    for (const auto& [labels, read] : family.counted) {
      out.append(name).append(labels).append(" ").append(std::to_string(read())).append("\n");
    }
  }
  return out;
}

}  // namespace penstock::metrics
