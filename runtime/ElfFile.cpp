#include "runtime/ElfFile.h"
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace azulejo::runtime {

#if defined(__x86_64__)
static constexpr uint16_t thisMachine = EM_X86_64;
#elif defined(__aarch64__)
static constexpr uint16_t thisMachine = EM_AARCH64;
#else
#error "no artifacts for this architecture"
#endif

ElfFile::~ElfFile() {
  if (fd >= 0)
    ::close(fd);
}

bool ElfFile::read(uint64_t offset, void *to, size_t length) const {
  if (offset > size || length > size - offset)
    return false;
  auto *at = static_cast<char *>(to);
  while (length) {
    ssize_t got = ::pread(fd, at, length, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    at += got, offset += got, length -= got;
  }
  return true;
}

Status ElfFile::open(const std::string &path) {
  fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return {AZL_NOT_FOUND, "cannot open '" + path + "': " + std::strerror(errno)};
  struct stat status;
  if (::fstat(fd, &status) || !S_ISREG(status.st_mode))
    return {AZL_BAD_ARTIFACT, "'" + path + "' is not a regular file"};
  size = static_cast<uint64_t>(status.st_size);

  Elf64_Ehdr header;
  if (!read(0, &header, sizeof header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG))
    return {AZL_BAD_ARTIFACT, "'" + path + "' is not a compiled model: it is no ELF file"};
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_type != ET_DYN || header.e_shentsize != sizeof(Elf64_Shdr))
    return {AZL_BAD_ARTIFACT,
            "'" + path + "' is not a compiled model: it is no 64-bit little-endian shared object"};
  if (header.e_machine != thisMachine)
    return {AZL_UNSUPPORTED, "'" + path + "' was compiled for another processor architecture"};

  // The packager writes the section table last, so a file cut short at any place fails here.
  tableOffset = header.e_shoff;
  sectionCount = header.e_shnum;
  uint64_t tableSize = uint64_t(sectionCount) * sizeof(Elf64_Shdr);
  if (!tableOffset || tableOffset > size || tableSize > size - tableOffset)
    return {AZL_BAD_ARTIFACT, "'" + path + "' is truncated: it has " + std::to_string(size) +
                                  " bytes, and its section table should lie at " +
                                  std::to_string(tableOffset)};
  Status damaged(AZL_BAD_ARTIFACT,
                 "'" + path + "' is damaged: its section table contradicts itself");
  for (uint32_t i = 0; i < sectionCount; ++i) {
    Elf64_Shdr section;
    if (!read(tableOffset + i * sizeof section, &section, sizeof section))
      return damaged;
    if (section.sh_type != SHT_NOBITS &&
        (section.sh_offset > size || section.sh_size > size - section.sh_offset))
      return damaged;
    if (i == header.e_shstrndx)
      namesOffset = section.sh_offset, namesSize = section.sh_size;
  }
  return {};
}

ElfFile::Section ElfFile::find(const char *name) const {
  size_t length = std::strlen(name) + 1;
  for (uint32_t i = 0; i < sectionCount; ++i) {
    Elf64_Shdr section;
    std::string text(length, '\xff');
    if (read(tableOffset + i * sizeof section, &section, sizeof section) &&
        section.sh_type != SHT_NOBITS && section.sh_name < namesSize &&
        length <= namesSize - section.sh_name &&
        read(namesOffset + section.sh_name, text.data(), length) &&
        !std::memcmp(text.data(), name, length))
      return {section.sh_offset, section.sh_size, true};
  }
  return {};
}

} // namespace azulejo::runtime
