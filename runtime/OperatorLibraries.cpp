#include "runtime/OperatorLibraries.h"
#include <dlfcn.h>
#include <map>
#include <mutex>

namespace azulejo::runtime {

namespace {
struct Operators {
  std::mutex mutex;
  std::map<std::string, azm_host_function> functions;
};
} // namespace

static Operators &getOperators() {
  static Operators operators;
  return operators;
}

static Status openLibrary(const std::string &path, const azl_operator *&operators, size_t &count) {
  // A name without a folder would be looked for in the system's.
  std::string file = path.find('/') == path.npos ? "./" + path : path;
  void *handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return {AZL_NOT_FOUND, ::dlerror()};
  auto give = reinterpret_cast<azl_operators_function>(::dlsym(handle, AZL_OPERATORS_SYMBOL));
  if (!give)
    return {AZL_INVALID_ARGUMENT,
            "'" + path + "' is no library of operators: it has no '" AZL_OPERATORS_SYMBOL "'"};
  operators = give(AZL_OPERATORS_VERSION, &count);
  if (operators)
    return {};
  return {AZL_UNSUPPORTED, "'" + path + "' was made for another version of its interface than " +
                               std::to_string(AZL_OPERATORS_VERSION)};
}

Status loadOperators(const std::string &path) {
  const azl_operator *operators = nullptr;
  size_t count = 0;
  if (Status status = openLibrary(path, operators, count); status.failed())
    return status;
  std::map<std::string, azm_host_function> found;
  for (size_t i = 0; i < count; ++i) {
    const azl_operator &op = operators[i];
    if (!op.domain || !*op.domain || !op.name || !*op.name || !op.run)
      return {AZL_INVALID_ARGUMENT,
              "'" + path + "': operator " + std::to_string(i) + " has no name or no function"};
    found[std::string(op.domain) + "." + op.name] = op.run;
  }
  Operators &all = getOperators();
  std::lock_guard<std::mutex> lock(all.mutex);
  for (const auto &[name, function] : found)
    if (auto known = all.functions.find(name);
        known != all.functions.end() && known->second != function)
      return {AZL_INVALID_ARGUMENT,
              "'" + path + "': another library has given operator '" + name + "'"};
  all.functions.insert(found.begin(), found.end());
  return {};
}

Status findOperator(const std::string &name, azm_host_function &function) {
  Operators &all = getOperators();
  std::lock_guard<std::mutex> lock(all.mutex);
  if (auto found = all.functions.find(name); found != all.functions.end()) {
    function = found->second;
    return {};
  }
  return {AZL_UNSUPPORTED, "the model needs operator '" + name +
                               "', and no library that has it was given (--operators, "
                               "azl_load_operators)"};
}

} // namespace azulejo::runtime
