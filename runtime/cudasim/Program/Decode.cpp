//===- Decode.cpp - From a module's text to a program ---------------------===//
#include "runtime/cudasim/Program/ModifierOrder.h"
#include "runtime/cudasim/Program/Symbols.h"
#include "runtime/cudasim/Program/Watching.h"
#include <algorithm>

using namespace azulejo::cudasim;

/// Every family of instructions. One whose file is new adds its line here.
static DecodeTable makeTable() {
  DecodeTable table;
  registerIntegerArithmetic(table);
  registerExtendedPrecision(table);
  registerBits(table);
  registerFloatArithmetic(table);
  registerSpecialFunctions(table);
  registerHalfArithmetic(table);
  registerCompare(table);
  registerMove(table);
  registerVideo(table);
  registerLoadStore(table);
  registerAddressing(table);
  registerStackMemory(table);
  registerControl(table);
  registerCall(table);
  registerMatrixMove(table);
  registerMma(table);
  registerWgmma(table);
  registerWarp(table);
  registerPackedConvert(table);
  registerFence(table);
  registerConvert(table);
  registerIntegerConvert(table);
  registerClusterBarrier(table);
  registerBarrier(table);
  registerWmma(table);
  registerAtomic(table);
  registerMbarrier(table);
  registerAsyncCopy(table);
  registerBulkCopy(table);
  registerAsyncStore(table);
  registerTensorCopy(table);
  registerTensorMap(table);
  return table;
}

/// What the module was written for: its instructions must be of that. PTX for an older architecture
/// runs on a newer one, but for that of a family ("sm_90a").
static Architecture targetOf(const ptx::Module &module, const Architecture &architecture) {
  std::string_view digits = module.target.substr(module.target.find('_') + 1);
  char family = digits.empty() ? 0 : digits.back();
  if (family == 'a' || family == 'f')
    digits.remove_suffix(1);
  else
    family = 0;
  unsigned sm = 0;
  for (char c : digits) {
    if (c < '0' || c > '9' || sm > 999)
      throw ptx::LoadError(1, "unknown .target " + std::string(module.target));
    sm = sm * 10 + unsigned(c - '0');
  }
  bool fits =
      family ? sm == architecture.sm() && architecture.hasFamilyFeatures : sm <= architecture.sm();
  if (!fits)
    throw ptx::LoadError(1, "the module is for " + std::string(module.target) + ", and " +
                                architecture.name + " is simulated");
  Architecture target = architecture;
  target.name = std::string(module.target);
  target.major = sm / 10;
  target.minor = sm % 10;
  target.hasFamilyFeatures = family != 0;
  return target;
}

static ProgramNames nameFunctions(Program &program) {
  ProgramNames names;
  const ptx::Module &module = *program.module;
  for (const ptx::Function &source : module.functions) {
    if (!source.hasBody)
      continue;
    names.functions.emplace(source.name, uint32_t(program.functions.size()));
    Function function;
    function.source = &source;
    function.name = std::string(source.name);
    function.isKernel = source.isKernel;
    program.functions.push_back(std::move(function));
  }
  for (const ptx::Module::Alias &alias : module.aliases) {
    auto found = names.functions.find(alias.target);
    if (found == names.functions.end())
      throw ptx::LoadError(1, "the alias `" + std::string(alias.name) +
                                  "` stands for the unknown function `" +
                                  std::string(alias.target) + "`");
    names.functions.emplace(alias.name, found->second);
  }
  return names;
}

static void decodeInto(Program &program, const Architecture &architecture,
                       const PlaceGlobal &placeGlobal) {
  const Architecture target = targetOf(*program.module, architecture);
  for (ptx::Function &function : program.module->functions)
    for (ptx::Statement &statement : function.statements)
      orderModifiers(statement);
  ProgramNames names = nameFunctions(program);
  CallGraph graph(program, names);
  SymbolPlacer placer(program, names, architecture);
  placer.placeFunctionSymbols();
  placer.placeModuleVariables(placeGlobal);
  placer.placeShared(graph);
  placer.makeInitialValues();

  static const DecodeTable table = makeTable();
  ConstantPool pool;
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    FunctionDecoder(target, *program.functions[i].source, i, program, names, pool).run(table);
    program.maxFrameBytes = std::max(program.maxFrameBytes, program.functions[i].frameBytes);
    program.maxRegisters = std::max(program.maxRegisters, program.functions[i].registers);
  }
  pool.finish(program);
  watchRegisters(program);
  guardWgmmaRegisters(program);
  for (const Instruction &instruction : program.code)
    program.usesAsyncProxy |=
        instruction.statement->opcode == "wgmma" || instruction.statement->has("bulk");

  for (auto &[name, kernel] : program.kernels)
    for (uint32_t each : graph.reachable(kernel.function))
      kernel.communicates |= graph.nodes[each].communicates;
}

std::unique_ptr<Program> azulejo::cudasim::decode(std::unique_ptr<ptx::Module> module,
                                                  const Architecture &architecture,
                                                  const PlaceGlobal &placeGlobal) {
  auto program = std::make_unique<Program>();
  program->module = std::move(module);
  try {
    decodeInto(*program, architecture, placeGlobal);
  } catch (ptx::LoadError &error) {
    ptx::fail(*program->module, error.line, error.what());
  }
  return program;
}
