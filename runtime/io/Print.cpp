#include "runtime/io/Print.h"
#include "runtime/io/Value.h"

namespace azulejo::runtime::io {

static void printDim(const azl_tensor &tensor, int32_t dim, int64_t most, int64_t &index,
                     std::string &text) {
  if (dim == tensor.rank) {
    text += elementText(tensor.type, tensor.data, index++);
    return;
  }
  bool innermost = dim + 1 == tensor.rank;
  for (int64_t i = 0; i < tensor.shape[dim]; ++i) {
    if (most && index >= most) {
      text += innermost ? " ..." : "...";
      return;
    }
    if (innermost)
      text += i ? " " : "";
    else
      text += '[';
    printDim(tensor, dim + 1, most, index, text);
    if (!innermost)
      text += ']';
  }
}

std::string printTensor(const azl_tensor &tensor, int64_t most) {
  std::string text =
      typeText(tensor.type, std::vector<int64_t>(tensor.shape, tensor.shape + tensor.rank)) + "=";
  int64_t index = 0;
  printDim(tensor, 0, most, index, text);
  return text;
}

} // namespace azulejo::runtime::io
