//===- CodecImages.cpp - JPEG, PNG, WebP, TIFF and JPEG 2000 by their libraries ---------------===//
//
// Each library reads from memory and gives red, green and blue; their messages go nowhere but into
// the error.
//
//===------------------------------------------------------------------------------------------===//
#include "runtime/host/Images.h"
#include <cstring>
#include <memory>
#include <openjpeg.h>
#include <png.h>
#include <tiffio.h>
#include <turbojpeg.h>
#include <webp/decode.h>

namespace azulejo::host {

//===------------------------------------------------------------------------------------------===//
// JPEG
//===------------------------------------------------------------------------------------------===//

std::optional<Image> decodeJpeg(Bytes file) {
  if (!startsWith(file, "\xFF\xD8\xFF"))
    return std::nullopt;
  std::unique_ptr<void, int (*)(tjhandle)> decoder(tjInitDecompress(), tjDestroy);
  int width, height, subsampling, colors;
  if (!decoder || tjDecompressHeader3(decoder.get(), file.data(), file.size(), &width, &height,
                                      &subsampling, &colors))
    throw Error("a damaged JPEG");
  Image image(width, height);
  if (tjDecompress2(decoder.get(), file.data(), file.size(), image.pixels.data(), width, 0, height,
                    TJPF_RGB, 0) &&
      tjGetErrorCode(decoder.get()) == TJERR_FATAL)
    throw Error(std::string("a damaged JPEG: ") + tjGetErrorStr2(decoder.get()));
  return image;
}

//===------------------------------------------------------------------------------------------===//
// PNG
//===------------------------------------------------------------------------------------------===//

std::optional<Image> decodePng(Bytes file) {
  if (!startsWith(file, "\x89PNG\r\n\x1A\n"))
    return std::nullopt;
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  std::unique_ptr<png_image, void (*)(png_imagep)> release(&header, png_image_free);
  if (!png_image_begin_read_from_memory(&header, file.data(), file.size()))
    throw Error(std::string("a damaged PNG: ") + header.message);
  Image image(header.width, header.height);
  header.format = PNG_FORMAT_RGB;
  png_color black{};
  if (!png_image_finish_read(&header, &black, image.pixels.data(), 0, nullptr))
    throw Error(std::string("a damaged PNG: ") + header.message);
  return image;
}

//===------------------------------------------------------------------------------------------===//
// WebP
//===------------------------------------------------------------------------------------------===//

std::optional<Image> decodeWebp(Bytes file) {
  if (!startsWith(file, "RIFF") || !startsWith(file, "WEBP", 8))
    return std::nullopt;
  int width, height;
  if (!WebPGetInfo(file.data(), file.size(), &width, &height))
    throw Error("a damaged WebP");
  Image image(width, height);
  if (!WebPDecodeRGBInto(file.data(), file.size(), image.pixels.data(), image.pixels.size(),
                         3 * width))
    throw Error("a damaged WebP");
  return image;
}

//===------------------------------------------------------------------------------------------===//
// TIFF
//===------------------------------------------------------------------------------------------===//

namespace {
/// A file in memory, as libtiff and OpenJPEG read it.
struct Cursor {
  Bytes file;
  uint64_t at = 0;

  size_t read(void *to, size_t size) {
    size_t got = std::min<uint64_t>(size, at < file.size() ? file.size() - at : 0);
    if (got)
      std::memcpy(to, file.data() + at, got);
    at += got;
    return got;
  }
};
} // namespace

static Cursor &cursorOf(void *handle) { return *static_cast<Cursor *>(handle); }

std::optional<Image> decodeTiff(Bytes file) {
  if (!startsWith(file, "II*") && !startsWith(file, std::string_view("MM\0*", 4)))
    return std::nullopt;
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  Cursor cursor{file};
  std::unique_ptr<TIFF, void (*)(TIFF *)> tiff(
      TIFFClientOpen(
          "image", "rm", &cursor,
          [](thandle_t handle, void *to, tmsize_t size) -> tmsize_t {
            return tmsize_t(cursorOf(handle).read(to, size_t(size)));
          },
          [](thandle_t, void *, tmsize_t) -> tmsize_t { return 0; },
          [](thandle_t handle, toff_t offset, int whence) -> toff_t {
            Cursor &cursor = cursorOf(handle);
            cursor.at = offset + (whence == SEEK_CUR   ? cursor.at
                                  : whence == SEEK_END ? cursor.file.size()
                                                       : 0);
            return cursor.at;
          },
          [](thandle_t) { return 0; },
          [](thandle_t handle) -> toff_t { return cursorOf(handle).file.size(); }, nullptr,
          nullptr),
      TIFFClose);
  uint32_t width = 0, height = 0;
  if (!tiff || !TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width) ||
      !TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height))
    throw Error("a damaged TIFF");
  Image image(width, height);
  std::vector<uint32_t> raster(image.pixels.size() / 3);
  if (!TIFFReadRGBAImageOriented(tiff.get(), width, height, raster.data(), ORIENTATION_TOPLEFT,
                                 /*stopOnError=*/1))
    throw Error("a damaged TIFF");
  for (size_t i = 0; i < raster.size(); ++i) {
    image.pixels[3 * i] = TIFFGetR(raster[i]);
    image.pixels[3 * i + 1] = TIFFGetG(raster[i]);
    image.pixels[3 * i + 2] = TIFFGetB(raster[i]);
  }
  return image;
}

//===------------------------------------------------------------------------------------------===//
// JPEG 2000
//===------------------------------------------------------------------------------------------===//

static std::unique_ptr<opj_stream_t, void (*)(opj_stream_t *)> openStream(Cursor &cursor) {
  opj_stream_t *stream = opj_stream_default_create(OPJ_TRUE);
  opj_stream_set_user_data(stream, &cursor, nullptr);
  opj_stream_set_user_data_length(stream, cursor.file.size());
  opj_stream_set_read_function(stream, [](void *to, OPJ_SIZE_T size, void *data) {
    size_t got = cursorOf(data).read(to, size);
    return got ? got : OPJ_SIZE_T(-1);
  });
  opj_stream_set_skip_function(stream, [](OPJ_OFF_T size, void *data) {
    cursorOf(data).at += uint64_t(size);
    return size;
  });
  opj_stream_set_seek_function(stream, [](OPJ_OFF_T at, void *data) {
    cursorOf(data).at = uint64_t(at);
    return OPJ_BOOL(OPJ_TRUE);
  });
  return {stream, opj_stream_destroy};
}

/// Gray, or red, green and blue without subsampling, of at most 16 bits.
static Image fromComponents(const opj_image_t &decoded) {
  uint32_t count = decoded.numcomps >= 3 ? 3 : 1;
  if (decoded.numcomps == 0)
    throw Error("a JPEG 2000 without components");
  const opj_image_comp_t &first = decoded.comps[0];
  Image image(first.w, first.h);
  for (uint32_t c = 0; c < count; ++c) {
    const opj_image_comp_t &component = decoded.comps[c];
    if (component.w != first.w || component.h != first.h || !component.data ||
        component.prec > 16 || component.prec == 0)
      throw Error("a JPEG 2000 of a form that is not read");
    int32_t offset = component.sgnd ? 1 << (component.prec - 1) : 0,
            most = (1 << component.prec) - 1;
    for (size_t i = 0; i < image.pixels.size() / 3; ++i) {
      int32_t value = std::min(std::max(component.data[i] + offset, 0), most);
      auto scaled = uint8_t((value * 255 + most / 2) / most);
      for (uint32_t to = c; to < 3; to += count)
        image.pixels[3 * i + to] = scaled;
    }
  }
  return image;
}

std::optional<Image> decodeJpeg2000(Bytes file) {
  bool container = startsWith(file, "jP  ", 4);
  if (!container && !startsWith(file, "\xFF\x4F\xFF\x51"))
    return std::nullopt;
  Cursor cursor{file};
  auto stream = openStream(cursor);
  std::unique_ptr<opj_codec_t, void (*)(opj_codec_t *)> codec(
      opj_create_decompress(container ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K), opj_destroy_codec);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t *header = nullptr;
  bool read = codec && opj_setup_decoder(codec.get(), &parameters) &&
              opj_read_header(stream.get(), codec.get(), &header);
  std::unique_ptr<opj_image_t, void (*)(opj_image_t *)> decoded(header, opj_image_destroy);
  if (!read)
    throw Error("a damaged JPEG 2000");
  // Before anything is decoded: what the header says must be possible.
  Image checked(int64_t(decoded->x1) - decoded->x0, int64_t(decoded->y1) - decoded->y0);
  if (!opj_decode(codec.get(), stream.get(), decoded.get()) ||
      !opj_end_decompress(codec.get(), stream.get()))
    throw Error("a damaged JPEG 2000");
  return fromComponents(*decoded);
}

} // namespace azulejo::host
