#include <cmath>
#include <optional>

#include "base/text.h"
#include "dialects/piwebapi/filter_node.h"

namespace penstock::dialects::piwebapi {
namespace {

using Node = FilterExpression::Node;
using Op = Node::Op;

/// What an operation comes to.
struct Operand {
  enum class Type : std::uint8_t { none, number, text, time, state, system_state };
  Type type = Type::none;
  double number = 0;
  std::int64_t integer = 0;  ///< Nanoseconds of a time, the code of a state.
  std::string_view text;     ///< A text; the name of a state.

  static Operand of(double value) {
    Operand made;
    made.type = Type::number;
    made.number = value;
    return made;
  }
  static Operand of(bool truth) { return of(truth ? 1.0 : 0.0); }
  bool is_state() const { return type == Type::state || type == Type::system_state; }
  bool is_bad() const { return type == Type::none || type == Type::system_state; }
};
using Type = Operand::Type;

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
      made.text = state_name(stream.set ? *stream.set : system_set(), *integer);
    }
    return made;
  }
  if (const auto* number = std::get_if<double>(&sample.value)) return Operand::of(*number);
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
  if (a.is_state() && b.is_state()) {
    if (a.type == b.type) return order(a.integer, b.integer);
    return std::nullopt;
  }
  // A state against its name, or a state of the stream's own set against its code.
  if ((a.is_state() && b.type == Type::text) || (a.type == Type::text && b.is_state())) return by_text();
  if (a.type == Type::state && b.type == Type::number) return order(a.number, b.number);
  if (a.type == Type::number && b.type == Type::state) return order(a.number, b.number);
  return std::nullopt;
}

Operand compared(Op op, const Operand& a, const Operand& b) {
  const std::optional<int> order = compare(a, b);
  // A system state is not a value of the stream's own kind: it is unequal, and neither below nor above.
  if (!order) {
    if (a.is_state() && b.is_state()) return Operand::of(op == Op::unequal);
    return {};
  }
  switch (op) {
    case Op::equal: return Operand::of(*order == 0);
    case Op::unequal: return Operand::of(*order != 0);
    case Op::less: return Operand::of(*order < 0);
    case Op::less_equal: return Operand::of(*order <= 0);
    case Op::greater: return Operand::of(*order > 0);
    default: return Operand::of(*order >= 0);
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
    return Operand::of((static_cast<double>(a.integer) - static_cast<double>(b.integer)) / 1e9);
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
  return Operand::of(value);
}

class Evaluation {
 public:
  Evaluation(const Stream& stream, const Sample& sample) : stream_{stream}, sample_{sample} {}

  Operand of(const Node& node) const {
    switch (node.op) {
      case Op::stream: return sample_operand(stream_, sample_);
      case Op::number: return Operand::of(node.number);
      case Op::time: return time_of(node.time_ns);
      case Op::text: return text(node);
      case Op::state: return state(node);
      case Op::bad_val: return Operand::of(of(*node.left).is_bad());
      case Op::is_set: return Operand::of(is_set(node.text));
      case Op::negate: return computed(Op::minus, Operand::of(0.0), of(*node.left));
      case Op::abs: {
        const Operand inner = of(*node.left);
        return inner.type == Type::number ? Operand::of(std::fabs(inner.number)) : Operand{};
      }
      case Op::logical_not: {
        const Operand inner = of(*node.left);
        return inner.type == Type::number ? Operand::of(inner.number == 0) : Operand{};
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
  /// A state of the stream's own set, else one of the system's.
  Operand state(const Node& node) const {
    Operand made;
    const DigitalState* found = stream_.set ? stream_.set->find(node.text) : nullptr;
    made.type = Type::state;
    if (found == nullptr) {
      found = system_set().find(node.text);
      made.type = Type::system_state;
    }
    if (found == nullptr) return {};
    made.integer = found->code;
    made.number = found->code;
    made.text = found->name;
    return made;
  }
  bool is_set(std::string_view letter) const {
    if (letter == "a") return sample_.quality.has(Quality::kAnnotated);
    if (letter == "s") return sample_.quality.has(Quality::kSubstituted);
    return sample_.quality.has(Quality::kQuestionable) || sample_.quality.grade != 0;
  }
  /// What is decided by one side alone is decided, whatever the other one lacks.
  Operand logical(const Node& node) const {
    const bool is_or = node.op == Op::logical_or;
    const Operand left = of(*node.left);
    if (left.type == Type::number && (left.number != 0) == is_or) return Operand::of(is_or);
    const Operand right = of(*node.right);
    if (right.type == Type::number && (right.number != 0) == is_or) return Operand::of(is_or);
    if (left.type != Type::number || right.type != Type::number) return {};
    return Operand::of(!is_or);
  }

  const Stream& stream_;
  const Sample& sample_;
};

}  // namespace

bool FilterExpression::passes(const Stream& stream, const Sample& sample) const {
  const Operand result = Evaluation{stream, sample}.of(*root_);
  return result.type == Type::number && result.number != 0;
}

}  // namespace penstock::dialects::piwebapi
