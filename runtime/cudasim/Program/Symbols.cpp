//===- Symbols.cpp - Where variables and parameters lie -------------------===//
#include "runtime/cudasim/Program/Symbols.h"
#include <algorithm>
#include <cstring>
#include <numeric>

using namespace azulejo::cudasim;
using ptx::StateSpace;

/// The hardware's bounds.
static constexpr uint64_t constantBankBytes = 64 * 1024, localBytesPerThread = 512 * 1024,
                          parameterBytes = 32764, parameterBytesOfOldIsa = 4352;
/// Of shared memory, for the system's software (cooperative groups).
static constexpr uint32_t reservedBytes = 1024;

static uint64_t align(uint64_t value, uint64_t alignment) {
  alignment = std::max<uint64_t>(alignment, 1);
  return (value + alignment - 1) / alignment * alignment;
}

static Symbol placeAt(uint64_t &end, const ptx::Variable &variable, StateSpace space) {
  Symbol symbol{space};
  symbol.size = variable.sizeInBytes();
  symbol.address = align(end, variable.alignment);
  end = symbol.address + symbol.size;
  return symbol;
}

Formals azulejo::cudasim::placeFormals(const std::vector<ptx::Variable> &results,
                                       const std::vector<ptx::Variable> &parameters) {
  Formals formals;
  uint64_t end = 0;
  for (auto &[from, to] : {std::make_pair(&results, &formals.results),
                           std::make_pair(&parameters, &formals.parameters)})
    for (const ptx::Variable &variable : *from) {
      Symbol symbol = placeAt(end, variable, StateSpace::Param);
      symbol.frameRelative = true;
      if (variable.type == ptx::Type::Pred) // as a byte
        symbol.size = 1;
      to->push_back(symbol);
    }
  formals.bytes = uint32_t(align(end, 16));
  return formals;
}

void SymbolPlacer::placeFunctionSymbols() {
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    if (program.functions[i].isKernel)
      placeKernel(i);
    placeFrame(i);
  }
}

void SymbolPlacer::placeKernel(uint32_t index) {
  Function &function = program.functions[index];
  const ptx::Function &source = *function.source;
  Kernel kernel;
  kernel.function = index;
  kernel.limits = source.limits;
  uint64_t end = 0;
  for (const ptx::Variable &variable : source.parameters) {
    Symbol symbol = placeAt(end, variable, StateSpace::Param);
    function.parameters.push_back(symbol);
    function.symbols.emplace(variable.name, symbol);
    kernel.parameters.push_back({uint32_t(symbol.address), uint32_t(symbol.size)});
  }
  bool large = program.module->isaMajor > 8 ||
               (program.module->isaMajor == 8 && program.module->isaMinor >= 1);
  uint64_t most = large ? parameterBytes : parameterBytesOfOldIsa;
  if (end > most)
    fail(source.line, "the parameters of `" + function.name + "` need " + std::to_string(end) +
                          " bytes, more than " + std::to_string(most));
  kernel.parameterBytes = uint32_t(end);
  program.kernels.emplace(function.name, kernel);
}

void SymbolPlacer::placeFrame(uint32_t index) {
  Function &function = program.functions[index];
  const ptx::Function &source = *function.source;
  uint64_t end = 0;
  if (!function.isKernel) {
    Formals formals = placeFormals(source.results, source.parameters);
    end = formals.bytes;
    function.results = formals.results;
    function.parameters = formals.parameters;
    for (size_t i = 0; i < source.results.size(); ++i)
      if (source.results[i].space == StateSpace::Param)
        function.symbols.emplace(source.results[i].name, formals.results[i]);
    for (size_t i = 0; i < source.parameters.size(); ++i)
      if (source.parameters[i].space == StateSpace::Param)
        function.symbols.emplace(source.parameters[i].name, formals.parameters[i]);
  }
  for (const ptx::Variable &variable : source.variables) {
    if (variable.space != StateSpace::Local && variable.space != StateSpace::Param)
      continue;
    Symbol symbol = placeAt(end, variable, variable.space);
    symbol.frameRelative = true;
    if (end > localBytesPerThread)
      fail(variable.line, "the local memory of `" + function.name + "` exceeds 512 KiB a thread");
    function.symbols.emplace(variable.name, symbol);
  }
  function.localBytes = uint32_t(align(end, 16));
  program.maxLocalBytes = std::max(program.maxLocalBytes, function.localBytes);
  if (function.isKernel)
    program.kernels.find(function.name)->second.localBytes = function.localBytes;
}

void SymbolPlacer::placeModuleVariables(const PlaceGlobal &placeGlobal) {
  uint64_t bank = 0;
  for (const ptx::Variable &variable : program.module->variables) {
    if (variable.isExternal || variable.space == StateSpace::Shared)
      continue; // whoever needs an .extern variable learns that its name is unknown
    Symbol symbol{variable.space};
    symbol.size = variable.sizeInBytes();
    if (variable.space == StateSpace::Const) {
      symbol = placeAt(bank, variable, StateSpace::Const);
      if (bank > constantBankBytes)
        fail(variable.line, "the .const variables need more than 64 KiB");
    } else {
      symbol.address =
          placeGlobal(variable, std::max<uint64_t>(symbol.size, 1), variable.alignment);
    }
    program.globals.emplace(std::string(variable.name), symbol);
  }
  program.constantBank.resize(bank);
}

/// Shared memory is laid out per kernel: a variable lies behind all those that some kernel reaches
/// together with it. Dynamic shared memory begins behind the static one; where kernels reach a
/// common function that mentions it, it begins at the same place in all of them.
void SymbolPlacer::placeShared(const CallGraph &graph) {
  struct Shared {
    const ptx::Variable *variable;
    std::vector<uint32_t> functions; // that know it
  };
  std::vector<Shared> all;
  std::unordered_map<uint32_t, size_t> ofModule;
  const std::vector<ptx::Variable> &variables = program.module->variables;
  for (uint32_t i = 0; i < variables.size(); ++i)
    if (variables[i].space == StateSpace::Shared) {
      ofModule.emplace(i, all.size());
      all.push_back({&variables[i], {}});
    }
  for (uint32_t i = 0; i < program.functions.size(); ++i) {
    for (uint32_t each : graph.nodes[i].shared)
      all[ofModule[each]].functions.push_back(i);
    for (const ptx::Variable &variable : program.functions[i].source->variables)
      if (variable.space == StateSpace::Shared)
        all.push_back({&variable, {i}});
  }
  const bool reserves = program.module->text.find("%reserved_smem_offset_") != std::string::npos;
  if (all.empty() && !reserves)
    return;

  std::vector<Kernel *> kernels;
  kernels.reserve(program.kernels.size());
  for (auto &[name, kernel] : program.kernels)
    kernels.push_back(&kernel);
  std::vector<std::vector<uint32_t>> kernelsOf(program.functions.size());
  for (uint32_t k = 0; k < kernels.size(); ++k)
    for (uint32_t function : graph.reachable(kernels[k]->function))
      kernelsOf[function].push_back(k);

  auto isOpen = [](const ptx::Variable &variable) {
    return variable.isExternal && variable.sizeInBytes() == 0;
  };
  // As ptxas has it: 48 KiB, and from sm_90 on all that a block can have.
  const uint64_t most =
      architecture.sm() >= 90 ? architecture.sharedPerBlockOptin : architecture.sharedPerBlock;
  std::vector<uint64_t> end(kernels.size(), 0);
  auto define = [&](const Shared &shared, uint32_t function, uint64_t address, bool open) {
    Symbol symbol{StateSpace::Shared};
    symbol.address = address;
    symbol.size = shared.variable->sizeInBytes();
    symbol.openShared = open;
    program.functions[function].symbols.emplace(shared.variable->name, symbol);
  };
  uint64_t openAlignment = 16;
  for (const Shared &shared : all) {
    if (isOpen(*shared.variable)) {
      openAlignment = std::max<uint64_t>(openAlignment, shared.variable->alignment);
      continue;
    }
    uint64_t begin = 0;
    for (uint32_t function : shared.functions)
      for (uint32_t k : kernelsOf[function])
        begin = std::max(begin, end[k]);
    begin = align(begin, shared.variable->alignment);
    uint64_t behind = begin + shared.variable->sizeInBytes();
    for (uint32_t function : shared.functions) {
      define(shared, function, begin, false);
      for (uint32_t k : kernelsOf[function]) {
        end[k] = behind;
        if (behind > most)
          fail(shared.variable->line, "the static shared memory of `" +
                                          program.functions[kernels[k]->function].name +
                                          "` needs " + std::to_string(behind) +
                                          " bytes, more than " + std::to_string(most));
      }
    }
  }

  // Kernels that must agree on where dynamic shared memory begins.
  std::vector<uint32_t> leader(kernels.size());
  std::iota(leader.begin(), leader.end(), 0);
  auto find = [&](uint32_t k) {
    while (leader[k] != k)
      k = leader[k] = leader[leader[k]];
    return k;
  };
  for (const Shared &shared : all)
    if (isOpen(*shared.variable))
      for (uint32_t function : shared.functions)
        for (uint32_t k : kernelsOf[function])
          leader[find(k)] = find(kernelsOf[function][0]);
  std::vector<uint64_t> dynamic(kernels.size(), 0);
  for (uint32_t k = 0; k < kernels.size(); ++k)
    dynamic[find(k)] =
        std::max(dynamic[find(k)], align(end[k], openAlignment) +
                                       (reserves ? align(reservedBytes, openAlignment) : 0));
  for (uint32_t k = 0; k < kernels.size(); ++k) {
    kernels[k]->staticSharedBytes = uint32_t(end[k]);
    kernels[k]->dynamicSharedOffset = uint32_t(dynamic[find(k)]);
    if (reserves) {
      kernels[k]->reservedSharedOffset = uint32_t(align(end[k], 16));
      kernels[k]->reservedSharedBytes = reservedBytes;
    }
  }
  for (const Shared &shared : all)
    if (isOpen(*shared.variable))
      for (uint32_t function : shared.functions)
        define(shared, function,
               kernelsOf[function].empty() ? 0 : dynamic[find(kernelsOf[function][0])], true);
}

/// The address that a reference in an initial value stands for.
uint64_t SymbolPlacer::addressOf(const ptx::Variable &variable,
                                 const ptx::Variable::Reference &reference) {
  if (auto found = program.globals.find(reference.symbol); found != program.globals.end()) {
    const Symbol &symbol = found->second;
    bool isConstant = symbol.space == StateSpace::Const;
    return symbol.address + (isConstant && reference.generic ? constantWindow : 0);
  }
  if (auto found = names.functions.find(reference.symbol); found != names.functions.end())
    return functionAddress(found->second);
  fail(variable.line, "the initial value of `" + std::string(variable.name) +
                          "` refers to the unknown name `" + std::string(reference.symbol) + "`");
}

void SymbolPlacer::makeInitialValues() {
  for (const ptx::Variable &variable : program.module->variables) {
    if (variable.initializer.empty() || variable.isExternal)
      continue;
    std::vector<uint8_t> bytes = variable.initializer;
    for (const ptx::Variable::Reference &reference : variable.references) {
      uint64_t value = addressOf(variable, reference) + uint64_t(reference.addend);
      value >>= reference.shift;
      std::memcpy(bytes.data() + reference.at, &value, std::min<uint32_t>(reference.bytes, 8));
    }
    const Symbol &symbol = program.globals.find(variable.name)->second;
    if (symbol.space == StateSpace::Const)
      std::memcpy(program.constantBank.data() + symbol.address, bytes.data(),
                  std::min<uint64_t>(bytes.size(), symbol.size));
    else
      program.initialValues.push_back({symbol.address, std::move(bytes)});
  }
}
