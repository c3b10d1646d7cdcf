//===- Capture.h - Streams that record a graph ----------------------------===//
#ifndef AZULEJO_CUDASIM_DRIVER_CAPTURE_H
#define AZULEJO_CUDASIM_DRIVER_CAPTURE_H

#include "runtime/cudasim/Driver/Objects.h"

namespace azulejo::cudasim::driver {

/// `stream` waits for an event that was recorded in a capture, and so takes part in it.
void joinCapture(Stream &stream, Event &event);

} // namespace azulejo::cudasim::driver

#endif // AZULEJO_CUDASIM_DRIVER_CAPTURE_H
