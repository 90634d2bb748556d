#!/usr/bin/env python3
"""Writing through the EnergyView door: energyview.py [http://127.0.0.1:8080]"""

import sys

import requests

BASE_URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
URL = f"{BASE_URL}/demo/api/v1/timeseries"
HEADERS = {"Authorization": "Key demo-secret"}
UUID_NODE = "12345678-1234-1234-1234-123456789012"


def write(data, **params):
    """With `silent` the answer is an empty 204; without it, 200 and the rows that were stored."""
    reply = requests.post(URL, headers=HEADERS, params={"silent": "true", **params}, json=data)
    print(f"  {params or ''} -> {reply.status_code}")
    assert reply.status_code == 204, reply.text


def read(node):
    reply = requests.get(URL, headers=HEADERS, params={
        "node_id": node, "tag": "outdoortemp", "start": "2023-01-01T12:00:00Z", "end": "2023-01-01T13:00:00Z"})
    reply.raise_for_status()
    return [(row["ts"], row["v"]) for series in reply.json()["timeseries"] for row in series["data"]]


def series(node, *rows):
    return {"node_id": node, "tag": "outdoortemp",
            "data": [{"ts": f"2023-01-01T12:{minute:02d}:00Z", "v": value} for minute, value in rows]}


print("One series, and several at once; a node is a number or a UUID:")
write([series(1, (0, 12.3), (10, 12.4), (20, 12.5))], overwrite="replace_window")
write([series(1, (30, 12.6)), series(2, (0, 0.5)), series(UUID_NODE, (0, 12.3))], overwrite="update_window")

print("Without `overwrite` what is there stays:")
write([series(1, (10, 99.0))])
assert ("2023-01-01T12:10:00+00:00", 12.4) in read(1), read(1)

print("`update_window` changes the times that are sent and no others:")
write([series(1, (10, 13.4))], overwrite="update_window")
assert [v for _, v in read(1)] == [12.3, 13.4, 12.5, 12.6], read(1)

print("`replace_window` empties everything between the first and the last time that are sent:")
write([series(1, (0, 20.0), (20, 22.0))], overwrite="replace_window")
assert [v for _, v in read(1)] == [20.0, 22.0, 12.6], read(1)
for row in read(1):
    print("  ", *row)
print("done")
