//===- Expression.h - Sizes as expressions over symbols ---------------------------------------===//
#ifndef AZULEJO_RUNTIME_EXPRESSION_H
#define AZULEJO_RUNTIME_EXPRESSION_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace azulejo::runtime {

/// What the metadata says of a dimension that is no symbol by itself: "past + 1", "batch*seq",
/// "min(512, seq)"; see Artifact/Format.h.
class Expression {
public:
  /// `symbols` are all names that may occur. Nothing where `text` is no expression over them.
  static std::optional<Expression> parse(std::string_view text,
                                         const std::vector<std::string> &symbols);

  /// The value where each symbol has its value of `values`; nothing where that overflows or divides
  /// by zero.
  std::optional<int64_t> evaluate(const std::vector<int64_t> &values) const;

  /// The symbols that occur, as indices into `symbols`, each once.
  const std::vector<int> &usedSymbols() const { return used; }

private:
  friend class ExpressionParser;
  /// In postfix order. kind: 'n' a number, 's' a symbol's index, or an operation on the two values
  /// before it: + - *, f(loordiv), c(eildiv), %, m(in), M(ax).
  struct Step {
    char kind;
    int64_t value;
  };
  std::vector<Step> steps;
  std::vector<int> used;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_EXPRESSION_H
