//===- Warp.h - 32 lanes and their program counters -----------------------===//
#ifndef AZULEJO_CUDASIM_MACHINE_WARP_H
#define AZULEJO_CUDASIM_MACHINE_WARP_H

#include "runtime/cudasim/Check/Fault.h"
#include "runtime/cudasim/Machine/WarpStorage.h"
#include <array>
#include <memory>
#include <vector>

namespace azulejo::cudasim {

class Block;
struct Launch;

/// Why a group of lanes does not run.
enum class Wait : uint8_t {
  None,
  Barrier,     // a named barrier of the block; key: its number
  WarpBarrier, // bar.warp.sync; key: the membermask
  Converge,    // a .sync instruction at `pc` whose other members have not come yet; key: the
               // membermask
  ClusterBarrier,
  GridDependency, // griddepcontrol.wait
  Mbarrier,       // mbarrier.try_wait in its blocking sense, where an instruction waits in hardware
};

/// Lanes that stand at one place: same depth of calls, same program counter. A warp that did not
/// diverge has one.
struct Group {
  LaneMask lanes = 0;
  uint32_t pc = 0;
  uint32_t depth = 0;
  Wait wait = Wait::None;
  uint64_t key = 0;
};

/// State of one family of instructions for a warp (see Block::unit).
struct WarpUnit {
  virtual ~WarpUnit() = default;
  /// `lanes` leave the kernel: what must not be left undone is a Fault.
  virtual void lanesExit(Warp &, LaneMask) {}
};

/// A warp of up to 32 threads.
///
/// Independent thread scheduling (Volta and later) gives each lane its own program counter. Here
/// lanes that stand at the same place form a Group and run together; the group that stands deepest
/// in calls, then lowest in the code, runs first, which with the order of Program's code
/// reconverges diverged lanes at their thread frontier. A group that has run long without meeting
/// the others lets the next one run, so that lanes waiting for each other make progress.
class Warp {
public:
  Warp(Block &block, uint32_t index, LaneMask lanes);
  ~Warp();

  /// Runs until every group waits, the warp yields or ends, or about `budget` instructions were
  /// executed. False when no lane lives.
  bool run(uint64_t budget);

  Block &block;
  const Program &program;
  const uint32_t index;   // in its block
  LaneMask live;          // lanes that have not exited
  const LaneMask started; // lanes that exist: the last warp of a block may lack some

  /// The running group. Instructions of control may change it through the functions below only.
  Group group;
  /// The others, in no order.
  std::vector<Group> parked;

  // --- Registers ---------------------------------------------------------------------------------
  template <class T> const T *read(const Operand &operand) const {
    return reinterpret_cast<const T *>(bases[operand.base] + operand.offset);
  }
  template <class T> T *write(const Operand &operand) {
    return reinterpret_cast<T *>(frame() + operand.offset);
  }
  /// Lanes for which a predicate operand holds.
  LaneMask predicate(const Operand &operand) const {
    LaneMask value = *reinterpret_cast<const LaneMask *>(bases[operand.base] + operand.offset);
    return operand.negated ? ~value : value;
  }
  void setPredicate(const Operand &operand, LaneMask active, LaneMask value) {
    LaneMask &stored = *reinterpret_cast<LaneMask *>(frame() + operand.offset);
    stored = (stored & ~active) | (value & active);
  }
  uint8_t *frame() { return const_cast<uint8_t *>(bases[Operand::Frame]); }
  /// Lanes that have written a register: where destinations differ by lane, an instruction sets
  /// this itself for what it wrote beyond `active`.
  LaneMask &written(const Operand &operand) { return masks[Operand::Frame][operand.number]; }
  /// add.cc and its like: a bit for each lane.
  LaneMask carry = 0;

  // --- Control, for instructions ---------------------------------------------------------------
  uint32_t pcOf(const Instruction &instruction) const { return program.indexOf(instruction); }
  /// Of the running group, `taken` go on at `target`.
  void branch(LaneMask taken, uint32_t target);
  /// `lanes` of the running group call the function: its frame is a new one, its local memory lies
  /// behind the caller's. The callee returns to the next instruction.
  void call(LaneMask lanes, uint32_t function);
  /// `lanes` return from the running function, or exit if it is the kernel.
  void returnFrom(LaneMask lanes);
  void exit(LaneMask lanes);
  /// The running group waits until it is woken, then goes on behind this instruction.
  void wait(Wait wait, uint64_t key);
  /// For `.sync` with `members`: true if the running group holds all of them that live; otherwise
  /// the group waits at this instruction and executes it again when the missing lanes have come.
  bool converge(const Instruction &instruction, LaneMask members);
  /// Executes `instruction` again after other warps have run: for a wait that looks at the state of
  /// other warps.
  void retry(const Instruction &instruction) {
    group.pc = pcOf(instruction);
    suspended = yielded = true;
  }
  /// Wakes the groups that wait for `wait` with `key`.
  void wake(Wait wait, uint64_t key);
  /// Lets other warps run before this one goes on: after a wait that failed.
  void yield() { yielded = true; }
  /// Says that this warp polled memory and saw nothing new; many such in a row yield.
  void poll();

  // --- Local memory ------------------------------------------------------------------------------
  /// Where the running function's frame begins in each lane's local memory.
  const uint32_t *localBase() const { return frame(group.depth).localBase.data(); }
  uint8_t *local(unsigned lane) {
    if (!localReady)
      makeLocal();
    return storage->local.data() + uint64_t(lane) * localBytes;
  }
  uint32_t localSize() const { return localBytes; }
  /// Where the local memory ends that the running function uses: behind its variables and what it
  /// allocated.
  uint32_t localEnd(unsigned lane) const { return frame(group.depth).localEnd[lane]; }
  void setLocalEnd(unsigned lane, uint32_t end) { frame(group.depth).localEnd[lane] = end; }
  /// Without what it allocated.
  uint32_t ownLocalEnd(unsigned lane) const;
  /// Of the callee's frame that `call` would make.
  uint32_t calleeLocalBase(unsigned lane) const;
  const Function &running() const {
    return program.functions[frame(group.depth).function[__builtin_ctz(group.lanes)]];
  }

  // --- Threads -----------------------------------------------------------------------------------
  uint32_t thread(unsigned lane) const { return index * warpSize + lane; } // linear in the block
  bool isConverged() const { return group.lanes == live; }

  template <class T> T &unit() {
    auto &slot = units[unitIndex<T>()];
    if (!slot)
      slot = std::make_unique<T>();
    return static_cast<T &>(*slot);
  }

  uint64_t executed = 0; // warp instructions
  /// Whether the last run ended because every group waits, or yielded, rather than by its budget.
  bool idle() const { return ranIdle; }
  /// Groups that wait, for the report of a deadlock.
  template <class F> void forWaiting(F &&f) const {
    if (group.lanes && group.wait != Wait::None)
      f(group);
    for (const Group &each : parked)
      if (each.wait != Wait::None)
        f(each);
  }

  /// Of the instruction that is executed, for whoever reports a fault.
  const Instruction *current = nullptr;

private:
  Frame &frame(uint32_t depth) { return storage->frames[depth]; }
  const Frame &frame(uint32_t depth) const { return storage->frames[depth]; }
  void makeFrame(uint32_t depth);
  void makeLocal();
  void enter();                     // points bases at the running group's frame
  bool schedule(bool fair = false); // picks the next group to run; false if all wait
  /// Whoever stands where the running group does goes along, also those who waited for just that.
  bool absorbMembers();
  void updateFrontier();
  void split(LaneMask lanes); // leaves only `lanes` in the running group; parks the others
  bool prepare(const Instruction &instruction, bool checks, LaneMask &active);
  void executeWatched(const Instruction &instruction, LaneMask active);
  void checkRegisters(const Instruction &instruction, LaneMask active);
  /// Of an instruction that copies: lanes whose result is a written value.
  LaneMask writtenSources(const Instruction &instruction) const;

  template <class T> static unsigned unitIndex() {
    static const unsigned index = nextUnitIndex();
    return index;
  }
  static unsigned nextUnitIndex();

  const uint8_t *bases[3];
  LaneMask *masks[3];
  std::unique_ptr<WarpStorage> storage;
  uint32_t framesMade = 0; // of the storage's, by this warp
  uint32_t localBytes = 0;
  bool localReady = false;
  uint32_t frontier = 0; // the lowest pc of another group that could join or should run; running
                         // past it reschedules
  uint64_t polls = 0;
  uint64_t sinceSwitch = 0;
  // yielded: this warp lets others run; switching: the running group changed; suspended: the
  // instruction is executed again later; rotated: this group runs out of turn.
  bool yielded = false, switching = false, suspended = false, rotated = false, ranIdle = false;
  std::array<std::unique_ptr<WarpUnit>, 16> units;

  friend class Block;
};

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_MACHINE_WARP_H
