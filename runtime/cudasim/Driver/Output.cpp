//===- Output.cpp - Reports and counters, and azl_cudasim_… ---------------===//
#include "include/azulejo/cudasim.h"
#include "runtime/cudasim/Check/Report.h"
#include "runtime/cudasim/Driver/Driver.h"
#include <algorithm>
#include <cstdio>
#include <cstring>

namespace azulejo::cudasim::driver {

/// Appends; "" and "-" are the standard error. A file that cannot be written is no reason to stop.
static void append(const std::string &path, const std::string &text) {
  if (text.empty())
    return;
  FILE *file = path.empty() || path == "-" ? stderr : std::fopen(path.c_str(), "a");
  if (!file)
    file = stderr;
  std::fwrite(text.data(), 1, text.size(), file);
  if (file == stderr)
    std::fflush(file);
  else
    std::fclose(file);
}

/// "azulejo-cudasim: " before every line that begins something.
static std::string mark(const std::string &text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    if (text[at] != ' ')
      out += "azulejo-cudasim: ";
    out += text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out;
}

void Driver::say(const std::string &text, const std::string &json) {
  append(configuration.reportPath, mark(text));
  if (!configuration.jsonPath.empty())
    append(configuration.jsonPath, json);
}

void Driver::keepCounters(const std::string &kernel, const LaunchConfig &config,
                          const Counters &counters, const std::string &occupancy,
                          double nanoseconds) {
  auto dimensions = [](const Dim3 &d) {
    return "[" + std::to_string(d.x) + ", " + std::to_string(d.y) + ", " + std::to_string(d.z) +
           "]";
  };
  lastCounters = "{\"kernel\": " + quoteJson(kernel) + ", \"grid\": " + dimensions(config.grid) +
                 ", \"block\": " + dimensions(config.block) +
                 ", \"cluster\": " + dimensions(config.cluster) +
                 ", \"dynamic_shared_bytes\": " + std::to_string(config.dynamicSharedBytes) +
                 ", \"occupancy\": " + occupancy +
                 ", \"estimated_nanoseconds\": " + std::to_string(uint64_t(nanoseconds)) +
                 ", \"counters\": " + counters.json() + "}";
  lastTable = kernel + " " + dimensions(config.grid) + " x " + dimensions(config.block) +
              ", occupancy " + occupancy + "\n" + counters.table();
  if (configuration.countersPath.empty())
    return;
  if (configuration.countersPath == "-")
    append("-", "azulejo-cudasim: " + lastTable);
  else
    append(configuration.countersPath, lastCounters + "\n");
}

} // namespace azulejo::cudasim::driver

using namespace azulejo::cudasim::driver;

namespace {

thread_local std::string lastError;

size_t give(std::string Driver::*text, char *buffer, size_t size) {
  size_t length = 0;
  guarded([&](Driver &driver) {
    const std::string &content = driver.*text;
    length = content.size();
    if (!buffer || size == 0)
      return;
    size_t fits = std::min(length, size - 1);
    std::memcpy(buffer, content.data(), fits);
    buffer[fits] = 0;
  });
  return length;
}

} // namespace

extern "C" {

int azl_cudasim_configure(const char *key, const char *value) {
  CUresult result = guarded([&](Driver &driver) {
    require(key != nullptr && value != nullptr);
    Configuration changed = driver.configuration;
    bool done = changed.set(key, value, lastError);
    require(done);
    const auto &before = driver.architecture(), &after = changed.architecture;
    if (driver.initialized &&
        (before.name != after.name || before.memoryBytes != after.memoryBytes ||
         before.multiprocessors != after.multiprocessors)) {
      lastError = std::string(key) + ": the device is in use";
      fail(CUDA_ERROR_NOT_PERMITTED);
    }
    driver.configuration = changed;
  });
  return result == CUDA_SUCCESS ? 0 : 1;
}

const char *azl_cudasim_error(void) { return lastError.c_str(); }

size_t azl_cudasim_reports(char *buffer, size_t size) {
  return give(&Driver::lastReports, buffer, size);
}

size_t azl_cudasim_counters(char *buffer, size_t size) {
  return give(&Driver::lastCounters, buffer, size);
}

size_t azl_cudasim_counters_table(char *buffer, size_t size) {
  return give(&Driver::lastTable, buffer, size);
}
}
