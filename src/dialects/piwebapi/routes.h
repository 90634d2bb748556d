#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/task.h"
#include "dialects/piwebapi/call.h"

namespace penstock::dialects::piwebapi {

using Handler = Task<http::Response> (*)(Call&);

enum class Access : std::uint8_t {
  read,   ///< Any known caller; rights are asked for per point.
  write,  ///< As read, and refused where writes are disabled.
  admin   ///< Callers with admin rights over everything.
};

struct Route {
  http::Method method;
  std::string_view
      path;  ///< Behind `/piwebapi/`; `{}` is any one segment. Literals match in any letter case.
  Access access;
  bool in_batch;  ///< May be a sub-request of a batch.
  Handler handler;
};

std::span<const Route> routes();

/// The row for a request, or null; `allow` then has the methods that the path knows ("GET, POST"), empty for
/// an unknown path.
const Route* find_route(http::Method method, const std::vector<std::string>& segments, std::string& allow);

// home.cc, servers.cc, points.cc
http::Response get_home(Call& call);
http::Response get_system(Call& call);
http::Response get_system_status(Call& call);
http::Response get_system_versions(Call& call);
http::Response get_user_info(Call& call);
http::Response get_data_servers(Call& call);
http::Response get_data_server(Call& call);
http::Response get_server_points(Call& call);
Task<http::Response> post_point(Call& call);
http::Response get_point_by_path(Call& call);
http::Response get_point(Call& call);
http::Response get_point_attributes(Call& call);
http::Response get_point_attribute(Call& call);
// point_lists.cc, point_changes.cc
http::Response get_points_multiple(Call& call);
http::Response get_points_search(Call& call);
Task<http::Response> patch_point(Call& call);
Task<http::Response> put_point_attribute(Call& call);
Task<http::Response> delete_point(Call& call);
// enumeration_changes.cc
Task<http::Response> post_server_set(Call& call);
Task<http::Response> patch_set(Call& call);
Task<http::Response> delete_set(Call& call);
Task<http::Response> post_set_value(Call& call);
Task<http::Response> patch_state(Call& call);
Task<http::Response> delete_state(Call& call);
// asset_sets.cc
Task<http::Response> post_database_set(Call& call);
Task<http::Response> patch_asset_set(Call& call);
Task<http::Response> delete_asset_set(Call& call);
Task<http::Response> post_asset_value(Call& call);
Task<http::Response> patch_asset_value(Call& call);
Task<http::Response> delete_asset_value(Call& call);
// asset_changes.cc, attribute_changes.cc
Task<http::Response> post_database(Call& call);
Task<http::Response> patch_database(Call& call);
Task<http::Response> delete_database(Call& call);
Task<http::Response> post_database_element(Call& call);
Task<http::Response> post_element_element(Call& call);
Task<http::Response> patch_element(Call& call);
Task<http::Response> delete_element(Call& call);
Task<http::Response> post_element_attribute(Call& call);
Task<http::Response> post_attribute_attribute(Call& call);
Task<http::Response> patch_attribute(Call& call);
Task<http::Response> delete_attribute(Call& call);
// enumerations.cc
http::Response get_server_sets(Call& call);
http::Response get_database_sets(Call& call);
http::Response get_set_by_path(Call& call);
http::Response get_set(Call& call);
http::Response get_set_values(Call& call);
http::Response get_state_by_path(Call& call);
http::Response get_state(Call& call);
// assets.cc
http::Response get_asset_servers(Call& call);
http::Response get_asset_server(Call& call);
http::Response get_databases(Call& call);
http::Response get_database_by_path(Call& call);
http::Response get_database(Call& call);
http::Response get_element_by_path(Call& call);
http::Response get_element(Call& call);
http::Response get_no_event_frames(Call& call);
http::Response get_attribute_by_path(Call& call);
http::Response get_attribute(Call& call);
http::Response get_attribute_value(Call& call);
Task<http::Response> put_attribute_value(Call& call);
// asset_lists.cc, asset_search.cc, asset_config.cc
http::Response get_database_elements(Call& call);
http::Response get_element_elements(Call& call);
http::Response get_element_attributes(Call& call);
http::Response get_attribute_attributes(Call& call);
http::Response get_elements_multiple(Call& call);
http::Response get_attributes_multiple(Call& call);
http::Response get_elements_search(Call& call);
http::Response get_attributes_search(Call& call);
Task<http::Response> post_element_config(Call& call);
Task<http::Response> post_attribute_config(Call& call);
// categories.cc
http::Response get_database_categories(Call& call);
http::Response get_category_by_path(Call& call);
http::Response get_category(Call& call);
http::Response get_object_categories(Call& call);
Task<http::Response> post_category(Call& call);
Task<http::Response> patch_category(Call& call);
Task<http::Response> delete_category(Call& call);
// templates.cc, template_changes.cc
http::Response get_database_templates(Call& call);
http::Response get_element_template_by_path(Call& call);
http::Response get_element_template(Call& call);
http::Response get_template_attributes(Call& call);
http::Response get_attribute_template_by_path(Call& call);
http::Response get_attribute_template(Call& call);
http::Response get_attribute_template_attributes(Call& call);
Task<http::Response> post_element_template(Call& call);
Task<http::Response> patch_element_template(Call& call);
Task<http::Response> delete_element_template(Call& call);
Task<http::Response> post_template_attribute(Call& call);
Task<http::Response> post_attribute_template_attribute(Call& call);
Task<http::Response> patch_attribute_template(Call& call);
Task<http::Response> delete_attribute_template(Call& call);
// reads.cc; the kinds of reads stand in reads.h
http::Response get_stream_value(Call& call);
// streamsets.cc
http::Response get_joined(Call& call);
// configuration.cc
http::Response get_configuration(Call& call);
http::Response get_configuration_property(Call& call);
http::Response get_cache_instances(Call& call);
http::Response get_system_metrics(Call& call);
// calculation.cc
http::Response get_calculation_at_intervals(Call& call);
http::Response get_calculation_at_recorded(Call& call);
http::Response get_calculation_at_times(Call& call);
http::Response get_calculation_summary(Call& call);
// channels.cc
http::Response get_stream_channel(Call& call);
http::Response get_children_channel(Call& call);
http::Response get_streams_channel(Call& call);
// updates.cc
http::Response register_stream_updates(Call& call);
http::Response get_stream_updates(Call& call);
http::Response register_streamset_updates(Call& call);
http::Response get_streamset_updates(Call& call);
// writes.cc
Task<http::Response> write_stream_value(Call& call);
Task<http::Response> write_stream_recorded(Call& call);
// streamset_writes.cc
Task<http::Response> write_streamset_value(Call& call);
Task<http::Response> write_streamset_recorded(Call& call);
Task<http::Response> write_adhoc_value(Call& call);
Task<http::Response> write_adhoc_recorded(Call& call);
// batch.cc
Task<http::Response> post_batch(Call& call);

}  // namespace penstock::dialects::piwebapi
