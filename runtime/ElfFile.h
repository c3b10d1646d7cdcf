//===- ElfFile.h - The sections of an artifact, checked before any code is loaded -------------===//
#ifndef AZULEJO_RUNTIME_ELFFILE_H
#define AZULEJO_RUNTIME_ELFFILE_H

#include "runtime/Status.h"
#include <cstdint>
#include <string>

namespace azulejo::runtime {

/// An open ELF file whose header and section table have been found whole and within the file.
class ElfFile {
public:
  ElfFile() = default;
  ~ElfFile();
  ElfFile(const ElfFile &) = delete;
  ElfFile &operator=(const ElfFile &) = delete;

  Status open(const std::string &path);

  struct Section {
    uint64_t offset = 0, size = 0;
    bool found = false;
  };
  /// Where section `name` lies; the range is within the file.
  Section find(const char *name) const;

  /// Reads `size` bytes at `offset`.
  bool read(uint64_t offset, void *to, size_t size) const;
  int descriptor() const { return fd; }
  uint64_t fileSize() const { return size; }

private:
  int fd = -1;
  uint64_t size = 0, tableOffset = 0, namesOffset = 0, namesSize = 0;
  uint32_t sectionCount = 0;
};

} // namespace azulejo::runtime

#endif // AZULEJO_RUNTIME_ELFFILE_H
