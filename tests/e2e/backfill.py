#!/usr/bin/env python3
"""The loader by itself: what it reports, what it does on a second run, what it refuses."""

import json
import re
import subprocess

from harness import BINARY, BX_POINT, PARTITION, BuildingX, EnergyView, Pi, Server, backfill, check, check_equal, finish

PI = ["--door", "pi", "--user", "demo", "--password", "demo-secret"]


def run(*arguments, **more):
    return subprocess.run([str(BINARY), "backfill", *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          check=False, **more)


with Server() as server:
    folder = server.data.parent
    work = folder / "work"
    file = folder / "a.csv"
    file.write_text("time,a,b\n" + "".join(f"2024-01-01T00:{i // 60:02d}:{i % 60:02d}Z,{i},{i / 4}\n"
                                           for i in range(1200)) + "2024-01-01T00:00:05Z,999,999\n")
    url = ["--url", server.url]
    pi = Pi(server.url)

    said = backfill(file, *PI, *url, "--point", "L.{column}", "--chunk", 500, work=work)
    check(said.startswith("2400 of 2402 values are stored; 2 were not sent; see "), said)
    log = [json.loads(line) for line in (work / "a.csv.pi.log").read_text().splitlines()]
    check_equal(sorted((line["point"], line["count"]) for line in log),
                sorted([("L.a", 500), ("L.a", 500), ("L.a", 200), ("L.b", 500), ("L.b", 500), ("L.b", 200)]),
                "a log line per batch")
    check(all(line["status"] == 202 and re.fullmatch(r"2024-01-01T00:\d\d:\d\dZ", line["first"]) and line["last"]
              for line in log), f"log lines have status and range: {log[0]}")
    report = (work / "a.csv.pi.conflicts.csv").read_text().splitlines()
    check_equal(len(report), 3, "two conflicts")
    check(report[1].startswith("L.a,2024-01-01T00:00:05Z,999,1202,"), report[1])
    check_equal([v for _, v, _ in pi.read("L.a")], list(range(1200)), "values of L.a")

    # A second run finds everything there, and changes nothing.
    file.write_text(file.read_text().replace(":01:00Z,60,", ":01:00Z,777,"))
    said = backfill(file, *PI, *url, "--point", "L.{column}", work=work)
    check("2400 of them had a value at their time already" in said, said)
    check_equal(pi.read("L.a")[60][1], 60, "the old value stays")
    backfill(file, *PI, *url, "--point", "L.{column}", "--overwrite", work=work)
    check_equal(pi.read("L.a")[60][1], 777, "unless it is to be overwritten")

    # Building X names the conflicts one by one.
    BuildingX(server.url).write(BX_POINT + "a1", [("2024-01-01T00:00:07Z", "-1")])
    backfill(file, "--door", "buildingx", "--client", "demo-client", "--secret", "demo-secret", *url, "--partition",
             PARTITION, "--columns", "a", "--point", BX_POINT + "a1", work=work)
    report = (work / "a.csv.buildingx.conflicts.csv").read_text()
    check(f"{BX_POINT}a1,2024-01-01T00:00:07Z,7,," in report, report)
    check_equal(BuildingX(server.url).read(BX_POINT + "a1")[7], ("2024-01-01T00:00:07.000Z", "-1"), "it stays")

    # Secrets by variable, HTTPS or not.
    backfill(file, "--door", "energyview", *url, "--domain", "demo", "--node", 3, work=work,
             environment={"PENSTOCK_BACKFILL_KEY": "demo-secret"})
    check_equal(len(EnergyView(server.url).read(3, "b")), 1200, "values at EnergyView")

    # An interrupted run goes on behind what was acknowledged.
    resume = work / "big.csv.pi.resume"
    big = folder / "big.csv"
    big.write_text("time,big\n" + "".join(f"{1_600_000_000 + i},{i}\n" for i in range(60_000)))
    command = [big, *PI, *url, "--time-format", "unix", "--chunk", "20", "--connections", "1", "--work", work]
    loader = subprocess.Popen([str(BINARY), "backfill", *map(str, command)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    for _ in range(2000):
        if resume.exists() and resume.read_text().count("\n") > 100 or loader.poll() is not None:
            break
        try:
            loader.wait(0.01)
        except subprocess.TimeoutExpired:
            pass
    loader.kill()
    loader.wait(60)
    acknowledged = resume.read_text().count("\n") - 1 if resume.exists() else 0
    check(100 <= acknowledged < 3000, f"interrupted in the middle: {acknowledged}")
    again = run(*command)
    check_equal(again.returncode, 0, f"the second run ends well {again.stderr}")
    found = re.search(r"Going on after (\d+) chunks", again.stderr)
    check(found is not None and acknowledged - 1 <= int(found.group(1)), again.stderr)
    check("60000 of 60000 values are stored" in again.stdout, again.stdout)
    sent = len((work / "big.csv.pi.log").read_text().splitlines())
    check(sent <= 3001, f"no acknowledged chunk is sent again: {sent} requests")
    check_equal([v for _, v, _ in pi.read("big")], list(range(60_000)), "values of big")
    check(not resume.exists(), "the resume file is gone")

    # Standard error shows progress on a terminal alone.
    check("%" not in again.stderr, "no progress bar without a terminal")

    # What is wrong is said, with an exit code.
    broken = folder / "broken.csv"
    broken.write_text("time,a\n2024-01-01T00:00:00Z,\"1\n")
    cases = [
        ("no such file", [folder / "none.csv", *PI, *url], 2, "can't be read"),
        ("no such column", [file, *PI, *url, "--columns", "c"], 2, "no column 'c'"),
        ("no such zone", [file, *PI, *url, "--time-zone", "Mars/Olympus"], 2, "no time zone"),
        ("broken CSV", [broken, *PI, *url], 2, "broken.csv:2"),
        ("no login", [file, "--door", "pi", *url], 2, "--user"),
        ("unknown door", [file, "--door", "window", *url], 2, "--door"),
        ("wrong password", [file, *PI[:-1], "x", *url], 1, "401"),
        ("no right", [file, "--door", "pi", "--user", "viewer", "--password", "viewer-secret", *url, "--point",
                      "L.{column}"], 1, "403"),
        ("missing point", [file, *PI, *url, "--no-create", "--point", "N.{column}"], 2, "N.a"),
        ("missing Building X point", [file, "--door", "buildingx", "--client", "demo-client", "--secret",
                                      "demo-secret", *url, "--partition", PARTITION, "--point",
                                      BX_POINT + "f{column}"], 2, "404"),
        ("nobody listens", [file, *PI, "--url", "http://127.0.0.1:1"], 1, "127.0.0.1"),
    ]
    for name, arguments, code, words in cases:
        done = run(*arguments, "--work", work / "refused", "--retry", 1)
        text = done.stdout + done.stderr
        log_file = work / "refused" / "a.csv.pi.log"
        text += log_file.read_text() if log_file.exists() else ""
        check_equal(done.returncode, code, f"{name} ({text[-300:]})")
        check(words in text, f"{name}: {text[-300:]}")
    check(server.is_up(), "the server is up")
    check_equal(server.stop(), 0, "the server ends well")
finish()
