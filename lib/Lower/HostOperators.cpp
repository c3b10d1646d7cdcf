#include "lib/Lower/HostOperators.h"

using namespace azulejo::lower;

using Attribute = HostOperator::Attribute;
using Kind = HostOperator::Kind;

static constexpr Attribute cast[] = {{"to", Kind::Int}};
static constexpr Attribute split[] = {{"axis", Kind::Int}, {"keepdims", Kind::Int}};
static constexpr Attribute concat[] = {{"axis", Kind::Int}, {"new_axis", Kind::Int}};
static constexpr Attribute splitString[] = {{"delimiter", Kind::String}, {"maxsplit", Kind::Int}};
static constexpr Attribute normalize[] = {{"case_change_action", Kind::String},
                                          {"is_case_sensitive", Kind::Int},
                                          {"stopwords", Kind::Strings}};
static constexpr Attribute match[] = {{"pattern", Kind::String}};
static constexpr Attribute decode[] = {{"pixel_format", Kind::String}};

static constexpr Attribute castMap[] = {
    {"cast_to", Kind::String}, {"map_form", Kind::String}, {"max_map", Kind::Int}};
static constexpr Attribute vectorize[] = {{"int64_vocabulary", Kind::Ints},
                                          {"string_vocabulary", Kind::Strings},
                                          {{}, Kind::ElementType}};
static constexpr Attribute zip[] = {{"classlabels_int64s", Kind::Ints},
                                    {"classlabels_strings", Kind::Strings}};

static constexpr HostOperator operators[] = {
    {"onnx.SequenceEmpty", {}},
    {"onnx.SequenceConstruct", {}},
    {"onnx.SequenceAt", {}},
    {"onnx.SequenceInsert", {}},
    {"onnx.SequenceErase", {}},
    {"onnx.SequenceLength", {}},
    {"onnx.SplitToSequence", split},
    {"onnx.ConcatFromSequence", concat},
    {"onnx.Optional", {}},
    {"onnx.OptionalHasElement", {}},
    {"onnx.OptionalGetElement", {}},
    // To or from strings; between numbers it is a kernel.
    {"onnx.Cast", cast},
    {"onnx.StringConcat", {}},
    {"onnx.StringSplit", splitString},
    {"onnx.StringNormalizer", normalize},
    {"onnx.RegexFullMatch", match},
    {"onnx.ImageDecoder", decode},
    {"onnx.ai_onnx_ml.CastMap", castMap},
    {"onnx.ai_onnx_ml.DictVectorizer", vectorize},
    {"onnx.ai_onnx_ml.ZipMap", zip},
};

llvm::ArrayRef<HostOperator> azulejo::lower::getHostOperators() { return operators; }
