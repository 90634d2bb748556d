#include "app/configuration.h"

#include <toml++/toml.h>
#include <fstream>
#include <set>
#include <sstream>

#include "base/text.h"

namespace penstock::app {

namespace {

/// Where in the file a node stands.
std::string place(const std::string& name, const toml::source_region& region) {
  return name + ":" + std::to_string(region.begin.line);
}

auto refuse(const std::string& name, const toml::node& node, std::string detail) {
  return fail(ErrorCode::invalid_argument, place(name, node.source()), std::move(detail));
}

Result<std::string> text_of(const std::string& name, const toml::node& node, std::string_view key) {
  if (const auto* text = node.as_string()) return text->get();
  return refuse(name, node, std::string{key} + " must be a text");
}

Result<std::vector<std::string>> texts_of(const std::string& name, const toml::node& node,
                                          std::string_view key) {
  const auto* array = node.as_array();
  if (array == nullptr) return refuse(name, node, std::string{key} + " must be a list of texts");
  std::vector<std::string> texts;
  for (const auto& item : *array) {
    TRY(auto text, text_of(name, item, key));
    texts.push_back(std::move(text));
  }
  return texts;
}

/// The value of a setting as text, whatever TOML type says it.
Result<std::string> setting_text(const std::string& name, const toml::node& node, std::string_view key) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return std::string{flag->get() ? "true" : "false"};
  if (node.is_array()) {
    TRY(const auto texts, texts_of(name, node, key));
    std::string joined;
    for (const auto& text : texts) joined += (joined.empty() ? "" : ",") + text;
    return joined;
  }
  return refuse(name, node, std::string{key} + " has a type that no setting has");
}

std::optional<std::uint8_t> parse_right(std::string_view word) {
  if (word == "read") return static_cast<std::uint8_t>(auth::Right::read);
  if (word == "write") return static_cast<std::uint8_t>(auth::Right::write);
  if (word == "admin") return static_cast<std::uint8_t>(auth::Right::admin);
  return std::nullopt;
}

Result<auth::Grant> parse_grant(const std::string& name, const toml::node& node) {
  const auto* table = node.as_table();
  if (table == nullptr)
    return refuse(name, node, "a grant is a table { points = \"*\", rights = [\"read\"] }");
  auth::Grant grant;
  for (const auto& [key, value] : *table) {
    if (key == "points") {
      TRY(grant.pattern, text_of(name, value, "points"));
    } else if (key == "rights") {
      TRY(const auto words, texts_of(name, value, "rights"));
      for (const auto& word : words) {
        const auto right = parse_right(word);
        if (!right) return refuse(name, value, "a right is read, write or admin, not '" + word + "'");
        grant.rights |= *right;
      }
    } else {
      return refuse(name, value, "unknown key '" + std::string{key.str()} + "' in a grant");
    }
  }
  if (grant.pattern.empty() || grant.rights == 0)
    return refuse(name, node, "a grant needs points and rights");
  return grant;
}

Result<void> parse_partition(const std::string& name, const toml::node& node, auth::Principal& principal) {
  const auto* table = node.as_table();
  if (table == nullptr) return refuse(name, node, "a partition is a table { id = …, rights = […] }");
  std::string id;
  auth::PartitionRights rights;
  for (const auto& [key, value] : *table) {
    if (key == "id") {
      TRY(id, text_of(name, value, "id"));
    } else if (key == "rights") {
      TRY(const auto words, texts_of(name, value, "rights"));
      for (const auto& word : words) {
        if (word == "points.read") {
          rights.read_points = true;
        } else if (word == "pointvalues.read") {
          rights.read_values = true;
        } else if (word == "pointvalues.write") {
          rights.write_values = true;
        } else {
          return refuse(
              name, value,
              "a partition right is points.read, pointvalues.read or pointvalues.write, not '" + word + "'");
        }
      }
    } else {
      return refuse(name, value, "unknown key '" + std::string{key.str()} + "' in a partition");
    }
  }
  if (!Uuid::parse(id)) return refuse(name, node, "a partition needs an id, a UUID");
  principal.partitions[to_lower(id)] = rights;
  return {};
}

Result<auth::Credential> parse_login(const std::string& name, const toml::node& node) {
  const auto* table = node.as_table();
  if (table == nullptr) return refuse(name, node, "a login is a table { kind = …, id = …, secret = … }");
  auth::Credential credential;
  std::string kind;
  for (const auto& [key, value] : *table) {
    if (key == "kind") {
      TRY(kind, text_of(name, value, "kind"));
    } else if (key == "id") {
      TRY(credential.id, text_of(name, value, "id"));
    } else if (key == "secret") {
      TRY(credential.secret_hash, text_of(name, value, "secret"));
    } else {
      return refuse(name, value, "unknown key '" + std::string{key.str()} + "' in a login");
    }
  }
  if (kind == "password") {
    credential.kind = auth::Credential::Kind::password;
  } else if (kind == "client") {
    credential.kind = auth::Credential::Kind::client;
  } else if (kind == "key") {
    credential.kind = auth::Credential::Kind::key;
  } else {
    return refuse(name, node, "the kind of a login is password, client or key");
  }
  if (credential.id.empty())
    return refuse(name, node, "a login needs an id: user, client, or EnergyView domain");
  if (credential.secret_hash.rfind("$argon2id$", 0) != 0) {
    return refuse(name, node,
                  "the secret of a login is what `penstock hash-secret` prints; it begins with $argon2id$");
  }
  return credential;
}

Result<void> parse_principal(const std::string& name, const toml::node& node, ConfigurationFile& file,
                             std::set<std::string>& names) {
  const auto* table = node.as_table();
  if (table == nullptr) return refuse(name, node, "principals are tables: [[principals]]");
  auto principal = std::make_shared<auth::Principal>();
  principal->number = kFirstPrincipal + static_cast<std::uint32_t>(names.size());
  std::vector<auth::Credential> logins;
  for (const auto& [key, value] : *table) {
    const auto* array = value.as_array();
    if (key == "name") {
      TRY(principal->name, text_of(name, value, "name"));
    } else if (key == "domain") {
      TRY(principal->domain, text_of(name, value, "domain"));
    } else if (key == "grants" && array != nullptr) {
      for (const auto& item : *array) {
        TRY(auto grant, parse_grant(name, item));
        principal->grants.push_back(std::move(grant));
      }
    } else if (key == "partitions" && array != nullptr) {
      for (const auto& item : *array) TRY_VOID(parse_partition(name, item, *principal));
    } else if (key == "logins" && array != nullptr) {
      for (const auto& item : *array) {
        TRY(auto login, parse_login(name, item));
        logins.push_back(std::move(login));
      }
    } else {
      return refuse(name, value,
                    "unknown key, or wrong type: '" + std::string{key.str()} + "' in a principal");
    }
  }
  if (principal->name.empty()) return refuse(name, node, "a principal needs a name");
  if (!names.insert(principal->name).second) {
    return refuse(name, node, "two principals are named '" + principal->name + "'");
  }
  for (auto& login : logins) {
    if (login.kind == auth::Credential::Kind::key && principal->domain.empty()) principal->domain = login.id;
  }
  for (auto& login : logins) {
    login.principal = principal;
    file.credentials.push_back(std::move(login));
  }
  return {};
}

Result<void> parse_point(const std::string& name, const toml::node& node, ConfigurationFile& file) {
  const auto* table = node.as_table();
  if (table == nullptr) return refuse(name, node, "points are tables: [[buildingx.points]]");
  BuildingXPoint point;
  point.where = place(name, node.source());
  for (const auto& [key, value] : *table) {
    if (key == "partition") {
      TRY(point.partition, text_of(name, value, "partition"));
    } else if (key == "id") {
      TRY(point.id, text_of(name, value, "id"));
    } else if (key == "name") {
      TRY(point.name, text_of(name, value, "name"));
    } else if (key == "data_type") {
      TRY(point.data_type, text_of(name, value, "data_type"));
    } else if (key == "unit") {
      TRY(point.unit, text_of(name, value, "unit"));
    } else if (key == "states") {
      TRY(point.states, texts_of(name, value, "states"));
    } else {
      return refuse(name, value, "unknown key '" + std::string{key.str()} + "' in a Building X point");
    }
  }
  if (!Uuid::parse(point.partition) || !Uuid::parse(point.id)) {
    return refuse(name, node, "a Building X point needs partition and id, both UUIDs");
  }
  static const std::set<std::string, std::less<>> kTypes = {"number", "boolean", "string", "enum"};
  if (!kTypes.contains(point.data_type)) {
    return refuse(name, node, "data_type is number, boolean, string or enum, not '" + point.data_type + "'");
  }
  file.points.push_back(std::move(point));
  return {};
}

Result<void> parse_domain(const std::string& name, const toml::node& node, ConfigurationFile& file) {
  const auto* table = node.as_table();
  if (table == nullptr) return refuse(name, node, "domains are tables: [[energyview.domains]]");
  EnergyViewDomain domain;
  domain.where = place(name, node.source());
  for (const auto& [key, value] : *table) {
    if (key == "name") {
      TRY(domain.name, text_of(name, value, "name"));
    } else if (key == "timezone") {
      TRY(domain.timezone, text_of(name, value, "timezone"));
    } else {
      return refuse(name, value, "unknown key '" + std::string{key.str()} + "' in a domain");
    }
  }
  if (domain.name.empty()) return refuse(name, node, "a domain needs a name");
  file.domains.push_back(std::move(domain));
  return {};
}

/// The setting that a key of the file names, by our name or by that of the vendor's product.
const Setting* setting_of(std::string_view prefix, std::string_view key) {
  if (const auto* own = find_setting(std::string{prefix} + std::string{key})) return own;
  return prefix.empty() || prefix == "piwebapi." ? find_product_setting(key) : nullptr;
}

/// Everything below one table whose members are settings, `prefix` before their names.
Result<void> parse_settings(const std::string& name, const toml::table& table, const std::string& prefix,
                            ConfigurationFile& file, std::set<std::string>& principals) {
  for (const auto& [key, value] : table) {
    const std::string full = prefix + std::string{key.str()};
    const auto* array = value.as_array();
    if (full == "principals" && array != nullptr) {
      for (const auto& item : *array) TRY_VOID(parse_principal(name, item, file, principals));
    } else if (full == "buildingx.points" && array != nullptr) {
      for (const auto& item : *array) TRY_VOID(parse_point(name, item, file));
    } else if (full == "energyview.domains" && array != nullptr) {
      for (const auto& item : *array) TRY_VOID(parse_domain(name, item, file));
    } else if (const auto* setting = setting_of(prefix, key.str())) {
      TRY(auto text, setting_text(name, value, full));
      // The product's EnableCSRFDefense is true or false.
      if (setting->name == "csrf_defense" && value.is_boolean()) text = text == "true" ? "strict" : "off";
      const auto given = place(name, value.source());
      if (!file.values.emplace(setting->name, Given{std::move(text), given}).second) {
        return fail(ErrorCode::invalid_argument, given, "'" + full + "' sets what is set already");
      }
    } else if (const auto* inner = value.as_table(); inner != nullptr && prefix.empty()) {
      TRY_VOID(parse_settings(name, *inner, full + ".", file, principals));
    } else {
      return fail(ErrorCode::invalid_argument, place(name, key.source()), "unknown key '" + full + "'");
    }
  }
  return {};
}

auth::PrincipalPtr demo_principal(std::uint32_t number, const char* name, std::uint8_t rights) {
  using enum auth::Right;
  auto principal = std::make_shared<auth::Principal>();
  principal->number = number;
  principal->name = name;
  principal->grants = {{"*", rights}};
  const bool writes = (rights & static_cast<std::uint8_t>(write)) != 0;
  principal->partitions["5a6b1d0e-0000-4000-8000-000000000001"] = {true, true, writes};
  principal->domain = "demo";
  return principal;
}

}  // namespace

Result<ConfigurationFile> parse_configuration(std::string_view text, const std::string& name) {
  toml::table document;
  try {
    document = toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_argument, place(name, error.source()), std::string{error.description()});
  }
  ConfigurationFile file;
  std::set<std::string> principals;
  TRY_VOID(parse_settings(name, document, "", file, principals));
  return file;
}

Result<ConfigurationFile> load_configuration(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) return fail(ErrorCode::not_found, path, "the configuration file can't be read");
  std::ostringstream text;
  text << in.rdbuf();
  return parse_configuration(text.str(), path);
}

std::vector<auth::Credential> demo_credentials() {
  using enum auth::Right;
  using Kind = auth::Credential::Kind;
  const auto demo =
      demo_principal(1, "demo", static_cast<std::uint8_t>((read | write) | static_cast<std::uint8_t>(admin)));
  const auto viewer = demo_principal(2, "viewer", static_cast<std::uint8_t>(read));
  // One hash serves all logins of one secret: hashing is slow on purpose.
  const auto demo_hash = auth::hash_secret("demo-secret");
  const auto viewer_hash = auth::hash_secret("viewer-secret");
  return {
      {Kind::password, "demo", demo_hash, demo},      {Kind::password, "viewer", viewer_hash, viewer},
      {Kind::client, "demo-client", demo_hash, demo}, {Kind::client, "viewer-client", viewer_hash, viewer},
      {Kind::key, "demo", demo_hash, demo},           {Kind::key, "demo", viewer_hash, viewer}};
}

std::string render_configuration(const Settings& settings, const std::vector<auth::Credential>& credentials) {
  std::ostringstream out;
  for (const auto& effective : settings.all()) {
    const auto& setting = *effective.setting;
    const bool bare = setting.type == SettingType::integer || setting.type == SettingType::boolean;
    std::string line = std::string{setting.name} + " = ";
    line += bare ? effective.value : "\"" + effective.value + "\"";
    out << line << std::string(line.size() < 58 ? 58 - line.size() : 1, ' ') << "# "
        << to_string(effective.origin);
    if (!effective.where.empty() && effective.origin != Origin::flag) out << " " << effective.where;
    out << "\n";
  }
  for (const auto& credential : credentials) {
    static constexpr std::string_view kKinds[] = {"password", "client", "key"};
    out << "# login: " << kKinds[static_cast<std::size_t>(credential.kind)] << " " << credential.id
        << " / (secret) is " << credential.principal->name << ":";
    for (const auto& grant : credential.principal->grants) {
      out << " " << ((grant.rights & 1) != 0 ? "r" : "") << ((grant.rights & 2) != 0 ? "w" : "")
          << ((grant.rights & 4) != 0 ? "a" : "") << " on " << grant.pattern;
    }
    out << "\n";
  }
  return out.str();
}

}  // namespace penstock::app
