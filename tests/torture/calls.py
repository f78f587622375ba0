"""A program run under tests/torture/calls.c: ended, or failed, at its n-th system call."""
import os
import subprocess
import sys

NOT_REACHED, NOT_SHORTENED, TRACE_FAILED = 98, 97, 99
SKIPPED = 77
KILLED = 128 + 9

# A tracer is in LeakSanitizer's way, and a killed program would not report anyway.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")


class Calls:
    """The tracer of the build tree that `indexer` is of. Ends the row, skipped, where it cannot be used."""

    def __init__(self, indexer):
        self.binary = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(indexer))), "tests/torture/calls")
        if not os.path.exists(self.binary) or self.run([], ["true"]).returncode != 0:
            print("skipped: this machine lets no process be traced")
            sys.exit(SKIPPED)

    def run(self, options, command, **more):
        """The finished process; returncode is the command's status, 128 + signal, or one of the above."""
        more = {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": 120, "env": ENVIRONMENT} | more
        return subprocess.run([self.binary, *options, "--", *command], **more)

    def kill(self, n, command, only=None, **more):
        """SIGKILL before call n: KILLED, or NOT_REACHED when the command ended first."""
        return self.run([*selected(only), "--at", str(n), "--kill"], command, **more)

    def fail(self, n, how, command, only=None, **more):
        """Call n fails with the error `how` (EIO ...), or is stopped short ("short")."""
        act = ["--short"] if how == "short" else ["--fail", how]
        return self.run([*selected(only), "--at", str(n), *act], command, **more)

    def meanwhile(self, n, shell, command, only=None, **more):
        """Before call n the program stands still and a command of the shell is run."""
        return self.run([*selected(only), "--at", str(n), "--run", shell], command, **more)

    def list(self, command, scratch, only=None, **more):
        """[(name, path or first argument), ...] of every call counted, in order; the command must succeed."""
        done = self.run([*selected(only), "--list", scratch], command, **more)
        if done.returncode != 0:
            sys.exit(f"{command} ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
        with open(scratch, encoding="utf-8", errors="replace") as f:
            lines = [line.rstrip("\n").split(" ", 2) for line in f]
        os.unlink(scratch)
        return [tuple(line[1:]) for line in lines if line[0] != "end"]


def selected(only):
    return ["--only", ",".join(only)] if only else []
