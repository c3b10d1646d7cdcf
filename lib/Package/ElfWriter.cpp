#include "lib/Package/ElfWriter.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace llvm;

namespace azulejo::package {

ElfWriter::ElfWriter(raw_ostream &stream, StringRef linked) : stream(stream), start(stream.tell()) {
  std::memcpy(&header, linked.data(), sizeof header);
  sections.resize(header.e_shnum);
  std::memcpy(sections.data(), linked.data() + header.e_shoff,
              sections.size() * sizeof(ELF::Elf64_Shdr));
  const ELF::Elf64_Shdr &table = sections[header.e_shstrndx];
  names = linked.substr(table.sh_offset, table.sh_size).str();
  // Everything up to the section table, which lld puts last.
  stream << linked.take_front(header.e_shoff);
}

void ElfWriter::pad(uint64_t alignment) {
  stream.write_zeros(alignTo(position(), alignment) - position());
}

void ElfWriter::beginSection(StringRef name, uint64_t alignment) {
  pad(alignment);
  ELF::Elf64_Shdr section{};
  section.sh_name = names.size();
  names += name;
  names += '\0';
  section.sh_type = ELF::SHT_PROGBITS;
  section.sh_offset = position();
  section.sh_addralign = alignment;
  sections.push_back(section);
}

void ElfWriter::endSection() { sections.back().sh_size = sectionOffset(); }

void ElfWriter::align(uint64_t alignment) {
  stream.write_zeros(alignTo(sectionOffset(), alignment) - sectionOffset());
}

void ElfWriter::finish() {
  ELF::Elf64_Shdr &table = sections[header.e_shstrndx];
  table.sh_offset = position();
  table.sh_size = names.size();
  stream << names;
  pad(alignof(ELF::Elf64_Shdr));
  header.e_shoff = position();
  header.e_shnum = sections.size();
  stream.write(reinterpret_cast<const char *>(sections.data()),
               sections.size() * sizeof(ELF::Elf64_Shdr));
}

} // namespace azulejo::package
