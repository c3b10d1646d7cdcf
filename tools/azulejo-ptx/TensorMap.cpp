//===- TensorMap.cpp - Tensor maps as they are written --------------------===//
#include "tools/azulejo-ptx/TensorMap.h"
#include <cerrno>
#include <cstdlib>
#include <sstream>

namespace azulejo::ptxtool {

/// "64x32x-1"
template <class T> static std::vector<T> parseNumbers(const std::string &text) {
  std::vector<T> result;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, 'x');) {
    char *end = nullptr;
    errno = 0;
    long long value = std::strtoll(part.c_str(), &end, 10);
    if (part.empty() || *end || errno)
      throw UsageError("`" + text + "` is no list of numbers such as 64x32");
    result.push_back(T(value));
  }
  return result;
}

TensorMapRequest parseTensorMap(const std::string &text) {
  TensorMapRequest request;
  size_t colon = text.find(':');
  std::stringstream stream(text.substr(colon == std::string::npos ? text.size() : colon + 1));
  if (colon == std::string::npos || !std::getline(stream, request.buffer, ','))
    throw UsageError("expected NAME:BUFFER,dims=…,box=…, not `" + text + "`");
  request.name = text.substr(0, colon);
  for (std::string part; std::getline(stream, part, ',');) {
    size_t equals = part.find('=');
    std::string key = part.substr(0, equals);
    std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
    if (key == "dims")
      request.dimensions = parseNumbers<uint64_t>(value);
    else if (key == "strides")
      request.strides = parseNumbers<uint64_t>(value);
    else if (key == "box")
      request.box = parseNumbers<uint32_t>(value);
    else if (key == "steps")
      request.steps = parseNumbers<uint32_t>(value);
    else if (key == "lower")
      request.lower = parseNumbers<int>(value);
    else if (key == "upper")
      request.upper = parseNumbers<int>(value);
    else if (key == "channels")
      request.channels = parseNumbers<uint32_t>(value).at(0);
    else if (key == "pixels")
      request.pixels = parseNumbers<uint32_t>(value).at(0);
    else if (key == "type")
      request.type = value;
    else if (key == "swizzle")
      request.swizzle = value;
    else if (key == "interleave")
      request.interleave = value;
    else if (key == "fill" && (value == "nan" || value == "zeros"))
      request.fillNan = value == "nan";
    else if (key == "im2col" && value.empty())
      request.im2col = true;
    else
      throw UsageError("unknown `" + part + "` of a tensor map");
  }
  size_t rank = request.dimensions.size();
  if (rank == 0 || rank > 5)
    throw UsageError("a tensor map has one to five dims");
  if (request.steps.empty())
    request.steps.assign(rank, 1);
  bool complete = request.im2col
                      ? request.lower.size() + 2 == rank && request.upper.size() + 2 == rank &&
                            request.channels && request.pixels
                      : request.box.size() == rank;
  if (!complete || request.steps.size() != rank ||
      (!request.strides.empty() && request.strides.size() + 1 != rank))
    throw UsageError("a tensor map has as many box and steps as dims, and one stride less; with "
                     "im2col it has lower and upper of two less, channels and pixels");
  return request;
}

} // namespace azulejo::ptxtool
