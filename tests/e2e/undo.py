#!/usr/bin/env python3
"""What a door replaced or erased is taken back, before and after a kill; ranges are erased, and retention runs."""

import json
import os
import subprocess
import time

from harness import (BINARY, BX_POINT, PARTITION, BuildingX, EnergyView, Omf, Pi, Server, basic, check, check_equal,
                     finish, session, time_text)


def penstock(server, *words, expect=0):
    """Runs `penstock WORDS`; its output as JSON where it is JSON."""
    done = subprocess.run([str(BINARY), *words, "--url", server.url, "--user", "demo", "--json"], text=True, timeout=300,
                          capture_output=True, check=False, env={**os.environ, "PENSTOCK_ADMIN_PASSWORD": "demo-secret"})
    check_equal(done.returncode, expect, f"penstock {' '.join(words)}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else done.stderr


def newest_batch(server):
    """Receipt of the newest batch of samples of a client."""
    for item in penstock(server, "audit", "list", "--max", "50")["items"]:
        if item["door"] in ("pi", "omf", "buildingx", "energyview"):
            return item["receipt"]
    raise KeyError("no batch")


def undo(server, receipt):
    return penstock(server, "audit", "undo", receipt)["receipt"]


with Server() as server:
    # The issuer of tokens has the server's port, which is chosen at the first start.
    server.stop()
    server.start()
    made = session()
    made.headers["Authorization"] = basic("demo", "demo-secret")
    pi, omf, bx, ev = Pi(server.url), Omf(server.url), BuildingX(server.url), EnergyView(server.url)
    number = BX_POINT + "a1"
    times = [f"2024-02-01T00:{i:02d}:00Z" for i in range(20)]

    check(omf.send("type", [{"id": "Undo.Number", "type": "object", "classification": "dynamic", "properties": {
        "Time": {"type": "string", "format": "date-time", "isindex": True},
        "Value": {"type": "number", "format": "float64"}}}]).ok, "OMF makes a type")
    check(omf.send("container", [{"id": "undo", "typeid": "Undo.Number"}]).ok, "OMF makes a container")

    first = [(t, float(i)) for i, t in enumerate(times)]
    between = [(f"2024-02-01T00:{i:02d}:30Z", 100.0 + i) for i in range(10)]
    over = [(t, v + 1000) for t, v in first[5:15]]

    def omf_values(rows):
        return [{"containerid": "undo", "values": [{"Time": t, "Value": v} for t, v in rows]}]

    # Of each door: what is there first, what goes over it, and how it reads.
    doors = {
        "PI Replace": (lambda: pi.write("CDT158", first), lambda: pi.write("CDT158", over + between, updateOption="Replace"),
                       lambda: pi.read("CDT158")),
        "PI Remove": (lambda: pi.write("BA:LEVEL.1", first), lambda: pi.write("BA:LEVEL.1", over, updateOption="Remove"),
                      lambda: pi.read("BA:LEVEL.1")),
        "EnergyView window": (lambda: ev.write(1, "outdoortemp", first),
                              lambda: ev.write(1, "outdoortemp", over + between, overwrite="replace_window"),
                              lambda: ev.read(1, "outdoortemp")),
        "OMF delete": (lambda: omf.send("data", omf_values(first)),
                       lambda: omf.send("data", omf_values(over), action="delete"), lambda: pi.read("undo")),
        "Building X overwrite": (lambda: bx.write(number, [(t, str(v)) for t, v in first]),
                                 lambda: bx.write(number, [(t, str(v)) for t, v in over + between], overwrite=True),
                                 lambda: bx.read(number)),
    }
    tags = {"PI Replace": "CDT158", "PI Remove": "BA:LEVEL.1", "EnergyView window": "EV.demo.1.outdoortemp",
            "OMF delete": "undo", "Building X overwrite": f"BX.{PARTITION}.{number}"}
    was, became, receipts = {}, {}, {}
    for name, (fill, change, read) in doors.items():
        check(fill().ok, f"{name}: the first values")
        was[name] = read()
        check_equal(len(was[name]), 20, f"{name}: the first values are there")
    # Half of them are in blocks, half in the head; a kill brings both back.
    server.stop()
    server.start()
    for name, (fill, change, read) in doors.items():
        check(change().ok, f"{name}: the change")
        became[name] = read()
        check(became[name] != was[name], f"{name}: it shows")
        receipts[name] = newest_batch(server)
    server.kill()
    server.start()
    undone = {}
    for name, (fill, change, read) in doors.items():
        check_equal(read(), became[name], f"{name}: after a kill")
        undone[name] = undo(server, receipts[name])
        check_equal(read(), was[name], f"{name}: undone")
    server.kill()
    server.start()
    for name, (fill, change, read) in doors.items():
        check_equal(read(), was[name], f"{name}: undone, after a kill")
        check("undone already" in penstock(server, "audit", "undo", receipts[name], expect=1), f"{name}: only once")
        undo(server, undone[name])
        check_equal(read(), became[name], f"{name}: done again")
        check(pi.write(tags[name], [(times[7], 55.5)], updateOption="Replace").ok, f"{name}: a later batch")
        check("later batch" in penstock(server, "audit", "undo", receipts[name], expect=1),
              f"{name}: a later batch stands in the way")

    # A range of time, looked at first.
    rows = [(time_text((1_700_000_000 + i) * 1_000_000_000), i / 4) for i in range(20_000)]
    check(pi.write("PLANT:COUNT", [(t, 1) for t, _ in rows[:10]]).ok, "a neighbour's values")
    for at in range(0, len(rows), 10_000):
        check(pi.write("BA:TEMP.1", rows[at:at + 10_000]).ok, "values to be erased")
    span = ["--from", rows[1000][0], "--to", rows[18_999][0]]
    dry = penstock(server, "delete-range", "BA:*", *span, "--dry-run")
    check_equal([(i["tag"], i["samples"], i["first"], i["last"]) for i in dry["items"]],
                [("BA:TEMP.1", 18_000, rows[1000][0], rows[18_999][0])], "the dry run")
    check_equal(len(pi.read("BA:TEMP.1")), 20_000, "a dry run erases nothing")
    real = penstock(server, "delete-range", "BA:*", *span)
    check_equal(real["samples"], 18_000, "samples erased")
    check_equal(len(real["items"][0]["receipts"]), 3, "batches")
    check_equal(len(pi.read("BA:TEMP.1")), 2000, "the rest")
    check_equal(len(pi.read("PLANT:COUNT")), 10, "the neighbour")
    for receipt in real["items"][0]["receipts"]:
        undo(server, receipt)
    check_equal([(t, v) for t, v, _ in pi.read("BA:TEMP.1")][:10], rows[:10], "values that came back")
    check_equal(len(pi.read("BA:TEMP.1")), 20_000, "all came back")
    url = server.url + "/penstock/v1/"
    answer = made.post(url + "points/BA%3ATEMP.1/delete-range", json={"from": rows[0][0], "to": rows[9][0]}, timeout=60)
    check_equal((answer.status_code, answer.json()["samples"]), (200, 10), "one point by its tag")
    for body in ({"points": "*" * 1025, "from": rows[0][0], "to": rows[1][0]}, {}, {"from": rows[0][0]}, {"from": rows[1][0], "to": rows[0][0]}, {"from": "yesterday", "to": rows[0][0]}):
        answer = made.post(url + "delete-range", json={"points": "*", **body}, timeout=60)
        check_equal(answer.status_code, 400, f"delete-range with {body}")
    check_equal(made.post(url + "points/nobody/delete-range", json={"from": rows[0][0], "to": rows[1][0]},
                          timeout=60).status_code, 404, "an unknown point")
    viewer = session()
    viewer.headers["Authorization"] = basic("viewer", "viewer-secret")
    for path in ("points/BA%3ATEMP.1/delete-range", "delete-range"):
        answer = viewer.post(url + path, json={"from": rows[0][0], "to": rows[9][0],
                                               **({"points": "*"} if path == "delete-range" else {})}, timeout=60)
        check_equal(answer.status_code, 403, f"a reader at {path}")

    # Retention.
    now = int(time.time())
    days = [(time_text((now - d * 86_400) * 1_000_000_000), float(d)) for d in range(100, -1, -1)]
    check(pi.write("PLANT:BATCH.ID", [(t, str(v)) for t, v in days]).ok, "a hundred days")
    check(omf.send("data", omf_values(days)).ok, "a hundred days of another")
    penstock(server, "retention", "set", "plant", "--points", "PLANT:BATCH*", "--keep-days", "30")
    penstock(server, "retention", "set", "rest", "--points", "undo", "--keep-days", "3650", "--order", "900")
    check_equal([p["name"] for p in penstock(server, "retention", "list")["items"]], ["plant", "rest"], "policies")
    check_equal(made.put(url + "retention/bad", json={"points": "*", "keep_days": 0}, timeout=60).status_code, 400,
                "a policy that keeps nothing")
    dry = {line["name"]: line for line in penstock(server, "retention", "run", "--dry-run")["items"]}
    check(69 <= dry["plant"]["samples"] <= 71, f"what would go: {dry['plant']['samples']}")
    check_equal(dry["rest"]["samples"], 0, "what the other keeps")
    check_equal(len(pi.read("PLANT:BATCH.ID")), 101, "a dry run erases nothing")
    ran = {line["name"]: line for line in penstock(server, "retention", "run")["items"]}
    check_equal(ran["plant"]["samples"], dry["plant"]["samples"], "what went")
    left = 101 - ran["plant"]["samples"]
    check_equal(len(pi.read("PLANT:BATCH.ID")), left, "what stayed")
    check("for good" in penstock(server, "audit", "undo", ran["plant"]["receipts"][0], expect=1), "retention is final")
    server.kill()
    server.start()
    check_equal(len(pi.read("PLANT:BATCH.ID")), left, "what stayed, after a kill")
    server.stop()
    server.start()
    check_equal(len(pi.read("PLANT:BATCH.ID")), left, "what stayed, in blocks")
    penstock(server, "retention", "drop", "plant")
    check_equal([p["name"] for p in penstock(server, "retention", "list")["items"]], ["rest"], "one policy less")

finish()
