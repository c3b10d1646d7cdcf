//===- Functions.cpp - The functions of the host library by their names -----------------------===//
#include "runtime/host/Call.h"

using namespace azulejo::host;

namespace {
struct Entry {
  std::string_view name;
  azm_host_function function;
};

// As in lib/Lower/HostOperators.cpp.
constexpr Entry entries[] = {
    {"SequenceEmpty", enter<sequenceEmpty>},
    {"SequenceConstruct", enter<sequenceConstruct>},
    {"SequenceAt", enter<sequenceAt>},
    {"SequenceInsert", enter<sequenceInsert>},
    {"SequenceErase", enter<sequenceErase>},
    {"SequenceLength", enter<sequenceLength>},
    {"SplitToSequence", enter<splitToSequence>},
    {"ConcatFromSequence", enter<concatFromSequence>},
    {"Optional", enter<optional>},
    {"OptionalHasElement", enter<optionalHasElement>},
    {"OptionalGetElement", enter<optionalGetElement>},
    {"Cast", enter<cast>},
    {"StringConcat", enter<stringConcat>},
    {"StringSplit", enter<stringSplit>},
    {"StringNormalizer", enter<stringNormalizer>},
    {"RegexFullMatch", enter<regexFullMatch>},
    {"ImageDecoder", enter<imageDecoder>},
    {"CastMap", enter<castMap>},
    {"DictVectorizer", enter<dictVectorizer>},
    {"ZipMap", enter<zipMap>},
};
} // namespace

extern "C" __attribute__((visibility("default"))) azm_host_function
azm_host_find(const char *name) {
  for (const Entry &entry : entries)
    if (entry.name == name)
      return entry.function;
  return nullptr;
}
