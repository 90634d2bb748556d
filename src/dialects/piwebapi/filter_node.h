#pragma once

#include "dialects/piwebapi/filter.h"

namespace penstock::dialects::piwebapi {

/// One operation of a filter and what it works on.
struct FilterExpression::Node {
  enum class Op : std::uint8_t {
    stream,  ///< The sample itself.
    number,
    text,
    time,
    state,  ///< DigState("name").
    negate,
    logical_not,
    logical_and,
    logical_or,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    plus,
    minus,
    times,
    divide,
    power,
    modulo,
    bad_val,
    is_set,
    abs
  };
  Op op = Op::number;
  double number = 0;
  std::size_t place = 0;  ///< Of a stream, also of the one that IsSet asks.
  std::int64_t time_ns = 0;
  std::string text;  ///< Of a text; the name of a state; the letter of IsSet.
  std::unique_ptr<Node> left, right;
};

}  // namespace penstock::dialects::piwebapi
