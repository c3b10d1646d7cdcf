//===- main.cpp - azulejo-conformance: runs the ONNX backend suite ----------------------------===//
#include "lib/Pipelines/Register.h"
#include "mlir/IR/DialectRegistry.h"
#include "tools/azulejo-conformance/ForkPool.h"
#include "tools/azulejo-conformance/RunCase.h"
#include "tools/azulejo-conformance/Scoreboard.h"
#include "tools/azulejo-conformance/Suite.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/WithColor.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <random>
#include <thread>
#include <unistd.h>

using namespace azulejo;
using namespace azulejo::conformance;
namespace cl = llvm::cl;

static cl::OptionCategory category("conformance options");
static cl::opt<std::string> casesFolder("cases",
                                        cl::desc("The folder of test/conformance/write_cases.py"),
                                        cl::Required, cl::cat(category));
static cl::opt<std::string> randomCases("random-cases",
                                        cl::desc("The list of cases whose outputs are random"),
                                        cl::Required, cl::cat(category));
static cl::opt<std::string> outFolder("out", cl::desc("Where the scoreboard goes"), cl::Required,
                                      cl::cat(category));
static cl::opt<std::string> device("device", cl::desc("Compile for and run on this device"),
                                   cl::init("cpu"), cl::cat(category));
static cl::opt<std::string>
    filter("filter", cl::desc("Only cases whose name or operator matches this regular expression"),
           cl::init("."), cl::cat(category));
static cl::opt<bool> throughCommand("command-line",
                                    cl::desc("Run the cases by `azulejo verify`, one program each"),
                                    cl::cat(category));
static cl::opt<Form>
    form("form", cl::desc("What of its inputs a model knows when it is compiled"),
         cl::values(clEnumValN(Form::Static, "static", "their types, as the suite has it"),
                    clEnumValN(Form::Dynamic, "dynamic", "of their types no dimension"),
                    clEnumValN(Form::Folded, "folded", "their values, which are initializers")),
         cl::init(Form::Static), cl::cat(category));
static cl::opt<unsigned> sampleSize("sample", cl::desc("Only this many cases, drawn by --seed"),
                                    cl::cat(category));
static cl::opt<unsigned> seed("seed", cl::desc("What is drawn"), cl::init(20260301),
                              cl::cat(category));
static cl::opt<bool> verbose("verbose", cl::desc("A line for each case that does not pass"),
                             cl::cat(category));
static cl::opt<unsigned> jobs("jobs", cl::desc("Cases at once"),
                              cl::init(std::max(1u, std::thread::hardware_concurrency())),
                              cl::cat(category));
static cl::opt<double> timeout("timeout", cl::desc("Seconds a case may take"), cl::init(120),
                               cl::cat(category));

namespace {

/// Keeps `size` cases, for one seed the same ones on every machine, in the order they had.
void keepSample(std::vector<Case> &cases, size_t size) {
  if (cases.size() <= size)
    return;
  // std::shuffle and the distributions differ between standard libraries; the generator does not.
  std::mt19937 generator(seed);
  std::vector<std::pair<uint32_t, size_t>> order;
  for (size_t i = 0; i < cases.size(); ++i)
    order.emplace_back(generator(), i);
  llvm::sort(order);
  order.resize(size);
  llvm::sort(order, llvm::less_second());
  std::vector<Case> sample;
  for (auto [draw, index] : order)
    sample.push_back(std::move(cases[index]));
  cases = std::move(sample);
}

/// A line that is kept up to date on a terminal and absent from a log.
class Progress {
public:
  explicit Progress(size_t all) : all(all), shown(isatty(STDOUT_FILENO)) {}
  void add(const Score &score) {
    ++seen;
    passed += score.outcome.status == Outcome::Status::Pass;
    if (verbose && score.outcome.status != Outcome::Status::Pass) {
      clear();
      llvm::outs() << statusName(score.outcome.status) << "  " << score.test->name << ": "
                   << score.outcome.message << '\n';
    }
    if (shown)
      llvm::outs() << llvm::formatv("\r\x1b[K{0} of {1} run, {2} passed  {3}", seen, all, passed,
                                    score.test->name);
    llvm::outs().flush();
  }
  void clear() {
    if (shown)
      llvm::outs() << "\r\x1b[K";
  }
  size_t passed = 0;

private:
  size_t all, seen = 0;
  bool shown;
};

} // namespace

int main(int argc, char **argv) {
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Runs the ONNX backend suite, a process per case\n");
  llvm::ExitOnError exitOnError("azulejo-conformance: ");

  std::vector<Case> cases = exitOnError(readSuite(casesFolder, randomCases));
  llvm::Regex pattern(filter);
  std::string problem;
  if (!pattern.isValid(problem)) {
    llvm::WithColor::error() << "--filter: " << problem << '\n';
    return 2;
  }
  llvm::erase_if(cases, [&](const Case &test) {
    return !pattern.match(test.name) && !pattern.match(test.op);
  });
  if (sampleSize)
    keepSample(cases, sampleSize);

  std::string work = outFolder + "/work";
  exitOnError(llvm::errorCodeToError(llvm::sys::fs::create_directories(work)));
  // What `azulejo verify` compiled in an earlier run, perhaps by an earlier compiler, does not
  // count.
  setenv("AZULEJO_CACHE", work.c_str(), /*overwrite=*/1);
  std::string bin = llvm::sys::path::parent_path(
                        llvm::sys::fs::getMainExecutable(argv[0], reinterpret_cast<void *>(&main)))
                        .str();

  // Made once, before the first fork: every child then has it for nothing.
  mlir::DialectRegistry dialects;
  registerAllDialects(dialects);

  // Copies: the linker inside the compiler gives every option its default again.
  std::string deviceName = device;
  Form caseForm = form;
  std::vector<Score> scores(cases.size());
  Progress progress(cases.size());
  Limits limits;
  limits.jobs = std::max(1u, jobs.getValue());
  limits.seconds = timeout;
  runForked(
      cases.size(), limits,
      [&](size_t index) -> llvm::Error {
        if (throughCommand)
          return runCaseByCommand(cases[index], deviceName, bin);
        return runCase(cases[index], caseForm, dialects, deviceName, work);
      },
      [&](size_t index, const Outcome &outcome) {
        scores[index] = {&cases[index], outcome};
        progress.add(scores[index]);
      });
  progress.clear();
  llvm::sys::fs::remove_directories(work);
  exitOnError(writeScoreboard(outFolder, deviceName, scores));

  llvm::outs() << "scoreboard: " << outFolder << "/scoreboard.md\n"
               << llvm::formatv("conformance{0}: {1} of {2}\n",
                                throughCommand              ? " through the command line"
                                : caseForm == Form::Dynamic ? " without dimensions"
                                : caseForm == Form::Folded  ? " folded"
                                                            : "",
                                progress.passed, cases.size());
  return 0;
}
