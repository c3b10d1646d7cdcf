#!/usr/bin/env python3
"""Cheap guards over the tree: check_tree.py SOURCE [GUARD...]

Each guard is a function below; its docstring is the rule. Without names all run. Faults are printed
one a line, with the file, and make the exit status 1."""

import os
import re
import subprocess
import sys

LONGEST_SOURCE_FILE = 640
LONGEST_LINE = 100


class Tree:
    def __init__(self, source):
        self.source = source
        listed = subprocess.run(
            [
                "git",
                "-c",
                f"safe.directory={os.path.abspath(source)}",
                "-C",
                source,
                "ls-files",
                "--cached",
                "--others",
                "--exclude-standard",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\n")
        self.files = sorted(
            {file for file in listed if file and os.path.isfile(os.path.join(source, file))}
        )

    def read(self, file):
        with open(os.path.join(self.source, file), encoding="utf-8", errors="replace") as text:
            return text.read()

    def exists(self, path):
        return os.path.exists(os.path.join(self.source, path))

    def matching(self, pattern):
        return [file for file in self.files if re.fullmatch(pattern, file)]

    def stages(self):
        return sorted({file.split("/")[1] for file in self.matching(r"lib/\w+/.*\.(cpp|td)")})


def passes(tree):
    """A pass lib/STAGE/NAME.cpp, declared in lib/STAGE/Passes.td, has its test
    test/lib/STAGE/NAME.mlir and is documented."""
    for table in tree.matching(r"lib/\w+/Passes\.td"):
        folder = os.path.dirname(table)
        for definition in re.finditer(
            r"^def (\w+)\s*:\s*(?:Interface)?Pass<\"([^\"]+)\"(.*?)^}",
            tree.read(table),
            re.M | re.S,
        ):
            name, flag, body = definition.groups()
            if not flag.startswith("azulejo-"):
                yield f"{table}: {name}: its flag {flag} does not begin with azulejo-"
            if not tree.exists(f"{folder}/{name}.cpp"):
                yield f"{table}: {name} is not in {folder}/{name}.cpp"
            if not tree.exists(f"test/{folder}/{name}.mlir"):
                yield f"{table}: {name} has no test test/{folder}/{name}.mlir"
            if "summary" not in body or "description" not in body:
                yield f"{table}: {name} lacks its summary or description"


def tests(tree):
    """A file lib/STAGE/NAME.cpp has a test of its name, or test/hygiene/tested_elsewhere.txt names
    the test that shows what it does. Patterns and rules have a test of their name, always."""
    elsewhere = "test/hygiene/tested_elsewhere.txt"
    named = dict(
        line.split() for line in tree.read(elsewhere).split("\n") if line and line[0] != "#"
    )
    rewrites = re.compile(
        r"RewritePattern|ConversionPattern|GEN_PASS_DEF|\b\w*[rR]ules?(\[|\.add\()"
        r"|^Value (recognize|simplify)\w+\(Op|^std::optional<Elements> evaluate\w+\(Op",
        re.M,
    )
    sources = tree.matching(r"lib/\w+/\w+\.cpp")
    for file in sources:
        own = tree.matching(re.escape(f"test/{file[:-4]}") + r"\.(mlir|test|onnxtxt)")
        if own and file in named:
            yield f"{elsewhere}: {file} has a test of its own: {own[0]}"
        elif not own and rewrites.search(tree.read(file)):
            yield f"{file}: rewrites, and has no test test/{file[:-4]}.mlir"
        elif not own and file not in named:
            yield f"{file}: no test test/{file[:-4]}.*, and {elsewhere} names none"
    for file, test in named.items():
        if file not in sources:
            yield f"{elsewhere}: {file} does not exist"
        if not tree.exists(test):
            yield f"{elsewhere}: {test}, which tests {file}, does not exist"


def versions(tree):
    """Every version of every operator but the newest is upgraded in a test of test/lib/Graph."""
    import onnx

    seen = "".join(map(tree.read, tree.matching(r"test/lib/Graph/.*\.mlir")))
    upgraded = set(re.findall(r"\bonnx\.((?:\w+\.)?\w+_v\d+)\b", seen))
    known = {}
    for schema in onnx.defs.get_all_schemas_with_history():
        known.setdefault((schema.domain, schema.name), []).append(schema.since_version)
    for (domain, name), numbers in sorted(known.items()):
        prefix = domain.replace(".", "_") + "." if domain else ""
        for version in sorted(numbers)[:-1]:
            if f"{prefix}{name}_v{version}" not in upgraded:
                yield f"test/lib/Graph: no test upgrades version {version} of {prefix}{name}"


def core_operators(tree):
    """docs/CoreOperators.md and lib/Graph/CoreOperators.cpp list the same operators, and the page
    counts them right."""
    source = tree.read("lib/Graph/CoreOperators.cpp")
    code = set(re.findall(r'"([\w.]+)"', source[source.index("operators = {") :]))
    listed = []
    for section in tree.read("docs/CoreOperators.md").split("\n## "):
        title = section.split("\n")[0]
        rows = re.findall(r"^\| ((?:`[\w.]+` ?)+)\|", section, re.M)
        names = re.findall(r"`([\w.]+)`", " ".join(rows))
        if names and not title.endswith(f"({len(names)})"):
            yield f"docs/CoreOperators.md: {title}: there are {len(names)}"
        listed += names
    for name in sorted(code.symmetric_difference(listed)):
        yield f"docs/CoreOperators.md: {name} is not in both the page and CoreOperators.cpp"


def folders(tree):
    """Every folder in lib has its twin in test/lib, and every dialect its twin in test/dialects."""
    for stage in tree.stages():
        if not tree.matching(rf"test/lib/{stage}/.*"):
            yield f"lib/{stage}: no test stands in test/lib/{stage}"
    for dialect in sorted({file.split("/")[1] for file in tree.matching(r"dialects/\w+/.*\.td")}):
        if not tree.matching(rf"test/dialects/{dialect}/.*"):
            yield f"dialects/{dialect}: no test stands in test/dialects/{dialect}"


def text(tree):
    """No path of one machine, no note of unfinished work, no file or line too long to read."""
    machine = re.compile(r"(?<![\w.])/(work|root|home/\w+)/")
    # Spelled in two halves, since this file is looked at, too.
    unfinished = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
    for file in tree.files:
        if file.endswith((".onnx", ".pb", ".npy", ".png")):
            continue
        content = tree.read(file)
        for number, line in enumerate(content.split("\n"), 1):
            if machine.search(line):
                yield f"{file}:{number}: a path of one machine"
            if unfinished.search(line):
                yield f"{file}:{number}: a note of unfinished work"
            # Tables and commands of documents cannot be broken; clang-format and black do the rest.
            if len(line) > LONGEST_LINE and file.endswith((".cpp", ".h", ".c", ".td", ".py")):
                yield f"{file}:{number}: {len(line)} columns"
        if (
            file.endswith((".cpp", ".h", ".td", ".py"))
            and content.count("\n") > LONGEST_SOURCE_FILE
        ):
            yield f"{file}: {content.count(chr(10))} lines are more than one thing"


def documents(tree):
    """Every path and every command of tools/dev that README.md and docs/ name exists."""
    top = {file.split("/")[0] for file in tree.files}
    commands = set(
        re.findall(
            r"^command_(\w+)\(\)",
            "".join(tree.read(file) for file in tree.files if file.startswith("tools/dev")),
            re.M,
        )
    ) | {"help"}
    for document in ["README.md", *tree.matching(r"docs/.*\.md")]:
        if not tree.exists(document):
            yield f"{document} is missing"
            continue
        content = tree.read(document)
        for command in re.findall(r"tools/dev ([a-z]+(?:-[a-z]+)*)", content):
            if command.replace("-", "_") not in commands:
                yield f"{document}: tools/dev has no command {command}"
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", content):
            if not tree.exists(os.path.join(os.path.dirname(document), target)):
                yield f"{document}: links to {target}, which does not exist"
        quoted = re.findall(r"`([^`\n]+)`", content) + re.findall(r"^ {4,}(\S.*)$", content, re.M)
        for word in {word.rstrip(".,:;)") for phrase in quoted for word in phrase.split()}:
            path = word.split(":")[0]
            if (
                "/" not in path
                or path.split("/")[0] not in top
                or re.search(r"[<>*{}$…()|]|[A-Z]{4,}/|NAME|STAGE|/X\.", path)
            ):
                continue
            if not tree.exists(path):
                yield f"{document}: names {path}, which does not exist"


GUARDS = {
    guard.__name__: guard
    for guard in (passes, tests, versions, core_operators, folders, text, documents)
}


def main():
    if len(sys.argv) < 2 or any(name not in GUARDS for name in sys.argv[2:]):
        sys.exit(f"{__doc__}\nguards: {', '.join(GUARDS)}")
    tree = Tree(sys.argv[1])
    faults = [fault for name in sys.argv[2:] or GUARDS for fault in GUARDS[name](tree)]
    print("\n".join(faults), end="\n" * bool(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
