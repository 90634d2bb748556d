#!/usr/bin/env python3
"""Many writers and readers at one place: a Building X slot is taken once, also over a kill; an EnergyView window is
replaced in one step; what either door wrote is read as a PI point with its type, unit and times."""

import json
import threading
import time

import requests

from harness import (BX_POINT, PARTITION, BuildingX, EnergyView, EnergyViewTwo, Pi, Server, check, check_equal, finish, session,
                     unix_ns)

WRITERS = 200
WINDOW_ROUNDS = 60


def rush(url, token, slot, values):
    """Each value is written to the same slot by its own thread at the same time: {value: status or None}."""
    answers, gate = dict.fromkeys(values), threading.Barrier(len(values))

    def write(value):
        with session() as client:
            body = {"data": [{"type": "PointValue", "attributes": {"timestamp": slot, "value": str(value)}}]}
            gate.wait(60)
            try:
                answer = client.post(
                    f"{url}/ingest/partitions/{PARTITION}/points/{BX_POINT}a1/values", data=json.dumps(body), timeout=60,
                    headers={"Content-Type": "application/vnd.api+json", "Authorization": token})
            except requests.RequestException:
                return
            # An answer counts only with all of its bytes.
            if answer.status_code == 202 and answer.json()["meta"]["conflicts"] != [0]:
                answers[value] = "202 without the index"
            else:
                answers[value] = answer.status_code

    threads = [threading.Thread(target=write, args=(value,), daemon=True) for value in values]
    for thread in threads:
        thread.start()
    return answers, threads


def join(threads):
    for thread in threads:
        thread.join(120)


def one_slot(server):
    bx = BuildingX(server.url)
    token = bx.session.headers["Authorization"]
    for round_number in range(3):
        slot = f"2024-06-01T00:00:0{round_number}.123Z"
        answers, threads = rush(server.url, token, slot, range(WRITERS))
        join(threads)
        winners = [value for value, status in answers.items() if status == 204]
        check_equal(len(winners), 1, "one writer takes the slot")
        check_equal(sum(status == 202 for status in answers.values()), WRITERS - 1, "all others learn of the conflict")
        check_equal(bx.read(BX_POINT + "a1", slot, slot.replace(".123", ".124")), [(slot, str(winners[0]))],
                    "the winner's value stays")


def one_slot_over_a_kill(server):
    cut = 0
    for round_number in range(6):
        slot = f"2024-06-02T00:00:0{round_number}.500Z"
        bx = BuildingX(server.url)
        answers, threads = rush(server.url, bx.session.headers["Authorization"], slot, range(WRITERS))
        while threads and not any(answers.values()) and any(thread.is_alive() for thread in threads):
            time.sleep(0.001)
        time.sleep(0.004 * round_number)
        server.kill()
        join(threads)
        server.start()
        unanswered = [value for value, status in answers.items() if status is None]
        cut += len(unanswered)
        token = BuildingX(server.url).session.headers["Authorization"]
        if unanswered:
            again, threads = rush(server.url, token, slot, unanswered)
            join(threads)
            answers.update(again)
        winners = [value for value, status in answers.items() if status == 204]
        stored = BuildingX(server.url).read(BX_POINT + "a1", slot, slot.replace(".500", ".501"))
        check_equal(len(stored), 1, "the slot holds one value after a kill")
        check(len(winners) <= 1, "at most one writer was told that it won")
        check(all(status in (202, 204) for status in answers.values()), "everybody else was told of the conflict")
        if winners:
            check_equal(stored, [(slot, str(winners[0]))], "who was told so did win")
        else:
            check(int(stored[0][1]) in unanswered, "a winner that was not told had lost its answer")
    check(cut > 0, "some answers were lost in the kills")


def window_is_atomic(server):
    """Each generation fills the window with its own number, at other times; a reader sees one generation, whole."""
    writer, counted = EnergyView(server.url), []
    begin, end = "2024-07-01T00:00:00Z", "2024-07-01T01:00:00Z"

    def rows(generation):
        inner = [f"2024-07-01T00:{minute:02d}:{generation % 59 + 1:02d}Z" for minute in range(20, 20 + generation % 7)]
        return [(t, generation) for t in [begin, *inner, end]]

    check_equal(writer.write(1, "window", rows(0), overwrite="replace_window").status_code, 204, "the first window")
    ending = threading.Event()

    def read():
        reader = EnergyView(server.url)
        while not ending.is_set():
            seen = reader.read(1, "window", begin, end)
            generations = {value for _, value in seen}
            if not check_equal(len(generations), 1, "a reader sees one generation"):
                return
            generation = int(generations.pop())
            check_equal([(unix_ns(t), v) for t, v in seen], [(unix_ns(t), v) for t, v in rows(generation)],
                        "a reader sees all of a generation")
            counted.append(generation)

    readers = [threading.Thread(target=read, daemon=True) for _ in range(3)]
    for thread in readers:
        thread.start()
    for generation in range(1, WINDOW_ROUNDS):
        check_equal(writer.write(1, "window", rows(generation), overwrite="replace_window").status_code, 204,
                    "the window is replaced")
    ending.set()
    join(readers)
    check(len(set(counted)) > 2, "readers saw the window change")


def across_doors(server):
    pi, bx, ev, two = Pi(server.url), BuildingX(server.url), EnergyView(server.url), EnergyViewTwo(server.url)
    nodes = f"{server.url}/demo/api/v1/nodes"
    made = ev.session.post(nodes, timeout=60, json={"name": "Roof", "device": "Kelp-Basic", "designation": "sensor/outdoor",
                                                    "tags": ["outdoortemp"]})
    check_equal(made.status_code, 201, "a node is made with its tag")
    node, uuid = made.json()["id"], made.json()["uuid"]
    times = ["2024-01-01T00:00:00.000001Z", "2024-01-01T12:00:00+01:00", "2024-01-02T00:00:00Z"]
    check_equal(ev.write(uuid, "outdoortemp", [(t, i + 0.5) for i, t in enumerate(times)]).status_code, 204, "by UUID")
    tag = f"EV.demo.{node}.outdoortemp"
    wanted = [(unix_ns(t), i + 0.5) for i, t in enumerate(times)]
    check_equal([(unix_ns(t), v) for t, v, good in pi.read(tag) if good], wanted, "PI reads times and values, all good")
    point = pi.session.get(f"{pi.base}/points/{pi.web_id(tag)}", timeout=60).json()
    check_equal((point["PointType"], point["Step"], point["Future"], point["EngineeringUnits"]),
                ("Float64", False, True, ""), "PI shows the type, and no unit where none was said")

    # A unit that PI gives is the postfix of the tag, the unit of the series, and what `unit` has to be.
    patched = pi.session.patch(f"{pi.base}/points/{pi.web_id(tag)}", json={"EngineeringUnits": "°C"}, timeout=60)
    check_equal(patched.status_code, 204, "PI gives a unit")
    tags = ev.session.get(f"{server.url}/demo/api/v1/tags", timeout=60).json()["sensors"]
    check("outdoortemp" in {t["name"] for t in tags}, "the tag is listed")
    of_thing = two.session.get(f"{two.url}/things/{uuid}/timeseries", timeout=60).json()
    check_equal([(s["name"], s["si_unit"], s["thing_uuid"]) for s in of_thing], [("outdoortemp", "°C", uuid)],
                "API v2 shows the unit that PI gave")
    span = {"start": "2024-01-01T00:00:00Z", "end": "2024-01-02T00:00:00Z"}
    check_equal(two.data(of_thing[0]["uuid"], unit="°C", **span), [("2024-01-01T00:00:00.000001Z", 0.5),
                ("2024-01-01T11:00:00Z", 1.5), ("2024-01-02T00:00:00Z", 2.5)], "API v2 reads with that unit")

    # A series of API v2 is a PI point with its unit and range; skipped values never reach it.
    series = two.session.post(f"{two.url}/timeseries", timeout=60, json={
        "name": "Supply temp", "thing_uuid": uuid, "si_unit": "K", "lower_bound": 250, "upper_bound": 400}).json()
    tag_two = f"EV.demo.{node}.Supply_temp"
    point = pi.session.get(f"{pi.base}/points/{pi.web_id(tag_two)}", timeout=60).json()
    check_equal((point["PointType"], point["EngineeringUnits"], point["Zero"], point["Span"], point["Step"]),
                ("Float64", "K", 250, 150, False), "unit and bounds are unit, zero and span")
    sent = two.session.post(f"{two.url}/timeseries/{series['uuid']}/data", timeout=60,
                            json=[{"ts": t, "v": v} for t, v in zip(times, (300.25, 401, 249.5))])
    check_equal((sent.status_code, sent.json()), (201, {"inserted": 1}), "two of three are outside of the bounds")
    check_equal([(unix_ns(t), v) for t, v, _ in pi.read(tag_two)], [(unix_ns(times[0]), 300.25)], "PI reads the third")
    two.session.put(f"{two.url}/timeseries/{series['uuid']}", json={"upper_bound": 500, "si_unit": "°F"}, timeout=60)
    point = pi.session.get(f"{pi.base}/points/{pi.web_id(tag_two)}", timeout=60).json()
    check_equal((point["EngineeringUnits"], point["Zero"], point["Span"]), ("°F", 250, 250), "a change reaches PI")

    # The reverse: numbers as they are, what is finer than a microsecond in its slot, and no states.
    written = [("2024-01-03T00:00:00Z", 9.25), ("2024-01-03T00:00:01.0000012Z", -1e-7), ("2024-01-03T00:00:02Z", 12345678)]
    check(pi.write(tag, written).status_code in (202, 204), "PI writes")
    check(pi.write(tag, [("2024-01-03T00:00:03Z", {"Name": "Bad Input", "Value": 255})]).status_code in (202, 204),
          "PI writes a system state")
    check_equal([good for _, _, good in pi.read(tag, "2024-01-03T00:00:03Z")], [False], "which PI shows as not good")
    reverse = [(unix_ns("2024-01-03T00:00:00Z"), 9.25), (unix_ns("2024-01-03T00:00:01.000001Z"), -1e-7),
               (unix_ns("2024-01-03T00:00:02Z"), 12345678)]
    check_equal([(unix_ns(t), v) for t, v in ev.read(node, "outdoortemp")], [*wanted, *reverse],
                "EnergyView reads what PI wrote, without the state")
    check_equal([(unix_ns(t), v) for t, v in two.data(of_thing[0]["uuid"], start="2024-01-03T00:00:00Z",
                                                     end="2024-01-04T00:00:00Z")], reverse, "API v2 as well")
    check_equal(ev.session.delete(f"{nodes}/{node}", timeout=60).status_code, 204, "the node is deleted")
    for gone in (tag, tag_two):
        missing = pi.session.get(f"{pi.base}/points", params={"path": f"\\\\PENSTOCK\\{gone}"}, timeout=60)
        check_equal(missing.status_code, 404, f"{gone} is gone with it")
    check_equal(two.session.get(f"{two.url}/timeseries/{series['uuid']}", timeout=60).status_code, 404, "its series, too")

    number = pi.session.get(f"{pi.base}/points/{pi.web_id(f'BX.{PARTITION}.{BX_POINT}a1')}", timeout=60).json()
    shown = bx.session.get(bx.values_url(BX_POINT + "a1").removesuffix("/values"), timeout=60).json()
    check_equal(number["PointType"], "Float64", "a number is Float64")
    check_equal(shown["data"]["attributes"].get("unit", ""), number["EngineeringUnits"], "units agree")


with Server() as server:
    one_slot(server)
    window_is_atomic(server)
    across_doors(server)
    one_slot_over_a_kill(server)
finish()
