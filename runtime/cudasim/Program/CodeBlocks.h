//===- CodeBlocks.h - Basic blocks of decoded code ------------------------===//
#ifndef AZULEJO_CUDASIM_PROGRAM_CODEBLOCKS_H
#define AZULEJO_CUDASIM_PROGRAM_CODEBLOCKS_H

#include "runtime/cudasim/Program/Program.h"

namespace azulejo::cudasim {

/// code[begin, end) of a program, entered at the first instruction and left behind the last only.
struct CodeBlock {
  uint32_t begin = 0, end = 0;
  std::vector<uint32_t> successors; // indices of blocks
};

/// A function's, in the order of the code. The first one is its entry. A call goes on behind
/// itself.
std::vector<CodeBlock> findCodeBlocks(const Program &program, const Function &function);

/// A set of a function's registers, by number.
class RegisterSet {
public:
  RegisterSet(uint32_t registers, bool full)
      : words((registers + 63) / 64, full ? ~uint64_t(0) : 0) {}

  bool has(uint32_t number) const { return words[number / 64] >> number % 64 & 1; }
  void add(uint32_t number) { words[number / 64] |= uint64_t(1) << number % 64; }
  void remove(uint32_t number) { words[number / 64] &= ~(uint64_t(1) << number % 64); }
  void addAll(const RegisterSet &other) {
    for (size_t i = 0; i < words.size(); ++i)
      words[i] |= other.words[i];
  }
  void keepOnly(const RegisterSet &other) {
    for (size_t i = 0; i < words.size(); ++i)
      words[i] &= other.words[i];
  }
  bool operator!=(const RegisterSet &other) const { return words != other.words; }
  template <class F> void forEach(F &&f) const {
    for (size_t i = 0; i < words.size(); ++i)
      for (uint64_t left = words[i]; left != 0; left &= left - 1)
        f(uint32_t(i * 64 + size_t(__builtin_ctzll(left))));
  }

private:
  std::vector<uint64_t> words;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_PROGRAM_CODEBLOCKS_H
