"""Runs the quickstarts of README.md as they stand there, each against fresh simulated devices.

usage: readme.py SIMULATOR RUST_EXAMPLE NODE_PROJECT

SIMULATOR is the built binary `simulator`, RUST_EXAMPLE the built binary `ring`, NODE_PROJECT a folder in which
`npm install` has put netsnap. The Python that runs this script has netsnap installed.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(python|js|mjs|rust)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = BLOCK.findall(text)
    languages = [language for language, _ in found]
    assert sorted(set(languages)) == ["js", "mjs", "python", "rust"], f"README.md has quickstarts in {languages}"
    return found


def check_length(language, code):
    lines = [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith(("#", "//"))]
    assert language == "rust" or len(lines) < 25, f"the {language} quickstart has {len(lines)} lines"


def command(language, code, folder, rust_example):
    """Returns what runs a block in a folder that holds inventory.json."""
    if language == "rust":
        example = (ROOT / "examples" / "src" / "bin" / "ring.rs").read_text(encoding="utf-8")
        assert code.strip() in example, "the Rust quickstart is not the one in examples/src/bin/ring.rs"
        return [rust_example]
    suffix, program = {"python": ("py", sys.executable), "js": ("cjs", "node"), "mjs": ("mjs", "node")}[language]
    script = folder / f"quickstart.{suffix}"
    script.write_text(code, encoding="utf-8")
    return [program, str(script)]


def run(language, code, simulator, rust_example, node_project):
    check_length(language, code)
    with tempfile.TemporaryDirectory(dir=node_project) as name:
        folder = pathlib.Path(name)
        with subprocess.Popen(
            [simulator, "--devices", "4", "--inventory", "inventory.json"],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as devices:
            try:
                assert devices.stdout.readline(), "the simulator did not start"
                subprocess.run(command(language, code, folder, rust_example), cwd=folder, check=True, timeout=120,
                               env=os.environ | {"NO_COLOR": "1"})
            finally:
                devices.stdin.close()


def main():
    found = blocks()
    for language, code in found:
        print(f"-- README quickstart: {language}", flush=True)
        run(language, code, *sys.argv[1:4])
    print(f"{len(found)} passed, 0 failed")


if __name__ == "__main__":
    main()
