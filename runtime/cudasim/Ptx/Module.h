//===- Module.h - A PTX module as it is written ---------------------------===//
#ifndef AZULEJO_CUDASIM_PTX_MODULE_H
#define AZULEJO_CUDASIM_PTX_MODULE_H

#include "runtime/cudasim/Ptx/Type.h"
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The syntax of a PTX module (PTX ISA 9.0, sections 4, 5, 10 and 11), before anything is known of
/// what its instructions mean. Names are views into `Module::text`, or into the parser's own
/// storage where nested scopes made them unique.
namespace azulejo::cudasim::ptx {

/// Why a module cannot be loaded: one sentence, with the line of the PTX text (from 1) that it is
/// about and that line's text.
struct LoadError : std::runtime_error {
  LoadError(uint32_t line, const std::string &message) : std::runtime_error(message), line(line) {}
  uint32_t line;
};

/// An operand as written.
///   Name:    %r1, %tid.x, foo, $L__BB0_1 (`negated`: !%p1, and -%r1 in vmad)
///   Integer: bits holds its two's complement; Float: bits holds the bits of 0f… or 0d…, `type`
///   says which Address: [elements[0] + offset], elements[0] a Name or an Integer; [elements[0],
///   {…}, …] puts
///            what follows the first comma in elements[1…] (tensor coordinates are a List there)
///   List:    {a, b} and (a, b);  Pair: a|b;  Sink: _
struct Operand {
  enum class Kind : uint8_t { Name, Integer, Float, Address, List, Pair, Sink };
  Kind kind = Kind::Sink;
  bool negated = false;
  Type type = Type::None;
  std::string_view name;
  std::string_view selector; // of a register in a video instruction: b0, h10, …
  uint64_t bits = 0;
  int64_t offset = 0;
  std::vector<Operand> elements;
};

/// Where a statement came from, by `.loc` (`file` indexes Module::files).
struct SourceLocation {
  uint32_t file = 0, line = 0, column = 0;
};

/// `@!%p1 ld.global.v2.f32 {%f1, %f2}, [%rd1+8];` has guard %p1, opcode "ld", and modifiers
/// "global", "v2", "f32" ("shared::cluster" is one modifier).
struct Statement {
  uint32_t line = 0;
  SourceLocation location;
  std::string_view guard;
  bool guardNegated = false;
  std::string_view opcode;
  std::vector<std::string_view> modifiers;
  std::vector<Operand> operands;

  bool has(std::string_view modifier) const {
    for (std::string_view each : modifiers)
      if (each == modifier)
        return true;
    return false;
  }
};

enum class StateSpace : uint8_t { Register, Global, Const, Shared, Local, Param };

/// A declared variable. `dimensions` is empty for a scalar, {0} for an array of open length.
struct Variable {
  uint32_t line = 0;
  StateSpace space = StateSpace::Register;
  Type type = Type::None;
  uint32_t vectorLength = 1;
  uint32_t alignment = 0; // bytes; the type's own where nothing is said
  std::string_view name;
  std::vector<uint64_t> dimensions;
  bool isExternal = false, isVisible = false, isWeak = false, isCommon = false;

  /// The bytes it starts with (empty: zeros), and where in them addresses of other symbols stand:
  /// `bytes` of (the address of symbol, generic if `generic`) + addend, shifted right by `shift`.
  struct Reference {
    uint64_t at = 0;
    std::string_view symbol;
    int64_t addend = 0;
    bool generic = false;
    uint32_t bytes = 8, shift = 0;
  };
  std::vector<uint8_t> initializer;
  std::vector<Reference> references;

  uint64_t sizeInBytes() const;
};

/// What `.maxntid` and its like say; 0 where they say nothing.
struct KernelLimits {
  uint32_t maxThreads[3] = {0, 0, 0};
  uint32_t requiredThreads[3] = {0, 0, 0};
  uint32_t requiredCluster[3] = {0, 0, 0}; // .reqnctapercluster
  bool explicitCluster = false;
  uint32_t maxClusterRank = 0;
  uint32_t minBlocksPerSm = 0, maxRegisters = 0;
};

/// A label of a function: it stands before statements[at].
struct Label {
  std::string_view name;
  uint32_t at = 0;
};

/// `.branchtargets` and `.calltargets` lists, and `.callprototype`s, by their label.
struct TargetList {
  std::string_view name;
  std::vector<std::string_view> targets;
};
struct Prototype {
  std::string_view name;
  std::vector<Variable> results, parameters;
};

/// An .entry or a .func. A declaration has no body. Of registers `%r<10>` those that are mentioned
/// are declared one by one; the elements of a vector register are %v.x, %v.y, …, and `%v` as an
/// operand is the List of them. Names of inner scopes that hide others are made unique.
struct Function {
  uint32_t line = 0;
  std::string_view name;
  bool isKernel = false, hasBody = false, isVisible = false, isWeak = false, isExternal = false,
       noReturn = false;
  std::vector<Variable> results, parameters;
  std::vector<Variable> registers;
  std::vector<Variable> variables; // .local, .shared and .param inside the body
  std::vector<Statement> statements;
  std::vector<Label> labels;
  std::vector<TargetList> targetLists;
  std::vector<Prototype> prototypes;
  KernelLimits limits;
};

struct Module {
  std::string text;
  uint32_t isaMajor = 0, isaMinor = 0;
  std::string_view target; // sm_90a
  uint32_t addressSize = 64;
  std::vector<std::string> files; // by their .file index
  std::vector<Variable> variables;
  std::vector<Function> functions;
  struct Alias {
    std::string_view name, target;
  };
  std::vector<Alias> aliases;
  /// Names that had to be made (a register of an inner scope that hides another).
  std::vector<std::unique_ptr<std::string>> names;

  /// The text of a line, without white space around it.
  std::string_view lineText(uint32_t line) const;
};

/// Throws the LoadError that says `message` of a line and quotes it.
[[noreturn]] void fail(const Module &module, uint32_t line, const std::string &message);

/// Parses `text`; throws LoadError. Bounded in nesting and in what a declared size can make it
/// allocate: a module is untrusted data.
std::unique_ptr<Module> parse(std::string text);

} // namespace azulejo::cudasim::ptx

#endif // AZULEJO_CUDASIM_PTX_MODULE_H
