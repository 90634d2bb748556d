#include "cli/admin_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <span>

#include "base/text.h"
#include "cli/admin_verbs.h"
#include "http/client.h"
#include "http/json.h"
#include "http/json_writer.h"

namespace penstock::cli {

namespace {

/// Where the server is and who asks; the same for all commands.
struct Connection {
  std::string url = "http://127.0.0.1:8080", user, password, ca_file;
  bool insecure = false, json = false;
};

struct Flags {
  const Verb* verb = nullptr;
  Connection connection;
  std::map<std::string, std::string, std::less<>> words;               // By the name in the path or body.
  std::map<std::string, std::vector<std::string>, std::less<>> given;  // By member name.
};

int complain(const std::string& sentence, int code) {
  std::cerr << "penstock: " << sentence << std::endl;
  return code;
}

/// "LINE1.*=read,write" → {"points":"LINE1.*","rights":["read","write"]}
Result<void> write_rights(http::JsonWriter& w, std::string_view subject, const std::string& text) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    return fail(ErrorCode::invalid_argument, text, "give it as NAME=right,right");
  }
  w.object_begin().member(subject, text.substr(0, equals)).key("rights").array_begin();
  for (const auto word : split(std::string_view{text}.substr(equals + 1), ',')) w.value(trim(word));
  w.array_end().object_end();
  return {};
}

Result<void> write_option(http::JsonWriter& w, const VerbOption& option,
                          const std::vector<std::string>& values) {
  w.key(option.member);
  switch (option.kind) {
    case OptionKind::text: w.value(values.back()); return {};
    case OptionKind::flag: {
      const bool on = values.back() == "true" || values.back() == "yes" || values.back() == "on";
      w.value(on);
      return {};
    }
    case OptionKind::number:
      // Sent as it is: the server says what is wrong with it.
      if (values.back().empty() || values.back().find_first_not_of("0123456789") != std::string::npos) {
        return fail(ErrorCode::invalid_argument, option.flag, "must be a whole number");
      }
      w.raw(values.back());
      return {};
    case OptionKind::grants:
    case OptionKind::partitions:
      w.array_begin();
      for (const auto& value : values) {
        TRY_VOID(write_rights(w, option.kind == OptionKind::grants ? "points" : "id", value));
      }
      w.array_end();
      return {};
    case OptionKind::states:
      w.array_begin();
      for (const auto& value : values) w.value(value);
      w.array_end();
      return {};
    case OptionKind::tags:
      w.object_begin();
      for (const auto& value : values) {
        const std::size_t equals = value.find('=');
        if (equals == std::string::npos) {
          return fail(ErrorCode::invalid_argument, option.flag, "give it as KEY=VALUE");
        }
        w.member(value.substr(0, equals), value.substr(equals + 1));
      }
      w.object_end();
      return {};
    case OptionKind::present: w.value(true); return {};
    case OptionKind::query: return {};
  }
  return {};
}

/// The verb's path with its words in it, and what goes into the query.
std::string target_of(const Flags& flags) {
  std::string target = "/penstock/v1";
  for (const auto part : split(flags.verb->path, '/')) {
    target += '/';
    if (part.starts_with('{')) {
      target += http::percent_encode(flags.words.find(part.substr(1, part.size() - 2))->second);
    } else {
      target += part;
    }
  }
  char separator = '?';
  for (const VerbOption& option : flags.verb->options) {
    const auto at = flags.given.find(option.member);
    if (option.kind != OptionKind::query || at == flags.given.end()) continue;
    target += std::string(1, separator) + option.member + "=" + http::percent_encode(at->second.back());
    separator = '&';
  }
  return target;
}

Result<std::string> body_of(const Flags& flags) {
  std::string body;
  http::JsonWriter w{body};
  w.object_begin();
  for (const auto name : split(flags.verb->body_words, ',')) {
    if (!name.empty()) w.member(name, flags.words.find(name)->second);
  }
  for (const VerbOption& option : flags.verb->options) {
    const auto at = flags.given.find(option.member);
    if (at == flags.given.end() || option.kind == OptionKind::query) continue;
    TRY_VOID(write_option(w, option, at->second));
  }
  w.object_end();
  return body;
}

std::string cell(const json::Value& value) {
  if (value.is_null()) return "-";
  if (const auto text = value.as_string()) return text->empty() ? "-" : std::string{*text};
  return value.to_string();
}

/// Rows under the names of the first one's members.
void print_rows(const json::Value::Array& items) {
  if (items.empty()) return;
  std::vector<std::vector<std::string>> rows(1);
  for (const auto& member : items.front().object()) rows[0].push_back(member.name);
  for (const auto& item : items) {
    auto& row = rows.emplace_back();
    for (const auto& name : rows[0]) {
      const auto* value = item.find(name);
      row.push_back(value == nullptr ? "-" : cell(*value));
    }
  }
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    std::cout << line << '\n';
  }
}

void print_members(const json::Value& object, const std::string& prefix) {
  for (const auto& member : object.object()) {
    if (member.value.is_object()) {
      print_members(member.value, prefix + member.name + ".");
    } else {
      std::cout << prefix << member.name << ": " << cell(member.value) << '\n';
    }
  }
}

void print_answer(const http::Response& answer, bool as_json) {
  if (answer.body.empty()) return;
  if (!answer.headers.get("Content-Type").starts_with("application/json")) {
    std::cout << answer.body << std::flush;
    return;
  }
  const auto document = json::parse(answer.body);
  if (as_json || !document) {
    std::cout << answer.body << std::endl;
    return;
  }
  if (const auto* items = document->find("items"); items != nullptr && items->is_array()) {
    print_rows(items->array());
    for (const auto& member : document->object()) {
      if (member.name == "items") continue;
      std::cerr << (member.name == "after" ? "there are more: after " : member.name + ": ")
                << cell(member.value) << '\n';
    }
  } else {
    print_members(*document, "");
  }
  std::cout << std::flush;
}

/// The sentence of a refusal, in one line.
std::string refusal(const http::Response& answer) {
  std::string sentence = "the server answered " + std::to_string(answer.status);
  const auto document = json::parse(answer.body);
  if (!document) return sentence;
  if (const auto* error = document->find("error"); error != nullptr && error->as_string()) {
    sentence += ": " + std::string{*error->as_string()};
  }
  if (const auto* where = document->find("where"); where != nullptr && where->as_string()) {
    sentence += " (" + std::string{*where->as_string()} + ")";
  }
  return sentence;
}

int run(const Flags& flags) {
  const Connection& connection = flags.connection;
  std::string path;
  auto options = http::Client::parse_url(connection.url, &path);
  if (!options) return complain("--url: " + options.error().detail, 2);
  if (connection.user.empty()) return complain("--user: an administrator's name is needed", 2);
  options->verify = !connection.insecure;
  options->ca_file = connection.ca_file;
  if (flags.verb->slow) options->timeout_ms = 3'600'000;
  http::Headers headers;
  headers.add("Authorization", "Basic " + base64_encode(connection.user + ":" + connection.password));
  std::string body;
  if (flags.verb->method != http::Method::get && flags.verb->method != http::Method::del) {
    auto made = body_of(flags);
    if (!made) return complain(made.error().where + ": " + made.error().detail, 2);
    body = std::move(*made);
    headers.add("Content-Type", "application/json");
  }
  while (path.ends_with('/')) path.pop_back();
  http::Client client{*options};
  const auto answer = client.send(flags.verb->method, path + target_of(flags), headers, body);
  if (!answer) return complain(connection.url + ": " + answer.error().detail, 1);
  if (answer->status >= 300) return complain(refusal(*answer), 1);
  print_answer(*answer, connection.json);
  return 0;
}

void add_connection(CLI::App& command, Connection& connection) {
  command.add_option("--url", connection.url, "The server.")
      ->envname("PENSTOCK_ADMIN_URL")
      ->capture_default_str()
      ->group("Server");
  command.add_option("--user", connection.user, "Who asks: a principal with the right admin.")
      ->envname("PENSTOCK_ADMIN_USER")
      ->group("Server");
  command.add_option("--password", connection.password, "The password.")
      ->envname("PENSTOCK_ADMIN_PASSWORD")
      ->group("Server");
  command.add_flag("--insecure", connection.insecure, "Do not check the server's certificate.")
      ->group("Server");
  command.add_option("--ca-file", connection.ca_file, "Check it with this certificate (PEM).")
      ->group("Server");
  command.add_flag("--json", connection.json, "Print the answer as it came.")->group("Server");
}

void add_verb(CLI::App* command, const Verb& verb, int& code) {
  auto flags = std::make_shared<Flags>();
  flags->verb = &verb;
  const auto add_word = [&](std::string_view name) {
    command->add_option(std::string{name}, flags->words[std::string{name}])->required();
  };
  for (const auto part : split(verb.path, '/')) {
    if (part.starts_with('{')) add_word(part.substr(1, part.size() - 2));
  }
  for (const auto name : split(verb.body_words, ',')) {
    if (!name.empty()) add_word(name);
  }
  for (const VerbOption& option : verb.options) {
    const std::string member = option.member;
    if (option.kind == OptionKind::present) {
      command->add_flag_callback(
          option.flag, [flags, member] { flags->given[member] = {"true"}; }, option.help);
      continue;
    }
    command
        ->add_option_function<std::vector<std::string>>(
            option.flag,
            [flags, member](const std::vector<std::string>& values) { flags->given[member] = values; },
            option.help)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  add_connection(*command, flags->connection);
  command->callback([flags, &code] { code = run(*flags); });
}

}  // namespace

void add_administration(CLI::App& app, int& code) {
  for (const VerbGroup& group : verb_groups()) {
    auto* command = app.add_subcommand(group.name, group.help);
    if (group.verbs.size() == 1 && *group.verbs.front().name == '\0') {
      add_verb(command, group.verbs.front(), code);
      continue;
    }
    command->require_subcommand(1);
    for (const Verb& verb : group.verbs) add_verb(command->add_subcommand(verb.name, verb.help), verb, code);
  }
}

}  // namespace penstock::cli
