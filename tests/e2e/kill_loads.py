#!/usr/bin/env python3
"""kill -9 at any moment during `penstock backfill`: the load goes on when the server is back, and in the end every
value is there.

    kill_loads.py [--kills 8] [--seed N]

The loader never sends a chunk again that was acknowledged, so an acknowledged sample that a kill loses is missing at
the end: the loader's resume file is the oracle. Loads go through the four doors in turn, until there were enough
kills. Every second load the loader itself is killed as well and started again.
"""

import argparse
import csv
import gzip
import os
import pathlib
import random
import subprocess
import time

from harness import BINARY, PARTITION, ROOT, Pi, Server, check, check_equal, finish, unix_ns

COLUMNS = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
LOADS_MAX = 200


def input_file(folder):
    """The transformer data if it is at hand, else something of that shape. Returns path and {column: {ns: value}}."""
    known = pathlib.Path(os.environ.get("PENSTOCK_TEST_DATA", ROOT.parent / "shared" / "data")) / "ETTh1.csv.gz"
    if known.exists():
        path, text = known, gzip.open(known, "rt").read()
    else:
        chance, path = random.Random(3), folder / "made.csv"
        lines = [",".join(["date", *COLUMNS])]
        for i in range(17_000):
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1_467_331_200 + 3600 * i))
            lines.append(",".join([moment, *(repr(chance.gauss(5, 3)) for _ in COLUMNS)]))
        text = "\n".join(lines) + "\n"
        path.write_text(text)
    wanted = {column: {} for column in COLUMNS}
    for row in csv.DictReader(text.splitlines()):
        moment = unix_ns(row["date"].replace(" ", "T") + "Z")
        for column in COLUMNS:
            wanted[column][moment] = float(row[column])
    return path, wanted


def bx_id(load, index):
    return f"00000000-0000-4000-a000-{load * 16 + index:012x}"


def plan(door, load):
    """Arguments for the loader, and the PI tag of each column."""
    if door in ("pi", "omf"):
        return (["--user", "demo", "--password", "demo-secret", "--point", f"kill{load}.{{column}}"],
                {column: f"kill{load}.{column}" for column in COLUMNS})
    if door == "energyview":
        return (["--domain", "demo", "--key", "demo-secret", "--node", str(1000 + load)],
                {column: f"EV.demo.{1000 + load}.{column}" for column in COLUMNS})
    return (["--client", "demo-client", "--secret", "demo-secret", "--partition", PARTITION, "--map"],
            {column: f"BX.{PARTITION}.{bx_id(load, i)}" for i, column in enumerate(COLUMNS)})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"seed {options.seed}")
    chance = random.Random(options.seed)
    points = "".join(f'[[buildingx.points]]\npartition = "{PARTITION}"\nid = "{bx_id(load, i)}"\n'
                     for load in range(2, LOADS_MAX, 4) for i in range(len(COLUMNS)))
    with Server() as server:
        config = server.data.parent / "points.toml"
        config.write_text(points)
        server.stop()
        server.arguments += ["--config", str(config)]
        server.start()
        path, wanted = input_file(server.data.parent)
        work = server.data.parent / "work"
        kills = load = loader_kills = 0
        while kills < options.kills and load < LOADS_MAX:
            door = ("pi", "omf", "buildingx", "energyview")[load % 4]
            arguments, tags = plan(door, load)
            if door == "buildingx":
                map_file = server.data.parent / f"map{load}.csv"
                map_file.write_text("column,point\n" + "".join(f"{c},{bx_id(load, i)}\n"
                                                               for i, c in enumerate(COLUMNS)))
                arguments.append(str(map_file))
            command = [str(BINARY), "backfill", str(path), "--door", door, "--url", server.url, "--work",
                       str(work / str(load)), "--chunk", "50", "--connections", "2", "--retry", "60", *arguments]
            loader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            in_this_load = 0
            while loader.poll() is None and in_this_load < 3 and kills < options.kills:
                time.sleep(chance.uniform(0.02, 0.7))
                if loader.poll() is not None:
                    break
                server.kill()
                kills += 1
                in_this_load += 1
                if load % 2 == 1 and in_this_load == 1:
                    loader.kill()
                    loader.communicate()
                    loader_kills += 1
                    server.start()
                    loader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                else:
                    server.start()
            said, _ = loader.communicate(timeout=300)
            check_equal(loader.returncode, 0, f"load {load} through {door}: the loader ends well ({said[-500:]})")
            pi = Pi(server.url)
            for column, tag in tags.items():
                rows = [(unix_ns(t), v) for t, v, _ in pi.read(tag)]
                check(dict(rows) == wanted[column] and len(rows) == len(wanted[column]),
                      f"load {load} through {door}: {tag} has {len(rows)} of {len(wanted[column])} values, all equal")
            print(f"load {load} through {door}: {in_this_load} kills, {kills} in all", flush=True)
            load += 1
        check_equal(kills, options.kills, "as many kills as wanted")
        check(loader_kills > 0 or options.kills < 4, "the loader was killed as well")
        check_equal(server.stop(), 0, "the server ends well")
    finish()


if __name__ == "__main__":
    main()
