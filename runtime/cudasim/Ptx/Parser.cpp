//===- Parser.cpp - Tokens and what stands outside of functions -----------===//
#include "runtime/cudasim/Ptx/Parser.h"

using namespace azulejo::cudasim::ptx;

Parser::Parser(Module &module) : module(module), lexer(module.text) {
  tokens[0] = lexer.next();
  tokens[1] = lexer.next();
}

Token Parser::take() {
  Token token = tokens[0];
  tokens[0] = tokens[1];
  if (tokens[0].kind != Token::Kind::End)
    tokens[1] = lexer.next();
  return token;
}

bool Parser::accept(std::string_view punctuation) {
  if (!peek().is(punctuation))
    return false;
  take();
  return true;
}

bool Parser::acceptDotted(std::string_view name) {
  if (!peek().isDotted(name))
    return false;
  take();
  return true;
}

std::string Parser::describe(const Token &token) const {
  std::string text(token.text.substr(0, 60));
  switch (token.kind) {
  case Token::Kind::End:
    return "the end of the module";
  case Token::Kind::String:
    return "\"" + text + "\"";
  case Token::Kind::Dotted:
    return "`." + text + "`";
  case Token::Kind::Integer:
  case Token::Kind::Float:
    return text.empty() ? "a constant" : "`" + text + "`";
  default:
    return "`" + text + "`";
  }
}

void Parser::expect(std::string_view punctuation, const char *where) {
  if (!accept(punctuation))
    fail("expected `" + std::string(punctuation) + "` " + where + ", not " + describe(peek()));
}

std::string_view Parser::identifier(const char *what) {
  if (peek().kind != Token::Kind::Identifier)
    fail(std::string("expected ") + what + ", not " + describe(peek()));
  return take().text;
}

uint64_t Parser::integer(const char *what) {
  if (peek().kind != Token::Kind::Integer)
    fail(std::string("expected ") + what + ", not " + describe(peek()));
  return take().bits;
}

void Parser::fail(uint32_t line, const std::string &message) const {
  throw LoadError(line, message);
}

void Parser::parseModule() {
  parseHeader();
  while (peek().kind != Token::Kind::End)
    parseTopLevel();
}

/// `.version 9.0 .target sm_90a, debug .address_size 64`
void Parser::parseHeader() {
  if (!acceptDotted("version"))
    fail("a module begins with .version, not with " + describe(peek()));
  if (peek().kind != Token::Kind::Float)
    fail("expected a version such as 9.0, not " + describe(peek()));
  std::string_view version = take().text;
  size_t dot = version.find('.');
  auto number = [&](std::string_view text) {
    uint32_t value = 0;
    for (char c : text) {
      if (c < '0' || c > '9' || value > 999)
        fail("expected a version such as 9.0, not `" + std::string(version) + "`");
      value = value * 10 + uint32_t(c - '0');
    }
    return value;
  };
  if (dot == std::string_view::npos || dot + 1 == version.size())
    fail("expected a version such as 9.0, not `" + std::string(version) + "`");
  module.isaMajor = number(version.substr(0, dot));
  module.isaMinor = number(version.substr(dot + 1));

  if (!acceptDotted("target"))
    fail("expected .target behind .version, not " + describe(peek()));
  module.target = identifier("a target such as sm_90a");
  while (accept(","))
    identifier("a target's option"); // debug, texmode_…: nothing depends on them
  if (module.target.substr(0, 3) != "sm_" && module.target.substr(0, 8) != "compute_")
    fail("expected a target such as sm_90a, not `" + std::string(module.target) + "`");
}

void Parser::parseTopLevel() {
  const Token &token = peek();
  if (token.is(";")) {
    take();
    return;
  }
  if (token.kind == Token::Kind::Identifier && peekSecond().is(":")) { // $L__func_end0: of -G
    take();
    take();
    return;
  }
  if (token.kind != Token::Kind::Dotted)
    fail("expected a directive, not " + describe(token));
  if (token.text == "address_size") {
    take();
    module.addressSize = uint32_t(integer("32 or 64"));
    if (module.addressSize != 64)
      fail("only .address_size 64 is supported");
  } else if (token.text == "file") {
    parseFile();
  } else if (token.text == "section") {
    parseSection();
  } else if (token.text == "pragma") {
    skipPragma();
  } else if (token.text == "alias") {
    parseAlias();
  } else if (token.text == "loc") {
    parseLocation();
  } else if (token.text == "version" || token.text == "target") {
    fail("." + std::string(token.text) + " stands at the beginning of a module, once");
  } else {
    Variable variable;
    variable.line = token.line;
    parseLinkage(variable);
    if (acceptDotted("entry"))
      return parseFunction(true, variable);
    if (acceptDotted("func"))
      return parseFunction(false, variable);
    if (acceptDotted("global"))
      variable.space = StateSpace::Global;
    else if (acceptDotted("const"))
      variable.space = StateSpace::Const;
    else if (acceptDotted("shared"))
      variable.space = StateSpace::Shared;
    else if (peek().isDotted("tex"))
      fail("textures and surfaces are not modelled");
    else
      fail("unknown directive " + describe(peek()));
    parseVariables(variable);
  }
}

void Parser::parseLinkage(Variable &variable) {
  for (;; take()) {
    if (peek().isDotted("visible"))
      variable.isVisible = true;
    else if (peek().isDotted("extern"))
      variable.isExternal = true;
    else if (peek().isDotted("weak"))
      variable.isWeak = true;
    else if (peek().isDotted("common"))
      variable.isCommon = true;
    else
      return;
  }
}

/// `.file 1 "name.cu"[, timestamp, size]`
void Parser::parseFile() {
  take();
  uint64_t index = integer("a file's number");
  if (peek().kind != Token::Kind::String)
    fail("expected a file's name, not " + describe(peek()));
  std::string_view name = take().text;
  while (accept(","))
    integer("a number");
  if (index > 65535)
    fail("a file's number above 65535");
  if (module.files.size() <= index)
    module.files.resize(index + 1);
  module.files[index] = std::string(name);
}

/// DWARF in `.section .debug_info { … }`: only its braces matter.
void Parser::parseSection() {
  uint32_t line = take().line;
  if (peek().kind != Token::Kind::Dotted && peek().kind != Token::Kind::Identifier)
    fail("expected a section's name, not " + describe(peek()));
  take();
  expect("{", "behind a section's name");
  while (!accept("}")) {
    if (peek().kind == Token::Kind::End)
      fail(line, "a section that does not end");
    take();
  }
}

void Parser::skipPragma() {
  take();
  do {
    if (peek().kind != Token::Kind::String)
      fail("expected a string behind .pragma, not " + describe(peek()));
    take();
  } while (accept(","));
  expect(";", "behind .pragma");
}

void Parser::parseAlias() {
  take();
  Module::Alias alias;
  alias.name = identifier("an alias");
  expect(",", "between an alias and what it stands for");
  alias.target = identifier("what the alias stands for");
  expect(";", "behind .alias");
  module.aliases.push_back(alias);
}

/// `.attribute(.managed)`, `.attribute(.unified(1, 2))`: they change nothing here, since all of
/// memory is one.
void Parser::parseAttribute() {
  expect("(", "behind .attribute");
  unsigned depth = 1;
  while (depth) {
    if (peek().kind == Token::Kind::End)
      fail("an .attribute that does not end");
    if (peek().is("("))
      ++depth;
    else if (peek().is(")"))
      --depth;
    else if (peek().is(";"))
      fail("an .attribute that does not end");
    take();
  }
}

std::string_view Module::lineText(uint32_t line) const {
  std::string_view rest = text;
  for (uint32_t i = 1; i < line; ++i) {
    size_t end = rest.find('\n');
    if (end == std::string_view::npos)
      return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  size_t begin = rest.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos)
    return {};
  return rest.substr(begin, rest.find_last_not_of(" \t\r") - begin + 1);
}

void azulejo::cudasim::ptx::fail(const Module &module, uint32_t line, const std::string &message) {
  std::string_view text = module.lineText(line);
  std::string quoted = text.empty() ? "" : ": " + std::string(text.substr(0, 200));
  throw LoadError(line, "line " + std::to_string(line) + ": " + message + quoted);
}

std::unique_ptr<Module> azulejo::cudasim::ptx::parse(std::string text) {
  auto module = std::make_unique<Module>();
  if (text.size() > (uint64_t(1) << 31))
    throw LoadError(1, "a module of more than 2 GiB");
  module->text = std::move(text);
  try {
    Parser(*module).parseModule();
  } catch (LoadError &error) {
    ptx::fail(*module, error.line, error.what());
  }
  return module;
}
