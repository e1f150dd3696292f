"""The unified difference of two files, as Python's standard library makes it."""

import difflib
import sys

before, after = (open(path, encoding="utf-8").readlines() for path in sys.argv[1:3])
sys.stdout.writelines(difflib.unified_diff(before, after, *sys.argv[1:3]))
