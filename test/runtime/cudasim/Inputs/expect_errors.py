"""expect_errors.py FILE PTXAS: FILE holds modules that are wrong, each behind a line `//--- NAME` and with a line
`// ERROR: text` that the simulator's message must contain. PTXAS must refuse them too (where it is not `true`),
but for those with a line `// ptxas accepts this` and what says why they differ."""
import re
import subprocess
import sys
import tempfile


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
            text = text.replace("// statements", ".visible .entry k(.param .u64 p) {\n.reg .b16 %rs<4>;\n"
                                ".reg .b32 %r<8>;\n.reg .b64 %rd<4>;\n.reg .pred %p<4>;\n"
                                ".reg .f32 %f<4>;") + "ret;\n}\n"
        expected = re.search(r"// ERROR: (.*)", text).group(1)
        run = subprocess.run(["azulejo-ptx", "--load-only", "-"], input=text, capture_output=True, text=True,
                             check=False)
        if run.returncode != 1 or expected not in run.stderr or "CUDA_ERROR" not in run.stderr:
            print(f"{name}: expected `{expected}`, got status {run.returncode}: {run.stderr.strip()}")
            failed += 1
        if ptxas == ["true"]:
            continue
        with tempfile.NamedTemporaryFile("w", suffix=".ptx") as module:
            module.write(text)
            module.flush()
            judged = subprocess.run([*ptxas, "-arch=sm_90a", module.name], capture_output=True, check=False)
        if (judged.returncode == 0) != ("// ptxas accepts this" in text):
            print(f"{name}: ptxas {'accepts' if judged.returncode == 0 else 'refuses'} it: {judged.stderr.decode()[:300]}")
            failed += 1
    print(f"{len(parts) // 2 - 1} modules, {failed} not as expected")
    sys.exit(failed != 0)


main()
