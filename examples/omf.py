#!/usr/bin/env python3
"""Writing through the OMF door: omf.py [http://127.0.0.1:8080]"""

import gzip
import json
import sys

import requests

URL = (sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080") + "/piwebapi/omf"

session = requests.Session()
session.auth = ("demo", "demo-secret")


def send(message_type, body, action="create", compress=False):
    """One OMF message. The headers say what it is; the body is a JSON array."""
    data = json.dumps(body).encode()
    headers = {"messagetype": message_type, "messageformat": "JSON", "omfversion": "1.2", "action": action,
               "Content-Type": "application/json"}
    if compress:
        data = gzip.compress(data)
        headers["compression"] = "gzip"
    answer = session.post(URL, data=data, headers=headers)
    print(f"  {action} {message_type} -> {answer.status_code}")
    return answer


print("A type says how an event looks, a container is a stream of them:")
assert send("type", [{
    "id": "Example.Pump", "type": "object", "classification": "dynamic",
    "properties": {"Time": {"type": "string", "format": "date-time", "isindex": True},
                   "Flow": {"type": "number"}, "Pressure": {"type": "number"}}}]).ok
assert send("container", [{"id": "ExamplePump1", "typeid": "Example.Pump"}]).ok

print("Events go to the container:")
events = [{"Time": f"2026-01-01T00:{i:02d}:00Z", "Flow": 10 + i / 4, "Pressure": 2.5} for i in range(30)]
assert send("data", [{"containerid": "ExamplePump1", "values": events}]).ok
print("The same, gzipped; sent again it changes nothing:")
assert send("data", [{"containerid": "ExamplePump1", "values": events}], compress=True).ok

print("A correction, and an event taken back:")
assert send("data", [{"containerid": "ExamplePump1",
                      "values": [{"Time": "2026-01-01T00:05:00Z", "Flow": 99, "Pressure": 3}]}], "update").ok
assert send("data", [{"containerid": "ExamplePump1", "values": [{"Time": "2026-01-01T00:06:00Z"}]}], "delete").ok

print("What can not be done comes back as events with code, reason and suggestions:")
answer = send("data", [{"containerid": "NobodyMadeThis", "values": [{"Time": "2026-01-01T00:00:00Z", "Value": 1}]}])
assert not answer.ok
for message in answer.json()["Messages"]:
    for event in message["Events"]:
        print(f"  {event['EventInfo']['EventCode']} {event['Severity']}: {event['EventInfo']['Message']}")
print("done")
