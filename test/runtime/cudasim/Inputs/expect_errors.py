"""expect_errors.py FILE PTXAS: FILE holds modules that are wrong, each behind a line `//--- NAME`
and with a line `// ERROR: text` that the simulator's message must contain. PTXAS must refuse them
too (where it is not `true`), but for those with a line `// ptxas accepts this` and the reason."""

import re
import subprocess
import sys
import tempfile

STATEMENTS = """.visible .entry k(.param .u64 p) {
.reg .b16 %rs<4>;
.reg .b32 %r<8>;
.reg .b64 %rd<4>;
.reg .pred %p<4>;
.reg .f32 %f<4>;"""


def main():
    path, ptxas = sys.argv[1], sys.argv[2:]
    with open(path, encoding="utf-8") as file:
        parts = re.split(r"^//--- (\S+)\n", file.read(), flags=re.M)
    header, failed = "", 0
    for name, text in zip(parts[1::2], parts[2::2]):
        if name == "header":
            header = text
            continue
        if ".version" not in text:
            text = header + text
        if ".entry" not in text and ".func" not in text and "// statements" in text:
            text = text.replace("// statements", STATEMENTS) + "ret;\n}\n"
        expected = re.search(r"// ERROR: (.*)", text).group(1)
        run = subprocess.run(
            ["azulejo-ptx", "--load-only", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        said = run.stderr.strip()
        if run.returncode != 1 or expected not in said or "CUDA_ERROR" not in said:
            print(f"{name}: expected `{expected}`, got status {run.returncode}: {said}")
            failed += 1
        if ptxas == ["true"]:
            continue
        with tempfile.NamedTemporaryFile("w", suffix=".ptx") as module:
            module.write(text)
            module.flush()
            judged = subprocess.run(
                [*ptxas, "-arch=sm_90a", module.name], capture_output=True, text=True, check=False
            )
        accepts = judged.returncode == 0
        if accepts != ("// ptxas accepts this" in text):
            verdict = "accepts" if accepts else "refuses"
            print(f"{name}: ptxas {verdict} it: {judged.stderr[:300]}")
            failed += 1
    print(f"{len(parts) // 2 - 1} modules, {failed} not as expected")
    sys.exit(failed != 0)


main()
