//===- KernelThroughput.cpp - How fast ordinary kernels are simulated -----===//
//
// Prints, for one host thread, the nanoseconds of processor time that a warp instruction takes,
// with the checkers and without, for the kernels of test/runtime/cudasim/kernels at sizes at which
// starting does not count: docs/performance.md quotes it. An argument chooses those that have it in
// their name; a second one is how often each is run (the fastest counts).
//
//===----------------------------------------------------------------------===//
#include "runtime/cudasim/Async/TensorMap.h"
#include "test/runtime/cudasim/RunPtx.h"
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <sstream>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::test;

static std::string only;
static int runs = 7;

static double cpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

static std::string readFile(const std::string &name) {
  std::ifstream file(std::string(AZULEJO_PTX_FOLDER) + name + ".ptx");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

namespace {

/// The module of a file with its buffers, and one kernel's launch.
class Measured {
public:
  Measured(const char *what, const std::string &text) : what(what), module(text, "sm_90a") {}

  Measured &floats(size_t count) {
    std::vector<float> values(count);
    for (float &value : values)
      value = float(next() % 2048) / 1024.0f - 1.0f;
    return buffer(values);
  }
  Measured &halves(size_t count) { // 1 + n/1024
    std::vector<uint16_t> values(count);
    for (uint16_t &value : values)
      value = uint16_t(0x3c00 | (next() & 0x3ff));
    return buffer(values);
  }
  Measured &bytes(size_t count) {
    std::vector<uint8_t> values(count);
    for (uint8_t &value : values)
      value = uint8_t(next());
    return buffer(values);
  }
  Measured &indices(size_t count, uint32_t below) {
    std::vector<uint32_t> values(count);
    for (uint32_t &value : values)
      value = next() % below;
    return buffer(values);
  }
  template <class T> Measured &buffer(const std::vector<T> &values) {
    arguments.push_back(module.upload(values));
    return *this;
  }
  /// One 32-bit argument, or two behind each other.
  Measured &word(uint32_t low, uint32_t high = 0) {
    arguments.push_back(low | uint64_t(high) << 32);
    return *this;
  }

  /// A map over bf16 values, 1 + n/128, of a matrix that is copied by boxes of 128 bytes a row.
  Measured &tensor(uint64_t rows, uint64_t columns, uint32_t boxRows) {
    std::vector<uint16_t> values(rows * columns);
    for (uint16_t &value : values)
      value = uint16_t(0x3f80 | (next() & 0x7f));
    TensorMap map;
    map.address = module.upload(values);
    map.rank = 2;
    map.type = TensorMap::Type::BF16;
    map.swizzle = TensorMap::Swizzle::Bytes128;
    map.dimensions[0] = columns;
    map.dimensions[1] = rows;
    map.strides[0] = 2 * columns;
    map.box[0] = 64;
    map.box[1] = boxRows;
    map.elementStrides[0] = map.elementStrides[1] = 1;
    uint8_t bytes[TensorMap::bytes];
    map.encode(bytes);
    uint64_t words[TensorMap::bytes / sizeof(uint64_t)];
    std::memcpy(words, bytes, sizeof words);
    arguments.insert(arguments.end(), std::begin(words), std::end(words));
    return *this;
  }

  /// `multiplyAdds`, where they are to be told, count 2.
  void run(const char *kernel, Dim3 grid, Dim3 block, uint32_t shared = 0,
           double multiplyAdds = 0) {
    std::printf("%-34s", what);
    module.options.hostThreads = 1;
    double instructions = 0;
    for (bool checks : {false, true}) {
      module.options.checks = checks;
      double best = 1e9;
      for (int i = 0; i < runs; ++i) {
        double start = cpuSeconds();
        LaunchResult result = module.launch(kernel, grid, block, shared, arguments);
        best = std::min(best, cpuSeconds() - start);
        const auto &classes = result.counters.instructions;
        instructions = double(std::accumulate(classes.begin(), classes.end(), uint64_t(0)));
        if (!result.reports.empty()) {
          std::printf("%s\n", describe(result).c_str());
          return;
        }
      }
      std::printf("  %s %6.1f ns", checks ? "checked" : "unchecked", best / instructions * 1e9);
      if (multiplyAdds)
        std::printf(" %5.1f GFLOP/s", 2e-9 * multiplyAdds / best);
    }
    std::printf("   %8.0f instructions\n", instructions);
  }

private:
  uint32_t next() {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return uint32_t(state >> 33);
  }
  const char *what;
  PtxModule module;
  std::vector<uint64_t> arguments;
  uint64_t state = 1;
};

} // namespace

/// Whether `what` is asked for.
static bool wanted(const char *what) { return std::string(what).find(only) != std::string::npos; }

/// A loop of arithmetic on registers only.
static std::string scalarLoop() {
  std::string text = ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k()\n{\n"
                     "  .reg .f32 %f<3>;\n  .reg .b32 %i<4>;\n  .reg .pred %p;\n"
                     "  mov.u32 %i0, 0;\n  mov.u32 %i1, %tid.x;\n  mov.b32 %f0, 0f3F800000;\n"
                     "again:\n";
  for (int i = 0; i < 4; ++i)
    text += "  fma.rn.f32 %f0, %f0, %f0, 0f3F800000;\n  mul.rn.f32 %f1, %f0, 0f3F000000;\n"
            "  mad.lo.s32 %i1, %i1, %i1, 3;\n  xor.b32 %i2, %i1, %i0;\n";
  return text + "  add.u32 %i0, %i0, 1;\n  setp.lt.u32 %p, %i0, 2000;\n  @%p bra again;\n"
                "  ret;\n}\n";
}

int main(int argc, char **argv) {
  if (argc > 1)
    only = argv[1];
  if (argc > 2)
    runs = std::atoi(argv[2]);
  constexpr uint32_t n = 1 << 18;
  const char *what;
  if (wanted(what = "scalar arithmetic in a loop"))
    Measured(what, scalarLoop()).run("k", {4}, {128});
  if (wanted(what = "saxpy"))
    Measured(what, readFile("rows"))
        .floats(n)
        .floats(n)
        .word(n, 0x3fc00000)
        .run("saxpy", {n / 256}, {256});
  if (wanted(what = "copy of float4"))
    Measured(what, readFile("transpose"))
        .floats(4 * n)
        .floats(4 * n)
        .word(n)
        .run("copyVectors", {n / 256}, {256});
  if (wanted(what = "gather of rows"))
    Measured(what, readFile("rows"))
        .floats(n)
        .indices(1024, 1024)
        .floats(n)
        .word(1024, 256)
        .run("gatherRows", {128}, {256});
  if (wanted(what = "transpose"))
    Measured(what, readFile("transpose"))
        .floats(n)
        .floats(n)
        .word(512, 512)
        .run("transpose", {16, 16}, {32, 8});
  if (wanted(what = "block sum in shared memory"))
    Measured(what, readFile("reduce"))
        .floats(n)
        .floats(n / 256)
        .word(n)
        .run("blockSum", {n / 256}, {256});
  if (wanted(what = "block sum by shuffles"))
    Measured(what, readFile("reduce"))
        .floats(n)
        .floats(n / 256)
        .word(n)
        .run("warpSum", {n / 256}, {256});
  if (wanted(what = "sum by the last block"))
    Measured(what, readFile("reduce"))
        .floats(n)
        .floats(64)
        .floats(1)
        .word(n)
        .run("lastBlockSum", {64}, {256});
  if (wanted(what = "prefix sum by shuffles"))
    Measured(what, readFile("scan")).floats(n).floats(n).word(n).run("blockScan", {n / 256}, {256});
  if (wanted(what = "histogram with atomics"))
    Measured(what, readFile("histogram"))
        .bytes(n)
        .buffer(std::vector<uint32_t>(256))
        .word(n)
        .run("histogram", {32}, {256});
  if (wanted(what = "softmax of rows"))
    Measured(what, readFile("rows"))
        .floats(n)
        .floats(n)
        .word(1024)
        .run("softmaxRows", {n / 1024}, {256});
  if (wanted(what = "softmax of bf16, from LLVM"))
    Measured(what, readFile("llvm_softmax"))
        .halves(2 * n)
        .halves(2 * n)
        .run("softmax", {n / 2048}, {512});
  if (wanted(what = "matmul in shared memory"))
    Measured(what, readFile("matmul"))
        .floats(128 * 128)
        .floats(128 * 128)
        .floats(128 * 128)
        .word(128, 128)
        .word(128)
        .run("matmul", {8, 8}, {16, 16});
  if (wanted(what = "matmul with two buffers"))
    Measured(what, readFile("matmul"))
        .floats(128 * 128)
        .floats(128 * 128)
        .floats(128 * 128)
        .word(128, 128)
        .word(128)
        .run("matmulTwoBuffers", {8, 8}, {16, 16});
  if (wanted(what = "attention with mma.sync"))
    Measured(what, readFile("attention"))
        .halves(256 * 64)
        .halves(512 * 64)
        .halves(512 * 64)
        .floats(256 * 64)
        .word(256, 512)
        .run("attention", {8}, {64});
  if (wanted(what = "matmul with mma.sync, from LLVM"))
    Measured(what, readFile("llvm_mma"))
        .halves(128 * 4096)
        .halves(4096 * 4096)
        .halves(128 * 4096)
        .run("gemm", {1}, {256}, 65536, 128.0 * 128 * 4096);
  if (wanted(what = "matmul with mma.sync and cp.async"))
    Measured(what, readFile("cp_async"))
        .halves(256 * 256)
        .halves(256 * 256)
        .floats(256 * 256)
        .word(256, 256)
        .word(256)
        .run("gemm", {4, 4}, {128});
  if (wanted(what = "matmul with wgmma, from LLVM"))
    Measured(what, readFile("llvm_wgmma"))
        .tensor(512, 2048, 128)
        .tensor(512, 2048, 256)
        .tensor(512, 512, 64)
        .word(512, 512)
        .word(2048)
        .run("gemm", {2}, {384}, 229440, 512.0 * 512 * 2048);
}
