#!/usr/bin/env python3
"""Server CPU per value of large gzip bodies at the OMF door.

    bench/omf_body.py [--values 50000] [--containers 1000] [--bodies 60] [--server build/release/penstock] [--plain]

Starts a demo server of its own, makes the containers, and sends bodies whose values are new each time. The figure is
the user and system time that /proc/<pid>/stat gives the server, over the values sent: it includes HTTP, inflation,
parsing, the journal and the answer.
"""

import argparse
import gzip
import json
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))


def cpu_seconds(pid):
    """User and system time of all threads, in clock ticks of the kernel: send enough bodies."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_body(number, values, containers):
    """`values` of all containers, one second apart; bodies follow each other in time."""
    per = values // containers
    items = []
    for c in range(containers):
        events = []
        for i in range(per):
            second = number * per + i
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_700_000_000 + second))
            events.append({"Time": f"{stamp}.{(c * 37 + i) % 1000:03d}000Z",
                           "Level": round(50 + (c * 7919 + second * 104729) % 100_000 / 1000 - 50, 3)})
        items.append({"containerid": f"bench.tank{c:04d}.level", "values": events})
    return json.dumps(items, separators=(",", ":")).encode()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--values", type=int, default=50_000)
    parser.add_argument("--containers", type=int, default=1_000)
    parser.add_argument("--bodies", type=int, default=60)
    parser.add_argument("--server", default=None)
    parser.add_argument("--plain", action="store_true", help="without gzip")
    arguments = parser.parse_args()
    if arguments.server:
        os.environ["PENSTOCK_TEST_BINARY"] = arguments.server
    from harness import Omf, Server

    with Server() as server:
        omf = Omf(server.url)
        types = [{"id": "BenchLevel", "classification": "dynamic", "type": "object", "properties": {
            "Time": {"type": "string", "format": "date-time", "isindex": True},
            "Level": {"type": "number", "format": "float64"}}}]
        assert omf.send("type", types).status_code == 201
        made = [{"id": f"bench.tank{c:04d}.level", "typeid": "BenchLevel"} for c in range(arguments.containers)]
        assert omf.send("container", made).status_code == 201
        bodies = [make_body(n, arguments.values, arguments.containers) for n in range(arguments.bodies + 2)]
        inflated = len(bodies[0])
        sent = bodies if arguments.plain else [gzip.compress(body, 6) for body in bodies]
        head = {} if arguments.plain else {"compression": "gzip"}
        for body in sent[:2]:
            assert omf.send("data", body, **head).status_code == 202
        before, begun = cpu_seconds(server.process.pid), time.monotonic()
        for body in sent[2:]:
            answer = omf.send("data", body, **head)
            assert answer.status_code == 202, answer.text[:500]
        cpu, wall = cpu_seconds(server.process.pid) - before, time.monotonic() - begun
        count = arguments.bodies * (arguments.values // arguments.containers) * arguments.containers
        print(f"{arguments.bodies} bodies of {count // arguments.bodies} values over {arguments.containers} containers, "
              f"{inflated} bytes each, {len(sent[0])} sent")
        print(f"server CPU {cpu * 1e9 / count:.0f} ns per value, elapsed {wall * 1e9 / count:.0f} ns per value")


if __name__ == "__main__":
    main()
