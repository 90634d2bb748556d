#include <charconv>

#include "base/text.h"
#include "dialects/piwebapi/filter_node.h"

namespace penstock::dialects::piwebapi {
namespace {

using Node = FilterExpression::Node;
using NodePtr = std::unique_ptr<Node>;
using Op = Node::Op;

constexpr std::size_t kTextMax = 4096;  // Bytes of an expression.
constexpr int kDepthMax = 48;           // Parentheses, signs and functions in each other.
constexpr int kNodesMax = 500;          // Also bounds how deep a chain of operators gets.

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Recursive descent, loosest operators first: or, and, not, comparisons, sums, products, powers, signs.
class Parser {
 public:
  /// Without `place_of` it is a filter, which knows its own stream alone.
  Parser(std::string_view text, Timestamp now, PiZone zone, const FilterExpression::PlaceOf* place_of)
      : text_{text}, now_{now}, zone_{zone}, place_of_{place_of} {}

  Result<NodePtr> all() {
    TRY(NodePtr root, disjunction());
    skip_blanks();
    if (at_ != text_.size()) return wrong("has something unexpected");
    return root;
  }

 private:
  tl::unexpected<Error> wrong(std::string_view what) const {
    return fail(ErrorCode::invalid_argument, parameter(),
                title() + " " + std::string{what} + " at position " + std::to_string(at_ + 1) + ".");
  }
  tl::unexpected<Error> refused(std::string what) const {
    return fail(ErrorCode::unsupported, parameter(), title() + " uses " + what + ", which is not supported.");
  }
  std::string parameter() const { return place_of_ == nullptr ? "filterExpression" : "expression"; }
  std::string title() const { return place_of_ == nullptr ? "The filter expression" : "The expression"; }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool take(std::string_view symbol) {
    skip_blanks();
    if (text_.substr(at_, symbol.size()) != symbol) return false;
    at_ += symbol.size();
    return true;
  }
  /// A whole word, any letter case.
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!iequals(text_.substr(at_, word.size()), word)) return false;
    const std::size_t end = at_ + word.size();
    if (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]))) return false;
    at_ = end;
    return true;
  }

  Result<NodePtr> node(Op op, NodePtr left = nullptr, NodePtr right = nullptr) {
    if (++nodes_ > kNodesMax) return wrong("has too many parts");
    auto made = std::make_unique<Node>();
    made->op = op;
    made->left = std::move(left);
    made->right = std::move(right);
    return made;
  }

  Result<NodePtr> disjunction() {
    TRY(NodePtr left, conjunction());
    while (take_word("or")) {
      TRY(NodePtr right, conjunction());
      TRY(left, node(Op::logical_or, std::move(left), std::move(right)));
    }
    return left;
  }
  Result<NodePtr> conjunction() {
    TRY(NodePtr left, negation());
    while (take_word("and")) {
      TRY(NodePtr right, negation());
      TRY(left, node(Op::logical_and, std::move(left), std::move(right)));
    }
    return left;
  }
  Result<NodePtr> negation() {
    if (!take_word("not")) return comparison();
    if (++depth_ > kDepthMax) return wrong("is nested too deep");
    TRY(NodePtr inner, negation());
    --depth_;
    return node(Op::logical_not, std::move(inner));
  }
  Result<NodePtr> comparison() {
    static constexpr std::pair<std::string_view, Op> kOperators[] = {
        {"<>", Op::unequal}, {"<=", Op::less_equal}, {">=", Op::greater_equal},
        {"<", Op::less},     {">", Op::greater},     {"=", Op::equal}};
    TRY(NodePtr left, sum());
    while (true) {
      const auto* found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                       [&](const auto& each) { return take(each.first); });
      if (found == std::end(kOperators)) return left;
      TRY(NodePtr right, sum());
      TRY(left, node(found->second, std::move(left), std::move(right)));
    }
  }
  Result<NodePtr> sum() {
    TRY(NodePtr left, product());
    while (true) {
      const Op op = take("+") ? Op::plus : take("-") ? Op::minus : Op::number;
      if (op == Op::number) return left;
      TRY(NodePtr right, product());
      TRY(left, node(op, std::move(left), std::move(right)));
    }
  }
  Result<NodePtr> product() {
    TRY(NodePtr left, power());
    while (true) {
      const Op op = take("*")          ? Op::times
                    : take("/")        ? Op::divide
                    : take_word("mod") ? Op::modulo
                                       : Op::number;
      if (op == Op::number) return left;
      TRY(NodePtr right, power());
      TRY(left, node(op, std::move(left), std::move(right)));
    }
  }
  Result<NodePtr> power() {
    TRY(NodePtr left, sign());
    while (take("^")) {
      TRY(NodePtr right, sign());
      TRY(left, node(Op::power, std::move(left), std::move(right)));
    }
    return left;
  }
  Result<NodePtr> sign() {
    const bool minus = take("-");
    if (!minus && !take("+")) return operand();
    if (++depth_ > kDepthMax) return wrong("is nested too deep");
    TRY(NodePtr inner, sign());
    --depth_;
    if (!minus) return inner;
    return node(Op::negate, std::move(inner));
  }

  Result<NodePtr> operand() {
    skip_blanks();
    if (at_ == text_.size()) return wrong("ends too early");
    const char c = text_[at_];
    if (c == '(') {
      if (++depth_ > kDepthMax) return wrong("is nested too deep");
      ++at_;
      TRY(NodePtr inner, disjunction());
      if (!take(")")) return wrong("lacks a closing parenthesis");
      --depth_;
      return inner;
    }
    if (c == '\'') return quoted_name();
    if (c == '"') {
      TRY(const std::string words, quoted('"'));
      if (words == ".") return stream(words);
      TRY(NodePtr made, node(Op::text));
      made->text = words;
      return made;
    }
    if (is_digit(c) || c == '.') return number();
    if (is_letter(c)) return function();
    return wrong("has something unexpected");
  }

  /// The text between two of `mark`; at_ stands on the first.
  Result<std::string> quoted(char mark) {
    const std::size_t end = text_.find(mark, at_ + 1);
    if (end == std::string_view::npos) return wrong("lacks a closing quotation mark");
    std::string inner{text_.substr(at_ + 1, end - at_ - 1)};
    at_ = end + 1;
    return inner;
  }

  Result<NodePtr> stream(const std::string& name) {
    TRY(NodePtr made, node(Op::stream));
    if (place_of_ != nullptr) {
      TRY(made->place, (*place_of_)(name));
    }
    return made;
  }

  /// `'.'`, another stream where there are others, or a time.
  Result<NodePtr> quoted_name() {
    TRY(const std::string name, quoted('\''));
    if (name == ".") return stream(name);
    Result<NodePtr> found = fail(ErrorCode::not_found);
    if (place_of_ != nullptr && !trim(name).empty()) found = stream(name);
    if (found ||
        (found.error().code != ErrorCode::not_found && found.error().code != ErrorCode::invalid_argument)) {
      return found;
    }
    const auto time = trim(name).empty() ? fail(ErrorCode::invalid_time) : parse_pi_time(name, now_, zone_);
    if (!time && place_of_ != nullptr) {
      return fail(ErrorCode::not_found, parameter(),
                  title() + " names '" + name.substr(0, 80) + "', which is no stream and no time.");
    }
    if (!time) return refused("the stream '" + name.substr(0, 80) + "'");
    TRY(NodePtr made, node(Op::time));
    made->time_ns = time->unix_ns();
    return made;
  }

  Result<NodePtr> number() {
    double value = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc{}) return wrong("has a number that is none");
    at_ = static_cast<std::size_t>(end - text_.data());
    TRY(NodePtr made, node(Op::number));
    made->number = value;
    return made;
  }

  Result<NodePtr> function() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::string name{text_.substr(begin, at_ - begin)};
    if (iequals(name, "true") || iequals(name, "false")) {
      TRY(NodePtr made, node(Op::number));
      made->number = iequals(name, "true") ? 1 : 0;
      return made;
    }
    const bool known = iequals(name, "BadVal") || iequals(name, "IsSet") || iequals(name, "Abs") ||
                       iequals(name, "DigState");
    if (!take("(")) return known ? wrong("lacks a parenthesis") : refused("'" + name.substr(0, 80) + "'");
    if (!known) return refused("the function " + name.substr(0, 80));
    if (++depth_ > kDepthMax) return wrong("is nested too deep");
    TRY(NodePtr made, arguments(name));
    if (!take(")")) return wrong("lacks a closing parenthesis");
    --depth_;
    return made;
  }

  Result<NodePtr> arguments(std::string_view name) {
    TRY(NodePtr first, disjunction());
    if (iequals(name, "BadVal")) return node(Op::bad_val, std::move(first));
    if (iequals(name, "Abs")) return node(Op::abs, std::move(first));
    if (iequals(name, "DigState")) {
      if (first->op != Op::text) return wrong("lacks the name of a state");
      first->op = Op::state;
      return first;
    }
    if (first->op != Op::stream) return wrong("asks IsSet of something else than the stream");
    if (!take(",")) return wrong("lacks the letter of IsSet");
    TRY(NodePtr letter, disjunction());
    const bool fits = letter->op == Op::text && (iequals(letter->text, "a") || iequals(letter->text, "s") ||
                                                 iequals(letter->text, "q"));
    if (!fits) return wrong("needs \"a\", \"s\" or \"q\" in IsSet");
    letter->op = Op::is_set;
    letter->place = first->place;
    letter->text = to_lower(letter->text);
    return letter;
  }

  std::string_view text_;
  Timestamp now_;
  PiZone zone_;
  const FilterExpression::PlaceOf* place_of_;
  std::size_t at_ = 0;
  int depth_ = 0, nodes_ = 0;
};

}  // namespace

FilterExpression::FilterExpression(std::unique_ptr<Node> root) : root_{std::move(root)} {}
FilterExpression::FilterExpression(FilterExpression&&) noexcept = default;
FilterExpression& FilterExpression::operator=(FilterExpression&&) noexcept = default;
FilterExpression::~FilterExpression() = default;

namespace {

Result<std::unique_ptr<FilterExpression::Node>> parse_all(std::string_view text, Timestamp now, PiZone zone,
                                                          const FilterExpression::PlaceOf* place_of) {
  if (text.size() > kTextMax) {
    return fail(ErrorCode::invalid_argument, place_of == nullptr ? "filterExpression" : "expression",
                place_of == nullptr ? "The filter expression is too long." : "The expression is too long.");
  }
  return Parser(text, now, zone, place_of).all();
}

}  // namespace

Result<FilterExpression> FilterExpression::parse(std::string_view text, Timestamp now, PiZone zone) {
  TRY(std::unique_ptr<Node> root, parse_all(text, now, zone, nullptr));
  return FilterExpression{std::move(root)};
}

Result<FilterExpression> FilterExpression::parse_calculation(std::string_view text, Timestamp now,
                                                             PiZone zone, const PlaceOf& place_of) {
  TRY(std::unique_ptr<Node> root, parse_all(text, now, zone, &place_of));
  return FilterExpression{std::move(root)};
}

}  // namespace penstock::dialects::piwebapi
