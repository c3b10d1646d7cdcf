//===- Registry.h - What a program holds handles of -----------------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_REGISTRY_H
#define AZULEJO_CUDASIM_DRIVER_REGISTRY_H

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace azulejo::cudasim::driver {

/// Base of everything that has a handle.
struct Object {
  virtual ~Object() = default;
  void *handle = nullptr;
};

/// Handles and the objects behind them. A handle is a number that is never used again, so that one
/// of a destroyed object, of another kind of object, or one that never was one is found out.
class Registry {
public:
  template <class T> std::shared_ptr<T> add(std::shared_ptr<T> object) {
    next += 16;
    object->handle = reinterpret_cast<void *>(next);
    objects[next] = object;
    return object;
  }
  /// Null for what is no handle of a T.
  template <class T> std::shared_ptr<T> find(const void *handle) const {
    auto found = objects.find(reinterpret_cast<uintptr_t>(handle));
    return found == objects.end() ? nullptr : std::dynamic_pointer_cast<T>(found->second);
  }
  void remove(const Object &object) { objects.erase(reinterpret_cast<uintptr_t>(object.handle)); }
  template <class F> void forEach(F &&f) const {
    for (auto &[handle, object] : objects)
      f(object);
  }

private:
  std::unordered_map<uintptr_t, std::shared_ptr<Object>> objects;
  // Above the handles that cuda.h gives a meaning (CU_STREAM_LEGACY is 1), and of no host address.
  uintptr_t next = 0x10000;
};

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_REGISTRY_H
