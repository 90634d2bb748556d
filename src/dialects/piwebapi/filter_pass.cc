#include <cmath>
#include <optional>

#include "base/text.h"
#include "dialects/piwebapi/filter_node.h"

namespace penstock::dialects::piwebapi {
namespace {

using Node = FilterExpression::Node;
using Op = Node::Op;

using Operand = ExpressionValue;
using Type = ExpressionValue::Type;

Operand operand_of(double value) {
  Operand made;
  made.type = Type::number;
  made.number = value;
  return made;
}
Operand operand_of(bool truth) {
  return operand_of(truth ? 1.0 : 0.0);
}
bool is_state(const Operand& operand) {
  return operand.type == Type::state || operand.type == Type::system_state;
}
bool is_bad(const Operand& operand) {
  return operand.type == Type::none || operand.type == Type::system_state;
}

std::string_view state_name(const DigitalSet& set, std::int64_t code) {
  const DigitalState* state = set.find(static_cast<std::int32_t>(code));
  return state != nullptr ? std::string_view{state->name} : std::string_view{};
}

Operand sample_operand(const Stream& stream, const Sample& sample) {
  Operand made;
  if (sample.quality.state != 0) {
    made.type = Type::system_state;
    made.integer = sample.quality.state;
    made.text = state_name(system_set(), made.integer);
    return made;
  }
  if (const auto* integer = std::get_if<std::int64_t>(&sample.value)) {
    made.integer = *integer;
    made.number = static_cast<double>(*integer);
    made.type = Type::number;
    if (stream.type == PointType::timestamp) made.type = Type::time;
    if (stream.type == PointType::digital) {
      made.type = Type::state;
      made.set = stream.set ? &*stream.set : &system_set();
      made.text = state_name(*made.set, *integer);
    }
    return made;
  }
  if (const auto* number = std::get_if<double>(&sample.value)) return operand_of(*number);
  made.type = Type::text;
  made.text = std::get<std::string>(sample.value);
  return made;
}

/// Below, equal or above; nothing where the two can't be compared.
std::optional<int> compare(const Operand& a, const Operand& b) {
  const auto order = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
  const auto by_text = [&]() -> std::optional<int> {
    return order(to_upper_invariant(a.text), to_upper_invariant(b.text));
  };
  if (a.type == Type::none || b.type == Type::none) return std::nullopt;
  if (a.type == Type::number && b.type == Type::number) {
    if (std::isnan(a.number) || std::isnan(b.number)) return std::nullopt;
    return order(a.number, b.number);
  }
  if (a.type == Type::time && b.type == Type::time) return order(a.integer, b.integer);
  if (a.type == Type::text && b.type == Type::text) return by_text();
  if (is_state(a) && is_state(b)) {
    if (a.type == b.type) return order(a.integer, b.integer);
    return std::nullopt;
  }
  // A state against its name, or a state of the stream's own set against its code.
  if ((is_state(a) && b.type == Type::text) || (a.type == Type::text && is_state(b))) return by_text();
  if (a.type == Type::state && b.type == Type::number) return order(a.number, b.number);
  if (a.type == Type::number && b.type == Type::state) return order(a.number, b.number);
  return std::nullopt;
}

Operand compared(Op op, const Operand& a, const Operand& b) {
  const std::optional<int> order = compare(a, b);
  // A system state is not a value of the stream's own kind: it is unequal, and neither below nor above.
  if (!order) {
    if (is_state(a) && is_state(b)) return operand_of(op == Op::unequal);
    return {};
  }
  switch (op) {
    case Op::equal: return operand_of(*order == 0);
    case Op::unequal: return operand_of(*order != 0);
    case Op::less: return operand_of(*order < 0);
    case Op::less_equal: return operand_of(*order <= 0);
    case Op::greater: return operand_of(*order > 0);
    default: return operand_of(*order >= 0);
  }
}

Operand time_of(std::int64_t ns) {
  Operand made;
  made.type = Type::time;
  made.integer = ns;
  return made;
}

/// A time and seconds, or two times. Nothing beyond what a time can be.
Operand shifted(Op op, const Operand& a, const Operand& b) {
  if (a.type == Type::time && b.type == Type::time && op == Op::minus) {
    return operand_of((static_cast<double>(a.integer) - static_cast<double>(b.integer)) / 1e9);
  }
  const bool ahead = a.type == Type::time && b.type == Type::number && (op == Op::plus || op == Op::minus);
  const bool behind = a.type == Type::number && b.type == Type::time && op == Op::plus;
  if (!ahead && !behind) return {};
  const double shift = (ahead ? b.number : a.number) * (op == Op::minus ? -1e9 : 1e9);
  if (!(std::fabs(shift) < 9e18)) return {};
  std::int64_t ns = 0;
  if (__builtin_add_overflow(ahead ? a.integer : b.integer, static_cast<std::int64_t>(shift), &ns)) return {};
  return time_of(ns);
}

Operand computed(Op op, const Operand& a, const Operand& b) {
  if (a.type == Type::time || b.type == Type::time) return shifted(op, a, b);
  const auto is_number = [](const Operand& x) { return x.type == Type::number || x.type == Type::state; };
  if (!is_number(a) || !is_number(b)) return {};
  double value = 0;
  switch (op) {
    case Op::plus: value = a.number + b.number; break;
    case Op::minus: value = a.number - b.number; break;
    case Op::times: value = a.number * b.number; break;
    case Op::divide: value = a.number / b.number; break;
    case Op::power: value = std::pow(a.number, b.number); break;
    default: value = std::fmod(a.number, b.number); break;
  }
  if (!std::isfinite(value)) return {};  // A division by zero has no value.
  return operand_of(value);
}

class Evaluation {
 public:
  Evaluation(std::span<const Stream> streams, std::span<const Sample> samples)
      : streams_{streams}, samples_{samples} {}

  Operand of(const Node& node) const {
    switch (node.op) {
      case Op::stream: return sample_operand(streams_[node.place], samples_[node.place]);
      case Op::number: return operand_of(node.number);
      case Op::time: return time_of(node.time_ns);
      case Op::text: return text(node);
      case Op::state: return state(node);
      case Op::bad_val: return operand_of(is_bad(of(*node.left)));
      case Op::is_set: return operand_of(is_set(samples_[node.place].quality, node.text));
      case Op::negate: return computed(Op::minus, operand_of(0.0), of(*node.left));
      case Op::abs: {
        const Operand inner = of(*node.left);
        return inner.type == Type::number ? operand_of(std::fabs(inner.number)) : Operand{};
      }
      case Op::logical_not: {
        const Operand inner = of(*node.left);
        return inner.type == Type::number ? operand_of(inner.number == 0) : Operand{};
      }
      case Op::logical_and:
      case Op::logical_or: return logical(node);
      case Op::equal:
      case Op::unequal:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal: return compared(node.op, of(*node.left), of(*node.right));
      case Op::plus:
      case Op::minus:
      case Op::times:
      case Op::divide:
      case Op::power:
      case Op::modulo: return computed(node.op, of(*node.left), of(*node.right));
    }
    return {};
  }

 private:
  static Operand text(const Node& node) {
    Operand made;
    made.type = Type::text;
    made.text = node.text;
    return made;
  }
  /// A state of a stream's own set, else one of the system's.
  Operand state(const Node& node) const {
    Operand made;
    const DigitalState* found = nullptr;
    made.type = Type::state;
    for (const Stream& stream : streams_) {
      if (found != nullptr || !stream.set) continue;
      found = stream.set->find(node.text);
      made.set = &*stream.set;
    }
    if (found == nullptr) {
      found = system_set().find(node.text);
      made.type = Type::system_state;
      made.set = nullptr;
    }
    if (found == nullptr) return {};
    made.integer = found->code;
    made.number = found->code;
    made.text = found->name;
    return made;
  }
  static bool is_set(const Quality& quality, std::string_view letter) {
    if (letter == "a") return quality.has(Quality::kAnnotated);
    if (letter == "s") return quality.has(Quality::kSubstituted);
    return quality.has(Quality::kQuestionable) || quality.grade != 0;
  }
  /// What is decided by one side alone is decided, whatever the other one lacks.
  Operand logical(const Node& node) const {
    const bool is_or = node.op == Op::logical_or;
    const Operand left = of(*node.left);
    if (left.type == Type::number && (left.number != 0) == is_or) return operand_of(is_or);
    const Operand right = of(*node.right);
    if (right.type == Type::number && (right.number != 0) == is_or) return operand_of(is_or);
    if (left.type != Type::number || right.type != Type::number) return {};
    return operand_of(!is_or);
  }

  std::span<const Stream> streams_;
  std::span<const Sample> samples_;
};

}  // namespace

bool FilterExpression::passes(const Stream& stream, const Sample& sample) const {
  const Operand result = value({&stream, 1}, {&sample, 1});
  return result.type == Type::number && result.number != 0;
}

ExpressionValue FilterExpression::value(std::span<const Stream> streams,
                                        std::span<const Sample> samples) const {
  return Evaluation{streams, samples}.of(*root_);
}

bool FilterExpression::is_truth() const {
  switch (root_->op) {
    case Op::logical_not:
    case Op::logical_and:
    case Op::logical_or:
    case Op::equal:
    case Op::unequal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::bad_val:
    case Op::is_set: return true;
    default: return false;
  }
}

}  // namespace penstock::dialects::piwebapi
