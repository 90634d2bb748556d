#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "dialects/energyview/errors.h"
#include "dialects/energyview/render.h"
#include "dialects/energyview/v2/wire.h"
#include "http/json_writer.h"

namespace penstock::dialects::energyview::v2 {

/// Plain text; `realm` stands in the challenge of a 401. A conflict is 400 here.
http::Response render_refusal(const Refusal& refusal, std::string_view realm);

void append_series(http::JsonWriter& w, const SeriesView& series);

/// *"Overview"*, "Things". `children` are the nodes right below it.
void append_thing(http::JsonWriter& w, const catalog::EvDomain& domain, const catalog::EvNode& node,
                  const catalog::EvNode* parent, const std::vector<const catalog::EvNode*>& children);

/// `[{"v":…,"ts":"…"}]` on the clock of a zone; UTC is `Z`.
http::Response render_rows(const Rows& rows, Zone zone);

}  // namespace penstock::dialects::energyview::v2
