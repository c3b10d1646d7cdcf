//===- Artifact.h - A loaded model ------------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_ARTIFACT_H
#define AZULEJO_RUNTIME_ARTIFACT_H

#include "azulejo/Artifact/Format.h"
#include "runtime/ElfFile.h"
#include "runtime/Expression.h"
#include "runtime/Json.h"
#include "runtime/Status.h"
#include <memory>
#include <string>
#include <vector>

namespace azulejo::runtime {

/// One input or output of the signature.
struct ValueInfo {
  std::string name;
  azl_element_type type = AZL_UNDEFINED;
  std::vector<int64_t> shape;                         // -1 where dynamic
  std::vector<std::string> symbols;                   // "" where static
  std::vector<int> symbolIndex;                       // into Artifact::symbols, -1 for none
  std::vector<std::optional<Expression>> expressions; // of dimensions that are one
  std::vector<const char *> symbolText;               // what azl_value_info shows
};

/// An artifact, immutable once it is loaded. Its code and weights stay mapped as long as it lives.
class Artifact {
public:
  /// Checks everything about the file, maps its weights, and then loads its code.
  static Status load(const std::string &path, bool checkWeights, std::shared_ptr<Artifact> &result);
  ~Artifact();

  std::string name, metadata, device, unbounded;
  std::vector<ValueInfo> inputs, outputs;
  std::vector<std::string> symbols, kernels, checks;
  std::vector<void *> weights; // addresses in the mapping
  std::vector<int64_t> weightBytes;
  azm_run_function run = nullptr;
  azm_peak_memory_function peakMemory = nullptr;

private:
  struct WeightEntry {
    int64_t offset, length;
    std::string hash;
  };
  Status readMetadata();
  Status readSignature(const Json &values, const char *what, std::vector<ValueInfo> &result);
  Status checkTarget(const Json &target);
  Status mapWeights(bool checkHashes);
  Status loadCode();

  std::string path;
  // Open until after dlclose: it gives the code a name that no other loaded artifact has.
  ElfFile file;
  std::vector<WeightEntry> weightTable;
  int64_t weightsSize = 0;
  void *mapping = nullptr;
  size_t mappingSize = 0;
  void *handle = nullptr;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_ARTIFACT_H
