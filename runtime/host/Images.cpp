//===- Images.cpp - ImageDecoder --------------------------------------------------------------===//
#include "runtime/host/Images.h"

namespace azulejo::host {

Image::Image(int64_t width, int64_t height) : width(width), height(height) {
  constexpr int64_t mostPixels = int64_t(1) << 28;
  if (width <= 0 || height <= 0 || width > mostPixels / height)
    throw Error("an image of " + std::to_string(width) + " x " + std::to_string(height) +
                " pixels");
  pixels.resize(3 * width * height);
}

static Image decode(Bytes file) {
  for (auto decoder :
       {decodeJpeg, decodePng, decodeBmp, decodePnm, decodeWebp, decodeTiff, decodeJpeg2000})
    if (std::optional<Image> image = decoder(file))
      return std::move(*image);
  throw Error("the bytes are no image in BMP, JPEG, JPEG 2000, PNG, PNM, TIFF or WebP");
}

/// ITU-R 601's luma in 16-bit fixed point.
static uint8_t toGray(const uint8_t *rgb) {
  return uint8_t((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

/// pixel_format, bytes.
void imageDecoder(Call &call) {
  std::string_view format = call.text(call.input(0));
  bool gray = format == "Grayscale", reversed = format == "BGR";
  if (!gray && !reversed && format != "RGB")
    throw Error("pixel_format is '" + std::string(format) + "'");
  Value input = call.input(1);
  Image image = decode(Bytes(call.data<uint8_t>(input), size_t(countElements(call.shape(input)))));
  uint8_t *to;
  call.output(0, call.makeTensor(AZL_UINT8, {image.height, image.width, gray ? 1 : 3}, to));
  for (size_t i = 0; i < image.pixels.size(); i += 3) {
    const uint8_t *rgb = &image.pixels[i];
    if (gray) {
      *to++ = toGray(rgb);
      continue;
    }
    for (int channel = 0; channel < 3; ++channel)
      *to++ = rgb[reversed ? 2 - channel : channel];
  }
}

} // namespace azulejo::host
