//===- Wgmma.cpp - wgmma: asynchronous products of a warpgroup ------------===//
#include "runtime/cudasim/Instructions/Wgmma.h"
#include "runtime/cudasim/Instructions/Fragments.h"
#include "runtime/cudasim/Instructions/MatrixDescriptor.h"
#include "runtime/cudasim/Instructions/TensorOperands.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>
#include <deque>

/// PTX ISA, 9.7.15. Four warps, numbers 4q … 4q+3 of a block, are a warpgroup and execute each
/// wgmma.mma_async together; warp w has rows 16w … 16w+15 of A and of the accumulators, laid out as
/// mma.m16n8's, one n8 after the other (Fragments.h).
///
/// Each warp's execution adds its part to an Operation of the warpgroup. The operation happens as a
/// whole, for all four warps: as late as it may, which is when the first of them waits for its
/// group (AsyncTiming says whether also earlier), and not before all four have issued it. So a warp
/// that waits for an operation which another has not reached waits for that warp too.
namespace azulejo::cudasim {
namespace {

constexpr unsigned warpsOfGroup = 4, rowsOfWarp = 16;
constexpr unsigned chunksAlongK = 2; // of 16 bytes: every wgmma takes 32 bytes along K

/// What one warp put into an operation.
struct Part {
  Warp *warp = nullptr;
  uint8_t *frame = nullptr; // where its accumulators are
  const uint8_t *left[4];   // A's registers
  AsyncToken token = 0;
};

struct Operation {
  const Instruction *instruction = nullptr;
  uint64_t left = 0, right = 0; // descriptors
  bool accumulates = false;
  uint32_t issued = 0; // a bit for each warp
  Part parts[warpsOfGroup];
};

/// A warpgroup's operations, numbered in the order of issue, which is the same in all its warps.
struct Warpgroup {
  std::deque<Operation> operations;
  uint64_t first = 0, performed = 0; // numbers: of operations.front(), of the next to perform
  uint64_t issued[warpsOfGroup] = {}, completed[warpsOfGroup] = {};

  Operation &operation(uint64_t number) { return operations[number - first]; }
};

struct Warpgroups : BlockUnit {
  std::vector<Warpgroup> groups;

  Warpgroup &of(const Warp &warp) {
    if (groups.empty())
      groups.resize((warp.block.warps.size() + warpsOfGroup - 1) / warpsOfGroup);
    return groups[warp.index / warpsOfGroup];
  }
  /// "line 12, which warps 1, 3 have not executed" for the first such operation.
  std::string describeMissing() const {
    for (size_t g = 0; g < groups.size(); ++g)
      for (const Operation &operation : groups[g].operations)
        if (operation.issued != 15) {
          std::string text = "the wgmma.mma_async at line " +
                             std::to_string(operation.instruction->statement->line) +
                             ", which of its warpgroup these warps have not executed:";
          for (unsigned w = 0; w < warpsOfGroup; ++w)
            if (!(operation.issued >> w & 1))
              text += " " + std::to_string(g * warpsOfGroup + w);
          return text;
        }
    return {};
  }
  std::string describeWaits(Block &) override {
    std::string missing = describeMissing();
    return missing.empty() ? missing : "wgmma.wait_group waits for " + missing;
  }
  void finish(Block &) override {
    std::string missing = describeMissing();
    if (!missing.empty())
      throw Fault(FaultClass::NotConverged, "the block ends with " + missing);
  }
};

/// A warp's groups: for each that was committed and not waited for, the number behind its last
/// operation.
struct WarpGroups : WarpUnit {
  std::deque<uint64_t> ends;
};

// --- Footprints ----------------------------------------------------------------------------------

/// The pieces of shared memory that an operand's rows [row, row + rows) of M or N cover, 32 bytes
/// or so each: chunks that lie side by side in any case are one.
class Footprint {
public:
  Footprint(const MatrixDescriptor &matrix, bool transposed, uint32_t row, uint32_t rows)
      : matrix(matrix), transposed(transposed), row(row) {
    bool swizzles = matrix.swizzle != MatrixDescriptor::None;
    bool pairs = !transposed && matrix.start % 32 == 0 && matrix.stride % 32 == 0;
    bytes = !swizzles ? 128 : pairs ? 32 : 16;
    count = rows * chunksAlongK * 16 / bytes;
  }

  uint64_t address(uint32_t piece) const {
    if (bytes == 32)
      return matrix.chunkAlongK(row + piece, 0) & ~31u;
    if (bytes == 128) // eight rows' chunks, of K or of M and N
      return transposed ? matrix.chunkAcrossK(row / 8 + piece / 2, piece % 2 * 8)
                        : matrix.chunkAlongK(row + piece / 2 * 8, piece % 2);
    return transposed ? matrix.chunkAcrossK(row / 8 + piece / 16, piece % 16)
                      : matrix.chunkAlongK(row + piece / 2, piece % 2);
  }

  /// Whether pieces [first, end) are the same chunks of pages of 1024 bytes, eight rows each: an
  /// operand swizzled over 128 bytes, with K along rows. `rows` then says which.
  bool inPages(uint32_t first, uint32_t end, ChunkRows &rows) const {
    constexpr uint32_t page = ChunkRows::pageBytes;
    if (bytes != 32 || matrix.swizzle != MatrixDescriptor::Bytes128 || matrix.start % page >= 128 ||
        matrix.stride % page || (row + first) % 8 || end % 8)
      return false;
    rows = {(matrix.start & ~(page - 1)) + (row + first) / 8 * matrix.stride, matrix.stride,
            (end - first) / 8, 0};
    for (uint32_t i = 0; i < 8 * chunksAlongK; ++i)
      rows.chunks |= uint64_t(1) << matrix.chunkAlongK(i / 2, i % 2) % page / ChunkRows::chunkBytes;
    return true;
  }

  uint32_t bytes, count;

private:
  const MatrixDescriptor matrix;
  const bool transposed;
  const uint32_t row;
};

/// Tells Memory of pieces [first, end), 32 at a time where they are not whole pages.
void announce(const Part &part, const Instruction &instruction, const Footprint &footprint,
              uint32_t first, uint32_t end) {
  ChunkRows rows;
  if (footprint.inPages(first, end, rows))
    first += 8 * announce(*part.warp, instruction, part.token, rows);
  uint64_t addresses[warpSize];
  while (first < end) {
    unsigned count = 0;
    for (; count < warpSize && first < end; ++first)
      addresses[count++] = footprint.address(first);
    Access access{*part.warp, instruction, Access::Read, Space::Shared};
    access.proxy = Proxy::Async;
    access.token = part.token;
    access.lanes = count == warpSize ? allLanes : (1u << count) - 1;
    access.bytes = footprint.bytes;
    access.alignment = 16;
    access.addresses = addresses;
    announce(access);
  }
}

/// Announces what warp w's part reads: its rows of A, and a quarter of B. All warps read all of B,
/// of course, but to look at each byte once is enough, and each warp's own view of what happened
/// before is asked.
void announcePart(const Operation &operation, unsigned w) {
  const Wgmma &wgmma = operation.instruction->as<Wgmma>();
  const Part &part = operation.parts[w];
  if (!wgmma.leftInRegisters) {
    Footprint left(MatrixDescriptor(operation.left), wgmma.leftTransposed, w * rowsOfWarp,
                   rowsOfWarp);
    announce(part, *operation.instruction, left, 0, left.count);
  }
  Footprint right(MatrixDescriptor(operation.right), wgmma.rightTransposed, 0, wgmma.n);
  announce(part, *operation.instruction, right, right.count * w / warpsOfGroup,
           right.count * (w + 1) / warpsOfGroup);
}

// --- The product ---------------------------------------------------------------------------------

struct Panels {
  alignas(64) uint32_t left[rowsOfWarp * maxSteps];
  alignas(64) uint32_t right[maxColumnBlocks * maxSteps * 8];
};

void unfoldRight(const Wgmma &wgmma, uint64_t descriptor, const uint8_t *shared, uint32_t *panel) {
  MatrixDescriptor matrix(descriptor);
  unsigned steps = chunksAlongK * wgmma.steps;
  const uint8_t *rows[8];
  for (unsigned block = 0; block < wgmma.n / 8; ++block)
    for (unsigned chunk = 0; chunk < chunksAlongK; ++chunk) {
      for (unsigned i = 0; i < 8; ++i)
        rows[i] = shared + (wgmma.rightTransposed ? matrix.chunkAcrossK(block, 8 * chunk + i)
                                                  : matrix.chunkAlongK(8 * block + i, chunk));
      wgmma.right(rows, panel + (block * steps + chunk * wgmma.steps) * 8, 0);
    }
}

void unfoldLeft(const Wgmma &wgmma, const Operation &operation, unsigned w, const uint8_t *shared,
                uint32_t *panel) {
  MatrixDescriptor matrix(operation.left);
  unsigned steps = chunksAlongK * wgmma.steps;
  const uint8_t *rows[8];
  for (unsigned block = 0; block < 2; ++block)
    for (unsigned chunk = 0; chunk < chunksAlongK; ++chunk) {
      unsigned row = w * rowsOfWarp + 8 * block;
      for (unsigned i = 0; i < 8; ++i)
        rows[i] = wgmma.leftInRegisters
                      ? operation.parts[w].left[multiplicandRegister(block, chunk, 2)] + 16 * i
                  : wgmma.leftTransposed ? shared + matrix.chunkAcrossK(row / 8, 8 * chunk + i)
                                         : shared + matrix.chunkAlongK(row + i, chunk);
      wgmma.left(rows, panel + 8 * block * steps + chunk * wgmma.steps, steps);
    }
  if (wgmma.negated)
    for (unsigned i = 0; i < rowsOfWarp * steps; ++i)
      panel[i] ^= 0x80000000u;
}

void multiply(Operation &operation) {
  const Wgmma &wgmma = operation.instruction->as<Wgmma>();
  const uint8_t *shared = operation.parts[0].warp->block.shared.data();
  static thread_local Panels panels;
  unfoldRight(wgmma, operation.right, shared, panels.right);
  for (unsigned w = 0; w < warpsOfGroup; ++w) {
    unfoldLeft(wgmma, operation, w, shared, panels.left);
    void *accumulators[4 * maxColumnBlocks];
    for (size_t i = 0; i < wgmma.registers.accumulators.size(); ++i)
      accumulators[i] = operation.parts[w].frame + wgmma.registers.accumulators[i].offset;
    wgmma.multiply({panels.left, panels.right, chunksAlongK * wgmma.steps, rowsOfWarp / 8,
                    wgmma.n / 8, operation.accumulates ? accumulators : nullptr, accumulators});
  }
}

/// Performs the operations before number `end`.
void performUntil(Warpgroup &group, uint64_t end) {
  for (; group.performed < end; ++group.performed)
    multiply(group.operation(group.performed));
}

bool happensEarly(const Options &options, uint64_t number) {
  switch (options.asyncTiming) {
  case AsyncTiming::Late:
    return false;
  case AsyncTiming::Early:
    return true;
  case AsyncTiming::Random:
    return ((options.seed + number) * 0x9e3779b97f4a7c15u) >> 63;
  }
  return false;
}

uint64_t uniformDescriptor(Warp &warp, const Operand &operand) {
  const uint64_t *values = warp.read<uint64_t>(operand);
  for (unsigned lane = 1; lane < warpSize; ++lane)
    if (values[lane] != values[0])
      throw Fault(FaultClass::IllegalInstruction,
                  "has a matrix descriptor that differs between threads of the warp", int(lane));
  return values[0];
}

} // namespace

void wgmmaMmaAsync(Warp &warp, const Instruction &i, LaneMask active) {
  const Wgmma &wgmma = i.as<Wgmma>();
  requireFullWarp(active);
  Block &block = warp.block;
  unsigned w = warp.index % warpsOfGroup;
  if (warp.index - w + warpsOfGroup > block.warps.size())
    throw Fault(FaultClass::NotConverged,
                "is executed by a warpgroup that is not complete: a block needs a multiple of 128 "
                "threads for it");
  unsigned next = 0;
  uint64_t left = wgmma.leftInRegisters ? 0 : uniformDescriptor(warp, i.source(next++));
  uint64_t right = uniformDescriptor(warp, i.source(next++));
  LaneMask scale = warp.predicate(i.source(next));
  if (scale != 0 && scale != allLanes)
    throw Fault(FaultClass::IllegalInstruction, "has a scale-d that differs between threads");
  bool accumulates = scale != 0, checks = block.launch.options.checks;
  if (checks)
    warp.unit<WgmmaRegisters>().issue(warp, wgmma.registers, accumulates);

  Warpgroup &group = block.unit<Warpgroups>().of(warp);
  uint64_t number = group.issued[w]++;
  if (number == group.first + group.operations.size()) {
    group.operations.emplace_back();
    Operation &fresh = group.operations.back();
    fresh.instruction = &i;
    fresh.left = left;
    fresh.right = right;
    fresh.accumulates = accumulates;
  }
  Operation &operation = group.operation(number);
  if (operation.instruction != &i)
    throw Fault(FaultClass::NotConverged,
                "is executed while another warp of the warpgroup executes the wgmma.mma_async at "
                "line " +
                    std::to_string(operation.instruction->statement->line));
  if (operation.left != left || operation.right != right || operation.accumulates != accumulates)
    throw Fault(FaultClass::IllegalInstruction,
                "has a matrix descriptor or scale-d that differs between warps of the warpgroup");
  operation.issued |= 1u << w;
  Part &part = operation.parts[w];
  part.warp = &warp;
  part.frame = warp.frame();
  for (size_t reg = 0; reg < wgmma.registers.multiplicands.size(); ++reg)
    part.left[reg] = warp.read<uint8_t>(wgmma.registers.multiplicands[reg]);
  Checkers &checkers = block.launch.checkers;
  part.token = checkers.issued(warp, active, i, AsyncKind::Wgmma);
  announcePart(operation, w);
  ++block.counters.tensorInstructions;
  block.counters.tensorMultiplyAdds += uint64_t(rowsOfWarp) * wgmma.n * wgmma.k;
  ++block.cluster.progress;
  if (operation.issued == 15 && happensEarly(block.launch.options, number))
    performUntil(group, number + 1);
}

void wgmmaFence(Warp &warp, const Instruction &, LaneMask active) {
  requireFullWarp(active);
  if (warp.block.launch.options.checks)
    warp.unit<WgmmaRegisters>().fence();
}

void wgmmaCommitGroup(Warp &warp, const Instruction &, LaneMask active) {
  requireFullWarp(active);
  Warpgroup &group = warp.block.unit<Warpgroups>().of(warp);
  warp.unit<WarpGroups>().ends.push_back(group.issued[warp.index % warpsOfGroup]);
}

void wgmmaWaitGroup(Warp &warp, const Instruction &i, LaneMask active) {
  requireFullWarp(active);
  Block &block = warp.block;
  std::deque<uint64_t> &ends = warp.unit<WarpGroups>().ends;
  if (ends.size() <= uint64_t(i.immediate))
    return;
  uint64_t end = ends[ends.size() - 1 - size_t(i.immediate)];
  Warpgroup &group = block.unit<Warpgroups>().of(warp);
  unsigned w = warp.index % warpsOfGroup;
  for (uint64_t number = std::max(group.performed, group.completed[w]); number < end; ++number)
    if (group.operation(number).issued != 15)
      return warp.retry(i);
  performUntil(group, end);
  for (uint64_t &number = group.completed[w]; number < end; ++number) {
    Operation &operation = group.operation(number);
    if (block.launch.checkers.enabled)
      for (const Part &part : operation.parts)
        block.launch.checkers.waited(warp, active, part.token);
    if (block.launch.options.checks)
      warp.unit<WgmmaRegisters>().complete(warp, warp.group.depth,
                                           operation.instruction->as<Wgmma>().registers);
  }
  ends.erase(ends.begin(), ends.end() - i.immediate);
  uint64_t least = *std::min_element(group.completed, group.completed + warpsOfGroup);
  for (; group.first < least; ++group.first)
    group.operations.pop_front();
  ++block.cluster.progress;
}

} // namespace azulejo::cudasim
