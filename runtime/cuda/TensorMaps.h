//===- TensorMaps.h - Descriptors of bulk tensor copies ---------------------------------------===//
#ifndef AZULEJO_RUNTIME_CUDA_TENSORMAPS_H
#define AZULEJO_RUNTIME_CUDA_TENSORMAPS_H

#include "azulejo/Artifact/Format.h"
#include "runtime/cuda/Driver.h"
#include <string>
#include <unordered_map>

namespace azulejo::runtime::cuda {

/// Encodes tensor maps, each once: a run asks for the same ones as the run before it.
class TensorMaps {
public:
  explicit TensorMaps(const Driver &driver) : driver(driver) {}

  /// To be called between launches: where shapes never repeat, maps would pile up.
  void limit() {
    if (maps.size() > 4096)
      maps.clear();
  }
  /// `map` stays where it is until `limit`.
  CUresult find(const azm_tensor_map &description, CUtensorMap *&map);

private:
  const Driver &driver;
  std::unordered_map<std::string, CUtensorMap> maps; // by their descriptions' bytes
};

} // namespace azulejo::runtime::cuda

#endif // AZULEJO_RUNTIME_CUDA_TENSORMAPS_H
