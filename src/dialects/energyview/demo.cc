#include "dialects/energyview/demo.h"

namespace penstock::dialects::energyview {

Result<void> seed_demo(catalog::Editor& editor, Timestamp now) {
  const catalog::Tables& tables = editor.tables();
  if (tables.energyview.domains.find("demo") == nullptr) {
    TRY_VOID(catalog::put_domain(editor, {"demo", "UTC"}));
  }
  const catalog::EvNode* known = tables.energyview.nodes.find("demo", 1);
  catalog::EvNode node;
  if (known != nullptr) {
    node = *known;
  } else {
    catalog::NewEvNode wanted;
    wanted.domain = "demo";
    wanted.id = 1;
    wanted.name = "Demo building";
    TRY(node, catalog::add_ev_node(editor, wanted));
  }
  if (!tables.addresses.find(Door::energyview, catalog::ev_address("demo", 1, "outdoortemp"))) {
    TRY_VOID(catalog::add_ev_series(editor, node, "outdoortemp", now));
  }
  return {};
}

}  // namespace penstock::dialects::energyview
