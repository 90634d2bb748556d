#!/usr/bin/env python3
"""A domain in Stockholm over both changes of its clocks: hours and days of buckets, and times without an offset."""

import datetime
import zoneinfo

from harness import EnergyView, Server, check, check_equal, finish

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
UTC = datetime.timezone.utc
CONFIG = """
[[energyview.domains]]
name = "demo"
timezone = "Europe/Stockholm"
"""


def text(instant):
    return instant.astimezone(ZONE).isoformat()


def buckets(first, count, step, begin_of):
    """What a reader of another make would count: {begin: samples}, in order."""
    found = {}
    for i in range(count):
        begin = begin_of((first + i * step).astimezone(ZONE))
        found[begin] = found.get(begin, 0) + 1
    return list(found.items())


def hour_of(local):
    return text(local.astimezone(UTC).replace(minute=0))


def day_of(local):
    return datetime.datetime(local.year, local.month, local.day, tzinfo=ZONE).isoformat()


def both_changes(ev):
    for name, around in (("spring", datetime.datetime(2024, 3, 31, tzinfo=UTC)),
                         ("autumn", datetime.datetime(2024, 10, 27, tzinfo=UTC))):
        first, step, count = around - datetime.timedelta(days=1), datetime.timedelta(minutes=15), 4 * 24 * 3
        rows = [((first + i * step).isoformat(), i) for i in range(count)]
        check_equal(ev.write(1, name, rows).status_code, 204, f"{name}: values are taken")
        for resolution, begin_of in (("hour", hour_of), ("day", day_of)):
            answer = ev.session.get(ev.url, timeout=60, params={
                "node_id": 1, "tag": name, "start": rows[0][0], "end": rows[-1][0], "resolution": resolution,
                "aggregate": "count"}).json()
            found = [(row["ts"], row["v"]) for row in answer["timeseries"][0]["data"]]
            check_equal(found, buckets(first, count, step, begin_of), f"{name}: samples by {resolution}")
            if resolution == "day":
                sizes = {size for _, size in found}
                check((92 if name == "spring" else 100) in sizes, f"{name}: a day of {name} has another length")


def times_without_an_offset(ev):
    for tag, written, wanted in (
            ("gap", "2024-03-31T02:30:00", "2024-03-31T03:30:00+02:00"),      # No such time: moved on by the gap.
            ("twice", "2024-10-27T02:30:00", "2024-10-27T02:30:00+02:00"),    # Twice: the earlier.
            ("second", "2024-10-27T02:30:00+01:00", "2024-10-27T02:30:00+01:00"),
            ("winter", "2024-01-15T12:00:00", "2024-01-15T12:00:00+01:00")):
        check_equal(ev.write(1, tag, [(written, 1)]).status_code, 204, f"{written} is taken")
        check_equal(ev.read(1, tag), [(wanted, 1)], f"{written} is shown on the clock of the domain")


with Server(config=CONFIG) as server:
    client = EnergyView(server.url)
    both_changes(client)
    times_without_an_offset(client)
finish()
