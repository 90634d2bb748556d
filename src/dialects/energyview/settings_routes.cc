#include "base/text.h"
#include "dialects/energyview/body.h"
#include "dialects/energyview/door.h"
#include "dialects/energyview/render.h"
#include "dialects/energyview/resolve.h"
#include "http/json.h"
#include "http/json_writer.h"

namespace penstock::dialects::energyview {
namespace {

constexpr std::size_t kSettingsBytesMax = 64u << 10, kIdBytesMax = 64, kPathPartsMax = 32;

using Path = std::vector<std::string>;

/// A dotted path: "control.heating.curve". Empty: the whole.
Checked<Path> parse_path(std::string_view text) {
  Path path;
  if (text.empty()) return path;
  for (const std::string_view part : split(text, '.')) {
    if (part.empty() || path.size() == kPathPartsMax) {
      return refuse(Code::invalid_parameter, "path", "Must be at most 32 words with dots between");
    }
    path.emplace_back(part);
  }
  return path;
}

const json::Value* find_below(const json::Value& tree, const Path& path) {
  const json::Value* at = &tree;
  for (std::size_t i = 0; i < path.size() && at != nullptr; ++i) at = at->find(path[i]);
  return at;
}

/// The tree with `value` at the path; what stands in its way is replaced.
json::Value with_value(const json::Value& tree, const Path& path, std::size_t depth,
                       const json::Value& value) {
  if (depth == path.size()) return value;
  json::Value::Object members = tree.object();
  for (json::Member& member : members) {
    if (member.name != path[depth]) continue;
    member.value = with_value(member.value, path, depth + 1, value);
    return json::Value{std::move(members)};
  }
  members.push_back({path[depth], with_value(json::Value{}, path, depth + 1, value)});
  return json::Value{std::move(members)};
}

/// Where a tree of settings is kept, in any of the names of a node. Errors: not_found, invalid_parameter.
Checked<std::string> row_name(const catalog::Tables& tables, const std::string& domain,
                              const Target& target) {
  std::string id{target.node};
  if (target.kind == "node") {
    const auto ref = parse_node_text(target.node, "node");
    const catalog::EvNode* const node = ref ? find_node(tables, domain, *ref) : nullptr;
    if (node == nullptr) return refuse(Code::not_found, {}, "There is no node " + id.substr(0, kIdBytesMax));
    id = std::to_string(node->id);
  }
  if (id.size() > kIdBytesMax) return refuse(Code::invalid_parameter, "id", "The id is too long");
  return "energyview/" + domain + "/" + std::string{target.kind} + "/" + id;
}

json::Value tree_of(const catalog::Tables& tables, const std::string& name) {
  const catalog::SettingRow* const row = tables.settings.find(name);
  if (row == nullptr) return json::Value{json::Value::Object{}};
  auto tree = json::parse(row->value);
  return tree ? std::move(*tree) : json::Value{json::Value::Object{}};
}

/// What is put where.
struct Setting {
  Path path;
  json::Value value;
  bool as_form = false;  ///< Form in, `{"value":…}` out; JSON in, 204 out.
};

Checked<Setting> parse_setting(const http::Request& request) {
  Setting setting;
  if (iequals(media_type(request), "application/x-www-form-urlencoded")) {
    const auto form = http::Parameters::parse(request.body.view());
    const auto path = form.find("path"), value = form.find("value");
    if (!path || path->empty()) return refuse(Code::missing_parameter, "path", "path is required");
    if (!value) return refuse(Code::missing_parameter, "value", "value is required");
    TRY(setting.path, parse_path(*path));
    auto parsed = json::parse(*value);
    setting.value = parsed ? std::move(*parsed) : json::Value{std::string{*value}};
    setting.as_form = true;
    return setting;
  }
  const auto document = json::parse(request.body);
  if (!document) return tl::unexpected(refusal_of(document.error()));
  const json::Value *const path = document->find("path"), *const value = document->find("value");
  const auto text = path != nullptr ? path->as_string() : std::nullopt;
  if (!text || text->empty()) return refuse(Code::missing_parameter, "path", "path is required");
  if (value == nullptr) return refuse(Code::missing_parameter, "value", "value is required");
  TRY(setting.path, parse_path(*text));
  setting.value = *value;
  return setting;
}

}  // namespace

/// *"API reference, settings"*.
http::Response EnergyView::get_settings(const http::Request& request, const Target& target,
                                        const Call& call) const {
  const auto parameters = request.parameters();
  const auto path = parse_path(parameters.find("path").value_or(""));
  if (!path) return render_refusal(path.error());
  if (!call.caller->may(auth::Right::read, "EV." + call.domain + ".")) {
    return render_refusal(refusal_of(Error{ErrorCode::forbidden, {}, {}}));
  }
  json::Value tree;
  {
    const auto tables = house_.archive.catalog();
    const auto name = row_name(*tables, call.domain, target);
    if (!name) return render_refusal(name.error());
    tree = tree_of(*tables, *name);
  }
  const json::Value* const found = find_below(tree, *path);
  if (found == nullptr) return render_refusal({Code::not_found, "path", "Nothing is set there"});
  if (parameters.find("extract") == "1") return json_answer(200, found->to_string());
  return json_answer(200, with_value(json::Value{}, *path, 0, *found).to_string());
}

/// *"API reference, settings"* for forms, *"Update Node Settings"* for JSON.
Task<http::Response> EnergyView::put_settings(const http::Request& request, const Target& target,
                                              const Call& call) {
  auto setting = parse_setting(request);
  if (!setting) co_return render_refusal(setting.error());
  if (!call.caller->may(auth::Right::write, "EV." + call.domain + ".")) {
    co_return render_refusal(refusal_of(Error{ErrorCode::forbidden, {}, {}}));
  }
  std::string name;
  {
    const auto tables = house_.archive.catalog();
    const auto found = row_name(*tables, call.domain, target);
    if (!found) co_return render_refusal(found.error());
    name = *found;
  }
  http::Response answer;
  answer.status = 204;
  if (setting->as_form) {
    std::string body;
    http::JsonWriter w{body};
    w.object_begin().key("value");
    setting->value.write(w);
    w.object_end();
    answer = json_answer(200, std::move(body));
  }
  archive::Archive::Edit edit = [name,
                                 setting = std::move(*setting)](catalog::Editor& editor) -> Result<void> {
    catalog::SettingRow row;
    row.name = name;
    row.value = with_value(tree_of(editor.tables(), name), setting.path, 0, setting.value).to_string();
    if (row.value.size() > kSettingsBytesMax) {
      return fail(ErrorCode::limit_exceeded, {}, "There may be 64 KiB of settings");
    }
    editor.put(row);
    return {};
  };
  http::Response response = co_await commit(std::move(edit), std::move(answer), call);
  co_return response;
}

}  // namespace penstock::dialects::energyview
