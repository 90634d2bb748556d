#!/usr/bin/env python3
"""Replays the transcripts of tests/conformance, each door against a fresh demo."""

import subprocess
import sys

from harness import ROOT, Server, check, finish

folders = sorted(p for p in (ROOT / "tests" / "conformance").iterdir() if p.is_dir() and list(p.rglob("*.http")))
check(bool(folders), "there are transcripts")
for folder in folders:
    with Server() as server:
        done = subprocess.run([sys.executable, str(ROOT / "tests/conformance/run.py"), "--base-url", server.url,
                               str(folder)], capture_output=True, text=True, timeout=300, check=False)
        lines = done.stdout.strip().splitlines()
        if not check(done.returncode == 0, f"transcripts of {folder.name}"):
            print(done.stdout + done.stderr)
        print(f"{folder.name}: {lines[-1] if lines else 'said nothing'}", flush=True)
        check(server.is_up(), f"the server is up after {folder.name}")
finish()
