#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "catalog/ev_series.h"
#include "catalog/table.h"
#include "model/point.h"

namespace penstock::catalog {

class Editor;
struct Tables;
struct AddressRow;

/// One isolated store of nodes; the first part of every EnergyView path.
struct EvDomain {
  static constexpr TableId kTable = TableId::ev_domains;
  std::string name;
  std::string timezone = "UTC";  ///< IANA name; times without an offset are read in it.
  Uuid seed{};                   ///< What the UUIDs of its series and users are made from; see ev_series.h.

  std::string key() const { return name; }
  void encode(ByteWriter& out) const;
  static std::optional<EvDomain> decode(std::string_view key, ByteReader& in);
};

/// A node has a number inside its domain and a UUID that is unique everywhere. Its series are the addresses
/// `<domain>/<id>/<tag>` of Door::energyview. Key: domain, a zero byte, the id big-endian.
struct EvNode {
  static constexpr TableId kTable = TableId::ev_nodes;
  std::string domain;
  std::uint64_t id = 0;
  Uuid uuid;
  bool made_by_uuid = false;  ///< Which of the two stands in the PI tags of its series.
  std::string name, description, device, designation;
  std::string dataif;           ///< A client's own foreign key.
  std::string state;            ///< "in-use", "pre-installation", or what a client wrote.
  std::string deployment_date;  ///< As written.
  std::string provision;        ///< The last body that provisioned the node. It has no effect.
  bool is_public = false, enabled = true;
  std::int64_t interval_s = 0;
  std::uint64_t parent = 0;                                   ///< The id of a node of the domain; 0: none.
  std::vector<std::pair<std::string, std::string>> metadata;  ///< Key and value, in the order added.
  std::vector<std::string> labels;                            ///< API v2 calls them tags.
  std::uint32_t creator = 0;                                  ///< Number of a principal; 0: not known.

  static std::string key_of(std::string_view domain, std::uint64_t id);
  std::string key() const { return key_of(domain, id); }
  void encode(ByteWriter& out) const;
  static std::optional<EvNode> decode(std::string_view key, ByteReader& in);
};

struct UuidHash {
  std::size_t operator()(const Uuid& id) const {
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(id.bytes), 16});
  }
};

class EvNodes final : public Table<EvNode> {
 public:
  const EvNode* find(std::string_view domain, std::uint64_t id) const;
  const EvNode* find(const Uuid& uuid) const;                    ///< In any domain.
  std::vector<const EvNode*> of(std::string_view domain) const;  ///< By id.

 private:
  void added(const EvNode& row) override { by_uuid_[row.uuid] = &row; }
  void removing(const EvNode& row) override { by_uuid_.erase(row.uuid); }
  std::unordered_map<Uuid, const EvNode*, UuidHash> by_uuid_;
};

/// Rows that only the EnergyView door understands.
struct EnergyViewTables {
  Table<EvDomain> domains;
  EvNodes nodes;
  Table<EvSeries> series;

  /// Calls `f(TableId, TableBase&)` for each table, so that the catalog can load them.
  template <class F>
  void each(F&& f) {
    f(TableId::ev_domains, domains);
    f(TableId::ev_nodes, nodes);
    f(TableId::ev_series, series);
  }
};

/// The first id that is given to a node made by its UUID alone, so that a client's own small numbers never
/// land in it.
constexpr std::uint64_t kFirstUuidNodeId = 1'000'000'000;

/// Adds a domain or changes its time zone; its seed is chosen once. The first path segment of other doors is
/// refused as a name.
/// Errors: invalid_argument.
Result<void> put_domain(Editor& editor, const EvDomain& domain);

/// Takes a domain away, with its settings. Errors: not_found; conflict (it has nodes).
Result<void> erase_domain(Editor& editor, std::string_view name);

struct NewEvNode {
  std::string domain;
  std::optional<std::uint64_t> id;
  std::optional<Uuid> uuid;  ///< Absent: a random one.
  std::string name, device = "auto", designation = "data";
};

/// Makes a node. Errors: not_found (no such domain), conflict (id or UUID taken), invalid_argument.
Result<EvNode> add_ev_node(Editor& editor, const NewEvNode& wanted);

/// Makes the point of a series, Float64 with the PI tag `EV.<domain>.<node>.<tag>`, and binds its address.
/// Errors: conflict (the series exists), invalid_argument (a tag has 1 to 128 of [A-Za-z0-9_-]).
Result<PointId> add_ev_series(Editor& editor, const EvNode& node, std::string_view tag, Timestamp now);

/// Gives a node exactly these tags. A tag that it loses keeps its samples, out of sight until the node has it
/// again. Errors: as add_ev_series.
Result<void> assign_ev_tags(Editor& editor, const EvNode& node, const std::vector<std::string>& tags,
                            Timestamp now);

/// Takes a node and its series away; nodes below it are then without parent. A point goes with its series if
/// it was made here and no other door addresses it, otherwise only the address goes.
Result<void> erase_ev_node(Editor& editor, const EvNode& node);

/// Takes one series away, as erase_ev_node does.
Result<void> erase_ev_series(Editor& editor, const AddressRow& address);

/// Moves a series to another node of the domain, under the same tag, or one like it where that is taken.
void move_ev_series(Editor& editor, const AddressRow& address, std::string_view tag, const EvNode& node);

/// A tag that the node does not have yet for a series of that name: the name itself if it can be a tag, else
/// one like it.
std::string free_ev_tag(const Tables& tables, const EvNode& node, std::string_view name);

bool is_ev_tag(std::string_view tag);
bool is_ev_domain(std::string_view name);

/// The address text at Door::energyview. `append_` is for the hot path: it only appends.
void append_ev_address(std::string& out, std::string_view domain, std::uint64_t node, std::string_view tag);
std::string ev_address(std::string_view domain, std::uint64_t node, std::string_view tag);

/// The PI tag that a series is made with: `EV.<domain>.<node>.<tag>`, the node as it was first named.
std::string ev_pi_tag(const EvNode& node, std::string_view tag);

}  // namespace penstock::catalog
