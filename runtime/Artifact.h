//===- Artifact.h - A loaded model ------------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_ARTIFACT_H
#define AZULEJO_RUNTIME_ARTIFACT_H

#include "azulejo/Artifact/Format.h"
#include "azulejo/Artifact/Host.h"
#include "runtime/ElfFile.h"
#include "runtime/Expression.h"
#include "runtime/Json.h"
#include "runtime/Status.h"
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace azulejo::runtime {

/// One input or output of the signature.
struct ValueInfo {
  std::string name;
  azl_element_type type = AZL_UNDEFINED;
  std::string valueType;                              // of what is no tensor; see Format.h
  std::vector<int64_t> shape;                         // -1 where dynamic
  std::vector<std::string> symbols;                   // "" where static
  std::vector<int> symbolIndex;                       // into Artifact::symbols, -1 for none
  std::vector<std::optional<Expression>> expressions; // of dimensions that are one
  std::vector<const char *> symbolText;               // what azl_value_info shows
};

/// An artifact's kernels for one architecture of GPUs.
struct CudaImage {
  std::string arch;                      // "sm_90a"
  std::string_view ptx;                  // a 0 follows it
  std::string_view cubin;                // empty where there was no ptxas to make it
  std::vector<azm_gpu_kernel> launchers; // of each kernel
};

/// A call of the host library.
struct HostCall {
  struct Slot {
    azl_element_type type = AZL_UNDEFINED; // of what is no tensor
    std::vector<int64_t> shape;            // -1 where dynamic
  };
  std::string function, node;
  std::vector<Slot> inputs, outputs;
  azm_host_function run = nullptr;
};

/// An artifact, immutable once it is loaded. Its code and weights stay mapped as long as it lives.
class Artifact {
public:
  /// Checks everything about the file, maps its weights, and then loads its code.
  static Status load(const std::string &path, bool checkWeights, std::shared_ptr<Artifact> &result);
  ~Artifact();

  /// The error of a check that found `index` outside of [low, high).
  Status explainCheck(int64_t check, int64_t index, int64_t low, int64_t high) const;
  /// "kernel 'relu' (node 'Relu_1')"
  std::string describeKernel(int64_t kernel) const;

  std::string name, metadata, device, unbounded;
  std::vector<ValueInfo> inputs, outputs;
  std::vector<std::string> symbols, kernels, checks;
  std::vector<std::string> kernelNodes; // "'a', 'b'"
  std::vector<int64_t> kernelSlots;     // how many each takes; known of kernels of GPUs only
  std::vector<CudaImage> images;        // of an artifact for GPUs
  std::vector<void *> weights;          // addresses in the mapping
  std::string_view weightBytes;         // the mapping
  std::vector<HostCall> hostCalls;
  Status missingOperator; // failed where a call's operator was in no library when this was loaded
  std::vector<std::string> strings = {""}; // those of constants, by their numbers
  std::unordered_map<std::string_view, int64_t> stringNumbers;
  azm_run_function run = nullptr;
  azm_peak_memory_function peakMemory = nullptr;

private:
  struct WeightEntry {
    int64_t offset, length;
    std::string hash;
  };
  struct ImageEntry {
    int64_t ptxOffset, ptxLength, cubinOffset, cubinLength;
  };
  struct Mapping {
    void *start;
    size_t size;
  };
  Status readMetadata();
  Status readSignature(const Json &values, const char *what, std::vector<ValueInfo> &result);
  Status readHostCalls(const Json &calls);
  Status checkTarget(const Json &target);
  /// The bytes of a section, mapped as long as the artifact lives; null where there is no such
  /// section.
  const char *map(const char *section, size_t &size, Status &status);
  Status mapWeights(bool checkHashes);
  Status mapImages();
  Status loadCode();

  std::string path;
  // Open until after dlclose: it gives the code a name that no other loaded artifact has.
  ElfFile file;
  std::vector<WeightEntry> weightTable;
  std::vector<ImageEntry> imageTable;
  int64_t weightsSize = 0;
  std::vector<Mapping> mappings;
  void *handle = nullptr;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_ARTIFACT_H
