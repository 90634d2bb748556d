#include "base/clock.h"
#include "dialects/piwebapi/render.h"
#include "dialects/piwebapi/routes.h"

namespace penstock::dialects::piwebapi {

/// *PI Web API Reference, "Home Get"*. Clients use it to see that the server is alive.
http::Response get_home(Call& call) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Links").object_begin();
  json.member("Self", call.naming.base + "/");
  json.member("AssetServers", call.naming.link("assetservers"));
  json.member("DataServers", call.naming.link("dataservers"));
  json.member("System", call.naming.link("system"));
  json.object_end().object_end();
  return answer(call, std::move(body));
}

/// *PI Web API Reference, "System Landing"*.
http::Response get_system(Call& call) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  json.member("ProductTitle", "Penstock").member("ProductVersion", kProductVersion);
  json.key("Links").object_begin();
  json.member("Self", call.naming.link("system"));
  json.member("CacheInstances", call.naming.link("system/cacheinstances"));
  json.member("Configuration", call.naming.link("system/configuration"));
  json.member("Status", call.naming.link("system/status"));
  json.member("UserInfo", call.naming.link("system/userinfo"));
  json.member("Versions", call.naming.link("system/versions"));
  json.object_end().object_end();
  return answer(call, std::move(body));
}

/// *PI Web API Reference, "System Status"*.
http::Response get_system_status(Call& call) {
  static const std::int64_t started_ns = steady_clock_ns();
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  json.member("State", "Running");
  json.member("ServerTime", format_trimmed(call.now.floor_to(kNsPerTick)));
  json.member("UpTimeInMinutes", static_cast<double>((steady_clock_ns() - started_ns) / kNsPerSecond) / 60.0);
  json.member("CacheInstances", 0);
  json.object_end();
  return answer(call, std::move(body));
}

/// *PI Web API Reference, "System Versions"*.
http::Response get_system_versions(Call& call) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin().key("Penstock").object_begin();
  json.member("FullVersion", kProductVersion);
  json.member("MajorMinorRevision", kProductVersion.substr(0, kProductVersion.rfind('.')));
  json.member("Build", "0");
  json.object_end().object_end();
  return answer(call, std::move(body));
}

/// *PI Web API Reference, "System UserInfo"*.
http::Response get_user_info(Call& call) {
  std::string body;
  http::JsonWriter json{body};
  json.object_begin();
  json.member("IdentityType", "Basic");
  json.member("Name", call.caller.name);
  json.member("IsAuthenticated", true);
  json.member("SID", "");
  json.member("ImpersonationLevel", "None");
  json.object_end();
  return answer(call, std::move(body));
}

}  // namespace penstock::dialects::piwebapi
