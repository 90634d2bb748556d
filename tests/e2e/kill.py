#!/usr/bin/env python3
"""kill -9 at any moment: every acknowledged sample is there after the restart, and nothing that was never sent.

    kill.py [--cycles 8] [--seed N]

Four clients write through the four doors, samples of ever new times and now and then a correction of an old one,
and keep a list of what was answered with success: the oracle. The server is killed at a random moment and started
again on the same data; then everything is read back and compared. What was sent and not answered may be there or
not, each sample by itself.
"""

import argparse
import random
import threading
import time

import requests

from harness import BX_POINT, BuildingX, EnergyView, Omf, Pi, Server, check, check_equal, finish, time_text, unix_ns

BEGIN_NS = unix_ns("2024-01-01T00:00:00Z")
PER_REQUEST = 50


class Writer(threading.Thread):
    """One client of one door, and its oracle."""

    def __init__(self, door, seed):
        super().__init__(name=door, daemon=True)
        self.door, self.random = door, random.Random(f"{seed} {door}")
        self.certain = {}    # time -> value that was acknowledged last
        self.possible = {}   # time -> values that were sent and never answered
        self.clock = BEGIN_NS
        self.acknowledged = 0
        self.refused = None
        self.ending = threading.Event()
        self.url = None

    def connect(self):
        if self.door == "pi":
            self.client = Pi(self.url)
            self.client.web_id("CDT158")
        elif self.door == "omf":
            self.client = Omf(self.url)
        elif self.door == "buildingx":
            self.client = BuildingX(self.url)
        else:
            self.client = EnergyView(self.url)

    def send(self, rows):
        """rows: [(ns, value)]; a list that begins anew overwrites."""
        if self.door == "pi":
            return self.client.write("CDT158", [(time_text(t), v) for t, v in rows], updateOption="Replace")
        if self.door == "omf":
            values = [{"Time": time_text(t), "Value": v} for t, v in rows]
            return self.client.send("data", [{"containerid": "kill", "values": values}], "update")
        if self.door == "buildingx":
            return self.client.write(BX_POINT + "a1", [(time_text(t), str(v)) for t, v in rows], overwrite=True)
        return self.client.write(1, "outdoortemp", [(time_text(t), v) for t, v in rows], overwrite="update_window")

    def next_rows(self):
        rows = {}
        for _ in range(self.random.choice((1, PER_REQUEST))):
            self.clock += self.random.choice((1, 1, 7)) * 1_000_000
            rows[self.clock] = self.random.randrange(1 << 20) / 4
        if self.certain and self.random.random() < 0.2:
            for old in self.random.sample(sorted(self.certain), min(5, len(self.certain))):
                rows[old] = self.random.randrange(1 << 20) / 4
        return sorted(rows.items())

    def run(self):
        try:
            self.connect()
        except requests.RequestException:
            return
        while not self.ending.is_set():
            rows = self.next_rows()
            for t, v in rows:
                self.possible.setdefault(t, set()).add(v)
            try:
                answer = self.send(rows)
            except requests.RequestException:
                return
            if answer.status_code not in (200, 202, 204):
                self.refused = f"{answer.status_code} {answer.text[:200]}"
                return
            for t, v in rows:
                self.certain[t] = v
                self.possible.pop(t, None)
            self.acknowledged += len(rows)

    def successor(self):
        """The same oracle, for the next life of the server."""
        other = Writer(self.door, self.random.random())
        other.certain, other.possible, other.clock = self.certain, self.possible, self.clock
        other.acknowledged = self.acknowledged
        return other

    def compare(self, found):
        """found: [(ns, value)]. Says how many samples are lost, wrong or invented."""
        stored = dict(found)
        check_equal(len(stored), len(found), f"{self.door}: no time twice")
        bad = 0
        for t, v in self.certain.items():
            if stored.get(t) != v and stored.get(t) not in self.possible.get(t, ()):
                bad += 1
                if bad <= 3:
                    print(f"{self.door}: {time_text(t)} was acknowledged as {v}, is {stored.get(t)}")
        invented = [t for t, v in stored.items() if t not in self.certain and v not in self.possible.get(t, ())]
        check_equal(bad, 0, f"{self.door}: acknowledged samples that are lost or wrong")
        check_equal(invented, [], f"{self.door}: samples that nobody sent")
        # What is stored is settled now: later lives may not lose it.
        for t in list(self.possible):
            if t in stored:
                self.certain[t] = stored[t]
            self.possible.pop(t)


def read_back(url):
    pi = Pi(url)
    tags = {"pi": "CDT158", "omf": "kill", "energyview": "EV.demo.1.outdoortemp"}
    found = {door: [(unix_ns(t), v) for t, v, _ in pi.read(tag)] for door, tag in tags.items()}
    found["buildingx"] = [(unix_ns(t), float(v)) for t, v in BuildingX(url).read(BX_POINT + "a1")]
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=8)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    chance = random.Random(options.seed)
    with Server() as server:
        omf = Omf(server.url)
        check(omf.send("type", [{"id": "Kill", "type": "object", "classification": "dynamic", "properties": {
            "Time": {"type": "string", "format": "date-time", "isindex": True},
            "Value": {"type": "number", "format": "float64"}}}]).ok, "a type")
        check(omf.send("container", [{"id": "kill", "typeid": "Kill"}]).ok, "a container")
        writers = [Writer(door, options.seed) for door in ("pi", "omf", "buildingx", "energyview")]
        for cycle in range(options.cycles):
            writers = [writer.successor() for writer in writers]
            for writer in writers:
                writer.url = server.url
                writer.start()
            # Flushes begin after five idle seconds or by size; some cycles wait for one in the middle.
            time.sleep(chance.uniform(0.3, 2.0))
            server.kill()
            for writer in writers:
                writer.ending.set()
                writer.join(90)
                check(not writer.is_alive(), f"{writer.door}: the client ended")
                check(writer.refused is None, f"{writer.door}: refused: {writer.refused}")
            server.start()
            found = read_back(server.url)
            for writer in writers:
                writer.compare(found[writer.door])
            total = sum(writer.acknowledged for writer in writers)
            print(f"cycle {cycle + 1}: {total} samples acknowledged so far, {len(writers[0].certain)} at PI", flush=True)
            if cycle % 3 == 2:
                # A clean stop flushes, so that later kills meet blocks and not only the journal.
                check_equal(server.stop(), 0, "a clean stop between kills")
                server.start()
        for writer in writers:
            check(writer.acknowledged > 0, f"{writer.door}: something was acknowledged at all")
    finish()


if __name__ == "__main__":
    main()
