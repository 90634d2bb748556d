#!/usr/bin/env python3
"""Through every door: malformed JSON, wrong type, unknown point, no right, too large. Each is the contract's error,
stores nothing, and leaves the server up."""

import json

import requests

from harness import (BX_POINT, PARTITION, BuildingX, EnergyView, Omf, Pi, Server, check, check_equal, finish,
                     session)

MOMENT = "2024-06-01T00:00:00Z"
HUGE = "x" * (40 << 20)


def pi_door(server):
    pi, tag = Pi(server.url), "CDT158"
    url = f"{pi.base}/streams/{pi.web_id(tag)}/value"
    good = {"Timestamp": MOMENT, "Value": 1}
    unknown = "F1DPAAAAAAAAAAAAAAAAAAAAAAAQAAAAUEVOU1RPQ0tcTk9CT0RZ"

    def post(to=url, body=None, text=None, auth=("demo", "demo-secret"), **head):
        data = text if text is not None else json.dumps(body)
        return requests.post(to, data=data, auth=auth, timeout=60, headers={"Content-Type": "application/json", **head})

    cases = [
        ("malformed JSON", 400, lambda: post(text='{"Timestamp": "2024-06-01T00:00:00Z", "Value": 1')),
        ("an empty body", 400, lambda: post(text="")),
        ("wrong type", 400, lambda: post(body={"Timestamp": MOMENT, "Value": "no number"})),
        ("wrong time", 400, lambda: post(body={"Timestamp": "yesterday evening", "Value": 1})),
        ("unknown option", 400, lambda: post(url + "?updateOption=Perhaps", good)),
        ("text that is no WebId", 400, lambda: post(url.replace(pi.web_id(tag), "!!!"), good)),
        ("unknown point", (400, 404), lambda: post(url.replace(pi.web_id(tag), unknown), good)),
        ("no login", 401, lambda: post(body=good, auth=None)),
        ("wrong password", 401, lambda: post(body=good, auth=("demo", "nonsense"))),
        ("no right to write", 403, lambda: post(body=good, auth=("viewer", "viewer-secret"))),
        ("too large", 413, lambda: post(text='{"Timestamp":"' + MOMENT + '","Value":"' + HUGE + '"}')),
    ]
    for name, status, call in cases:
        answer = call()
        wanted = status if isinstance(status, tuple) else (status,)
        check(answer.status_code in wanted, f"PI, {name}: {answer.status_code} {answer.text[:200]}")
        if answer.status_code != 401:
            body = answer.json()
            check(bool(body.get("Errors") or body.get("Message")), f"PI, {name}: says why: {answer.text[:200]}")
    mixed = pi.write(tag, [("2024-06-02T00:00:00Z", "wrong"), ("nonsense", 2)])
    check(mixed.status_code in (207, 400), f"PI, a list of wrong items: {mixed.status_code}")
    check_equal(pi.read(tag), [], "PI stored nothing")


def omf_door(server):
    omf, pi = Omf(server.url), Pi(server.url)
    omf.send("type", [{"id": "R.Number", "type": "object", "classification": "dynamic", "properties": {
        "Time": {"type": "string", "format": "date-time", "isindex": True}, "Value": {"type": "number"}}}])
    check(omf.send("container", [{"id": "refusals", "typeid": "R.Number"}]).ok, "OMF: a container for the test")
    good = [{"containerid": "refusals", "values": [{"Time": MOMENT, "Value": 1}]}]

    def data(values, container="refusals", **more):
        return omf.send("data", [{"containerid": container, "values": values}], **more)

    anonymous, viewer = Omf(server.url), Omf(server.url, "viewer", "viewer-secret")
    anonymous.session.auth = None
    cases = [
        ("malformed JSON", (400,), lambda: omf.send("data", '[{"containerid": "refusals", ')),
        ("wrong type", (400,), lambda: data([{"Time": MOMENT, "Value": "no number"}])),
        ("wrong time", (400,), lambda: data([{"Time": "in a while", "Value": 1}])),
        ("unknown container", (404, 400), lambda: data([{"Time": MOMENT, "Value": 1}], "nobody")),
        ("unknown message type", (400,), lambda: omf.send("gossip", good)),
        ("no version", (400,), lambda: omf.send("data", good, omfversion=None)),
        ("broken gzip", (400,), lambda: omf.send("data", "nonsense", compression="gzip")),
        ("no login", (401,), lambda: anonymous.send("data", good)),
        ("no right to write", (403,), lambda: viewer.send("data", good)),
        ("too large", (413,), lambda: omf.send("data", '[{"containerid":"' + HUGE + '"}]')),
    ]
    for name, wanted, call in cases:
        answer = call()
        check(answer.status_code in wanted, f"OMF, {name}: {answer.status_code} {answer.text[:200]}")
    check_equal(pi.read("refusals"), [], "OMF stored nothing")


def buildingx_door(server):
    bx, viewer = BuildingX(server.url), BuildingX(server.url, "viewer-client", "viewer-secret")
    point = BX_POINT + "a1"
    url = bx.values_url(point).replace("/operations/", "/ingest/")
    media = "application/vnd.api+json"

    def post(text=None, body=None, to=url, caller=bx.session, **head):
        return caller.post(to, data=text if text is not None else json.dumps(body), timeout=60,
                            headers={"Content-Type": media, **head})

    def rows(*values):
        return {"data": [{"type": "PointValue", "attributes": {"timestamp": t, "value": v}} for t, v in values]}

    good = rows((MOMENT, "1"))
    nobody = session()
    cases = [
        ("malformed JSON", 400, lambda: post('{"data": [')),
        ("value that is no text", 400, lambda: post(body=rows((MOMENT, 12.5)))),
        ("wrong type", 422, lambda: post(body=rows((MOMENT, "twelve")))),
        ("one bad of two", 422, lambda: post(body=rows((MOMENT, "1"), ("2024-06-01T00:00:01Z", "x")))),
        ("wrong time", 400, lambda: post(body=rows(("yesterday", "1")))),
        ("101 values", 400, lambda: post(body=rows(*[(f"2024-06-01T00:00:00.{i:03d}Z", "1") for i in range(101)]))),
        ("no values", 400, lambda: post(body={"data": []})),
        ("wrong media type", 415, lambda: post(body=good, **{"Content-Type": "text/plain"})),
        ("unknown point", 404, lambda: post(body=good, to=url.replace(point, BX_POINT + "ff"))),
        ("unknown partition", 403, lambda: post(body=good, to=url.replace(PARTITION, BX_POINT + "ff"))),
        ("no token", 401, lambda: post(body=good, caller=nobody)),
        ("a made-up token", 401, lambda: post(body=good, caller=nobody, Authorization="Bearer a.b.c")),
        ("no right to write", 403, lambda: post(body=good, caller=viewer.session)),
        ("too large", 413, lambda: post(HUGE)),
    ]
    for name, status, call in cases:
        answer = call()
        if not check_equal(answer.status_code, status, f"Building X, {name} ({answer.text[:200]})"):
            continue
        check_equal(answer.headers.get("Content-Type"), media, f"Building X, {name}: media type")
        errors = answer.json().get("errors", [])
        check(bool(errors) and all(e.get("title") and e.get("id") for e in errors), f"Building X, {name}: says why")
    wrong = requests.post(server.url + "/oauth/token", timeout=60, json={
        "client_id": "demo-client", "client_secret": "x", "audience": "https://horizon.siemens.com",
        "grant_type": "client_credentials"})
    check_equal((wrong.status_code, wrong.json().get("error")), (401, "access_denied"), "Building X, wrong secret")
    check_equal(bx.read(point), [], "Building X stored nothing")


def energyview_door(server):
    ev, viewer = EnergyView(server.url), EnergyView(server.url, key="viewer-secret")
    good = [{"node_id": 1, "tag": "outdoortemp", "data": [{"v": 1, "ts": MOMENT}]}]

    def post(text=None, body=None, to=ev.url, caller=ev.session, **head):
        return caller.post(to, data=text if text is not None else json.dumps(body), timeout=60,
                            headers={"Content-Type": "application/json", **head})

    def row(v=1, ts=MOMENT, node=1, tag="outdoortemp"):
        return [{"node_id": node, "tag": tag, "data": [{"v": v, "ts": ts}]}]

    nobody = session()
    cases = [
        ("malformed JSON", 400, lambda: post('[{"node_id": 1,')),
        ("wrong type", 400, lambda: post(body=row("12"))),
        ("no value", 400, lambda: post(body=row(None))),
        ("one bad of two", 400, lambda: post(body=row() + row(True))),
        ("wrong time", 400, lambda: post(body=row(ts="yesterday"))),
        ("a number as time", 400, lambda: post(body=row(ts=1700000000))),
        ("wrong node", 400, lambda: post(body=row(node=-1))),
        ("wrong tag", 400, lambda: post(body=row(tag="a b"))),
        ("unknown overwrite", 400, lambda: post(body=good, to=ev.url + "?overwrite=all")),
        ("unknown domain", 404, lambda: post(body=good, to=ev.url.replace("/demo/", "/nobody/"))),
        ("no key", 401, lambda: post(body=good, caller=nobody)),
        ("wrong key", 401, lambda: post(body=good, caller=nobody, Authorization="Key nonsense")),
        ("no right to write", 403, lambda: post(body=good, caller=viewer.session)),
        ("too large", 413, lambda: post(HUGE)),
    ]
    for name, status, call in cases:
        answer = call()
        if not check_equal(answer.status_code, status, f"EnergyView, {name} ({answer.text[:200]})"):
            continue
        check_equal(answer.headers.get("Content-Type"), "application/json", f"EnergyView, {name}: media type")
        check(bool(answer.json().get("error") and answer.json().get("code")), f"EnergyView, {name}: says why")
    check_equal(ev.read(1, "outdoortemp"), [], "EnergyView stored nothing")


def unknown_node(server):
    """Outside of the demo, nodes are not made by typing errors."""
    ev = EnergyView(server.url)
    for name, node, tag, code in (("node", 77, "outdoortemp", "unknown_node"), ("tag", 1, "typo", "unknown_tag")):
        answer = ev.write(node, tag, [(MOMENT, 1)])
        check_equal((answer.status_code, answer.json().get("code")), (400, code), f"EnergyView, unknown {name}")


with Server() as server:
    for door in (pi_door, omf_door, buildingx_door, energyview_door):
        door(server)
        check(server.is_up(), f"the server is up after {door.__name__}")
    check_equal(requests.get(server.url + "/nothing/here", timeout=60).status_code, 404, "a path of no door")
    check_equal(requests.post(server.url + "/metrics", timeout=60).status_code, 405, "writing to /metrics")
    check_equal(server.stop(), 0, "the server ends well")
with Server("--energyview.auto-create", "none") as server:
    unknown_node(server)
finish()
