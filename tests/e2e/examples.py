#!/usr/bin/env python3
"""Every example runs against a fresh demo, and runs a second time on what the first left behind."""

import subprocess
import sys

from harness import ROOT, Server, check, finish

with Server() as server:
    for example in sorted((ROOT / "examples").glob("*.py")):
        for attempt in (1, 2):
            done = subprocess.run([sys.executable, str(example), server.url], capture_output=True, text=True,
                                  timeout=120, check=False)
            if not check(done.returncode == 0, f"{example.name}, run {attempt}"):
                print(done.stdout + done.stderr)
    check(server.stop() == 0, "the server ends well")
finish()
