//===- TensorCopy.cpp - cp.async.bulk.tensor and its like: TMA ------------===//
#include "runtime/cudasim/Async/TensorTile.h"
#include "runtime/cudasim/Instructions/BulkOperands.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <optional>

using namespace azulejo::cudasim;

namespace {

constexpr uint64_t sharedAlignment = 128;

/// A tile on its way between a tensor and shared memory.
class TileCopy : public AsyncOperation {
public:
  TileCopy(Warp &warp, const Instruction &instruction, unsigned lane, const TensorMap &map,
           TensorTile tile)
      : AsyncOperation(warp, instruction, lane, AsyncKind::Tensor), map(map),
        tile(std::move(tile)) {}

  /// Announces what lies in the tensor, rows that follow one another in it as one.
  void announceTensor(Access::Kind kind) {
    for (const TensorTile::Row &row : tile.rows) {
      if (!row.bytes)
        continue;
      if (!pieces.empty() && pieces.back().address + pieces.back().bytes == row.address)
        pieces.back().bytes += row.bytes;
      else
        pieces.push_back({row.address, row.bytes, nullptr});
    }
    for (Span &piece : pieces)
      piece = announce(kind, Space::Global, piece.address, piece.bytes, map.elementBytes());
  }

  std::vector<Span> shared; // where the tile lies, or goes to, in shared memory

protected:
  /// Calls f(row in the buffer, its bytes in the tensor, the row) for what exists of the tile.
  template <class F> void forRows(Access::Kind kind, F &&f) {
    size_t next = 0;
    const uint8_t *end = nullptr;
    uint8_t *at = nullptr;
    for (size_t i = 0; i < tile.rows.size(); ++i) {
      const TensorTile::Row &row = tile.rows[i];
      if (!row.bytes)
        continue;
      if (at == end) {
        at = host(kind, pieces[next]);
        end = at + pieces[next++].bytes;
      }
      f(buffer.data() + i * tile.rowBytes, at, row);
      at += row.bytes;
    }
  }

  const TensorMap map;
  const TensorTile tile;

private:
  std::vector<Span> pieces;
};

class TileLoad : public TileCopy {
public:
  using TileCopy::TileCopy;

protected:
  void fetch() override {
    buffer.resize(tile.bytes());
    fillOutside(map, buffer.data(), buffer.size());
    forRows(Access::Read, [](uint8_t *to, const uint8_t *from, const TensorTile::Row &row) {
      std::memcpy(to + row.skip, from, row.bytes);
    });
    flushElements(map, buffer.data(), buffer.size());
  }
  void deliver() override {
    for (const Span &target : shared)
      swizzleTile(map, target.address, buffer.data(), host(Access::Write, target), buffer.size());
  }
};

class TileStore : public TileCopy {
public:
  using TileCopy::TileCopy;
  ReduceBytes reduce = nullptr;

protected:
  void fetch() override {
    buffer.resize(tile.bytes());
    unswizzleTile(map, shared[0].address, host(Access::Read, shared[0]), buffer.data(),
                  buffer.size());
  }
  void deliver() override {
    forRows(reduce ? Access::ReadWrite : Access::Write,
            [&](const uint8_t *from, uint8_t *to, const TensorTile::Row &row) {
              if (reduce)
                reduce(to, from + row.skip, row.bytes, true);
              else
                std::memcpy(to, from + row.skip, row.bytes);
            });
  }
};

enum class Direction : uint8_t { Load, Store, Prefetch };

struct TensorForm {
  Direction direction = Direction::Load;
  unsigned rank = 1;
  bool im2col = false, hasOffsets = false, multicast = false;
  Space mapSpace = Space::Generic, shared = Space::SharedCluster;
  int reduction = -1;
};

[[noreturn]] void refuse(unsigned lane, const std::string &message) {
  throw Fault(FaultClass::IllegalInstruction, message, int(lane));
}

/// The tensor map at a lane's address.
TensorMap readMap(Warp &warp, const Instruction &instruction, const TensorForm &form,
                  const uint64_t *addresses, unsigned lane) {
  Access memory(warp, instruction, Access::Read, form.mapSpace);
  memory.lanes = 1u << lane;
  memory.bytes = TensorMap::bytes;
  memory.alignment = 64;
  memory.addresses = addresses;
  resolve(memory);
  warp.block.launch.checkers.tensorMapUsed(memory);
  TensorMap map;
  if (!map.decode(memory.hosts[lane]))
    refuse(lane, "the 128 bytes at its first operand are no tensor map");
  if (map.rank != form.rank)
    refuse(lane, "its tensor map describes " + std::to_string(map.rank) + " dimensions, not " +
                     std::to_string(form.rank));
  if (map.im2col != form.im2col)
    refuse(lane,
           map.im2col ? "its tensor map is one for .im2col" : "its tensor map is one for .tile");
  if (std::string wrong = map.validate(); !wrong.empty())
    refuse(lane, "its tensor map is not valid: " + wrong);
  if (map.interleave != TensorMap::Interleave::None)
    refuse(lane, "interleaved tensors are not modelled");
  return map;
}

ptx::Type reducedType(const TensorMap &map, AtomicOp op) {
  using ptx::Type;
  bool bits = op == AtomicOp::And || op == AtomicOp::Or || op == AtomicOp::Xor;
  switch (map.type) {
  case TensorMap::Type::U32:
    return bits ? Type::B32 : Type::U32;
  case TensorMap::Type::S32:
    return bits ? Type::B32 : Type::S32;
  case TensorMap::Type::U64:
    return bits ? Type::B64 : Type::U64;
  case TensorMap::Type::S64:
    return bits ? Type::B64 : Type::S64;
  case TensorMap::Type::F16:
    return Type::F16;
  case TensorMap::Type::BF16:
    return Type::BF16;
  case TensorMap::Type::F32:
  case TensorMap::Type::F32Flush:
    return Type::F32;
  case TensorMap::Type::F64:
    return Type::F64;
  default:
    return Type::None;
  }
}

/// Addresses: the tensor map, shared memory, the mbarrier. Sources: coordinates, im2col offsets,
/// the mask of ranks.
void tensorCopy(Warp &warp, const Instruction &instruction, LaneMask active) {
  const TensorForm &form = instruction.as<TensorForm>();
  uint64_t maps[warpSize], shared[warpSize], barriers[warpSize];
  evaluate(warp, instruction.addresses[0], active, maps);
  if (form.direction != Direction::Prefetch)
    evaluate(warp, instruction.addresses[1], active, shared);
  if (form.direction == Direction::Load)
    evaluate(warp, instruction.addresses[2], active, barriers);
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left), source = 0;
    TensorMap map = readMap(warp, instruction, form, maps, lane);
    int32_t coordinates[TensorMap::maxRank];
    for (unsigned i = 0; i < form.rank; ++i)
      coordinates[i] = warp.read<int32_t>(instruction.source(source++))[lane];
    uint16_t offsets[TensorMap::maxRank];
    for (unsigned i = 0; form.hasOffsets && i + 2 < form.rank; ++i)
      offsets[i] = warp.read<uint16_t>(instruction.source(source++))[lane];
    if (form.direction == Direction::Prefetch)
      continue;
    const uint16_t *mask =
        form.multicast ? &warp.read<uint16_t>(instruction.source(source))[lane] : nullptr;
    TensorTile tile(map, coordinates, form.hasOffsets ? offsets : nullptr);
    uint64_t bytes = tile.bytes(), footprint = TensorTile::footprint(map);
    if (form.direction == Direction::Load) {
      auto load = std::make_shared<TileLoad>(warp, instruction, lane, map, std::move(tile));
      load->announceTensor(Access::Read);
      forTargets(warp, lane, mask, [&](const Multicast &target) {
        load->shared.push_back(load->announce(Access::Write, form.shared,
                                              target.place(form.shared, shared[lane]), footprint,
                                              sharedAlignment));
        load->completeOn(form.shared, target.place(form.shared, barriers[lane]), bytes);
      });
      issueBulk(warp, lane, std::move(load));
      continue;
    }
    auto store = std::make_shared<TileStore>(warp, instruction, lane, map, std::move(tile));
    store->inGroup = true;
    if (form.reduction >= 0) {
      AtomicOp op = AtomicOp(form.reduction);
      store->reduce = findReduction(op, reducedType(map, op));
      if (!store->reduce)
        refuse(lane, "this reduction does not exist for the element type of its tensor map");
    }
    store->shared.push_back(
        store->announce(Access::Read, form.shared, shared[lane], footprint, sharedAlignment));
    store->announceTensor(store->reduce ? Access::ReadWrite : Access::Write);
    issueBulk(warp, lane, std::move(store));
  }
}

/// `[map, {c0, c1, …}]`
void decodeCoordinates(Decoder &decoder, const ptx::Operand &operand, TensorForm &form,
                       std::vector<Address> &addresses, std::vector<Operand> &sources) {
  if (operand.kind != ptx::Operand::Kind::Address || operand.elements.size() != 2)
    decoder.fail("[tensor map, {coordinates}] must stand here");
  if (operand.elements[0].kind == ptx::Operand::Kind::Name)
    if (const Symbol *symbol = decoder.symbol(operand.elements[0].name))
      form.mapSpace = symbol->space == ptx::StateSpace::Param   ? Space::Parameter
                      : symbol->space == ptx::StateSpace::Const ? Space::Constant
                                                                : Space::Generic;
  addresses.push_back(decoder.address(operand));
  std::vector<const ptx::Operand *> coordinates = elementsOf(operand.elements[1]);
  if (coordinates.size() != form.rank)
    decoder.fail("there must be " + std::to_string(form.rank) + " coordinates");
  for (const ptx::Operand *coordinate : coordinates)
    sources.push_back(decoder.source(*coordinate, ptx::Type::S32));
}

void takeMode(Decoder &decoder, Modifiers &m, TensorForm &form) {
  if (m.flag("tile"))
    return;
  if (m.flag("im2col"))
    form.im2col = form.hasOffsets = true;
  else if (form.direction == Direction::Store && m.flag("im2col_no_offs"))
    form.im2col = true;
  else if (m.peek().substr(0, 6) == "tile::" || m.peek().substr(0, 8) == "im2col::")
    decoder.fail("." + std::string(m.peek()) + " needs sm_100");
  if (form.im2col && form.rank < 3)
    decoder.fail("im2col is for 3 to 5 dimensions");
}

/// cp.async.bulk.tensor.dim.shared.global{.mode}.mbarrier::complete_tx::bytes{.multicast::cluster}
///     [dst], [map, coordinates], [mbar]{, offsets}{, ctaMask}{, policy}
/// cp.async.bulk.tensor.dim.global.shared::cta{.mode}.bulk_group [map, coordinates], [src]{,
/// policy} cp.reduce.async.bulk.tensor.dim.global.shared::cta.op{.mode}.bulk_group, the same
/// cp.async.bulk.prefetch.tensor.dim.L2.global{.mode} [map, coordinates]{, offsets}{, policy}
bool decodeTensorCopy(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  bool reduces = m.flag("reduce");
  if (!m.flag("async") || !m.flag("bulk"))
    return false;
  TensorForm form;
  if (m.flag("prefetch"))
    form.direction = Direction::Prefetch;
  if (!m.flag("tensor"))
    return false;
  decoder.require(90);
  form.rank = m.one<unsigned>({{"1d", 1}, {"2d", 2}, {"3d", 3}, {"4d", 4}, {"5d", 5}}, 0);
  if (!form.rank)
    decoder.fail("the number of dimensions must be .1d to .5d");
  if (form.direction == Direction::Prefetch) {
    if (!m.flag("L2") || !m.flag("global"))
      decoder.fail("must be .L2.global");
  } else if (m.flag("global")) {
    form.direction = Direction::Store;
    form.shared = Space::Shared;
    if (!m.flag("shared::cta"))
      decoder.fail("the source must be .shared::cta");
    if (reduces && (form.reduction = takeReductionOp(m)) < 0)
      decoder.fail("the operation is missing or unknown");
  } else {
    form.shared = m.flag("shared::cta") ? Space::Shared : Space::SharedCluster;
    if ((form.shared == Space::SharedCluster && !m.flag("shared::cluster")) || !m.flag("global") ||
        reduces)
      decoder.fail("it does not copy between these state spaces");
  }
  takeMode(decoder, m, form);
  if (form.direction == Direction::Load && !m.flag("mbarrier::complete_tx::bytes"))
    decoder.fail("a load completes by .mbarrier::complete_tx::bytes");
  if (form.direction == Direction::Store && !m.flag("bulk_group"))
    decoder.fail("a store completes by .bulk_group");
  if (form.direction == Direction::Load)
    form.multicast = m.flag("multicast::cluster");
  bool policy = takeCacheHints(m);
  if (form.direction == Direction::Load && !form.multicast)
    form.multicast = m.flag("multicast::cluster");
  m.end();

  size_t count = (form.direction == Direction::Load    ? 3
                  : form.direction == Direction::Store ? 2
                                                       : 1) +
                 size_t(form.hasOffsets) + form.multicast + policy;
  decoder.expectOperands(count, count);
  const std::vector<ptx::Operand> &operands = statement.operands;
  std::vector<Address> addresses;
  std::vector<Operand> sources;
  MemorySemantics semantics;
  semantics.space = form.shared;
  size_t next = 1;
  decodeCoordinates(decoder, operands[form.direction == Direction::Load ? 1 : 0], form, addresses,
                    sources);
  if (form.direction == Direction::Load) {
    addresses.push_back(decodeAddress(decoder, operands[0], semantics));
    addresses.push_back(decodeAddress(decoder, operands[2], semantics));
    next = 3;
  } else if (form.direction == Direction::Store) {
    addresses.push_back(decodeAddress(decoder, operands[next++], semantics));
  }
  if (form.hasOffsets) {
    std::vector<const ptx::Operand *> offsets = elementsOf(operands[next++]);
    if (offsets.size() != form.rank - 2)
      decoder.fail("there must be " + std::to_string(form.rank - 2) + " im2col offsets");
    for (const ptx::Operand *offset : offsets)
      sources.push_back(decoder.source(*offset, ptx::Type::U16));
  }
  if (form.multicast)
    sources.push_back(decoder.source(operands[next++], ptx::Type::U16));
  if (policy)
    sources.push_back(decoder.source(operands[next++], ptx::Type::U64));
  decoder.operands(instruction, {}, sources);
  decoder.addresses(instruction, addresses);
  instruction.counterClass = CounterClass::AsyncCopy;
  instruction.attributes = decoder.make(form);
  instruction.execute = tensorCopy;
  return true;
}

} // namespace

void azulejo::cudasim::registerTensorCopy(DecodeTable &table) {
  table.add({"cp"}, decodeTensorCopy);
}
