#include "runtime/io/Npy.h"
#include "runtime/ElementType.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace azulejo::runtime::io {

namespace {
struct FileCloser {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

struct NpyHeader {
  std::string descr; // without the byte order
  bool bigEndian = false, fortranOrder = false;
  std::vector<int64_t> shape;
};
} // namespace

/// Types that NumPy names itself.
static azl_element_type typeFromDescr(const std::string &descr) {
  static constexpr struct {
    const char *descr;
    azl_element_type type;
  } rows[] = {{"f4", AZL_FLOAT},     {"f8", AZL_DOUBLE},     {"f2", AZL_FLOAT16},
              {"b1", AZL_BOOL},      {"i1", AZL_INT8},       {"i2", AZL_INT16},
              {"i4", AZL_INT32},     {"i8", AZL_INT64},      {"u1", AZL_UINT8},
              {"u2", AZL_UINT16},    {"u4", AZL_UINT32},     {"u8", AZL_UINT64},
              {"c8", AZL_COMPLEX64}, {"c16", AZL_COMPLEX128}};
  for (const auto &row : rows)
    if (descr == row.descr)
      return row.type;
  return AZL_UNDEFINED;
}

static const char *descrOf(azl_element_type type) {
  switch (type) {
  case AZL_FLOAT:
    return "<f4";
  case AZL_DOUBLE:
    return "<f8";
  case AZL_FLOAT16:
    return "<f2";
  case AZL_BOOL:
    return "|b1";
  case AZL_INT8:
    return "|i1";
  case AZL_INT16:
    return "<i2";
  case AZL_INT32:
    return "<i4";
  case AZL_INT64:
    return "<i8";
  case AZL_UINT8:
    return "|u1";
  case AZL_UINT16:
    return "<u2";
  case AZL_UINT32:
    return "<u4";
  case AZL_UINT64:
    return "<u8";
  case AZL_COMPLEX64:
    return "<c8";
  case AZL_COMPLEX128:
    return "<c16";
  case AZL_BFLOAT16:
    return "<V2";
  case AZL_FLOAT8E5M2:
    return "<f1"; // as ml_dtypes registers it
  default:
    return "<V1";
  }
}

/// The text after `'key':` in a header, which is a Python dictionary that NumPy writes in one form.
static bool findEntry(const std::string &header, const char *key, std::string &rest) {
  size_t at = header.find(std::string("'") + key + "'");
  if (at == header.npos || (at = header.find(':', at)) == header.npos)
    return false;
  at = header.find_first_not_of(" \t", at + 1);
  if (at == header.npos)
    return false;
  rest = header.substr(at);
  return true;
}

static bool parseHeader(const std::string &text, NpyHeader &header) {
  std::string rest;
  if (!findEntry(text, "descr", rest) || rest.front() != '\'')
    return false;
  size_t end = rest.find('\'', 1);
  if (end == rest.npos || end < 4)
    return false;
  header.bigEndian = rest[1] == '>';
  header.descr = rest.substr(2, end - 2);
  if (!findEntry(text, "fortran_order", rest))
    return false;
  header.fortranOrder = rest.rfind("True", 0) == 0;
  if (!findEntry(text, "shape", rest) || rest.front() != '(')
    return false;
  const char *at = rest.c_str() + 1;
  for (;;) {
    while (*at == ' ' || *at == ',')
      ++at;
    if (*at == ')')
      return true;
    char *after;
    errno = 0;
    int64_t size = std::strtoll(at, &after, 10);
    if (after == at || size < 0 || errno)
      return false;
    header.shape.push_back(size);
    at = after;
  }
}

/// From Fortran's order of elements to C's.
static void transpose(const std::vector<int64_t> &shape, int64_t elementBytes, Bytes &data) {
  Bytes result(data.size());
  std::vector<int64_t> index(shape.size(), 0);
  int64_t count = static_cast<int64_t>(data.size()) / elementBytes;
  for (int64_t i = 0; i < count; ++i) {
    int64_t from = 0;
    for (size_t d = shape.size(); d-- > 0;)
      from = from * shape[d] + index[d];
    std::memcpy(&result[i * elementBytes], &data[from * elementBytes], elementBytes);
    for (size_t d = shape.size(); d-- > 0 && ++index[d] == shape[d];)
      index[d] = 0;
  }
  data = std::move(result);
}

Status readNpy(const std::string &path, azl_element_type expected, Value &value) {
  auto bad = [&](std::string why) {
    return Status(AZL_INVALID_ARGUMENT, "cannot read '" + path + "': " + why);
  };
  File file(std::fopen(path.c_str(), "rb"));
  if (!file)
    return bad(std::strerror(errno));
  std::fseek(file.get(), 0, SEEK_END);
  int64_t fileSize = std::ftell(file.get());
  std::rewind(file.get());
  unsigned char prefix[12];
  if (std::fread(prefix, 1, 10, file.get()) != 10 || std::memcmp(prefix, "\x93NUMPY", 6))
    return bad("it is no .npy file");
  if (prefix[6] < 1 || prefix[6] > 3)
    return bad("version " + std::to_string(prefix[6]) + " of the .npy format is not known");
  uint32_t headerSize = prefix[8] | prefix[9] << 8;
  if (prefix[6] > 1) {
    if (std::fread(prefix + 10, 1, 2, file.get()) != 2)
      return bad("it is cut short");
    headerSize |= prefix[10] << 16 | uint32_t(prefix[11]) << 24;
  }
  if (headerSize > fileSize)
    return bad("it is cut short");
  std::string text(headerSize, '\0');
  NpyHeader header;
  if (std::fread(text.data(), 1, headerSize, file.get()) != headerSize)
    return bad("it is cut short");
  if (!parseHeader(text, header))
    return bad("its header is not one that NumPy writes for an array of numbers");

  azl_element_type type = typeFromDescr(header.descr);
  int expectedBits = azl_element_type_bits(expected);
  // What NumPy cannot name: raw bytes, or integers that stand for them.
  bool nameless =
      expectedBits && !std::strcmp(descrOf(expected), expectedBits == 16 ? "<V2" : "<V1");
  nameless |= expected == AZL_FLOAT8E5M2;
  char kind = header.descr[0];
  if (nameless && std::strchr("Vuif", kind) &&
      header.descr.substr(1) == (expectedBits == 16 ? "2" : "1") && type != AZL_FLOAT16)
    type = expected;
  if (type == AZL_UNDEFINED)
    return bad("its element type '" + header.descr + "' needs a model input to say what it means");

  int64_t elementBytes = storageBytes(type);
  int64_t count = countElements(int32_t(header.shape.size()), header.shape.data()), bytes;
  int64_t present = fileSize - std::ftell(file.get());
  if (count < 0 || __builtin_mul_overflow(count, elementBytes, &bytes) || bytes > present)
    return bad("its header promises more elements than it has");
  Bytes data(bytes);
  if (std::fread(data.data(), 1, data.size(), file.get()) != data.size())
    return bad("it is cut short");
  int64_t part = type == AZL_COMPLEX64 || type == AZL_COMPLEX128 ? elementBytes / 2 : elementBytes;
  if (header.bigEndian)
    for (int64_t i = 0; i < bytes; i += part)
      std::reverse(data.begin() + i, data.begin() + i + part);
  if (header.fortranOrder && header.shape.size() > 1)
    transpose(header.shape, elementBytes, data);
  value.type = type;
  value.shape = header.shape;
  if (isPacked(type)) {
    value.data.resize(azl_tensor_bytes(type, int32_t(header.shape.size()), header.shape.data()));
    packElements(type, data.data(), value.data.data(), count);
  } else {
    value.data = std::move(data);
  }
  return {};
}

Status writeNpy(const std::string &path, const azl_tensor &tensor) {
  if (tensor.type == AZL_STRING)
    return {AZL_INVALID_ARGUMENT, "cannot write '" + path + "': strings do not go into .npy files"};
  std::string header =
      std::string("{'descr': '") + descrOf(tensor.type) + "', 'fortran_order': False, 'shape': (";
  for (int32_t i = 0; i < tensor.rank; ++i)
    header += std::to_string(tensor.shape[i]) + (tensor.rank == 1      ? ","
                                                 : i + 1 < tensor.rank ? ", "
                                                                       : "");
  header += "), }";
  constexpr size_t alignment = 64, prefixSize = 10;
  header.append(alignment - 1 - (prefixSize + header.size()) % alignment, ' ');
  header += '\n';
  int64_t count = countElements(tensor.rank, tensor.shape);
  const void *data = tensor.data;
  std::vector<uint8_t> unpacked;
  if (isPacked(tensor.type)) {
    unpacked.resize(count);
    unpackElements(tensor.type, tensor.data, unpacked.data(), count);
    if (tensor.type == AZL_INT4 || tensor.type == AZL_INT2) // as signed bytes
      for (int64_t i = 0; i < count; ++i)
        unpacked[i] = static_cast<uint8_t>(int(loadElement(tensor.type, tensor.data, i)));
    data = unpacked.data();
  }
  size_t bytes = count * storageBytes(tensor.type);
  unsigned char prefix[prefixSize] = {0x93,
                                      'N',
                                      'U',
                                      'M',
                                      'P',
                                      'Y',
                                      1,
                                      0,
                                      static_cast<unsigned char>(header.size()),
                                      static_cast<unsigned char>(header.size() >> 8)};
  File file(std::fopen(path.c_str(), "wb"));
  if (!file || std::fwrite(prefix, 1, prefixSize, file.get()) != prefixSize ||
      std::fwrite(header.data(), 1, header.size(), file.get()) != header.size() ||
      std::fwrite(data, 1, bytes, file.get()) != bytes || std::fclose(file.release()))
    return {AZL_INVALID_ARGUMENT, "cannot write '" + path + "': " + std::strerror(errno)};
  return {};
}

} // namespace azulejo::runtime::io
