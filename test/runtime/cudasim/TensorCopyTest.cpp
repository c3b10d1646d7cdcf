//===- TensorCopyTest.cpp - Tensor maps, and TMA against plain loops ------===//
#include "runtime/cudasim/Async/TensorMap.h"
#include "test/runtime/cudasim/RunPtx.h"
#include <functional>
#include <gtest/gtest.h>
#include <random>

using namespace azulejo::cudasim;
using namespace azulejo::cudasim::test;

namespace {

TensorMap plainMap() {
  TensorMap map;
  map.rank = 2;
  map.type = TensorMap::Type::F16;
  map.address = globalWindow;
  map.dimensions[0] = 128;
  map.dimensions[1] = 100;
  map.strides[0] = 256;
  map.box[0] = 64;
  map.box[1] = 64;
  map.elementStrides[0] = map.elementStrides[1] = 1;
  return map;
}

TEST(TensorMap, SurvivesItsEncoding) {
  TensorMap map = plainMap();
  map.swizzle = TensorMap::Swizzle::Bytes128;
  map.fill = TensorMap::Fill::NaN;
  map.dimensions[1] = uint64_t(1) << 32;
  map.box[1] = 256;
  uint8_t bytes[TensorMap::bytes];
  map.encode(bytes);
  TensorMap again;
  ASSERT_TRUE(again.decode(bytes));
  EXPECT_EQ(again.address, map.address);
  EXPECT_EQ(again.rank, 2u);
  EXPECT_EQ(again.dimensions[0], 128u);
  EXPECT_EQ(again.dimensions[1], uint64_t(1) << 32);
  EXPECT_EQ(again.strides[0], 256u);
  EXPECT_EQ(again.box[1], 256u);
  EXPECT_EQ(again.swizzle, TensorMap::Swizzle::Bytes128);
  EXPECT_EQ(again.fill, TensorMap::Fill::NaN);
  bytes[40] ^= 1;
  EXPECT_FALSE(again.decode(bytes));
  std::fill(bytes, bytes + sizeof bytes, 0);
  EXPECT_FALSE(again.decode(bytes));
}

TEST(TensorMap, LimitsOfTheHardware) {
  EXPECT_EQ(plainMap().validate(), "");
  auto isRefused = [](const std::function<void(TensorMap &)> &change) {
    TensorMap map = plainMap();
    change(map);
    return !map.validate().empty();
  };
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.address += 8; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.rank = 0; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.rank = 6; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.dimensions[1] = 0; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.strides[0] = 264; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.strides[0] = uint64_t(1) << 40; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.box[1] = 257; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.box[0] = 0; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.box[0] = 4; })); // 8 bytes
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.elementStrides[1] = 9; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.swizzle = TensorMap::Swizzle::Bytes64; }));
  EXPECT_FALSE(isRefused([](TensorMap &map) { map.swizzle = TensorMap::Swizzle::Bytes128; }));
  EXPECT_TRUE(isRefused([](TensorMap &map) {
    map.type = TensorMap::Type::U16;
    map.fill = TensorMap::Fill::NaN;
  }));
  EXPECT_TRUE(isRefused([](TensorMap &map) { map.interleave = TensorMap::Interleave::Bytes16; }));
}

// --- Against plain loops -------------------------------------------------------------------------

std::string coordinates(unsigned rank) {
  std::string text = "{%c0";
  for (unsigned i = 1; i < rank; ++i)
    text += ", %c" + std::to_string(i);
  return text + "}";
}

/// Kernels that move a tile: `load` into shared memory and from there to `data`, `store` the other
/// way. Parameters: the map, data, the tile's bytes, five coordinates, three offsets.
std::string kernels(unsigned rank, bool im2col, const std::string &reduction = "") {
  std::string dim = std::to_string(rank) + "d";
  std::string head = "(.param .u64 map, .param .u64 data, .param .u64 size";
  for (unsigned i = 0; i < 5; ++i)
    head += ", .param .u64 p" + std::to_string(i);
  for (unsigned i = 0; i < 3; ++i)
    head += ", .param .u64 q" + std::to_string(i);
  head += ")\n{\n"
          ".shared .align 1024 .b8 tile[40960];\n.shared .align 8 .b64 bar;\n"
          ".reg .b32 %r<8>, %c<5>;\n.reg .b16 %o<3>;\n.reg .b64 %rd<8>;\n.reg .pred %p<4>;\n"
          "ld.param.u64 %rd1, [map];\nld.param.u64 %rd2, [data];\nld.param.u32 %r1, [size];\n"
          "mov.u32 %r2, tile;\nmov.u32 %r3, bar;\nmov.u32 %r0, %tid.x;\n"
          "setp.ne.u32 %p1, %r0, 0;\n";
  for (unsigned i = 0; i < 5; ++i)
    head += "ld.param.u32 %c" + std::to_string(i) + ", [p" + std::to_string(i) + "];\n";
  for (unsigned i = 0; i < 3; ++i)
    head += "ld.param.u16 %o" + std::to_string(i) + ", [q" + std::to_string(i) + "];\n";
  std::string offsets;
  for (unsigned i = 0; im2col && i + 2 < rank; ++i)
    offsets += std::string(i ? ", " : "") + "%o" + std::to_string(i);
  std::string loop = "mad.lo.u32 %r4, %r0, 4, %r2;\nmad.wide.u32 %rd3, %r0, 4, %rd2;\n"
                     "mul.lo.u32 %r5, %r0, 4;\nLOOP:\nsetp.ge.u32 %p2, %r5, %r1;\n@%p2 bra DONE;\n";
  std::string next = "add.u32 %r5, %r5, 512;\nadd.u32 %r4, %r4, 512;\nadd.s64 %rd3, %rd3, 512;\n"
                     "bra.uni LOOP;\nDONE:\n";
  return ".version 8.6\n.target sm_90a\n.address_size 64\n"
         ".visible .entry load" +
         head +
         "@%p1 bra READY;\nmbarrier.init.shared.b64 [bar], 1;\n"
         "mbarrier.arrive.expect_tx.shared::cta.b64 _, [bar], %r1;\n"
         "cp.async.bulk.tensor." +
         dim + ".shared::cluster.global" + (im2col ? ".im2col" : ".tile") +
         ".mbarrier::complete_tx::bytes [%r2], [%rd1, " + coordinates(rank) + "], [%r3]" +
         (im2col ? ", {" + offsets + "}" : "") + ";\n" +
         "READY:\nbar.sync 0;\nWAIT:\nmbarrier.try_wait.parity.shared::cta.b64 %p2, [bar], 0;\n"
         "@!%p2 bra WAIT;\n" +
         loop + "ld.shared.u32 %r6, [%r4];\nst.global.u32 [%rd3], %r6;\n" + next +
         "ret;\n}\n.visible .entry store" + head + loop +
         "ld.global.u32 %r6, [%rd3];\nst.shared.u32 [%r4], %r6;\n" + next +
         "fence.proxy.async.shared::cta;\nbar.sync 0;\n@%p1 ret;\n" +
         (reduction.empty()
              ? "cp.async.bulk.tensor." + dim + ".global.shared::cta"
              : "cp.reduce.async.bulk.tensor." + dim + ".global.shared::cta." + reduction) +
         (im2col ? ".im2col_no_offs" : ".tile") + ".bulk_group [%rd1, " + coordinates(rank) +
         "], [%r2];\ncp.async.bulk.commit_group;\ncp.async.bulk.wait_group 0;\nret;\n}\n";
}

/// Where 16 bytes at `offset` of a tile stand, said by the rows of 128 bytes: within a span, pieces
/// change places by the number of their row.
uint64_t swizzledOffset(uint64_t offset, TensorMap::Swizzle swizzle) {
  uint64_t pieces = swizzle == TensorMap::Swizzle::None ? 1 : uint64_t(1) << unsigned(swizzle);
  uint64_t piece = offset / 16, row = offset / 128;
  return ((piece / pieces * pieces) + ((piece % pieces) ^ (row % pieces))) * 16 + offset % 16;
}

struct Tile {
  TensorMap map;
  int32_t at[5] = {};
  uint16_t offsets[3] = {};
  std::vector<uint8_t> tensor;
  /// For each byte of the tile, as it lies without swizzle: the byte of the tensor, or -1.
  std::vector<int64_t> sources;
};

/// A tensor of random size with padding between its rows.
Tile randomTile(std::mt19937 &random, unsigned rank, bool im2col) {
  auto pick = [&](uint32_t from, uint32_t to) {
    return from + uint32_t(random() % (to - from + 1));
  };
  Tile tile;
  TensorMap &map = tile.map;
  const TensorMap::Type types[] = {TensorMap::Type::U8,   TensorMap::Type::F16,
                                   TensorMap::Type::BF16, TensorMap::Type::F32,
                                   TensorMap::Type::S32,  TensorMap::Type::U64};
  map.rank = rank;
  map.im2col = im2col;
  map.type = types[pick(0, 5)];
  map.swizzle = TensorMap::Swizzle(pick(0, 3));
  map.fill = map.isFloatingPoint() && pick(0, 1) ? TensorMap::Fill::NaN : TensorMap::Fill::Zero;
  uint32_t size = map.elementBytes();
  uint32_t inner = map.swizzle == TensorMap::Swizzle::None ? 16 * pick(1, 6) : map.swizzleBytes();
  uint64_t stride = 1;
  for (unsigned i = 0; i < rank; ++i) {
    map.dimensions[i] = i == 0 ? pick(1, 3 * inner / size) : pick(1, 9);
    map.elementStrides[i] = i && pick(0, 3) == 0 ? pick(1, 3) : 1;
    map.box[i] = i == 0 ? inner / size : pick(1, 6);
    stride = i == 0 ? (map.dimensions[0] * size + 15) / 16 * 16 + 16 * pick(0, 2)
                    : stride * map.dimensions[i] + 16 * pick(0, 1);
    if (i + 1 < rank)
      map.strides[i] = stride;
    tile.at[i] = int32_t(pick(0, 12)) - 4;
  }
  if (im2col) {
    map.elementStrides[0] = map.elementStrides[rank - 1] = 1;
    map.channels = inner / size;
    map.pixels = pick(1, 60);
    tile.at[rank - 1] = int32_t(pick(0, 2));
    for (unsigned i = 0; i + 2 < rank; ++i) {
      map.lowerCorner[i] = -int32_t(pick(0, 2));
      map.upperCorner[i] = -int32_t(pick(0, 2));
      int32_t last = int32_t(map.dimensions[1 + i]) - 1 + map.upperCorner[i];
      if (last < map.lowerCorner[i])
        map.upperCorner[i] = map.lowerCorner[i] - int32_t(map.dimensions[1 + i]) + 1,
        last = map.lowerCorner[i];
      tile.at[1 + i] = int32_t(pick(0, uint32_t(last - map.lowerCorner[i]))) + map.lowerCorner[i];
      tile.offsets[i] = uint16_t(pick(0, 2));
    }
  }
  tile.tensor.resize(stride);
  for (uint8_t &byte : tile.tensor)
    byte = uint8_t(random());
  return tile;
}

/// Adds the element at `place` to the tile.
void addElement(Tile &tile, const int64_t *place) {
  const TensorMap &map = tile.map;
  bool inside = true;
  int64_t at = place[0] * map.elementBytes();
  for (unsigned i = 0; i < map.rank; ++i) {
    inside &= place[i] >= 0 && place[i] < int64_t(map.dimensions[i]);
    if (i)
      at += place[i] * int64_t(map.strides[i - 1]);
  }
  for (unsigned byte = 0; byte < map.elementBytes(); ++byte)
    tile.sources.push_back(inside ? at + byte : -1);
}

void listTiled(Tile &tile) {
  const TensorMap &map = tile.map;
  uint64_t count = 1, extents[5];
  for (unsigned i = 0; i < map.rank; ++i) {
    uint32_t stride = i ? map.elementStrides[i] : 1;
    extents[i] = (map.box[i] + stride - 1) / stride;
    count *= extents[i];
  }
  for (uint64_t element = 0; element < count; ++element) {
    int64_t place[5];
    uint64_t rest = element;
    for (unsigned i = 0; i < map.rank; ++i) {
      place[i] = tile.at[i] + int64_t(rest % extents[i] * (i ? map.elementStrides[i] : 1));
      rest /= extents[i];
    }
    addElement(tile, place);
  }
}

/// All base pixels of all images in order; the tile's begin at its own.
void listPixels(Tile &tile, bool withOffsets) {
  const TensorMap &map = tile.map;
  std::vector<std::vector<int64_t>> pixels;
  // The first row goes on from where the tile begins, which need not be on the grid of the strides.
  int64_t position[3] = {tile.at[1], tile.at[2], tile.at[3]};
  int64_t image = tile.at[map.rank - 1];
  unsigned spatial = map.rank - 2;
  while (pixels.size() < map.pixels) {
    pixels.emplace_back(position, position + spatial);
    pixels.back().push_back(image);
    unsigned i = 0;
    for (; i < spatial; ++i) {
      position[i] += map.elementStrides[1 + i];
      if (position[i] <= int64_t(map.dimensions[1 + i]) - 1 + map.upperCorner[i])
        break;
      position[i] = map.lowerCorner[i];
    }
    image += i == spatial;
  }
  for (const std::vector<int64_t> &pixel : pixels)
    for (uint32_t channel = 0; channel < map.channels; ++channel) {
      int64_t place[5] = {tile.at[0] + int64_t(channel)};
      for (unsigned i = 0; i < spatial; ++i)
        place[1 + i] = pixel[i] + (withOffsets ? tile.offsets[i] : 0);
      place[map.rank - 1] = pixel[spatial];
      addElement(tile, place);
    }
}

std::vector<uint64_t> arguments(const Tile &tile, uint64_t map, uint64_t data, uint64_t bytes) {
  std::vector<uint64_t> result{map, data, bytes};
  for (int32_t at : tile.at)
    result.push_back(uint64_t(int64_t(at)));
  for (uint16_t offset : tile.offsets)
    result.push_back(offset);
  return result;
}

uint64_t uploadMap(PtxModule &module, TensorMap &map, uint64_t tensor) {
  map.address = tensor;
  EXPECT_EQ(map.validate(), "");
  std::vector<uint8_t> bytes(TensorMap::bytes);
  map.encode(bytes.data());
  return module.upload(bytes);
}

class TensorCopy : public ::testing::TestWithParam<std::tuple<unsigned, bool, AsyncTiming>> {};

TEST_P(TensorCopy, LoadsAndStores) {
  auto [rank, im2col, timing] = GetParam();
  PtxModule module(kernels(rank, im2col), "sm_90a");
  ASSERT_EQ(module.refusal, "");
  module.options.asyncTiming = timing;
  std::mt19937 random(rank * 2 + im2col);
  for (unsigned round = 0, done = 0; done < 8; ++round) {
    Tile tile = randomTile(random, rank, im2col);
    TensorMap &map = tile.map;
    Tile stored = tile;
    if (im2col) {
      listPixels(tile, true);
      listPixels(stored, false);
    } else {
      listTiled(tile);
      listTiled(stored);
    }
    uint64_t bytes = tile.sources.size();
    // Whole lines only: what a swizzle leaves of the last one is nobody's.
    if (bytes % 128 || bytes > 40960)
      continue;
    ++done;
    uint64_t tensor = module.upload(tile.tensor);
    uint64_t mapAddress = uploadMap(module, map, tensor);

    uint64_t out = module.allocate(bytes);
    LaunchResult result =
        module.launch("load", {}, {128}, 0, arguments(tile, mapAddress, out, bytes));
    ASSERT_EQ(describe(result), "");
    std::vector<uint8_t> loaded = module.download<uint8_t>(out, bytes);
    for (uint64_t i = 0; i < bytes; ++i) {
      bool last = i % map.elementBytes() == map.elementBytes() - 1;
      uint8_t fill = map.fill == TensorMap::Fill::Zero ? 0 : last ? 0x7f : 0xff;
      uint8_t expected = tile.sources[i] < 0 ? fill : tile.tensor[size_t(tile.sources[i])];
      ASSERT_EQ(loaded[swizzledOffset(i, map.swizzle)], expected)
          << "byte " << i << " of a load in round " << round;
    }

    std::vector<uint8_t> data(bytes);
    for (uint8_t &byte : data)
      byte = uint8_t(random());
    result = module.launch("store", {}, {128}, 0,
                           arguments(tile, mapAddress, module.upload(data), bytes));
    ASSERT_EQ(describe(result), "");
    std::vector<uint8_t> expected = tile.tensor;
    for (uint64_t i = 0; i < bytes; ++i)
      if (stored.sources[i] >= 0)
        expected[size_t(stored.sources[i])] = data[swizzledOffset(i, map.swizzle)];
    ASSERT_EQ(module.download<uint8_t>(tensor, expected.size()), expected)
        << "a store in round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Tiled, TensorCopy,
    ::testing::Combine(::testing::Values(1, 2, 3, 4, 5), ::testing::Values(false),
                       ::testing::Values(AsyncTiming::Late, AsyncTiming::Early)));
INSTANTIATE_TEST_SUITE_P(Im2col, TensorCopy,
                         ::testing::Combine(::testing::Values(3, 4, 5), ::testing::Values(true),
                                            ::testing::Values(AsyncTiming::Late)));

TEST(TensorReduction, AddsToTheTensor) {
  PtxModule module(kernels(2, false, "add"), "sm_90a");
  TensorMap map = plainMap();
  map.type = TensorMap::Type::S32;
  map.dimensions[0] = 40;
  map.dimensions[1] = 10;
  map.strides[0] = 160;
  map.box[0] = 32;
  map.box[1] = 4;
  std::vector<int32_t> tensor(400), data(128);
  for (int i = 0; i < 400; ++i)
    tensor[i] = i;
  for (int i = 0; i < 128; ++i)
    data[i] = 1000 * i;
  uint64_t address = module.upload(tensor);
  uint64_t mapAddress = uploadMap(module, map, address);
  Tile tile;
  tile.at[0] = 16;
  tile.at[1] = 8;
  LaunchResult result =
      module.launch("store", {}, {128}, 0, arguments(tile, mapAddress, module.upload(data), 512));
  ASSERT_EQ(describe(result), "");
  for (int row = 0; row < 2; ++row)
    for (int column = 0; column < 24; ++column)
      tensor[(8 + row) * 40 + 16 + column] += data[row * 32 + column];
  EXPECT_EQ(module.download<int32_t>(address, 400), tensor);
}

TEST(TensorCopyFaults, AreReported) {
  PtxModule module(kernels(2, false), "sm_90a");
  std::vector<uint8_t> tensor(100 * 256);
  uint64_t address = module.upload(tensor);
  uint64_t out = module.allocate(65536);
  Tile tile;
  auto run = [&](const std::function<void(TensorMap &)> &change, uint64_t bytes) {
    TensorMap map = plainMap();
    map.address = address;
    change(map);
    std::vector<uint8_t> encoded(TensorMap::bytes);
    map.encode(encoded.data());
    return describe(
        module.launch("load", {}, {128}, 0, arguments(tile, module.upload(encoded), out, bytes)));
  };
  EXPECT_EQ(run([](TensorMap &) {}, 8192), "");
  EXPECT_NE(run([](TensorMap &map) { map.rank = 3, map.dimensions[2] = map.box[2] = 1; }, 8192)
                .find("describes 3 dimensions, not 2"),
            std::string::npos);
  // The map promises more than the allocation has.
  EXPECT_NE(run([](TensorMap &map) { map.address += 60 * 256; }, 8192).find("out-of-bounds"),
            std::string::npos);
  EXPECT_NE(run([](TensorMap &map) { map.strides[0] = 24; }, 8192).find("is not valid"),
            std::string::npos);
  // The barrier expects more than comes, then less.
  EXPECT_NE(run([](TensorMap &) {}, 8200).find("deadlock"), std::string::npos);
  EXPECT_NE(run([](TensorMap &) {}, 4096).find("mbarrier-misuse"), std::string::npos);
  // No map at all.
  std::vector<uint64_t> wrong = arguments(tile, address, out, 8192);
  EXPECT_NE(describe(module.launch("load", {}, {128}, 0, wrong)).find("are no tensor map"),
            std::string::npos);
}

} // namespace
