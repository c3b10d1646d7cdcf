//===- Maps.cpp - Between maps and tensors ----------------------------------------------------===//
//
// A map is its keys, a tensor of rank 1, and a sequence of as many tensors of one element.
//
//===------------------------------------------------------------------------------------------===//
#include "runtime/host/Call.h"
#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>

namespace azulejo::host {
namespace {

struct Map {
  Value keys;
  std::vector<Value> values;

  Map(Call &call, Value map) {
    std::vector<Value> parts = call.elements(map);
    keys = parts.at(0);
    values = call.elements(parts.at(1));
  }
};

} // namespace

/// All of them in one row, as elements of type `type`: `places` says where each goes among `count`.
/// What no value is for is zero, or an empty string.
static void putRow(Call &call, const std::vector<Value> &values, const std::vector<int64_t> &places,
                   int64_t count, azl_element_type type) {
  int64_t bytes = elementBytes(type);
  char *row;
  Value result = call.makeTensor(type, {1, count}, row);
  std::memset(row, 0, count * bytes);
  if (type == AZL_STRING)
    std::fill_n(reinterpret_cast<int64_t *>(row), count, call.number(""));
  for (size_t i = 0; i < values.size(); ++i) {
    if (places[i] < 0)
      continue;
    if (countElements(call.shape(values[i])) != 1)
      throw Error("a value of the map is no single element");
    Value value = castElements(call, values[i], type);
    std::memcpy(row + places[i] * bytes, call.data<char>(value), bytes);
  }
  call.output(0, result);
}

/// cast_to, map_form, max_map, map. The keys say in which order the values come, or at which place.
void castMap(Call &call) {
  std::string_view to = call.text(call.input(0));
  azl_element_type type = to == "TO_STRING"  ? AZL_STRING
                          : to == "TO_INT64" ? AZL_INT64
                          : to == "TO_FLOAT" ? AZL_FLOAT
                                             : AZL_UNDEFINED;
  if (type == AZL_UNDEFINED)
    throw Error("cast_to is '" + std::string(to) + "'");
  bool isSparse = call.text(call.input(1)) == "SPARSE";
  Map map(call, call.input(3));
  std::vector<int64_t> places = call.integers(map.keys);
  int64_t count = isSparse ? call.integer(2) : int64_t(places.size());
  if (isSparse) {
    for (int64_t key : places)
      if (key < 0 || key >= count)
        throw Error("key " + std::to_string(key) + " where max_map is " + std::to_string(count));
  } else {
    std::vector<int64_t> order(places.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(),
              [&](int64_t a, int64_t b) { return places[a] < places[b]; });
    for (size_t rank = 0; rank < order.size(); ++rank)
      places[order[rank]] = int64_t(rank);
  }
  putRow(call, map.values, places, count, type);
}

/// int64_vocabulary, string_vocabulary, the result's element type, map. Keys that are not in the
/// vocabulary are left out.
void dictVectorizer(Call &call) {
  Map map(call, call.input(3));
  // The numbers of equal strings are equal.
  Value words = call.type(map.keys) == AZL_STRING ? call.input(1) : call.input(0);
  int64_t count = countElements(call.shape(words));
  std::map<int64_t, int64_t> vocabulary;
  for (int64_t i = 0; i < count; ++i)
    vocabulary.emplace(call.data<int64_t>(words)[i], i);
  std::vector<int64_t> places;
  for (size_t i = 0; i < map.values.size(); ++i) {
    auto found = vocabulary.find(call.data<int64_t>(map.keys)[i]);
    places.push_back(found == vocabulary.end() ? -1 : found->second);
  }
  putRow(call, map.values, places, count, static_cast<azl_element_type>(call.integer(2)));
}

/// classlabels_int64s, classlabels_strings, scores. A map for each row.
void zipMap(Call &call) {
  Value scores = call.input(2);
  Shape shape = call.shape(scores);
  Value keys = countElements(call.shape(call.input(0))) ? call.input(0) : call.input(1);
  int64_t columns = shape.empty() ? 1 : shape.back();
  if (shape.size() > 2 || countElements(call.shape(keys)) != columns)
    throw Error("there are not as many class labels as columns");
  int64_t rows = shape.size() == 2 ? shape[0] : 1;
  const float *from = call.data<float>(scores);
  std::vector<Value> maps;
  for (int64_t row = 0; row < rows; ++row) {
    std::vector<Value> values;
    for (int64_t column = 0; column < columns; ++column) {
      float *value;
      values.push_back(call.makeTensor(AZL_FLOAT, {}, value));
      *value = from[row * columns + column];
    }
    maps.push_back(call.makeList(AZM_MAP, {keys, call.makeList(AZM_SEQUENCE, values)}));
  }
  call.output(0, call.makeList(AZM_SEQUENCE, maps));
}

} // namespace azulejo::host
