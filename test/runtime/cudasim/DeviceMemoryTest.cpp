//===- DeviceMemoryTest.cpp - Slots, freeing, host memory -----------------===//
#include "runtime/cudasim/Memory/DeviceMemory.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace azulejo::cudasim;

namespace {

TEST(DeviceMemory, EachAllocationIsAloneInItsSlot) {
  DeviceMemory memory(uint64_t(1) << 40);
  Allocation *first = memory.allocate(100, "first");
  Allocation *second = memory.allocate(uint64_t(20) << 30, "second"); // more than a slot
  Allocation *third = memory.allocate(1, "third");
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(first->begin % 256, 0u);
  for (const Allocation *each : {first, second, third}) {
    EXPECT_EQ(memory.find(each->begin), each);
    EXPECT_EQ(memory.find(each->begin + each->size - 1), each);
    // Four gigabytes on either side lead to nobody else.
    EXPECT_EQ(memory.find(each->begin - (uint64_t(4) << 30)), each);
    const Allocation *behind = memory.find(each->begin + each->size + (uint64_t(4) << 30) - 256);
    EXPECT_TRUE(behind == each || behind->begin - (each->begin + each->size) >= uint64_t(4) << 30);
  }
  EXPECT_EQ(memory.find(0), nullptr);
  EXPECT_EQ(memory.find(globalWindow + (uint64_t(1) << 50)), nullptr);
  EXPECT_EQ(memory.find(sharedWindow), nullptr);
  EXPECT_EQ(memory.used(), 101 + (uint64_t(20) << 30));
}

TEST(DeviceMemory, IsZeroAndReachable) {
  DeviceMemory memory(1 << 20);
  Allocation *allocation = memory.allocate(1000, "a");
  uint8_t *host = memory.hostPointer(allocation->begin + 10, 990);
  ASSERT_EQ(host, allocation->host + 10);
  for (unsigned i = 0; i < 990; ++i)
    ASSERT_EQ(host[i], 0);
  EXPECT_EQ(memory.hostPointer(allocation->begin + 10, 991), nullptr);
  EXPECT_EQ(memory.hostPointer(allocation->begin - 1, 1), nullptr);
  EXPECT_NE(memory.hostPointer(allocation->begin + 1000, 0), nullptr);
}

TEST(DeviceMemory, CapacityIsKept) {
  DeviceMemory memory(1000);
  Allocation *first = memory.allocate(600, "a");
  EXPECT_EQ(memory.allocate(500, "b"), nullptr);
  EXPECT_TRUE(memory.free(first->begin));
  EXPECT_NE(memory.allocate(500, "b"), nullptr);
  EXPECT_EQ(memory.allocate(0, "nothing"), nullptr);
}

TEST(DeviceMemory, WhatIsFreedIsRemembered) {
  DeviceMemory memory(1 << 30);
  Allocation *first = memory.allocate(64, "a");
  uint64_t begin = first->begin;
  EXPECT_FALSE(memory.free(begin + 1));
  EXPECT_TRUE(memory.free(begin));
  EXPECT_FALSE(memory.free(begin));
  EXPECT_EQ(memory.hostPointer(begin, 1), nullptr);
  // Its address is not given out again.
  for (unsigned i = 0; i < 200; ++i) {
    Allocation *other = memory.allocate(64, "b");
    EXPECT_NE(other->begin, begin);
    memory.free(other->begin);
  }
  ASSERT_NE(memory.find(begin), nullptr);
  EXPECT_TRUE(memory.find(begin)->freed);
  EXPECT_TRUE(memory.live().empty());
}

TEST(DeviceMemory, LiveAllocationsInOrder) {
  DeviceMemory memory(1 << 30);
  Allocation *a = memory.allocate(64, "a"), *b = memory.allocate(64, "b"),
             *c = memory.allocate(64, "c");
  memory.free(b->begin);
  EXPECT_EQ(memory.live(), (std::vector<const Allocation *>{a, c}));
}

TEST(DeviceMemory, HostMemoryAtItsOwnAddress) {
  DeviceMemory memory(1 << 30);
  alignas(64) static uint8_t pinned[4096];
  uint64_t begin = reinterpret_cast<uint64_t>(pinned);
  Allocation *low = memory.registerHost(pinned, 1024, "low");
  ASSERT_NE(low, nullptr);
  EXPECT_EQ(memory.registerHost(pinned + 1000, 100, "overlaps"), nullptr);
  Allocation *high = memory.registerHost(pinned + 2048, 1024, "high");
  EXPECT_EQ(memory.find(begin + 5), low);
  EXPECT_EQ(memory.find(begin + 2048), high);
  EXPECT_EQ(memory.hostPointer(begin + 2048, 1024), pinned + 2048);
  // Between and behind: the one that ends there explains it.
  EXPECT_EQ(memory.find(begin + 1500), low);
  EXPECT_EQ(memory.find(begin + 3500), high);
  EXPECT_TRUE(memory.free(begin));
  EXPECT_TRUE(memory.find(begin + 5)->freed);
  EXPECT_NE(memory.registerHost(pinned, 4096, "overlaps what lives"), low);
  Allocation *again = memory.registerHost(pinned, 2048, "again");
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(memory.find(begin + 5), again);
  EXPECT_EQ(memory.used(), 0u);
}

} // namespace
