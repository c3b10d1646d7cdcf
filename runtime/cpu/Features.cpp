#include "runtime/cpu/Features.h"
#include "azulejo/Artifact/CpuFeatures.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace azulejo::runtime::cpu {

#if defined(__x86_64__)
/// The register state that the operating system saves, without which vector registers cannot be
/// used.
static uint32_t savedState() {
  uint32_t a, b, c, d;
  constexpr uint32_t osxsave = 1u << 27;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & osxsave))
    return 0;
  asm("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return a;
}

bool hasFeature(std::string_view name) {
  for (const X86Feature &feature : x86Features) {
    if (name != feature.name)
      continue;
    uint32_t registers[4];
    if (!__get_cpuid_count(feature.leaf, feature.subleaf, &registers[0], &registers[1],
                           &registers[2], &registers[3]))
      return false;
    return (registers[static_cast<int>(feature.reg)] >> feature.bit & 1) &&
           (savedState() & feature.savedState) == feature.savedState;
  }
  return false;
}
#else
bool hasFeature(std::string_view) { return false; }
#endif

} // namespace azulejo::runtime::cpu
