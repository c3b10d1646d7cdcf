//===- Scoreboard.h - What passes and what does not, for people and for programs --------------===//
#ifndef AZULEJO_TOOLS_CONFORMANCE_SCOREBOARD_H
#define AZULEJO_TOOLS_CONFORMANCE_SCOREBOARD_H

#include "tools/azulejo-conformance/ForkPool.h"
#include "tools/azulejo-conformance/Suite.h"

namespace azulejo::conformance {

struct Score {
  const Case *test;
  Outcome outcome;
};

/// Writes FOLDER/scoreboard.json and FOLDER/scoreboard.md. Scores are in the order of names.
llvm::Error writeScoreboard(llvm::StringRef folder, llvm::StringRef device,
                            llvm::ArrayRef<Score> scores);

} // namespace azulejo::conformance

#endif // AZULEJO_TOOLS_CONFORMANCE_SCOREBOARD_H
