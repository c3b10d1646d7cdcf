#include "tools/azulejo-fuzz/Mutate.h"
#include "llvm/ADT/StringExtras.h"
#include <vector>

namespace azulejo::fuzz {
namespace {

size_t below(Random &random, size_t bound) { return bound == 0 ? 0 : random() % bound; }

/// Sizes, counts and bounds that are off by one, negative, or too much.
uint64_t interestingNumber(Random &random) {
  static constexpr uint64_t numbers[] = {0,
                                         1,
                                         2,
                                         3,
                                         7,
                                         16,
                                         127,
                                         128,
                                         255,
                                         256,
                                         65535,
                                         0x7fffffff,
                                         0x80000000,
                                         0xffffffff,
                                         0x100000000,
                                         0x7fffffffffffffff,
                                         0x8000000000000000,
                                         0xfffffffffffffffe,
                                         0xffffffffffffffff};
  return below(random, 4) ? numbers[below(random, std::size(numbers))] : random();
}

//===------------------------------------------------------------------------------------------===//
// Protobuf's wire format as a tree, which needs no schema: what parses as fields is a message
//===------------------------------------------------------------------------------------------===//

struct Field {
  enum Wire { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };
  uint64_t number = 0;
  Wire wire = Varint;
  uint64_t value = 0;        // of Varint and the fixed ones
  std::string bytes;         // of Bytes, unless it is a message
  std::vector<Field> fields; // of a message
};

bool readVarint(llvm::StringRef &bytes, uint64_t &value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    uint8_t byte = bytes.front();
    bytes = bytes.drop_front();
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return true;
  }
  return false;
}

bool readFixed(llvm::StringRef &bytes, size_t size, uint64_t &value) {
  if (bytes.size() < size)
    return false;
  value = 0;
  for (size_t i = 0; i < size; ++i)
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  bytes = bytes.drop_front(size);
  return true;
}

bool parse(llvm::StringRef bytes, std::vector<Field> &fields, int depth = 0) {
  constexpr int maxDepth = 12;
  constexpr uint64_t maxNumber = 64; // ONNX has no higher ones: text rarely passes for a message
  while (!bytes.empty()) {
    uint64_t tag, length;
    if (!readVarint(bytes, tag))
      return false;
    Field field;
    field.number = tag >> 3;
    field.wire = static_cast<Field::Wire>(tag & 7);
    if (field.number == 0 || field.number > maxNumber)
      return false;
    switch (field.wire) {
    case Field::Varint:
      if (!readVarint(bytes, field.value))
        return false;
      break;
    case Field::Fixed64:
      if (!readFixed(bytes, 8, field.value))
        return false;
      break;
    case Field::Fixed32:
      if (!readFixed(bytes, 4, field.value))
        return false;
      break;
    case Field::Bytes:
      if (!readVarint(bytes, length) || length > bytes.size())
        return false;
      if (length == 0 || depth >= maxDepth ||
          !parse(bytes.take_front(length), field.fields, depth + 1)) {
        field.fields.clear();
        field.bytes = bytes.take_front(length).str();
      }
      bytes = bytes.drop_front(length);
      break;
    default:
      return false;
    }
    fields.push_back(std::move(field));
  }
  return true;
}

void writeVarint(uint64_t value, std::string &out) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void write(llvm::ArrayRef<Field> fields, std::string &out) {
  for (const Field &field : fields) {
    writeVarint(field.number << 3 | field.wire, out);
    if (field.wire == Field::Varint) {
      writeVarint(field.value, out);
    } else if (field.wire == Field::Bytes) {
      std::string inner = field.bytes;
      write(field.fields, inner);
      writeVarint(inner.size(), out);
      out += inner;
    } else {
      for (int i = 0; i < (field.wire == Field::Fixed64 ? 8 : 4); ++i)
        out += static_cast<char>(field.value >> (8 * i));
    }
  }
}

/// Every list of fields in the tree, the outermost first.
void collect(std::vector<Field> &fields, std::vector<std::vector<Field> *> &lists) {
  lists.push_back(&fields);
  for (Field &field : fields)
    if (!field.fields.empty())
      collect(field.fields, lists);
}

void mutateBytes(std::string &bytes, Random &random) {
  switch (below(random, 3)) {
  case 0:
    if (!bytes.empty())
      bytes[below(random, bytes.size())] ^= static_cast<char>(1 << below(random, 8));
    break;
  case 1:
    bytes.resize(below(random, bytes.size() + 1));
    break;
  default:
    bytes.insert(below(random, bytes.size() + 1),
                 std::string(1 + below(random, 9), static_cast<char>(random())));
  }
}

/// One change: a field goes, is there twice, changes its place, its number, its value, or becomes
/// one of another message.
void mutateField(std::vector<Field> &root, std::vector<std::vector<Field> *> &donors,
                 Random &random) {
  std::vector<std::vector<Field> *> lists;
  collect(root, lists);
  std::vector<Field> &list = *lists[below(random, lists.size())];
  if (list.empty())
    return;
  Field &field = list[below(random, list.size())];
  std::vector<Field> &donor = *donors[below(random, donors.size())];
  switch (below(random, 8)) {
  case 0:
    list.erase(list.begin() + (&field - list.data()));
    break;
  case 1:
    list.insert(list.begin() + below(random, list.size()), Field(field));
    break;
  case 2:
    std::swap(field, list[below(random, list.size())]);
    break;
  case 3:
    field.number = 1 + below(random, 24);
    break;
  case 4:
    if (!donor.empty())
      field = Field(donor[below(random, donor.size())]);
    break;
  case 5:
    if (!donor.empty()) {
      // The same field, with what another one says.
      const Field &from = donor[below(random, donor.size())];
      field.bytes = from.bytes;
      field.fields = std::vector<Field>(from.fields);
      field.value = from.value;
    }
    break;
  default:
    if (field.wire != Field::Bytes)
      field.value = interestingNumber(random);
    else if (field.fields.empty())
      mutateBytes(field.bytes, random);
  }
}

std::string mutateTree(std::vector<Field> root, llvm::StringRef other, Random &random) {
  std::vector<Field> second;
  if (!parse(other, second))
    second.clear();
  // Parts come from a copy, since what they are put into changes.
  std::vector<Field> first = root;
  std::vector<std::vector<Field> *> donors;
  collect(below(random, 4) || second.empty() ? first : second, donors);
  for (size_t i = 0, count = 1 + below(random, 4); i < count; ++i)
    mutateField(root, donors, random);
  std::string out;
  write(root, out);
  return out;
}

//===------------------------------------------------------------------------------------------===//
// Bytes and tokens
//===------------------------------------------------------------------------------------------===//

std::string mutateRaw(std::string bytes, llvm::StringRef other, Random &random) {
  for (size_t i = 0, count = 1 + below(random, 6); i < count; ++i) {
    size_t at = below(random, bytes.size() + 1), length = below(random, 1 + bytes.size() - at);
    switch (below(random, 7)) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes.erase(at, std::min<size_t>(length, 16));
      break;
    case 2:
      bytes.insert(at, bytes.substr(at, std::min<size_t>(length, 64)));
      break;
    case 3:
      bytes.replace(at, std::min<size_t>(length, 8),
                    other.substr(below(random, other.size() + 1), 32).str());
      break;
    default:
      if (at < bytes.size())
        bytes[at] = below(random, 2) ? static_cast<char>(random())
                                     : static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
    }
  }
  return bytes;
}

/// Names, numbers, and single signs; white space belongs to what stands before it.
std::vector<std::string> split(llvm::StringRef text) {
  std::vector<std::string> tokens;
  auto isWord = [](char c) { return llvm::isAlnum(c) || c == '_' || c == '.'; };
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    if (isWord(text[i]))
      while (end < text.size() && isWord(text[end]))
        ++end;
    while (end < text.size() && llvm::isSpace(text[end]))
      ++end;
    tokens.push_back(text.slice(i, end).str());
    i = end;
  }
  return tokens;
}

std::string mutateText(llvm::StringRef text, llvm::StringRef other, Random &random) {
  std::vector<std::string> tokens = split(text), donors = split(other);
  for (size_t i = 0, count = 1 + below(random, 4); i < count && !tokens.empty(); ++i) {
    size_t at = below(random, tokens.size());
    switch (below(random, 6)) {
    case 0:
      tokens.erase(tokens.begin() + at);
      break;
    case 1:
      tokens.insert(tokens.begin() + at, tokens[below(random, tokens.size())]);
      break;
    case 2:
      std::swap(tokens[at], tokens[below(random, tokens.size())]);
      break;
    case 3:
      tokens[at] = std::to_string(static_cast<int64_t>(interestingNumber(random))) + " ";
      break;
    case 4:
      if (!donors.empty())
        tokens[at] = donors[below(random, donors.size())];
      break;
    default:
      tokens[at] = tokens[below(random, tokens.size())];
    }
  }
  return llvm::join(tokens, "");
}

} // namespace

bool isText(llvm::StringRef model) {
  llvm::StringRef text = model.ltrim();
  return text.starts_with("<") || text.starts_with("#");
}

std::string mutate(llvm::StringRef model, llvm::StringRef other, Random &random) {
  if (isText(model))
    return below(random, 8) ? mutateText(model, other, random)
                            : mutateRaw(model.str(), other, random);
  std::vector<Field> root;
  bool structured = below(random, 2) && parse(model, root);
  return structured ? mutateTree(std::move(root), other, random)
                    : mutateRaw(model.str(), other, random);
}

} // namespace azulejo::fuzz
