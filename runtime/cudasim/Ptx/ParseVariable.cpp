//===- ParseVariable.cpp - Declarations and initialisers (section 5.4) ----===//
#include "runtime/cudasim/Ptx/Parser.h"
#include <algorithm>
#include <cstring>

using namespace azulejo::cudasim::ptx;

namespace {

bool isPowerOfTwo(uint64_t value) { return value && !(value & (value - 1)); }

/// a * b, or more than any bound where that overflows.
uint64_t multiply(uint64_t a, uint64_t b) {
  uint64_t result;
  return __builtin_mul_overflow(a, b, &result) ? ~uint64_t(0) : result;
}

} // namespace

uint64_t Variable::sizeInBytes() const {
  uint64_t size = uint64_t(ptx::sizeInBytes(type)) * vectorLength;
  for (uint64_t each : dimensions)
    size = multiply(size, each);
  return size;
}

void Parser::parseTypeOf(Variable &variable) {
  for (;;) {
    if (acceptDotted("align")) {
      uint64_t alignment = integer("an alignment");
      if (!isPowerOfTwo(alignment) || alignment > 1 << 20)
        fail("an alignment that is no power of two");
      variable.alignment = uint32_t(alignment);
    } else if (acceptDotted("attribute")) {
      parseAttribute();
    } else if (acceptDotted("v2")) {
      variable.vectorLength = 2;
    } else if (acceptDotted("v4")) {
      variable.vectorLength = 4;
    } else if (acceptDotted("v8")) {
      variable.vectorLength = 8;
    } else if (acceptDotted("ptr")) { // of a kernel's parameter: where it points does not matter
      for (std::string_view space : {"global", "const", "shared", "local"})
        if (acceptDotted(space))
          break;
      if (acceptDotted("align"))
        integer("an alignment");
    } else {
      break;
    }
  }
  if (variable.type == Type::None) {
    if (peek().kind != Token::Kind::Dotted)
      fail("expected a type, not " + describe(peek()));
    for (std::string_view opaque : {"texref", "samplerref", "surfref"})
      if (peek().isDotted(opaque))
        fail("textures and surfaces are not modelled");
    variable.type = parseType(peek().text);
    bool allowed = (variable.type >= Type::Pred && variable.type <= Type::S64) ||
                   (variable.type >= Type::F16 && variable.type <= Type::F64);
    if (!allowed || (variable.type == Type::Pred && variable.space != StateSpace::Register))
      fail("." + std::string(peek().text) + " is no type of a variable");
    take();
    parseTypeOf(variable); // .align and .ptr may also stand behind the type
  }
}

void Parser::parseDimensions(Variable &variable) {
  while (accept("[")) {
    if (variable.dimensions.size() == 16)
      fail("an array of more than 16 dimensions");
    uint64_t size = 0;
    if (!peek().is("]")) {
      int64_t value = parseIntegerExpression("an array's length");
      if (value < 0)
        fail("an array of negative length");
      size = uint64_t(value);
    } else if (!variable.dimensions.empty()) {
      fail("only the first dimension of an array may be open");
    }
    expect("]", "behind an array's length");
    variable.dimensions.push_back(size);
  }
}

void Parser::checkSize(const Variable &variable) {
  if (variable.sizeInBytes() > Bounds::variable)
    fail(variable.line, "`" + std::string(variable.name) + "` is larger than any memory");
}

void Parser::parseVariables(Variable prototype) {
  parseTypeOf(prototype);
  do {
    Variable variable = prototype;
    variable.line = peek().line;
    variable.name = identifier("a variable's name");
    if (variable.space == StateSpace::Register) {
      declareRegister(std::move(variable), peek().line);
      continue;
    }
    if (accept("<")) { // foo<10>: as for registers
      uint64_t count = integer("how many variables to declare");
      expect(">", "behind how many variables to declare");
      if (count > 65536)
        fail("more than 65536 variables in one declaration");
      for (uint64_t i = 0; i < count; ++i) {
        Variable each = variable;
        each.name = keep(std::string(variable.name) + std::to_string(i));
        declare(std::move(each));
      }
      continue;
    }
    parseDimensions(variable);
    checkSize(variable);
    if (accept("=")) {
      if (variable.space != StateSpace::Global && variable.space != StateSpace::Const)
        fail("only .global and .const variables have initial values");
      parseInitializer(variable);
    }
    bool open = !variable.dimensions.empty() && variable.dimensions[0] == 0;
    if (open && !variable.isExternal && variable.space != StateSpace::Param)
      fail(variable.line, "`" + std::string(variable.name) + "` has neither length nor values");
    declare(std::move(variable));
  } while (accept(","));
  expect(";", "behind a declaration");
}

Variable Parser::parseParameter(bool isKernel) {
  Variable variable;
  variable.line = peek().line;
  if (acceptDotted("param"))
    variable.space = StateSpace::Param;
  else if (!isKernel && acceptDotted("reg"))
    variable.space = StateSpace::Register;
  else
    fail("expected .param, not " + describe(peek()));
  parseTypeOf(variable);
  if (!accept("_")) // of a prototype
    variable.name = identifier("a parameter's name");
  parseDimensions(variable);
  checkSize(variable);
  if (variable.sizeInBytes() > 65536)
    fail(variable.line, "a parameter of more than 64 KiB");
  if (variable.space == StateSpace::Register &&
      (variable.vectorLength != 1 || !variable.dimensions.empty()))
    fail(variable.line, "a .reg parameter is a scalar");
  return variable;
}

std::vector<Variable> Parser::parseParameters(bool isKernel) {
  std::vector<Variable> result;
  expect("(", "before parameters");
  if (accept(")"))
    return result;
  do
    result.push_back(parseParameter(isKernel));
  while (accept(","));
  expect(")", "behind parameters");
  return result;
}

void Parser::parseInitializer(Variable &variable) {
  bool aggregate = variable.vectorLength > 1 || !variable.dimensions.empty();
  bool open = !variable.dimensions.empty() && variable.dimensions[0] == 0;
  uint64_t at = 0, size = open ? Bounds::initializer : variable.sizeInBytes();
  if (!aggregate) {
    bool braces = accept("{");
    parseScalar(variable, 0);
    if (braces)
      expect("}", "behind an initial value");
  } else {
    expect("{", "before initial values");
    parseElements(variable, 0, at, size);
  }
  if (open) {
    Variable row = variable;
    row.dimensions[0] = 1;
    uint64_t bytes = std::max<uint64_t>(row.sizeInBytes(), 1);
    variable.dimensions[0] = (variable.initializer.size() + bytes - 1) / bytes;
  }
}

/// Behind `{`: the elements of a row of `dimension`, written from `at` on, before `end`.
void Parser::parseElements(Variable &variable, size_t dimension, uint64_t &at, uint64_t end) {
  uint64_t element = sizeInBytes(variable.type);
  uint64_t inner = element * (dimension < variable.dimensions.size() ? variable.vectorLength : 1);
  for (size_t i = dimension + 1; i < variable.dimensions.size(); ++i)
    inner = multiply(inner, variable.dimensions[i]);
  size_t deepest = variable.dimensions.size() - (variable.vectorLength == 1);
  uint64_t begin = at;
  if (!accept("}")) {
    do {
      if (accept("{")) {
        if (variable.dimensions.empty() || dimension >= deepest || !inner)
          fail("more braces than the array has dimensions");
        at = begin + (at - begin + inner - 1) / inner * inner;
        uint64_t row = at;
        if (row > end || inner > end - row)
          fail("more initial values than elements");
        parseElements(variable, dimension + 1, at, row + inner);
        at = row + inner;
      } else {
        if (at > end || element > end - at)
          fail("more initial values than elements");
        parseScalar(variable, at);
        at += element;
      }
    } while (accept(","));
    expect("}", "behind initial values");
  }
}

/// One value: a constant, or `symbol + 8`, `generic(symbol)`, `0xff00(generic(symbol) + 8)`.
void Parser::parseScalar(Variable &variable, uint64_t at) {
  uint64_t size = sizeInBytes(variable.type);
  if (at + size > Bounds::initializer)
    fail("an initial value more than 256 MiB behind the beginning of its variable");
  if (variable.initializer.size() < at + size)
    variable.initializer.resize(at + size);
  uint8_t *to = variable.initializer.data() + at;

  Variable::Reference reference;
  bool masked = peek().kind == Token::Kind::Integer && peekSecond().is("(");
  if (masked) {
    uint64_t mask = integer("a mask");
    expect("(", "behind a mask");
    reference.shift = mask ? uint32_t(__builtin_ctzll(mask)) : 0;
    if (!mask || mask >> reference.shift != 0xff || reference.shift % 8 || size != 1)
      fail("a mask of an address selects one byte");
  }
  if (peek().kind != Token::Kind::Identifier || peek().text == "WARP_SZ") {
    ConstantValue value = parseExpression();
    if (masked)
      fail("a mask applies to the address of a symbol");
    bool floating = isFloatingPoint(variable.type);
    if (value.isInteger() && (!floating || size == 2)) {
      std::memcpy(to, &value.bits, size);
    } else if (value.type == Type::F32 && size == 4) {
      std::memcpy(to, &value.bits, 4);
    } else if (value.type == Type::F64 && size == 8) {
      std::memcpy(to, &value.bits, 8);
    } else if (floating && size >= 4) {
      double wide;
      float narrow;
      if (value.type == Type::F32) {
        std::memcpy(&narrow, &value.bits, 4);
        wide = narrow;
      } else if (value.type == Type::F64) {
        std::memcpy(&wide, &value.bits, 8);
      } else {
        wide = value.type == Type::S64 ? double(int64_t(value.bits)) : double(value.bits);
      }
      narrow = float(wide);
      std::memcpy(to, size == 8 ? static_cast<void *>(&wide) : &narrow, size);
    } else {
      fail("an initial value that does not fit ." + std::string(name(variable.type)));
    }
    return;
  }

  reference.at = at;
  reference.bytes = uint32_t(size);
  reference.symbol = identifier("a symbol");
  if (reference.symbol == "generic" && accept("(")) {
    reference.generic = true;
    reference.symbol = identifier("a symbol");
    reference.addend += parseAddend();
    expect(")", "behind generic(");
  }
  reference.addend += parseAddend();
  if (masked)
    expect(")", "behind a masked address");
  else if (size < 4)
    fail("an address does not fit ." + std::string(name(variable.type)));
  if (isFloatingPoint(variable.type))
    fail("an address as the initial value of ." + std::string(name(variable.type)));
  variable.references.push_back(reference);
}

/// `+ 8`, `+ -4 - 2`, or nothing; it does not begin with a minus.
int64_t Parser::parseAddend() {
  uint64_t sum = 0;
  if (!peek().is("+"))
    return 0;
  while (peek().is("+") || peek().is("-")) {
    bool minus = take().is("-");
    ConstantValue value = parseBinary(10, 0);
    if (!value.isInteger())
      fail("expected an integer offset");
    sum += minus ? 0 - value.bits : value.bits;
  }
  return int64_t(sum);
}

void Parser::declare(Variable variable) {
  if (!variable.alignment)
    variable.alignment = sizeInBytes(variable.type) * variable.vectorLength;
  uint32_t line = variable.line;
  if (function && variable.space != StateSpace::Global && variable.space != StateSpace::Const) {
    std::string_view written = variable.name;
    variable.name = uniqueName(written);
    addName(scopes[size_t(scope)], written, {variable.name, 0}, line);
    function->variables.push_back(std::move(variable));
    return;
  }
  if (function) { // static variables of a function
    std::string_view written = variable.name;
    variable.name = keep(std::string(function->name) + "." + std::string(written) + "#" +
                         std::to_string(module.variables.size()));
    addName(scopes[size_t(scope)], written, {variable.name, 0}, line);
  }
  if (functions.count(variable.name))
    fail(line, "`" + std::string(variable.name) + "` is a function already");
  auto [found, isNew] = variables.try_emplace(variable.name, module.variables.size());
  if (isNew) {
    module.variables.push_back(std::move(variable));
    return;
  }
  // An .extern declaration and the definition may both be there; weak ones may be there twice.
  Variable &other = module.variables[found->second];
  if (other.space != variable.space)
    fail(line, "`" + std::string(variable.name) + "` is declared in two state spaces");
  if (other.isExternal && !variable.isExternal)
    other = std::move(variable);
  else if (!variable.isExternal && !other.isWeak && !other.isCommon)
    fail(line, "`" + std::string(variable.name) + "` is defined twice");
}
