//===- Ptxas.cpp - A second opinion ---------------------------------------===//
#include "runtime/cudasim/Driver/Ptxas.h"
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace azulejo::cudasim::driver {

namespace {

/// A file of its own, removed at the end.
class TemporaryFile {
public:
  TemporaryFile() : descriptor(mkstemp(name)) {}
  ~TemporaryFile() {
    if (descriptor >= 0) {
      close(descriptor);
      unlink(name);
    }
  }
  bool write(const std::string &text) {
    for (size_t at = 0; at < text.size();) {
      ssize_t written = ::write(descriptor, text.data() + at, text.size() - at);
      if (written <= 0)
        return false;
      at += size_t(written);
    }
    return true;
  }
  std::string read() {
    std::string text;
    char buffer[4096];
    lseek(descriptor, 0, SEEK_SET);
    for (ssize_t got; (got = ::read(descriptor, buffer, sizeof buffer)) > 0;)
      text.append(buffer, size_t(got));
    return text;
  }

  char name[32] = "/tmp/azulejo-cudasim-XXXXXX";
  const int descriptor;
};

} // namespace

std::map<std::string, unsigned> askPtxas(const std::string &path, const std::string &text,
                                         const Architecture &architecture, std::string &complaint) {
  TemporaryFile input, output;
  if (input.descriptor < 0 || output.descriptor < 0 || !input.write(text)) {
    complaint = "no temporary file";
    return {};
  }
  std::string target = "-arch=" + architecture.name;
  std::string program = path, verbose = "-v", option = "-o", sink = "/dev/null", file = input.name;
  char *arguments[] = {program.data(), target.data(), verbose.data(), option.data(),
                       sink.data(),    file.data(),   nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output.descriptor, 1);
  posix_spawn_file_actions_adddup2(&actions, output.descriptor, 2);
  pid_t child = 0;
  int started = posix_spawnp(&child, path.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (started != 0 || waitpid(child, &status, 0) != child) {
    complaint = path + " cannot be run";
    return {};
  }
  std::string said = output.read();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    complaint = said;
    return {};
  }
  // "Compiling entry function 'name' for 'sm_80'", then "Used 12 registers, …".
  std::map<std::string, unsigned> registers;
  std::istringstream lines(said);
  std::string kernel;
  for (std::string line; std::getline(lines, line);) {
    constexpr char entry[] = "Compiling entry function '";
    if (size_t at = line.find(entry); at != std::string::npos) {
      at += sizeof entry - 1;
      kernel = line.substr(at, line.find('\'', at) - at);
    }
    if (size_t at = line.find("Used "); at != std::string::npos && !kernel.empty())
      registers[kernel] = unsigned(std::strtoul(line.c_str() + at + 5, nullptr, 10));
  }
  return registers;
}

} // namespace azulejo::cudasim::driver
