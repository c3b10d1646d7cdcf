//===- ExternalData.h - Which files a model may read ------------------------------------------===//
#ifndef AZULEJO_LIB_IMPORT_EXTERNALDATA_H
#define AZULEJO_LIB_IMPORT_EXTERNALDATA_H

#include "dialects/Plan/WeightStore.h"
#include "lib/Import/Protos.h"
#include "llvm/ADT/StringMap.h"

namespace azulejo {

/// The files beside a model that hold its external data. A model is not trusted: a file must lie in
/// the model's folder or below it, and neither it nor a folder on the way may be a symbolic link.
/// That holds at the moment of opening, since each step of the way is opened relative to the one
/// before and none is followed; afterwards the file stays mapped.
class ExternalData {
public:
  /// `folder` is the model's; nothing can be read when it is empty.
  ExternalData(llvm::StringRef folder, plan::WeightStore &store) : folder(folder), store(store) {}

  struct File {
    std::string path; // as the weight store knows it
    uint64_t size;
  };

  /// The file that a tensor's `location` names, mapped.
  mlir::FailureOr<File> open(llvm::StringRef location, onnx::EmitError emitError);

private:
  std::string folder;
  plan::WeightStore &store;
  llvm::StringMap<File> files;
};

} // namespace azulejo

#endif // AZULEJO_LIB_IMPORT_EXTERNALDATA_H
