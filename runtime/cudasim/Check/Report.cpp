//===- Report.cpp - Reports for persons and programs ----------------------===//
#include "runtime/cudasim/Check/Report.h"
#include <cstdio>

namespace azulejo::cudasim {

namespace {

std::string triple(const uint32_t (&values)[3], const char *separator) {
  return std::to_string(values[0]) + separator + std::to_string(values[1]) + separator +
         std::to_string(values[2]);
}

std::string hexadecimal(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
  return text;
}

} // namespace

std::string quoteJson(const std::string &text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (c < 0x20) {
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
        out += escaped;
      } else {
        out += char(c);
      }
    }
  }
  return out + "\"";
}

std::string formatText(const Report &report) {
  std::string out = std::string(name(report.faultClass)) + ": " + report.message + "\n";
  if (!report.kernel.empty()) {
    out += "  kernel " + report.kernel;
    if (report.hasThread)
      out += ", block (" + triple(report.block, ", ") + "), thread (" +
             triple(report.thread, ", ") + ")";
    else if (report.ptxLine != 0)
      out += ", block (" + triple(report.block, ", ") + ")";
    out += "\n";
  }
  if (report.ptxLine != 0)
    out += "  PTX line " + std::to_string(report.ptxLine) + ": " + report.ptxText + "\n";
  if (!report.source.empty())
    out += "  at " + report.source + "\n";
  if (report.hasAddress) {
    out += "  address " + hexadecimal(report.address);
    if (!report.allocation.empty())
      out += ", " + report.allocation;
    out += "\n";
  } else if (!report.allocation.empty()) {
    out += "  " + report.allocation + "\n";
  }
  if (!report.other.empty())
    out += "  " + report.other + "\n";
  if (report.repeats != 0)
    out += "  (and " + std::to_string(report.repeats) + " more at this line)\n";
  return out;
}

std::string formatJson(const Report &report) {
  std::string out = std::string("{\"class\": \"") + name(report.faultClass) +
                    "\", \"message\": " + quoteJson(report.message) +
                    ", \"kernel\": " + quoteJson(report.kernel);
  if (report.ptxLine != 0)
    out += ", \"ptx_line\": " + std::to_string(report.ptxLine) +
           ", \"ptx\": " + quoteJson(report.ptxText);
  if (!report.source.empty())
    out += ", \"source\": " + quoteJson(report.source);
  out += ", \"block\": [" + triple(report.block, ", ") + "]";
  if (report.hasThread)
    out += ", \"thread\": [" + triple(report.thread, ", ") + "]";
  if (report.hasAddress)
    out += ", \"address\": \"" + hexadecimal(report.address) + "\"";
  if (!report.allocation.empty())
    out += ", \"allocation\": " + quoteJson(report.allocation);
  if (!report.other.empty())
    out += ", \"other\": " + quoteJson(report.other);
  if (report.repeats != 0)
    out += ", \"repeats\": " + std::to_string(report.repeats);
  return out + "}";
}

} // namespace azulejo::cudasim
