"""check_exports.py LIBRARY DOCUMENT NM: the library exports every function that the document names,
and nothing that is not the driver's or its own."""

import re
import subprocess
import sys

library, document, nm = sys.argv[1:]
command = [nm, "-D", "--defined-only", library]
listed = subprocess.run(command, capture_output=True, text=True, check=True)
exported = {line.split()[-1] for line in listed.stdout.splitlines()}
strange = [name for name in exported if not re.match(r"cu[A-Z]|azl_cudasim_", name)]
with open(document, encoding="utf-8") as text:
    named = set(re.findall(r"`(cu[A-Z]\w+)`", text.read()))
versions = ("", "_v2", "_v3", "_v4")
missing = [name for name in named if not any(name + version in exported for version in versions)]
assert named, "the document names no function"
assert not strange, f"exported besides the API: {sorted(strange)}"
assert not missing, f"documented and not exported: {sorted(missing)}"
