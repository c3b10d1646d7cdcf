//===- main.cpp - azulejo-ptx: runs kernels of a PTX file on the simulated GPU
//-----------------===//
#include "tools/azulejo-ptx/Argument.h"
#include "tools/azulejo-ptx/Device.h"
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

namespace azulejo::ptxtool {
namespace {

/// What one --launch says, or the options of the command line where there is none.
struct LaunchRequest {
  std::string kernel, grid = "1", block = "1", cluster = "1";
  uint32_t shared = 0;
  bool cooperative = false;
  std::vector<std::string> arguments;

  void addTo(CLI::App &app) {
    app.add_option("--kernel", kernel, "The kernel; may be left out where the file has one");
    app.add_option("--grid", grid, "Blocks of the grid, as X[,Y[,Z]]");
    app.add_option("--block", block, "Threads of a block, as X[,Y[,Z]]");
    app.add_option("--cluster", cluster, "Blocks of a cluster, as X[,Y[,Z]]");
    app.add_option("--shared", shared, "Bytes of dynamic shared memory");
    app.add_flag("--cooperative", cooperative, "All blocks run at the same time");
    app.add_option("--arg", arguments, "The next argument; see below")
        ->allow_extra_args(false)
        ->take_all();
  }
};

std::array<uint32_t, 3> parseDimensions(const std::string &text) {
  std::array<uint32_t, 3> result{1, 1, 1};
  std::stringstream stream(text);
  std::string part;
  for (size_t i = 0; std::getline(stream, part, ','); ++i) {
    uint64_t value = parseCount(part, "a dimension");
    if (i == 3 || value > UINT32_MAX)
      throw UsageError("expected X, X,Y or X,Y,Z, not `" + text + "`");
    result[i] = uint32_t(value);
  }
  return result;
}

/// The options behind `// azulejo-ptx:` in the file, one launch a line.
std::vector<std::string> findDirectives(const std::string &ptx) {
  static const std::string mark = "// azulejo-ptx:";
  std::vector<std::string> result;
  std::stringstream stream(ptx);
  for (std::string line; std::getline(stream, line);)
    if (size_t at = line.find(mark); at != std::string::npos)
      result.push_back(line.substr(at + mark.size()));
  return result;
}

LaunchRequest parseLaunch(const std::string &text) {
  LaunchRequest request;
  CLI::App app("", "--launch");
  request.addTo(app);
  try {
    app.parse(text);
  } catch (const CLI::ParseError &error) {
    throw UsageError("in `" + text + "`: " + error.what());
  }
  return request;
}

class Session {
public:
  Session(Device &device, unsigned columns) : device(device), columns(columns) {}

  void define(const std::string &text) {
    size_t colon = text.find(':');
    if (colon == std::string::npos)
      throw UsageError("expected NAME:TYPE*COUNT=FILL, not `" + text + "`");
    Buffer buffer = parseBuffer(text.substr(0, colon), text.substr(colon + 1));
    allocate(buffer);
    if (!named.emplace(buffer.name, buffer).second)
      throw UsageError("two buffers are called `" + buffer.name + "`");
    order.push_back(buffer.name);
  }

  void defineMap(const std::string &text) {
    TensorMapRequest request = parseTensorMap(text);
    auto found = named.find(request.buffer);
    if (found == named.end())
      throw UsageError("there is no --buffer called `" + request.buffer + "`");
    request.address = found->second.address;
    if (request.type.empty())
      request.type = found->second.type.name;
    maps[request.name] = device.encode(request);
  }

  void run(const LaunchRequest &request) {
    std::string kernel = request.kernel;
    if (kernel.empty()) {
      std::vector<std::string> all = device.kernels();
      if (all.size() != 1)
        throw UsageError("the file has " + std::to_string(all.size()) +
                         " kernels: choose one by --kernel");
      kernel = all[0];
    }
    LaunchShape shape;
    shape.grid = parseDimensions(request.grid);
    shape.block = parseDimensions(request.block);
    shape.cluster = parseDimensions(request.cluster);
    shape.shared = request.shared;
    shape.cooperative = request.cooperative;
    std::vector<std::vector<uint8_t>> values;
    std::vector<Buffer> buffers;
    for (const std::string &text : request.arguments) {
      Argument argument = parseArgument(text);
      if (argument.buffer) {
        Buffer &buffer = *argument.buffer;
        buffer.name = "arg" + std::to_string(values.size());
        allocate(buffer);
        values.push_back(bytesOf(buffer.address));
        buffers.push_back(std::move(buffer));
      } else if (!argument.reference.empty()) {
        auto found = named.find(argument.reference);
        if (auto map = maps.find(argument.reference); map != maps.end()) {
          values.push_back(map->second);
          continue;
        }
        if (found == named.end())
          throw UsageError("there is no --buffer called `" + argument.reference + "`");
        values.push_back(bytesOf(found->second.address + argument.offset));
      } else {
        values.push_back(argument.bytes);
      }
    }
    device.launch(kernel, shape, values);
    for (const Buffer &buffer : buffers)
      show(buffer);
  }

  void showNamed() {
    for (const std::string &name : order)
      show(named.at(name));
  }

private:
  static std::vector<uint8_t> bytesOf(uint64_t value) {
    const uint8_t *begin = reinterpret_cast<const uint8_t *>(&value);
    return std::vector<uint8_t>(begin, begin + sizeof value);
  }
  void allocate(Buffer &buffer) {
    buffer.address = device.allocate(buffer.count * buffer.type.bytes, buffer.name);
    device.write(buffer.address, buffer.contents);
  }
  void show(const Buffer &buffer) {
    if (buffer.out && buffer.count)
      std::cout << print(buffer, device.read(buffer.address, buffer.count * buffer.type.bytes),
                         columns);
  }

  Device &device;
  const unsigned columns;
  std::map<std::string, Buffer> named;
  std::map<std::string, std::vector<uint8_t>> maps;
  std::vector<std::string> order;
};

const char *footer = R"(Arguments, one --arg each in the kernel's order:
  u32:5  f32:-1.5  b64:0xff      a scalar of that type
  bytes:00ff17                   bytes, for a struct
  f32*16=iota:out                the address of a new buffer: TYPE*COUNT=FILL, printed
                                 after the launch where it says :out, as bits with :hex
  @NAME  @NAME+8                 the address of a --buffer, plus so many bytes; or a --tensor-map
Types: b8 … b64, u8 … u64, s8 … s64, f16, bf16, f32, f64, e4m3, e5m2.
Fills: zeros, ones, iota, iota(start,step), random[:seed=N], none, or values 1,2,0x3 that repeat.

A line `// azulejo-ptx: --kernel=add --block=32 …` in the file is a launch too, where the
command line has none. A launch that fails prints its reports and the CUresult on stderr,
and the exit status is 1.

Example: azulejo-ptx add.ptx --kernel=add --block=32 --arg=f32*32=iota --arg=f32*32=zeros:out)";

int run(int argc, char **argv) {
  CLI::App app("Runs kernels of a PTX file on the simulated GPU.", "azulejo-ptx");
  app.footer(footer);
  std::string path;
  DeviceOptions options;
  LaunchRequest request;
  std::vector<std::string> launches, buffers, tensorMaps;
  unsigned columns = 16;
  bool parseOnly = false;
  std::string checks = "on", reports = "text", counters;
  app.add_option("file", path, "PTX text; - reads the standard input")->required();
  request.addTo(app);
  app.add_option("--launch", launches,
                 "The options above for one launch, in one string; may be repeated")
      ->allow_extra_args(false)
      ->take_all();
  app.add_option("--buffer", buffers, "NAME:TYPE*COUNT=FILL[:out]: memory that launches share")
      ->allow_extra_args(false)
      ->take_all();
  app.add_option("--tensor-map", tensorMaps,
                 "NAME:BUFFER,dims=64x32,box=64x8[,strides=…][,steps=…][,type=…][,swizzle=128B]"
                 "[,interleave=16B][,fill=nan], or …,im2col,lower=…,upper=…,channels=…,pixels=…")
      ->allow_extra_args(false)
      ->take_all();
  app.add_option("--driver", options.driver, "The driver to open (default: the simulated one)");
  app.add_flag("--load-only", parseOnly, "Load the module, and list its kernels");
  app.add_option("--arch", options.architecture, "The GPU: sm_80, sm_86, sm_89, sm_90a");
  app.add_option("--checks", checks, "on, or off: run without checkers")
      ->check(CLI::IsMember({"on", "off"}));
  app.add_flag("--check-global-init", options.checkGlobalInitialization,
               "Report reads of global memory that nobody wrote");
  app.add_flag("--all", options.all, "Go on after the first fault, and report all");
  app.add_option("--reports", reports, "How faults are told: text or json")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--counters{table}", counters,
               "Print what each launch did, as a table; --counters=json: as JSON")
      ->check(CLI::IsMember({"table", "json"}));
  app.add_option("--async", options.async, "When asynchronous copies move data")
      ->check(CLI::IsMember({"late", "early", "random"}));
  app.add_option("--seed", options.seed, "Of --async=random, and of the order of warps");
  app.add_option("--threads", options.threads, "Host threads (default: all)");
  app.add_option("--stack", options.stack, "Bytes of stack per thread");
  app.add_option("--max-instructions", options.maxInstructions,
                 "Warp instructions after which a launch is ended");
  app.add_option("--columns", columns, "Elements a line when buffers are printed")
      ->check(CLI::Range(1, 65536));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) ? 1 : 0;
  }
  options.checks = checks == "on";
  options.jsonReports = reports == "json";
  options.counters = !counters.empty();
  options.jsonCounters = counters == "json";

  std::stringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file)
      throw UsageError("cannot read " + path);
    text << file.rdbuf();
  }

  Device device(options);
  device.load(text.str());
  if (parseOnly) {
    for (const std::string &kernel : device.kernels())
      std::cout << kernel << "\n";
    return 0;
  }
  Session session(device, columns);
  for (const std::string &each : buffers)
    session.define(each);
  for (const std::string &each : tensorMaps)
    session.defineMap(each);
  std::vector<LaunchRequest> requests;
  bool plain = request.kernel.empty() && request.arguments.empty() && launches.empty();
  std::vector<std::string> directives = plain ? findDirectives(text.str()) : launches;
  requests.reserve(directives.size() + 1);
  for (const std::string &each : directives)
    requests.push_back(parseLaunch(each));
  if (directives.empty())
    requests.push_back(request);
  for (const LaunchRequest &each : requests)
    session.run(each);
  session.showNamed();
  return 0;
}

} // namespace
} // namespace azulejo::ptxtool

int main(int argc, char **argv) {
  try {
    return azulejo::ptxtool::run(argc, argv);
  } catch (const azulejo::ptxtool::UsageError &error) {
    std::cout.flush();
    std::cerr << "azulejo-ptx: " << error.what() << "\n";
  } catch (const azulejo::ptxtool::DeviceError &error) {
    std::cout.flush();
    std::cerr << error.result << ": " << error.what() << "\n";
  }
  return 1;
}
