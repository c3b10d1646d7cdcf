"""docs/Conformance.md, the one generated page that is committed: what passes, in each form.

As a program it writes the page from the scoreboards of whole runs:

    conformance_page.py --page=docs/Conformance.md --boards=build/conformance --commit=COMMIT

As a module it also reads it: a case that the page does not list as failing must pass.
"""

import argparse
import dataclasses
import json
import os
import re
import sys


# The columns of the page: name, folder below build/conformance, the arguments of
# azulejo-conformance, and what a reader should know.
@dataclasses.dataclass(frozen=True)
class Form:
    name: str
    folder: str
    arguments: tuple
    meaning: str


FORMS = [
    Form("static", "", (), "on the CPU, as the suite has it; inputs stay inputs"),
    Form(
        "dynamic",
        "dynamic",
        ("--form=dynamic",),
        "on the CPU, with a symbol for every dimension of every input that is no rank",
    ),
    Form(
        "folded",
        "folded",
        ("--form=folded",),
        "on the CPU, with the inputs as initializers: what folding computes",
    ),
    Form(
        "sm_80",
        "cudasim-sm_80",
        ("--device=cudasim:sm_80", "--timeout=900"),
        "compiled for that GPU and run on the simulated one, under its checkers",
    ),
    Form(
        "sm_90a",
        "cudasim-sm_90a",
        ("--device=cudasim:sm_90a", "--timeout=900"),
        "compiled for that GPU and run on the simulated one, under its checkers",
    ),
]


# The cases of write_own_cases.py are a suite of their own.
OWN = Form("own", "own", (), "operators and old versions that the suite has no case of, on the CPU")


@dataclasses.dataclass
class Totals:
    """What the page says of one form."""

    passed: int
    total: int
    failing: dict  # case: reason


def registry():
    """Every operator of the domains that ONNX ships, as the suite's index names them."""
    import onnx

    names = set()
    for schema in onnx.defs.get_all_schemas():
        if schema.domain in ("", "ai.onnx.ml") or schema.domain.startswith("ai.onnx.preview"):
            names.add(schema.name)
    return names


def load_boards(folder):
    """{form: scoreboard}; a form without one, or with one of a part of the suite, is left out."""
    boards = {}
    for form in [*FORMS, OWN]:
        path = os.path.join(folder, form.folder, "scoreboard.json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                boards[form.name] = json.load(file)
    whole = max((boards[form.name]["total"] for form in FORMS if form.name in boards), default=0)
    return {
        name: board for name, board in boards.items() if name == OWN.name or board["total"] == whole
    }


def escape(text):
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def write(boards, commit, operators):
    """The page's text."""
    forms = [form for form in [*FORMS, OWN] if form.name in boards]
    lines = [
        "# ONNX conformance",
        "",
        "<!-- Made by `tools/dev conformance --write`; tools/dev test holds it to what runs. -->",
        "",
        f"Every case of the ONNX package's backend suite, run whole at commit {commit}; nothing is",
        "drawn, so there is no seed. How cases are compared is told in [Testing](Testing.md).",
        "",
        "Own cases expect what ONNX Runtime gives; where that contradicts the specification,",
        "what ONNX's reference evaluator or the suite says: `test/conformance/own_models.py` and",
        "`test/conformance/write_own_cases.py` have the reasons.",
        "",
        "| form | passed | of | |",
        "|---|---|---|---|",
    ]
    for form in forms:
        board = boards[form.name]
        lines.append(f"| {form.name} | {board['passed']} | {board['total']} | {form.meaning} |")
    lines += ["", "## Cases that do not pass", "", "| form | case | reason |", "|---|---|---|"]
    for form in forms:
        for name, case in sorted(boards[form.name]["cases"].items()):
            if case["status"] != "pass":
                reason = case["message"] or case["status"]
                lines.append(f"| {form.name} | {name} | {escape(reason)} |")
    lines += [
        "",
        "## Operators",
        "",
        "Cases that pass of those that are about the operator; 0 / 0 where the suite has none.",
        "",
        "| operator | " + " | ".join(form.name for form in forms) + " |",
        "|---|" + "---|" * len(forms),
    ]
    counted = {name for form in forms for name in boards[form.name]["operators"]}
    for name in sorted(counted | operators):
        cells = []
        for form in forms:
            sums = boards[form.name]["operators"].get(name, {"passed": 0, "total": 0})
            cells.append(f"{sums['passed']} / {sums['total']}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def read(text):
    """{form: Totals} of a page."""
    pages = {}
    for name, passed, total in re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| .*\|$", text, re.M):
        pages[name] = Totals(int(passed), int(total), {})
    for name, case, reason in re.findall(r"^\| (\w+) \| (\S+/\S+) \| (.*) \|$", text, re.M):
        pages[name].failing[case] = reason
    return pages


def regressions(totals, board):
    """[(case, message)] of a run, of the whole suite or a part, that the page says pass."""
    return [
        (name, case["message"] or case["status"])
        for name, case in board["cases"].items()
        if case["status"] != "pass" and name not in totals.failing
    ]


def faults(text, operators):
    """What a page says that cannot be."""
    pages = read(text)
    found = [] if "static" in pages else ["the form static is not in it"]
    for name, totals in pages.items():
        if totals.passed + len(totals.failing) != totals.total:
            found.append(
                f"{name}: {totals.passed} pass and {len(totals.failing)} do not, of {totals.total}"
            )
    rows = set(re.findall(r"^\| (\w+)[^|]* \|(?: \d+ / \d+ \|)+$", text, re.M))
    found += [f"the operator {name} is not in it" for name in sorted(operators - rows)]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", required=True)
    parser.add_argument("--boards", help="folder of the scoreboards to write the page from")
    parser.add_argument("--commit", default="unknown", help="what was run")
    options = parser.parse_args()
    if options.boards:
        boards = load_boards(options.boards)
        with open(options.page, "w", encoding="utf-8") as file:
            file.write(write(boards, options.commit, registry()))
    with open(options.page, encoding="utf-8") as file:
        found = faults(file.read(), registry())
    if found:
        sys.exit("\n".join(f"{options.page}: {fault}" for fault in found))


if __name__ == "__main__":
    main()
