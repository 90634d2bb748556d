#!/usr/bin/env python3
"""The PI door tells of new values: channels over a WebSocket, and updates by marker."""

import contextlib
import threading
import time

from harness import Pi, Server, basic, check, check_equal, finish
from websocket import Refused, WebSocket

DEMO = basic("demo", "demo-secret")
VIEWER = basic("viewer", "viewer-secret")


def items_of(frame):
    """{name: [values]} of one frame."""
    return {item["Name"]: [value["Value"] for value in item["Items"]] for item in frame["Items"]}


def collect(socket, wanted, seconds=10):
    """Values by name, over as many frames as it takes to see `wanted` of them."""
    found, end = {}, time.monotonic() + seconds
    while sum(map(len, found.values())) < wanted and time.monotonic() < end:
        for name, values in items_of(socket.json()).items():
            found.setdefault(name, []).extend(values)
    return found


def refusal(url, **options):
    with contextlib.suppress(EOFError):
        try:
            WebSocket(url, **options).socket.close()
        except Refused as refused:
            return refused.status
    return 101


def channels(server):
    pi = Pi(server.url)
    web_id, other = pi.web_id("CDT158"), pi.web_id("PLANT:COUNT")
    stream = f"{pi.base}/streams/{web_id}/channel"
    pi.write("CDT158", [("*", 1.5)])

    socket = WebSocket(stream + "?includeInitialValues=true&heartbeatRate=1", VIEWER)
    first = socket.json()
    check_equal(items_of(first), {"CDT158": [1.5]}, "the first frame has the values of now")
    check_equal(sorted(first["Items"][0]), ["Items", "Links", "Name", "Path", "UnitsAbbreviation", "WebId"],
                "members of an entry")
    check_equal(first["Items"][0]["WebId"], web_id, "the WebID of an entry")
    check_equal(socket.json(), {"Links": {}, "Items": []}, "a heartbeat after an idle second")
    socket.send(1, b"nobody listens to this")
    pi.write("CDT158", [("*-2s", 2.5), ("*", 3.5)])
    found = {}
    while "CDT158" not in found:
        found = items_of(socket.json())
    check_equal(found, {"CDT158": [2.5, 3.5]}, "new values come in their order")
    socket.close()

    old = "2026-04-02T06:30:00Z"
    both = f"{pi.base}/streamsets/channel?webId={web_id}&webId={other}"
    socket = WebSocket(both, DEMO)
    pi.write("PLANT:COUNT", [("*", 7)])
    pi.write("CDT158", [(old, 4.5)])
    pi.write("BA:LEVEL.1", [("*", 50)])
    check_equal(collect(socket, 2), {"PLANT:COUNT": [7], "CDT158": [4.5]}, "several streams, and no other")
    pi.write("CDT158", [(old, 9)], updateOption="Insert")
    socket.socket.settimeout(3)
    with contextlib.suppress(TimeoutError):
        check(False, f"a channel tells nothing of a value that was dropped: {socket.json()}")
    socket.socket.close()

    element = pi.session.get(f"{pi.base}/elements", params={"path": "\\\\PENSTOCK\\Demo\\Boiler1"}).json()["WebId"]
    socket = WebSocket(f"{pi.base}/streamsets/{element}/channel?includeInitialValues=true", DEMO)
    check_equal(sorted(items_of(socket.json())), ["Capacity", "Manufacturer", "Temperature"], "below an element")
    pi.write("BA:TEMP.1", [("*", 99)])
    check_equal(collect(socket, 1), {"Temperature": [99]}, "a point that an attribute refers to")
    socket.close()

    check_equal(pi.session.get(stream).status_code, 400, "a channel without Upgrade")
    check_equal(refusal(stream), 401, "a channel without credentials")
    check_equal(refusal(f"{pi.base}/streams/nonsense/channel", authorization=DEMO), 400, "a channel of no WebID")
    check_equal(refusal(stream, authorization=DEMO, headers={"Origin": "https://elsewhere.example"}), 403,
                "a channel that another host's page asks for")
    check_equal(refusal(stream, authorization=DEMO, headers={"Origin": server.url}), 101, "a page of this host")
    check_equal(pi.session.post(f"{pi.base}/batch", json={"1": {"Method": "GET", "Resource": stream}})
                .json()["1"]["Status"], 400, "a channel inside of a batch")


def too_much(server):
    """A channel never grows without end: who lags too far behind is dropped, and the writer notices nothing."""
    pi = Pi(server.url)
    socket = WebSocket(f"{pi.base}/streams/{pi.web_id('PLANT:COUNT')}/channel", DEMO)
    rows = [(f"2026-03-01T{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z", i) for i in range(86_400)]
    rows += [(f"2026-03-02T{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}Z", i) for i in range(20_000)]
    check_equal(pi.write("PLANT:COUNT", rows).status_code, 202, "a hundred thousand values at once")
    told = 0
    while (frame := socket.json()) is not None:
        told += len(items_of(frame)["PLANT:COUNT"])
    check(told < len(rows), f"the channel ended behind {told} values")
    check("penstock_piwebapi_channels_dropped_total 1" in pi.session.get(server.url + "/metrics").text,
          "dropped channels are counted")


def updates(server):
    pi = Pi(server.url)
    base = pi.base
    web_id = pi.web_id("BA:LEVEL.1")
    pi.write("BA:LEVEL.1", [("2026-04-02T06:00:00Z", 10)])
    made = pi.session.post(f"{base}/streams/{web_id}/updates")
    check_equal((made.status_code, made.json()["Status"]), (200, "Succeeded"), "registration")
    marker = made.json()["LatestMarker"]
    check_equal(made.headers["Location"], f"{base}/streams/updates/{marker}", "where to poll")
    pi.write("BA:LEVEL.1", [("*", 20)])
    pi.write("BA:LEVEL.1", [("2026-04-02T05:00:00Z", 5), ("2026-04-02T06:00:00Z", 11)])
    pi.write("BA:LEVEL.1", [("2026-04-02T05:00:00Z", 0)], updateOption="Remove")
    polled = pi.session.get(f"{base}/streams/updates/{marker}").json()
    check_equal([(event["Action"], event["Value"]) for event in polled["Events"][:3]],
                [("Add", 20), ("Insert", 5), ("Update", 11)], "what became of the stream")
    check_equal((polled["Events"][3]["Action"], polled["Events"][3]["Timestamp"]), ("Delete", "2026-04-02T05:00:00Z"),
                "a deletion")
    check_equal((polled["RequestedMarker"], polled["SourceName"], polled["Status"]), (marker, "BA:LEVEL.1", "Updated"),
                "what the answer is about")
    again = pi.session.get(f"{base}/streams/updates/{marker}").json()
    check_equal(len(again["Events"]), 4, "a marker may be asked again, until a later one is")
    check_equal(pi.session.get(f"{base}/streams/updates/{polled['LatestMarker']}").json()["Events"], [],
                "nothing new")
    check_equal([event["Action"] for event in pi.session.get(f"{base}/streams/updates/{marker}").json()["Events"]],
                ["Refresh"], "what was forgotten is a Refresh")
    for text, status in (("nonsense", 409), (marker[:-1] + "99", 409), ("0" * 32 + "_0", 404)):
        check_equal(pi.session.get(f"{base}/streams/updates/{text}").status_code, status, f"marker {text}")
    check_equal(Pi(server.url, "viewer", "viewer-secret").session.get(f"{base}/streams/updates/{marker}").status_code,
                404, "somebody else's marker")


def expiry():
    with Server(config="[piwebapi]\nupdate_lifetime_seconds = 1\nmax_update_registrations = 2\nmax_channels = 1\n") \
            as server:
        pi = Pi(server.url)
        register = f"{pi.base}/streams/{pi.web_id('CDT158')}/updates"
        marker = pi.session.post(register).json()["LatestMarker"]
        check_equal(pi.session.post(register).status_code, 200, "a second registration")
        check_equal(pi.session.post(register).status_code, 503, "one registration too many")
        time.sleep(2.2)
        check_equal(pi.session.get(f"{pi.base}/streams/updates/{marker}").status_code, 404, "an expired marker")
        check_equal(pi.session.post(register).status_code, 200, "expired ones make room")
        channel = f"{pi.base}/streams/{pi.web_id('CDT158')}/channel"
        socket = WebSocket(channel, DEMO)
        check_equal(refusal(channel, authorization=DEMO), 503, "one channel too many")
        socket.close()
        time.sleep(0.5)
        check_equal(refusal(channel, authorization=DEMO), 101, "a closed channel makes room")


def stop_and_tls():
    with Server("--listen-tls", "127.0.0.1:0") as server:
        pi = Pi(server.url)
        path = f"/piwebapi/streams/{pi.web_id('CDT158')}/channel"
        socket = WebSocket(server.tls_url + path, DEMO)
        pi.write("CDT158", [("*", 12)])
        check_equal(collect(socket, 1), {"CDT158": [12]}, "a channel over TLS")
        plain = WebSocket(server.url + path, DEMO)
        codes = []

        def listen(one):
            with contextlib.suppress(EOFError, OSError):
                while one.message() is not None:
                    pass
            codes.append(one.close_code)
            one.socket.close()

        threads = [threading.Thread(target=listen, args=(one,)) for one in (socket, plain)]
        for thread in threads:
            thread.start()
        begin = time.monotonic()
        check_equal(server.stop(), 0, "the exit code of a stop with open channels")
        check(time.monotonic() - begin < 8, "a stop does not wait for channels")
        for thread in threads:
            thread.join(10)
        check_equal(codes, [1001, 1001], "channels are told that the server goes away")


def main():
    with Server() as server:
        channels(server)
        too_much(server)
        updates(server)
    expiry()
    stop_and_tls()
    finish()


if __name__ == "__main__":
    main()
