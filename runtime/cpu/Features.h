//===- Features.h - What the processor that we run on can do ----------------------------------===//
#ifndef AZULEJO_RUNTIME_CPU_FEATURES_H
#define AZULEJO_RUNTIME_CPU_FEATURES_H

#include <string_view>

namespace azulejo::runtime::cpu {

/// Whether this machine has the feature that LLVM calls `name` ("avx512f"), the operating system
/// saving its registers included. A name that is not known counts as absent.
bool hasFeature(std::string_view name);

} // namespace azulejo::runtime::cpu

#endif // AZULEJO_RUNTIME_CPU_FEATURES_H
