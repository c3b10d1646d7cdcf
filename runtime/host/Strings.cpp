//===- Strings.cpp - StringConcat, StringSplit, StringNormalizer, RegexFullMatch --------------===//
#include "runtime/host/Call.h"
#include <algorithm>
#include <clocale>
#include <cwctype>
#include <limits>
#include <locale.h>
#include <re2/re2.h>

namespace azulejo::host {

//===------------------------------------------------------------------------------------------===//
// StringConcat
//===------------------------------------------------------------------------------------------===//

/// Where element `index` of a tensor of shape `to` is in one of shape `from` that broadcasts to it.
static int64_t findSource(int64_t index, const Shape &to, const Shape &from) {
  int64_t source = 0, stride = 1;
  for (size_t d = 1; d <= to.size(); ++d) {
    int64_t at = index % to[to.size() - d];
    index /= to[to.size() - d];
    if (d > from.size())
      continue;
    int64_t size = from[from.size() - d];
    source += (size == 1 ? 0 : at) * stride;
    stride *= size;
  }
  return source;
}

static Shape broadcast(const Shape &a, const Shape &b) {
  Shape result(std::max(a.size(), b.size()));
  for (size_t d = 1; d <= result.size(); ++d) {
    int64_t x = d > a.size() ? 1 : a[a.size() - d], y = d > b.size() ? 1 : b[b.size() - d];
    if (x != y && x != 1 && y != 1)
      throw Error("dimensions " + std::to_string(x) + " and " + std::to_string(y) +
                  " do not broadcast");
    result[result.size() - d] = x == 1 ? y : x;
  }
  return result;
}

void stringConcat(Call &call) {
  Value a = call.input(0), b = call.input(1);
  Shape shapeA = call.shape(a), shapeB = call.shape(b), shape = broadcast(shapeA, shapeB);
  int64_t *result;
  call.output(0, call.makeTensor(AZL_STRING, shape, result));
  const int64_t *x = call.data<int64_t>(a), *y = call.data<int64_t>(b);
  for (int64_t i = 0, count = countElements(shape); i < count; ++i) {
    std::string text(call.text(x[findSource(i, shape, shapeA)]));
    text += call.text(y[findSource(i, shape, shapeB)]);
    result[i] = call.number(text);
  }
}

//===------------------------------------------------------------------------------------------===//
// StringSplit
//===------------------------------------------------------------------------------------------===//

static bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// At runs of white space, of which there is none at either end of a part; what is left after
/// `most` splits keeps its own.
static std::vector<std::string_view> splitAtSpace(std::string_view text, int64_t most) {
  std::vector<std::string_view> parts;
  auto skip = [&] {
    while (!text.empty() && isSpace(text.front()))
      text.remove_prefix(1);
  };
  for (skip(); !text.empty(); skip()) {
    auto end =
        int64_t(parts.size()) < most ? std::find_if(text.begin(), text.end(), isSpace) : text.end();
    parts.push_back(text.substr(0, end - text.begin()));
    text.remove_prefix(parts.back().size());
  }
  return parts;
}

static std::vector<std::string_view> splitAt(std::string_view delimiter, std::string_view text,
                                             int64_t most) {
  std::vector<std::string_view> parts;
  while (int64_t(parts.size()) < most) {
    size_t at = text.find(delimiter);
    if (at == text.npos)
      break;
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + delimiter.size());
  }
  parts.push_back(text);
  return parts;
}

/// delimiter, maxsplit (negative: no limit), input. Rows are as long as the longest.
void stringSplit(Call &call) {
  std::string_view delimiter = call.text(call.input(0));
  int64_t most = call.integer(1);
  if (most < 0)
    most = std::numeric_limits<int64_t>::max();
  Value input = call.input(2);
  std::vector<std::vector<std::string_view>> rows;
  size_t longest = 0;
  for (std::string_view text : call.texts(input)) {
    rows.push_back(delimiter.empty() ? splitAtSpace(text, most) : splitAt(delimiter, text, most));
    longest = std::max(longest, rows.back().size());
  }
  Shape shape = call.shape(input);
  int64_t *counts, *parts;
  call.output(1, call.makeTensor(AZL_INT64, shape, counts));
  shape.push_back(int64_t(longest));
  call.output(0, call.makeTensor(AZL_STRING, shape, parts));
  for (const auto &row : rows) {
    *counts++ = int64_t(row.size());
    std::transform(row.begin(), row.end(), parts,
                   [&](std::string_view text) { return call.number(text); });
    parts += longest; // the rest of the row is 0, the empty string
  }
}

//===------------------------------------------------------------------------------------------===//
// StringNormalizer
//===------------------------------------------------------------------------------------------===//

namespace {
/// Upper and lower case of all of Unicode, whatever locales a machine has: "C.UTF-8" is a part of
/// the C library.
class Casing {
public:
  Casing() : locale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  ~Casing() {
    if (locale)
      freelocale(locale);
  }
  Casing(const Casing &) = delete;

  /// Bytes that are no UTF-8 stay as they are.
  std::string change(std::string_view text, bool toUpper) const {
    std::string result;
    for (size_t at = 0; at < text.size();) {
      uint32_t code;
      size_t length = decode(text.substr(at), code);
      if (length && locale) {
        encode(toUpper ? towupper_l(wint_t(code), locale) : towlower_l(wint_t(code), locale),
               result);
        at += length;
      } else {
        result += text[at++];
      }
    }
    return result;
  }

private:
  /// The length of the code point that `text` begins with, 0 for none.
  static size_t decode(std::string_view text, uint32_t &code) {
    auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
    size_t length = byte(0) < 0x80            ? 1
                    : byte(0) >> 5 == 0b110   ? 2
                    : byte(0) >> 4 == 0b1110  ? 3
                    : byte(0) >> 3 == 0b11110 ? 4
                                              : 0;
    if (!length || length > text.size())
      return 0;
    code = length == 1 ? byte(0) : byte(0) & (0x7F >> length);
    for (size_t i = 1; i < length; ++i) {
      if (byte(i) >> 6 != 0b10)
        return 0;
      code = code << 6 | (byte(i) & 0x3F);
    }
    return length;
  }

  static void encode(uint32_t code, std::string &to) {
    if (code < 0x80) {
      to += char(code);
      return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    to += char(first[more] | code >> (6 * more));
    while (more--)
      to += char(0x80 | (code >> (6 * more) & 0x3F));
  }

  locale_t locale;
};
} // namespace

/// case_change_action, is_case_sensitive, stopwords, input. A tensor that would be left empty holds
/// one empty string.
void stringNormalizer(Call &call) {
  std::string_view action = call.text(call.input(0));
  bool caseSensitive = call.integer(1) != 0;
  Value input = call.input(3);
  Shape shape = call.shape(input);
  if (shape.empty() || shape.size() > 2 || (shape.size() == 2 && shape[0] != 1))
    throw Error("the input has neither the shape [C] nor [1, C]");
  Casing casing;
  auto asCompared = [&](std::string_view text) {
    return caseSensitive ? std::string(text) : casing.change(text, /*toUpper=*/false);
  };
  std::vector<std::string> stopwords;
  for (std::string_view word : call.texts(call.input(2)))
    stopwords.push_back(asCompared(word));
  std::sort(stopwords.begin(), stopwords.end());
  std::vector<int64_t> kept;
  for (std::string_view text : call.texts(input)) {
    if (std::binary_search(stopwords.begin(), stopwords.end(), asCompared(text)))
      continue;
    kept.push_back(action == "LOWER" || action == "UPPER"
                       ? call.number(casing.change(text, action == "UPPER"))
                       : call.number(text));
  }
  if (kept.empty())
    kept.push_back(0);
  shape.back() = int64_t(kept.size());
  int64_t *result;
  call.output(0, call.makeTensor(AZL_STRING, shape, result));
  std::copy(kept.begin(), kept.end(), result);
}

//===------------------------------------------------------------------------------------------===//
// RegexFullMatch
//===------------------------------------------------------------------------------------------===//

/// pattern, input. RE2 matches in linear time, whatever the pattern.
void regexFullMatch(Call &call) {
  std::string_view text = call.text(call.input(0));
  re2::RE2 pattern(re2::StringPiece(text.data(), text.size()), re2::RE2::Quiet);
  if (!pattern.ok())
    throw Error("the pattern is no regular expression: " + pattern.error());
  Value input = call.input(1);
  bool *result;
  call.output(0, call.makeTensor(AZL_BOOL, call.shape(input), result));
  for (std::string_view candidate : call.texts(input))
    *result++ = re2::RE2::FullMatch(re2::StringPiece(candidate.data(), candidate.size()), pattern);
}

} // namespace azulejo::host
