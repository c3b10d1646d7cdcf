//===- CpuFeatures.h - CPU features that an artifact may need ---------------------------------===//
//
// The packager records which of these the compiled code was allowed to use, and the loader asks
// cpuid for them. Features that LLVM does not use on its own (and could not be missed) are not
// listed.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_ARTIFACT_CPUFEATURES_H
#define AZULEJO_ARTIFACT_CPUFEATURES_H

#include <cstdint>

namespace azulejo {

enum class CpuidRegister : uint8_t { EAX, EBX, ECX, EDX };

struct X86Feature {
  const char *name; // LLVM's
  uint32_t leaf, subleaf;
  CpuidRegister reg;
  uint8_t bit;
  uint32_t savedState; // bits of XCR0 that the operating system must have set
};

inline constexpr uint32_t ymmState = 0x6, zmmState = 0xE6;

inline constexpr X86Feature x86Features[] = {
    {"sse3", 1, 0, CpuidRegister::ECX, 0, 0},
    {"ssse3", 1, 0, CpuidRegister::ECX, 9, 0},
    {"fma", 1, 0, CpuidRegister::ECX, 12, ymmState},
    {"sse4.1", 1, 0, CpuidRegister::ECX, 19, 0},
    {"sse4.2", 1, 0, CpuidRegister::ECX, 20, 0},
    {"movbe", 1, 0, CpuidRegister::ECX, 22, 0},
    {"popcnt", 1, 0, CpuidRegister::ECX, 23, 0},
    {"avx", 1, 0, CpuidRegister::ECX, 28, ymmState},
    {"f16c", 1, 0, CpuidRegister::ECX, 29, ymmState},
    {"bmi", 7, 0, CpuidRegister::EBX, 3, 0},
    {"avx2", 7, 0, CpuidRegister::EBX, 5, ymmState},
    {"bmi2", 7, 0, CpuidRegister::EBX, 8, 0},
    {"avx512f", 7, 0, CpuidRegister::EBX, 16, zmmState},
    {"avx512dq", 7, 0, CpuidRegister::EBX, 17, zmmState},
    {"avx512ifma", 7, 0, CpuidRegister::EBX, 21, zmmState},
    {"avx512cd", 7, 0, CpuidRegister::EBX, 28, zmmState},
    {"avx512bw", 7, 0, CpuidRegister::EBX, 30, zmmState},
    {"avx512vl", 7, 0, CpuidRegister::EBX, 31, zmmState},
    {"avx512vbmi", 7, 0, CpuidRegister::ECX, 1, zmmState},
    {"avx512vbmi2", 7, 0, CpuidRegister::ECX, 6, zmmState},
    {"gfni", 7, 0, CpuidRegister::ECX, 8, 0},
    {"avx512vnni", 7, 0, CpuidRegister::ECX, 11, zmmState},
    {"avx512bitalg", 7, 0, CpuidRegister::ECX, 12, zmmState},
    {"avx512vpopcntdq", 7, 0, CpuidRegister::ECX, 14, zmmState},
    {"avx512fp16", 7, 0, CpuidRegister::EDX, 23, zmmState},
    {"avxvnni", 7, 1, CpuidRegister::EAX, 4, ymmState},
    {"avx512bf16", 7, 1, CpuidRegister::EAX, 5, zmmState},
    {"avxifma", 7, 1, CpuidRegister::EAX, 23, ymmState},
    {"avxvnniint8", 7, 1, CpuidRegister::EDX, 4, ymmState},
    {"avxneconvert", 7, 1, CpuidRegister::EDX, 5, ymmState},
    {"avxvnniint16", 7, 1, CpuidRegister::EDX, 10, ymmState},
    {"lzcnt", 0x80000001, 0, CpuidRegister::ECX, 5, 0},
};

} // namespace azulejo

#endif // AZULEJO_ARTIFACT_CPUFEATURES_H
