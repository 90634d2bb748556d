#!/usr/bin/env python3
"""Replays the transcripts of tests/conformance: those of each folder against a fresh demo, which a `server.toml` beside
them may set up otherwise."""

import subprocess
import sys

from harness import ROOT, Server, check, finish

HOME = ROOT / "tests" / "conformance"

folders = sorted({path.parent for path in HOME.rglob("*.http")})
check(bool(folders), "there are transcripts")
for folder in folders:
    settings = folder / "server.toml"
    with Server(config=settings.read_text() if settings.exists() else None) as server:
        done = subprocess.run([sys.executable, str(HOME / "run.py"), "--base-url", server.url,
                               *map(str, sorted(folder.glob("*.http")))],
                              capture_output=True, text=True, timeout=300, check=False)
        lines = done.stdout.strip().splitlines()
        name = folder.relative_to(HOME)
        if not check(done.returncode == 0, f"transcripts of {name}"):
            print(done.stdout + done.stderr)
        print(f"{name}: {lines[-1] if lines else 'said nothing'}", flush=True)
        check(server.is_up(), f"the server is up after {name}")
finish()
