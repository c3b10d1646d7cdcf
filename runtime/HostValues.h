//===- HostValues.h - A run's values that are no buffers --------------------------------------===//
//
// Sequences, optionals and maps while a model runs, the numbers of strings, and the calls of the
// host library. A tensor in a list lies in a buffer of the device's, or in host memory where the
// host made it; it moves when somebody needs it elsewhere.
//
//===------------------------------------------------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_HOSTVALUES_H
#define AZULEJO_RUNTIME_HOSTVALUES_H

#include "azulejo/Artifact/Host.h"
#include "runtime/Artifact.h"
#include "runtime/Device.h"
#include "runtime/Values.h"
#include <deque>
#include <unordered_map>

namespace azulejo::runtime {
class HostValues;
}

/// A value of a run; immutable, but for where its elements lie.
struct azm_value : std::enable_shared_from_this<azm_value> {
  explicit azm_value(azulejo::runtime::HostValues &owner) : owner(owner) {}
  azm_value(const azm_value &) = delete;
  ~azm_value();

  azulejo::runtime::HostValues &owner;
  int32_t kind = AZM_TENSOR;
  azl_element_type type = AZL_UNDEFINED;
  std::vector<int64_t> shape;
  std::vector<std::shared_ptr<azm_value>> elements;

  /// A tensor's elements, as compiled code sees them: on the device, on the host, or both. What is
  /// not `owned` is a buffer of the host program's and must be copied to outlive the call.
  void *buffer = nullptr;
  bool owned = false;
  void *host = nullptr;
  int64_t bytes = 0;
};

namespace azulejo::runtime {

class HostValues : public azm_host {
public:
  using ValuePointer = std::shared_ptr<azm_value>;

  /// `memoryLimit`, `held` and `mostHeld` are the run's; `sharesHostMemory` is the device's.
  HostValues(const Artifact &artifact, Stream &stream, bool sharesHostMemory,
             const int64_t &memoryLimit, int64_t &held, int64_t &mostHeld);
  ~HostValues() { clear(); }

  /// Runs entry `index` of the artifact's calls: `inputs` are slots, `outputs` are filled.
  Status call(size_t index, const int64_t *inputs, int64_t *outputs);
  /// Whether an address is that of a value that host code holds, to which a reference is added, or
  /// from which one is taken.
  bool retain(void *value);
  bool release(void *value);
  /// The elements of a tensor into a buffer.
  Status take(void *value, void *buffer);

  /// What a caller gave as input `info`, held by the run at `address`.
  Status import(const azl_value &value, const ValueInfo &info, void *&address);
  /// A value of host code's as the caller gets it; null where memory ran out.
  azl_value *exportValue(void *value);
  /// A caller's tensor of strings as their numbers, and numbers as such a tensor; false where
  /// memory ran out.
  void numberStrings(const azl_tensor &tensor, void *numbers);
  bool spellStrings(const std::vector<int64_t> &shape, const void *numbers, azl_tensor &tensor);

  int64_t memoryHeld() const { return ownHeld; }

  int64_t numberOf(std::string_view text);
  std::string_view textOf(int64_t number) const;

  /// Forgets all values and the strings that are no constants.
  void clear();

private:
  friend struct ::azm_value;
  friend struct HostServices;
  ValuePointer importValue(const azl_value &value);
  azl_value *exportValue(azm_value &value);
  ValuePointer makeTensor(azl_element_type type, std::vector<int64_t> shape);
  ValuePointer makeList(int32_t kind, const azm_value *const *elements, int64_t count);
  /// False where memory ran out or the device failed.
  bool bringToHost(azm_value &tensor);
  bool makeOwned(azm_value &tensor);
  bool hold(int64_t bytes);
  void letGo(int64_t bytes);
  void note(std::string message);
  Status checkOutput(const HostCall &call, size_t index, const azm_value *value) const;

  const Artifact &artifact;
  Stream &stream;
  const bool sharesHostMemory;
  const int64_t &memoryLimit;
  int64_t &held, &mostHeld;
  int64_t ownHeld = 0; // of what is held, what values hold

  struct Held {
    ValuePointer value;
    int64_t references;
  };
  std::unordered_map<void *, Held> values; // that host code has addresses of
  std::vector<ValuePointer> made;          // by the call in progress
  std::string failure;                     // of the call in progress
  bool failed = false;

  std::deque<std::string> texts; // of the run, behind the artifact's
  std::unordered_map<std::string_view, int64_t> numbers;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_HOSTVALUES_H
