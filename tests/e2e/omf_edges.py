#!/usr/bin/env python3
"""The OMF door at its edges: one bad thing among ten thousand, forms of HTTP requests, limits, settings, restarts."""

import gzip
import json
import re
import socket
import time

import requests

from harness import Omf, Pi, Server, basic, check, check_equal, finish, time_text

MANY = 10_000
BAD = 6_543
BEGIN_NS = 1_700_000_000 * 1_000_000_000
TYPES = [{"id": "EdgeLevel", "classification": "dynamic", "type": "object", "properties": {
    "Time": {"type": "string", "format": "date-time", "isindex": True},
    "Level": {"type": "integer", "format": "int16"}}},
    {"id": "EdgeAsset", "classification": "static", "type": "object", "properties": {
        "Key": {"type": "string", "isindex": True}, "Note": {"type": "string"}}}]


def moment(i):
    return time_text(BEGIN_NS + i * 1_000_000_000)


def events_of(answer):
    """[(MessageIndex, code, {parameter: value}, status)]"""
    return [(entry["MessageIndex"], event["EventInfo"]["EventCode"],
             {p["Name"]: p["Value"] for p in event["EventInfo"]["Parameters"]}, entry["Status"]["Code"])
            for entry in answer.json()["Messages"] for event in entry["Events"]]


def count_points(pi, mask):
    server_id = pi.session.get(f"{pi.base}/dataservers", timeout=60).json()["Items"][0]["WebId"]
    answer = pi.session.get(f"{pi.base}/dataservers/{server_id}/points", timeout=120,
                            params={"nameFilter": mask, "maxCount": 2 * MANY, "selectedFields": "Items.Name"})
    return len(answer.json()["Items"])


def one_bad_in_ten_thousand(server):
    omf, pi = Omf(server.url), Pi(server.url)
    check_equal(omf.send("type", TYPES).status_code, 201, "types")

    containers = [{"id": f"edge.{i}", "typeid": "EdgeLevel"} for i in range(MANY)]
    containers[BAD] = {"id": f"edge.{BAD}", "typeid": "EdgeNothing"}
    answer = omf.send("container", containers)
    check_equal((answer.status_code, events_of(answer)),
                (404, [(BAD, 8675, {"TypeID": "EdgeNothing", "TypeVersion": "1.0.0.0",
                                   "Container.Id": f"edge.{BAD}"}, 404)]), "one bad container")
    check_equal(count_points(pi, "edge.*"), MANY - 1, "the other containers have points")

    values = [{"Time": moment(i), "Level": i} for i in range(MANY)]
    values[BAD]["Level"] = 40_000
    answer = omf.send("data", [{"containerid": "edge.0", "values": values}])
    found = events_of(answer)
    check_equal((answer.status_code, [e[:2] for e in found]), (400, [(0, 3004)]), "one bad value")
    check("The specified value is outside the allowable range" in answer.text, "in the words producers look for")
    check("40000" in found[0][2].values() and "Level" in found[0][2].values(), f"by name: {found[0][2]}")
    rows = pi.read("edge.0")
    check_equal((len(rows), BAD in [row[1] for row in rows]), (MANY - 1, False), "the other values are stored")

    items = [{"containerid": f"edge.{i}", "values": [{"Time": moment(MANY), "Level": 7}]} for i in range(MANY)]
    answer = omf.send("data", items)
    check_equal((answer.status_code, events_of(answer)),
                (404, [(BAD, 5002, {"ContainerId": f"edge.{BAD}"}, 404)]), "one bad item")
    check_equal(answer.headers.get("Penstock-Stored"), str(MANY - 1), "the other items are stored")
    check_equal([row[1] for row in pi.read(f"edge.{MANY - 1}")], [7], "also the last one")

    assets = [{"typeid": "EdgeAsset", "values": [{"Key": f"a{i}", "Note": "x"} for i in range(2_000)]}]
    assets[0]["values"][1_234] = {"Note": "no key"}
    answer = omf.send("data", assets)
    check_equal((answer.status_code, [e[:2] for e in events_of(answer)]), (400, [(0, 9031)]), "one bad instance")
    found = pi.session.get(f"{pi.base}/elements", params={"path": "\\\\PENSTOCK\\Demo\\a1999"}, timeout=60)
    check_equal(found.status_code, 200, "the other instances are elements")

    # The operation of a refused message is in the log and the counters are served.
    operation = omf.send("data", [{"containerid": "edge.none", "values": []}])
    identity = operation.json()["OperationId"]
    check_equal(operation.status_code, 404, "an unknown container without values")
    check(identity in server.log(), "the log has the OperationId")
    text = requests.get(server.url + "/metrics", timeout=60, auth=("demo", "demo-secret")).text
    check(re.search(r'penstock_omf_messages_total\{type="data",outcome="refused"\} [1-9]', text) is not None,
          "messages are counted")
    check('penstock_omf_events_total{severity="Error"}' in text, "events are counted")


def many_in_one_message(server):
    """50,000 containers, then a value for each, then all of them deleted, a message for each."""
    omf, pi, number = Omf(server.url), Pi(server.url), 50_000

    def send(message_type, items, action="create"):
        return omf.send(message_type, gzip.compress(json.dumps(items).encode(), 1), action, compression="gzip")

    containers = [{"id": f"wide.{i}", "typeid": "EdgeLevel"} for i in range(number)]
    answer = send("container", containers)
    check_equal((answer.status_code, answer.json()["Messages"]), (201, []), "50,000 containers")
    check_equal(send("container", containers).status_code, 200, "and once more")
    answer = send("data", [{"containerid": f"wide.{i}", "values": [{"Time": moment(0), "Level": 1}]}
                           for i in range(number)])
    check_equal((answer.status_code, answer.headers.get("Penstock-Stored")), (202, str(number)), "a value for each")
    check_equal([row[1] for row in pi.read(f"wide.{number - 1}")], [1], "also for the last one")
    check_equal(send("container", containers, "delete").status_code, 200, "all deleted")
    check_equal(count_points(pi, "wide.*"), 0, "with their points")


def more_than_a_segment(server):
    """1.7 million values in a body, which the journal keeps in several commands: the last of a time counts."""
    short = [{"id": "EdgeShort", "classification": "dynamic", "type": "object", "properties": {
        "t": {"type": "string", "format": "date-time", "isindex": True}, "v": {"type": "number"}}}]
    many, times = 1_700_000, 1000
    rows = ",".join('{"t":"%s","v":%d}' % (moment(i % times), i // times % 10) for i in range(many))
    body = gzip.compress(('[{"containerid":"long","values":[' + rows + "]}]").encode(), 6)
    omf, pi = Omf(server.url), Pi(server.url)
    check_equal(omf.send("type", short).status_code, 201, "a type of few letters")
    check_equal(omf.send("container", [{"id": "long", "typeid": "EdgeShort"}]).status_code, 201, "its container")
    answer = omf.send("data", body, "update", compression="gzip")
    check_equal((answer.status_code, answer.headers.get("Penstock-Stored"), answer.headers.get("Penstock-Replaced")),
                (202, str(times), str(many - times)), "1.7 million values")
    rows = pi.read("long")
    check_equal((len(rows), {row[1] for row in rows}), (times, {(many // times - 1) % 10}), "the last ones")


def raw(server, *pieces, expect_continue=False):
    """Sends bytes as they stand; returns the status lines and the last body."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(pieces[0])
        received = b""
        if expect_continue:
            received = connection.recv(4096)
            check(received.startswith(b"HTTP/1.1 100"), f"100-continue: {received[:80]!r}")
        for piece in pieces[1:]:
            connection.sendall(piece)
        while chunk := connection.recv(65536):
            received += chunk
    return [int(s) for s in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)], received


def forms_of_requests(server):
    body = json.dumps([{"containerid": "edge.1", "values": [{"Time": moment(0), "Level": 1}]}]).encode()

    def head(target, *more, end=True):
        lines = [f"POST {target} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "messagetype: Data",
                 "messageformat: JSON", "omfversion: 1.2", f"Authorization: {basic('demo', 'demo-secret')}", *more]
        return "\r\n".join(lines + (["Connection: close"] if end else []) + ["", ""]).encode()

    length = f"Content-Length: {len(body)}"
    statuses, _ = raw(server, head("/piwebapi/omf", length) + body)
    check_equal(statuses, [202], "without a Content-Type")
    statuses, _ = raw(server, head("https://historian.example:443/piwebapi/omf", length) + body)
    check_equal(statuses, [202], "a target in absolute form")
    statuses, _ = raw(server, head("/PIWebAPI/OMF/", length, "Content-Type: text/plain") + body)
    check_equal(statuses, [202], "other letters, a slash at the end, an odd Content-Type")
    chunked = b"".join(f"{len(body[i:i + 20]):x}\r\n".encode() + body[i:i + 20] + b"\r\n"
                       for i in range(0, len(body), 20)) + b"0\r\n\r\n"
    statuses, _ = raw(server, head("/piwebapi/omf", "Transfer-Encoding: chunked") + chunked)
    check_equal(statuses, [202], "in chunks")
    statuses, _ = raw(server, head("/piwebapi/omf", length, "Expect: 100-continue"), body, expect_continue=True)
    check_equal(statuses, [100, 202], "with Expect: 100-continue")
    statuses, _ = raw(server, head("/piwebapi/omf", length, end=False) + body + head("/piwebapi/omf", length) + body)
    check_equal(statuses, [202, 202], "two on one connection")
    zipped = gzip.compress(body)
    for name, fields in (("the header of OMF", ["compression: GZip"]),
                         ("both headers", ["compression: gzip", "Content-Encoding: gzip"]),
                         ("the header of HTTP", ["Content-Encoding: gzip"])):
        statuses, _ = raw(server, head("/piwebapi/omf", f"Content-Length: {len(zipped)}", *fields) + zipped)
        check_equal(statuses, [202], f"gzip by {name}")
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = requests.request(method, server.url + "/piwebapi/omf", auth=("demo", "demo-secret"), timeout=60)
        check_equal((answer.status_code, answer.headers.get("Allow")), (405, "POST"), method)


def limits(server):
    omf = Omf(server.url)
    answer = omf.send("data", "[" + " " * (5 << 20) + "]")
    check_equal((answer.status_code, list(answer.json())), (413, ["Errors"]), "5 MiB on the wire")
    check("4194304" in answer.text, "the limit is said")
    answer = omf.send("data", gzip.compress(b"[" + b" " * (65 << 20) + b"]"), compression="gzip")
    check_equal((answer.status_code, list(answer.json())), (413, ["Errors"]), "65 MiB inflated")
    answer = omf.send("data", gzip.compress(b"[" + b" " * (20 << 20) + b"]"), compression="gzip")
    check_equal((answer.status_code, answer.json()["Messages"]), (202, []), "20 MiB inflated")
    answer = omf.send("data", "[]", compression="gzip")
    check_equal((answer.status_code, events_of(answer)[0][:2]), (400, (None, 3001)), "gzip that is none")
    for text in ("[{]", "", "{}", "[" * 5_000, "\x00", "[{\"containerid\":\"edge.1\",\"values\":[{\"Time\":\"x"):
        answer = omf.send("data", text)
        check_equal((answer.status_code, events_of(answer)[0][:2]), (400, (None, 3002)), f"not JSON: {text[:20]!r}")
    check(server.is_up(), "the server is up")


def settings():
    with Server(config='csrf_defense = "strict"\n[omf]\ncreate_mode = "no_replace"\nevent_shape = "reference"\n') as server:
        omf, pi = Omf(server.url), Pi(server.url)
        answer = omf.send("type", TYPES)
        check_equal((answer.status_code, list(answer.json())), (400, ["Errors"]), "strict asks for X-Requested-With")
        with_it = {"X-Requested-With": "anything"}
        check_equal(omf.send("type", TYPES, **with_it).status_code, 201, "and takes any value")
        check_equal(omf.send("container", [{"id": "mode", "typeid": "EdgeLevel"}], **with_it).status_code, 201, "made")
        for value in (1, 2):
            item = [{"containerid": "mode", "values": [{"Time": moment(0), "Level": value}]}]
            check_equal(omf.send("data", item, **with_it).status_code, 202, "a create at one time")
        check_equal([row[1] for row in pi.read("mode")], [1], "no_replace keeps the first")
        item[0]["values"][0]["Level"] = 3
        check_equal(omf.send("data", item, "update", **with_it).status_code, 202, "an update")
        check_equal([row[1] for row in pi.read("mode")], [3], "an update replaces under no_replace too")
        event = omf.send("data", [{"containerid": "none", "values": []}], **with_it).json()["Messages"][0]["Events"][0]
        check("Event" not in event and event["Severity"] == "Error", "the shape of the reference tables")
    pair = [{"id": "EdgePair", "classification": "dynamic", "type": "object", "properties": {
        "Time": {"type": "string", "format": "date-time", "isindex": True}, "A": {"type": "integer"},
        "B": {"type": "integer"}}}]
    with Server(config='[omf]\nmissing_property = "default"\nmax_request_bytes = 2000\nmax_inflated_bytes = 3000\n'
                       'future_tolerance_seconds = 86400\nverbose = true\n') as server:
        omf, pi = Omf(server.url), Pi(server.url)
        check_equal(omf.send("type", pair).status_code, 201, "a type of two properties")
        check_equal(omf.send("container", [{"id": "pair", "typeid": "EdgePair"}]).status_code, 201, "its container")
        check_equal(omf.send("data", [{"containerid": "pair", "values": [{"Time": moment(0), "A": 4}]}]).status_code, 202,
                    "an event without one of them")
        check_equal([pi.read("pair.A")[0][1], pi.read("pair.B")[0][1]], [4, 0], "the other one has its default")
        ahead = time_text(int(time.time() + 7200) * 1_000_000_000)
        check_equal(omf.send("data", [{"containerid": "pair", "values": [{"Time": ahead, "A": 1}]}]).status_code, 202,
                    "two hours ahead")
        check_equal(omf.send("data", "[" + " " * 2000 + "]").status_code, 413, "more than 2000 bytes on the wire")
        check_equal(omf.send("data", gzip.compress(b"[" + b" " * 3000 + b"]"), compression="gzip").status_code, 413,
                    "more than 3000 inflated")
        event = omf.send("data", [{"containerid": "none", "values": []}]).json()["Messages"][0]["Events"][0]
        check(event["ExceptionInfo"] is not None, "verbose fills ExceptionInfo")


def definitions_outlive_a_kill():
    """An answer of 2xx to a definition means that it is on disk."""
    with Server() as server:
        omf = Omf(server.url)
        check_equal(omf.send("type", TYPES).status_code, 201, "types before the kill")
        check_equal(omf.send("container", [{"id": "kept", "typeid": "EdgeLevel"}]).status_code, 201, "a container")
        server.kill()
        server.start()
        omf, pi = Omf(server.url), Pi(server.url)
        item = [{"containerid": "kept", "values": [{"Time": moment(0), "Level": 5}]}]
        check_equal(omf.send("data", item).status_code, 202, "data alone after the kill")
        server.kill()
        server.start()
        pi = Pi(server.url)
        check_equal([row[1] for row in pi.read("kept")], [5], "and it is there after the next")


with Server() as the_server:
    one_bad_in_ten_thousand(the_server)
    many_in_one_message(the_server)
    more_than_a_segment(the_server)
    forms_of_requests(the_server)
    limits(the_server)
settings()
definitions_outlive_a_kill()
finish()
