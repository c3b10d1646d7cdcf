#include "lib/Import/DimNames.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using azulejo::onnx::SymbolicExpr;

namespace azulejo {

/// A product of sums grows exponentially with its text; what a person or an exporter writes does
/// not.
static constexpr size_t maxExpressionText = 200, maxCanonicalText = 1000;

void DimNames::declare(StringRef text) {
  if (SymbolicExpr::isSymbolName(text))
    symbols.insert(text);
}

static std::string makeName(StringRef text) {
  std::string name;
  for (char c : text)
    name += isAlnum(c) || c == '_' || c == '.' || c == ':' || c == '#' ? c : '_';
  if (!isAlpha(name.front()) && name.front() != '_')
    name = "_" + name;
  return name;
}

std::optional<SymbolicExpr> DimNames::read(StringRef text) {
  auto [entry, isNew] = known.try_emplace(text);
  if (!isNew)
    return entry->second;
  std::optional<SymbolicExpr> &dim = entry->second;
  if (text.empty() || text == "?")
    return dim;
  if (SymbolicExpr::isSymbolName(text)) {
    symbols.insert(text);
    return dim = SymbolicExpr::symbol(text);
  }
  if (text.size() <= maxExpressionText)
    if (auto expression = SymbolicExpr::parse(text)) {
      if (auto constant = expression->getConstant(); constant && *constant < 0)
        return dim;
      if (expression->str().size() <= maxCanonicalText &&
          all_of(expression->getSymbols(),
                 [&](const std::string &name) { return symbols.contains(name); }))
        return dim = expression;
    }
  std::string base = makeName(text), name = base;
  for (unsigned i = 1; !SymbolicExpr::isSymbolName(name) || symbols.contains(name); ++i)
    name = base + "_" + utostr(i);
  symbols.insert(name);
  return dim = SymbolicExpr::symbol(name);
}

} // namespace azulejo
