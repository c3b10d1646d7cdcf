"""run_measured.py RESULT COMMAND...: runs the command and writes its exit status, seconds and peak
memory to RESULT as JSON.

Linux counts in a process's peak what the process was that started it, up to the exec; so whoever
measures must be small, and a program that has loaded models is not."""

import json
import os
import sys
import time

start = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
result = {
    "status": os.waitstatus_to_exitcode(status),
    "seconds": time.perf_counter() - start,
    "peak_bytes": usage.ru_maxrss * 1024,
}
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(result, file)
