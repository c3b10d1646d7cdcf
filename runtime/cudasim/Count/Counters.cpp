//===- Counters.cpp - Sectors, wavefronts, tables -------------------------===//
#include "runtime/cudasim/Count/Counters.h"
#include "runtime/cudasim/Instructions/Lanes.h"
#include "runtime/cudasim/Memory/Pattern.h"
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <immintrin.h>

namespace azulejo::cudasim {

namespace {

constexpr uint32_t sectorBytes = 32, bankBytes = 4, banks = 32;
/// What a wavefront moves at most.
constexpr uint32_t wavefrontBytes = banks * bankBytes;

unsigned countBits(LaneMask mask) { return unsigned(__builtin_popcount(mask)); }

/// How far apart the lanes' addresses lie. One pass of vector code, which answers for nearly all
/// accesses what they cost.
struct Extent {
  bool near = false; // all within 2 GiB: then least and greatest hold
  uint64_t least = 0, greatest = 0;
  bool dense = false; // lane i touches least + i * bytes, and all lanes are active

  Extent(const uint64_t *addresses, LaneMask lanes, uint32_t bytes) {
    const uint64_t first = addresses[__builtin_ctz(lanes)];
    // 32-bit distances: AVX2 has no minimum of 64-bit ones.
    int32_t distances[warpSize];
    uint64_t far = 0;
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      uint64_t distance = (lanes >> lane & 1) ? addresses[lane] - first : 0;
      distances[lane] = int32_t(distance);
      far |= distance + 0x80000000u; // within [0, 2^32) for distances of 32 bits
    }
    near = far >> 32 == 0;
    int32_t low = 0, high = 0;
    uint32_t unlike = 0;
    CUDASIM_LANES
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      low = std::min(low, distances[lane]);
      high = std::max(high, distances[lane]);
      unlike |= uint32_t(distances[lane]) ^ (lane * bytes);
    }
    least = first + int64_t(low);
    greatest = first + int64_t(high);
    dense = near && unlike == 0 && lanes == allLanes;
  }
};

/// The distinct 32-byte sectors that `lanes` touch.
uint64_t countSectors(const uint64_t *addresses, LaneMask lanes, uint32_t bytes) {
  Extent extent(addresses, lanes, bytes);
  if (extent.dense || (extent.near && extent.least == extent.greatest))
    return (extent.greatest + bytes - 1) / sectorBytes - extent.least / sectorBytes + 1;
  uint64_t least = ~uint64_t(0), most = 0;
  for (LaneMask left = lanes; left != 0; left &= left - 1) {
    uint64_t address = addresses[__builtin_ctz(left)];
    least = std::min(least, address / sectorBytes);
    most = std::max(most, (address + bytes - 1) / sectorBytes);
  }
  if (most - least < 64) { // nearly always: a bit for each sector
    uint64_t touched = 0;
    for (LaneMask left = lanes; left != 0; left &= left - 1) {
      uint64_t address = addresses[__builtin_ctz(left)];
      uint64_t first = address / sectorBytes - least;
      uint64_t last = (address + bytes - 1) / sectorBytes - least;
      touched |= (~uint64_t(0) >> (63 - (last - first))) << first;
    }
    return uint64_t(__builtin_popcountll(touched));
  }
  // Far apart: the ranges of sectors in order, counted where they do not overlap.
  std::pair<uint64_t, uint64_t> ranges[warpSize];
  unsigned count = 0;
  for (LaneMask left = lanes; left != 0; left &= left - 1) {
    uint64_t address = addresses[__builtin_ctz(left)];
    ranges[count++] = {address / sectorBytes, (address + bytes - 1) / sectorBytes};
  }
  std::sort(ranges, ranges + count);
  uint64_t sectors = 0, next = 0;
  for (unsigned i = 0; i < count; ++i) {
    uint64_t first = i == 0 ? ranges[i].first : std::max(ranges[i].first, next);
    if (ranges[i].second >= first)
      sectors += ranges[i].second - first + 1;
    next = std::max(next, ranges[i].second + 1);
  }
  return sectors;
}

/// How many wavefronts one phase of an access needs: the most distinct pieces that lie in the same
/// banks. A piece is what one lane touches (at least a bank's word), naturally aligned, so that two
/// pieces either are the same, lie in the same banks or have no bank in common.
unsigned countDeepest(const uint64_t *addresses, LaneMask lanes, unsigned pieceShift) {
  const unsigned placeMask = (wavefrontBytes >> pieceShift) - 1;
  constexpr unsigned vectors = warpSize / 8;
  alignas(32) uint32_t pieces[warpSize]; // 32 bits tell apart what lies in shared memory
  const uint32_t first = uint32_t(addresses[__builtin_ctz(lanes)] >> pieceShift);
  CUDASIM_LANES
  for (unsigned lane = 0; lane < warpSize; ++lane) {
    const uint32_t piece = uint32_t(addresses[lane] >> pieceShift);
    pieces[lane] = (lanes >> lane & 1) ? piece : first;
  }
  // Lanes whose piece is that of a lane before them.
  __m256i vector[vectors], again[vectors] = {};
  for (unsigned i = 0; i < vectors; ++i)
    vector[i] = _mm256_load_si256(reinterpret_cast<const __m256i *>(pieces + 8 * i));
#pragma clang loop unroll(full) // then all of `again` is registers
  for (unsigned i = 0; i < vectors; ++i) {
    __m256i behind = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    for (unsigned j = 0; j < 8; ++j) {
      const __m256i piece = _mm256_set1_epi32(int(pieces[8 * i + j]));
      behind = _mm256_sub_epi32(behind, _mm256_set1_epi32(1)); // below zero: not behind the lane
      const __m256i same = _mm256_cmpeq_epi32(vector[i], piece);
      again[i] =
          _mm256_or_si256(again[i], _mm256_andnot_si256(_mm256_srai_epi32(behind, 31), same));
#pragma clang loop unroll(full)
      for (unsigned k = i + 1; k < vectors; ++k)
        again[k] = _mm256_or_si256(again[k], _mm256_cmpeq_epi32(vector[k], piece));
    }
  }
  LaneMask repeats = 0;
  for (unsigned i = 0; i < vectors; ++i)
    repeats |= LaneMask(_mm256_movemask_ps(_mm256_castsi256_ps(again[i]))) << 8 * i;
  alignas(32) uint8_t depth[banks] = {};
  // A lane that takes no part repeats the first one that does, or stands for it.
  for (LaneMask left = ~repeats; left != 0; left &= left - 1)
    ++depth[pieces[__builtin_ctz(left)] & placeMask];
  __m128i most = _mm_max_epu8(_mm_load_si128(reinterpret_cast<const __m128i *>(depth)),
                              _mm_load_si128(reinterpret_cast<const __m128i *>(depth) + 1));
  // The least of 16-bit elements is what there is an instruction for: of 255 - depth.
  const __m128i rest = _mm_xor_si128(most, _mm_set1_epi8(-1));
  return 255u - (unsigned(_mm_cvtsi128_si32(
                     _mm_minpos_epu16(_mm_min_epu8(rest, _mm_srli_epi16(rest, 8))))) &
                 0xff);
}

struct Wavefronts {
  uint64_t wavefronts = 0, conflicts = 0;
};

/// An access wider than 4 bytes a lane goes in phases: 8 bytes by half warps, 16 by quarters.
/// Phases that follow one another go together where that needs no more wavefronts (broadcasts).
/// What a phase needs beyond one wavefront are its conflicts.
Wavefronts countWavefronts(const uint64_t *addresses, LaneMask lanes, uint32_t bytes) {
  bool powerOfTwo = (bytes & (bytes - 1)) == 0;
  if (bytes > wavefrontBytes || !powerOfTwo) // a copy: contiguous
    return {countBits(lanes) * ((uint64_t(bytes) + wavefrontBytes - 1) / wavefrontBytes), 0};

  unsigned pieceShift = unsigned(__builtin_ctz(std::max(bytes, bankBytes)));
  // All within as many bytes as there are banks: no two pieces share one.
  Extent extent(addresses, lanes, bytes);
  if (extent.near &&
      (extent.greatest >> pieceShift) - (extent.least >> pieceShift) < wavefrontBytes >> pieceShift)
    return {1, 0};
  if (extent.dense)
    return {std::max<uint64_t>(1, bytes / bankBytes), 0};
  unsigned lanesPerPhase = wavefrontBytes >> pieceShift;
  Wavefronts result;
  LaneMask pending = 0; // the phases that go together, as far as seen
  unsigned pendingDepth = 0;
  for (unsigned first = 0; first < warpSize; first += lanesPerPhase) {
    LaneMask phase =
        lanes & (lanesPerPhase == warpSize ? allLanes : ((1u << lanesPerPhase) - 1) << first);
    if (phase == 0)
      continue;
    const unsigned own = countDeepest(addresses, phase, pieceShift);
    if (pending != 0) {
      const unsigned joined = countDeepest(addresses, pending | phase, pieceShift);
      if (joined <= std::max(pendingDepth, own)) {
        pending |= phase;
        pendingDepth = joined;
        continue;
      }
      result.wavefronts += pendingDepth;
      result.conflicts += pendingDepth - 1;
    }
    pending = phase;
    pendingDepth = own;
  }
  if (pending != 0) {
    result.wavefronts += pendingDepth;
    result.conflicts += pendingDepth - 1;
  }
  return result;
}

/// Sectors of an access to global memory: those of its pattern, if its lanes have one.
uint64_t sectorsOf(const Access &access, LaneMask lanes) {
  if (!access.pattern)
    return countSectors(access.resolved, lanes, access.bytes);
  const uint64_t first = access.resolved[__builtin_ctz(lanes)];
  if (access.contiguous)
    return (first + warpSize * access.bytes - 1) / sectorBytes - first / sectorBytes + 1;
  Pattern::Sectors &known = access.pattern->sectors;
  if (known.phase != first % sectorBytes)
    known = {uint8_t(first % sectorBytes),
             uint32_t(countSectors(access.resolved, lanes, access.bytes))};
  return known.count;
}

void countGlobal(Counters &counters, const Access &access, LaneMask lanes) {
  uint64_t bytes = uint64_t(countBits(lanes)) * access.bytes;
  bool reads = access.kind != Access::Write, writes = access.kind != Access::Read;
  if (access.proxy == Proxy::Async) {
    counters.asyncGlobalBytesRead += reads ? bytes : 0;
    counters.asyncGlobalBytesWritten += writes ? bytes : 0;
    return;
  }
  uint64_t sectors = sectorsOf(access, lanes);
  if (reads) {
    ++counters.globalLoadRequests;
    counters.globalLoadSectors += sectors;
    counters.globalLoadBytes += bytes;
  }
  if (writes) {
    ++counters.globalStoreRequests;
    counters.globalStoreSectors += sectors;
    counters.globalStoreBytes += bytes;
  }
}

/// Wavefronts of an access to shared memory. Moved by as much as a lane touches, a pattern uses
/// other banks, but as many.
Wavefronts wavefrontsOf(const Access &access, LaneMask lanes) {
  if (!access.pattern)
    return countWavefronts(access.resolved, lanes, access.bytes);
  if (access.contiguous)
    return {std::max<uint64_t>(1, access.bytes / bankBytes), 0};
  Pattern::Wavefronts &known = access.pattern->wavefronts;
  const uint32_t piece = std::min(std::max(access.bytes, bankBytes), wavefrontBytes);
  const uint64_t phase = access.resolved[__builtin_ctz(lanes)] % piece;
  if (known.phase != phase) {
    Wavefronts counted = countWavefronts(access.resolved, lanes, access.bytes);
    known = {uint8_t(phase), uint32_t(counted.wavefronts), uint32_t(counted.conflicts)};
  }
  return {known.count, known.conflicts};
}

void countShared(Counters &counters, const Access &access, LaneMask lanes) {
  counters.sharedBytes += uint64_t(countBits(lanes)) * access.bytes;
  if (access.proxy == Proxy::Async)
    return;
  Wavefronts wavefronts = wavefrontsOf(access, lanes);
  ++counters.sharedRequests;
  counters.sharedWavefronts += wavefronts.wavefronts;
  counters.sharedBankConflicts += wavefronts.conflicts;
}

/// One row of the table or one member of the object.
struct Figure {
  const char *key, *label;
  uint64_t Counters::*value;
};
const Figure figures[] = {
    {"thread_instructions", "thread instructions", &Counters::threadInstructions},
    {"branches", "branches", &Counters::branches},
    {"divergent_branches", "divergent branches", &Counters::divergentBranches},
    {"barriers", "barriers", &Counters::barriers},
    {"global_load_requests", "global load requests", &Counters::globalLoadRequests},
    {"global_load_sectors", "global load sectors", &Counters::globalLoadSectors},
    {"global_load_bytes", "global load bytes", &Counters::globalLoadBytes},
    {"global_store_requests", "global store requests", &Counters::globalStoreRequests},
    {"global_store_sectors", "global store sectors", &Counters::globalStoreSectors},
    {"global_store_bytes", "global store bytes", &Counters::globalStoreBytes},
    {"async_global_bytes_read", "bulk copies: global bytes read", &Counters::asyncGlobalBytesRead},
    {"async_global_bytes_written", "bulk copies: global bytes written",
     &Counters::asyncGlobalBytesWritten},
    {"shared_requests", "shared requests", &Counters::sharedRequests},
    {"shared_wavefronts", "shared wavefronts", &Counters::sharedWavefronts},
    {"shared_bank_conflicts", "shared bank conflicts", &Counters::sharedBankConflicts},
    {"shared_bytes", "shared bytes", &Counters::sharedBytes},
    {"local_requests", "local requests", &Counters::localRequests},
    {"local_bytes", "local bytes", &Counters::localBytes},
    {"tensor_instructions", "tensor-core instructions", &Counters::tensorInstructions},
    {"tensor_multiply_adds", "tensor-core multiply-adds", &Counters::tensorMultiplyAdds},
    {"scalar_multiply_adds", "scalar multiply-adds", &Counters::scalarMultiplyAdds},
};

double ratio(uint64_t a, uint64_t b) { return b == 0 ? 0.0 : double(a) / double(b); }

void appendRow(std::string &out, const char *label, uint64_t value) {
  char line[96];
  std::snprintf(line, sizeof line, "  %-36s %16llu\n", label, (unsigned long long)value);
  out += line;
}
void appendRow(std::string &out, const char *label, double value) {
  char line[96];
  std::snprintf(line, sizeof line, "  %-36s %16.2f\n", label, value);
  out += line;
}

} // namespace

void Counters::add(const Counters &other) {
  for (size_t i = 0; i < instructions.size(); ++i)
    instructions[i] += other.instructions[i];
  for (const Figure &figure : figures)
    this->*figure.value += other.*figure.value;
}

void Counters::count(const Access &access) {
  LaneMask global = 0, shared = 0, local = 0;
  auto add = [&](Space window, LaneMask lanes) {
    if (window == Space::Global)
      global |= lanes;
    else if (window == Space::Shared || window == Space::SharedCluster)
      shared |= lanes;
    else if (window == Space::Local)
      local |= lanes;
  };
  // Of lanes that take no part, windows[] is that of the first that does.
  if (std::memcmp(access.windows, access.windows + 1, warpSize - 1) == 0)
    add(access.windows[0], access.lanes);
  else
    for (LaneMask left = access.lanes; left; left &= left - 1)
      add(access.windows[__builtin_ctz(left)], left & -left);
  if (access.bytes == 0)
    return;
  if (global != 0)
    countGlobal(*this, access, global);
  if (shared != 0)
    countShared(*this, access, shared);
  if (local != 0) {
    ++localRequests;
    localBytes += uint64_t(countBits(local)) * access.bytes;
  }
}

std::string Counters::table() const {
  std::string out;
  uint64_t warpInstructions = 0;
  for (uint64_t each : instructions)
    warpInstructions += each;
  appendRow(out, "warp instructions", warpInstructions);
  for (size_t i = 0; i < instructions.size(); ++i)
    if (instructions[i] != 0)
      appendRow(out, (std::string("  ") + name(CounterClass(i))).c_str(), instructions[i]);
  if (warpInstructions != 0)
    appendRow(out, "threads per warp instruction", ratio(threadInstructions, warpInstructions));
  for (const Figure &figure : figures)
    if (this->*figure.value != 0)
      appendRow(out, figure.label, this->*figure.value);
  if (globalLoadRequests != 0)
    appendRow(out, "sectors per global load request", ratio(globalLoadSectors, globalLoadRequests));
  if (globalStoreRequests != 0)
    appendRow(out, "sectors per global store request",
              ratio(globalStoreSectors, globalStoreRequests));
  return out;
}

std::string Counters::json() const {
  std::string out = "{\"warp_instructions\": {";
  uint64_t total = 0;
  for (size_t i = 0; i < instructions.size(); ++i) {
    total += instructions[i];
    if (instructions[i] == 0)
      continue;
    std::string key = name(CounterClass(i));
    std::replace(key.begin(), key.end(), ' ', '_');
    out += "\"" + key + "\": " + std::to_string(instructions[i]) + ", ";
  }
  out += "\"total\": " + std::to_string(total) + "}";
  for (const Figure &figure : figures)
    out += std::string(", \"") + figure.key + "\": " + std::to_string(this->*figure.value);
  return out + "}";
}

} // namespace azulejo::cudasim
