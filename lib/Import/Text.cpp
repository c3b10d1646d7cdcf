#include "lib/Import/Text.h"

using namespace mlir;

namespace azulejo {

/// Neither '<' nor '#' can begin a serialised model: as tags they would be the end, or the
/// beginning, of a group.
bool isText(StringRef bytes) {
  StringRef text = bytes.ltrim();
  return text.starts_with("<") || text.starts_with("#");
}

static bool nestsTooDeeply(StringRef text) {
  constexpr int maxNesting = 128;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i)
    switch (text[i]) {
    case '#':
      i = std::min(text.find('\n', i), text.size());
      break;
    case '"':
      for (++i; i < text.size() && text[i] != '"'; ++i)
        i += text[i] == '\\';
      break;
    case '{':
    case '(':
    case '[':
    case '<':
      if (++depth > maxNesting)
        return true;
      break;
    case '}':
    case ')':
    case ']':
      depth = std::max(depth - 1, 0);
      break;
    case '>':
      if (i == 0 || text[i - 1] != '-')
        depth = std::max(depth - 1, 0);
      break;
    default:
      break;
    }
  return false;
}

LogicalResult checkNesting(StringRef text, onnx::EmitError emitError) {
  if (nestsTooDeeply(text))
    return emitError() << "not a textual ONNX model: brackets nest too deeply";
  return success();
}

} // namespace azulejo
