//===- ParseStatement.cpp - Statements and their operands -----------------===//
#include "runtime/cudasim/Ptx/Parser.h"
#include <utility>

using namespace azulejo::cudasim::ptx;

/// `@!%p1 opcode.modifier… operand, …;`
void Parser::parseStatement() {
  Statement statement;
  statement.location = location;
  if (accept("@")) {
    statement.guardNegated = accept("!");
    std::string_view guard = identifier("a predicate");
    const Name *name = findName(guard);
    if (!name || !name->vectorLength)
      fail("`" + std::string(guard) + "` is no register");
    statement.guard = name->unique;
  }
  statement.line = peek().line;
  statement.opcode = identifier("an instruction");
  while (peek().kind == Token::Kind::Dotted)
    statement.modifiers.push_back(take().text);

  if (!accept(";")) {
    do {
      // A call's lists are in parentheses; elsewhere those are of constant expressions.
      if (statement.opcode == "call" && peek().is("(")) {
        take();
        statement.operands.push_back(parseList(")", 0));
      } else {
        statement.operands.push_back(parseOperand(0));
        const bool isPlace = statement.opcode == "ld" || statement.opcode == "st";
        if (peek().is("[") && statement.operands.back().kind == Operand::Kind::Name &&
            (isPlace || statement.opcode == "mov"))
          parseIndex(statement.operands.back(), isPlace);
      }
      if (statement.operands.back().kind == Operand::Kind::Address)
        acceptDotted("unified"); // of ld and st: a promise about the address
      if (statement.operands.size() > 4096)
        fail("an instruction of more than 4096 operands");
    } while (accept(","));
    expect(";", "behind an instruction");
  }
  if (statement.opcode == "bra" || statement.opcode == "brx" || statement.opcode == "call")
    pendingStatements.push_back({uint32_t(function->statements.size()), scope});
  function->statements.push_back(std::move(statement));
}

Operand Parser::parseOperand(unsigned depth) {
  if (depth > Bounds::lists)
    fail("an operand that is nested too deeply");
  if (accept("["))
    return parseAddress(depth);
  if (accept("{"))
    return parseList("}", depth);
  Operand operand = parseSimpleOperand();
  if (peek().is("|") &&
      (operand.kind == Operand::Kind::Name || operand.kind == Operand::Kind::Sink)) {
    take();
    Operand pair;
    pair.kind = Operand::Kind::Pair;
    pair.elements.push_back(std::move(operand));
    pair.elements.push_back(parseSimpleOperand());
    return pair;
  }
  return operand;
}

/// A name, a constant or `_`.
Operand Parser::parseSimpleOperand() {
  const Token &token = peek();
  if (token.kind == Token::Kind::Identifier && token.text != "WARP_SZ")
    return parseName();
  Operand operand;
  if (accept("_"))
    return operand;
  if ((token.is("!") || token.is("-")) && peekSecond().kind == Token::Kind::Identifier) {
    take();
    operand = parseName();
    operand.negated = true;
    return operand;
  }
  ConstantValue value = parseExpression();
  operand.kind = value.isInteger() ? Operand::Kind::Integer : Operand::Kind::Float;
  operand.type = value.type;
  operand.bits = value.bits;
  return operand;
}

/// `%r1`, `%tid.x`, `%v.y`, `%r1.h0`, `foo+4`, or `%v`, which is the list of its elements.
Operand Parser::parseName() {
  Token token = take();
  std::string_view text = token.text;
  // `%tid.x` is one name; `%v.y` is an element of a vector register.
  std::string_view suffix;
  if (peek().kind == Token::Kind::Dotted && peek().begin() == token.end() && text[0] != '$') {
    suffix = take().text;
    text = std::string_view(text.data(), size_t(suffix.data() + suffix.size() - text.data()));
  }
  Operand operand;
  operand.kind = Operand::Kind::Name;
  operand.name = text;
  const Name *name = findName(token.text);
  if (!name) {
    operand.offset = parseAddend();
    return operand;
  }
  uint32_t length = name->vectorLength;
  std::string_view unique = name->unique;
  auto element = [&](unsigned i) { return keep(std::string(unique) + "." + "xyzw"[i]); };
  if (suffix.size() > 1 && (suffix[0] == 'b' || suffix[0] == 'h') && length == 1 &&
      suffix.find_first_not_of("01234567", 1) == std::string_view::npos) {
    operand.name = unique;
    operand.selector = suffix;
    return operand;
  }
  if (!suffix.empty()) {
    size_t i = suffix.size() == 1 ? std::string_view("xyzwrgba").find(suffix[0]) : 8;
    if (i >= 8 || i % 4 >= length || length == 1)
      fail(token.line, "`" + std::string(text) + "` is no element of a vector register");
    operand.name = element(unsigned(i % 4));
    return operand;
  }
  if (length > 1) {
    operand.kind = Operand::Kind::List;
    operand.name = {};
    for (unsigned i = 0; i < length; ++i) {
      Operand each;
      each.kind = Operand::Kind::Name;
      each.name = element(i);
      operand.elements.push_back(std::move(each));
    }
    return operand;
  }
  operand.name = unique;
  operand.offset = parseAddend();
  return operand;
}

/// `array[2]`: the address of an element, and for ld and st that element itself.
void Parser::parseIndex(Operand &operand, bool isPlace) {
  const Variable *array = nullptr;
  for (const Variable &each : function->variables)
    if (each.name == operand.name)
      array = &each;
  if (auto found = variables.find(operand.name); !array && found != variables.end())
    array = &module.variables[found->second];
  if (!array || array->dimensions.size() != 1 || operand.offset)
    fail("an index behind what is no array of one dimension");
  take();
  const int64_t index = parseIntegerExpression("an index");
  expect("]", "behind an index");
  const uint64_t bytes = uint64_t(ptx::sizeInBytes(array->type)) * array->vectorLength;
  operand.offset = int64_t(uint64_t(index) * bytes);
  if (!isPlace)
    return;
  Operand place;
  place.kind = Operand::Kind::Address;
  place.offset = std::exchange(operand.offset, 0);
  place.elements.push_back(std::move(operand));
  operand = std::move(place);
}

/// Behind `[`: a base with its offset, then what follows the first comma.
Operand Parser::parseAddress(unsigned depth) {
  Operand operand;
  operand.kind = Operand::Kind::Address;
  Operand base = parseSimpleOperand();
  if (base.kind != Operand::Kind::Name && base.kind != Operand::Kind::Integer)
    fail("expected a register, a symbol or an integer as an address");
  if (base.negated)
    fail("an address that is negated");
  operand.offset = base.offset;
  base.offset = 0;
  operand.elements.push_back(std::move(base));
  while (accept(",")) {
    if (operand.elements.size() > 16)
      fail("an address of more than 16 parts");
    operand.elements.push_back(parseOperand(depth + 1));
  }
  expect("]", "behind an address");
  return operand;
}

/// Behind `{` or `(`.
Operand Parser::parseList(std::string_view close, unsigned depth) {
  Operand operand;
  operand.kind = Operand::Kind::List;
  if (accept(close))
    return operand;
  do {
    if (operand.elements.size() > 4096)
      fail("a list of more than 4096 elements");
    operand.elements.push_back(parseOperand(depth + 1));
  } while (accept(","));
  if (!accept(close))
    fail("expected `" + std::string(close) + "` behind a list, not " + describe(peek()));
  return operand;
}
