#include "cli/admin_verbs.h"

namespace penstock::cli {

namespace {

using enum http::Method;
using enum OptionKind;

constexpr VerbOption kPrincipalOptions[] = {
    {"--description", "description", text, "What it is for."},
    {"--grant", "grants", grants, "PATTERN=read,write: rights over points by tag; may be repeated."},
    {"--partition", "partitions", partitions,
     "ID=points.read,pointvalues.read,pointvalues.write: rights in a Building X partition; may be "
     "repeated."}};
constexpr Verb kPrincipals[] = {
    {"list", get, "principals", "", {}, "All principals, those of the configuration file too."},
    {"show", get, "principals/{name}", "", {}, "One of them."},
    {"add", post, "principals", "name", kPrincipalOptions, "A new one."},
    {"change", patch, "principals/{name}", "", kPrincipalOptions, "Replace what is given of it."},
    {"remove", del, "principals/{name}", "", {}, "Take it away with its logins; its tokens end at once."}};

constexpr VerbOption kLoginOptions[] = {
    {"--secret-hash", "secret_hash", text, "What `penstock hash-secret` printed; else a secret is made."}};
constexpr VerbOption kRotateOptions[] = {{"--overlap-seconds", "overlap_seconds", number,
                                          "End the former secret then; else it stays until revoked."}};
constexpr Verb kLogins[] = {
    {"add", post, "principals/{principal}/logins", "kind,id", kLoginOptions,
     "A way to log in (password, client or key); prints its secret, this once."},
    {"remove",
     del,
     "principals/{principal}/logins/{kind}/{id}",
     "",
     {},
     "Take it away; its tokens end at once."},
    {"rotate", post, "principals/{principal}/logins/{kind}/{id}/secrets", "", kRotateOptions,
     "Another secret beside the former one; prints it, this once."},
    {"revoke", del, "principals/{principal}/logins/{kind}/{id}/secrets/{number}", "", {}, "End one secret."},
    {"revoke-tokens",
     post,
     "principals/{principal}/logins/{kind}/{id}/revoke-tokens",
     "",
     {},
     "End all tokens that were given so far."}};

constexpr Verb kKeys[] = {
    {"list", get, "token-keys", "", {}, "The keys of tokens: the one that signs, and retired ones."},
    {"rotate",
     post,
     "token-keys",
     "",
     {},
     "A new key signs from now on; tokens of the former live to their end."},
    {"revoke", del, "token-keys/{kid}", "", {}, "End a retired key, and its tokens, at once."}};

constexpr VerbOption kPartitionOptions[] = {{"--id", "id", text, "Its UUID; else one is made."},
                                            {"--description", "description", text, "What it is."}};
constexpr VerbOption kPartitionChanges[] = {{"--name", "name", text, "Its name."},
                                            {"--description", "description", text, "What it is."}};
constexpr Verb kPartitions[] = {
    {"list", get, "buildingx/partitions", "", {}, "All partitions."},
    {"show", get, "buildingx/partitions/{partition}", "", {}, "One of them."},
    {"add", post, "buildingx/partitions", "name", kPartitionOptions, "A new one."},
    {"change", patch, "buildingx/partitions/{partition}", "", kPartitionChanges,
     "Replace what is given of it."},
    {"remove", del, "buildingx/partitions/{partition}", "", {}, "Take an empty one away."}};

constexpr VerbOption kDeviceOptions[] = {{"--id", "id", text, "Its UUID; else one is made."},
                                         {"--name", "name", text, "Its name."},
                                         {"--description", "description", text, "What it is."},
                                         {"--model", "model_name", text, "Name of the model."},
                                         {"--serial", "serial_number", text, "Serial number."},
                                         {"--notes", "notes", text, "Notes."},
                                         {"--external-id", "external_id", text, "Its id elsewhere."},
                                         {"--location", "location", text, "Id of the location."},
                                         {"--gateway", "gateway", text, "Id of the device above."}};
constexpr Verb kDevices[] = {
    {"list", get, "buildingx/partitions/{partition}/devices", "", {}, "The devices of a partition."},
    {"show", get, "buildingx/partitions/{partition}/devices/{id}", "", {}, "One of them."},
    {"add", post, "buildingx/partitions/{partition}/devices", "", kDeviceOptions, "A new one."},
    {"change", patch, "buildingx/partitions/{partition}/devices/{id}", "",
     std::span{kDeviceOptions}.subspan(1), "Replace what is given of it."},
    {"remove",
     del,
     "buildingx/partitions/{partition}/devices/{id}",
     "",
     {},
     "Take it away; its points stay."}};

constexpr VerbOption kLocationOptions[] = {
    {"--id", "id", text, "Its UUID; else one is made."},
    {"--type", "type", text, "Building, Floor, Room …; default Building."},
    {"--label", "label", text, "Its name."},
    {"--description", "description", text, "What it is."},
    {"--time-zone", "time_zone", text, "As Europe/Stockholm."},
    {"--street", "street", text, "Postal address."},
    {"--locality", "locality", text, "Postal address."},
    {"--postal-code", "postal_code", text, "Postal address."},
    {"--region", "region", text, "Postal address."},
    {"--country", "country", text, "Postal address."}};
constexpr Verb kLocations[] = {
    {"list", get, "buildingx/partitions/{partition}/locations", "", {}, "The locations of a partition."},
    {"show", get, "buildingx/partitions/{partition}/locations/{id}", "", {}, "One of them."},
    {"add", post, "buildingx/partitions/{partition}/locations", "", kLocationOptions, "A new one."},
    {"change", patch, "buildingx/partitions/{partition}/locations/{id}", "",
     std::span{kLocationOptions}.subspan(1), "Replace what is given of it."},
    {"remove", del, "buildingx/partitions/{partition}/locations/{id}", "", {}, "Take it away."}};

constexpr VerbOption kDomainOptions[] = {
    {"--timezone", "timezone", text, "As Europe/Stockholm; UTC unless told."}};
constexpr Verb kDomains[] = {
    {"list", get, "energyview/domains", "", {}, "All domains with their time zones."},
    {"show", get, "energyview/domains/{domain}", "", {}, "One of them."},
    {"add", post, "energyview/domains", "name", kDomainOptions,
     "A new one; its keys are logins of the kind key."},
    {"change", patch, "energyview/domains/{domain}", "", kDomainOptions, "Replace what is given of it."},
    {"remove", del, "energyview/domains/{domain}", "", {}, "Take one without nodes away."}};

constexpr VerbOption kListOptions[] = {{"--name", "name", query, "Pattern over tags: * and ?."},
                                       {"--after", "after", query, "Go on behind this tag."},
                                       {"--max", "max", query, "At most so many, 1000 at a time."}};
constexpr VerbOption kPointOptions[] = {
    {"--id", "id", text, "Its UUID; else one is made."},
    {"--data-type", "data_type", text, "number, boolean, string or enum; default number."},
    {"--state", "states", states, "Label of an enum's next key, from 0; may be repeated."},
    {"--name", "name", text, "Its name."},
    {"--description", "description", text, "What it measures."},
    {"--unit", "unit", text, "Unit of its values."},
    {"--device", "device", text, "Id of its device; else the partition's virtual one."},
    {"--point-class", "point_class", text, "Its class."},
    {"--tag", "tags", tags, "KEY=VALUE; may be repeated."},
    {"--active", "active", flag, "true or false."}};
constexpr Verb kPoints[] = {
    {"list", get, "points", "", kListOptions, "Points of all doors with their addresses."},
    {"show", get, "points/{id}", "", {}, "One of them, by its number."},
    {"address",
     put,
     "points/{id}/addresses/{door}",
     "address",
     {},
     "Give a point an address at buildingx (PARTITION/POINT) or energyview (DOMAIN/NODE/TAG)."},
    {"no-address", del, "points/{id}/addresses/{door}", "", {}, "Take its addresses at a door away."},
    {"list-in",
     get,
     "buildingx/partitions/{partition}/points",
     "",
     {},
     "The points of a Building X partition."},
    {"add", post, "buildingx/partitions/{partition}/points", "", std::span{kPointOptions}.first(9),
     "A new point in a Building X partition."},
    {"change", patch, "buildingx/partitions/{partition}/points/{id}", "", std::span{kPointOptions}.subspan(3),
     "Replace what is given of it."},
    {"remove",
     del,
     "buildingx/partitions/{partition}/points/{id}",
     "",
     {},
     "Take it away, with its values unless another door addresses it."}};

constexpr Verb kReceipt[] = {
    {"", get, "receipts/{receipt}", "", {}, "What became of a write that was answered with a receipt."}};

constexpr VerbOption kAuditList[] = {
    {"--point", "point", query, "Tag, number or WebID of a point."},
    {"--principal", "principal", query, "Name or number of who wrote."},
    {"--door", "door", query, "pi, omf, buildingx, energyview, penstock or internal."},
    {"--from", "from", query, "Received then or later, as 2026-11-21T06:30:00Z."},
    {"--to", "to", query, "Received then or before."},
    {"--before", "before", query, "Go on behind this receipt, or this seq."},
    {"--catalog", "catalog", query, "true: also changes of the catalog."},
    {"--max", "max", query, "At most so many, 1000 at a time."}};
constexpr VerbOption kAuditExport[] = {
    kAuditList[0], kAuditList[1], kAuditList[2], kAuditList[3],
    kAuditList[4], kAuditList[5], kAuditList[6], {"--format", "format", query, "ndjson or csv."}};
constexpr Verb kAudit[] = {
    {"list", get, "audit", "", kAuditList, "Batches, newest first."},
    {"show", get, "audit/{receipt}", "", {}, "One of them, with what it did to each point."},
    {"export", get, "audit/export", "", kAuditExport, "All that match, as text for other programs.", true},
    {"undo", post, "audit/{receipt}/undo", "", {}, "Take a batch back; prints the receipt of that.", true}};

constexpr VerbOption kLetterList[] = {{"--after", "after", query, "Go on behind this one."},
                                      {"--max", "max", query, "At most so many, 1000 at a time."}};
constexpr Verb kLetters[] = {
    {"list", get, "dead-letters", "", kLetterList, "All, oldest first."},
    {"show", get, "dead-letters/{id}", "", {}, "One of them with its samples."},
    {"replay", post, "dead-letters/{id}/replay", "", {}, "Write it again; what is refused stays."},
    {"drop", del, "dead-letters/{id}", "", {}, "Forget it for good."}};

constexpr VerbOption kEraseOptions[] = {
    {"--from", "from", text, "The first instant, as 2026-04-02T06:30:00Z."},
    {"--to", "to", text, "The last instant; it belongs to the range."},
    {"--dry-run", "dry_run", present, "Say what would go, and erase nothing."}};
constexpr Verb kErase[] = {{"", post, "delete-range", "points", kEraseOptions,
                            "Erase the samples of points (a pattern over tags) in a range of time.", true}};

constexpr VerbOption kPolicyOptions[] = {
    {"--points", "points", text, "Pattern over tags; * is all."},
    {"--keep-days", "keep_days", number, "How many days samples are kept."},
    {"--order", "order", number, "Of the policies that match a point the first one counts; default 100."}};
constexpr VerbOption kRunOptions[] = {
    {"--dry-run", "dry_run", present, "Say what would go, and erase nothing."}};
constexpr Verb kRetention[] = {
    {"list", get, "retention", "", {}, "All policies, in their order."},
    {"set", put, "retention/{name}", "", kPolicyOptions, "Make a policy, or replace it."},
    {"drop", del, "retention/{name}", "", {}, "Take a policy away; what is there stays from now on."},
    {"run", post, "retention-runs", "", kRunOptions, "Erase what is too old now, for good.", true}};

constexpr VerbGroup kGroups[] = {
    {"principals", "Who may call, and with which rights.", kPrincipals},
    {"logins", "Users, clients and keys of principals, and their secrets.", kLogins},
    {"keys", "The keys with which tokens are signed.", kKeys},
    {"partitions", "Building X partitions.", kPartitions},
    {"devices", "Devices of Building X partitions.", kDevices},
    {"locations", "Locations of Building X partitions.", kLocations},
    {"domains", "EnergyView domains.", kDomains},
    {"points", "Points, and what each door calls them.", kPoints},
    {"receipt", "What became of a write that was answered with a receipt.", kReceipt},
    {"audit", "Who wrote what when, and taking it back.", kAudit},
    {"dead-letters", "Acknowledged samples that the archive refuses for good.", kLetters},
    {"delete-range", "Erase the samples of points in a range of time.", kErase},
    {"retention", "How long samples are kept.", kRetention}};

}  // namespace

std::span<const VerbGroup> verb_groups() {
  return kGroups;
}

}  // namespace penstock::cli
