#!/usr/bin/env python3
"""Writing through the Building X door: building_x.py [http://127.0.0.1:8080]"""

import json
import sys

import requests

BASE_URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
PARTITION = "5a6b1d0e-0000-4000-8000-000000000001"
POINT = "5a6b1d0e-0000-4000-8000-0000000000a1"

print("A token for the client:")
answer = requests.post(f"{BASE_URL}/oauth/token", json={
    "client_id": "demo-client", "client_secret": "demo-secret",
    "audience": "https://horizon.siemens.com", "grant_type": "client_credentials"})
answer.raise_for_status()
print(f"  it lasts {answer.json()['expires_in']} s")

session = requests.Session()
session.headers["Authorization"] = "Bearer " + answer.json()["access_token"]
session.headers["Accept"] = "application/vnd.api+json"
VALUES = f"/partitions/{PARTITION}/points/{POINT}/values"


def add(values, **params):
    """One to a hundred values of one point. The value is always a text."""
    body = {"data": [{"type": "PointValue", "attributes": {"timestamp": t, "value": v}} for t, v in values]}
    reply = session.post(f"{BASE_URL}/ingest{VALUES}", params=params, data=json.dumps(body),
                         headers={"Content-Type": "application/vnd.api+json"})
    print(f"  {len(values)} values {params or ''} -> {reply.status_code}")
    return reply


print("Values, not in order, which is fine:")
reply = add([("2022-07-11T11:11:30.333Z", "12.66"), ("2022-07-11T11:11:30.222Z", "12.5"),
             ("2022-07-11T11:11:30.444Z", "12.75")], overwrite="true")
assert reply.status_code == 204

print("A millisecond holds one value. The answer lists what was dropped:")
reply = add([("2022-07-11T11:11:30.333Z", "1"), ("2022-07-11T11:11:31.000Z", "2")])
assert reply.status_code == 202
assert 0 in reply.json()["meta"]["conflicts"]
print("  dropped:", reply.json()["meta"]["conflicts"])

print("Unless it is to be overwritten:")
assert add([("2022-07-11T11:11:30.333Z", "13.25")], overwrite="true").status_code == 204

print("Reading back:")
reply = session.get(f"{BASE_URL}/operations{VALUES}", params={
    "filter[timestamp][from]": "2022-07-11T11:11:30Z", "filter[timestamp][to]": "2022-07-11T11:11:31Z"})
reply.raise_for_status()
found = [(row["attributes"]["timestamp"], row["attributes"]["value"]) for row in reply.json()["data"]]
for row in found:
    print("  ", *row)
assert found == [("2022-07-11T11:11:30.222Z", "12.5"), ("2022-07-11T11:11:30.333Z", "13.25"),
                 ("2022-07-11T11:11:30.444Z", "12.75")], found
print("done")
