//===- RunRecordings.cpp - Runs that repeat an earlier one ------------------------------------===//
//
// With the same arguments (addresses included) host code asks for the same work, unless it looks at
// data. So what a stream can record is recorded when arguments come for the second time, and from
// then on done again without host code. Buffers that a run keeps settle at their addresses, so that
// this is the usual case for runs of equal shapes.
//
//===------------------------------------------------------------------------------------------===//
#include "runtime/Run.h"
#include <algorithm>

namespace azulejo::runtime {

/// Entries kept, each with the work of one set of arguments.
static constexpr size_t mostRecordings = 16;

/// What decides whether a run repeats another: its arguments, and the memory of outputs that are
/// computed in place.
std::vector<int64_t> Run::recordingKey(std::vector<int64_t> arguments) const {
  for (const Output &output : outputStates)
    if (output.tensor.device.kind != AZL_HOST)
      arguments.push_back(reinterpret_cast<intptr_t>(output.tensor.data));
  return arguments;
}

/// The entry of `key`, the last one from here on; null where there is none.
Run::Recorded *Run::findRecorded(const std::vector<int64_t> &key) {
  auto found = std::find_if(recordings.begin(), recordings.end(),
                            [&](const auto &entry) { return entry->key == key; });
  if (found == recordings.end())
    return nullptr;
  std::rotate(found, found + 1, recordings.end());
  return recordings.back().get();
}

void Run::record(Recorded &recorded, const std::vector<int64_t> &arguments) {
  recorded.tried = true;
  if (!stream->startRecording())
    return;
  recorded.staging = std::make_unique<Staging>(device);
  uploads = recorded.staging.get();
  Status status = runHostCode(arguments);
  uploads = &staging;
  std::unique_ptr<Recording> work = stream->stopRecording();
  if (status.failed() || sawData)
    return;
  recorded.work = std::move(work);
  recorded.held = mostHeld;
  for (const Output &output : outputStates)
    recorded.shapes.push_back(output.shape);
}

Status Run::replay(Recorded &recorded) {
  error = {};
  mostHeld = recorded.held;
  for (size_t i = 0; i < outputStates.size(); ++i) {
    if (outputStates[i].asked)
      continue;
    outputStates[i].asked = true;
    if (!makeOutput(i, recorded.shapes[i].data()))
      return std::move(error);
  }
  return stream->replay(*recorded.work);
}

Status Run::work(const std::vector<int64_t> &arguments) {
  // A session that profiles wants to see each kernel.
  if (environment.profile || !stream->canRecord())
    return runHostCode(arguments);
  std::vector<int64_t> key = recordingKey(arguments);
  if (Recorded *recorded = findRecorded(key)) {
    if (!recorded->tried)
      record(*recorded, arguments);
    return recorded->work ? replay(*recorded) : runHostCode(arguments);
  }
  Status status = runHostCode(arguments);
  if (status.failed() || sawData)
    return status;
  if (recordings.size() == mostRecordings)
    recordings.erase(recordings.begin());
  recordings.push_back(std::make_unique<Recorded>());
  recordings.back()->key = std::move(key);
  return status;
}

} // namespace azulejo::runtime
