//===- MemoryOperands.cpp - Modifiers that memory instructions share ------===//
#include "runtime/cudasim/Instructions/MemoryOperands.h"

using namespace azulejo::cudasim;

Order azulejo::cudasim::takeOrder(Modifiers &modifiers, Order otherwise) {
  return modifiers.one<Order>({{"weak", Order::Weak},
                               {"volatile", Order::Volatile},
                               {"relaxed", Order::Relaxed},
                               {"acquire", Order::Acquire},
                               {"release", Order::Release},
                               {"acq_rel", Order::AcquireRelease}},
                              otherwise);
}

bool azulejo::cudasim::atScope(const Modifiers &modifiers) {
  std::string_view next = modifiers.peek();
  return next == "cta" || next == "cluster" || next == "gpu" || next == "sys";
}

Scope azulejo::cudasim::takeScope(Decoder &decoder, Modifiers &modifiers, Scope otherwise) {
  if (modifiers.peek() == "cluster")
    decoder.require(90);
  return modifiers.one<Scope>({{"cta", Scope::Block},
                               {"cluster", Scope::Cluster},
                               {"gpu", Scope::Device},
                               {"sys", Scope::System}},
                              otherwise);
}

Space azulejo::cudasim::takeSpace(Decoder &decoder, Modifiers &modifiers, bool *isParameter) {
  if (modifiers.peek() == "shared::cluster")
    decoder.require(90);
  if (isParameter && (modifiers.flag("param") || modifiers.flag("param::entry") ||
                      modifiers.flag("param::func"))) {
    *isParameter = true;
    return Space::Parameter;
  }
  return modifiers.one<Space>({{"global", Space::Global},
                               {"shared", Space::Shared},
                               {"shared::cta", Space::Shared},
                               {"shared::cluster", Space::SharedCluster},
                               {"local", Space::Local},
                               {"const", Space::Constant}},
                              Space::Generic);
}

bool azulejo::cudasim::takeCacheHints(Modifiers &modifiers) {
  bool policy = false;
  for (;;) {
    std::string_view next = modifiers.peek();
    if (next == "L2::cache_hint")
      policy = true;
    else if (next != "L1::evict_normal" && next != "L1::evict_unchanged" &&
             next != "L1::evict_first" && next != "L1::evict_last" && next != "L1::no_allocate" &&
             next != "L2::64B" && next != "L2::128B" && next != "L2::256B")
      return policy;
    modifiers.take();
  }
}

void azulejo::cudasim::expectSpace(Decoder &decoder, const ptx::Operand &operand, Space space) {
  const Symbol *symbol =
      operand.kind == ptx::Operand::Kind::Name ? decoder.symbol(operand.name) : nullptr;
  if (!symbol || space == Space::Generic)
    return;
  auto isMeant = [&] {
    switch (symbol->space) {
    case ptx::StateSpace::Global:
      return space == Space::Global;
    case ptx::StateSpace::Shared:
      return space == Space::Shared || space == Space::SharedCluster;
    case ptx::StateSpace::Local:
      return space == Space::Local;
    case ptx::StateSpace::Const:
      return space == Space::Constant;
    default:
      return space == Space::Parameter;
    }
  };
  if (!isMeant())
    decoder.fail("`" + std::string(operand.name.substr(0, operand.name.find('#'))) +
                 "` lies in another state space");
}

Address azulejo::cudasim::decodeAddress(Decoder &decoder, const ptx::Operand &operand,
                                        MemorySemantics &semantics, bool isParameter) {
  if (operand.kind != ptx::Operand::Kind::Address || operand.elements.empty())
    decoder.fail("an address in brackets must stand here");
  Address address = decoder.address(operand);
  expectSpace(decoder, operand.elements[0], isParameter ? Space::Parameter : semantics.space);
  if (isParameter && (address.frameRelative || !decoder.function.isKernel)) {
    semantics.space = Space::Local;
    semantics.functionParameter = true;
  }
  if ((semantics.space == Space::Generic || semantics.space == Space::Global) &&
      address.base.bytes < 8 && address.base.base != Operand::Constant)
    decoder.fail("the address register must have 64 bits");
  return address;
}

Address azulejo::cudasim::addressOfName(Decoder &decoder, const ptx::Operand &operand) {
  if (operand.kind == ptx::Operand::Kind::Address)
    return decoder.address(operand);
  if (operand.kind == ptx::Operand::Kind::Integer) {
    Address result;
    result.base = decoder.constant(operand.bits, 8);
    return result;
  }
  ptx::Operand bracket;
  bracket.kind = ptx::Operand::Kind::Address;
  bracket.elements.push_back(operand);
  return decoder.address(bracket);
}

std::vector<const ptx::Operand *> azulejo::cudasim::elementsOf(const ptx::Operand &operand) {
  std::vector<const ptx::Operand *> result;
  if (operand.kind == ptx::Operand::Kind::List)
    for (const ptx::Operand &element : operand.elements)
      result.push_back(&element);
  else
    result.push_back(&operand);
  return result;
}
