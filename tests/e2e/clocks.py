#!/usr/bin/env python3
"""A domain in Stockholm over both changes of its clocks: every bucket of every resolution and aggregate, in both versions
of the API, beside what Python's own calendar counts; and times without an offset."""

import datetime
import zoneinfo

from harness import EnergyView, EnergyViewTwo, Server, check, check_equal, finish

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
UTC = datetime.timezone.utc
CONFIG = """
[[energyview.domains]]
name = "demo"
timezone = "Europe/Stockholm"
"""
SECONDS = {"second": 1, "minute": 60, "5minute": 300, "10minute": 600, "15minute": 900, "20minute": 1200, "30minute": 1800,
           "hour": 3600}
CALENDAR = ["day", "month", "year", "decade", "century", "millennia"]
AGGREGATES = {"avg": lambda v: sum(v) / len(v), "min": min, "max": max, "sum": sum, "count": len}
CHANGES = {"spring": datetime.datetime(2024, 3, 31, 1, tzinfo=UTC), "autumn": datetime.datetime(2024, 10, 27, 1, tzinfo=UTC)}


def text(instant):
    return instant.astimezone(ZONE).isoformat()


def begin_of(instant, word):
    """When the bucket of an instant begins: steps of the clock in their own offset, else local midnight of some day."""
    if word in SECONDS:
        return instant - datetime.timedelta(seconds=instant.timestamp() % SECONDS[word])
    day = instant.astimezone(ZONE).date()
    day = {"day": lambda: day, "week": lambda: day - datetime.timedelta(days=day.weekday()),
           "month": lambda: day.replace(day=1), "year": lambda: day.replace(month=1, day=1),
           "decade": lambda: datetime.date(day.year // 10 * 10, 1, 1),
           "century": lambda: datetime.date((day.year - 1) // 100 * 100 + 1, 1, 1),
           "millennia": lambda: datetime.date((day.year - 1) // 1000 * 1000 + 1, 1, 1)}[word]()
    return datetime.datetime(day.year, day.month, day.day, tzinfo=ZONE)


def buckets(samples, word, aggregate):
    """What a reader of another make would find: [(begin, value)], in order."""
    found = {}
    for instant, value in samples:
        found.setdefault(text(begin_of(instant, word)), []).append(value)
    return [(begin, AGGREGATES[aggregate](values)) for begin, values in found.items()]


def samples_around(change):
    """Two days before and after: every five minutes, and every 20 seconds in the hours beside the change."""
    step, begin = datetime.timedelta(minutes=5), change - datetime.timedelta(days=2)
    instants = {begin + i * step for i in range(4 * 24 * 12 + 1)}
    instants |= {change + datetime.timedelta(seconds=20 * i) for i in range(-360, 360)}
    return [(instant, (i * 37) % 101) for i, instant in enumerate(sorted(instants))]


def both_changes(ev, two):
    for name, change in CHANGES.items():
        samples = samples_around(change)
        check_equal(ev.write(1, name, [(t.isoformat(), v) for t, v in samples]).status_code, 204, f"{name}: values are taken")
        span = {"start": samples[0][0].isoformat(), "end": samples[-1][0].isoformat()}
        uuid = two.series_named(name)["uuid"]
        for word in [*SECONDS, *CALENDAR]:
            for aggregate in AGGREGATES:
                wanted = buckets(samples, word, aggregate)
                answer = ev.session.get(ev.url, timeout=60, params={
                    "node_id": 1, "tag": name, "resolution": word, "aggregate": aggregate, **span}).json()
                found = [(row["ts"], row["v"]) for row in answer["timeseries"][0]["data"]]
                check(found == wanted, f"{name}: {aggregate} by {word}")
        for word in [*SECONDS, *CALENDAR, "week"]:
            for aggregate in AGGREGATES:
                precision = word if not word[0].isdigit() else "minute" + word.removesuffix("minute")
                found = two.data(uuid, precision=precision, aggregate=aggregate, timezone="Europe/Stockholm", **span)
                check(found == buckets(samples, word, aggregate), f"{name}: {aggregate} by {precision} in API v2")
        days = dict(buckets([(change - datetime.timedelta(days=2) + datetime.timedelta(minutes=15 * i), 1)
                             for i in range(4 * 96)], "day", "count"))
        check((92 if name == "spring" else 100) in days.values(), f"{name}: the day has another length")


def the_hour_that_comes_twice(ev):
    """Both hours from two to three of the autumn night are buckets of their own, with their own offsets."""
    change = CHANGES["autumn"]
    rows = [((change + datetime.timedelta(minutes=m)).isoformat(), m) for m in (-30, 30)]
    check_equal(ev.write(1, "twice_hour", rows).status_code, 204, "two values an hour apart, at one clock time")
    answer = ev.session.get(ev.url, timeout=60, params={
        "node_id": 1, "tag": "twice_hour", "start": rows[0][0], "end": rows[1][0], "resolution": "hour"}).json()
    check_equal([(row["ts"], row["v"]) for row in answer["timeseries"][0]["data"]],
                [("2024-10-27T02:00:00+02:00", -30), ("2024-10-27T02:00:00+01:00", 30)], "are in two hours")


def times_without_an_offset(ev):
    for tag, written, wanted in (
            ("gap", "2024-03-31T02:30:00", "2024-03-31T03:30:00+02:00"),      # No such time: moved on by the gap.
            ("twice", "2024-10-27T02:30:00", "2024-10-27T02:30:00+02:00"),    # Twice: the earlier.
            ("second", "2024-10-27T02:30:00+01:00", "2024-10-27T02:30:00+01:00"),
            ("winter", "2024-01-15T12:00:00", "2024-01-15T12:00:00+01:00")):
        check_equal(ev.write(1, tag, [(written, 1)]).status_code, 204, f"{written} is taken")
        check_equal(ev.read(1, tag), [(wanted, 1)], f"{written} is shown on the clock of the domain")


def a_domain_needs_a_zone_that_exists():
    """The start says which domain has it wrong, and where."""
    for zone in ("Mars/Base", ""):
        server = Server(config=CONFIG.replace("Europe/Stockholm", zone))
        try:
            server.start()
            check(False, f"a domain in '{zone}' does not start")
        except RuntimeError as error:
            check("penstock.toml:2" in str(error) and "time zone" in str(error), f"the refusal says where '{zone}' stands")
        finally:
            server.__exit__()


with Server(config=CONFIG) as running:
    client = EnergyView(running.url)
    both_changes(client, EnergyViewTwo(running.url))
    the_hour_that_comes_twice(client)
    times_without_an_offset(client)
a_domain_needs_a_zone_that_exists()
finish()
