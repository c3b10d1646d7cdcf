"""Runs every suite and ends with `N passed, N failed`: lit, the unit tests, the conformance floor, the panel models.

A suite yields its failures as (name, what was said); each suite has one line of its own before the last line."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TAIL_LINES = 40


def run_lit(options):
    """Returns (passed, failures) of every test under test/; lit shows its own progress on a terminal."""
    report = os.path.join(options.build, "lit.json")
    if os.path.exists(report):
        os.remove(report)
    command = [os.path.join(os.path.dirname(sys.executable), "lit"), "-s", "-j", str(options.jobs), "--timeout=600", "-o", report]
    if options.regex:
        command += ["--filter", options.regex]
    # lit's own text repeats what is printed below, so only its progress bar is let through.
    command += [os.path.join(options.build, "test")]
    done = subprocess.run(command, stdout=None if sys.stdout.isatty() else subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
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
                done = subprocess.run([program, f"--gtest_output=json:{report}"], cwd=scratch, timeout=600, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                said, status = done.stdout, done.returncode
            except subprocess.TimeoutExpired as error:
                said, status = str(error), 1
            if not os.path.exists(report):  # crashed before it could report
                failures.append((name, f"{said}\nended with status {status}"))
                continue
            with open(report) as file:
                cases = [case for suite in json.load(file)["testsuites"] for case in suite["testsuite"]]
            for case in cases:
                if case.get("failures"):
                    text = "\n".join(failure["failure"] for failure in case["failures"])
                    failures.append((f"{name} {case['classname']}.{case['name']}", text))
                elif case["result"] == "COMPLETED":
                    passed += 1
            if status and not any(case.get("failures") for case in cases):
                failures.append((name, f"{said}\nended with status {status}"))
    return passed, failures


def run_program(name, command, timeout):
    """One program that is one test: its exit status decides."""
    try:
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        said, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as error:
        said, status = f"{error.stdout or ''}\nno end after {timeout} s", 1
    except OSError as error:
        said, status = str(error), 1
    return (1, [], said) if status == 0 else (0, [(name, said)], said)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--cases", required=True, help="folder of the ONNX backend suite's cases")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("regex", nargs="?", help="run only the lit tests whose path matches")
    options = parser.parse_args()

    suites = [("lit", run_lit)]
    if not options.regex:
        suites += [("unit tests", run_unit_tests)]

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
