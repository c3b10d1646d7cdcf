//===- Images.h - Decoders of image files -----------------------------------------------------===//
#ifndef AZULEJO_RUNTIME_HOST_IMAGES_H
#define AZULEJO_RUNTIME_HOST_IMAGES_H

#include "runtime/host/Call.h"
#include <optional>

namespace azulejo::host {

/// Rows of red, green and blue, from the top.
struct Image {
  int64_t width = 0, height = 0;
  std::vector<uint8_t> pixels;

  Image() = default;
  /// Throws where a file declares a size that no image of its kind should have.
  Image(int64_t width, int64_t height);
  uint8_t *at(int64_t x, int64_t y) { return pixels.data() + 3 * (y * width + x); }
};

using Bytes = std::basic_string_view<uint8_t>;

inline bool startsWith(Bytes file, std::string_view magic, size_t at = 0) {
  return file.size() >= at + magic.size() &&
         std::string_view(reinterpret_cast<const char *>(file.data()) + at, magic.size()) == magic;
}

// One decoder a format. Nothing where the file is of another; an error where it is damaged, or of a
// form that is not read.
std::optional<Image> decodeBmp(Bytes file);
std::optional<Image> decodePnm(Bytes file);
std::optional<Image> decodeJpeg(Bytes file);
std::optional<Image> decodeJpeg2000(Bytes file);
std::optional<Image> decodePng(Bytes file);
std::optional<Image> decodeTiff(Bytes file);
std::optional<Image> decodeWebp(Bytes file);

} // namespace azulejo::host

#endif // AZULEJO_RUNTIME_HOST_IMAGES_H
