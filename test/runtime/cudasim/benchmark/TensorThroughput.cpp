//===- TensorThroughput.cpp - How fast mma and wgmma are simulated --------===//
//
// Prints, for one host thread, the time of a warp's (a warpgroup's) instruction and the rate of its
// multiply-adds, which count 2, with the checkers and without: docs/performance.md quotes it.
//
//===----------------------------------------------------------------------===//
#include "test/runtime/cudasim/RunPtx.h"
#include <cstdio>
#include <ctime>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::test;

/// Only what has this in its name is measured.
static std::string only;

static double cpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

static std::string registers(const char *prefix, unsigned count) {
  std::string list;
  for (unsigned i = 0; i < count; ++i)
    list += (i ? ", %" : "{%") + std::string(prefix) + std::to_string(i);
  return list + "}";
}

/// A kernel that repeats `body` `rounds` times after `before`.
static std::string makeLoop(const std::string &declarations, const std::string &before,
                            const std::string &body, unsigned rounds, unsigned accumulators,
                            const char *accumulatorType) {
  std::string text = ".version 8.7\n.target sm_90a\n.address_size 64\n"
                     ".extern .shared .align 1024 .b8 tile[];\n.visible .entry k()\n{\n"
                     "  .reg .b32 %i, %t;\n  .reg .pred %more, %on;\n  .reg ." +
                     std::string(accumulatorType) + " %d<" + std::to_string(accumulators) + ">;\n" +
                     declarations;
  for (unsigned i = 0; i < accumulators; ++i)
    text += "  mov.b32 %d" + std::to_string(i) + ", 0;\n";
  return text + before + "  mov.u32 %i, 0;\nagain:\n" + body +
         "  add.u32 %i, %i, 1;\n  setp.lt.u32 %more, %i, " + std::to_string(rounds) +
         ";\n  @%more bra again;\n  ret;\n}\n";
}

static void measure(const char *what, const std::string &text, unsigned threads, uint32_t shared,
                    double instructions, double multiplyAdds) {
  if (std::string(what).find(only) == std::string::npos)
    return;
  PtxModule module(text, "sm_90a");
  if (!module.refusal.empty()) {
    std::printf("%s: ptxas: %s\n", what, module.refusal.c_str());
    return;
  }
  std::printf("%-36s", what);
  for (bool checks : {true, false}) {
    module.options.checks = checks;
    module.options.hostThreads = 1;
    double best = 1e9;
    for (int run = 0; run < 5; ++run) {
      double start = cpuSeconds();
      LaunchResult result = module.launch("k", {}, {threads, 1, 1}, shared, {});
      best = std::min(best, cpuSeconds() - start);
      if (!result.reports.empty()) {
        std::printf("%s\n", describe(result).c_str());
        return;
      }
    }
    std::printf("  %s %9.0f ns %7.1f GFLOP/s", checks ? "checked" : "unchecked",
                best / instructions * 1e9, 2e-9 * multiplyAdds * instructions / best);
  }
  std::printf("\n");
}

static void measureMma(const char *modifiers, unsigned m, unsigned k, unsigned aRegisters,
                       unsigned bRegisters, unsigned dRegisters, const char *type) {
  std::string declarations = "  .reg .b32 %a<4>, %b<2>;\n", before, body;
  for (const char *reg : {"a0", "a1", "a2", "a3", "b0", "b1"})
    before += "  mov.b32 %" + std::string(reg) + ", 0x3c003c00;\n";
  constexpr unsigned unrolled = 16, rounds = 500;
  for (unsigned i = 0; i < unrolled; ++i) {
    std::string d = registers("d", dRegisters);
    body += "  mma.sync.aligned." + std::string(modifiers) + " " + d + ", " +
            registers("a", aRegisters) + ", " + registers("b", bRegisters) + ", " + d + ";\n";
  }
  measure(modifiers, makeLoop(declarations, before, body, rounds, dRegisters, type), 32, 0,
          double(unrolled) * rounds, double(m) * 8 * k);
}

static void measureWgmma(const char *modifiers, unsigned n, unsigned k, unsigned dRegisters,
                         const char *type, const char *tail) {
  // 128-byte swizzle, K-major: eight rows every 1024 bytes; A at 0, B behind its 8 KiB.
  std::string declarations = "  .reg .b64 %da<4>, %db<4>;\n  .reg .b32 %z, %q;\n";
  std::string before =
      "  mov.u32 %t, %tid.x;\n  mov.u32 %q, 0x3c003c00;\n  shl.b32 %i, %t, 4;\n  mov.u32 %z, "
      "tile;\n  add.u32 %z, %z, %i;\n"
      "fill:\n  st.shared.v4.b32 [%z], {%q, %q, %q, %q};\n  add.u32 %z, %z, 2048;\n  add.u32 %i, "
      "%i, 2048;\n"
      "  setp.lt.u32 %more, %i, 40960;\n  @%more bra fill;\n  fence.proxy.async;\n  bar.sync 0;\n"
      "  setp.eq.u32 %on, %t, %t;\n";
  constexpr unsigned unrolled = 4, rounds = 100;
  for (unsigned i = 0; i < unrolled; ++i) { // 32 bytes further along K each
    std::string number = std::to_string(i), offset = std::to_string(2 * i);
    before += "  mov.b64 %da" + number + ", 0x4000004000010000;\n  add.u64 %da" + number + ", %da" +
              number + ", " + offset + ";\n  mov.b64 %db" + number +
              ", 0x4000004000010200;\n  add.u64 %db" + number + ", %db" + number + ", " + offset +
              ";\n";
  }
  std::string body = "  wgmma.fence.sync.aligned;\n";
  for (unsigned i = 0; i < unrolled; ++i)
    body += "  wgmma.mma_async.sync.aligned." + std::string(modifiers) + " " +
            registers("d", dRegisters) + ", %da" + std::to_string(i) + ", %db" + std::to_string(i) +
            ", %on" + tail + ";\n";
  body += "  wgmma.commit_group.sync.aligned;\n  wgmma.wait_group.sync.aligned 0;\n";
  measure(modifiers, makeLoop(declarations, before, body, rounds, dRegisters, type), 128, 40960,
          double(unrolled) * rounds, 64.0 * n * k);
}

int main(int argc, char **argv) {
  if (argc > 1)
    only = argv[1];
  measureMma("m16n8k16.row.col.f32.f16.f16.f32", 16, 16, 4, 2, 4, "f32");
  measureMma("m16n8k16.row.col.f32.bf16.bf16.f32", 16, 16, 4, 2, 4, "f32");
  measureMma("m16n8k16.row.col.f16.f16.f16.f16", 16, 16, 4, 2, 2, "b32");
  measureMma("m16n8k8.row.col.f32.tf32.tf32.f32", 16, 8, 4, 2, 4, "f32");
  measureMma("m16n8k32.row.col.f32.e4m3.e4m3.f32", 16, 32, 4, 2, 4, "f32");
  measureMma("m16n8k32.row.col.s32.s8.s8.s32", 16, 32, 4, 2, 4, "b32");
  measureWgmma("m64n256k16.f32.f16.f16", 256, 16, 128, "f32", ", 1, 1, 0, 0");
  measureWgmma("m64n256k16.f32.bf16.bf16", 256, 16, 128, "f32", ", 1, 1, 0, 0");
  measureWgmma("m64n128k16.f32.f16.f16", 128, 16, 64, "f32", ", 1, 1, 0, 0");
  measureWgmma("m64n64k16.f32.f16.f16", 64, 16, 32, "f32", ", 1, 1, 0, 0");
  measureWgmma("m64n256k8.f32.tf32.tf32", 256, 8, 128, "f32", ", 1, 1");
  measureWgmma("m64n256k32.f32.e4m3.e4m3", 256, 32, 128, "f32", ", 1, 1");
  measureWgmma("m64n256k32.s32.s8.s8", 256, 32, 128, "b32", "");
}
