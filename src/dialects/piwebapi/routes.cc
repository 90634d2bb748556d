#include "dialects/piwebapi/routes.h"

#include "base/text.h"
#include "dialects/piwebapi/door.h"
#include "dialects/piwebapi/reads.h"

namespace penstock::dialects::piwebapi {
namespace {

using http::Method;

template <http::Response (*F)(Call&)>
Task<http::Response> at_once(Call& call) {
  co_return F(call);
}

using Reader = http::Response (*)(Call&);

/// Reads that may take long run on threads of their own, so that the connection's thread serves others.
Task<http::Response> aside(Call& call, Reader read) {
  http::Response response;
  auto work = [&] { response = read(call); };
  auto run = call.door.readers().run(work);
  const bool ran = co_await run;
  if (!ran) co_return error_response(503, "The server is busy with long reads. Try again later.");
  if (call.was_late) {
    co_return error_response(408, "The read took longer than the maximum allowed (" +
                                      std::to_string(call.settings.server_read_timeout_s) + " s).");
  }
  co_return std::move(response);
}

template <http::Response (*F)(Call&)>
Task<http::Response> at_length(Call& call) {
  co_return co_await aside(call, F);
}

template <MakeRead F>
constexpr bool kOneValue = F == make_value_read || F == make_end_read || F == make_recorded_at_time_read;

/// True if the answer is small and no filter has to look for it.
template <MakeRead F>
bool is_quick(const Call& call) {
  if constexpr (kOneValue<F>) return true;
  if constexpr (F == make_recorded_read) {
    constexpr std::int64_t kQuick = 2'000;
    return !call.parameter("filterExpression") && call.number("maxCount", 1'000, 1).value_or(0) <= kQuick;
  }
  return false;
}

template <MakeRead F>
Task<http::Response> of_stream(Call& call) {
  if (is_quick<F>(call)) co_return read_stream(call, F);
  const Reader read = [](Call& long_call) { return read_stream(long_call, F); };
  co_return co_await aside(call, read);
}
template <MakeRead F>
Task<http::Response> of_children(Call& call) {
  const Reader read = [](Call& long_call) { return read_children(long_call, F); };
  co_return co_await aside(call, read);
}
template <MakeRead F>
Task<http::Response> of_streams(Call& call) {
  constexpr std::size_t kQuick = 64;  // Streams with a value each.
  if (kOneValue<F> && call.query.items().size() <= kQuick) co_return read_streams(call, F);
  const Reader read = [](Call& long_call) { return read_streams(long_call, F); };
  co_return co_await aside(call, read);
}

// Reading this table tells what the door offers; the most used rows first.
constexpr Route kRoutes[] = {
    {Method::post, "streams/{}/value", Access::write, true, write_stream_value},
    {Method::post, "streams/{}/recorded", Access::write, true, write_stream_recorded},
    {Method::put, "streams/{}/value", Access::write, true, write_stream_value},
    {Method::post, "streamsets/value", Access::write, true, write_adhoc_value},
    {Method::post, "streamsets/recorded", Access::write, true, write_adhoc_recorded},
    {Method::post, "streamsets/{}/value", Access::write, true, write_streamset_value},
    {Method::post, "streamsets/{}/recorded", Access::write, true, write_streamset_recorded},
    {Method::post, "batch", Access::read, false, post_batch},
    {Method::get, "streams/{}/value", Access::read, true, of_stream<make_value_read>},
    {Method::get, "streams/{}/end", Access::read, true, of_stream<make_end_read>},
    {Method::get, "streams/{}/recorded", Access::read, true, of_stream<make_recorded_read>},
    {Method::get, "streams/{}/recordedattime", Access::read, true, of_stream<make_recorded_at_time_read>},
    {Method::get, "streams/{}/recordedattimes", Access::read, true, of_stream<make_recorded_at_times_read>},
    {Method::get, "streams/{}/interpolated", Access::read, true, of_stream<make_interpolated_read>},
    {Method::get, "streams/{}/interpolatedattimes", Access::read, true,
     of_stream<make_interpolated_at_times_read>},
    {Method::get, "streams/{}/plot", Access::read, true, of_stream<make_plot_read>},
    {Method::get, "streams/{}/summary", Access::read, true, of_stream<make_summary_read>},

    {Method::get, "streamsets/{}/value", Access::read, true, of_children<make_value_read>},
    {Method::get, "streamsets/{}/end", Access::read, true, of_children<make_end_read>},
    {Method::get, "streamsets/{}/recorded", Access::read, true, of_children<make_recorded_read>},
    {Method::get, "streamsets/{}/recordedattime", Access::read, true,
     of_children<make_recorded_at_time_read>},
    {Method::get, "streamsets/{}/recordedattimes", Access::read, true,
     of_children<make_recorded_at_times_read>},
    {Method::get, "streamsets/{}/interpolated", Access::read, true, of_children<make_interpolated_read>},
    {Method::get, "streamsets/{}/interpolatedattimes", Access::read, true,
     of_children<make_interpolated_at_times_read>},
    {Method::get, "streamsets/{}/plot", Access::read, true, of_children<make_plot_read>},
    {Method::get, "streamsets/{}/summary", Access::read, true, of_children<make_summary_read>},
    {Method::get, "streamsets/value", Access::read, true, of_streams<make_value_read>},
    {Method::get, "streamsets/end", Access::read, true, of_streams<make_end_read>},
    {Method::get, "streamsets/recorded", Access::read, true, of_streams<make_recorded_read>},
    {Method::get, "streamsets/recordedattime", Access::read, true, of_streams<make_recorded_at_time_read>},
    {Method::get, "streamsets/recordedattimes", Access::read, true, of_streams<make_recorded_at_times_read>},
    {Method::get, "streamsets/interpolated", Access::read, true, of_streams<make_interpolated_read>},
    {Method::get, "streamsets/interpolatedattimes", Access::read, true,
     of_streams<make_interpolated_at_times_read>},
    {Method::get, "streamsets/plot", Access::read, true, of_streams<make_plot_read>},
    {Method::get, "streamsets/summary", Access::read, true, of_streams<make_summary_read>},
    {Method::get, "calculation/intervals", Access::read, true, at_length<get_calculation_at_intervals>},
    {Method::get, "calculation/recorded", Access::read, true, at_length<get_calculation_at_recorded>},
    {Method::get, "calculation/times", Access::read, true, at_length<get_calculation_at_times>},
    {Method::get, "calculation/summary", Access::read, true, at_length<get_calculation_summary>},
    {Method::get, "streams/{}/channel", Access::read, false, at_once<get_stream_channel>},
    {Method::get, "streamsets/channel", Access::read, false, at_once<get_streams_channel>},
    {Method::get, "streamsets/{}/channel", Access::read, false, at_once<get_children_channel>},
    {Method::post, "streams/{}/updates", Access::read, true, at_once<register_stream_updates>},
    {Method::get, "streams/updates/{}", Access::read, true, at_once<get_stream_updates>},
    {Method::post, "streamsets/updates", Access::read, true, at_once<register_streamset_updates>},
    {Method::get, "streamsets/updates", Access::read, true, at_once<get_streamset_updates>},
    {Method::get, "streamsets/joined", Access::read, true, at_length<get_joined>},

    {Method::get, "", Access::read, true, at_once<get_home>},
    {Method::get, "system", Access::read, true, at_once<get_system>},
    {Method::get, "system/userinfo", Access::read, true, at_once<get_user_info>},
    {Method::get, "system/status", Access::admin, true, at_once<get_system_status>},
    {Method::get, "system/versions", Access::admin, true, at_once<get_system_versions>},
    {Method::get, "system/configuration", Access::admin, true, at_once<get_configuration>},
    {Method::get, "system/configuration/{}", Access::admin, true, at_once<get_configuration_property>},
    {Method::get, "system/activeconfiguration", Access::admin, true, at_once<get_configuration>},
    {Method::get, "system/cacheinstances", Access::admin, true, at_once<get_cache_instances>},
    {Method::get, "system/metrics", Access::admin, true, at_once<get_system_metrics>},

    {Method::get, "dataservers", Access::read, true, at_once<get_data_servers>},
    {Method::get, "dataservers/{}", Access::read, true, at_once<get_data_server>},
    {Method::get, "dataservers/{}/points", Access::read, true, at_once<get_server_points>},
    {Method::post, "dataservers/{}/points", Access::write, true, post_point},
    {Method::get, "dataservers/{}/enumerationsets", Access::read, true, at_once<get_server_sets>},
    {Method::post, "dataservers/{}/enumerationsets", Access::write, true, post_server_set},

    {Method::get, "points", Access::read, true, at_once<get_point_by_path>},
    {Method::get, "points/multiple", Access::read, true, at_once<get_points_multiple>},
    {Method::get, "points/search", Access::read, true, at_once<get_points_search>},
    {Method::get, "points/{}", Access::read, true, at_once<get_point>},
    {Method::get, "points/{}/attributes", Access::read, true, at_once<get_point_attributes>},
    {Method::get, "points/{}/attributes/{}", Access::read, true, at_once<get_point_attribute>},
    {Method::put, "points/{}/attributes/{}", Access::write, true, put_point_attribute},
    {Method::patch, "points/{}", Access::write, true, patch_point},
    {Method::del, "points/{}", Access::write, true, delete_point},

    {Method::get, "enumerationsets", Access::read, true, at_once<get_set_by_path>},
    {Method::get, "enumerationsets/{}", Access::read, true, at_once<get_set>},
    {Method::get, "enumerationsets/{}/enumerationvalues", Access::read, true, at_once<get_set_values>},
    {Method::get, "enumerationvalues", Access::read, true, at_once<get_state_by_path>},
    {Method::get, "enumerationvalues/{}", Access::read, true, at_once<get_state>},
    {Method::patch, "enumerationsets/{}", Access::write, true, patch_set},
    {Method::del, "enumerationsets/{}", Access::write, true, delete_set},
    {Method::post, "enumerationsets/{}/enumerationvalues", Access::write, true, post_set_value},
    {Method::patch, "enumerationvalues/{}", Access::write, true, patch_state},
    {Method::del, "enumerationvalues/{}", Access::write, true, delete_state},

    {Method::get, "assetservers", Access::read, true, at_once<get_asset_servers>},
    {Method::get, "assetservers/{}", Access::read, true, at_once<get_asset_server>},
    {Method::get, "assetservers/{}/assetdatabases", Access::read, true, at_once<get_databases>},
    {Method::get, "assetdatabases", Access::read, true, at_once<get_database_by_path>},
    {Method::get, "assetdatabases/{}", Access::read, true, at_once<get_database>},
    {Method::get, "assetdatabases/{}/elements", Access::read, true, at_once<get_database_elements>},
    {Method::get, "assetdatabases/{}/eventframes", Access::read, true, at_once<get_no_event_frames>},
    {Method::get, "elements", Access::read, true, at_once<get_element_by_path>},
    {Method::get, "elements/multiple", Access::read, true, at_once<get_elements_multiple>},
    {Method::get, "elements/search", Access::read, true, at_once<get_elements_search>},
    {Method::get, "elements/{}", Access::read, true, at_once<get_element>},
    {Method::get, "elements/{}/elements", Access::read, true, at_once<get_element_elements>},
    {Method::get, "elements/{}/attributes", Access::read, true, at_once<get_element_attributes>},
    {Method::get, "elements/{}/eventframes", Access::read, true, at_once<get_no_event_frames>},
    {Method::get, "attributes", Access::read, true, at_once<get_attribute_by_path>},
    {Method::get, "attributes/multiple", Access::read, true, at_once<get_attributes_multiple>},
    {Method::get, "attributes/search", Access::read, true, at_once<get_attributes_search>},
    {Method::get, "attributes/{}", Access::read, true, at_once<get_attribute>},
    {Method::get, "attributes/{}/attributes", Access::read, true, at_once<get_attribute_attributes>},
    {Method::get, "attributes/{}/value", Access::read, true, at_once<get_attribute_value>},
    {Method::put, "attributes/{}/value", Access::write, true, put_attribute_value},
    {Method::post, "assetservers/{}/assetdatabases", Access::write, true, post_database},
    {Method::patch, "assetdatabases/{}", Access::write, true, patch_database},
    {Method::del, "assetdatabases/{}", Access::write, true, delete_database},
    {Method::post, "assetdatabases/{}/elements", Access::write, true, post_database_element},
    {Method::post, "elements/{}/elements", Access::write, true, post_element_element},
    {Method::patch, "elements/{}", Access::write, true, patch_element},
    {Method::del, "elements/{}", Access::write, true, delete_element},
    {Method::post, "elements/{}/attributes", Access::write, true, post_element_attribute},
    {Method::post, "attributes/{}/attributes", Access::write, true, post_attribute_attribute},
    {Method::patch, "attributes/{}", Access::write, true, patch_attribute},
    {Method::del, "attributes/{}", Access::write, true, delete_attribute},

    {Method::get, "assetdatabases/{}/elementcategories", Access::read, true,
     at_once<get_database_categories>},
    {Method::post, "assetdatabases/{}/elementcategories", Access::write, true, post_category},
    {Method::get, "elementcategories", Access::read, true, at_once<get_category_by_path>},
    {Method::get, "elementcategories/{}", Access::read, true, at_once<get_category>},
    {Method::patch, "elementcategories/{}", Access::write, true, patch_category},
    {Method::del, "elementcategories/{}", Access::write, true, delete_category},
    {Method::get, "assetdatabases/{}/attributecategories", Access::read, true,
     at_once<get_database_categories>},
    {Method::post, "assetdatabases/{}/attributecategories", Access::write, true, post_category},
    {Method::get, "attributecategories", Access::read, true, at_once<get_category_by_path>},
    {Method::get, "attributecategories/{}", Access::read, true, at_once<get_category>},
    {Method::patch, "attributecategories/{}", Access::write, true, patch_category},
    {Method::del, "attributecategories/{}", Access::write, true, delete_category},
    {Method::get, "assetdatabases/{}/elementtemplates", Access::read, true, at_once<get_database_templates>},
    {Method::post, "assetdatabases/{}/elementtemplates", Access::write, true, post_element_template},
    {Method::get, "elementtemplates", Access::read, true, at_once<get_element_template_by_path>},
    {Method::get, "elementtemplates/{}", Access::read, true, at_once<get_element_template>},
    {Method::patch, "elementtemplates/{}", Access::write, true, patch_element_template},
    {Method::del, "elementtemplates/{}", Access::write, true, delete_element_template},
    {Method::get, "elementtemplates/{}/attributetemplates", Access::read, true,
     at_once<get_template_attributes>},
    {Method::post, "elementtemplates/{}/attributetemplates", Access::write, true, post_template_attribute},
    {Method::get, "attributetemplates", Access::read, true, at_once<get_attribute_template_by_path>},
    {Method::get, "attributetemplates/{}", Access::read, true, at_once<get_attribute_template>},
    {Method::patch, "attributetemplates/{}", Access::write, true, patch_attribute_template},
    {Method::del, "attributetemplates/{}", Access::write, true, delete_attribute_template},
    {Method::get, "attributetemplates/{}/attributetemplates", Access::read, true,
     at_once<get_attribute_template_attributes>},
    {Method::post, "attributetemplates/{}/attributetemplates", Access::write, true,
     post_attribute_template_attribute},
    {Method::get, "elements/{}/categories", Access::read, true, at_once<get_object_categories>},
    {Method::get, "attributes/{}/categories", Access::read, true, at_once<get_object_categories>},
    {Method::get, "elementtemplates/{}/categories", Access::read, true, at_once<get_object_categories>},
    {Method::get, "attributetemplates/{}/categories", Access::read, true, at_once<get_object_categories>},
    {Method::get, "assetdatabases/{}/enumerationsets", Access::read, true, at_once<get_database_sets>},
    {Method::post, "assetdatabases/{}/enumerationsets", Access::write, true, post_database_set},
    {Method::post, "elements/{}/config", Access::write, true, post_element_config},
    {Method::post, "attributes/{}/config", Access::write, true, post_attribute_config},
};

bool matches(std::string_view path, const std::vector<std::string>& segments) {
  std::size_t at = 0;
  for (const std::string& segment : segments) {
    if (at > path.size() || (at == path.size() && at != 0)) return false;
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part != "{}" && !iequals(part, segment)) return false;
    at = end == path.size() ? path.size() : end + 1;
    if (part.empty()) return false;
  }
  return at == path.size();
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

const Route* find_route(http::Method method, const std::vector<std::string>& segments, std::string& allow) {
  if (method == Method::head) method = Method::get;
  for (const Route& route : kRoutes) {
    if (route.method == method && matches(route.path, segments)) return &route;
  }
  for (const Route& route : kRoutes) {
    if (!matches(route.path, segments)) continue;
    if (!allow.empty()) allow += ", ";
    allow += http::to_string(route.method);
  }
  return nullptr;
}

}  // namespace penstock::dialects::piwebapi
