#include "catalog/energyview.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "catalog/catalog.h"

namespace penstock::catalog {
namespace {

constexpr std::uint8_t kDomainRow = 1, kNodeRow = 1;
constexpr std::size_t kTagBytesMax = 128, kDomainBytesMax = 64;

/// First path segments that belong to other doors and to the server itself.
constexpr std::array<std::string_view, 11> kTakenNames = {"piwebapi",   "api",     "oauth",      "penstock",
                                                          "partitions", "ingest",  "operations", "accounts",
                                                          "health",     "metrics", ".well-known"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

void EvDomain::encode(ByteWriter& out) const {
  out.u8(kDomainRow);
  out.text(timezone);
}

std::optional<EvDomain> EvDomain::decode(std::string_view key, ByteReader& in) {
  if (in.u8() != kDomainRow) return std::nullopt;
  EvDomain row;
  row.name = key;
  row.timezone = in.text();
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
}

std::optional<EvNode> EvNode::decode(std::string_view key, ByteReader& in) {
  const std::size_t zero = key.find('\0');
  if (zero == std::string_view::npos || key.size() != zero + 9 || in.u8() != kNodeRow) return std::nullopt;
  EvNode row;
  row.domain = key.substr(0, zero);
  row.id = read_be64(key.data() + zero + 1);
  row.uuid = in.fixed<Uuid>();
  row.made_by_uuid = in.u8() != 0;
  for (std::string* text : {&row.name, &row.description, &row.device, &row.designation}) *text = in.text();
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

Result<void> put_domain(Editor& editor, const EvDomain& domain) {
  if (!is_ev_domain(domain.name)) {
    return fail(ErrorCode::invalid_argument, "domain", "'" + domain.name + "' can't name a domain");
  }
  const EvDomain* known = editor.tables().energyview.domains.find(domain.name);
  if (known == nullptr || known->timezone != domain.timezone) editor.put(domain);
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
  Point point;
  point.tag = editor.free_tag("EV." + node.domain + "." +
                              (node.made_by_uuid ? node.uuid.to_string() : std::to_string(node.id)) + "." +
                              std::string{tag});
  point.type = PointType::float64;
  point.point_source = "EV";
  point.future = true;
  point.created = point.changed = now;
  TRY(const PointId id, editor.add_point(std::move(point)));
  editor.bind(Door::energyview, address, id);
  return id;
}

}  // namespace penstock::catalog
