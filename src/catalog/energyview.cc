#include "catalog/energyview.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "catalog/catalog.h"
#include "catalog/row_codec.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kDomainRow = 2, kNodeRow = 3;
constexpr std::size_t kTagBytesMax = 128, kDomainBytesMax = 64;

/// First path segments that belong to other doors and to the server itself.
constexpr std::array<std::string_view, 11> kTakenNames = {"piwebapi",   "api",     "oauth",      "penstock",
                                                          "partitions", "ingest",  "operations", "accounts",
                                                          "health",     "metrics", ".well-known"};

/// A series that its node has lost stands at its address with this in front of the tag, which no tag can
/// have.
constexpr char kHidden = '~';

std::string hidden_address(const EvNode& node, std::string_view tag) {
  return ev_address(node.domain, node.id, kHidden + std::string{tag});
}

/// The addresses of a node's series, hidden ones too.
std::vector<AddressRow> addresses_of(const Tables& tables, const EvNode& node) {
  const std::string prefix = ev_address(node.domain, node.id, {});
  std::vector<AddressRow> found;
  tables.addresses.each_below(Door::energyview, prefix, {}, [&](const AddressRow& row) {
    found.push_back(row);
    return true;
  });
  return found;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

void EvDomain::encode(ByteWriter& out) const {
  out.u8(kDomainRow);
  out.text(timezone);
  out.fixed(seed);
}

std::optional<EvDomain> EvDomain::decode(std::string_view key, ByteReader& in) {
  const std::uint8_t version = in.u8();
  if (version == 0 || version > kDomainRow) return std::nullopt;
  EvDomain row;
  row.name = key;
  row.timezone = in.text();
  if (version > 1) row.seed = in.fixed<Uuid>();
  return row;
}

std::string EvNode::key_of(std::string_view domain, std::uint64_t id) {
  std::string key{domain};
  key.push_back('\0');
  append_be64(key, id);
  return key;
}

void EvNode::encode(ByteWriter& out) const {
  out.u8(kNodeRow);
  out.fixed(uuid);
  out.u8(made_by_uuid ? 1 : 0);
  for (const std::string* text : {&name, &description, &device, &designation}) out.text(*text);
  for (const std::string* text : {&dataif, &state, &deployment_date, &provision}) out.text(*text);
  out.u8(static_cast<std::uint8_t>((is_public ? 1 : 0) | (enabled ? 2 : 0)));
  out.svarint(interval_s);
  out.varint(parent);
  put_pairs(out, metadata);
  put_texts(out, labels);
  out.varint(creator);
}

std::optional<EvNode> EvNode::decode(std::string_view key, ByteReader& in) {
  const std::size_t zero = key.find('\0');
  if (zero == std::string_view::npos || key.size() != zero + 9) return std::nullopt;
  const std::uint8_t version = in.u8();
  if (version == 0 || version > kNodeRow) return std::nullopt;
  EvNode row;
  row.domain = key.substr(0, zero);
  row.id = read_be64(key.data() + zero + 1);
  row.uuid = in.fixed<Uuid>();
  row.made_by_uuid = in.u8() != 0;
  for (std::string* text : {&row.name, &row.description, &row.device, &row.designation}) *text = in.text();
  if (version == 1) return row;
  for (std::string* text : {&row.dataif, &row.state, &row.deployment_date, &row.provision}) *text = in.text();
  const std::uint8_t flags = in.u8();
  row.is_public = (flags & 1) != 0;
  row.enabled = (flags & 2) != 0;
  row.interval_s = in.svarint();
  row.parent = in.varint();
  row.metadata = get_pairs(in);
  if (version == 2) return row;
  row.labels = get_texts(in);
  row.creator = static_cast<std::uint32_t>(in.varint());
  return row;
}

const EvNode* EvNodes::find(std::string_view domain, std::uint64_t id) const {
  return Table<EvNode>::find(EvNode::key_of(domain, id));
}

const EvNode* EvNodes::find(const Uuid& uuid) const {
  const auto at = by_uuid_.find(uuid);
  return at == by_uuid_.end() ? nullptr : at->second;
}

std::vector<const EvNode*> EvNodes::of(std::string_view domain) const {
  std::vector<const EvNode*> nodes;
  for (auto at = rows().lower_bound(EvNode::key_of(domain, 0)); at != rows().end(); ++at) {
    if (at->second.domain != domain) break;
    nodes.push_back(&at->second);
  }
  return nodes;
}

bool is_ev_tag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kTagBytesMax && std::all_of(tag.begin(), tag.end(), is_name_character);
}

bool is_ev_domain(std::string_view name) {
  if (name.empty() || name.size() > kDomainBytesMax || name.front() == '~') return false;
  for (const std::string_view taken : kTakenNames) {
    if (iequals(name, taken)) return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) { return is_name_character(c) || c == '.'; });
}

void append_ev_address(std::string& out, std::string_view domain, std::uint64_t node, std::string_view tag) {
  char digits[24];
  char* const end = std::to_chars(digits, digits + sizeof digits, node).ptr;
  out.append(domain).push_back('/');
  out.append(digits, end).push_back('/');
  out.append(tag);
}

std::string ev_address(std::string_view domain, std::uint64_t node, std::string_view tag) {
  std::string address;
  append_ev_address(address, domain, node, tag);
  return address;
}

std::string ev_pi_tag(const EvNode& node, std::string_view tag) {
  std::string name = "EV." + node.domain + ".";
  name += node.made_by_uuid ? node.uuid.to_string() : std::to_string(node.id);
  return name.append(".").append(tag);
}

Result<void> put_domain(Editor& editor, const EvDomain& domain) {
  if (!is_ev_domain(domain.name)) {
    return fail(ErrorCode::invalid_argument, "domain", "'" + domain.name + "' can't name a domain");
  }
  const EvDomain* known = editor.tables().energyview.domains.find(domain.name);
  EvDomain row = domain;
  row.seed = known != nullptr && known->seed != Uuid{} ? known->seed : Uuid::random();
  if (known == nullptr || known->timezone != row.timezone || known->seed != row.seed) editor.put(row);
  return {};
}

Result<void> erase_domain(Editor& editor, std::string_view name) {
  const Tables& tables = editor.tables();
  const EvDomain* const known = tables.energyview.domains.find(name);
  if (known == nullptr) return fail(ErrorCode::not_found, {}, "there is no such domain");
  if (!tables.energyview.nodes.of(name).empty()) {
    return fail(ErrorCode::conflict, {}, "the domain has nodes: delete them first");
  }
  const std::string prefix = "energyview/" + known->name + "/";
  std::vector<std::string> settings;
  for (auto at = tables.settings.rows().lower_bound(prefix); at != tables.settings.rows().end(); ++at) {
    if (!at->first.starts_with(prefix)) break;
    settings.push_back(at->first);
  }
  for (std::string& each : settings) editor.erase(SettingRow::kTable, std::move(each));
  editor.erase(EvDomain::kTable, known->key());
  return {};
}

Result<EvNode> add_ev_node(Editor& editor, const NewEvNode& wanted) {
  const EnergyViewTables& tables = editor.tables().energyview;
  if (tables.domains.find(wanted.domain) == nullptr) {
    return fail(ErrorCode::not_found, "domain", "no domain " + wanted.domain);
  }
  if (wanted.id && *wanted.id == 0) return fail(ErrorCode::invalid_argument, "id", "a node id is positive");
  EvNode node;
  node.domain = wanted.domain;
  node.uuid = wanted.uuid ? *wanted.uuid : Uuid::random();
  node.made_by_uuid = !wanted.id && wanted.uuid.has_value();
  node.name = wanted.name;
  node.device = wanted.device;
  node.designation = wanted.designation;
  if (wanted.id) {
    node.id = *wanted.id;
  } else {
    do {
      node.id = kFirstUuidNodeId - 1 + editor.next("energyview." + wanted.domain + ".nodes");
    } while (tables.nodes.find(wanted.domain, node.id) != nullptr);
  }
  if (tables.nodes.find(node.domain, node.id) != nullptr || tables.nodes.find(node.uuid) != nullptr) {
    return fail(ErrorCode::conflict, "uuid", "the node exists already");
  }
  editor.put(node);
  return node;
}

Result<PointId> add_ev_series(Editor& editor, const EvNode& node, std::string_view tag, Timestamp now) {
  if (!is_ev_tag(tag))
    return fail(ErrorCode::invalid_argument, "tag", "a tag has 1 to 128 of A-Z a-z 0-9 _ -");
  const std::string address = ev_address(node.domain, node.id, tag);
  if (editor.tables().addresses.find(Door::energyview, address)) {
    return fail(ErrorCode::conflict, "tag", "the series exists already");
  }
  const std::string hidden = hidden_address(node, tag);
  if (const auto known = editor.tables().addresses.find(Door::energyview, hidden)) {
    editor.unbind(Door::energyview, hidden);
    editor.bind(Door::energyview, address, *known);
    return *known;
  }
  Point point;
  point.tag = editor.free_tag(ev_pi_tag(node, tag));
  point.type = PointType::float64;
  point.point_source = "EV";
  point.future = true;
  point.created = point.changed = now;
  TRY(const PointId id, editor.add_point(std::move(point)));
  editor.bind(Door::energyview, address, id);
  return id;
}

Result<void> assign_ev_tags(Editor& editor, const EvNode& node, const std::vector<std::string>& tags,
                            Timestamp now) {
  const std::size_t prefix = ev_address(node.domain, node.id, {}).size();
  for (const AddressRow& row : addresses_of(editor.tables(), node)) {
    const std::string tag = row.address.substr(prefix);
    if (tag.starts_with(kHidden) || std::find(tags.begin(), tags.end(), tag) != tags.end()) continue;
    editor.unbind(Door::energyview, row.address);
    editor.bind(Door::energyview, hidden_address(node, tag), row.point);
  }
  for (const std::string& tag : tags) {
    if (editor.tables().addresses.find(Door::energyview, ev_address(node.domain, node.id, tag))) continue;
    TRY_VOID(add_ev_series(editor, node, tag, now));
  }
  return {};
}

Result<void> erase_ev_series(Editor& editor, const AddressRow& address) {
  const Tables& tables = editor.tables();
  const std::vector<const AddressRow*> all = tables.addresses.of(address.point);
  const bool elsewhere_here = std::any_of(all.begin(), all.end(), [&](const AddressRow* each) {
    return each->door == Door::energyview && each->address != address.address;
  });
  if (!elsewhere_here && tables.energyview.series.find(EvSeries::key_of(address.point)) != nullptr) {
    editor.erase(EvSeries::kTable, EvSeries::key_of(address.point));
  }
  const Point* const point = tables.points.find(address.point);
  if (point != nullptr && point->point_source == "EV" && all.size() == 1) {
    return editor.erase_point(address.point);
  }
  editor.unbind(Door::energyview, address.address);
  return {};
}

void move_ev_series(Editor& editor, const AddressRow& address, std::string_view tag, const EvNode& node) {
  const PointId point = address.point;
  const std::string wanted = ev_address(node.domain, node.id, free_ev_tag(editor.tables(), node, tag));
  editor.unbind(Door::energyview, address.address);
  editor.bind(Door::energyview, wanted, point);
}

std::string free_ev_tag(const Tables& tables, const EvNode& node, std::string_view name) {
  std::string plain;
  for (const char c : name.substr(0, kTagBytesMax)) {
    if (is_name_character(c)) {
      plain.push_back(c);
    } else if (!plain.ends_with('_')) {
      plain.push_back('_');
    }
  }
  if (plain.empty()) plain = "series";
  std::string tag = plain;
  for (int n = 2; tables.addresses.find(Door::energyview, ev_address(node.domain, node.id, tag)); ++n) {
    const std::string number = "_" + std::to_string(n);
    tag = plain.substr(0, kTagBytesMax - number.size()) + number;
  }
  return tag;
}

Result<void> erase_ev_node(Editor& editor, const EvNode& node) {
  const Tables& tables = editor.tables();
  for (const AddressRow& row : addresses_of(tables, node)) TRY_VOID(erase_ev_series(editor, row));
  std::vector<EvNode> below;
  for (const EvNode* each : tables.energyview.nodes.of(node.domain)) {
    if (each->parent == node.id) below.push_back(*each);
  }
  for (EvNode& each : below) {
    each.parent = 0;
    editor.put(each);
  }
  editor.erase(EvNode::kTable, node.key());
  return {};
}

}  // namespace penstock::catalog
