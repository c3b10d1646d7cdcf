"""Runs the kernels of this folder on a CUDA driver and compares what they compute with NumPy.

On the simulated driver each must run without a report; and each of its variants with a planted bug
must fail with a report that names the kernel, the PTX line and the class of the fault. On a real
GPU (--real) only the right ones run.
The last line reads `kernels: N right of N, M planted bugs found of M`."""

import argparse
import json
import os
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--driver", required=True, help="libazulejo-cudasim.so, or libcuda.so.1")
    parser.add_argument(
        "--real", action="store_true", help="the driver is that of a GPU: no planted bugs"
    )
    parser.add_argument(
        "--filter", default="", help="only kernels whose file or name contains this"
    )
    parser.add_argument("--theme", action="append", help="only this module of cases/")
    parser.add_argument("--seed", type=int, default=1, help="of the inputs")
    parser.add_argument("--right", action="store_true", help="only the right kernels")
    parser.add_argument("--verbose", action="store_true", help="print what the reports say")
    return parser.parse_args()


def read_ptx(file, bug):
    with open(os.path.join(FOLDER, "ptx", f"{file}.{bug}.ptx" if bug else f"{file}.ptx")) as text:
        return text.read()


class Reports:
    """The file into which the simulated driver writes a JSON object for each report."""

    def __init__(self):
        self.path = os.path.join(tempfile.mkdtemp(), "reports.json")
        os.environ["AZULEJO_CUDASIM_REPORT_JSON"] = self.path
        os.environ["AZULEJO_CUDASIM_REPORT"] = os.devnull
        self.read = 0

    def take(self):
        """Those written since the last call."""
        if not os.path.exists(self.path):
            return []
        with open(self.path) as file:
            file.seek(self.read)
            lines = file.read()
            self.read = file.tell()
        return [json.loads(line) for line in lines.splitlines() if line.strip()]


def run_right(driver, case, reports):
    """What is wrong, or ""."""
    import numpy as np
    from driver import Array, DriverError, TensorMap

    arrays = [each.array if isinstance(each, TensorMap) else each for each in case.arguments]
    inputs = [each.values.copy() for each in arrays if isinstance(each, Array)]
    try:
        outputs = driver.run(
            read_ptx(case.file, 0),
            case.kernel,
            case.grid,
            case.block,
            case.arguments,
            case.shared,
            case.cooperative,
        )
        case.check(inputs, outputs)
    except DriverError as error:
        found = reports.take() if reports else []
        driver.reset()
        if reports:
            reports.take()  # what the dead context leaked
        return f"{error} {found[0] if found else ''}"
    except AssertionError as error:
        return str(error)
    found = [each for each in (reports.take() if reports else []) if each["class"] != "leak"]
    return f"a report on a right kernel: {found[0]}" if found else ""


def run_leaking(driver, case, ptx, reports):
    """A kernel that does not free what it allocated: the context says so when it goes."""
    driver.run(ptx, case.kernel, case.grid, case.block, case.arguments, case.shared)
    driver.reset()
    found = reports.take()
    wrong = "" if any(each["class"] == "leak" for each in found) else "not found"
    return wrong, None


def run_planted(driver, case, bug, classes, reports):
    from driver import DriverError

    ptx = read_ptx(case.file, bug)
    if classes == ["leak"]:
        return run_leaking(driver, case, ptx, reports)
    try:
        driver.run(
            ptx,
            case.kernel,
            case.grid,
            case.block,
            case.arguments,
            case.shared,
            case.cooperative,
        )
    except DriverError as error:
        found = reports.take()
        driver.reset()
        reports.take()
        if not found:
            return f"{error}, without a report", None
        report = found[0]
        if report["class"] not in classes:
            expected = " or ".join(classes)
            said = f"reported as {report['class']}, not as {expected}: {report['message']}"
            return said, report
        if report["kernel"] != case.kernel or not report.get("ptx_line"):
            return f"the report lacks kernel or line: {report}", report
        if ptx.splitlines()[report["ptx_line"] - 1].strip() != report["ptx"]:
            return f"line {report['ptx_line']} is not {report['ptx']!r}", report
        return "", report
    return "not found", None


def main():
    options = parse_arguments()
    reports = None if options.real else Reports()
    sys.path.insert(0, FOLDER)
    from cases import make_cases
    from driver import Driver

    driver = Driver(options.driver)
    counts = {"right": [0, 0], "planted": [0, 0]}

    def note(kind, name, wrong):
        counts[kind][1] += 1
        counts[kind][0] += not wrong
        if wrong:
            print(f"FAIL {name}: {wrong}")

    for case in make_cases(options.seed, options.theme):
        name = f"{case.file}.{case.kernel}"
        if options.filter not in name:
            continue
        note("right", name, run_right(driver, case, reports))
        for bug, classes in case.bugs.items() if not (options.real or options.right) else ():
            wrong, report = run_planted(driver, case, bug, classes, reports)
            note("planted", f"{name} with bug {bug}", wrong)
            if options.verbose and report:
                said = f"{report['class']}: {report['message']} | {report.get('ptx')}"
                print(f"{name} bug {bug}: {said}")
    right, planted = counts["right"], counts["planted"]
    print(
        f"kernels: {right[0]} right of {right[1]}, {planted[0]} planted bugs found of {planted[1]}"
    )
    return 0 if right[0] == right[1] and planted[0] == planted[1] else 1


if __name__ == "__main__":
    sys.exit(main())
