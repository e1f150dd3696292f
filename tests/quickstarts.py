"""Runs the quickstarts: those of README.md as they stand there, and the files under examples/.

usage: quickstarts.py --node-project DIR --rust-example FILE (--simulator FILE | --inventory FILE)

Each runs in a folder of its own with an inventory.json: of fresh simulated devices, or a copy of the one given (real
routers). The Python that runs this has netsnap installed; DIR is a folder in which `npm install` has put netsnap.
"""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(python|js|mjs|rust)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SUFFIX = {"python": ".py", "js": ".cjs", "mjs": ".mjs"}
LONGEST = 25


def readme():
    """Yields (name, suffix, code) of each quickstart of the README."""
    found = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    languages = {language for language, _ in found}
    assert languages >= {"python", "mjs", "rust"}, f"README.md has quickstarts in {sorted(languages)} only"
    for language, code in found:
        if language == "rust":
            example = (ROOT / "examples" / "src" / "bin" / "ring.rs").read_text(encoding="utf-8")
            assert code.strip() in example, "the Rust quickstart is not the one in examples/src/bin/ring.rs"
            yield "README rust", ".rs", code
        else:
            yield f"README {language}", SUFFIX[language], code


def examples():
    """Yields (name, suffix, code) of each example in Python and Node."""
    for file in sorted([*(ROOT / "examples/python").glob("*.py"), *(ROOT / "examples/node").glob("ring.*js")]):
        yield str(file.relative_to(ROOT)), file.suffix, file.read_text(encoding="utf-8")


def check_length(name, suffix, code):
    comment = "#" if suffix == ".py" else "//"
    lines = [line for line in code.splitlines() if line.strip() and not line.strip().startswith((comment, '"""'))]
    assert suffix == ".rs" or len(lines) < LONGEST, f"{name} has {len(lines)} lines; under {LONGEST} were promised"


def command(suffix, code, folder, rust_example):
    if suffix == ".rs":
        return [rust_example]
    script = folder / f"quickstart{suffix}"
    script.write_text(code, encoding="utf-8")
    return [sys.executable if suffix == ".py" else "node", str(script)]


@contextlib.contextmanager
def devices(folder, options):
    """Puts an inventory.json into a folder, and keeps its devices running."""
    if options.inventory:
        shutil.copy(options.inventory, folder / "inventory.json")
        yield
        return
    start = [options.simulator, "--devices", "4", "--inventory", "inventory.json"]
    with subprocess.Popen(start, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            assert simulator.stdout.readline(), "the simulator did not start"
            yield
        finally:
            simulator.stdin.close()


def run(quickstart, options):
    name, suffix, code = quickstart
    print(f"-- {name}", flush=True)
    check_length(name, suffix, code)
    # Inside the Node project, so that `netsnap` is found from there.
    with tempfile.TemporaryDirectory(dir=options.node_project) as path:
        folder = pathlib.Path(path)
        with devices(folder, options):
            program = command(suffix, code, folder, options.rust_example)
            done = subprocess.run(program, cwd=folder, timeout=180, env=os.environ | {"NO_COLOR": "1"}).returncode
    return done == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--node-project", required=True)
    parser.add_argument("--rust-example", required=True)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--simulator")
    where.add_argument("--inventory")
    options = parser.parse_args()
    quickstarts = [*readme(), *examples()]
    failed = [quickstart[0] for quickstart in quickstarts if not run(quickstart, options)]
    for name in failed:
        print(f"FAILED {name}")
    print(f"=== {len(quickstarts) - len(failed)} passed, {len(failed)} failed in {len(quickstarts)} quickstarts ===")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
