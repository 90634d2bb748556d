#include <optional>

#include "base/text.h"
#include "dialects/omf/apply.h"
#include "dialects/omf/mapping.h"

namespace penstock::dialects::omf {
namespace {

using catalog::OmfContainer;
using catalog::OmfStream;
using catalog::OmfType;

/// What a container asks of one point.
struct Plan {
  const catalog::OmfProperty* property = nullptr;
  const OmfType* enumeration = nullptr;
  Point point;                   ///< As it would be made.
  const Point* found = nullptr;  ///< The point of that tag, if there is one.
  bool own = false;              ///< `found` is the container's already.
  bool adopted = false;
};

bool is_compatible(PointType wanted, PointType found) {
  if (wanted == found) return true;
  return is_number(kind_of(wanted)) && is_number(kind_of(found));
}

class ContainerApplier {
 public:
  /// `points` counts those that the message made.
  ContainerApplier(catalog::Editor& editor, const Scene& scene, Report& report, std::size_t& points)
      : editor_{editor}, tables_{editor.tables()}, scene_{scene}, report_{report}, points_{points} {}

  Result<void> put(const ContainerItem& item, Action action) {
    const OmfType* const type = find_type(item);
    if (type == nullptr) return {};
    const OmfContainer* const known = tables_.omf.containers.find_id(item.id);
    std::optional<OmfContainer> row =
        known == nullptr ? new_container(item, *type) : changed_container(item, *type, *known, action);
    if (!row) return {};
    auto plans = plan_points(item, *type, *row, known);
    if (!plans) return {};
    return apply(item, *type, std::move(*row), *plans, known, action);
  }

  Result<void> remove(const ContainerItem& item) {
    report_.succeed(item.index, 200);
    const OmfContainer* const known = tables_.omf.containers.find_id(item.id);
    if (known == nullptr) return {};
    const OmfContainer container = *known;
    for (const OmfStream& stream : container.streams) {
      const Point* const point = tables_.points.find(stream.point);
      if (point != nullptr && !scene_.caller.may(auth::Right::write, point->tag)) {
        report_.add(item.index, events::no_permission(point->tag));
        return {};
      }
    }
    for (const OmfStream& stream : container.streams) TRY_VOID(release(container.id, stream));
    for (const catalog::OmfLink& link : tables_.omf.links.of_container(container.id))
      remove_link(editor_, link);
    editor_.erase(container);
    return {};
  }

 private:
  const OmfType* find_type(const ContainerItem& item) {
    const OmfType* const type = tables_.omf.find_type(item.type_id);
    if (type == nullptr) {
      Event event = events::type_not_found(item.type_id, item.type_version,
                                           "A container needs a type that was created before.");
      event.parameters.push_back({"Container.Id", item.id});
      report_.add(item.index, std::move(event));
      return nullptr;
    }
    if (type->classification != catalog::OmfClassification::dynamic_type) {
      report_.add(item.index,
                  events::invalid_definition(item.id, "typeid", "The type of a container is dynamic."));
      return nullptr;
    }
    if (type->value_count() == 0) {
      report_.add(item.index,
                  events::invalid_definition(item.id, "typeid", "The type has no property with values."));
      return nullptr;
    }
    for (const auto& [key, hints] : item.overrides) {
      if (type->find(key) == nullptr) {
        report_.add(item.index, events::unknown_property(type->id, type->version, key));
      }
    }
    return type;
  }

  static OmfContainer new_container(const ContainerItem& item, const OmfType& type) {
    OmfContainer row;
    row.id = item.id;
    row.type_id = type.id;
    describe(row, item);
    row.future = item.future.value_or(false);
    return row;
  }

  /// Full replacement of what is optional, as *Container message keywords* has it, but for the data source.
  static void describe(OmfContainer& row, const ContainerItem& item) {
    row.name = item.name.value_or(std::string{});
    row.description = item.description.value_or(std::string{});
    if (item.data_source) row.data_source = *item.data_source;
    row.extrapolation = item.extrapolation.value_or(std::string{});
    row.tags = item.tags;
    row.indexes = item.indexes;
    row.metadata = item.metadata;
    row.overrides = item.overrides;
  }

  /// The row after the item; nothing if it can't be, which is reported then.
  std::optional<OmfContainer> changed_container(const ContainerItem& item, const OmfType& type,
                                                const OmfContainer& known, Action action) {
    const bool other_type = OmfType::key_of(known.type_id) != type.key();
    if (other_type && (action == Action::create || !keeps_points(known, type))) {
      report_.add(item.index, events::container_differs(item.id, known.type_id,
                                                        "Its type is '" + known.type_id.str() + "'."));
      return std::nullopt;
    }
    if (item.future.value_or(known.future) && !known.future) {
      report_.add(item.index, events::future_refused(item.id));
      return std::nullopt;
    }
    OmfContainer row = known;
    if (action == Action::update) {
      row.type_id = type.id;
      describe(row, item);
    }
    return row;
  }

  bool keeps_points(const OmfContainer& known, const OmfType& type) const {
    const OmfType* const before = tables_.omf.find_type(known.type_id);
    if (before == nullptr || before->value_count() != type.value_count()) return false;
    for (const catalog::OmfProperty& property : type.properties) {
      if (!property.is_value()) continue;
      const OmfStream* stream = known.find_stream(property.key);
      const catalog::OmfProperty* old = before->find(property.key);
      if (stream == nullptr || old == nullptr) return false;
      if (point_type(property, enumeration_of(property)) != point_type(*old, enumeration_of(*old)))
        return false;
    }
    return true;
  }

  const OmfType* enumeration_of(const catalog::OmfProperty& property) const {
    return property.ref_type_id.empty() ? nullptr : tables_.omf.find_type(property.ref_type_id);
  }

  std::optional<std::vector<Plan>> plan_points(const ContainerItem& item, const OmfType& type,
                                               const OmfContainer& row, const OmfContainer* known) {
    std::vector<Plan> plans;
    for (const catalog::OmfProperty& property : type.properties) {
      if (!property.is_value()) continue;
      Plan plan;
      plan.property = &property;
      plan.enumeration = enumeration_of(property);
      plan.point = make_point({row, type, property, plan.enumeration}, scene_.compressing);
      if (plan.point.tag.size() > kPointNameBytesMax) {
        report_.add(item.index,
                    events::invalid_definition(item.id, property.key, "The point name is too long."));
        return std::nullopt;
      }
      const OmfStream* const stream = known == nullptr ? nullptr : known->find_stream(property.key);
      if (stream != nullptr) {
        plan.found = tables_.points.find(stream->point);
        plan.own = plan.found != nullptr;
        plan.adopted = stream->adopted;
      }
      if (!plan.own) plan.found = tables_.points.find_tag(plan.point.tag);
      if (!check(item, plan)) return std::nullopt;
      plans.push_back(std::move(plan));
    }
    if (!check_size(item, row, plans)) return std::nullopt;
    return plans;
  }

  /// What one message and one container may ask of a server.
  bool check_size(const ContainerItem& item, const OmfContainer& row, const std::vector<Plan>& plans) {
    std::size_t made = 0, bytes = catalog::OmfContainers::encode(row).size();
    for (const Plan& plan : plans) {
      if (plan.found != nullptr) continue;
      ++made;
      const Point& point = plan.point;
      bytes += point.tag.size() + point.descriptor.size() + point.eng_units.size() +
               point.point_source.size() + point.extended_descriptor.size();
    }
    if (bytes > kItemBytesMax) {
      report_.add(item.index, events::invalid_definition(item.id, "", "The definition is too large."));
      return false;
    }
    if (made > 0 && points_ + made > kMessagePointsMax) {
      report_.add(
          item.index,
          events::points_not_created(
              item.id, 500, "A message makes at most " + std::to_string(kMessagePointsMax) + " PI points."));
      return false;
    }
    return true;
  }

  bool check(const ContainerItem& item, Plan& plan) {
    if (plan.found != nullptr && !plan.own) {
      for (const catalog::AddressRow* address : tables_.addresses.of(plan.found->id)) {
        if (address->door != Door::omf) continue;
        report_.add(item.index,
                    events::container_overlaps(item.id, plan.found->tag,
                                               "Names of PI points are unique without regard to case, and "
                                               "this one belongs to another container."));
        return false;
      }
      if (!is_compatible(plan.point.type, plan.found->type)) {
        report_.add(item.index,
                    events::container_overlaps(item.id, plan.found->tag,
                                               "A PI point of this name exists with another type."));
        return false;
      }
      plan.adopted = true;
    }
    const std::string& tag = plan.found != nullptr ? plan.found->tag : plan.point.tag;
    if (plan.own || scene_.caller.may(auth::Right::write, tag)) return true;
    report_.add(item.index,
                events::points_not_created(item.id, 409, "The caller may not write to '" + tag + "'."));
    return false;
  }

  Result<void> apply(const ContainerItem& item, const OmfType& type, OmfContainer row,
                     std::vector<Plan>& plans, const OmfContainer* known, Action action) {
    bool made = known == nullptr;
    row.streams.clear();
    for (Plan& plan : plans) {
      OmfStream stream{plan.property->key, {}, plan.adopted};
      if (plan.found == nullptr) {
        plan.point.created = plan.point.changed = scene_.now;
        plan.point.creator = plan.point.changer = scene_.caller.name;
        TRY(stream.point, editor_.add_point(plan.point));
        ++points_;
        made = true;
        if (may_lose_precision(*plan.property, plan.point.type)) {
          report_.add(item.index, events::precision_possible(item.id, plan.property->key));
        }
      } else {
        stream.point = plan.found->id;
        if (!plan.own) {
          report_.add(item.index, events::point_adopted(item.id, plan.found->tag));
          made = true;
        }
        if (!plan.own || action == Action::update)
          TRY_VOID(describe_found(plan, {row, type, *plan.property, plan.enumeration}));
      }
      if (!plan.own) editor_.bind(Door::omf, stream_address(row.id, stream.property), stream.point);
      row.streams.push_back(std::move(stream));
    }
    if (known != nullptr) confirm(item, *known, row, action, made);
    if (made || action == Action::update) put_if_changed(row);
    report_.succeed(item.index, made ? 201 : 200);
    return {};
  }

  Result<void> describe_found(const Plan& plan, const PointOwner& owner) {
    Point point = *plan.found;
    describe_point(point, owner, plan.adopted);
    if (catalog::Points::encode({*plan.found}) == catalog::Points::encode({point})) return {};
    point.changed = scene_.now;
    point.changer = scene_.caller.name;
    return editor_.update_point(point);
  }

  /// A container that comes again costs no journal write.
  void put_if_changed(const OmfContainer& row) {
    const OmfContainer* const before = tables_.omf.containers.find(row.key());
    if (before == nullptr || catalog::OmfContainers::encode(*before) != catalog::OmfContainers::encode(row)) {
      editor_.put(row);
    }
  }

  void confirm(const ContainerItem& item, const OmfContainer& known, const OmfContainer& row, Action action,
               bool made) {
    if (item.future && known.future && (!*item.future || action == Action::create)) {
      report_.add(item.index, events::future_ignored(item.id));
    }
    if (action != Action::create || made) return;
    report_.add(item.index, events::container_exists(item.id));
    OmfContainer wanted = row;
    describe(wanted, item);
    if (!item.data_source) wanted.data_source.clear();
    if (catalog::OmfContainers::encode(wanted) != catalog::OmfContainers::encode(row)) {
      report_.add(item.index, events::minor_difference("container", item.id, "Optional fields differ."));
    }
  }

  /// Decision: a point goes with its container only if nobody else addresses it.
  Result<void> release(std::string_view container_id, const OmfStream& stream) {
    const Point* const point = tables_.points.find(stream.point);
    if (point == nullptr) return {};
    bool addressed_elsewhere = stream.adopted;
    for (const catalog::AddressRow* address : tables_.addresses.of(stream.point)) {
      addressed_elsewhere = addressed_elsewhere || address->door != Door::omf;
    }
    if (!addressed_elsewhere) return editor_.erase_point(stream.point);
    editor_.unbind(Door::omf, stream_address(container_id, stream.property));
    Point released = *point;
    released.extended_descriptor.clear();
    return editor_.update_point(released);
  }

  catalog::Editor& editor_;
  const catalog::Tables& tables_;
  const Scene& scene_;
  Report& report_;
  std::size_t& points_;
};

}  // namespace

Result<void> apply_containers(catalog::Editor& editor, const std::vector<ContainerItem>& items, Action action,
                              const Scene& scene, Report& report, Progress& at) {
  ContainerApplier applier{editor, scene, report, at.points};
  for (std::size_t n = 0; at.item < items.size() && n < kEditItems && !is_full(editor); ++n, ++at.item) {
    const ContainerItem& item = items[at.item];
    if (action == Action::remove) {
      TRY_VOID(applier.remove(item));
    } else {
      TRY_VOID(applier.put(item, action));
    }
  }
  return {};
}

}  // namespace penstock::dialects::omf
