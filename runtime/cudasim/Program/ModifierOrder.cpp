//===- ModifierOrder.cpp - Modifiers in the order that PTX writes them ----===//
#include "runtime/cudasim/Program/ModifierOrder.h"
#include "runtime/cudasim/Ptx/Type.h"
#include <algorithm>
#include <initializer_list>
#include <unordered_map>

using namespace azulejo::cudasim;

namespace {

using Groups = std::vector<std::vector<std::string_view>>;

/// The groups of each opcode in PTX's order; types come last, in the order written.
const std::unordered_map<std::string_view, Groups> &groupsByOpcode() {
  static const std::unordered_map<std::string_view, Groups> table = [] {
    const std::vector<std::string_view> scopes = {"cta", "cluster", "gpu", "sys"},
                                        roundings = {"rn",  "rz",  "rm",  "rp",     "rna", "rni",
                                                     "rzi", "rmi", "rpi", "approx", "full"},
                                        spaces = {"global",          "shared",       "shared::cta",
                                                  "shared::cluster", "local",        "const",
                                                  "param",           "param::entry", "param::func"};
    const Groups memory = {{"mmio"},
                           {"weak", "volatile", "relaxed", "acquire", "release"},
                           scopes,
                           spaces,
                           {"ca", "cg", "cs", "lu", "cv", "wb", "wt"},
                           {"nc"},
                           {"L1::evict_normal", "L1::evict_unchanged", "L1::evict_first",
                            "L1::evict_last", "L1::no_allocate", "L2::evict_normal",
                            "L2::evict_first", "L2::evict_last", "L2::64B", "L2::128B", "L2::256B",
                            "L2::cache_hint"},
                           {"v2", "v4", "v8"}};
    const Groups arithmetic = {roundings, {"ftz"}, {"NaN"}, {"xorsign"},
                               {"abs"},   {"sat"}, {"relu"}};
    std::unordered_map<std::string_view, Groups> result = {
        {"cvt", {roundings, {"ftz"}, {"sat"}, {"satfinite"}, {"relu"}}},
        {"setp",
         {{"eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu",
           "gtu", "geu", "num", "nan"},
          {"and", "or", "xor"},
          {"ftz"}}},
        {"shfl", {{"sync"}, {"up", "down", "bfly", "idx"}}},
        {"vote", {{"sync"}, {"all", "any", "uni", "ballot"}}},
        {"match", {{"any", "all"}, {"sync"}}},
        {"redux", {{"sync"}, {"add", "min", "max", "and", "or", "xor"}}},
        {"fence", {{"sc", "acq_rel", "acquire", "release"}, scopes}},
        {"ldmatrix", {{"sync"}, {"aligned"}, {"m8n8"}, {"x1", "x2", "x4"}, {"trans"}, spaces}},
        {"prefetch", {spaces, {"L1", "L2", "L2::evict_last", "L2::evict_normal"}}},
    };
    result["set"] = result["setp"];
    result["stmatrix"] = result["ldmatrix"];
    for (std::string_view opcode : {"ld", "ldu", "st"})
      result[opcode] = memory;
    for (std::string_view opcode : {"add", "sub", "mul", "fma", "div", "rcp", "sqrt", "rsqrt",
                                    "min", "max", "ex2", "lg2", "sin", "cos", "tanh", "neg", "abs"})
      result[opcode] = arithmetic;
    return result;
  }();
  return table;
}

size_t groupOf(const Groups &groups, std::string_view modifier) {
  for (size_t i = 0; i < groups.size(); ++i)
    if (std::find(groups[i].begin(), groups[i].end(), modifier) != groups[i].end())
      return i;
  return groups.size();
}

} // namespace

void azulejo::cudasim::orderModifiers(ptx::Statement &statement) {
  auto found = groupsByOpcode().find(statement.opcode);
  if (found == groupsByOpcode().end() || statement.modifiers.size() < 2)
    return;
  const Groups &groups = found->second;
  for (std::string_view each : statement.modifiers)
    if (groupOf(groups, each) == groups.size() && ptx::parseType(each) == ptx::Type::None)
      return;
  std::vector<std::string_view> ordered;
  for (size_t group = 0; group <= groups.size(); ++group)
    for (std::string_view each : statement.modifiers)
      if (groupOf(groups, each) == group)
        ordered.push_back(each);
  statement.modifiers = std::move(ordered);
}
