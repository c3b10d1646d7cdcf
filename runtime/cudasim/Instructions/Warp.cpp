//===- Warp.cpp - shfl, vote, match, redux, elect, bar.warp.sync ----------===//
#include "runtime/cudasim/Machine/Warp.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Program/Decoder.h"
#include "runtime/cudasim/Ptx/Module.h"
#include <map>

using namespace azulejo::cudasim;

namespace {

/// What a shuffle gives from a lane outside its membermask: any bits will do, and these are no
/// number anybody would miss.
constexpr uint32_t undefinedBits = 0xffbadbad;

[[noreturn]] void failOutsideMask(LaneMask lanes) {
  throw Fault(FaultClass::WrongMask, "executes this without being in its own membermask",
              __builtin_ctz(lanes));
}

/// All that `members` names and that lives must be among the `active` lanes that go together.
void checkMembers(const Warp &warp, LaneMask members, LaneMask together, LaneMask active) {
  if (LaneMask missing = members & warp.live & ~together)
    throw Fault(FaultClass::NotConverged,
                "names lane " + std::to_string(__builtin_ctz(missing)) +
                    " in its membermask, which " +
                    ((active & missing & -missing) ? "executes this with another membermask"
                                                   : "stands here with its guard off"),
                __builtin_ctz(together));
}

/// Brings the lanes of each membermask together. Calls act(members) for each set of active lanes
/// with the same mask — usually one — once all of them that live are here; until then the warp
/// waits and executes the instruction again. `act` gets the lanes that take part.
template <class F>
void together(Warp &warp, const Instruction &instruction, LaneMask active, const Operand &mask,
              F &&act) {
  const uint32_t *masks = warp.read<uint32_t>(mask);
  const LaneMask first = masks[__builtin_ctz(active)];
  LaneMask different = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane)
    different |= (active >> lane & 1) ? masks[lane] ^ first : 0;
  if (!different) {
    if (active & ~first)
      failOutsideMask(active & ~first);
    if (!warp.converge(instruction, first))
      return;
    checkMembers(warp, first, active, active);
    return act(active);
  }
  LaneMask named = 0;
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    if (!(masks[lane] >> lane & 1))
      failOutsideMask(1u << lane);
    named |= masks[lane];
  }
  if (!warp.converge(instruction, named))
    return;
  for (LaneMask left = active; left;) {
    LaneMask members = masks[__builtin_ctz(left)], same = 0;
    for (LaneMask each = left; each; each &= each - 1)
      if (masks[__builtin_ctz(each)] == members)
        same |= each & -each;
    checkMembers(warp, members, same, active);
    act(same);
    left &= ~same;
  }
}

// --- shfl ----------------------------------------------------------------------------------------

enum class Shuffle : uint8_t { Up, Down, Butterfly, Index };

/// PTX ISA 9.7.9.6: lane, b and c give the lane to read from; the own one where that would leave
/// the segment, and no bit in the result.
template <Shuffle mode> LaneMask sourceLanes(const uint32_t *b, const uint32_t *c, uint32_t *from) {
  LaneMask predicate = 0;
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    int own = int(lane), bval = b[lane] & 0x1f;
    int clamp = c[lane] & 0x1f, segment = c[lane] >> 8 & 0x1f;
    int highest = (own & segment) | (clamp & ~segment), lowest = own & segment;
    int j = mode == Shuffle::Up          ? own - bval
            : mode == Shuffle::Down      ? own + bval
            : mode == Shuffle::Butterfly ? own ^ bval
                                         : lowest | (bval & ~segment);
    bool inside = mode == Shuffle::Up ? j >= highest : j <= highest;
    from[lane] = uint32_t(inside ? j : own);
    predicate |= inside ? 1u << lane : 0;
  }
  return predicate;
}

/// Lane `lane` read from one that does not take part. Reductions over a part of the warp do that
/// and never use what they get; naming a lane that is no more, or choosing one outside, is a
/// mistake.
void checkSource(const Warp &warp, LaneMask mask, unsigned lane, unsigned from, bool chosen) {
  if (!(mask >> from & 1) && !chosen)
    return;
  throw Fault(FaultClass::WrongMask,
              "reads from lane " + std::to_string(from) + ", which " +
                  ((warp.live >> from & 1)      ? "is not in its membermask"
                   : (warp.started >> from & 1) ? "has exited"
                                                : "does not exist"),
              int(lane));
}

/// A lane may hold what it never wrote, as long as nobody takes it: one lane finds a place, and all
/// take that lane's.
void checkTaken(Warp &warp, const Instruction &instruction, LaneMask members,
                const uint32_t *from) {
  const Operand &source = instruction.source(0);
  if (!instruction.readsWatched || !source.isRegister() || !warp.block.launch.checkers.enabled)
    return;
  const LaneMask written = warp.written(source);
  for (LaneMask left = members; left; left &= left - 1)
    if (unsigned lane = unsigned(__builtin_ctz(left));
        (members >> from[lane] & 1) && !(written >> from[lane] & 1))
      throw Fault(FaultClass::UninitializedRegister,
                  "takes a register of lane " + std::to_string(from[lane]) +
                      " that this lane has not written",
                  int(lane));
}

/// Sources: a, b, c, membermask. Destinations: d, and the predicate where it is written.
template <Shuffle mode> void shuffle(Warp &warp, const Instruction &instruction, LaneMask active) {
  together(warp, instruction, active, instruction.source(3), [&](LaneMask members) {
    const uint32_t *a = warp.read<uint32_t>(instruction.source(0));
    alignas(64) uint32_t from[warpSize], result[warpSize];
    LaneMask predicate = sourceLanes<mode>(warp.read<uint32_t>(instruction.source(1)),
                                           warp.read<uint32_t>(instruction.source(2)), from);
    checkTaken(warp, instruction, members, from);
    for (unsigned lane = 0; lane < warpSize; ++lane)
      result[lane] = a[from[lane] & (warpSize - 1)];
    if (members != allLanes) {
      LaneMask mask = warp.read<uint32_t>(instruction.source(3))[__builtin_ctz(members)];
      for (LaneMask left = members; left; left &= left - 1) {
        unsigned lane = __builtin_ctz(left);
        if (members >> from[lane] & 1)
          continue;
        checkSource(warp, mask, lane, from[lane],
                    mode == Shuffle::Butterfly || mode == Shuffle::Index);
        result[lane] = undefinedBits;
      }
    }
    store(warp, instruction.destination(), members, result);
    if (instruction.destinations == 2)
      warp.setPredicate(instruction.destination(1), members, predicate);
  });
}

/// The operands of `d|p`; the second may be missing.
std::vector<Operand> pairOf(Decoder &decoder, const ptx::Operand &operand, ptx::Type type) {
  if (operand.kind != ptx::Operand::Kind::Pair)
    return {decoder.destination(operand, type)};
  return {decoder.destination(operand.elements.at(0), type),
          decoder.predicateDestination(operand.elements.at(1))};
}

void requireSync(Decoder &decoder, Modifiers &m) {
  if (!m.flag("sync"))
    decoder.fail("the form without .sync does not exist since sm_70");
}

/// shfl.sync.mode.b32 d{|p}, a, b, c, membermask
bool decodeShuffle(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  requireSync(decoder, m);
  instruction.execute = m.one<Execute>({{"up", shuffle<Shuffle::Up>},
                                        {"down", shuffle<Shuffle::Down>},
                                        {"bfly", shuffle<Shuffle::Butterfly>},
                                        {"idx", shuffle<Shuffle::Index>}},
                                       nullptr);
  if (!instruction.execute)
    decoder.fail("the mode must be .up, .down, .bfly or .idx");
  if (!m.flag("b32"))
    decoder.fail("the type must be .b32");
  m.end();
  decoder.expectOperands(5, 5);
  std::vector<Operand> sources;
  for (unsigned i = 1; i < 5; ++i)
    sources.push_back(
        decoder.source(statement.operands[i], i == 1 ? ptx::Type::B32 : ptx::Type::U32));
  decoder.operands(instruction, pairOf(decoder, statement.operands[0], ptx::Type::B32), sources);
  instruction.copies = Copies::Exchanged;
  instruction.counterClass = CounterClass::Warp;
  return true;
}

// --- vote, match, activemask, redux, elect -------------------------------------------------------

enum class Vote : uint8_t { All, Any, Uniform, Ballot };

template <Vote mode> void vote(Warp &warp, const Instruction &instruction, LaneMask active) {
  together(warp, instruction, active, instruction.source(1), [&](LaneMask members) {
    LaneMask yes = warp.predicate(instruction.source(0)) & members;
    if (mode == Vote::Ballot) {
      uint32_t result[warpSize];
      std::fill(result, result + warpSize, yes);
      return store(warp, instruction.destination(), members, result);
    }
    bool result = mode == Vote::All   ? yes == members
                  : mode == Vote::Any ? yes != 0
                                      : yes == members || yes == 0;
    warp.setPredicate(instruction.destination(), members, result ? allLanes : 0);
  });
}

/// vote.sync.all/any/uni.pred p, {!}a, membermask; vote.sync.ballot.b32 d, {!}a, membermask
bool decodeVote(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  requireSync(decoder, m);
  bool isBallot = m.peek() == "ballot";
  instruction.execute = m.one<Execute>({{"all", vote<Vote::All>},
                                        {"any", vote<Vote::Any>},
                                        {"uni", vote<Vote::Uniform>},
                                        {"ballot", vote<Vote::Ballot>}},
                                       nullptr);
  if (!instruction.execute || !m.flag(isBallot ? "b32" : "pred"))
    decoder.fail("must be .all, .any or .uni with .pred, or .ballot with .b32");
  m.end();
  decoder.expectOperands(3, 3);
  decoder.operands(instruction,
                   {isBallot ? decoder.destination(statement.operands[0], ptx::Type::B32)
                             : decoder.predicateDestination(statement.operands[0])},
                   {decoder.predicate(statement.operands[1]),
                    decoder.source(statement.operands[2], ptx::Type::U32)});
  instruction.counterClass = CounterClass::Warp;
  return true;
}

/// For each lane the members that have the same value.
template <class T> void matchAny(Warp &warp, const Instruction &instruction, LaneMask active) {
  together(warp, instruction, active, instruction.source(1), [&](LaneMask members) {
    const T *a = warp.read<T>(instruction.source(0));
    uint32_t result[warpSize];
    for (LaneMask left = members; left; left &= left - 1) {
      unsigned lane = __builtin_ctz(left);
      LaneMask same = 0;
      for (unsigned other = 0; other < warpSize; ++other)
        same |= LaneMask(a[other] == a[lane]) << other;
      result[lane] = same & members;
    }
    store(warp, instruction.destination(), members, result);
  });
}

/// All members if they have one value, else none; the predicate says which.
template <class T> void matchAll(Warp &warp, const Instruction &instruction, LaneMask active) {
  together(warp, instruction, active, instruction.source(1), [&](LaneMask members) {
    const T *a = warp.read<T>(instruction.source(0));
    bool equal = true;
    for (LaneMask left = members; left; left &= left - 1)
      equal &= a[__builtin_ctz(left)] == a[__builtin_ctz(members)];
    uint32_t result[warpSize];
    std::fill(result, result + warpSize, equal ? members : 0);
    store(warp, instruction.destination(), members, result);
    if (instruction.destinations == 2)
      warp.setPredicate(instruction.destination(1), members, equal ? allLanes : 0);
  });
}

/// match.any.sync.type d, a, membermask; match.all.sync.type d{|p}, a, membermask
bool decodeMatch(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  bool any = m.flag("any");
  if (!any && !m.flag("all"))
    decoder.fail("must be .any or .all");
  requireSync(decoder, m);
  ptx::Type type =
      m.one<ptx::Type>({{"b32", ptx::Type::B32}, {"b64", ptx::Type::B64}}, ptx::Type::None);
  if (type == ptx::Type::None)
    decoder.fail("the type must be .b32 or .b64");
  m.end();
  decoder.expectOperands(3, 3);
  decoder.operands(instruction, pairOf(decoder, statement.operands[0], ptx::Type::U32),
                   {decoder.source(statement.operands[1], type),
                    decoder.source(statement.operands[2], ptx::Type::U32)});
  if (any && instruction.destinations != 1)
    decoder.fail("match.any has no predicate result");
  bool wide = type == ptx::Type::B64;
  instruction.execute = any    ? wide ? matchAny<uint64_t> : matchAny<uint32_t>
                        : wide ? matchAll<uint64_t>
                               : matchAll<uint32_t>;
  instruction.counterClass = CounterClass::Warp;
  return true;
}

void activeMask(Warp &warp, const Instruction &instruction, LaneMask active) {
  uint32_t result[warpSize];
  std::fill(result, result + warpSize, active);
  store(warp, instruction.destination(), active, result);
}

/// activemask.b32 d
bool decodeActiveMask(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  if (!m.flag("b32"))
    decoder.fail("the type must be .b32");
  m.end();
  decoder.expectOperands(1, 1);
  decoder.operands(instruction, {decoder.destination(statement.operands[0], ptx::Type::B32)}, {});
  instruction.counterClass = CounterClass::Warp;
  instruction.execute = activeMask;
  return true;
}

template <class T> T addAll(T a, T b) { return a + b; }
template <class T> T minAll(T a, T b) { return a < b ? a : b; }
template <class T> T maxAll(T a, T b) { return a > b ? a : b; }
template <class T> T andAll(T a, T b) { return a & b; }
template <class T> T orAll(T a, T b) { return a | b; }
template <class T> T xorAll(T a, T b) { return a ^ b; }

template <class T, T combine(T, T)>
void reduce(Warp &warp, const Instruction &instruction, LaneMask active) {
  together(warp, instruction, active, instruction.source(1), [&](LaneMask members) {
    const T *a = warp.read<T>(instruction.source(0));
    T value = a[__builtin_ctz(members)];
    for (LaneMask left = members & (members - 1); left; left &= left - 1)
      value = combine(value, a[__builtin_ctz(left)]);
    T result[warpSize];
    std::fill(result, result + warpSize, value);
    store(warp, instruction.destination(), members, result);
  });
}

/// redux.sync.op.type d, a, membermask
bool decodeRedux(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  Modifiers m(statement);
  requireSync(decoder, m);
  std::string_view op = m.take();
  if (statement.has("f32"))
    decoder.fail("redux.sync in .f32 needs sm_100a");
  ptx::Type type = m.type();
  m.end();
  if (type == ptx::Type::U32)
    instruction.execute = op == "add"   ? reduce<uint32_t, addAll<uint32_t>>
                          : op == "min" ? reduce<uint32_t, minAll<uint32_t>>
                          : op == "max" ? reduce<uint32_t, maxAll<uint32_t>>
                                        : nullptr;
  else if (type == ptx::Type::S32)
    instruction.execute = op == "add"   ? reduce<uint32_t, addAll<uint32_t>>
                          : op == "min" ? reduce<int32_t, minAll<int32_t>>
                          : op == "max" ? reduce<int32_t, maxAll<int32_t>>
                                        : nullptr;
  else if (type == ptx::Type::B32)
    instruction.execute = op == "and"   ? reduce<uint32_t, andAll<uint32_t>>
                          : op == "or"  ? reduce<uint32_t, orAll<uint32_t>>
                          : op == "xor" ? reduce<uint32_t, xorAll<uint32_t>>
                                        : nullptr;
  if (!instruction.execute)
    decoder.fail("must be .add, .min or .max with .u32 or .s32, or .and, .or, .xor with .b32");
  decoder.expectOperands(3, 3);
  decoder.operands(instruction, {decoder.destination(statement.operands[0], type)},
                   {decoder.source(statement.operands[1], type),
                    decoder.source(statement.operands[2], ptx::Type::U32)});
  instruction.counterClass = CounterClass::Warp;
  return true;
}

/// One lane of the membermask: here always the lowest that lives.
void elect(Warp &warp, const Instruction &instruction, LaneMask active) {
  together(warp, instruction, active, instruction.source(0), [&](LaneMask members) {
    unsigned leader = __builtin_ctz(members);
    uint32_t result[warpSize];
    std::fill(result, result + warpSize, leader);
    store(warp, instruction.destination(0), members, result);
    warp.setPredicate(instruction.destination(1), members, 1u << leader);
  });
}

/// elect.sync d|p, membermask
bool decodeElect(Decoder &decoder, const ptx::Statement &statement, Instruction &instruction) {
  decoder.require(90);
  Modifiers m(statement);
  requireSync(decoder, m);
  m.end();
  decoder.expectOperands(2, 2);
  std::vector<Operand> destinations = pairOf(decoder, statement.operands[0], ptx::Type::B32);
  if (destinations.size() != 2)
    decoder.fail("the destination must be d|p");
  decoder.operands(instruction, destinations,
                   {decoder.source(statement.operands[1], ptx::Type::U32)});
  instruction.counterClass = CounterClass::Warp;
  instruction.execute = elect;
  return true;
}

// --- bar.warp.sync -------------------------------------------------------------------------------

/// Lanes may meet at different bar.warp.sync instructions, as long as the membermask is the same.
class WarpBarriers : public WarpUnit {
public:
  void arrive(Warp &warp, LaneMask lanes, LaneMask members) {
    LaneMask &arrived = waiting[members];
    arrived |= lanes;
    if (warp.live & members & ~arrived)
      return warp.wait(Wait::WarpBarrier, members);
    open(warp, members, arrived & ~lanes);
  }

  void lanesExit(Warp &warp, LaneMask lanes) override {
    std::vector<LaneMask> complete;
    for (auto &[members, arrived] : waiting)
      if (arrived && !(warp.live & ~lanes & members & ~arrived))
        complete.push_back(members);
    for (LaneMask members : complete)
      open(warp, members, waiting[members]);
  }

private:
  void open(Warp &warp, LaneMask members, LaneMask asleep) {
    LaneMask arrived = waiting[members];
    waiting.erase(members);
    Checkers &checkers = warp.block.launch.checkers;
    if (checkers.enabled)
      checkers.warpSync(warp, arrived);
    if (asleep)
      warp.wake(Wait::WarpBarrier, members);
  }

  std::map<LaneMask, LaneMask> waiting; // by membermask: the lanes that have come
};

void warpBarrier(Warp &warp, const Instruction &instruction, LaneMask active) {
  const uint32_t *masks = warp.read<uint32_t>(instruction.source(0));
  LaneMask members = masks[__builtin_ctz(active)];
  bool same = true;
  for (LaneMask left = active; left; left &= left - 1) {
    unsigned lane = __builtin_ctz(left);
    same &= masks[lane] == members;
    if (!(masks[lane] >> lane & 1))
      throw Fault(FaultClass::WrongMask, "executes this without being in its own membermask",
                  int(lane));
  }
  if (same && (active & members & warp.live) == (members & warp.live)) {
    Checkers &checkers = warp.block.launch.checkers;
    if (checkers.enabled)
      checkers.warpSync(warp, active);
    return;
  }
  if (same)
    return warp.unit<WarpBarriers>().arrive(warp, active, members);
  // Several membermasks at once: the lanes of each are here together.
  together(warp, instruction, active, instruction.source(0), [&](LaneMask lanes) {
    Checkers &checkers = warp.block.launch.checkers;
    if (checkers.enabled)
      checkers.warpSync(warp, lanes);
  });
}

/// bar.warp.sync membermask
bool decodeWarpBarrier(Decoder &decoder, const ptx::Statement &statement,
                       Instruction &instruction) {
  Modifiers m(statement);
  if (!m.flag("warp"))
    return false;
  requireSync(decoder, m);
  m.end();
  decoder.expectOperands(1, 1);
  decoder.operands(instruction, {}, {decoder.source(statement.operands[0], ptx::Type::U32)});
  instruction.counterClass = CounterClass::Warp;
  instruction.execute = warpBarrier;
  return true;
}

} // namespace

void azulejo::cudasim::registerWarp(DecodeTable &table) {
  table.add({"shfl"}, decodeShuffle);
  table.add({"vote"}, decodeVote);
  table.add({"match"}, decodeMatch);
  table.add({"activemask"}, decodeActiveMask);
  table.add({"redux"}, decodeRedux);
  table.add({"elect"}, decodeElect);
  table.add({"bar"}, decodeWarpBarrier);
}
