//===- Call.cpp - call, directly and through pointers ---------------------===//
#include "runtime/cudasim/Instructions/Call.h"
#include "runtime/cudasim/Machine/Warp.h"
#include <algorithm>
#include <cstring>

/// PTX ISA 9.7.12.5. Arguments are copied from the caller's .param variables (or registers) to the
/// callee's formals, which lie at the beginning of its frame of local memory (placeFormals); when
/// it has returned, an instruction behind the call copies results back.
namespace azulejo::cudasim {
namespace {

using ptx::Statement;
using ptx::StateSpace;
using ptx::Type;

void copyArguments(Warp &warp, const CallPlan &plan, LaneMask active, const uint32_t *callerBase,
                   const std::vector<const uint8_t *> &registers) {
  const uint32_t *calleeBase = warp.localBase(); // the callee's: the call was made
  for (size_t i = 0; i < plan.arguments.size(); ++i) {
    const Passed &passed = plan.arguments[i];
    for (LaneMask each = active; each; each &= each - 1) {
      unsigned lane = unsigned(__builtin_ctz(each));
      uint8_t *local = warp.local(lane);
      const uint8_t *from = passed.inMemory ? local + callerBase[lane] + passed.callerOffset
                                            : registers[i] + lane * passed.operand.bytes;
      std::memcpy(local + calleeBase[lane] + passed.calleeOffset, from, passed.bytes);
    }
  }
}

void callFunction(Warp &warp, const CallPlan &plan, LaneMask active, uint32_t function) {
  uint32_t callerBase[warpSize];
  std::copy_n(warp.localBase(), warpSize, callerBase);
  std::vector<const uint8_t *> registers;
  registers.reserve(plan.arguments.size());
  for (const Passed &passed : plan.arguments)
    registers.push_back(passed.inMemory ? nullptr : warp.read<uint8_t>(passed.operand));
  warp.call(active, function);
  copyArguments(warp, plan, active, callerBase, registers);
}

void callDirectly(Warp &warp, const Instruction &instruction, LaneMask active) {
  callFunction(warp, instruction.as<CallPlan>(), active, uint32_t(instruction.immediate));
}

/// Lanes with the function of the first one call it; the others execute the instruction again.
void callPointer(Warp &warp, const Instruction &instruction, LaneMask active) {
  const CallPlan &plan = instruction.as<CallPlan>();
  const uint64_t *pointers = warp.read<uint64_t>(instruction.source(0));
  int first = __builtin_ctz(active);
  uint64_t pointer = pointers[first];
  uint64_t number = (pointer - codeWindow) >> 7;
  char text[32];
  snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(pointer));
  if (pointer < codeWindow || pointer % 128 || number == 0 ||
      number > warp.program.functions.size() || warp.program.functions[number - 1].isKernel)
    throw Fault(FaultClass::IllegalInstruction,
                std::string("calls ") + text + ", which is the address of no function", first);
  const Function &callee = warp.program.functions[number - 1];
  if (callee.results.size() != plan.resultCount || callee.parameters.size() != plan.argumentCount ||
      placeFormals(callee.source->results, callee.source->parameters).bytes != plan.formalBytes)
    throw Fault(FaultClass::IllegalInstruction,
                "calls `" + callee.name + "` as a function of other parameters", first);
  LaneMask same = 0;
  for (LaneMask each = active; each; each &= each - 1)
    if (pointers[__builtin_ctz(each)] == pointer)
      same |= each & -each;
  if (LaneMask others = active & ~same) {
    Group again = warp.group;
    again.lanes = others;
    again.pc = warp.pcOf(instruction);
    warp.parked.push_back(again);
    warp.group.lanes &= ~others;
  }
  callFunction(warp, plan, same, uint32_t(number - 1));
}

/// Behind a call: its results lie where the callee's frame was.
void takeResults(Warp &warp, const Instruction &instruction, LaneMask active) {
  const CallPlan &plan = instruction.as<CallPlan>();
  for (const Passed &passed : plan.results)
    for (LaneMask each = active; each; each &= each - 1) {
      unsigned lane = unsigned(__builtin_ctz(each));
      uint8_t *local = warp.local(lane);
      const uint8_t *from = local + warp.calleeLocalBase(lane) + passed.calleeOffset;
      uint8_t *to = passed.inMemory
                        ? local + warp.localBase()[lane] + passed.callerOffset
                        : warp.write<uint8_t>(passed.operand) + lane * passed.operand.bytes;
      std::memcpy(to, from, passed.bytes);
    }
}

/// `.reg` parameters of a function: from the formals into the registers, at its entry.
void enterFunction(Warp &warp, const Instruction &instruction, LaneMask active) {
  const Function &function = warp.program.functions[instruction.function];
  size_t at = 0;
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    if (function.source->parameters[i].space != StateSpace::Register)
      continue;
    const Operand &operand = instruction.destination(unsigned(at++));
    for (LaneMask each = active; each; each &= each - 1) {
      unsigned lane = unsigned(__builtin_ctz(each));
      std::memcpy(warp.write<uint8_t>(operand) + lane * operand.bytes,
                  warp.local(lane) + warp.localBase()[lane] + function.parameters[i].address,
                  operand.bytes);
    }
  }
}

// --- Decoding
// -------------------------------------------------------------------------------------

/// What a call passes for `formal`, whose place in the callee's frame is `place`.
Passed pass(Decoder &decoder, const ptx::Operand &written, const ptx::Variable &formal,
            const Symbol &place, bool isResult) {
  Passed passed;
  passed.calleeOffset = uint32_t(place.address);
  passed.bytes = uint32_t(place.size);
  const Symbol *variable =
      written.kind == ptx::Operand::Kind::Name ? decoder.symbol(written.name) : nullptr;
  if (variable) {
    bool fits = variable->space == StateSpace::Param && variable->frameRelative &&
                (variable->size == place.size || (isResult && place.size == 0));
    if (!fits)
      decoder.fail("`" + std::string(written.name) + "` of " + std::to_string(variable->size) +
                   " bytes does not fit a parameter of " + std::to_string(place.size));
    passed.inMemory = true;
    passed.callerOffset = uint32_t(variable->address);
    return passed;
  }
  if (!formal.dimensions.empty() || formal.vectorLength > 1 || formal.type == Type::Pred)
    decoder.fail("a parameter that is an array is passed in a .param variable");
  if (isResult && written.kind == ptx::Operand::Kind::Sink)
    passed.bytes = 0; // nobody wants it
  passed.operand =
      isResult ? decoder.destination(written, formal.type) : decoder.source(written, formal.type);
  return passed;
}

const ptx::Function *findDeclaration(const Decoder &decoder, std::string_view name) {
  for (const ptx::Function &function : decoder.program.module->functions)
    if (function.name == name)
      return &function;
  return nullptr;
}

/// The results and parameters that a call through a pointer names by its last operand.
void findPrototype(const Decoder &decoder, const Statement &statement, size_t at,
                   const std::vector<ptx::Variable> *&results,
                   const std::vector<ptx::Variable> *&parameters) {
  std::string_view name =
      at < statement.operands.size() ? statement.operands[at].name : std::string_view();
  for (const ptx::Prototype &prototype : decoder.function.prototypes)
    if (prototype.name == name) {
      results = &prototype.results;
      parameters = &prototype.parameters;
      return;
    }
  for (const ptx::TargetList &list : decoder.function.targetLists)
    if (list.name == name && !list.targets.empty())
      if (const ptx::Function *target = findDeclaration(decoder, list.targets[0])) {
        results = &target->results;
        parameters = &target->parameters;
        return;
      }
  decoder.fail("a call through a pointer names a .callprototype or .calltargets");
}

bool decodeCall(Decoder &decoder, const Statement &statement, Instruction &instruction) {
  Modifiers modifiers(statement);
  modifiers.flag("uni");
  modifiers.end();
  using Kind = ptx::Operand::Kind;
  const std::vector<ptx::Operand> &operands = statement.operands;
  static const ptx::Operand nothing;
  const ptx::Operand *results = &nothing, *arguments = &nothing;
  size_t at = 0;
  if (at < operands.size() && operands[at].kind == Kind::List)
    results = &operands[at++];
  if (at == operands.size() || operands[at].kind != Kind::Name)
    decoder.fail("expected a function to call");
  const ptx::Operand &callee = operands[at++];
  if (at < operands.size() && operands[at].kind == Kind::List)
    arguments = &operands[at++];

  const std::vector<ptx::Variable> *formalResults, *formalParameters;
  int64_t function = decoder.findFunction(callee.name);
  const DeviceFunction *deviceFunction = nullptr;
  if (function >= 0) {
    if (decoder.program.functions[size_t(function)].isKernel)
      decoder.fail("a kernel cannot be called");
    const ptx::Function &source = *decoder.program.functions[size_t(function)].source;
    formalResults = &source.results;
    formalParameters = &source.parameters;
    instruction.immediate = function;
    instruction.execute = callDirectly;
  } else if (const ptx::Function *declared = findDeclaration(decoder, callee.name)) {
    deviceFunction = findDeviceFunction(callee.name);
    if (!deviceFunction)
      decoder.fail("the function `" + std::string(callee.name) + "` is declared, not defined");
    if (!deviceFunction->accepts(*declared))
      decoder.fail("`" + std::string(callee.name) +
                   "` is declared with other parameters than it has");
    formalResults = &declared->results;
    formalParameters = &declared->parameters;
    instruction.execute = deviceFunction->execute;
  } else {
    findPrototype(decoder, statement, at, formalResults, formalParameters);
    ++at;
    decoder.operands(instruction, {}, {decoder.source(callee, Type::U64)});
    instruction.execute = callPointer;
  }
  if (at < operands.size() && function < 0)
    decoder.fail("unexpected operands behind a call");
  if (results->elements.size() != formalResults->size() ||
      arguments->elements.size() != formalParameters->size())
    decoder.fail("the call passes " + std::to_string(arguments->elements.size()) +
                 " arguments and takes " + std::to_string(results->elements.size()) +
                 " results, the function has " + std::to_string(formalParameters->size()) +
                 " and " + std::to_string(formalResults->size()));

  Formals formals = placeFormals(*formalResults, *formalParameters);
  CallPlan plan;
  plan.formalBytes = formals.bytes;
  plan.resultCount = formalResults->size();
  plan.argumentCount = formalParameters->size();
  std::vector<Operand> read, written;
  for (size_t i = 0; i < formalParameters->size(); ++i) {
    plan.arguments.push_back(pass(decoder, arguments->elements[i], (*formalParameters)[i],
                                  formals.parameters[i], false));
    if (!plan.arguments.back().inMemory)
      read.push_back(plan.arguments.back().operand);
  }
  for (size_t i = 0; i < formalResults->size(); ++i) {
    plan.results.push_back(
        pass(decoder, results->elements[i], (*formalResults)[i], formals.results[i], true));
    if (!plan.results.back().inMemory)
      written.push_back(plan.results.back().operand);
  }
  instruction.attributes = decoder.make(plan);
  instruction.counterClass = CounterClass::Control;
  if (deviceFunction) {
    decoder.operands(instruction, written, read);
    return true;
  }
  if (instruction.execute == callPointer)
    read.insert(read.begin(), instruction.source(0));
  decoder.operands(instruction, {}, read);
  if (!plan.results.empty()) {
    Instruction take;
    take.attributes = instruction.attributes;
    take.counterClass = CounterClass::Control;
    take.execute = takeResults;
    decoder.operands(take, written, {});
    decoder.follow(take);
  }
  return true;
}

/// The instruction that FunctionDecoder puts at the entry of a function with .reg parameters.
bool decodeEntry(Decoder &decoder, const Statement &, Instruction &instruction) {
  std::vector<Operand> registers;
  for (const ptx::Variable &parameter : decoder.function.parameters)
    if (parameter.space == StateSpace::Register) {
      ptx::Operand name;
      name.kind = ptx::Operand::Kind::Name;
      name.name = parameter.name;
      registers.push_back(decoder.destination(name, parameter.type));
    }
  decoder.operands(instruction, registers, {});
  instruction.execute = enterFunction;
  instruction.counterClass = CounterClass::Control;
  return true;
}

} // namespace

uint64_t argument(Warp &warp, const Passed &passed, unsigned lane) {
  uint64_t value = 0;
  const uint8_t *from = passed.inMemory
                            ? warp.local(lane) + warp.localBase()[lane] + passed.callerOffset
                            : warp.read<uint8_t>(passed.operand) + lane * passed.operand.bytes;
  std::memcpy(&value, from, std::min<uint32_t>(passed.bytes, 8));
  return value;
}

void setResult(Warp &warp, const Passed &passed, unsigned lane, uint64_t value) {
  uint8_t *to = passed.inMemory ? warp.local(lane) + warp.localBase()[lane] + passed.callerOffset
                                : warp.write<uint8_t>(passed.operand) + lane * passed.operand.bytes;
  std::memcpy(to, &value, std::min<uint32_t>(passed.bytes, 8));
}

void registerCall(DecodeTable &table) {
  table.add({"call"}, decodeCall);
  table.add({functionEntry}, decodeEntry);
}

} // namespace azulejo::cudasim
