//===- Mbarriers.cpp - mbarrier objects in a block's shared memory --------===//
#include "runtime/cudasim/Async/Mbarriers.h"
#include <algorithm>
#include <cstring>
#include <utility>

using namespace azulejo::cudasim;

static constexpr uint64_t objectBytes = 8;

[[noreturn]] static void fail(const Block &block, uint64_t offset, const std::string &message,
                              int lane) {
  throw Fault(FaultClass::MbarrierMisuse, message, lane)
      .at(sharedWindow | uint64_t(block.rank) << sharedRankShift | offset,
          "the mbarrier at offset " + std::to_string(offset) + " of shared memory");
}

void Mbarriers::init(Block &block, uint64_t offset, uint32_t count, int lane) {
  if (count == 0 || count > MbarrierWord::countLimit)
    fail(block, offset,
         "initialises an mbarrier for " + std::to_string(count) +
             " arrivals: there must be 1 to 1048575",
         lane);
  if (objects.count(offset))
    fail(block, offset,
         "initialises an mbarrier where one already is: mbarrier.inval must come first", lane);
  Mbarrier &barrier = objects[offset];
  barrier.offset = offset;
  MbarrierWord word;
  word.expected = word.pending = count;
  barrier.word = word.encode();
  std::memcpy(block.shared.data() + offset, &barrier.word, objectBytes);
  block.mbarriersBegin = std::min(block.mbarriersBegin, offset);
  block.mbarriersEnd = std::max(block.mbarriersEnd, offset + objectBytes);
  block.cluster.hasMbarriers = true;
}

void Mbarriers::invalidate(Block &block, uint64_t offset, int lane) {
  at(block, offset, lane);
  objects.erase(offset);
  block.mbarriersBegin = ~uint64_t(0);
  block.mbarriersEnd = 0;
  for (auto &[each, barrier] : objects) {
    block.mbarriersBegin = std::min(block.mbarriersBegin, each);
    block.mbarriersEnd = std::max(block.mbarriersEnd, each + objectBytes);
  }
}

Mbarrier &Mbarriers::at(Block &block, uint64_t offset, int lane) {
  auto found = objects.find(offset);
  if (found == objects.end())
    fail(block, offset, "uses an mbarrier that was not initialised", lane);
  return found->second;
}

MbarrierWord Mbarriers::load(Block &block, Mbarrier &barrier, int lane) {
  uint64_t bits;
  std::memcpy(&bits, block.shared.data() + barrier.offset, objectBytes);
  if (bits != barrier.word)
    fail(block, barrier.offset, "uses an mbarrier that was overwritten with data", lane);
  return MbarrierWord::decode(bits);
}

/// Writes the word, and ends the phase if nothing is missing any more.
void Mbarriers::store(Block &block, Mbarrier &barrier, MbarrierWord word, int lane) {
  if (word.pending == 0 && word.transactions < 0)
    fail(block, barrier.offset,
         "brings " + std::to_string(-word.transactions) +
             " bytes more to an mbarrier than its phase expects",
         lane);
  if (word.pending == 0 && word.transactions == 0) {
    ++barrier.phase;
    word.parity = barrier.phase & 1;
    word.pending = word.expected;
    barrier.complete = std::exchange(barrier.arriving, SyncObject());
    barrier.waiting.clear();
  }
  barrier.word = word.encode();
  std::memcpy(block.shared.data() + barrier.offset, &barrier.word, objectBytes);
  ++block.cluster.progress;
}

uint64_t Mbarriers::arrive(Block &block, Mbarrier &barrier, Arrival arrival, int lane) {
  MbarrierWord word = load(block, barrier, lane);
  uint64_t state = barrier.phase << 20 | word.pending;
  if (arrival.count == 0 || arrival.count > word.pending)
    fail(block, barrier.offset,
         "arrives with a count of " + std::to_string(arrival.count) +
             " at an mbarrier whose phase lacks " + std::to_string(word.pending) +
             (word.pending == 1 ? " arrival" : " arrivals"),
         lane);
  word.pending -= arrival.count;
  if (arrival.drop)
    word.expected -= std::min(word.expected, arrival.count);
  if (arrival.noComplete && word.pending == 0 && word.transactions == 0)
    fail(block, barrier.offset, "completes the phase of an mbarrier by an arrival with .noComplete",
         lane);
  store(block, barrier, word, lane);
  return state;
}

void Mbarriers::incrementPending(Block &block, Mbarrier &barrier, int lane) {
  MbarrierWord word = load(block, barrier, lane);
  if (word.pending == MbarrierWord::countLimit)
    fail(block, barrier.offset, "makes an mbarrier wait for more than 1048575 arrivals", lane);
  ++word.pending;
  store(block, barrier, word, lane);
}

void Mbarriers::expect(Block &block, Mbarrier &barrier, uint64_t bytes, int lane) {
  MbarrierWord word = load(block, barrier, lane);
  if (bytes > MbarrierWord::countLimit ||
      word.transactions + int64_t(bytes) > int64_t(MbarrierWord::countLimit))
    fail(block, barrier.offset,
         "makes an mbarrier expect " + std::to_string(word.transactions + int64_t(bytes)) +
             " bytes: there may be 1048575",
         lane);
  word.transactions += int32_t(bytes);
  store(block, barrier, word, lane);
}

void Mbarriers::complete(Block &block, Mbarrier &barrier, uint64_t bytes, int lane) {
  MbarrierWord word = load(block, barrier, lane);
  if (bytes > MbarrierWord::countLimit ||
      word.transactions - int64_t(bytes) < -int64_t(MbarrierWord::countLimit))
    fail(block, barrier.offset, "brings more than 1048575 bytes to an mbarrier", lane);
  word.transactions -= int32_t(bytes);
  store(block, barrier, word, lane);
}

bool Mbarriers::test(const Mbarrier &barrier, uint64_t state, int lane) const {
  uint64_t phase = state >> 20;
  if (phase == barrier.phase)
    return false;
  if (phase + 1 == barrier.phase)
    return true;
  throw Fault(FaultClass::MbarrierMisuse,
              phase < barrier.phase
                  ? "tests an mbarrier in phase " + std::to_string(barrier.phase) +
                        " with a state of phase " + std::to_string(phase) +
                        ": only the current and the previous one may be tested"
                  : "tests an mbarrier with a state that is not its own",
              lane);
}

bool Mbarriers::overlaps(uint64_t offset, uint64_t bytes, uint64_t &found) const {
  uint64_t first = offset / objectBytes * objectBytes;
  if (bytes <= 16 * objectBytes) {
    for (uint64_t each = first; each < offset + bytes; each += objectBytes)
      if (objects.count(each)) {
        found = each;
        return true;
      }
    return false;
  }
  for (auto &[each, barrier] : objects)
    if (each < offset + bytes && offset < each + objectBytes) {
      found = each;
      return true;
    }
  return false;
}

std::string Mbarriers::describeWaits(Block &) {
  std::string result;
  std::vector<const Mbarrier *> waited;
  for (auto &[offset, barrier] : objects)
    if (!barrier.waiting.empty())
      waited.push_back(&barrier);
  std::sort(waited.begin(), waited.end(),
            [](const Mbarrier *a, const Mbarrier *b) { return a->offset < b->offset; });
  for (const Mbarrier *barrier : waited) {
    MbarrierWord word = MbarrierWord::decode(barrier->word);
    result += (result.empty() ? "" : ", ") + std::string("phase ") +
              std::to_string(barrier->phase) + " of the mbarrier at offset " +
              std::to_string(barrier->offset) + " of shared memory lacks " +
              std::to_string(word.pending) + " arrivals and " + std::to_string(word.transactions) +
              " bytes";
  }
  return result;
}
