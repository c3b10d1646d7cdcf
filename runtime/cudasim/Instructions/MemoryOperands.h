//===- MemoryOperands.h - Modifiers that memory instructions share --------===//
#ifndef AZULEJO_CUDASIM_INSTRUCTIONS_MEMORYOPERANDS_H
#define AZULEJO_CUDASIM_INSTRUCTIONS_MEMORYOPERANDS_H

#include "runtime/cudasim/Memory/Access.h"
#include "runtime/cudasim/Program/Decoder.h"
#include "runtime/cudasim/Ptx/Module.h"

namespace azulejo::cudasim {

/// How an access is to be made: what it orders, for whom, and where it goes.
struct MemorySemantics {
  Order order = Order::Weak;
  Scope scope = Scope::Block;
  Space space = Space::Generic;
  bool functionParameter = false; // of a .func or of a call: local memory that nobody else sees
};

/// `.relaxed`, `.acquire` …; Weak where none is written (or `.weak`).
Order takeOrder(Modifiers &modifiers, Order otherwise = Order::Weak);
/// `.cta`, `.cluster`, `.gpu`, `.sys`.
Scope takeScope(Decoder &decoder, Modifiers &modifiers, Scope otherwise);
bool atScope(const Modifiers &modifiers);
/// `.global`, `.shared::cta` …; Generic where none is written.
Space takeSpace(Decoder &decoder, Modifiers &modifiers, bool *isParameter = nullptr);
/// `.L1::evict_last`, `.L2::cache_hint`, `.L2::128B` and their like, which change nothing but
/// speed. True where a cache-policy operand follows.
bool takeCacheHints(Modifiers &modifiers);

/// Fails where `operand` names a variable that lies in no such space.
void expectSpace(Decoder &decoder, const ptx::Operand &operand, Space space);
/// Decodes `operand` as the one address of `instruction`, and turns `.param` into what it means
/// there.
Address decodeAddress(Decoder &decoder, const ptx::Operand &operand, MemorySemantics &semantics,
                      bool isParameter = false);
/// A name, written without brackets, whose address or value is meant.
Address addressOfName(Decoder &decoder, const ptx::Operand &operand);

/// The elements of `{a, b}`, or the operand itself.
std::vector<const ptx::Operand *> elementsOf(const ptx::Operand &operand);

/// A shared::cluster address in the 32-bit window, see Space.h.
inline uint32_t clusterAddress(uint32_t rank, uint64_t offset) {
  return (rank + 1) << sharedRankShift | uint32_t(offset & ((1u << sharedRankShift) - 1));
}

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_INSTRUCTIONS_MEMORYOPERANDS_H
