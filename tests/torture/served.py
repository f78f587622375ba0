"""A program that is loaded once and run many times (serve.c): run() is what subprocess.run would give."""
import collections
import os
import subprocess

FAULT = b"a fault while reading the index"  # of the message that common/store/guard.c ends a program with
Done = collections.namedtuple("Done", "returncode stdout stderr")


class Served:
    """PROGRAM, kept by a process that forks for each run. A negative returncode is a signal."""

    def __init__(self, program, **env):
        here = os.path.dirname(os.path.dirname(os.path.abspath(program)))
        library = os.path.join(here, "tests", "torture", "torture_serve.so")
        # A sanitizer wants to be the first library there is; it need not be.
        options = os.environ.get("ASAN_OPTIONS", "")
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, **env, "LD_PRELOAD": library,
                 "ASAN_OPTIONS": (options + ":" if options else "") + "verify_asan_link_order=0"})

    def run(self, *args):
        self.process.stdin.write(b"".join(os.fsencode(a) + b"\x1f" for a in args) + b"\n")
        self.process.stdin.flush()
        status, out, err = map(int, self.process.stdout.readline().split())
        done = Done(status, self.process.stdout.read(out), self.process.stdout.read(err))
        # A fault in the map of a damaged file is for the programs' guard, which a sanitizer build has not got.
        if any(b"AddressSanitizer: " + fault in done.stderr for fault in (b"SEGV", b"BUS")):
            return Done(3, done.stdout, FAULT + done.stderr)
        return done

    def close(self):
        self.process.stdin.close()
        self.process.wait()
