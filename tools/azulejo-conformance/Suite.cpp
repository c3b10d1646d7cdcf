#include "tools/azulejo-conformance/Suite.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

namespace azulejo::conformance {

static bool fromJSON(const llvm::json::Value &json, ValueSpec &spec, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("name", spec.name) && map.map("kind", spec.kind);
}

static bool fromJSON(const llvm::json::Value &json, Case &test, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("operator", test.op) && map.map("rtol", test.tolerance.relative) &&
         map.map("atol", test.tolerance.absolute) && map.map("sets", test.sets) &&
         map.map("inputs", test.inputs) && map.map("outputs", test.outputs);
}

static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readText(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError(buffer.getError(), "%s: cannot be read", path.str().c_str());
  return std::move(*buffer);
}

llvm::Expected<std::vector<Case>> readSuite(llvm::StringRef folder, llvm::StringRef randomCases) {
  auto randomText = readText(randomCases);
  if (!randomText)
    return randomText.takeError();
  llvm::StringMap<Case::Draw> random;
  llvm::SmallVector<llvm::StringRef> lines;
  (*randomText)->getBuffer().split(lines, '\n');
  for (llvm::StringRef line : lines) {
    auto [name, kind] = line.trim().split(' ');
    if (name.empty() || name.starts_with("#"))
      continue;
    auto draw = llvm::StringSwitch<std::optional<Case::Draw>>(kind)
                    .Case("bernoulli", Case::Draw::Bernoulli)
                    .Case("sample", Case::Draw::Sample)
                    .Case("rows", Case::Draw::Rows)
                    .Case("complement", Case::Draw::Complement)
                    .Case("dropout", Case::Draw::Dropout)
                    .Default(std::nullopt);
    if (!draw)
      return llvm::createStringError("%s: no distribution is called '%s'",
                                     randomCases.str().c_str(), kind.str().c_str());
    random[name] = *draw;
  }

  auto text = readText((folder + "/index.json").str());
  if (!text)
    return text.takeError();
  llvm::Expected<llvm::json::Value> index = llvm::json::parse((*text)->getBuffer());
  if (!index)
    return index.takeError();
  const llvm::json::Object *object = index->getAsObject();
  if (!object)
    return llvm::createStringError("index.json holds no object");

  std::vector<Case> suite;
  llvm::json::Path::Root root("index.json");
  for (const auto &[name, json] : *object) {
    Case test;
    if (!fromJSON(json, test, llvm::json::Path(root).field(name)))
      return root.getError();
    test.name = name.str();
    test.folder = (folder + "/" + test.name).str();
    test.draw = random.lookup(test.name);
    suite.push_back(std::move(test));
  }
  llvm::sort(suite, [](const Case &a, const Case &b) { return a.name < b.name; });
  return suite;
}

} // namespace azulejo::conformance
