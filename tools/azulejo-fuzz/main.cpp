//===- main.cpp - azulejo-fuzz: imports models that somebody has broken -----------------------===//
//
// A model is not trusted: whatever is wrong with it must become an error, in bounded time and
// memory. Mutants of good models are imported, in children of this process; a child that crashes,
// hangs or needs too much, an import that fails without an error, and a module that does not verify
// are findings, which are kept as files.
//
//===------------------------------------------------------------------------------------------===//
#include "azulejo/compiler.h"
#include "lib/Import/Import.h"
#include "lib/Pipelines/Graph.h"
#include "lib/Pipelines/Register.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "tools/azulejo-conformance/ForkPool.h"
#include "tools/azulejo-fuzz/Mutate.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <chrono>
#include <thread>

using namespace azulejo;
using namespace azulejo::fuzz;
namespace cl = llvm::cl;
namespace fs = llvm::sys::fs;

static cl::OptionCategory category("fuzzing options");
static cl::list<std::string> corpus(cl::Positional, cl::desc("FOLDER..."), cl::OneOrMore,
                                    cl::cat(category));
static cl::opt<std::string> findings("findings", cl::desc("Where mutants that show a fault go"),
                                     cl::Required, cl::cat(category));
static cl::opt<double> seconds("seconds", cl::desc("How long to go on"), cl::init(20),
                               cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("Which mutants are made"), cl::init(1),
                              cl::cat(category));
static cl::opt<bool> withGraph("graph", cl::desc("Run the Graph stage on what imports"),
                               cl::cat(category));
static cl::opt<bool> replay("replay", cl::desc("Import the files as they are, once each"),
                            cl::cat(category));
static cl::opt<unsigned> jobs("jobs", cl::desc("Children at once"),
                              cl::init(std::max(1u, std::thread::hardware_concurrency())),
                              cl::cat(category));

namespace {

struct Model {
  std::string path, bytes;
};

/// Small models only: a mutant of a large one takes long and is broken in the same ways.
std::vector<Model> readModels() {
  constexpr uint64_t largest = 64 << 10;
  std::vector<Model> models;
  auto add = [&](const std::string &path) {
    llvm::StringRef extension = llvm::sys::path::extension(path);
    uint64_t size;
    if ((extension != ".onnx" && extension != ".onnxtxt") || fs::file_size(path, size) ||
        size > largest)
      return;
    if (auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                                  /*RequiresNullTerminator=*/false))
      models.push_back({path, (*buffer)->getBuffer().str()});
  };
  for (const std::string &path : corpus) {
    add(path);
    std::error_code error;
    for (fs::recursive_directory_iterator it(path, error), end; it != end && !error;
         it.increment(error))
      add(it->path());
  }
  // The order of a folder's entries differs between machines.
  llvm::sort(models, [](const Model &a, const Model &b) { return a.path < b.path; });
  return models;
}

/// What is wrong with how this model was treated; empty where nothing is.
std::string examine(llvm::StringRef bytes, mlir::MLIRContext &context) {
  bool complained = false;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    complained |= diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error;
    return mlir::success();
  });
  auto module = importFromMemory(bytes, "mutant", &context);
  if (failed(module))
    return complained ? "" : "import failed without an error";
  if (failed(mlir::verify(**module)))
    return "the imported module does not verify";
  if (!withGraph)
    return "";
  mlir::PassManager passes(&context);
  buildGraphPipeline(passes, GraphOptions());
  complained = false;
  if (failed(passes.run(**module)) && !complained)
    return "the Graph stage failed without an error";
  return "";
}

/// Mutants `batch` to the first that shows a fault, which is then in the file.
llvm::Error runBatch(llvm::ArrayRef<Model> models, size_t batch, const std::string &path) {
  // A context holds every type and attribute that was ever made in it, so one serves for few.
  constexpr int mutants = 100;
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  Random random(seed * 1000003 + batch);
  for (int i = 0; i < mutants; ++i) {
    const Model &model = models[random() % models.size()];
    const Model &other = models[random() % models.size()];
    std::string bytes = replay ? models[batch].bytes : mutate(model.bytes, other.bytes, random);
    // On disk before it is looked at: who crashes cannot write any more.
    std::error_code error;
    llvm::raw_fd_ostream file(path, error);
    file << bytes;
    file.close();
    if (std::string fault = examine(bytes, context); !fault.empty())
      return llvm::createStringError(fault);
    if (replay)
      break;
  }
  return llvm::Error::success();
}

} // namespace

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Imports broken models and reports what crashes\n");
  std::vector<Model> models = readModels();
  if (models.empty()) {
    llvm::errs() << "azulejo-fuzz: error: no model in the folders\n";
    return 1;
  }
  if (std::error_code error = fs::create_directories(findings)) {
    llvm::errs() << "azulejo-fuzz: error: cannot make '" << findings << "': " << error.message()
                 << "\n";
    return 1;
  }
  conformance::Limits limits;
  limits.jobs = jobs;
  limits.seconds = 60;
  limits.memory = 8l << 30;
  auto start = std::chrono::steady_clock::now();
  auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  size_t batches = 0, faults = 0;
  size_t round = replay ? models.size() : 4 * jobs;
  do {
    auto pathOf = [&](size_t batch) {
      return (findings + "/" + llvm::Twine(seed) + "-" + llvm::Twine(batch) + ".onnx").str();
    };
    conformance::runForked(
        round, limits, [&](size_t i) { return runBatch(models, batches + i, pathOf(batches + i)); },
        [&](size_t i, const conformance::Outcome &outcome) {
          std::string path = pathOf(batches + i);
          if (outcome.status == conformance::Outcome::Status::Pass) {
            fs::remove(path);
            return;
          }
          ++faults;
          llvm::outs() << (replay ? models[i].path : path) << ": " << outcome.message << "\n";
          llvm::outs().flush();
        });
    batches += round;
  } while (!replay && elapsed() < seconds);
  llvm::outs() << llvm::formatv("fuzz: {0} faults in {1} models, seed {2}\n", faults,
                                replay ? batches : 100 * batches, uint64_t(seed));
  return faults ? 1 : 0;
}
