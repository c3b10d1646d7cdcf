//===- Report.h - Reports for persons and programs ------------------------===//
#ifndef AZULEJO_CUDASIM_CHECK_REPORT_H
#define AZULEJO_CUDASIM_CHECK_REPORT_H

#include "runtime/cudasim/Check/Fault.h"
#include <string>

namespace azulejo::cudasim {

/// A few lines, each ended.
std::string formatText(const Report &report);
/// One object, on one line.
std::string formatJson(const Report &report);
/// `text` as a JSON string, quotes included.
std::string quoteJson(const std::string &text);

} // namespace azulejo::cudasim

#endif // AZULEJO_CUDASIM_CHECK_REPORT_H
