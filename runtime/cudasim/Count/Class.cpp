//===- Class.cpp - Names of the classes -----------------------------------===//
#include "runtime/cudasim/Count/Class.h"

namespace azulejo::cudasim {

const char *name(CounterClass counterClass) {
  switch (counterClass) {
  case CounterClass::Integer:
    return "integer";
  case CounterClass::Half:
    return "half";
  case CounterClass::Float:
    return "float";
  case CounterClass::Double:
    return "double";
  case CounterClass::SpecialFunction:
    return "special function";
  case CounterClass::Conversion:
    return "conversion";
  case CounterClass::Move:
    return "move";
  case CounterClass::Compare:
    return "compare";
  case CounterClass::Control:
    return "control";
  case CounterClass::LoadGlobal:
    return "load global";
  case CounterClass::StoreGlobal:
    return "store global";
  case CounterClass::LoadShared:
    return "load shared";
  case CounterClass::StoreShared:
    return "store shared";
  case CounterClass::LoadLocal:
    return "load local";
  case CounterClass::StoreLocal:
    return "store local";
  case CounterClass::LoadConstant:
    return "load constant";
  case CounterClass::Atomic:
    return "atomic";
  case CounterClass::Warp:
    return "warp";
  case CounterClass::Barrier:
    return "barrier";
  case CounterClass::AsyncCopy:
    return "async copy";
  case CounterClass::Tensor:
    return "tensor";
  case CounterClass::Matrix:
    return "matrix";
  case CounterClass::Other:
    return "other";
  case CounterClass::Count:
    break;
  }
  return "?";
}

} // namespace azulejo::cudasim
