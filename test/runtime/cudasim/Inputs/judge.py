"""judge.py FILE PTXAS: FILE has lines `VERDICT ARCHITECTURES STATEMENT` with a verdict of `yes` or
`no`: whether the simulator loads a kernel with just that statement, for each of the architectures.
PTXAS must say the same (where it is not `true`)."""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

MODULE = """.version 9.0
.target %s
.address_size 64
.shared .align 16 .b32 shared[64];
.const .align 16 .b32 constant[64];
.global .align 16 .b32 global[64];
.visible .entry k(.param .u64 p, .param .b32 q) {
.reg .pred %%p<9>; .reg .b16 %%h<9>; .reg .b32 %%r<9>; .reg .f32 %%f<9>;
.reg .b64 %%rd<9>; .reg .f64 %%d<9>; .reg .b128 %%q<9>; .reg .v4 .b32 %%v;
.reg .u16 %%uh<9>; .reg .u32 %%u<9>; .reg .u64 %%ud<9>; .reg .f16 %%hf<9>; .reg .f16x2 %%hx<9>;
.local .align 16 .b32 local[16];
%s
ret;
}
"""


def runs(command, text):
    with tempfile.NamedTemporaryFile("w", suffix=".ptx") as module:
        module.write(text)
        module.flush()
        run = subprocess.run(
            [*command, module.name], capture_output=True, text=True, check=False, timeout=60
        )
    return run.returncode == 0, (run.stdout + run.stderr).strip()[:300]


def judge(line, ptxas):
    verdict, architectures, statement = line.split(maxsplit=2)
    wrong = []
    for architecture in architectures.split(","):
        text = MODULE % (architecture, statement)
        commands = {"azulejo-ptx": ["azulejo-ptx", f"--arch={architecture}", "--load-only"]}
        if ptxas != ["true"]:
            commands["ptxas"] = [*ptxas, f"-arch={architecture}"]
        for name, command in commands.items():
            accepts, said = runs(command, text)
            if accepts != (verdict == "yes"):
                verb = "accepts" if accepts else "refuses"
                wrong.append(f"{name} {verb} for {architecture}: {statement}  {said}")
    return wrong


def main():
    path, ptxas = sys.argv[1], sys.argv[2:]
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if line.startswith(("yes ", "no "))]
    with ThreadPoolExecutor(2) as pool:
        wrong = [each for some in pool.map(lambda line: judge(line, ptxas), lines) for each in some]
    print("\n".join(wrong))
    print(f"{len(lines)} statements, {len(wrong)} not as expected")
    sys.exit(len(wrong) != 0)


main()
