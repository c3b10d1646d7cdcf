//===- OccupancyTest.cpp - Against NVIDIA's calculator --------------------===//
#include "runtime/cudasim/Count/Occupancy.h"
#include <gtest/gtest.h>

using namespace azulejo::cudasim;

// What cuda_occupancy.h of CUDA 13.0 answers (with the largest carve-out for shared memory).
TEST(CudaSimOccupancy, AgreesWithTheCalculator) {
  struct Row {
    const char *architecture;
    BlockNeeds needs;
    uint32_t blocks;
  };
  const Row rows[] = {{"sm_80", {256, 32, 0}, 8},       {"sm_80", {128, 128, 0}, 4},
                      {"sm_80", {1024, 64, 0}, 1},      {"sm_80", {384, 168, 0}, 1},
                      {"sm_80", {256, 255, 0}, 1},      {"sm_80", {96, 40, 2048}, 16},
                      {"sm_80", {64, 16, 0}, 32},       {"sm_80", {256, 64, 49152}, 3},
                      {"sm_80", {128, 96, 101376}, 1},  {"sm_80", {512, 80, 65536}, 1},
                      {"sm_80", {32, 200, 1000}, 8},    {"sm_80", {288, 56, 16385}, 4},
                      {"sm_80", {1024, 65, 0}, 0},      {"sm_80", {256, 32, 230000}, 0},
                      {"sm_86", {256, 32, 0}, 6},       {"sm_86", {128, 128, 0}, 4},
                      {"sm_86", {1024, 64, 0}, 1},      {"sm_86", {384, 168, 0}, 1},
                      {"sm_86", {256, 255, 0}, 1},      {"sm_86", {96, 40, 2048}, 16},
                      {"sm_86", {64, 16, 0}, 16},       {"sm_86", {256, 64, 49152}, 2},
                      {"sm_86", {128, 96, 101376}, 1},  {"sm_86", {512, 80, 65536}, 1},
                      {"sm_86", {32, 200, 1000}, 8},    {"sm_86", {288, 56, 16385}, 4},
                      {"sm_86", {1024, 65, 0}, 0},      {"sm_86", {256, 32, 230000}, 0},
                      {"sm_89", {256, 32, 0}, 6},       {"sm_89", {128, 128, 0}, 4},
                      {"sm_89", {1024, 64, 0}, 1},      {"sm_89", {384, 168, 0}, 1},
                      {"sm_89", {256, 255, 0}, 1},      {"sm_89", {96, 40, 2048}, 16},
                      {"sm_89", {64, 16, 0}, 24},       {"sm_89", {256, 64, 49152}, 2},
                      {"sm_89", {128, 96, 101376}, 1},  {"sm_89", {512, 80, 65536}, 1},
                      {"sm_89", {32, 200, 1000}, 8},    {"sm_89", {288, 56, 16385}, 4},
                      {"sm_89", {1024, 65, 0}, 0},      {"sm_89", {256, 32, 230000}, 0},
                      {"sm_90a", {256, 32, 0}, 8},      {"sm_90a", {128, 128, 0}, 4},
                      {"sm_90a", {1024, 64, 0}, 1},     {"sm_90a", {384, 168, 0}, 1},
                      {"sm_90a", {256, 255, 0}, 1},     {"sm_90a", {96, 40, 2048}, 16},
                      {"sm_90a", {64, 16, 0}, 32},      {"sm_90a", {256, 64, 49152}, 4},
                      {"sm_90a", {128, 96, 101376}, 2}, {"sm_90a", {512, 80, 65536}, 1},
                      {"sm_90a", {32, 200, 1000}, 8},   {"sm_90a", {288, 56, 16385}, 4},
                      {"sm_90a", {1024, 65, 0}, 0},     {"sm_90a", {256, 32, 230000}, 1}};
  for (const Row &row : rows) {
    const Architecture *gpu = findArchitecture(row.architecture);
    ASSERT_NE(gpu, nullptr);
    EXPECT_EQ(computeOccupancy(*gpu, row.needs).blocksPerSm, row.blocks)
        << row.architecture << " " << row.needs.threads << " threads, "
        << row.needs.registersPerThread << " registers, " << row.needs.sharedBytes << " bytes";
  }
}

TEST(CudaSimOccupancy, LimitIsNamed) {
  const Architecture &gpu = *findArchitecture("sm_90a");
  EXPECT_EQ(computeOccupancy(gpu, {256, 32, 0}).limit, Occupancy::Threads);
  EXPECT_EQ(computeOccupancy(gpu, {32, 32, 0}).limit, Occupancy::Blocks);
  EXPECT_EQ(computeOccupancy(gpu, {256, 255, 0}).limit, Occupancy::Registers);
  EXPECT_EQ(computeOccupancy(gpu, {128, 32, 100000}).limit, Occupancy::SharedMemory);
  EXPECT_EQ(computeOccupancy(gpu, {1025, 32, 0}).blocksPerSm, 0u);
}

TEST(CudaSimOccupancy, DynamicSharedMemoryThatIsLeftFits) {
  for (const char *name : {"sm_80", "sm_86", "sm_89", "sm_90a"}) {
    const Architecture &gpu = *findArchitecture(name);
    for (uint32_t blocks = 1; blocks <= 8; ++blocks) {
      uint64_t shared = availableDynamicShared(gpu, blocks, 512);
      EXPECT_GE(computeOccupancy(gpu, {64, 16, 512 + shared}).blocksPerSm, blocks) << name;
      if (blocks > 1 && shared + 512 + 128 <= gpu.sharedPerBlockOptin) {
        EXPECT_LT(computeOccupancy(gpu, {64, 16, 512 + shared + 128}).blocksPerSm, blocks) << name;
      }
    }
  }
}
