"""Runs every suite and ends with `N passed, N failed`: lit, the unit tests, conformance, the panel
models.

A suite yields its failures as (name, what was said); each suite has one line of its own before the
last line.
"""

import argparse
import itertools
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "test", "conformance"))
import conformance_page

TAIL_LINES = 40


def run_lit(options):
    """Returns (passed, failures) of every test under test/; lit shows its own progress on a
    terminal."""
    report = os.path.join(options.build, "lit.json")
    if os.path.exists(report):
        os.remove(report)
    command = [
        os.path.join(os.path.dirname(sys.executable), "lit"),
        "-s",
        "-j",
        str(options.jobs),
        "--timeout=600",
        "-o",
        report,
    ]
    if options.regex:
        command += ["--filter", options.regex]
    # lit's own text repeats what is printed below, so only its progress bar is let through.
    command += [os.path.join(options.build, "test")]
    done = subprocess.run(
        command,
        stdout=None if sys.stdout.isatty() else subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if not os.path.exists(report):
        return 0, [("lit", done.stdout or "lit itself failed")]
    passed, failures = 0, []
    with open(report) as file:
        for test in json.load(file)["tests"]:
            if test["code"] in ("PASS", "FLAKYPASS", "XFAIL"):
                passed += 1
            elif test["code"] not in ("UNSUPPORTED", "SKIPPED", "EXCLUDED"):
                failures.append((test["name"], test["output"]))
    return passed, failures


def run_unit_tests(options):
    """Every GoogleTest program in build/test/unit."""
    folder = os.path.join(options.build, "test", "unit")
    passed, failures = 0, []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        program = os.path.join(folder, name)
        if not (os.path.isfile(program) and os.access(program, os.X_OK)):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            report = os.path.join(scratch, "report.json")
            try:
                done = subprocess.run(
                    [program, f"--gtest_output=json:{report}"],
                    cwd=scratch,
                    timeout=600,
                    text=True,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
                said, status = done.stdout, done.returncode
            except subprocess.TimeoutExpired as error:
                said, status = str(error), 1
            if not os.path.exists(report):  # crashed before it could report
                failures.append((name, f"{said}\nended with status {status}"))
                continue
            with open(report) as file:
                cases = [
                    case for suite in json.load(file)["testsuites"] for case in suite["testsuite"]
                ]
            for case in cases:
                if case.get("failures"):
                    text = "\n".join(failure["failure"] for failure in case["failures"])
                    failures.append((f"{name} {case['classname']}.{case['name']}", text))
                elif case["result"] == "COMPLETED":
                    passed += 1
            if status and not any(case.get("failures") for case in cases):
                failures.append((name, f"{said}\nended with status {status}"))
    return passed, failures


def run_shown(command, timeout):
    """Runs a program that shows its own progress on a terminal; returns (status, what it said, ""
    on a terminal)."""
    shown = sys.stdout.isatty()
    try:
        done = subprocess.run(
            command,
            text=True,
            stdout=None if shown else subprocess.PIPE,
            stderr=None if shown else subprocess.STDOUT,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return 1, f"no end after {timeout} s"
    except OSError as error:
        return 1, str(error)
    return done.returncode, done.stdout or ""


def run_conformance_tool(options, folder, arguments, timeout, cases=None):
    """Returns (scoreboard, what was said); the scoreboard is None where there is none."""
    out = os.path.join(options.build, folder)
    report = os.path.join(out, "scoreboard.json")
    if os.path.exists(report):
        os.remove(report)
    _, said = run_shown(
        [
            os.path.join(options.build, "bin", "azulejo-conformance"),
            f"--cases={cases or options.cases}",
            f"--random-cases={SOURCE}/test/conformance/random_cases.txt",
            f"--jobs={options.jobs}",
            f"--out={out}",
            *arguments,
        ],
        timeout,
    )
    if not os.path.exists(report):
        return None, said
    with open(report) as file:
        return json.load(file), said


def read_page():
    with open(os.path.join(SOURCE, "docs", "Conformance.md"), encoding="utf-8") as file:
        return conformance_page.read(file.read())


def run_conformance(options):
    """The whole suite is one test: what docs/Conformance.md says passes does. That a case passes
    through the command line if it passes at all is one test for each of a hundred cases."""
    board, said = run_conformance_tool(options, "conformance", [], 1800)
    if not board:
        return 0, [("conformance", said)]
    note = f"conformance: {board['passed']} of {board['total']}"
    totals = read_page()["static"]
    failures = [
        (f"conformance: {name}", message)
        for name, message in conformance_page.regressions(totals, board)
    ]
    if board["total"] < totals.total:
        failures.append(("conformance", f"{note} cases, and the page has {totals.total}"))
    passed = int(not failures)
    sample, said = run_conformance_tool(
        options,
        "conformance/command-line",
        ["--command-line", "--sample=100", f"--seed={options.seed}"],
        900,
    )
    if not sample:
        return passed, failures + [("conformance through the command line", said)], note
    for name, case in sample["cases"].items():
        if case["status"] == "pass" or board["cases"][name]["status"] != "pass":
            passed += 1
        else:
            failures.append((f"conformance through the command line: {name}", case["message"]))
    return passed, failures, note


def run_conformance_samples(options):
    """The other forms of docs/Conformance.md: each case of a sample is a test, that it passes if
    the page says so. Those on simulated GPUs run under their checkers."""
    page = read_page()
    passed, failures = 0, []
    for form in conformance_page.FORMS:
        if form.name == "static":
            continue
        count = options.gpu_cases if form.folder.startswith("cuda") else options.form_cases
        drawn = [] if count == "all" else [f"--sample={count}"]
        arguments = [*form.arguments, f"--seed={options.seed}", *drawn]
        board, said = run_conformance_tool(
            options, f"conformance/sample/{form.folder}", arguments, 3600
        )
        if not board:
            failures.append((f"conformance, {form.name}", said))
            continue
        # What no page says of a form holds of the static one.
        found = conformance_page.regressions(page.get(form.name, page["static"]), board)
        passed += board["passed"]
        failures += [(f"conformance, {form.name}: {name}", message) for name, message in found]
    note = f"{options.form_cases} of each form, {options.gpu_cases} on each simulated GPU"
    return passed, failures, f"{note}, --seed={options.seed}"


def run_own_conformance(options):
    """Cases that the suite lacks: what docs/Conformance.md says passes does, each a test."""
    status, said = run_shown(
        [
            sys.executable,
            os.path.join(SOURCE, "tools", "dev.d", "conformance.py"),
            f"--build={options.build}",
            f"--cases={options.cases}",
            "--own",
            f"--jobs={options.jobs}",
        ],
        3600,
    )
    if status:
        return 0, [("conformance, own cases", said)]
    with open(os.path.join(options.build, "conformance", "own", "scoreboard.json")) as file:
        board = json.load(file)
    found = conformance_page.regressions(read_page()["own"], board)
    failures = [(f"conformance, own: {name}", message) for name, message in found]
    return board["passed"], failures


def run_models(options):
    """Each model is one test: every output agrees with ONNX Runtime's. Some are run once more with
    the code that a CPU without AVX-512 gets."""
    folder = os.path.join(SOURCE, "test", "models")
    sys.path.insert(0, folder)
    import panel

    names = panel.names()
    sample = len(names) if options.avx2 == "all" else min(int(options.avx2), len(names))
    drawn = random.Random(options.seed).sample(names, sample)
    runs = [(name, "host") for name in names] + [(name, "x86-64-v3") for name in drawn]
    passed, failures = 0, []
    # In order of names, so that a model is made once for both.
    for name, group in itertools.groupby(sorted(runs), key=lambda run: run[0]):
        cpus = [cpu for _, cpu in group]
        for cpu in cpus:
            command = [
                sys.executable,
                os.path.join(folder, "compare.py"),
                name,
                f"--bin={options.build}/bin",
                f"--folder={options.build}/models",
                f"--cpu={cpu}",
            ]
            if cpu == cpus[-1]:
                command.append("--discard")
            status, said = run_shown(command, 900)
            if status:
                failures.append((f"model {name} for {cpu}", said))
            passed += not status
    return passed, failures, f"{sample} also for x86-64-v3, --seed={options.seed}"


def run_gpu_kernels(options):
    """Kernels of some models, drawn by the seed, spill nothing; and tensor cores do what is theirs.
    Each model is a test for each architecture and precision."""
    folder = os.path.join(SOURCE, "test", "models")
    sys.path.insert(0, folder)
    import panel

    names = panel.names()
    count = len(names) if options.gpu_models == "all" else min(int(options.gpu_models), len(names))
    drawn = random.Random(options.seed).sample(names, count)
    common = [f"--bin={options.build}/bin", f"--folder={options.build}/models"]
    passed, failures = 0, []
    for arch, name in itertools.product(("sm_80", "sm_90a"), sorted(drawn)):
        for precision in ("f32", "f16"):
            command = [sys.executable, os.path.join(folder, "gpu_kernels.py"), name, *common]
            command += [f"--arch={arch}", f"--precision={precision}", f"--ptxas={options.ptxas}"]
            status, said = run_shown(command, 600)
            if status:
                failures.append((f"kernels of {name} for {arch} in {precision}", said))
            passed += not status
    for arch, name in itertools.product(("sm_80", "sm_90a"), ("minilm_l6", "llama_prefill")):
        command = [sys.executable, os.path.join(folder, "tensor_cores.py"), name, *common]
        status, said = run_shown([*command, f"--arch={arch}"], 600)
        if status:
            failures.append((f"tensor cores in {name} on {arch}", said))
        passed += not status
    return passed, failures, f"{count} models, --seed={options.seed}"


def run_graphs(options):
    """Random graphs against ONNX Runtime, each a test. What differs is left in build/graphs."""
    command = [
        sys.executable,
        os.path.join(SOURCE, "test", "graphs", "random_graphs.py"),
        f"--count={options.graphs}",
        f"--seed={options.seed}",
        f"--bin={options.build}/bin",
        f"--findings={options.build}/graphs",
    ]
    status, said = run_shown(command, 60 + 20 * options.graphs)
    note = f"--seed={options.seed}"
    return (0, [("random graphs", said)], note) if status else (options.graphs, [], note)


def run_operators(options):
    """Operators outside ONNX, each case a test: with the sizes that it has, and once more with a
    symbol for each dimension of each input."""
    passed, failures = 0, []
    writer = os.path.join(SOURCE, "test", "operators", "write_cases.py")
    for form, arguments in (("static", []), ("dynamic", ["--form=dynamic"])):
        with tempfile.TemporaryDirectory() as cases:
            command = [sys.executable, writer, cases, f"--seed={options.seed}"]
            command.append(f"--count={options.operators}")
            # Nobody exports a model whose weights are as large as the caller likes.
            command += ["--fixed-weights"] if arguments else []
            status, said = run_shown(command, 600)
            board = None
            if not status:
                board, said = run_conformance_tool(
                    options, f"operators/{form}", arguments, 1800, cases
                )
        if not board:
            failures.append((f"operators, {form}", said))
            continue
        for name, case in board["cases"].items():
            if case["status"] == "pass":
                passed += 1
            else:
                failures.append((f"operator {name}, {form}", case["message"]))
    return passed, failures, f"--seed={options.seed}"


def run_fuzz(options):
    """Broken models become errors: mutants of the suite's models and of the importer's tests are
    imported for some seconds. A failure leaves the mutant in build/fuzz."""
    out = os.path.join(options.build, "fuzz")
    command = [
        os.path.join(options.build, "bin", "azulejo-fuzz"),
        os.path.join(options.cases, "node"),
        os.path.join(SOURCE, "test", "lib", "Import"),
        f"--findings={out}",
        f"--seconds={options.fuzz_seconds}",
        f"--seed={options.seed}",
        f"--jobs={options.jobs}",
    ]
    status, said = run_shown(command, options.fuzz_seconds + 300)
    note = f"--seed={options.seed}"
    return (0, [("fuzz", said)], note) if status else (1, [], note)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--cases", required=True, help="folder of the ONNX backend suite's cases")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=392415, help="what is sampled")
    parser.add_argument(
        "--avx2", default="5", help="models also run for x86-64-v3: a number, or all"
    )
    parser.add_argument(
        "--gpu-cases", default="150", help="conformance cases on simulated GPUs: a number, or all"
    )
    parser.add_argument(
        "--form-cases", default="150", help="conformance cases in each other form: a number, or all"
    )
    parser.add_argument(
        "--gpu-models", default="3", help="models whose kernels ptxas assembles: a number, or all"
    )
    parser.add_argument("--ptxas", default="ptxas")
    parser.add_argument("--fuzz-seconds", type=int, default=20, help="how long to import mutants")
    parser.add_argument("--graphs", type=int, default=40, help="how many random graphs to run")
    parser.add_argument("--operators", type=int, default=3, help="cases of operators outside ONNX")
    parser.add_argument("regex", nargs="?", help="run only the lit tests whose path matches")
    options = parser.parse_args()

    suites = [("lit", run_lit)]
    if not options.regex:
        suites += [
            ("unit tests", run_unit_tests),
            ("fuzz", run_fuzz),
            ("random graphs", run_graphs),
            ("operators", run_operators),
            ("conformance", run_conformance),
            ("conformance in other forms", run_conformance_samples),
            ("conformance, own cases", run_own_conformance),
            ("kernels of GPUs", run_gpu_kernels),
            ("models", run_models),
        ]

    total_passed, total_failures = 0, []
    for name, suite in suites:
        start = time.time()
        passed, failures, *note = suite(options)
        total_passed += passed
        total_failures += failures
        for test, said in failures:
            print(f"\nFAILED {test}")
            lines = re.sub(r"\x1b\[[0-9;]*m", "", said or "").splitlines()
            print("\n".join("  " + line for line in lines[-TAIL_LINES:]), flush=True)
        summary = f"{name}: {passed} passed, {len(failures)} failed  {time.time() - start:.0f} s"
        print("  ".join([summary, *note]), flush=True)
    if total_failures:
        print("\nfailed:")
        for test, _ in total_failures:
            print(f"  {test}")
    print(f"{total_passed} passed, {len(total_failures)} failed")
    return 1 if total_failures or not total_passed else 0


if __name__ == "__main__":
    sys.exit(main())
