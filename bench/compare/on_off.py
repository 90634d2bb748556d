#!/usr/bin/env python3
"""What receipts, audit, undo and the buffer cost: the same loads with all of them on, and with all of them off.

    bench/compare/on_off.py [--scale 1.0] [--rounds 3]

Needs build/release/penstock and build/release/bench/load. On and off take turns, a new server each time; the CPU time
of the server counts, the flush after the load included, and the best of the rounds of each kind is compared. Prints a
table with the ratio and the bytes that the ledger takes per batch.
"""

import argparse
import pathlib
import sys
import tempfile
import time

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run  # noqa: E402

OFF = ("--audit.enabled=false", "--buffer.enabled=false")
PLAN = [("pi", "backfill"), ("omf", "backfill"), ("omf", "live"), ("energyview", "live"), ("pi", "streamset"),
        ("pi", "batch"), ("pi", "single"), ("pi", "single, 128"), ("omf", "single"), ("buildingx", "hundreds")]


def metric(server, name):
    for line in requests.get(f"{server.url}/metrics", timeout=60).text.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return 0.0


def once(dialect, work, scale, arguments):
    points = 1 if dialect == "buildingx" else run.WORKS[work][1]
    with run.Server(*arguments) as server, tempfile.TemporaryDirectory() as folder:
        names, login = run.prepare_penstock(server, dialect, points)
        file = pathlib.Path(folder) / "names"
        file.write_text("\n".join(names) + "\n")
        time.sleep(run.FLUSHED_AFTER_S)  # The points' own flush is none of the load's.
        before = run.cpu_seconds(server.process.pid)
        result = run.run_load(server.port, server.process.pid, dialect, work, scale, str(file), login, points)
        time.sleep(run.FLUSHED_AFTER_S)
        count = result["requests"] if run.WORKS[work][4] == "request" else result["samples"]
        return {"ns": (run.cpu_seconds(server.process.pid) - before) / count * 1e9, "rate": count / result["seconds"],
                "row": metric(server, "penstock_ledger_bytes") / result["requests"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="a work's name")
    arguments = parser.parse_args()
    print(f"{run.machine()}\n")
    print("| Work | Door | server CPU, off | on | ratio | rate, off | on | ratio | ledger, bytes per batch |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for dialect, work in PLAN:
        if arguments.only and work != arguments.only:
            continue
        rounds = {"off": [], "on": []}
        for _ in range(arguments.rounds):
            rounds["off"].append(once(dialect, work, arguments.scale, OFF))
            rounds["on"].append(once(dialect, work, arguments.scale, ()))
        off, on = (min(r["ns"] for r in rounds[kind]) for kind in ("off", "on"))
        off_rate, on_rate = (max(r["rate"] for r in rounds[kind]) for kind in ("off", "on"))
        row = rounds["on"][-1]["row"]
        print(f"| {work} | {dialect} | {off:.0f} ns | {on:.0f} ns | {on / off:.2f} | {off_rate / 1000:.1f} k | "
              f"{on_rate / 1000:.1f} k | {on_rate / off_rate:.2f} | {row:.1f} |", flush=True)


if __name__ == "__main__":
    main()
