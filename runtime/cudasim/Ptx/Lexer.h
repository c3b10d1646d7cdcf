//===- Lexer.h - PTX text into tokens -------------------------------------===//
#ifndef AZULEJO_CUDASIM_PTX_LEXER_H
#define AZULEJO_CUDASIM_PTX_LEXER_H

#include "runtime/cudasim/Ptx/Module.h"

namespace azulejo::cudasim::ptx {

struct Token {
  enum class Kind : uint8_t {
    End,
    Identifier, // add, %r1, $L__BB0_1, foo
    Dotted,     // .global, .shared::cluster, .x: `text` is without its first dot
    Integer,    // bits; isUnsigned where it ends in U or exceeds the signed range
    Float,      // bits of `type`: F32 for 0f…, F64 for 0d… and decimal constants
    String,     // `text` is without its quotes, escapes are kept
    Punctuation // one or two characters
  };
  Kind kind = Kind::End;
  bool isUnsigned = false;
  Type type = Type::None;
  uint32_t line = 1;
  uint64_t bits = 0;
  std::string_view text;

  bool is(std::string_view punctuation) const {
    return kind == Kind::Punctuation && text == punctuation;
  }
  bool isDotted(std::string_view name) const { return kind == Kind::Dotted && text == name; }
  const char *begin() const { return text.data() - (kind == Kind::Dotted ? 1 : 0); }
  const char *end() const { return text.data() + text.size(); }
};

class Lexer {
public:
  explicit Lexer(std::string_view text) : at(text.data()), last(text.data() + text.size()) {}

  /// The next token; throws LoadError where there is none that begins so.
  Token next();

private:
  void skipSpace();
  bool isFraction() const;
  void number(Token &token);
  void hexFloat(Token &token, Type type, unsigned digits);
  uint64_t digits(unsigned radix, bool &any);

  const char *at, *last;
  uint32_t line = 1;
};

} // namespace azulejo::cudasim::ptx

#endif // AZULEJO_CUDASIM_PTX_LEXER_H
