#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dialects/omf/data_plan.h"

namespace penstock::dialects::omf {

/// The columns of one data message while it is read: a plan per container, a run per point. Borrows all that
/// it is given.
class DataColumns {
 public:
  /// `bytes` is the size of the body: room is made for as many containers as small events of it would name.
  DataColumns(const catalog::Tables& tables, const auth::Principal& caller, std::size_t bytes);

  /// The plan of a container, made when it is first named, with the runs of its points; null if there is no
  /// such container. Good until the next call of `take`. `item` is who names it.
  const ContainerPlan* find(std::string_view container, std::size_t item);

  /// What columns of plans point to, by Column::write.
  std::vector<PointWrite>& writes() { return writes_; }

  struct Taken {
    std::vector<PointWrite> writes;       ///< None is empty.
    std::vector<std::size_t> first_item;  ///< Parallel to `writes`: the first item that named the container.
  };
  /// Leaves nothing behind.
  Taken take();

 private:
  void make_room(std::size_t first_write);

  const catalog::Tables& tables_;
  ContainerPlanner planner_;
  std::size_t values_left_;  // That room may still be made for.
  std::vector<PointWrite> writes_;
  std::vector<std::size_t> first_item_;
  std::unordered_map<const catalog::OmfContainer*, ContainerPlan> plans_;
  const ContainerPlan* last_ = nullptr;
};

}  // namespace penstock::dialects::omf
