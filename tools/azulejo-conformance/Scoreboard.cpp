#include "tools/azulejo-conformance/Scoreboard.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

namespace azulejo::conformance {
namespace {

struct Total {
  int64_t passed = 0, all = 0;
};

bool passed(const Score &score) { return score.outcome.status == Outcome::Status::Pass; }

Total totalOf(llvm::ArrayRef<Score> scores) {
  return {llvm::count_if(scores, passed), static_cast<int64_t>(scores.size())};
}

std::map<std::string, Total> totalsByOperator(llvm::ArrayRef<Score> scores) {
  std::map<std::string, Total> totals;
  for (const Score &score : scores) {
    Total &total = totals[score.test->op];
    ++total.all;
    total.passed += passed(score);
  }
  return totals;
}

/// The message without what is this case's own (names, numbers), so that one cause is one line.
std::string reasonOf(const Outcome &outcome) {
  std::string reason;
  llvm::StringRef rest = outcome.message;
  llvm::Regex own("( \\(node [^)]*\\))|((node|kernel) '[^']*':?)|(\"[^\"]*\")|(/[^ "
                  ":]*:[0-9]+:[0-9]+: )|(-?[0-9]+(\\.[0-9]+)?)");
  llvm::SmallVector<llvm::StringRef> matches;
  while (own.match(rest, &matches)) {
    size_t place = matches[0].data() - rest.data();
    reason += rest.take_front(place).str() + "…";
    rest = rest.drop_front(place + matches[0].size());
  }
  return reason + rest.str();
}

std::string escapeForTable(llvm::StringRef text) {
  std::string escaped;
  for (char c : text)
    escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

llvm::Error writeFile(const std::string &path,
                      llvm::function_ref<void(llvm::raw_ostream &)> write) {
  std::error_code code;
  llvm::raw_fd_ostream out(path, code);
  if (code)
    return llvm::createStringError(code, "%s: cannot be written", path.c_str());
  write(out);
  return llvm::Error::success();
}

void writeJson(llvm::raw_ostream &out, llvm::StringRef device, llvm::ArrayRef<Score> scores) {
  llvm::json::OStream json(out, /*IndentSize=*/1);
  Total total = totalOf(scores);
  json.object([&] {
    json.attribute("device", device);
    json.attribute("passed", total.passed);
    json.attribute("total", total.all);
    json.attributeObject("operators", [&] {
      for (const auto &[op, sum] : totalsByOperator(scores))
        json.attributeObject(op, [&, &sum = sum] {
          json.attribute("passed", sum.passed);
          json.attribute("total", sum.all);
        });
    });
    json.attributeObject("cases", [&] {
      for (const Score &score : scores)
        json.attributeObject(score.test->name, [&] {
          json.attribute("status", statusName(score.outcome.status));
          json.attribute("seconds", llvm::formatv("{0:f3}", score.outcome.seconds).str());
          if (!passed(score))
            json.attribute("message", llvm::json::fixUTF8(score.outcome.message));
        });
    });
  });
  out << '\n';
}

void writeMarkdown(llvm::raw_ostream &out, llvm::StringRef device, llvm::ArrayRef<Score> scores) {
  Total total = totalOf(scores);
  out << llvm::formatv("# ONNX conformance on {0}: {1} of {2}\n", device, total.passed, total.all);

  std::map<std::string, std::vector<const Score *>> byReason;
  for (const Score &score : scores)
    if (!passed(score))
      byReason[reasonOf(score.outcome)].push_back(&score);
  std::vector<std::pair<std::string, std::vector<const Score *>>> reasons(byReason.begin(),
                                                                          byReason.end());
  llvm::sort(reasons, [](auto &a, auto &b) {
    return a.second.size() != b.second.size() ? a.second.size() > b.second.size()
                                              : a.first < b.first;
  });
  out << "\n## Why cases fail\n\n| cases | reason | for example |\n|---|---|---|\n";
  for (const auto &[reason, failing] : reasons)
    out << llvm::formatv("| {0} | {1} | {2} |\n", failing.size(), escapeForTable(reason),
                         failing.front()->test->name);

  out << "\n## Operators\n\n| operator | passed | of |\n|---|---|---|\n";
  for (const auto &[op, sum] : totalsByOperator(scores))
    out << llvm::formatv("| {0} | {1} | {2} |\n", op, sum.passed, sum.all);

  out << "\n## Cases that do not pass\n\n| case | status | message |\n|---|---|---|\n";
  for (const Score &score : scores)
    if (!passed(score))
      out << llvm::formatv("| {0} | {1} | {2} |\n", score.test->name,
                           statusName(score.outcome.status), escapeForTable(score.outcome.message));
}

} // namespace

llvm::Error writeScoreboard(llvm::StringRef folder, llvm::StringRef device,
                            llvm::ArrayRef<Score> scores) {
  if (std::error_code code = llvm::sys::fs::create_directories(folder))
    return llvm::createStringError(code, "%s: cannot be made", folder.str().c_str());
  if (llvm::Error error =
          writeFile((folder + "/scoreboard.json").str(),
                    [&](llvm::raw_ostream &out) { writeJson(out, device, scores); }))
    return error;
  return writeFile((folder + "/scoreboard.md").str(),
                   [&](llvm::raw_ostream &out) { writeMarkdown(out, device, scores); });
}

} // namespace azulejo::conformance
