#!/usr/bin/env python3
"""Files are loaded through each door by `penstock backfill` and read back through another, equal value for value.

    real_data.py [--full] [--folder DIR]

The folder with the measured data sets is DIR, or the variable PENSTOCK_TEST_DATA, or `../shared/data` beside the
checkout. Without it only a small generated set is loaded, which is always tested. Without --full the slow doors get
some of the columns.

What is expected is computed here, independently of the loader: with the csv module and Python's own time zones.
"""

import argparse
import collections
import csv
import datetime
import gzip
import io
import os
import pathlib
import random
import re
import time
import zoneinfo

from harness import PARTITION, ROOT, BuildingX, EnergyView, Pi, Server, backfill, check, check_equal, finish, unix_ns

SLOT_NS = {"pi": 100, "omf": 100, "buildingx": 1_000_000, "energyview": 1_000}
WRITERS = ["pi", "omf", "buildingx", "energyview"]

indices = {}  # (file, series, column) -> the number in the Building X point's id

DataSet = collections.namedtuple("DataSet", "file time_column series_column zone nulls columns quick rows")
DATA_SETS = [
    # quick: columns that are loaded through every door without --full; rows: how many then.
    DataSet("ETTh1.csv.gz", "date", None, "UTC", [], None, None, None),
    DataSet("ETTh2.csv.gz", "date", None, "UTC", [], None, ["HUFL", "OT"], 4000),
    DataSet("nab_real.csv.gz", "timestamp", "series", "UTC", [], None, None, 40_000),
    DataSet("skab_valve.csv.gz", "timestamp", "run", "UTC", [], None, ["Current", "anomaly"], 20_000),
    DataSet("tour_perret_ems.csv.gz", "time_utc", None, "UTC", [], None,
            ["temperature", "vdd", "fcnt", "spreading", "decode_status"], 20_000),
    DataSet("thermal_solar_plant.csv.gz", "local_time", None, "Europe/Berlin",
            ["888.8", "-88.8", "-999.9", "-9999"], None, ["t1", "relay1_s", "relay1_pct"], 40_000),
]


def local_to_ns(text, zone, before):
    """A wall clock in a zone. Of an hour that comes twice: the earlier, unless only the later goes on in time."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is not None:
        return round(moment.timestamp() * 1000) * 1_000_000
    def at(fold):
        utc = moment.replace(tzinfo=zone, fold=fold).astimezone(datetime.timezone.utc)
        return (utc - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(
            microseconds=1) * 1000
    first, second = at(0), at(1)
    if second > first and before is not None and first <= before < second:
        return second
    return first  # In a gap, too, the offset from before the gap moves the time ahead.


def expected(data_set, text):
    """{(series, column): {ns: text}} and how many values are not to be sent."""
    zone = zoneinfo.ZoneInfo(data_set.zone)
    found, repeats, before = collections.defaultdict(dict), 0, {}
    for row in csv.DictReader(io.StringIO(text)):
        series = row[data_set.series_column] if data_set.series_column else ""
        moment = local_to_ns(row[data_set.time_column], zone, before.get(series))
        before[series] = moment
        for column, value in row.items():
            if column in (data_set.time_column, data_set.series_column) or value in ("", *data_set.nulls):
                continue
            if data_set.columns and column not in data_set.columns:
                continue
            points = found[series, column]
            if moment in points:
                repeats += 1
            else:
                points[moment] = value
    return found, repeats


def is_number(text):
    return re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text) is not None


def point_name(door, stem, index, series, column):
    if door == "buildingx":
        return f"{PARTITION}/00000000-0000-4000-8000-{index:012x}"
    if door == "energyview":
        plain = re.sub(r"[^A-Za-z0-9-]", "_", f"{series}_{column}" if series else column)
        return f"{1 + sum(map(ord, stem)) % 1000}/{plain}"
    return f"{door}.{stem}.{series}.{column}" if series else f"{door}.{stem}.{column}"


def tag_of(door, name):
    if door == "buildingx":
        return "BX." + name.replace("/", ".")
    if door == "energyview":
        return "EV.demo." + name.replace("/", ".")
    return name


def same(found, wanted):
    """Numbers by value, texts by letter."""
    if isinstance(found, dict):
        found = found.get("Name")
    if is_number(wanted):
        return not isinstance(found, bool) and float(found) == float(wanted)
    return found == wanted


def compare(name, rows, wanted):
    """rows: [(ns, value)]"""
    found = dict(rows)
    check_equal(len(found), len(rows), f"{name}: no time twice")
    wrong = [(t, found.get(t), v) for t, v in wanted.items() if t not in found or not same(found[t], v)]
    check(not wrong, f"{name}: {len(wrong)} of {len(wanted)} values differ, the first: {wrong[:3]}")
    check_equal(len(found), len(wanted), f"{name}: as many values as sent")
    check([t for t, _ in rows] == sorted(found), f"{name}: in the order of time")


def generated(folder):
    """A small file with everything that is awkward: gaps, repeats, steps back, strings, integers, extremes."""
    chance = random.Random(7)
    lines, moment = ["time,level,count,state,note"], datetime.datetime(2021, 3, 27, 20, 0)
    for i in range(3000):
        moment += datetime.timedelta(seconds=chance.choice((1, 1, 1, 60)))
        shown = moment - datetime.timedelta(seconds=90) if i % 500 == 499 else moment
        level = chance.choice((f"{chance.uniform(-1e3, 1e3):.2f}", repr(chance.uniform(-1e-9, 1e9)), "-9999", ""))
        note = chance.choice(("plain", "with, comma", 'with "quotes"', "ä € 漢", ""))
        quoted = '"' + note.replace('"', '""') + '"'
        lines.append(f"{shown.isoformat()},{level},{chance.randrange(-5, 1 << 30)},{chance.choice('01')},{quoted}")
        if i % 300 == 0:
            lines.append(lines[-1])
    file = folder / "generated.csv"
    file.write_text("\n".join(lines) + "\n")
    return DataSet(str(file), "time", None, "Europe/Berlin", ["-9999"], None, None, None)


def cut(path, rows, target):
    """The first rows of each half of a file, so that quick runs see its later days too."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    body = lines[1:]
    if rows and len(body) > rows:
        half = len(body) // 2
        body = body[:rows // 2] + body[half:half + rows // 2]
    text = "\n".join(lines[:1] + body) + "\n"
    with gzip.open(target, "wt", encoding="utf-8", compresslevel=1) as file:
        file.write(text)
    return text


def load(server, door, data_set, text, file, work):
    """Loads one file through one door, and reads it back through another."""
    stem = file.name.split(".")[0]
    points, repeats = expected(data_set, text)
    names = {}
    map_file = work / f"{stem}.{door}.map.csv"
    with open(map_file, "w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["series", "column", "point"])
        for series, column in points:
            index = indices.setdefault((stem, series, column), len(indices))
            if door == "energyview" and not all(map(is_number, points[series, column].values())):
                continue  # This door keeps numbers alone.
            names[series, column] = point_name(door, stem, index, series, column)
            rows.writerow([series, column, names[series, column]])
    arguments = [file, "--door", door, "--url", server.url, "--time-column", data_set.time_column, "--time-zone",
                 data_set.zone, "--map", map_file]
    if data_set.series_column:
        arguments += ["--series-column", data_set.series_column]
    for null in data_set.nulls:
        arguments += ["--null=" + null]
    arguments += {"pi": ["--user", "demo", "--password", "demo-secret"],
                  "omf": ["--user", "demo", "--password", "demo-secret"],
                  "buildingx": ["--client", "demo-client", "--secret", "demo-secret"],
                  "energyview": ["--domain", "demo", "--key", "demo-secret"]}[door]
    begin = time.monotonic()
    said = backfill(*arguments, work=work)
    took = time.monotonic() - begin
    count = sum(len(points[key]) for key in names)
    check(said.startswith(f"{count} of "), f"{stem} through {door}: wanted {count} values, it said {said.strip()}")
    check(not list(work.glob(f"{file.name}.{door}.resume")), f"{stem} through {door}: no resume file is left")
    if repeats and door != "energyview":
        report = (work / f"{file.name}.{door}.conflicts.csv").read_text().splitlines()
        check_equal(len(report) - 1, repeats, f"{stem} through {door}: repeats in the conflict report")
    print(f"{stem} through {door}: {count} values of {len(names)} points in {took:.1f} s", flush=True)

    pi = Pi(server.url)
    for (series, column), name in names.items():
        wanted = points[series, column]
        label = f"{stem}, {series} {column}, {door} to "
        rows = [(unix_ns(t), v) for t, v, _ in pi.read(tag_of(door, name))]
        compare(label + "PI", rows, wanted)
    return names, points


def crosswise(server, work, data_set, text, file):
    """PI writes into points of the other doors; they are read there, not at PI."""
    stem = file.name.split(".")[0]
    points, _ = expected(data_set, text)
    numeric = [key for key, values in points.items() if all(map(is_number, values.values()))][:3]
    for door in ("energyview", "buildingx"):
        map_file = work / f"{stem}.across.{door}.map.csv"
        names = {}
        with open(map_file, "w", newline="", encoding="utf-8") as out:
            rows = csv.writer(out)
            rows.writerow(["series", "column", "point", "type"])
            for index, (series, column) in enumerate(numeric):
                if door == "energyview":
                    names[series, column] = f"9/across_{stem}_{index}"
                    # A first value through its own door makes the point.
                    ev = EnergyView(server.url)
                    check_equal(ev.write(9, f"across_{stem}_{index}", [("1999-01-01T00:00:00Z", 0)]).status_code, 204,
                                "a point is made")
                else:
                    names[series, column] = f"{PARTITION}/{across_id(stem, index)}"
                rows.writerow([series, column, tag_of(door, names[series, column]), "Float64"])
        arguments = [file, "--door", "pi", "--url", server.url, "--user", "demo", "--password", "demo-secret",
                     "--time-column", data_set.time_column, "--time-zone", data_set.zone, "--map", map_file]
        if data_set.series_column:
            arguments += ["--series-column", data_set.series_column]
        for null in data_set.nulls:
            arguments += ["--null=" + null]
        backfill(*arguments, work=work / f"across-{door}")
        for key, name in names.items():
            wanted = dict(points[key])
            if door == "energyview":
                rows = EnergyView(server.url).read(9, name.split("/")[1], "2000-01-01T00:00:00Z")
                compare(f"{stem}, {key}, PI to EnergyView", [(unix_ns(t), v) for t, v in rows], wanted)
            else:
                rows = BuildingX(server.url, partition=PARTITION).read(name.split("/")[1])
                compare(f"{stem}, {key}, PI to Building X", [(unix_ns(t), float(v)) for t, v in rows], wanted)


def across_id(stem, index):
    return f"00000000-0000-4000-9000-{100 * sum(map(ord, stem)) + index:012x}"


def buildingx_points(sets):
    """[[buildingx.points]] for everything that will be loaded, typed after the values."""
    text = ""
    for data_set, content, file in sets:
        stem = file.name.split(".")[0]
        kinds = {}
        for row in csv.DictReader(io.StringIO(content)):
            series = row[data_set.series_column] if data_set.series_column else ""
            for column, value in row.items():
                if column in (data_set.time_column, data_set.series_column) or value in ("", *data_set.nulls):
                    continue
                kinds[series, column] = kinds.get((series, column), True) and is_number(value)
        for (series, column), number in kinds.items():
            index = indices.setdefault((stem, series, column), len(indices))
            text += f'[[buildingx.points]]\npartition = "{PARTITION}"\n'
            text += f'id = "00000000-0000-4000-8000-{index:012x}"\n'
            text += f'data_type = "{"number" if number else "string"}"\n'
        for index in range(3):
            text += f'[[buildingx.points]]\npartition = "{PARTITION}"\nid = "{across_id(stem, index)}"\n'
    return text


def column_groups(data_set, text):
    """A wide file as several of few columns, so that what is expected fits into memory."""
    names = next(csv.reader([text.split("\n", 1)[0]]))
    values = [name for name in names if name not in (data_set.time_column, data_set.series_column)]
    return [data_set._replace(columns=values[i:i + 4]) for i in range(0, len(values), 4)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--folder", default=os.environ.get("PENSTOCK_TEST_DATA", str(ROOT.parent / "shared" / "data")))
    options = parser.parse_args()
    folder = pathlib.Path(options.folder)
    with Server(demo=True) as server:
        work = server.data.parent / "work"
        work.mkdir()
        sets = []
        made = generated(server.data.parent)
        sets.append((made, pathlib.Path(made.file).read_text(), pathlib.Path(made.file)))
        for data_set in DATA_SETS:
            if not (folder / data_set.file).exists():
                print(f"{data_set.file} is not in {folder}: not tested")
                continue
            file = server.data.parent / data_set.file
            text = cut(folder / data_set.file, None if options.full else data_set.rows, file)
            sets.append((data_set if options.full else data_set._replace(columns=data_set.quick), text, file))
        # The Building X points are configured, so the server starts again with them; nothing is lost by that.
        server.stop()
        config = server.data.parent / "points.toml"
        config.write_text(buildingx_points(sets))
        server.arguments += ["--config", str(config)]
        server.start()
        for data_set, text, file in sets:
            for part in column_groups(data_set, text) if options.full else [data_set]:
                for door in WRITERS:
                    load(server, door, part, text, file, work)
            crosswise(server, work, data_set if data_set.columns else column_groups(data_set, text)[0], text, file)
        check_equal(server.stop(), 0, "the server ends well")
    finish()


if __name__ == "__main__":
    main()
