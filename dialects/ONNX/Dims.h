//===- Dims.h - Symbolic dimensions and their arithmetic --------------------------------------===//
//
// A dynamic dimension of an ONNX tensor is an integer expression over named symbols: `batch`,
// `batch*seq`, `floordiv(width + 1, 2)`. Expressions are kept as polynomials with integer
// coefficients over *atoms*, where an atom is a symbol or a division, remainder, minimum or maximum
// that does not simplify; printed in one canonical order. So two dimensions are equal exactly when
// their text is equal, which is what lets ONNX's own shape inference, to which a dimension is a
// name
// ("dim_param"), keep them related.
//
// Every symbol stands for a non-negative integer, as dimensions are.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_DIALECTS_ONNX_DIMS_H
#define AZULEJO_DIALECTS_ONNX_DIMS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace azulejo::onnx {

class SymbolicExpr {
public:
  /// A constant; zero by default.
  SymbolicExpr(int64_t constant = 0);

  /// The symbol `name`, which must satisfy `isSymbolName`.
  static SymbolicExpr symbol(llvm::StringRef name);

  /// Reads what `str` prints, and any integer expression in + - * ( ) and the five functions;
  /// nothing when it is not one.
  static std::optional<SymbolicExpr> parse(llvm::StringRef text);

  /// Whether `name` can be a symbol: a letter or underscore, then letters, digits, `_`, `.`, `:` or
  /// `#`; no function's name.
  static bool isSymbolName(llvm::StringRef name);

  /// The canonical text.
  std::string str() const;

  std::optional<int64_t> getConstant() const;
  bool operator==(const SymbolicExpr &other) const { return terms == other.terms; }
  bool operator!=(const SymbolicExpr &other) const { return !(*this == other); }

  SymbolicExpr operator+(const SymbolicExpr &other) const;
  SymbolicExpr operator-(const SymbolicExpr &other) const;
  SymbolicExpr operator*(const SymbolicExpr &other) const;

  static SymbolicExpr floorDiv(const SymbolicExpr &a, const SymbolicExpr &b);
  static SymbolicExpr ceilDiv(const SymbolicExpr &a, const SymbolicExpr &b);
  static SymbolicExpr mod(const SymbolicExpr &a, const SymbolicExpr &b);
  static SymbolicExpr min(const SymbolicExpr &a, const SymbolicExpr &b);
  static SymbolicExpr max(const SymbolicExpr &a, const SymbolicExpr &b);

  /// `this / divisor` when it has no remainder for any values of the symbols.
  std::optional<SymbolicExpr> exactQuotient(const SymbolicExpr &divisor) const;

  /// A lower bound that holds for all non-negative values of the symbols, if one is seen.
  std::optional<int64_t> getLowerBound() const;

  /// The names of all symbols in it, sorted.
  llvm::SmallVector<std::string> getSymbols() const;

  /// The expression with every symbol replaced by what `value` says of it.
  SymbolicExpr substitute(llvm::function_ref<SymbolicExpr(llvm::StringRef)> value) const;

  /// Folds the expression bottom-up, which is how it becomes code. `combine` gets one of + * f c %
  /// m M: sum, product, floordiv, ceildiv, mod, min, max.
  template <typename T>
  T visit(llvm::function_ref<T(int64_t)> constant, llvm::function_ref<T(llvm::StringRef)> symbol,
          llvm::function_ref<T(char, T, T)> combine) const;

private:
  /// A product of atoms' texts, sorted, with repetition; empty for the constant term.
  using Monomial = std::vector<std::string>;
  std::map<Monomial, int64_t> terms; // no zero coefficients

  void add(const Monomial &monomial, int64_t coefficient);
  static SymbolicExpr function(llvm::StringRef name, const SymbolicExpr &a, const SymbolicExpr &b);
  /// An atom that is a function, as its name and arguments; nothing for a symbol.
  static std::optional<std::tuple<std::string, SymbolicExpr, SymbolicExpr>>
  splitFunction(llvm::StringRef atom);
};

template <typename T>
T SymbolicExpr::visit(llvm::function_ref<T(int64_t)> constant,
                      llvm::function_ref<T(llvm::StringRef)> symbol,
                      llvm::function_ref<T(char, T, T)> combine) const {
  auto visitAtom = [&](llvm::StringRef atom) -> T {
    auto split = splitFunction(atom);
    if (!split)
      return symbol(atom);
    auto &[name, a, b] = *split;
    char kind = name == "floordiv"  ? 'f'
                : name == "ceildiv" ? 'c'
                : name == "mod"     ? '%'
                : name == "min"     ? 'm'
                                    : 'M';
    return combine(kind, a.visit(constant, symbol, combine), b.visit(constant, symbol, combine));
  };
  std::optional<T> sum;
  for (const auto &[monomial, coefficient] : terms) {
    std::optional<T> product;
    if (coefficient != 1 || monomial.empty())
      product = constant(coefficient);
    for (const std::string &atom : monomial)
      product = product ? combine('*', *product, visitAtom(atom)) : visitAtom(atom);
    sum = sum ? combine('+', *sum, *product) : *product;
  }
  return sum ? *sum : constant(0);
}

} // namespace azulejo::onnx

#endif // AZULEJO_DIALECTS_ONNX_DIMS_H
