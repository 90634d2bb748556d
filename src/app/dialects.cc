#include "app/dialects.h"

#include "dialects/buildingx/buildingx.h"
#include "dialects/energyview/energyview.h"
#include "dialects/omf/omf.h"
#include "dialects/piwebapi/piwebapi.h"

namespace penstock::app {

namespace {

dialects::piwebapi::Settings piwebapi_settings(const Settings& settings) {
  using dialects::piwebapi::DuplicateReports;
  dialects::piwebapi::Settings made;
  const auto& reports = settings.text("piwebapi.report_duplicate_conflicts");
  made.report_duplicate_conflicts = reports == "never"    ? DuplicateReports::never
                                    : reports == "always" ? DuplicateReports::always
                                                          : DuplicateReports::direct;
  made.max_returned_items = static_cast<std::size_t>(settings.integer("piwebapi.max_returned_items"));
  made.max_write_items = static_cast<std::size_t>(settings.integer("piwebapi.max_write_items"));
  made.max_request_body = static_cast<std::size_t>(settings.integer("piwebapi.max_request_body"));
  made.batch_limit = static_cast<std::size_t>(settings.integer("piwebapi.batch_limit"));
  made.max_channels = static_cast<std::size_t>(settings.integer("piwebapi.max_channels"));
  made.max_update_registrations =
      static_cast<std::size_t>(settings.integer("piwebapi.max_update_registrations"));
  made.update_lifetime_s = settings.integer("piwebapi.update_lifetime_seconds");
  made.disable_writes = settings.flag("piwebapi.disable_writes");
  made.compressing_default = settings.flag("points.compressing_default");
  return made;
}

dialects::omf::Settings omf_settings(const Settings& settings) {
  using namespace dialects::omf;
  dialects::omf::Settings made;
  const auto& shape = settings.text("omf.event_shape");
  made.event_shape = shape == "example"     ? EventShape::example
                     : shape == "reference" ? EventShape::reference
                                            : EventShape::both;
  if (settings.text("omf.create_mode") == "no_replace") made.create_mode = CreateMode::no_replace;
  return made;
}

dialects::buildingx::Settings buildingx_settings(const Settings& settings) {
  dialects::buildingx::Settings made;
  made.auto_create_points = settings.flag("buildingx.auto_create_points");
  made.lenient_content_type = settings.flag("buildingx.lenient_content_type");
  made.absolute_links = settings.flag("buildingx.absolute_links");
  made.max_future_s = settings.integer("buildingx.max_future_seconds");
  return made;
}

dialects::energyview::Settings energyview_settings(const Settings& settings) {
  using namespace dialects::energyview;
  dialects::energyview::Settings made;
  const auto& create = settings.text("energyview.auto_create");
  made.auto_create = create == "nodes"  ? AutoCreate::nodes
                     : create == "tags" ? AutoCreate::tags
                                        : AutoCreate::none;
  if (settings.text("energyview.on_duplicate") == "reject") made.on_duplicate = OnDuplicate::reject;
  if (settings.text("energyview.single_reply") == "object") made.single_reply = SingleReply::object;
  made.max_read_points = static_cast<std::size_t>(settings.integer("energyview.max_read_points"));
  made.rate_limit = settings.integer("energyview.rate_limit");
  return made;
}

}  // namespace

Doors open_doors(dialects::House& house, const Settings& settings) {
  Doors::List list;
  list[kPiWebApi] = dialects::piwebapi::make_piwebapi(house, piwebapi_settings(settings));
  list[kOmf] = dialects::omf::make_omf(house, omf_settings(settings));
  list[kBuildingX] = dialects::make_buildingx(house, buildingx_settings(settings));
  list[kEnergyView] = dialects::make_energyview(house, energyview_settings(settings));
  return Doors{std::move(list)};
}

}  // namespace penstock::app
