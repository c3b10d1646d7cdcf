//===- ElfWriter.h - Adds sections to a linked ELF file while writing it ----------------------===//
#ifndef AZULEJO_LIB_PACKAGE_ELFWRITER_H
#define AZULEJO_LIB_PACKAGE_ELFWRITER_H

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/raw_ostream.h"
#include <string>
#include <vector>

namespace azulejo::package {

/// Writes `linked`, then sections that no segment covers, and last the section names and the
/// section table: a file that was cut short has no table. Only the stream's end is ever written, so
/// that sections may be as large as they like.
class ElfWriter {
public:
  ElfWriter(llvm::raw_ostream &stream, llvm::StringRef linked);

  /// Starts a section at a multiple of `alignment`. What is written to the stream until
  /// `endSection` is its contents.
  void beginSection(llvm::StringRef name, uint64_t alignment);
  void endSection();

  /// Pads the section with zeros, from its start.
  void align(uint64_t alignment);
  uint64_t sectionOffset() const { return position() - sections.back().sh_offset; }

  /// Writes names and table. The header at the start of the stream must then be replaced by
  /// `getHeader`.
  void finish();
  const llvm::ELF::Elf64_Ehdr &getHeader() const { return header; }

private:
  uint64_t position() const { return stream.tell() - start; }
  void pad(uint64_t alignment);

  llvm::raw_ostream &stream;
  uint64_t start;
  llvm::ELF::Elf64_Ehdr header;
  std::vector<llvm::ELF::Elf64_Shdr> sections;
  std::string names;
};

} // namespace azulejo::package

#endif // AZULEJO_LIB_PACKAGE_ELFWRITER_H
