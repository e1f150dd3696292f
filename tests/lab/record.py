#!/usr/bin/env python3
"""Types lines on a real router, one at a time, and writes down what it did: what the simulator's rules are held to.

    record.py SCRIPT >RECORDING        root only; a fresh router of `judge` for each block of the script

A script holds blocks: `=== name`, `--- before`, a configuration, `--- lines`, and a line each to be typed, with the lines that lead to
its section before it, divided by ` / `. A line that begins with `#` is a comment.
A recording is JSON: for each block the running configuration that the router booted to, then for each line the mode that the prompt
showed behind it, what was printed, and which lines of the running configuration were replaced by which.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge")
HEAD = "frr defaults traditional\nservice integrated-vtysh-config\n!\n"
FENCE = "!fence-7f3a"
PROMPT = re.compile(r"^judge(?:\(config(?:-([^)]*))?\))?# ")


class Router:
    """A fresh router that was started with a configuration."""

    def __init__(self, configuration):
        self.folder = tempfile.TemporaryDirectory()
        self.write("frr.conf", HEAD + configuration)
        pipe = subprocess.PIPE
        self.judge = subprocess.Popen([JUDGE, self.folder.name], stdin=pipe, stdout=pipe, text=True)
        self.answer()

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def answer(self):
        lines = []
        for line in self.judge.stdout:
            if line.startswith("# "):
                return "".join(lines)
            lines.append(line)
        raise SystemExit("the router is gone: " + "".join(lines))

    def order(self, order):
        self.judge.stdin.write(order + "\n")
        self.judge.stdin.flush()
        return self.answer()

    def show(self):
        return self.order("show")

    def type(self, lines):
        """Types lines in configuration mode; returns the mode behind the last one and what it printed."""
        typed = ["configure terminal", *lines, FENCE]
        text = self.order("talk " + self.write("typed", "\n".join(typed) + "\n"))
        return told(text, lines[-1])

    def close(self):
        self.judge.kill()
        self.judge.wait()
        self.folder.cleanup()


def told(text, line):
    """Finds the last echo of a line, the output behind it, and the mode of the fence."""
    output, mode, inside = [], None, False
    for row in text.split("\n"):
        prompt = PROMPT.match(row)
        said = row[prompt.end():] if prompt else None
        if said == FENCE:
            mode = prompt.group(1) or ""
            break
        if said is not None and said.strip() == line.strip():
            output, inside = [], True
        elif inside:
            output.append(row)
    if mode is None:
        raise SystemExit("no fence behind %r in:\n%s" % (line, text))
    return mode, "\n".join(output).rstrip("\n")


def splice(before, after):
    """Returns where two lists of lines differ: the place, how many go, and which come."""
    shared = 0
    while shared < min(len(before), len(after)) and before[shared] == after[shared]:
        shared += 1
    end = 0
    while end < min(len(before), len(after)) - shared and before[-1 - end] == after[-1 - end]:
        end += 1
    return {"at": shared, "removed": len(before) - shared - end, "added": after[shared:len(after) - end]}


def blocks(text):
    for block in re.split(r"^=== ", text, flags=re.M)[1:]:
        name, rest = block.split("\n", 1)
        before, lines = rest.split("--- before\n", 1)[1].split("--- lines\n", 1)
        lines = [line for line in lines.split("\n") if line.strip() and not line.startswith("#")]
        yield name, before, lines


def record(before, lines):
    router = Router(before)
    running = router.show()
    recording = {"before": running, "steps": []}
    shown = running.split("\n")
    for line in lines:
        path = line.split(" / ")
        mode, output = router.type(path)
        now = router.show().split("\n")
        step = {"into": path[:-1], "line": path[-1], "mode": mode, "output": output}
        recording["steps"].append({**step, **splice(shown, now)})
        shown = now
    router.close()
    return recording


def main():
    with open(sys.argv[1]) as file:
        script = file.read()
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    recordings = []
    for name, before, lines in blocks(script):
        if only in name:
            print(name, file=sys.stderr)
            recordings.append({"name": name, **record(before, lines)})
    json.dump(recordings, sys.stdout, indent=0)
    print()


if __name__ == "__main__":
    main()
