#!/usr/bin/env python3
"""Four counts of one random workload agree to the sample: what answers said, what receipts say, the audit, /metrics.

    counts.py [--samples 40000] [--seed N]

Samples go through all four doors in every mode, with repeats inside of requests and times that are taken. The server is
killed and flushed in between, so that what is counted comes from memory, journal and store.
"""

import argparse
import collections
import json
import random
import subprocess
import time

from harness import (BINARY, BX_POINT, PARTITION, BuildingX, EnergyView, Omf, Pi, Server, check, check_equal, finish,
                     time_text, unix_ns)
from ledger import COUNTED, OUTCOMES, Console, outcomes_of_metrics

BEGIN_NS = unix_ns("2024-01-01T00:00:00Z")
STEP_NS = 1_000_000
NAMES = {name: f"Penstock-{name.capitalize()}" for name in COUNTED}

CONFIG = """
energyview.auto_create = "nodes"

[[principals]]
name = "loader"
grants = [{{ points = "*", rights = ["read", "write", "admin"] }}]
partitions = [{{ id = "{partition}", rights = ["points.read", "pointvalues.read", "pointvalues.write"] }}]
logins = [
  {{ kind = "password", id = "loader", secret = "{secret}" }},
  {{ kind = "client", id = "loader", secret = "{secret}" }},
  {{ kind = "key", id = "north", secret = "{secret}" }},
]

[[buildingx.points]]
partition = "{partition}"
id = "{point}"
name = "Counted"

[[energyview.domains]]
name = "north"
"""


class Tally:
    """Sums of one door, by outcome; `sent` beside them."""

    def __init__(self):
        self.by_answer = collections.Counter()
        self.by_receipt = collections.Counter()  # Of the batches that have one.
        self.of_receipts = collections.Counter()  # The same batches as their answers counted them.
        self.sent = 0


class Load:
    def __init__(self, server, seed):
        self.server, self.random = server, random.Random(seed)
        self.tallies = {door: Tally() for door in ("pi", "omf", "buildingx", "energyview")}
        self.receipts = []  # (door, name, what its answer counted, or None, samples)
        self.clock = BEGIN_NS
        self.made = False
        self.connect()

    def connect(self):
        url = self.server.url
        self.console = Console(url, "loader", "s")
        self.pi, self.omf = Pi(url, "loader", "s"), Omf(url, "loader", "s")
        self.bx, self.ev = BuildingX(url, "loader", "s"), EnergyView(url, "north", "s")
        if not self.made:
            self.make_points()
            self.made = True
        for tag in ("Counted.A", "Counted.B"):
            self.pi.web_id(tag)

    def make_points(self):
        pi, post = self.pi, self.pi.session.post
        server = pi.session.get(pi.base + "/dataservers", timeout=60).json()["Items"][0]["WebId"]
        for tag in ("Counted.A", "Counted.B"):
            made = post(f"{pi.base}/dataservers/{server}/points", timeout=60,
                        json={"Name": tag, "PointClass": "classic", "PointType": "Float64"})
            check_equal(made.status_code, 201, f"the point {tag}: {made.text[:200]}")
        check(self.omf.send("type", [{"id": "Counted", "type": "object", "classification": "dynamic", "properties": {
            "Time": {"type": "string", "format": "date-time", "isindex": True},
            "Value": {"type": "number", "format": "float64"}}}]).ok, "a type")
        check(self.omf.send("container", [{"id": "counted", "typeid": "Counted"}]).ok, "a container")

    def rows(self, most):
        """Times of the near past and new ones, repeats among them."""
        chance, rows = self.random, []
        for _ in range(chance.choice((1, chance.randint(1, most)))):
            if chance.random() < 0.7:
                self.clock += STEP_NS
                time_ns = self.clock
            else:
                time_ns = max(BEGIN_NS, self.clock - chance.randrange(2000) * STEP_NS)
            rows.append((time_text(time_ns), chance.randrange(8) / 4))
        return rows

    def took(self, door, answer, sent, what):
        """Adds an answer up: by its headers, or if it has none by its receipt."""
        if not check(answer.status_code in (200, 202, 204, 207), f"{what}: {answer.status_code} {answer.text[:200]}"):
            return
        tally = self.tallies[door]
        tally.sent += sent
        counts = None
        if NAMES["stored"] in answer.headers:
            counts = {name: int(answer.headers.get(NAMES[name], 0)) for name in COUNTED}
            check_equal(sum(counts.values()), sent, f"{what}: the headers count every sample")
            tally.by_answer.update(counts)
        name = answer.headers.get("Penstock-Receipt")
        # OMF answers a delete with 200.
        check_equal(name is not None, door == "omf" or answer.status_code in (202, 207),
                    f"{what}: a receipt with {answer.status_code}")
        if name is not None:
            self.receipts.append((door, name, counts, sent))
        else:
            check(counts is not None, f"{what}: an answer without any count")

    def send_pi(self):
        chance = self.random
        option = chance.choice(("Replace", "Insert", "NoReplace", "ReplaceOnly", "InsertNoCompression", "Remove"))
        tags = ("Counted.A", "Counted.B")
        kind = chance.randrange(10)
        if kind == 0:  # The answer to a single value has no counts: its receipt has.
            row = self.rows(1)[0]
            url = f"{self.pi.base}/streams/{self.pi.web_id(tags[0])}/value"
            answer = self.pi.session.post(url, json={"Timestamp": row[0], "Value": row[1]},
                                          params={"updateOption": option}, timeout=60)
            self.took("pi", answer, 1, f"one value, {option}")
        elif kind == 1:
            rows = [self.rows(100) for _ in tags]
            body = [{"WebId": self.pi.web_id(tag), "Items": [{"Timestamp": t, "Value": v} for t, v in some]}
                    for tag, some in zip(tags, rows)]
            answer = self.pi.session.post(self.pi.base + "/streamsets/recorded", json=body, timeout=60,
                                          params={"updateOption": option})
            self.took("pi", answer, sum(map(len, rows)), f"two streams, {option}")
        elif kind == 2:
            self.send_batch()
        elif kind == 3 and option in ("Replace", "ReplaceOnly", "Remove"):
            rows = self.rows(1000)
            self.took("pi", self.pi.write(tags[1], rows, updateOption=option, bufferOption="DoNotBuffer"), len(rows),
                      f"DoNotBuffer, {option}")
        else:
            rows = self.rows(1000)
            self.took("pi", self.pi.write(chance.choice(tags), rows, updateOption=option), len(rows), f"values, {option}")

    def send_batch(self):
        """A batch of single values: as many receipts as writes, each counted once."""
        resource = f"{self.pi.base}/streams/{self.pi.web_id('Counted.A')}/value"
        body = {str(i): {"Method": "POST", "Resource": resource, "Content": json.dumps({"Timestamp": t, "Value": v})}
                for i, (t, v) in enumerate(self.rows(50))}
        answer = self.pi.session.post(self.pi.base + "/batch", json=body, timeout=60).json()
        names = collections.Counter(one["Headers"].get("Penstock-Receipt") for one in answer.values())
        check(None not in names and all(one["Status"] == 202 for one in answer.values()), "a batch is taken")
        self.tallies["pi"].sent += len(body)
        self.receipts += [("pi", name, None, samples) for name, samples in names.items()]

    def send_omf(self):
        rows = self.rows(1000)
        body = [{"containerid": "counted", "values": [{"Time": t, "Value": v} for t, v in rows]}]
        action = self.random.choice(("create", "update", "delete"))
        self.took("omf", self.omf.send("data", body, action), len(rows), f"OMF {action}")

    def send_bx(self):
        rows = [(t, str(v)) for t, v in self.rows(100)]
        overwrite = self.random.random() < 0.5
        self.took("buildingx", self.bx.write(BX_POINT + "c1", rows, overwrite=overwrite), len(rows),
                  f"Building X, overwrite {overwrite}")

    def send_ev(self):
        rows = self.rows(500)
        overwrite = self.random.choice(("", "update_window"))
        more = {"overwrite": overwrite} if overwrite else {}
        silent = self.random.choice(("true", "false"))
        self.took("energyview", self.ev.write(1, "flow", rows, silent=silent, **more), len(rows),
                  f"EnergyView {overwrite}, silent {silent}")

    def samples(self):
        return sum(tally.sent for tally in self.tallies.values())

    def compare(self, when):
        """All four, for everything that was sent so far. Receipts that were looked at are not asked for again."""
        for door, name, counts, sent in self.receipts:
            told = self.console.receipt(name)
            if not check(isinstance(told, dict) and told["state"] == "applied", f"{when}: the receipt {name}: {told}"):
                continue
            check_equal(told["sent"], sent, f"{when}: samples of a receipt")
            said = {outcome: told["counts"][outcome] for outcome in COUNTED}
            if counts is not None:
                check_equal(said, counts, f"{when}: a receipt and its answer")
            else:
                self.tallies[door].by_answer.update(said)
        self.receipts = []
        audit, sent = {}, {}
        for line in self.console.export("ndjson").splitlines():
            record = json.loads(line)
            door = record["door"]
            audit.setdefault(door, collections.Counter()).update({name: record[name] for name in OUTCOMES})
            sent[door] = sent.get(door, 0) + record["sent"]
            touched = sum(touch["samples"] for touch in record["touches"])
            check(bool(record["touches"]) and touched <= record["sent"], f"{when}: {touched} samples of {record}")
        whole = collections.Counter()
        for door, tally in self.tallies.items():
            found = audit.get(door, collections.Counter())
            check_equal({name: found[name] for name in COUNTED}, {name: tally.by_answer[name] for name in COUNTED},
                        f"{when}: audit and answers at {door}")
            check_equal((sent.get(door, 0), found["rejected"]), (tally.sent, 0), f"{when}: all samples of {door}")
            whole.update(found)
        check_equal(sorted(audit), sorted(door for door, tally in self.tallies.items() if tally.sent),
                    f"{when}: nobody else wrote")
        return {name: whole[name] for name in OUTCOMES}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--samples", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    secret = subprocess.run([str(BINARY), "hash-secret"], input="s\n", capture_output=True, text=True, timeout=60,
                            check=True).stdout.strip()
    config = CONFIG.format(partition=PARTITION, point=BX_POINT + "c1", secret=secret)
    lives = 4
    with Server(demo=False, config=config) as server:
        load = Load(server, options.seed)
        sent_before = collections.Counter()
        for life in range(lives):
            doors = (load.send_pi, load.send_pi, load.send_omf, load.send_bx, load.send_ev)
            while load.samples() < options.samples * (life + 1) // lives:
                load.random.choice(doors)()
            audit = load.compare(f"life {life + 1}")
            # The counters of /metrics begin anew with the process.
            metrics = outcomes_of_metrics(server.url)
            check_equal(metrics, {name: audit[name] - sent_before[name] for name in OUTCOMES},
                        f"life {life + 1}: metrics and audit")
            sent_before = collections.Counter(audit)
            print(f"life {life + 1}: {load.samples()} samples, {audit}", flush=True)
            if life % 2 == 0:
                server.kill()
            else:
                check_equal(server.stop(), 0, "a clean stop")
            server.start()
            load.connect()
            check_equal(load.compare("after a start"), audit, f"the audit of life {life + 1} after a start")
        check_equal({name: sum(tally.by_answer[name] > 0 for tally in load.tallies.values()) for name in COUNTED},
                    {"stored": 4, "replaced": 4, "ignored": 4, "erased": 2}, "doors at which each outcome came")
    finish()


if __name__ == "__main__":
    main()
