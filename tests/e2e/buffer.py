#!/usr/bin/env python3
"""The archive away: what goes through the buffer is acknowledged, survives kill -9, and is there in its order when the
archive is back. What must know outcomes is refused meanwhile.

    buffer.py [--samples 40000] [--kills 2] [--seed N]

The full size is --samples 1000000. Half of the samples come through the PI door, half as OMF. Sample i has the value
i; each request also writes its own number over the same instant, where only the last one may be left.
"""

import argparse
import random
import threading
import time

import requests

from harness import (BX_POINT, BuildingX, EnergyView, Omf, Pi, Server, check, check_equal, finish, time_text, unix_ns)
from ledger import Console

BEGIN_NS = unix_ns("2024-05-01T00:00:00Z")
MARK = time_text(BEGIN_NS - 1_000_000_000)
PI_TAG = "PLANT:COUNT"
SECONDS_MAX = 300


def at(i):
    return time_text(BEGIN_NS + i * 100_000_000)


class Killer:
    """Kills the server at random moments of its own thread while requests run, and starts it again."""

    def __init__(self, server, kills, chance):
        self.server, self.kills, self.chance = server, kills, chance
        self.done = 0
        self.progress = 0.0  # Of all requests, 0 to 1.
        self.writing = True
        self.restarted = threading.Condition()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        for n in range(self.kills):
            goal = (n + self.chance.uniform(0.3, 0.9)) / self.kills
            while self.progress < goal and self.writing:
                time.sleep(0.002)
            with self.restarted:
                self.server.kill()
                self.server.start()
                self.done += 1
                self.restarted.notify_all()

    def again(self):
        """Behind a connection that broke: returns once the server is back."""
        with self.restarted:
            self.restarted.wait_for(self.server.is_up, timeout=60)


def send(killer, request, what):
    """The request until it is answered: one that a kill met is sent again, as clients do."""
    for _ in range(20):
        try:
            return request()
        except requests.RequestException:
            killer.again()
    check(False, f"{what}: no answer")
    return None


def prepare_omf(omf):
    made = [omf.send("type", [{"id": "Lane", "type": "object", "classification": "dynamic", "properties": {
        "Time": {"type": "string", "format": "date-time", "isindex": True}, "Value": {"type": "integer"}}}]),
        omf.send("container", [{"id": "lane", "typeid": "Lane"}])]
    check(all(answer.ok for answer in made), "the catalog changes while the archive is away")


def write_all(server, options, chance):
    """Returns the receipts, the number of the last request, and how many samples each door took."""
    pi, omf = Pi(server.url), Omf(server.url)
    prepare_omf(omf)
    per_request = 500 if options.samples <= 100_000 else 1000
    requests_each = max(1, options.samples // 2 // per_request)
    killer = Killer(server, options.kills, chance)
    receipts = []
    for n in range(requests_each):
        rows = [(at(i), i) for i in range(n * per_request, (n + 1) * per_request)] + [(MARK, n)]
        if n % 7 == 3:
            chance.shuffle(rows)  # Nothing asks for an order in time.
        answers = [
            send(killer, lambda: pi.write(PI_TAG, rows, **({"bufferOption": "Buffer"} if n % 2 else {})), f"PI {n}"),
            send(killer, lambda: omf.send("data", [{"containerid": "lane", "values": [
                {"Time": t, "Value": v} for t, v in rows]}], "update"), f"OMF {n}")]
        for door, answer in zip(("PI", "OMF"), answers):
            if answer is None or not check_equal(answer.status_code, 202, f"{door} request {n}: {answer.text[:200]}"):
                continue
            check("Penstock-Stored" not in answer.headers, f"{door} request {n}: nobody knows counts yet")
            receipts.append((door, n, answer.headers.get("Penstock-Receipt")))
        killer.progress = (n + 1) / requests_each
    killer.writing = False
    killer.thread.join()
    check_equal(killer.done, options.kills, "as many kills as wanted")
    return receipts, requests_each - 1, requests_each * per_request


def check_refusals(server):
    pi, bx, ev = Pi(server.url), BuildingX(server.url), EnergyView(server.url)
    for option, wanted in (("DoNotBuffer", 500), ("Buffer", 202), ("BufferIfPossible", 202)):
        answer = pi.write("CDT158", [(at(0), 1)], bufferOption=option)
        check_equal(answer.status_code, wanted, f"PI {option} while away: {answer.text[:200]}")
    answer = bx.write(BX_POINT + "a1", [(at(0), "1")])
    check_equal((answer.status_code, "Retry-After" in answer.headers), (503, True), "Building X while away")
    answer = ev.write(1, "outdoortemp", [(at(0), 1)], silent="false")
    check_equal((answer.status_code, "Retry-After" in answer.headers), (503, True), "EnergyView while away")
    check(ev.write(1, "outdoortemp", [(at(0), 1)]).ok, "silent EnergyView is queued")
    check_equal(len(pi.read("CDT158", at(0), at(0))), 0, "what is queued is not read")


def drain(console, wanted):
    """Brings the archive back and waits until nothing is queued. Returns the seconds."""
    begin = time.monotonic()
    answer = console.session.put(console.base + "buffer", json={"away": False}, timeout=60)
    check_equal(answer.status_code, 200, "the archive is back")
    while time.monotonic() < begin + SECONDS_MAX:
        state = console.get("buffer").json()
        if state["queued_batches"] == 0:
            break
        time.sleep(0.05)
    check_equal((state["queued_batches"], state["queued_samples"], state["queued_since"]), (0, 0, None),
                f"the queue of {wanted} samples is empty")
    check_equal(state["dead_letters"], 0, "nothing was set aside")
    return time.monotonic() - begin


def compare(server, last_request, samples):
    pi = Pi(server.url)
    for tag in (PI_TAG, "lane.Value" if pi.session.get(f"{pi.base}/points", params={
            "path": "\\\\PENSTOCK\\lane.Value"}, timeout=60).ok else "lane"):
        rows = [(unix_ns(t), v) for t, v, _ in pi.read(tag, MARK, at(samples))]
        wanted = [(unix_ns(MARK), last_request)] + [(BEGIN_NS + i * 100_000_000, i) for i in range(samples)]
        check(rows == wanted, f"{tag} has {len(rows)} of {len(wanted)} samples, all in their order; the mark is "
                              f"{rows[0] if rows else None}, the last request {last_request}")


def check_receipts(console, receipts, state, chance):
    for door, n, receipt in chance.sample(receipts, min(40, len(receipts))):
        told = console.receipt(receipt)
        if not check(isinstance(told, dict), f"receipt of {door} request {n}: {told}"):
            continue
        check_equal(told["state"], state, f"receipt of {door} request {n}")
        if state == "applied":
            check_equal(told["counts"]["stored"] + told["counts"]["replaced"], told["sent"],
                        f"counts of {door} request {n}")


def check_buffer_off():
    with Server("--buffer.enabled=false", "--fault-switches", "true") as server:
        pi, console = Pi(server.url), Console(server.url)
        wanted = {False: {"Buffer": 503, "BufferIfPossible": 204, "DoNotBuffer": 204},
                  True: {"Buffer": 503, "BufferIfPossible": 503, "DoNotBuffer": 500}}
        for away, by_option in wanted.items():
            console.session.put(console.base + "buffer", json={"away": away}, timeout=60)
            for option, status in by_option.items():
                answer = pi.write("CDT158", [(at(0), 1)], bufferOption=option)
                check_equal(answer.status_code, status, f"{option} without a buffer, away {away}: {answer.text[:200]}")
        check_equal(console.get("buffer").json()["queued_batches"], 0, "nothing is queued without a buffer")
    with Server() as server:
        console = Console(server.url)
        check_equal(console.session.put(console.base + "buffer", json={"away": True}, timeout=60).status_code, 404,
                    "a server without fault switches has none")
        check_equal(console.get("buffer").json()["away"], False, "its buffer is told")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=40_000)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    chance = random.Random(options.seed)
    with Server("--fault-switches", "away") as server:
        begin = time.monotonic()
        receipts, last_request, samples = write_all(server, options, chance)
        took = time.monotonic() - begin
        console = Console(server.url)
        state = console.get("buffer").json()
        check_equal((state["enabled"], state["away"]), (True, True), "away after every start")
        # A request that a kill met may have been kept and sent again.
        wanted = 2 * (samples + last_request + 1)
        check(state["queued_samples"] >= wanted, f"{state['queued_samples']} samples are queued, {wanted} were sent")
        print(f"{state['queued_samples']} samples in {state['queued_batches']} batches queued in {took:.1f} s, "
              f"the journal has {state['journal_bytes']} bytes")
        check_refusals(server)
        check_receipts(console, receipts, "queued", chance)
        took = drain(console, wanted)
        print(f"drained in {took:.1f} s")
        compare(server, last_request, samples)
        check_receipts(console, receipts, "applied", chance)
        answer = Pi(server.url).write("CDT158", [(at(0), 2)], bufferOption="DoNotBuffer")
        check_equal(answer.status_code, 204, "DoNotBuffer with the archive back")
        check_equal(server.stop(), 0, "the server ends well")
        server.arguments = [a if a != "away" else "true" for a in server.arguments]
        server.start()
        compare(server, last_request, samples)
    check_buffer_off()
    finish()


if __name__ == "__main__":
    main()
