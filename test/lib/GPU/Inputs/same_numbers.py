"""same_numbers.py CPU.azm GPU.azm PREFIX: do kernels.onnxtxt's outputs agree on the simulated GPUs
with those of the CPU?"""

import subprocess
import sys

import numpy as np

INPUTS = {
    "x": ((6, 100), np.float32),
    "w": ((100, 48), np.float32),
    "image": ((2, 3, 12, 12), np.float32),
    "filter": ((4, 3, 3, 3), np.float32),
    "rows": ((5,), np.int64),
}
OUTPUTS = "product weights sums all features pooled picked best places turned running".split()


def run(artifact, device, prefix):
    """The outputs on `device`, by name."""
    command = ["azulejo-run", artifact, f"--device={device}"]
    command += [f"--input={name}=@{prefix}.{name}.npy" for name in INPUTS]
    command += [f"--output={name}=@{prefix}.out.{name}.npy" for name in OUTPUTS]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {name: np.load(f"{prefix}.out.{name}.npy") for name in OUTPUTS}


def main(cpu, gpu, prefix):
    numbers = np.random.default_rng(1)
    for name, (shape, kind) in INPUTS.items():
        drawn = numbers.integers(-6, 6, shape) if kind is np.int64 else numbers.normal(size=shape)
        np.save(f"{prefix}.{name}.npy", drawn.astype(kind))
    expected = run(cpu, "cpu", prefix)
    for device in "cudasim:sm_80", "cudasim:sm_90a":
        for name, value in run(gpu, device, prefix).items():
            np.testing.assert_allclose(value, expected[name], 1e-5, 1e-6, err_msg=device + name)


if __name__ == "__main__":
    main(*sys.argv[1:])
