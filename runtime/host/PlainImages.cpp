//===- PlainImages.cpp - BMP and PNM: formats without compression -----------------------------===//
#include "runtime/host/Images.h"

namespace azulejo::host {

//===------------------------------------------------------------------------------------------===//
// BMP
//===------------------------------------------------------------------------------------------===//

namespace {
/// Little-endian numbers of a file; an error where it ends before.
struct Reader {
  Bytes file;
  uint8_t byte(size_t at) const {
    if (at >= file.size())
      throw Error("the image ends in the middle");
    return file[at];
  }
  uint32_t number(size_t at, int bytes) const {
    uint32_t result = 0;
    for (int i = bytes; i-- > 0;)
      result = result << 8 | byte(at + i);
    return result;
  }
};
} // namespace

std::optional<Image> decodeBmp(Bytes file) {
  if (!startsWith(file, "BM"))
    return std::nullopt;
  Reader read{file};
  constexpr size_t header = 14;
  size_t pixels = read.number(10, 4), headerSize = read.number(header, 4);
  if (headerSize < 40)
    throw Error("a BMP of OS/2");
  auto width = int32_t(read.number(18, 4)), height = int32_t(read.number(22, 4));
  uint32_t bits = read.number(28, 2), compression = read.number(30, 4), colors = read.number(46, 4);
  constexpr uint32_t plain = 0, masks = 3;
  bool direct = bits == 24 || bits == 32;
  if ((bits != 8 && !direct) || (compression != plain && !(bits == 32 && compression == masks)))
    throw Error("a BMP of " + std::to_string(bits) + " bits, compression " +
                std::to_string(compression));
  bool fromTop = height < 0;
  Image image(width, std::abs(int64_t(height)));
  size_t rowBytes = (size_t(width) * bits / 8 + 3) / 4 * 4, table = header + headerSize;
  uint32_t known = colors ? std::min(colors, 256U) : 256;
  for (int64_t y = 0; y < image.height; ++y) {
    size_t row = pixels + rowBytes * size_t(fromTop ? y : image.height - 1 - y);
    for (int64_t x = 0; x < width; ++x) {
      size_t at = row + size_t(x) * bits / 8;
      if (!direct) {
        uint8_t index = read.byte(at);
        if (index >= known)
          throw Error("a BMP with a color that it does not define");
        at = table + 4 * size_t(index);
      }
      uint8_t *rgb = image.at(x, y); // blue comes first in the file
      for (int channel = 0; channel < 3; ++channel)
        rgb[channel] = read.byte(at + 2 - channel);
    }
  }
  return image;
}

//===------------------------------------------------------------------------------------------===//
// PNM
//===------------------------------------------------------------------------------------------===//

/// A number of the header, with white space and comments before it.
static int64_t readHeaderNumber(Bytes file, size_t &at) {
  auto here = [&] {
    if (at >= file.size())
      throw Error("the image ends in the middle");
    return file[at];
  };
  while (here() == '#' || here() == ' ' || (here() >= '\t' && here() <= '\r'))
    if (file[at++] == '#')
      while (here() != '\n')
        ++at;
  int64_t number = 0;
  for (; here() >= '0' && here() <= '9'; ++at) {
    number = number * 10 + (file[at] - '0');
    if (number > INT32_MAX)
      throw Error("a PNM with an impossible header");
  }
  return number;
}

/// PBM, PGM and PPM, as text (P1 to P3) and as bytes (P4 to P6).
std::optional<Image> decodePnm(Bytes file) {
  if (file.size() < 3 || file[0] != 'P' || file[1] < '1' || file[1] > '6')
    return std::nullopt;
  int kind = file[1] - '0';
  bool text = kind <= 3, bitmap = kind % 3 == 1, color = kind % 3 == 0;
  size_t at = 2;
  int64_t width = readHeaderNumber(file, at), height = readHeaderNumber(file, at);
  int64_t most = bitmap ? 1 : readHeaderNumber(file, at);
  if (most < 1 || most > 65535)
    throw Error("a PNM whose largest value is " + std::to_string(most));
  ++at; // one white space
  Image image(width, height);
  Reader read{file};
  int bytes = most > 255 ? 2 : 1;
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      uint8_t *rgb = image.at(x, y);
      for (int channel = 0; channel < 3; ++channel) {
        if (channel && !color) {
          rgb[channel] = rgb[0];
          continue;
        }
        int64_t value;
        if (bitmap && text) {
          while (read.byte(at) != '0' && read.byte(at) != '1')
            ++at;
          value = '1' - file[at++];
        } else if (bitmap) {
          value = !(read.byte(at + size_t(x / 8)) >> (7 - x % 8) & 1);
        } else if (text) {
          value = readHeaderNumber(file, at);
        } else {
          value = bytes == 1 ? read.byte(at) : read.byte(at) << 8 | read.byte(at + 1);
          at += bytes;
        }
        if (value > most)
          throw Error("a PNM with a value above its largest");
        rgb[channel] = uint8_t((value * 255 + most / 2) / most);
      }
    }
    if (bitmap && !text)
      at += size_t(width + 7) / 8;
  }
  return image;
}

} // namespace azulejo::host
