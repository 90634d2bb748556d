#!/usr/bin/env python3
"""EnergyView domains and their keys are made by command and by call, work at once and outlive a kill; points of every
type are read and written at an address of a domain."""

import json
import os
import subprocess

from harness import (BINARY, EnergyView, EnergyViewTwo, Pi, Server, basic, check, check_equal, finish, session, unix_ns)


def penstock(server, *words, expect=0):
    """Runs `penstock WORDS`; its output as JSON where it is JSON."""
    done = subprocess.run([str(BINARY), *words, "--url", server.url, "--user", "demo", "--json"], text=True, timeout=120,
                          capture_output=True, check=False, env={**os.environ, "PENSTOCK_ADMIN_PASSWORD": "demo-secret"})
    check_equal(done.returncode, expect, f"penstock {' '.join(words)}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else done.stderr


def admin(server, user="demo", password="demo-secret"):
    made = session()
    made.headers["Authorization"] = basic(user, password)
    made.url = server.url + "/penstock/v1/energyview/domains"
    return made


def domains(server):
    return {row["name"]: (row["timezone"], row["nodes"]) for row in penstock(server, "domains", "list")["items"]}


def by_command(server):
    check_equal(penstock(server, "domains", "add", "north", "--timezone", "Europe/Stockholm"),
                {"name": "north", "timezone": "Europe/Stockholm", "nodes": 0}, "a domain is made")
    penstock(server, "principals", "add", "meters", "--grant", "EV.north.*=read,write")
    penstock(server, "principals", "add", "watcher", "--grant", "EV.north.*=read")
    key = penstock(server, "logins", "add", "meters", "key", "north")["secret"]["value"]
    eye = penstock(server, "logins", "add", "watcher", "key", "north")["secret"]["value"]
    rows = [("2024-01-15T12:00:00", 5)]
    ev = EnergyView(server.url, "north", key)
    check_equal(ev.write(7, "a", rows).status_code, 204, "its key writes")
    check_equal(ev.read(7, "a"), [("2024-01-15T12:00:00+01:00", 5)], "on the clock of the domain")
    check_equal(EnergyViewTwo(server.url, "north", key).series_named("a")["name"], "a", "API v2 has the same domain and key")
    check_equal(EnergyView(server.url, "north", eye).write(7, "a", rows).status_code, 403, "a key that may only read")
    check_equal(EnergyView(server.url, "north", eye).read(7, "a"), ev.read(7, "a"), "reads")
    check_equal(EnergyView(server.url, "demo", key).write(1, "a", rows).status_code, 401, "no key opens another domain")
    check_equal(penstock(server, "domains", "change", "north", "--timezone", "UTC")["timezone"], "UTC", "another zone")
    check_equal(ev.read(7, "a"), [("2024-01-15T11:00:00+00:00", 5)], "moves no value")

    server.kill()
    server.start()
    check_equal(domains(server), {"demo": ("UTC", domains(server)["demo"][1]), "north": ("UTC", 1)}, "all of it outlives a kill")
    ev = EnergyView(server.url, "north", key)
    check_equal(ev.read(7, "a"), [("2024-01-15T11:00:00+00:00", 5)], "the key and the value, too")
    check("nodes" in penstock(server, "domains", "remove", "north", expect=1), "a domain with nodes stays")
    check_equal(ev.session.delete(ev.url.replace("timeseries", "nodes/7"), timeout=60).status_code, 204, "its node goes")
    penstock(server, "logins", "remove", "meters", "key", "north")
    check_equal(ev.write(7, "a", rows).status_code, 401, "a key that was taken away is gone at once")
    penstock(server, "domains", "remove", "north")
    check_equal(list(domains(server)), ["demo"], "an empty domain goes")
    check_equal(EnergyView(server.url, "north", eye).write(7, "a", rows).status_code, 404, "and is unknown at the door")


def by_call(server):
    calls = admin(server)
    for body, where in (({"name": "x", "timezone": "Mars/Base"}, "/timezone"), ({"name": "piwebapi"}, "/name"),
                        ({"name": "a/b"}, "/name"), ({}, "/name"), ({"name": "x", "zone": "UTC"}, "/zone")):
        answer = calls.post(calls.url, json=body, timeout=60)
        check_equal((answer.status_code, answer.json()["where"]), (400, where), f"{body} is refused")
    made = calls.post(calls.url, json={"name": "south.1"}, timeout=60)
    check_equal((made.status_code, made.headers["Location"], made.json()["timezone"]),
                (201, "/penstock/v1/energyview/domains/south.1", "UTC"), "a domain in UTC unless told")
    check_equal(calls.post(calls.url, json={"name": "south.1"}, timeout=60).status_code, 409, "a name is given once")
    one = calls.url + "/south.1"
    check_equal(calls.patch(one, json={"timezone": "Mars/Base"}, timeout=60).status_code, 400, "a zone that is none")
    check_equal(calls.patch(one, json={"timezone": "Asia/Kolkata"}, timeout=60).json()["timezone"], "Asia/Kolkata", "a zone")
    check_equal(calls.get(one, timeout=60).json(), {"name": "south.1", "timezone": "Asia/Kolkata", "nodes": 0}, "as read")
    check_equal(calls.delete(one, timeout=60).status_code, 204, "it goes")
    check_equal([calls.get(one, timeout=60).status_code, calls.delete(one, timeout=60).status_code,
                 calls.patch(one, json={}, timeout=60).status_code], [404, 404, 404], "and is gone")
    check_equal(admin(server, "viewer", "viewer-secret").get(calls.url, timeout=60).status_code, 403, "admins only")
    check_equal(session().get(calls.url, timeout=60).status_code, 401, "with a login")


def every_type(server):
    pi, ev = Pi(server.url), EnergyView(server.url)
    tags = {"CDM158": "mode", "PLANT:COUNT": "count", "CDT158": "temp"}
    for tag, name in tags.items():
        number = pi.session.get(f"{pi.base}/points/{pi.web_id(tag)}", timeout=60).json()["Id"]
        penstock(server, "points", "address", str(number), "energyview", f"demo/1/{name}")
    t = [f"2024-02-01T00:00:0{i}Z" for i in range(8)]

    # EnergyView writes, PI reads with the type of the point.
    check_equal(ev.write(1, "mode", [(t[0], 0), (t[1], 2)]).status_code, 204, "codes of a digital point")
    check_equal([(at, v["Name"], v["Value"]) for at, v, _ in pi.read("CDM158")], [(t[0], "Manual", 0), (t[1], "Cascade", 2)],
                "are states at PI")
    check_equal([ev.write(1, "mode", [(t[2], v)]).status_code for v in (5, -1, 1.5)], [400] * 3, "no such states")
    check_equal(ev.write(1, "count", [(t[0], 41)]).status_code, 204, "a whole number")
    check_equal([ev.write(1, "count", [(t[1], v)]).status_code for v in (1.5, 3e9)], [400] * 2, "none of an Int32")
    check_equal([(at, v) for at, v, _ in pi.read("PLANT:COUNT")], [(t[0], 41)], "is an integer at PI")
    check_equal(ev.write(1, "temp", [(t[0], 70.1)]).status_code, 204, "a Float32")
    check_equal(ev.read(1, "temp"), [(t[0].replace("Z", "+00:00"), 70.1)], "is read as it was written")

    # PI writes, EnergyView reads the numbers among it.
    check(pi.write("CDM158", [(t[3], "Auto"), (t[4], {"Name": "Bad Input", "Value": 255})]).ok, "PI writes states")
    check_equal([(unix_ns(at), v) for at, v in ev.read(1, "mode")], [(unix_ns(t[i]), v) for i, v in ((0, 0), (1, 2), (3, 1))],
                "a state is its code, a system state is left out")
    answer = ev.session.get(ev.url, params={"node_id": 1, "start": t[0], "end": t[7]}, timeout=60).json()["timeseries"]
    check_equal([s["tag"] for s in answer], ["count", "mode", "temp"], "each is a series")
    units = {s["name"]: s["postfix"] for s in ev.session.get(ev.url.replace("timeseries", "tags"), timeout=60).json()["sensors"]}
    point = pi.session.get(f"{pi.base}/points/{pi.web_id('CDT158')}", timeout=60).json()
    check_equal(units["temp"], point["EngineeringUnits"], "units agree")
    series = EnergyViewTwo(server.url).series_named("temp")
    check_equal(series["si_unit"], point["EngineeringUnits"], "in API v2 as well")


with Server() as running:
    by_command(running)
    by_call(running)
    every_type(running)
finish()
