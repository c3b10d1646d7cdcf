#include "tools/azulejo/Reasons.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/raw_ostream.h"

namespace azulejo::tool {

/// Why a call of the host is none of a kernel: what kernels have no values of, or what it calls.
static llvm::StringRef getHostReason(const llvm::json::Object &call) {
  llvm::StringRef function = call.getString("function").value_or("");
  if (function.contains('.'))
    return "an operator of a library";
  llvm::StringRef found;
  for (llvm::StringRef side : {"inputs", "outputs"})
    if (const llvm::json::Array *values = call.getArray(side))
      for (const llvm::json::Value &value : *values) {
        llvm::StringRef type = value.getAsObject()->getString("type").value_or("");
        if (type.starts_with("seq(") || type.starts_with("optional(") || type.starts_with("map("))
          return "sequences, optionals and maps";
        if (type == "string")
          found = "strings";
      }
  return found.empty() ? "compressed images" : found;
}

static llvm::StringRef getText(const llvm::json::Object &object, llvm::StringRef key) {
  return object.getString(key).value_or("?");
}

using Groups = llvm::MapVector<llvm::StringRef, llvm::SmallVector<llvm::StringRef>>;

static void printGroups(const llvm::Twine &title, const Groups &groups) {
  if (groups.empty())
    return;
  llvm::outs() << title << ", by reason\n";
  for (const auto &[reason, names] : groups) {
    llvm::outs() << "  " << reason << ": " << names.size() << "\n";
    for (llvm::StringRef name : names)
      llvm::outs() << "    " << name << "\n";
  }
}

llvm::json::Array getHostCalls(const llvm::json::Object &metadata) {
  llvm::json::Array result;
  if (const llvm::json::Array *calls = metadata.getArray("host_calls"))
    for (const llvm::json::Value &call : *calls)
      result.push_back(llvm::json::Object{{"node", getText(*call.getAsObject(), "node")},
                                          {"reason", getHostReason(*call.getAsObject())}});
  return result;
}

void printReasons(const llvm::json::Object &metadata) {
  Groups host;
  if (const llvm::json::Array *calls = metadata.getArray("host_calls"))
    for (const llvm::json::Value &call : *calls)
      host[getHostReason(*call.getAsObject())].push_back(getText(*call.getAsObject(), "node"));
  printGroups("on the host", host);
  const llvm::json::Array *images = metadata.getArray("cuda");
  if (!images)
    return;
  for (const llvm::json::Value &image : *images) {
    const llvm::json::Object &object = *image.getAsObject();
    const llvm::json::Array *reasons = object.getArray("reasons");
    if (!reasons)
      continue;
    for (auto [lacks, title] : {std::pair("tiles", ": no tile programs"),
                                std::pair("wgmma", ": products without wgmma")}) {
      Groups groups;
      for (const llvm::json::Value &reason : *reasons)
        if (getText(*reason.getAsObject(), "lacks") == lacks)
          groups[getText(*reason.getAsObject(), "reason")].push_back(
              getText(*reason.getAsObject(), "kernel"));
      printGroups(getText(object, "arch") + title, groups);
    }
  }
}

} // namespace azulejo::tool
