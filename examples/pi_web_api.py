#!/usr/bin/env python3
"""Writing values through the PI Web API door: pi_web_api.py [http://127.0.0.1:8080]"""

import json
import sys
from datetime import datetime, timedelta, timezone

import requests

BASE_URL = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080") + "/piwebapi"

session = requests.Session()
session.auth = ("demo", "demo-secret")


def web_id_of(path, kind="points"):
    """Every stream is addressed by its WebId; a path leads to it."""
    answer = session.get(f"{BASE_URL}/{kind}", params={"path": path})
    answer.raise_for_status()
    return answer.json()["WebId"]


def write(web_id, value, timestamp="*", **params):
    """One value. 202: in the buffer, durably. 204: in the archive."""
    answer = session.post(f"{BASE_URL}/streams/{web_id}/value", params=params,
                          json={"Timestamp": timestamp, "Value": value})
    print(f"  {value!r} at {timestamp} {params or ''} -> {answer.status_code}")
    if answer.status_code not in (202, 204):
        sys.exit(f"refused: {answer.text}")
    return answer


def recorded(web_id, start, end):
    answer = session.get(f"{BASE_URL}/streams/{web_id}/recorded", params={"startTime": start, "endTime": end})
    answer.raise_for_status()
    return [(item["Timestamp"], item["Value"]) for item in answer.json()["Items"]]


level = web_id_of(r"\\PENSTOCK\BA:LEVEL.1")

print("One value, now, with each buffer option:")
write(level, 42.5)
write(level, 42.75, bufferOption="Buffer")
write(level, 43.0, bufferOption="DoNotBuffer")

print("What an update option does where a value is already:")
moment = "2026-03-15T10:00:00Z"
write(level, 50.0, moment, updateOption="Replace")
write(level, 51.0, moment, updateOption="Insert")  # Keeps what is there, without a word.
assert recorded(level, moment, moment) == [(moment, 50)], recorded(level, moment, moment)
write(level, 99.9, moment, updateOption="Replace")
[(_, corrected)] = recorded(level, moment, moment)
assert abs(corrected - 99.9) < 1e-4, corrected
write(level, 0, moment, updateOption="Remove")
assert recorded(level, moment, moment) == []

print("Many values of one point, oldest first:")
begin = datetime(2026, 3, 16, tzinfo=timezone.utc)
values = [{"Timestamp": (begin + timedelta(minutes=i)).isoformat(), "Value": 20 + i * 0.5} for i in range(10)]
for attempt in (1, 2):  # With Replace the same request may be sent again: it changes nothing.
    answer = session.post(f"{BASE_URL}/streams/{level}/recorded", params={"updateOption": "Replace"}, json=values)
    print(f"  attempt {attempt} -> {answer.status_code}")
    assert answer.status_code in (202, 204), answer.text
assert len(recorded(level, "2026-03-16T00:00:00Z", "2026-03-16T01:00:00Z")) == 10

print("Several points in one request:")
points = {"level": (level, 71.5), "temperature": (web_id_of(r"\\PENSTOCK\BA:TEMP.1"), 14.7),
          "count": (web_id_of(r"\\PENSTOCK\PLANT:COUNT"), 7)}
batch = {name: {"Method": "POST", "Resource": f"{BASE_URL}/streams/{web_id}/value",
                "Content": json.dumps({"Timestamp": "*", "Value": value})}
         for name, (web_id, value) in points.items()}
answer = session.post(f"{BASE_URL}/batch", json=batch)
for name, result in answer.json().items():
    print(f"  {name} -> {result['Status']}")
    assert result["Status"] in (200, 202, 204), result

print("A digital point, by the name of its state and by the code:")
active = web_id_of(r"\\PENSTOCK\BA:ACTIVE.1")
print("  states are of the set", session.get(f"{BASE_URL}/points/{active}").json().get("DigitalSetName"))
write(active, {"Name": "Active", "Value": 1})
write(active, 0)
write(active, "Active")

print("AF attributes, one that refers to a point and one that keeps its value itself:")
write(web_id_of(r"\\PENSTOCK\Demo\Boiler1|Temperature", "attributes"), 88.25)
write(web_id_of(r"\\PENSTOCK\Demo\Boiler1|Manufacturer", "attributes"), "Foundry & Sons")

print("A backfill that keeps what is there, in chunks, with a line for each:")
history = [{"Timestamp": (begin - timedelta(seconds=2500 - i)).isoformat(), "Value": i / 10} for i in range(2500)]
for first in range(0, len(history), 1000):
    chunk = history[first:first + 1000]
    answer = session.post(f"{BASE_URL}/streams/{level}/recorded", params={"updateOption": "Insert"},
                          json={"Items": chunk})
    print(f"  {chunk[0]['Timestamp']} to {chunk[-1]['Timestamp']}: {len(chunk)} values -> {answer.status_code}")
    assert answer.status_code in (202, 204), answer.text

print("What goes wrong is told per item:")
answer = session.post(f"{BASE_URL}/streams/{level}/recorded",
                      json=[{"Timestamp": "2026-03-17T00:00:00Z", "Value": 1.5},
                            {"Timestamp": "2026-03-17T00:01:00Z", "Value": "not a number"}])
print(f"  -> {answer.status_code}: {answer.text[:300]}")
assert answer.status_code not in (202, 204)
print("done")
