"""tools/dev conformance: runs azulejo-conformance in the forms that docs/Conformance.md has.

Its own options are --all and --write; all others are azulejo-conformance's. A run of one form
leaves its scoreboard in the folder of that form below build/conformance.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(SOURCE, "test", "conformance"))
import conformance_page

PAGE = os.path.join(SOURCE, "docs", "Conformance.md")


def run(options, folder, arguments, cases=None):
    out = os.path.join(options.build, "conformance", folder)
    command = [
        os.path.join(options.build, "bin", "azulejo-conformance"),
        f"--cases={cases or options.cases}",
        f"--random-cases={SOURCE}/test/conformance/random_cases.txt",
        f"--out={out}",
        *arguments,
    ]
    status = subprocess.run(command).returncode
    if status:
        sys.exit(status)


def run_own(options, arguments):
    """The cases that the suite lacks, made anew when the scripts that make them have changed."""
    cases = os.path.join(options.build, "conformance", "own-cases")
    scripts = os.path.join(SOURCE, "test", "conformance")
    recipe = hashlib.sha256()
    for name in sorted(os.listdir(scripts)):
        if name.startswith(("own_", "write_")):
            with open(os.path.join(scripts, name), "rb") as file:
                recipe.update(file.read())
    stamp = os.path.join(cases, ".recipe")
    if not os.path.exists(stamp) or open(stamp).read() != recipe.hexdigest():
        shutil.rmtree(cases, ignore_errors=True)
        script = os.path.join(scripts, "write_own_cases.py")
        subprocess.run([sys.executable, script, options.cases, cases], check=True)
        with open(stamp, "w") as file:
            file.write(recipe.hexdigest())
    run(options, conformance_page.OWN.folder, arguments, cases)


def folder_of(arguments):
    """Where a run with these arguments leaves its scoreboard."""
    folder = ""
    for argument in arguments:
        name, _, value = argument.lstrip("-").partition("=")
        if name == "form" and value != "static":
            folder = os.path.join(folder, value)
        if name == "device" and value != "cpu":
            folder = os.path.join(folder, value.replace(":", "-"))
    return folder


def git(*arguments):
    return subprocess.run(
        ["git", "-C", SOURCE, *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--all", action="store_true", help="every form, and through `azulejo`")
    parser.add_argument("--own", action="store_true", help="the cases that the suite lacks")
    parser.add_argument("--write", action="store_true", help="--all, and then docs/Conformance.md")
    options, arguments = parser.parse_known_args()
    if options.own:
        run_own(options, arguments)
        return
    if not (options.all or options.write):
        run(options, folder_of(arguments), arguments)
        return
    partial = any(argument.startswith(("--filter", "--sample")) for argument in arguments)
    if options.write and partial:
        sys.exit("tools/dev conformance: --write takes the whole suite, so no --filter or --sample")
    run_own(options, arguments)
    # The CPU's static form last: its line is that of the suite.
    run(options, "command-line", ["--command-line", "--sample=100", *arguments])
    for form in reversed(conformance_page.FORMS):
        run(options, form.folder, [*form.arguments, *arguments])
    if options.write:
        commit = git("rev-parse", "--short=12", "HEAD")
        if git("status", "--porcelain", "--untracked-files=no"):
            commit += " with changes"
        boards = conformance_page.load_boards(os.path.join(options.build, "conformance"))
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(conformance_page.write(boards, commit, conformance_page.registry()))
        print(f"written: {os.path.relpath(PAGE, SOURCE)}")


if __name__ == "__main__":
    main()
