//===- ParseFunction.cpp - Functions, their scopes and names --------------===//
#include "runtime/cudasim/Ptx/Parser.h"

using namespace azulejo::cudasim::ptx;

void Parser::parseFunction(bool isKernel, const Variable &linkage) {
  Function result;
  result.line = peek().line;
  result.isKernel = isKernel;
  result.isVisible = linkage.isVisible;
  result.isWeak = linkage.isWeak;
  result.isExternal = linkage.isExternal;
  while (acceptDotted("attribute"))
    parseAttribute();
  if (!isKernel && peek().is("("))
    result.results = parseParameters(false);
  acceptDotted("noreturn");
  result.name = identifier("a function's name");
  if (peek().is("("))
    result.parameters = parseParameters(isKernel);
  parseLimits(result);
  if (accept(";")) {
    addToModule(std::move(result));
    return;
  }
  result.hasBody = true;
  function = &result;
  parseBody();
  function = nullptr;
  addToModule(std::move(result));
}

/// Declarations may be repeated, before and behind the definition.
void Parser::addToModule(Function added) {
  if (variables.count(added.name))
    fail(added.line, "`" + std::string(added.name) + "` is a variable already");
  auto [found, isNew] = functions.try_emplace(added.name, module.functions.size());
  if (isNew) {
    module.functions.push_back(std::move(added));
    return;
  }
  Function &other = module.functions[found->second];
  if (added.isKernel != other.isKernel || added.parameters.size() != other.parameters.size() ||
      added.results.size() != other.results.size())
    fail(added.line, "`" + std::string(added.name) + "` was declared otherwise in line " +
                         std::to_string(other.line));
  if (!added.hasBody)
    return;
  if (other.hasBody && !added.isWeak)
    fail(added.line, "`" + std::string(added.name) + "` is defined twice");
  if (!other.hasBody)
    other = std::move(added);
}

void Parser::parseTriple(uint32_t triple[3]) {
  triple[0] = triple[1] = triple[2] = 1;
  for (unsigned i = 0; i < 3; ++i) {
    int64_t value = parseIntegerExpression("a launch limit");
    if (value < 0 || value > INT32_MAX)
      fail("a launch limit that is out of range");
    triple[i] = uint32_t(value);
    if (i == 2 || !accept(","))
      return;
  }
}

void Parser::parseLimits(Function &result) {
  KernelLimits &limits = result.limits;
  auto one = [&](uint32_t &value) {
    uint32_t triple[3];
    parseTriple(triple);
    value = triple[0];
  };
  uint32_t ignored;
  while (peek().kind == Token::Kind::Dotted) {
    Token token = take();
    std::string_view text = token.text;
    if (text == "maxntid")
      parseTriple(limits.maxThreads);
    else if (text == "reqntid")
      parseTriple(limits.requiredThreads);
    else if (text == "reqnctapercluster")
      parseTriple(limits.requiredCluster);
    else if (text == "explicitcluster" || text == "blocksareclusters")
      limits.explicitCluster = true;
    else if (text == "maxclusterrank")
      one(limits.maxClusterRank);
    else if (text == "minnctapersm")
      one(limits.minBlocksPerSm);
    else if (text == "maxnreg")
      one(limits.maxRegisters);
    else if (text == "maxnctapersm" || text == "abi_preserve" || text == "abi_preserve_control")
      one(ignored);
    else if (text == "noreturn")
      result.noReturn = true;
    else if (text == "attribute")
      parseAttribute();
    else if (text == "pragma") {
      if (peek().kind != Token::Kind::String)
        fail("expected a string behind .pragma, not " + describe(peek()));
      take();
      accept(";");
    } else
      fail(token.line, "unknown directive " + describe(token) + " of a function");
  }
}

// --- Scopes and names
// -----------------------------------------------------------------------------

std::string_view Parser::keep(std::string text) {
  module.names.push_back(std::make_unique<std::string>(std::move(text)));
  return *module.names.back();
}

/// The name itself in a function's outermost scope. Inner scopes get name#2, name#3 …, so that what
/// they declare means nothing outside of them.
std::string_view Parser::uniqueName(std::string_view name) {
  if (scopeDepth == 1 && usedNames.insert(name).second)
    return name;
  std::string_view unique = keep(std::string(name) + "#" + std::to_string(module.names.size() + 1));
  usedNames.insert(unique);
  return unique;
}

void Parser::addName(Scope &into, std::string_view name, Name entry, uint32_t line) {
  if (!into.names.emplace(name, entry).second)
    fail(line, "`" + std::string(name) + "` is declared twice");
}

/// `%r` or, with its `<10>` to come, %r0 … %r9.
void Parser::declareRegister(Variable variable, uint32_t line) {
  if (!function)
    fail(line, "a register outside of a function");
  Scope &into = scopes[size_t(scope)];
  if (accept("<")) {
    uint64_t count = integer("how many registers to declare");
    expect(">", "behind how many registers to declare");
    std::string_view name = variable.name;
    if (!into.ranges.emplace(name, Range{count, std::move(variable)}).second)
      fail(line, "`" + std::string(name) + "<…>` is declared twice");
    return;
  }
  if (peek().is("["))
    fail(line, "an array of registers");
  addRegister(variable, variable.name, into);
}

void Parser::addRegister(const Variable &variable, std::string_view name, Scope &into) {
  std::string_view unique = uniqueName(name);
  addName(into, name, {unique, variable.vectorLength}, variable.line);
  Variable element = variable;
  element.vectorLength = 1;
  element.alignment = 0;
  if (variable.vectorLength == 1) {
    element.name = unique;
    function->registers.push_back(std::move(element));
    return;
  }
  for (unsigned i = 0; i < variable.vectorLength; ++i) { // %v.x, %v.y, …
    if (i == 4)
      fail(variable.line, "a vector register of more than 4 elements");
    element.name = keep(std::string(unique) + "." + "xyzw"[i]);
    function->registers.push_back(element);
  }
}

/// What a name means in the present scope: a register or a variable of the function, or null.
/// %r5 of `%r<10>` becomes a register here, when it is first mentioned.
const Parser::Name *Parser::findName(std::string_view name) {
  size_t digits = name.size();
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9')
    --digits;
  // %r01 is none of them.
  std::string_view written = name.substr(digits);
  bool isNumber =
      !written.empty() && written.size() < 11 && (written[0] != '0' || written.size() == 1);
  uint64_t number = 0;
  for (char c : isNumber ? written : std::string_view())
    number = number * 10 + uint64_t(c - '0');
  for (int32_t each = scope; each >= 0; each = scopes[size_t(each)].parent) {
    Scope &at = scopes[size_t(each)];
    if (auto found = at.names.find(name); found != at.names.end())
      return &found->second;
    if (at.ranges.empty() || !isNumber)
      continue;
    auto found = at.ranges.find(name.substr(0, digits));
    if (found != at.ranges.end() && number < found->second.count) {
      addRegister(found->second.prototype, name, at);
      return &at.names.find(name)->second;
    }
  }
  return nullptr;
}

std::string_view Parser::findLabel(std::string_view name, int32_t from) const {
  for (int32_t each = from; each >= 0; each = scopes[size_t(each)].parent) {
    const Scope &at = scopes[size_t(each)];
    if (auto found = at.labels.find(name); found != at.labels.end())
      return found->second;
  }
  return {};
}

// --- Bodies
// ---------------------------------------------------------------------------------------

void Parser::openScope() {
  if (++scopeDepth > Bounds::scopes)
    fail("more than " + std::to_string(Bounds::scopes) + " nested { }");
  scopes.push_back({scope, {}, {}, {}});
  scope = int32_t(scopes.size() - 1);
}

void Parser::closeScope() {
  --scopeDepth;
  scope = scopes[size_t(scope)].parent;
}

void Parser::parseBody() {
  scopes.clear();
  usedNames.clear();
  pendingStatements.clear();
  pendingTargets.clear();
  location = {};
  scope = -1;
  scopeDepth = 0;

  expect("{", "before a function's body");
  openScope();
  for (auto *formals : {&function->results, &function->parameters})
    for (Variable &formal : *formals) {
      if (formal.name.empty())
        fail(formal.line, "a parameter without a name");
      if (!formal.alignment)
        formal.alignment = sizeInBytes(formal.type) * formal.vectorLength;
      if (formal.space == StateSpace::Register) {
        addRegister(formal, formal.name, scopes[0]);
      } else {
        usedNames.insert(formal.name);
        addName(scopes[0], formal.name, {formal.name, 0}, formal.line);
      }
    }

  while (scopeDepth) {
    const Token &token = peek();
    if (token.kind == Token::Kind::End)
      fail(function->line, "the body of `" + std::string(function->name) + "` does not end");
    if (token.is("{")) {
      take();
      openScope();
    } else if (token.is("}")) {
      take();
      closeScope();
    } else if (token.is(";")) {
      take();
    } else if (token.kind == Token::Kind::Dotted) {
      Variable variable;
      variable.line = token.line;
      if (token.text == "loc") {
        parseLocation();
        continue;
      }
      if (token.text == "pragma") {
        skipPragma();
        continue;
      }
      if (token.text == "file") {
        parseFile();
        continue;
      }
      parseLinkage(variable);
      if (acceptDotted("reg"))
        variable.space = StateSpace::Register;
      else if (acceptDotted("local"))
        variable.space = StateSpace::Local;
      else if (acceptDotted("shared"))
        variable.space = StateSpace::Shared;
      else if (acceptDotted("param"))
        variable.space = StateSpace::Param;
      else if (acceptDotted("global"))
        variable.space = StateSpace::Global;
      else if (acceptDotted("const"))
        variable.space = StateSpace::Const;
      else
        fail("unknown directive " + describe(peek()) + " in a function");
      parseVariables(variable);
    } else if (!parseLabel()) {
      parseStatement();
    }
  }
  finishBody();
}

/// `.loc 1 10 5[, function_name $L__info_string0[+4], inlined_at 1 20 3]`
void Parser::parseLocation() {
  uint32_t line = take().line;
  SourceLocation result;
  result.file = uint32_t(integer("a file's number"));
  result.line = uint32_t(integer("a line"));
  result.column = uint32_t(integer("a column"));
  while (accept(",")) {
    std::string_view what = identifier("function_name or inlined_at");
    if (what == "function_name") {
      identifier("a label");
      parseAddend();
    } else if (what == "inlined_at") {
      for (int i = 0; i < 3; ++i)
        integer("file, line and column");
    } else {
      fail(line, "unknown `" + std::string(what) + "` of .loc");
    }
  }
  location = result;
}

/// `name:`, which may stand before .branchtargets, .calltargets and .callprototype too.
bool Parser::parseLabel() {
  if (peek().kind != Token::Kind::Identifier || !peekSecond().is(":"))
    return false;
  Token token = take();
  take();
  std::string_view unique = uniqueName(token.text);
  if (!scopes[size_t(scope)].labels.emplace(token.text, unique).second)
    fail(token.line, "the label `" + std::string(token.text) + "` is defined twice");
  if (peek().isDotted("branchtargets") || peek().isDotted("calltargets"))
    parseTargets(unique);
  else if (peek().isDotted("callprototype"))
    parsePrototype(unique);
  else
    function->labels.push_back({unique, uint32_t(function->statements.size())});
  return true;
}

void Parser::parseTargets(std::string_view label) {
  bool branches = peek().text == "branchtargets";
  uint32_t line = take().line;
  TargetList list;
  list.name = label;
  do {
    std::string_view name = identifier(branches ? "a label" : "a function");
    if (accept("<")) { // N<4>: N0, N1, N2, N3
      uint64_t count = integer("how many labels");
      expect(">", "behind how many labels");
      if (count > 65536)
        fail(line, "more than 65536 labels");
      for (uint64_t i = 0; i < count; ++i)
        list.targets.push_back(keep(std::string(name) + std::to_string(i)));
    } else {
      list.targets.push_back(name);
    }
  } while (accept(","));
  expect(";", "behind a list of targets");
  if (branches)
    pendingTargets.push_back({uint32_t(function->targetLists.size()), line, scope});
  function->targetLists.push_back(std::move(list));
}

/// `.callprototype (.param .b32 _) _ (.param .b64 _, …);`
void Parser::parsePrototype(std::string_view label) {
  take();
  Prototype prototype;
  prototype.name = label;
  if (peek().is("("))
    prototype.results = parseParameters(false);
  if (!accept("_"))
    identifier("_");
  if (peek().is("("))
    prototype.parameters = parseParameters(false);
  for (auto *formals : {&prototype.results, &prototype.parameters})
    for (Variable &formal : *formals)
      if (!formal.alignment)
        formal.alignment = sizeInBytes(formal.type) * formal.vectorLength;
  Function ignored;
  parseLimits(ignored); // .noreturn, .abi_preserve
  expect(";", "behind a prototype");
  function->prototypes.push_back(std::move(prototype));
}

/// Labels are known in all of their scope, so branches are looked at when the body has ended.
void Parser::finishBody() {
  for (const Pending &pending : pendingStatements) {
    Statement &statement = function->statements[pending.statement];
    for (Operand &operand : statement.operands) {
      if (operand.kind != Operand::Kind::Name)
        continue;
      std::string_view label = findLabel(operand.name, pending.scope);
      if (!label.empty())
        operand.name = label;
      else if (statement.opcode == "bra" ||
               (statement.opcode == "brx" && &operand != &statement.operands[0]))
        fail(statement.line, "there is no label `" + std::string(operand.name) + "` here");
    }
  }
  for (const PendingTargets &pending : pendingTargets)
    for (std::string_view &target : function->targetLists[pending.list].targets) {
      std::string_view label = findLabel(target, pending.scope);
      if (label.empty())
        fail(pending.line, "there is no label `" + std::string(target) + "` here");
      target = label;
    }
}
