//===- PtxFuzzer.cpp - Mutated PTX for the parser and the decoder ---------===//
//
// A module is untrusted data: whatever it holds, loading it gives a program or a LoadError.
//
//   ptx-fuzzer --seconds=60 --seed=1 FILE.ptx…    mutates the files; a finding is left in crash.ptx
//   ptx-fuzzer --replay FILE.ptx…                 loads them as they are
//
// With -DCUDASIM_LIBFUZZER the same mutations serve libFuzzer, which then chooses by coverage.
//
//===----------------------------------------------------------------------===//
#include "runtime/cudasim/Machine/Architecture.h"
#include "runtime/cudasim/Memory/Space.h"
#include "runtime/cudasim/Program/Program.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

using namespace azulejo::cudasim;

namespace {

/// Loads `text` for each architecture; what it says about a module that is wrong goes to `errors`.
void load(const std::string &text, std::map<std::string, unsigned> *errors) {
  for (const char *name : {"sm_90a", "sm_80"}) {
    uint64_t address = globalWindow;
    try {
      auto program =
          decode(ptx::parse(text), *findArchitecture(name),
                 [&](const ptx::Variable &, uint64_t, uint32_t) { return address += 1ull << 33; });
    } catch (const ptx::LoadError &error) {
      if (errors)
        ++(*errors)[error.what()];
    }
  }
}

class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }
  size_t below(size_t bound) { return bound ? size_t(next() % bound) : 0; }

private:
  uint64_t state;
};

/// [begin, end) of a line of `text`, of a word, or of an operand between separators.
struct Piece {
  size_t begin, end;
};

Piece lineAt(const std::string &text, size_t at) {
  size_t begin = at ? text.rfind('\n', at - 1) : std::string::npos;
  size_t end = text.find('\n', at);
  return {begin == std::string::npos ? 0 : begin + 1,
          end == std::string::npos ? text.size() : end + 1};
}

Piece wordAt(const std::string &text, size_t at) {
  auto inWord = [&](size_t i) { return isalnum(uint8_t(text[i])) || strchr("_$%:", text[i]); };
  size_t begin = at, end = at;
  while (begin > 0 && text[begin - 1] && inWord(begin - 1))
    --begin;
  while (end < text.size() && text[end] && inWord(end))
    ++end;
  return {begin, end == begin && end < text.size() ? end + 1 : end};
}

const char *const words[] = {
    ".reg",
    ".pred",
    ".b32",
    ".b64",
    ".f32",
    ".param",
    ".shared",
    ".local",
    ".global",
    ".const",
    ".align 8",
    ".v4",
    ".extern",
    ".visible",
    ".entry",
    ".func",
    "bra",
    "brx.idx",
    "call",
    "ret;",
    "exit;",
    "mov",
    "ld",
    "st",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ",",
    "|",
    "_",
    "-",
    "@%p1",
    "@!%p1",
    ":",
    "<",
    ">",
    "%r1",
    "%rd1",
    "%p1",
    "0",
    "-1",
    "1",
    "0xffffffffffffffff",
    "4294967296",
    "0f3f800000",
    "0d3ff0000000000000",
    "1.5",
    "<1000000000>",
    "[1000000]",
    "WARP_SZ",
    "%tid.x",
    "/*",
    "//",
    "\"",
    ".branchtargets",
    ".callprototype",
    ".loc 1 1 1",
    "L0:",
    ".uni",
    ".sync",
    ".aligned",
    ".pragma \"x\";",
    ".alias",
    ".section x {",
    "((((((((",
    "+",
    "~",
    "!",
    "?",
    "= {1, 2}",
    "generic(",
};

/// One change: at the level of lines, words or bytes.
void mutate(std::string &text, Random &random, const std::vector<std::string> &corpus) {
  if (text.empty())
    text = ".version 9.0\n.target sm_90a\n.address_size 64\n";
  size_t at = random.below(text.size());
  Piece line = lineAt(text, at), word = wordAt(text, at);
  const std::string &other = corpus.empty() ? text : corpus[random.below(corpus.size())];
  size_t otherAt = random.below(other.size());
  switch (random.below(12)) {
  case 0: // a byte
    text[at] = char(random.next());
    break;
  case 1:
    text.erase(at, 1 + random.below(8));
    break;
  case 2: // a line goes, comes twice, moves, comes from elsewhere
    text.erase(line.begin, line.end - line.begin);
    break;
  case 3:
    text.insert(line.begin, text.substr(line.begin, line.end - line.begin));
    break;
  case 4: {
    std::string moved = text.substr(line.begin, line.end - line.begin);
    text.erase(line.begin, line.end - line.begin);
    text.insert(lineAt(text, random.below(text.size() + 1)).begin, moved);
    break;
  }
  case 5: {
    Piece from = lineAt(other, otherAt);
    text.insert(line.begin, other.substr(from.begin, from.end - from.begin));
    break;
  }
  case 6: // a word goes, is another of this text or of the list
    text.erase(word.begin, word.end - word.begin);
    break;
  case 7:
  case 8: {
    Piece from = wordAt(other, otherAt);
    text.replace(word.begin, word.end - word.begin,
                 std::string(other.substr(from.begin, from.end - from.begin)));
    break;
  }
  case 9:
    text.replace(word.begin, word.end - word.begin, words[random.below(std::size(words))]);
    break;
  case 10:
    text.insert(word.end, std::string(" ") + words[random.below(std::size(words))]);
    break;
  case 11: { // something very often
    std::string piece = words[random.below(std::size(words))];
    std::string many;
    for (size_t i = random.below(2000); i > 0 && many.size() < 20000; --i)
      many += piece;
    text.insert(word.end, many);
    break;
  }
  }
  if (text.size() > 1 << 18)
    text.resize(1 << 18);
}

} // namespace

#ifdef CUDASIM_LIBFUZZER

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  load(std::string(reinterpret_cast<const char *>(data), size), nullptr);
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  Random random(seed);
  if (random.below(4) == 0)
    return LLVMFuzzerMutate(data, size, most);
  std::string text(reinterpret_cast<const char *>(data), size);
  mutate(text, random, {});
  size = std::min(text.size(), most);
  std::memcpy(data, text.data(), size);
  return size;
}

#else

static std::string read(const char *path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Seconds since the first call.
static double elapsed() {
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point start = Clock::now();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of this process: what else the machine does makes no module slow.
static double processorTime() { return double(std::clock()) / CLOCKS_PER_SEC; }

/// Says twice a second, to whoever sits before a terminal, how far the search has come.
static void showProgress(uint64_t done, double seconds) {
  static const bool terminal = isatty(STDERR_FILENO);
  static double next = 0;
  if (!terminal || elapsed() < next)
    return;
  next = elapsed() + 0.5;
  fprintf(stderr, "\r%llu modules, %.0f of %.0f s ", (unsigned long long)done, elapsed(), seconds);
}

int main(int argc, char **argv) {
  double seconds = 10;
  uint64_t seed = 1, count = ~uint64_t(0);
  bool replay = false, verbose = false;
  std::vector<std::string> corpus;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.compare(0, 10, "--seconds=") == 0)
      seconds = atof(argv[i] + 10);
    else if (argument.compare(0, 7, "--seed=") == 0)
      seed = strtoull(argv[i] + 7, nullptr, 0);
    else if (argument.compare(0, 8, "--count=") == 0)
      count = strtoull(argv[i] + 8, nullptr, 0);
    else if (argument == "--replay")
      replay = true;
    else if (argument == "--errors")
      verbose = true;
    else
      corpus.push_back(read(argv[i]));
  }
  std::map<std::string, unsigned> errors;
  uint64_t done = 0, slow = 0;
  elapsed();
  if (replay) {
    for (const std::string &text : corpus)
      load(text, &errors);
    done = corpus.size();
  } else if (!corpus.empty()) {
    Random random(seed);
    for (; done < count && elapsed() < seconds; ++done) {
      showProgress(done, seconds);
      std::string text = corpus[random.below(corpus.size())];
      for (size_t changes = 1 + random.below(6); changes > 0; --changes)
        mutate(text, random, corpus);
      // Whoever crashes leaves its cause behind.
      if (FILE *file = fopen("crash.ptx", "wb")) {
        fwrite(text.data(), 1, text.size(), file);
        fclose(file);
      }
      double before = processorTime();
      load(text, verbose ? &errors : nullptr);
      double taken = processorTime() - before;
      if (taken > 5) {
        std::rename("crash.ptx", ("slow." + std::to_string(slow++) + ".ptx").c_str());
        printf("slow: %.1f s\n", taken);
      }
    }
    std::remove("crash.ptx");
    if (isatty(STDERR_FILENO))
      fprintf(stderr, "\r\33[K");
  }
  for (const auto &[text, times] : errors)
    if (verbose || replay)
      printf("%6u %s\n", times, text.c_str());
  printf("%llu modules in %.0f s, %llu slow\n", (unsigned long long)done, elapsed(),
         (unsigned long long)slow);
  return slow != 0;
}

#endif
