#!/usr/bin/env python3
"""What receipts, audit, undo and the buffer cost: the same loads with all of them on, and with all of them off.

    bench/compare/on_off.py [--scale 1.0] [--rounds 3] [--profile]

Needs build/release/penstock and build/release/bench/load. On and off take turns, a new server each time; the CPU time
of the server counts, the flush after the load included, and the best of the rounds of each kind is compared. Prints a
table with the ratio and the bytes that the ledger takes per batch. On a shared machine two equal runs differ by more than
what is measured here; --profile (needs Debian's linux-perf) therefore adds the share of the server's CPU samples that fall
into the functions of ledger, receipts, preimages, undo's guards and the lane, in a further run with all of it on;
with --rounds 0 that is all it does.
"""

import argparse
import contextlib
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run  # noqa: E402

OFF = ("--audit.enabled=false", "--buffer.enabled=false")
# Long enough for a clock of ten milliseconds.
LENGTH = {"backfill": 8, "live": 6, "streamset": 6, "batch": 4, "single": 2, "single, 128": 2, "hundreds": 6}
PLAN = [("pi", "backfill"), ("omf", "backfill"), ("omf", "live"), ("energyview", "live"), ("pi", "streamset"),
        ("pi", "batch"), ("pi", "single"), ("pi", "single, 128"), ("omf", "single"), ("buildingx", "hundreds")]


# Whatever exists for these alone.
OURS = re.compile(r"Ledger|[Rr]eceipt|Engine::(row_|begin_row|end_row|note|journal_notes|keep_notes|take_back_notes|tell_guards|"
                  r"flush_ledger|flush_preimages|flush_letters|decide_by_lane|settle_purpose|apply_buffer)|Preimage|"
                  r"Lane::|LetterBox|Few::|ZSTD|HUF_|FSE_")


@contextlib.contextmanager
def profiled(pid, share):
    """Adds to `share` which part of the process's CPU samples fell into OURS."""
    with tempfile.TemporaryDirectory() as folder:
        data = pathlib.Path(folder) / "perf.data"
        perf = subprocess.Popen(["perf", "record", "-q", "-F", "2000", "-e", "cpu-clock", "-p", str(pid), "-o", str(data)],
                                stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        yield
        perf.send_signal(signal.SIGINT)
        perf.wait(120)
        report = subprocess.run(["perf", "report", "-i", str(data), "--stdio", "-F", "overhead,symbol"], capture_output=True,
                                text=True, check=True, timeout=300).stdout
        lines = [line.strip().split("%", 1) for line in report.splitlines() if "%" in line and not line.startswith("#")]
        share.append(sum(float(percent) for percent, symbol in lines if OURS.search(symbol)))


def metric(server, name):
    for line in requests.get(f"{server.url}/metrics", timeout=60).text.splitlines():
        if line.startswith(name + " "):
            return float(line.split()[1])
    return 0.0


def once(dialect, work, scale, arguments, share=None):
    points = 1 if dialect == "buildingx" else run.WORKS[work][1]
    with run.Server(*arguments) as server, tempfile.TemporaryDirectory() as folder:
        names, login = run.prepare_penstock(server, dialect, points)
        file = pathlib.Path(folder) / "names"
        file.write_text("\n".join(names) + "\n")
        time.sleep(run.FLUSHED_AFTER_S)  # The points' own flush is none of the load's.
        before = run.cpu_seconds(server.process.pid)
        with profiled(server.process.pid, share) if share is not None else contextlib.nullcontext():
            result = run.run_load(server.port, server.process.pid, dialect, work, scale * LENGTH[work], str(file), login,
                                  points)
            time.sleep(run.FLUSHED_AFTER_S)
        count = result["requests"] if run.WORKS[work][4] == "request" else result["samples"]
        return {"ns": (run.cpu_seconds(server.process.pid) - before) / count * 1e9, "rate": count / result["seconds"],
                "row": metric(server, "penstock_ledger_bytes") / result["requests"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="a work's name")
    parser.add_argument("--profile", action="store_true", help="also the share of CPU samples")
    arguments = parser.parse_args()
    print(f"{run.machine()}\n")
    print("| Work | Door | server CPU, off | on | ratio | rate, off | on | ratio | ledger, bytes per batch | share of CPU |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for dialect, work in PLAN:
        if arguments.only and work != arguments.only:
            continue
        rounds = {"off": [], "on": []}
        for _ in range(arguments.rounds):
            rounds["off"].append(once(dialect, work, arguments.scale, OFF))
            rounds["on"].append(once(dialect, work, arguments.scale, ()))
        share = []
        if arguments.profile:
            last = once(dialect, work, arguments.scale, (), share)
            if arguments.rounds == 0:
                print(f"| {work} | {dialect} | | | | | | | {last['row']:.1f} | {share[0]:.1f} % |", flush=True)
                continue
        off, on = (min(r["ns"] for r in rounds[kind]) for kind in ("off", "on"))
        off_rate, on_rate = (max(r["rate"] for r in rounds[kind]) for kind in ("off", "on"))
        row = rounds["on"][-1]["row"]
        share_text = f"{share[0]:.1f} %" if share else ""
        print(f"| {work} | {dialect} | {off:.0f} ns | {on:.0f} ns | {on / off:.2f} | {off_rate / 1000:.1f} k | "
              f"{on_rate / 1000:.1f} k | {on_rate / off_rate:.2f} | {row:.1f} | {share_text} |", flush=True)


if __name__ == "__main__":
    main()
