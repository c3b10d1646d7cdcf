//===- Suite.h - The ONNX backend suite as test/conformance/write_cases.py leaves it ----------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_SUITE_H
#define AZULEJO_TOOLS_CONFORMANCE_SUITE_H

#include "tools/support/Compare.h"

namespace azulejo::conformance {

struct ValueSpec {
  std::string name;
  std::string kind; // as readValueFile takes it
};

struct Case {
  std::string name; // "node/test_add"
  std::string folder;
  std::string op; // the operator it is about
  std::vector<ValueSpec> inputs, outputs;
  Tolerance tolerance;
  int64_t sets = 1;
  /// Its outputs are random draws: Bernoulli's, of 1 with the probability of the input or (in
  /// ONNX's own body of it) of 0 with it; Dropout's; or the expected ones' distribution is theirs,
  /// of all elements or of each row. See test/conformance/random_cases.txt.
  enum class Draw { None, Bernoulli, Complement, Dropout, Sample, Rows };
  Draw draw = Draw::None;
};

/// Reads FOLDER/index.json; in the order of names. `randomCases` is the file that names those cases
/// whose outputs are random.
llvm::Expected<std::vector<Case>> readSuite(llvm::StringRef folder, llvm::StringRef randomCases);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_SUITE_H
