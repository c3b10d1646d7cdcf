//===- Parser.h - The parser's own state ----------------------------------===//
#ifndef AZULEJO_CUDASIM_PTX_PARSER_H
#define AZULEJO_CUDASIM_PTX_PARSER_H

#include "runtime/cudasim/Ptx/Lexer.h"
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace azulejo::cudasim::ptx {

/// What a module may demand. Nothing here limits what compilers emit.
struct Bounds {
  static constexpr unsigned scopes = 256;                    // nested { }
  static constexpr unsigned expressions = 128;               // nested parentheses and operators
  static constexpr unsigned lists = 8;                       // nested { } and ( ) of an operand
  static constexpr uint64_t variable = uint64_t(1) << 40;    // bytes of one declaration
  static constexpr uint64_t initializer = uint64_t(1) << 28; // bytes that values are given for
};

/// A constant expression's value (section 4.5): 64 bits, signed or not, or a double.
struct ConstantValue {
  Type type = Type::S64; // S64, U64, F64; F32 for a lone 0f…, which no operator takes
  uint64_t bits = 0;

  bool isInteger() const { return type == Type::S64 || type == Type::U64; }
};

class Parser {
public:
  explicit Parser(Module &module);
  void parseModule();

private:
  // --- Tokens (Parser.cpp) -----------------------------------------------------------------------
  const Token &peek() const { return tokens[0]; }
  const Token &peekSecond() const { return tokens[1]; }
  Token take();
  bool accept(std::string_view punctuation);
  bool acceptDotted(std::string_view name);
  void expect(std::string_view punctuation, const char *where);
  std::string_view identifier(const char *what);
  uint64_t integer(const char *what);
  [[noreturn]] void fail(uint32_t line, const std::string &message) const;
  [[noreturn]] void fail(const std::string &message) const { fail(peek().line, message); }
  std::string describe(const Token &token) const;

  // --- Module level (Parser.cpp) -----------------------------------------------------------------
  void parseTopLevel();
  void parseHeader();
  void parseFile();
  void parseSection();
  void parseAlias();
  void skipPragma();
  void parseLinkage(Variable &variable);
  void parseAttribute();

  // --- Variables (ParseVariable.cpp) -------------------------------------------------------------
  /// Behind the state space: `[.align N] [.v2] .type name[dims] [= init] {, …};`
  void parseVariables(Variable prototype);
  Variable parseParameter(bool isKernel);
  std::vector<Variable> parseParameters(bool isKernel);
  void parseTypeOf(Variable &variable);
  void parseDimensions(Variable &variable);
  void parseInitializer(Variable &variable);
  void parseElements(Variable &variable, size_t dimension, uint64_t &at, uint64_t end);
  void parseScalar(Variable &variable, uint64_t at);
  void checkSize(const Variable &variable);
  void declare(Variable variable);

  // --- Functions (ParseFunction.cpp) -------------------------------------------------------------
  struct Range {
    uint64_t count;
    Variable prototype;
  };
  struct Name {
    std::string_view unique;
    uint32_t vectorLength; // 0: no register
  };
  /// What `{ }` encloses. Inner scopes hide what outer ones declare.
  struct Scope {
    int32_t parent;
    std::unordered_map<std::string_view, Name> names;
    std::unordered_map<std::string_view, Range> ranges;
    std::unordered_map<std::string_view, std::string_view> labels;
  };
  void parseFunction(bool isKernel, const Variable &linkage);
  void parseLimits(Function &function);
  void parseTriple(uint32_t triple[3]);
  void parseBody();
  void openScope();
  void closeScope();
  void finishBody();
  void addToModule(Function function);
  void parseLocation();
  bool parseLabel();
  void parsePrototype(std::string_view label);
  void parseTargets(std::string_view label);
  std::string_view uniqueName(std::string_view name);
  std::string_view keep(std::string text);
  void declareRegister(Variable variable, uint32_t line);
  void addRegister(const Variable &variable, std::string_view name, Scope &scope);
  void addName(Scope &scope, std::string_view name, Name entry, uint32_t line);
  const Name *findName(std::string_view name);
  std::string_view findLabel(std::string_view name, int32_t scope) const;

  // --- Statements and operands (ParseStatement.cpp) ----------------------------------------------
  void parseStatement();
  Operand parseOperand(unsigned depth);
  Operand parseSimpleOperand();
  Operand parseAddress(unsigned depth);
  Operand parseList(std::string_view close, unsigned depth);
  Operand parseName();
  void parseIndex(Operand &operand, bool isPlace);
  int64_t parseAddend();

  // --- Constant expressions (ParseExpression.cpp) ------------------------------------------------
  ConstantValue parseExpression(unsigned depth = 0);
  ConstantValue parseBinary(unsigned least, unsigned depth);
  ConstantValue parseUnary(unsigned depth);
  ConstantValue parsePrimary(unsigned depth);
  ConstantValue apply(const Token &op, ConstantValue left, ConstantValue right);
  int64_t parseIntegerExpression(const char *what);

  Module &module;
  Lexer lexer;
  Token tokens[2];

  /// Functions of the module by name, to match declarations and definitions.
  std::unordered_map<std::string_view, size_t> functions;
  std::unordered_map<std::string_view, size_t> variables;

  // Of the function that is parsed.
  Function *function = nullptr;
  std::deque<Scope> scopes; // all that were opened
  int32_t scope = -1;
  unsigned scopeDepth = 0;
  std::unordered_set<std::string_view> usedNames;
  SourceLocation location;
  struct Pending { // an operand that may name a label
    uint32_t statement;
    int32_t scope;
  };
  std::vector<Pending> pendingStatements;
  struct PendingTargets {
    uint32_t list;
    uint32_t line;
    int32_t scope;
  };
  std::vector<PendingTargets> pendingTargets;
};

} // namespace azulejo::cudasim::ptx

#endif // AZULEJO_CUDASIM_PTX_PARSER_H
