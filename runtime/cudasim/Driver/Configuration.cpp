//===- Configuration.cpp - What the environment says ----------------------===//
#include "runtime/cudasim/Driver/Configuration.h"
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

namespace azulejo::cudasim::driver {

namespace {

/// "512", "0x200", "16K", "80G".
bool parseNumber(const std::string &text, uint64_t &value) {
  if (text.empty() || !std::isdigit((unsigned char)text[0]))
    return false;
  char *end = nullptr;
  errno = 0;
  value = std::strtoull(text.c_str(), &end, 0);
  if (errno != 0)
    return false;
  unsigned shift = 0;
  switch (std::toupper((unsigned char)*end)) {
  case 'K':
    shift = 10;
    break;
  case 'M':
    shift = 20;
    break;
  case 'G':
    shift = 30;
    break;
  }
  if (shift != 0)
    ++end;
  if (*end != 0 || value > (~uint64_t(0) >> shift))
    return false;
  value <<= shift;
  return true;
}

bool parseSwitch(const std::string &text, bool &value) {
  if (text == "1" || text == "on" || text == "true" || text == "yes")
    return value = true, true;
  if (text == "0" || text == "off" || text == "false" || text == "no")
    return value = false, true;
  return false;
}

template <class T>
bool parseBounded(const std::string &text, uint64_t least, uint64_t most, T &value) {
  uint64_t number;
  if (!parseNumber(text, number) || number < least || number > most)
    return false;
  value = T(number);
  return true;
}

struct Key {
  const char *name;
  const char *expected; // what a value must be, for the complaint
  std::function<bool(Configuration &, const std::string &)> set;
};

const Key keys[] = {
    {"ARCH", "sm_80, sm_86, sm_89 or sm_90a",
     [](Configuration &c, const std::string &v) {
       // sm_90's code runs on sm_90a's GPU.
       const Architecture *found = findArchitecture(v == "sm_90" ? "sm_90a" : v);
       if (found)
         c.architecture = *found;
       return found != nullptr;
     }},
    {"MEMORY", "a number of bytes, such as 16G",
     [](Configuration &c, const std::string &v) {
       return parseBounded(v, 1 << 20, uint64_t(1) << 44, c.architecture.memoryBytes);
     }},
    {"SMS", "a number of multiprocessors",
     [](Configuration &c, const std::string &v) {
       return parseBounded(v, 1, 1024, c.architecture.multiprocessors);
     }},
    {"CHECKS", "0 or 1",
     [](Configuration &c, const std::string &v) { return parseSwitch(v, c.options.checks); }},
    {"CHECK_GLOBAL_INIT", "0 or 1",
     [](Configuration &c, const std::string &v) {
       return parseSwitch(v, c.options.checkGlobalInitialization);
     }},
    {"STOP_AT_FIRST", "0 or 1",
     [](Configuration &c, const std::string &v) {
       return parseSwitch(v, c.options.stopAtFirstFault);
     }},
    {"ASYNC", "late, early or random",
     [](Configuration &c, const std::string &v) {
       if (v == "late")
         c.options.asyncTiming = AsyncTiming::Late;
       else if (v == "early")
         c.options.asyncTiming = AsyncTiming::Early;
       else if (v == "random")
         c.options.asyncTiming = AsyncTiming::Random;
       else
         return false;
       return true;
     }},
    {"SEED", "a number",
     [](Configuration &c, const std::string &v) { return parseNumber(v, c.options.seed); }},
    {"THREADS", "a number of host threads",
     [](Configuration &c, const std::string &v) {
       return parseBounded(v, 0, 4096, c.options.hostThreads);
     }},
    {"MAX_INSTRUCTIONS", "a number of warp instructions",
     [](Configuration &c, const std::string &v) {
       return parseNumber(v, c.options.maxWarpInstructions);
     }},
    {"MAX_REPORTS", "a number",
     [](Configuration &c, const std::string &v) {
       return parseBounded(v, 1, 1000000, c.options.maxReports);
     }},
    {"REPORT", "a path",
     [](Configuration &c, const std::string &v) { return c.reportPath = v, true; }},
    {"REPORT_JSON", "a path",
     [](Configuration &c, const std::string &v) { return c.jsonPath = v, true; }},
    {"COUNTERS", "a path, or - for the standard error",
     [](Configuration &c, const std::string &v) { return c.countersPath = v, true; }},
    {"LEAKS", "0 or 1",
     [](Configuration &c, const std::string &v) { return parseSwitch(v, c.reportLeaks); }},
    {"PTXAS", "a path", [](Configuration &c, const std::string &v) { return c.ptxas = v, true; }},
};

constexpr char prefix[] = "AZULEJO_CUDASIM_";

} // namespace

bool Configuration::set(std::string key, const std::string &value, std::string &error) {
  std::transform(key.begin(), key.end(), key.begin(),
                 [](unsigned char c) { return char(std::toupper(c)); });
  for (const Key &known : keys)
    if (key == known.name) {
      if (known.set(*this, value))
        return true;
      error = std::string(prefix) + key + "=" + value + ": expected " + known.expected;
      return false;
    }
  error = std::string(prefix) + key + ": there is no such variable";
  return false;
}

void Configuration::readEnvironment() {
  std::string error;
  // ARCH first: it sets what MEMORY and SMS change.
  for (const Key &known : keys)
    if (const char *value = std::getenv((std::string(prefix) + known.name).c_str()))
      if (!set(known.name, value, error))
        std::fprintf(stderr, "azulejo-cudasim: %s\n", error.c_str());
}

} // namespace azulejo::cudasim::driver
