"""damage.py KIND ARTIFACT RESULT: damages an artifact in one way. `random` damages its headers and
metadata in many, and loads each with the program given as fourth argument."""

import random
import struct
import subprocess
import sys

kind, source, target = sys.argv[1:4]
data = bytearray(open(source, "rb").read())


def replace(old, new):
    assert len(old) == len(new) and data.count(old) == 1, (old, data.count(old))
    at = data.index(old)
    data[at : at + len(old)] = new


if kind == "truncate":
    del data[len(data) * 2 // 3 :]
elif kind == "features":
    replace(b'"avx2"', b'"avx9"')
elif kind == "format":
    replace(b'"format": 4', b'"format": 9')
elif kind == "weight":
    replace(struct.pack("<4f", 1, 2, 3, 4), struct.pack("<4f", 1, 2, 3, 5))
elif kind == "random":
    table = struct.unpack_from("<Q", data, 40)[0]
    metadata = data.index(b'"format"')
    for seed in range(60):
        generator = random.Random(seed)
        damaged = bytearray(data)
        for _ in range(generator.randint(1, 4)):
            region = generator.choice([(0, 64), (table, len(data)), (metadata, table)])
            damaged[generator.randrange(*region)] = generator.randrange(256)
        open(target, "wb").write(damaged)
        run = subprocess.run([sys.argv[4], target, "--print-signature"], capture_output=True)
        assert run.returncode in (0, 1), (seed, run)
        assert run.returncode == 0 or run.stderr.startswith(b"azulejo-run: error: "), (seed, run)
    sys.exit()
open(target, "wb").write(data)
