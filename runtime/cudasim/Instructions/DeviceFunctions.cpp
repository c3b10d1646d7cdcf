//===- DeviceFunctions.cpp - vprintf, __assertfail, malloc and free -------===//
#include "runtime/cudasim/Instructions/Call.h"
#include "runtime/cudasim/Machine/Block.h"
#include "runtime/cudasim/Memory/Memory.h"
#include <algorithm>
#include <cstring>

/// The functions that compilers declare `.extern` and the driver provides (CUDA C++ Programming
/// Guide, formatted output, assertions, dynamic allocation; PTX interoperability, section 4).
namespace azulejo::cudasim {
namespace {

/// Reads of memory on behalf of one thread of a call.
class Reader {
public:
  Reader(Warp &warp, const Instruction &instruction, unsigned lane)
      : warp(warp), instruction(instruction), lane(lane) {}

  uint64_t read(uint64_t address, uint32_t bytes) {
    uint64_t addresses[warpSize];
    std::fill_n(addresses, warpSize, address);
    Access reads(warp, instruction, Access::Read, Space::Generic);
    reads.lanes = LaneMask(1) << lane;
    reads.bytes = bytes;
    reads.addresses = addresses;
    access(reads);
    uint64_t value = 0;
    std::memcpy(&value, reads.hosts[lane], bytes);
    return value;
  }
  std::string text(uint64_t address) {
    std::string result;
    while (result.size() < 65536) {
      char c = char(read(address + result.size(), 1));
      if (!c)
        break;
      result += c;
    }
    return result;
  }

private:
  Warp &warp;
  const Instruction &instruction;
  const unsigned lane;
};

/// The arguments of a printf as nvcc and LLVM store them: each aligned to its size.
class Arguments {
public:
  Arguments(Reader &reader, uint64_t address) : reader(reader), address(address) {}
  uint64_t next(uint32_t bytes) {
    offset = (offset + bytes - 1) / bytes * bytes;
    uint64_t value = reader.read(address + offset, bytes);
    offset += bytes;
    ++count;
    return value;
  }
  int count = 0;

private:
  Reader &reader;
  const uint64_t address;
  uint64_t offset = 0;
};

template <class T> std::string formatted(const std::string &conversion, T value) {
  char small[512];
  int length = snprintf(small, sizeof small, conversion.c_str(), value);
  if (length < int(sizeof small))
    return std::string(small, size_t(std::max(length, 0)));
  std::string large(size_t(length) + 1, 0);
  snprintf(large.data(), large.size(), conversion.c_str(), value);
  large.pop_back();
  return large;
}

/// A number in a conversion: digits, or `*` for an argument; at most 4 digits count.
std::string number(const std::string &format, size_t &at, Arguments &arguments) {
  std::string result;
  if (at < format.size() && format[at] == '*') {
    ++at;
    int value = int(arguments.next(4));
    return std::to_string(std::clamp(value, -9999, 9999));
  }
  for (; at < format.size() && format[at] >= '0' && format[at] <= '9'; ++at)
    if (result.size() < 4)
      result += format[at];
  return result;
}

/// One conversion: format[at] is behind its `%`.
std::string convert(const std::string &format, size_t &at, Arguments &arguments, Reader &reader) {
  std::string conversion = "%";
  for (; at < format.size() && std::strchr("-+ #0", format[at]) && format[at]; ++at)
    if (conversion.size() < 8)
      conversion += format[at];
  conversion += number(format, at, arguments);
  if (at < format.size() && format[at] == '.') {
    conversion += format[at++];
    std::string precision = number(format, at, arguments);
    if (precision[0] == '-') // as if there were none
      conversion.pop_back();
    else
      conversion += precision;
  }
  bool wide = false;
  for (; at < format.size() && std::strchr("hljztL", format[at]) && format[at]; ++at)
    wide |= format[at] != 'h';
  char kind = at < format.size() ? format[at++] : '%';
  switch (kind) {
  case 'd':
  case 'i': {
    int64_t value = wide ? int64_t(arguments.next(8)) : int32_t(arguments.next(4));
    return formatted(conversion + "ll" + kind, static_cast<long long>(value));
  }
  case 'u':
  case 'o':
  case 'x':
  case 'X':
    return formatted(conversion + "ll" + kind,
                     static_cast<unsigned long long>(arguments.next(wide ? 8 : 4)));
  case 'c':
    return formatted(conversion + kind, int(uint8_t(arguments.next(4))));
  case 'p':
    return formatted(conversion + kind, reinterpret_cast<void *>(arguments.next(8)));
  case 's':
    return formatted(conversion + kind, reader.text(arguments.next(8)).c_str());
  case 'e':
  case 'E':
  case 'f':
  case 'F':
  case 'g':
  case 'G':
  case 'a':
  case 'A': {
    uint64_t bits = arguments.next(8);
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return formatted(conversion + kind, value);
  }
  case '%':
    return "%";
  default: // what printf does not know is printed as it stands
    return conversion + kind;
  }
}

/// int vprintf(const char *format, void *arguments): how many arguments there were.
void print(Warp &warp, const Instruction &instruction, LaneMask active) {
  const CallPlan &plan = instruction.as<CallPlan>();
  for (LaneMask each = active; each; each &= each - 1) {
    unsigned lane = unsigned(__builtin_ctz(each));
    Reader reader(warp, instruction, lane);
    uint64_t formatAddress = argument(warp, plan.arguments[0], lane);
    Arguments arguments(reader, argument(warp, plan.arguments[1], lane));
    int result = -1;
    if (formatAddress) {
      std::string format = reader.text(formatAddress), output;
      for (size_t at = 0; at < format.size();) {
        size_t percent = std::min(format.find('%', at), format.size());
        output.append(format, at, percent - at);
        at = percent;
        if (at < format.size())
          output += convert(format, ++at, arguments, reader);
      }
      if (warp.block.launch.print)
        warp.block.launch.print(output);
      result = arguments.count;
    }
    if (!plan.results.empty())
      setResult(warp, plan.results[0], lane, uint64_t(int64_t(result)));
  }
}

/// __assertfail(message, file, line, function, bytes of a character): ends the kernel.
void assertionFailed(Warp &warp, const Instruction &instruction, LaneMask active) {
  const CallPlan &plan = instruction.as<CallPlan>();
  unsigned lane = unsigned(__builtin_ctz(active));
  Reader reader(warp, instruction, lane);
  std::string message = reader.text(argument(warp, plan.arguments[0], lane));
  std::string file = reader.text(argument(warp, plan.arguments[1], lane));
  uint64_t line = argument(warp, plan.arguments[2], lane);
  std::string function = reader.text(argument(warp, plan.arguments[3], lane));
  throw Fault(FaultClass::Trap,
              "assertion `" + message + "` failed at " + file + ":" + std::to_string(line) +
                  " in " + function,
              int(lane));
}

/// void *malloc(size_t): null where the GPU's memory does not suffice.
void allocate(Warp &warp, const Instruction &instruction, LaneMask active) {
  const CallPlan &plan = instruction.as<CallPlan>();
  for (LaneMask each = active; each; each &= each - 1) {
    unsigned lane = unsigned(__builtin_ctz(each));
    uint64_t size = argument(warp, plan.arguments[0], lane);
    Allocation *allocation =
        size ? warp.block.launch.memory.allocate(size, deviceHeapOrigin) : nullptr;
    if (!plan.results.empty())
      setResult(warp, plan.results[0], lane, allocation ? allocation->begin : 0);
  }
}

/// void free(void *)
void release(Warp &warp, const Instruction &instruction, LaneMask active) {
  const CallPlan &plan = instruction.as<CallPlan>();
  for (LaneMask each = active; each; each &= each - 1) {
    unsigned lane = unsigned(__builtin_ctz(each));
    uint64_t address = argument(warp, plan.arguments[0], lane);
    if (address && !warp.block.launch.memory.free(address))
      throw Fault(FaultClass::UseAfterFree, "frees what malloc did not return, or frees it twice",
                  int(lane))
          .at(address);
  }
}

} // namespace

bool DeviceFunction::accepts(const ptx::Function &declaration) const {
  if (declaration.results.size() != results || declaration.parameters.size() != parameters.size())
    return false;
  for (size_t i = 0; i < parameters.size(); ++i)
    if (declaration.parameters[i].sizeInBytes() != parameters[i])
      return false;
  return true;
}

const DeviceFunction *findDeviceFunction(std::string_view name) {
  static const DeviceFunction functions[] = {
      {"vprintf", print, 1, {8, 8}},
      {"__assertfail", assertionFailed, 0, {8, 8, 4, 8, 8}},
      {"malloc", allocate, 1, {8}},
      {"free", release, 0, {8}},
  };
  for (const DeviceFunction &each : functions)
    if (each.name == name)
      return &each;
  return nullptr;
}

} // namespace azulejo::cudasim
