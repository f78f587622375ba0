"""What the rows share with the tests of tests/e2e: the two programs, counted checks, the last line and the status."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from programs import Checks, Programs, finish, seed  # noqa: E402, F401
