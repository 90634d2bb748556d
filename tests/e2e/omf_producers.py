#!/usr/bin/env python3
"""The sequences that known OMF producers send, each twice against one server and once more after SIGKILL.

Headers, letter case, encodings and the order of requests are those of the producers; what they wrote is read at the PI
Web API door after every pass.
"""

import gzip
import http.client
import json

from harness import Pi, Server, basic, check, check_equal, finish, unix_ns

USER = basic("demo", "demo-secret")
BASE_SECONDS = 1_760_000_000  # Passes are an hour apart, and re-send the last body of the pass before.


class Producer:
    """Sends messages with a producer's own headers, and counts answers that it would not survive."""

    def __init__(self, server, name, path="/piwebapi/omf", zipped=False, **headers):
        self.server, self.name, self.path, self.zipped, self.headers = server, name, path, zipped, headers

    def raw(self, method, target, headers, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for key, value in headers.items():
                connection.putheader(key, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(self, message_type, items, action="create", allowed=(200, 201, 202), **more):
        body = json.dumps(items).encode()
        headers = {"Authorization": USER, "messagetype": message_type, "action": action, **self.headers, **more}
        if self.zipped:
            body, headers["compression"] = gzip.compress(body), "gzip"
        status, text = self.raw("POST", self.path, {k.replace("_", "-"): v for k, v in headers.items()}, body)
        what = f"{self.name}: {action} {message_type}"
        check(status in allowed, f"{what}: {status} {text[:600]!r}")
        answer = json.loads(text)
        check(isinstance(answer.get("Messages"), list), f"{what}: the answer has Messages")
        check("Message" not in answer and "Errors" not in answer, f"{what}: no Message, no Errors at the top")
        for entry in answer.get("Messages", []):
            check(len(entry["Events"]) > 0 and {"Code", "HighestSeverity"} <= set(entry["Status"]),
                  f"{what}: an entry has events and a status")
            for event in entry["Events"]:
                info = event["EventInfo"]
                check(isinstance(info["Suggestions"], list) and isinstance(event["InnerEvents"], list) and
                      all(isinstance(p["Value"], str) for p in info["Parameters"]), f"{what}: an event is complete")
        return status, answer


def stamp(seconds, fraction="", zone="Z"):
    import time
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + fraction + zone


def read_last(pi, tag, seconds, wanted, what):
    """The value at a time of this pass."""
    rows = pi.read(tag, stamp(seconds), stamp(seconds + 3599))
    value = rows[-1][1] if rows else None
    if isinstance(value, dict):
        value = value.get("Name")
    check_equal(value, wanted, f"{what}: {tag}")
    return rows


def attribute_names(pi, database, *path):
    """Names of the attributes of an element, by its path."""
    target = "\\\\".join(["", f"PENSTOCK\\{database}"]) + "".join("\\" + name for name in path)
    answer = pi.session.get(f"{pi.base}/elements", params={"path": target}, timeout=60)
    if answer.status_code != 200:
        return f"{answer.status_code} for {target}"
    answer = pi.session.get(f"{pi.base}/elements/{answer.json()['WebId']}/attributes", timeout=60)
    return sorted(item["Name"] for item in answer.json()["Items"])


# Fledge

FLEDGE_HEADERS = {"User_Agent": "Fledge http sender", "X_Requested_With": "XMLHttpRequest",
                  "producertoken": "omf_north_0001", "messageformat": "JSON"}
FLEDGE_INDEX = {"type": "string", "format": "date-time", "isindex": True}


def fledge_probe(server, producer):
    target = f"https://127.0.0.1:{server.port}/piwebapi/system"  # The whole URL stands in the request line.
    status, text = producer.raw("GET", target, {"User-Agent": "Fledge http sender", "Authorization": USER})
    check_equal(status, 200, "fledge: probe")
    product = json.loads(text)
    shown = product["ProductTitle"] + "-" + product["ProductVersion"]
    check("2019" not in shown and "2020" not in shown, f"fledge: {shown} means OMF 1.2")


def fledge_base_type(name, kind, form):
    return {"id": name, "type": "object", "classification": "dynamic", "properties": {
        name: {"type": [kind, "null"], **({"format": form} if form else {})}, "Time": FLEDGE_INDEX}}


def fledge_linked(server, turn):
    p = Producer(server, "fledge linked", omfversion="1.2", **FLEDGE_HEADERS)
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    fledge_probe(server, p)
    types = [("Double64", "number", "float64"), ("Double32", "number", "float32"), ("Integer16", "integer", "int16"),
             ("Integer32", "integer", "int32"), ("Integer64", "integer", "int64"), ("UInteger16", "integer", "uint16"),
             ("UInteger32", "integer", "uint32"), ("UInteger64", "integer", "uint64"), ("String", "string", None)]
    p.send("Type", [fledge_base_type(*t) for t in types])
    p.send("Type", [{"id": "FledgeAsset", "type": "object", "classification": "static", "properties": {
        "AssetId": {"type": "string", "isindex": True}, "Name": {"type": "string", "isname": True},
        "Location": {"type": "string"}, "Company": {"type": "string"}}}])
    p.send("Container", [
        {"id": "pump1.rpm", "typeid": "Double64", "name": "rpm", "datasource": "Fledge",
         "propertyoverrides": {"Double64": {"uom": "rpm", "minimum": 0, "maximum": 3000,
                                            "interpolation": "continuous"}}},
        {"id": "pump1.state", "typeid": "String", "name": "state", "datasource": "Fledge"},
        {"id": "pump1.count", "typeid": "UInteger32", "name": "count", "datasource": "Fledge"}])
    link = [{"source": {"typeid": "FledgeAsset", "index": "pump1"}, "target": {"containerid": "pump1." + name}}
            for name in ("rpm", "state", "count")]

    def readings(first, seconds):
        asset = [{"typeid": "FledgeAsset", "values": [
            {"AssetId": "pump1", "Name": "pump1", "Location": "Palo Alto", "Company": "Dianomic"}]},
            {"typeid": "__Link", "values": link}]
        events = []
        for i in range(50):
            time = stamp(seconds + i, f".{i:06d}")
            events += [{"containerid": "pump1.rpm", "values": [{"Double64": 1500.5 + i, "Time": time}]},
                       {"containerid": "pump1.state", "values": [{"String": f"step {i}", "Time": time}]},
                       {"containerid": "pump1.count", "values": [{"UInteger32": None if i == 3 else i, "Time": time}]}]
        return (asset if first else []) + events

    p.send("Data", readings(True, now), "update", allowed=(200, 201, 202))
    p.send("Data", readings(False, now + 100), "update")
    p.send("Data", readings(False, now + 100), "update")  # The connection broke before the answer.
    p.send("Type", [{"id": "fledge_site_typeid", "type": "object", "classification": "static", "properties": {
        "Name": {"type": "string", "isname": True}, "AssetId": {"type": "string", "isindex": True}}}])
    p.send("Data", [{"typeid": "fledge_site_typeid", "values": [{"Name": "site", "AssetId": "site-1"}]}])
    p.send("Data", [{"typeid": "__Link", "values": [
        {"source": {"typeid": "fledge_site_typeid", "index": "site-1"},
         "target": {"typeid": "FledgeAsset", "index": "pump1"}}]}])
    rows = read_last(pi, "pump1.rpm", now, 1549.5, p.name)
    check_equal(len(rows), 100, "fledge linked: readings of a pass, once each")
    read_last(pi, "pump1.state", now, "step 49", p.name)
    read_last(pi, "pump1.count", now, 49, p.name)
    check_equal(attribute_names(pi, "Demo", "site", "pump1"),
                ["AssetId", "Company", "Location", "Name", "count", "rpm", "state"], "fledge linked: attributes")


def fledge_complex(server, turn):
    p = Producer(server, "fledge complex", zipped=True, omfversion="1.1", **FLEDGE_HEADERS)
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    fledge_probe(server, p)
    static, dynamic = "A_1bc_1_1_pump2_typename_sensor", "A_1bc_1_1_pump2_typename_measurement"
    p.send("Type", [
        {"type": "object", "classification": "static", "id": static, "properties": {
            "Company": {"type": "string"}, "Location": {"type": "string"},
            "Name": {"type": "string", "isindex": True}}},
        {"type": "object", "classification": "dynamic", "id": dynamic, "properties": {
            "rpm": {"type": ["number", "null"], "format": "float64"},
            "temp": {"type": ["integer", "null"], "format": "int64"}, "Time": FLEDGE_INDEX}}])
    p.send("Container", [{"typeid": dynamic, "id": "1measurement_pump2"}])
    p.send("Data", [{"typeid": static, "values": [{"Company": "Dianomic", "Location": "here", "Name": "pump2"}]}])
    p.send("Data", [{"typeid": "__Link", "values": [
        {"source": {"typeid": static, "index": "pump2"}, "target": {"containerid": "1measurement_pump2"}}]}])
    p.send("Data", [{"containerid": "1measurement_pump2", "values": [
        {"rpm": 1000.25 + i, "temp": 20 + i, "Time": stamp(now + i, f".{i:06d}")}]} for i in range(20)])
    read_last(pi, "1measurement_pump2.rpm", now, 1019.25, p.name)
    read_last(pi, "1measurement_pump2.temp", now, 39, p.name)
    found = attribute_names(pi, "Demo", "pump2")
    check_equal([n for n in found if n.startswith("1m")], ["1measurement_pump2.rpm", "1measurement_pump2.temp"],
                "fledge complex: attributes")


# AVEVA Adapters

def adapter(server, turn):
    p = Producer(server, "adapter", path="/piwebapi/omf/", zipped=True, messageformat="Json", omfversion="1.2",
                 X_Requested_With="AdapterFramework.Adapter", Accept_Verbosity="verbose")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    index = {"type": "string", "format": "date-time", "isindex": True}
    p.send("Type", [
        {"id": "TimeIndexed.Double", "classification": "dynamic", "type": "object", "properties": {
            "timestamp": index, "value": {"type": ["number", "null"], "format": "float64"}}},
        {"id": "TimeIndexed.DateTime", "classification": "dynamic", "type": "object", "properties": {
            "Time": index, "NextHealthMessageExpected": {"type": ["string", "null"], "format": "date-time"}}},
        {"id": "DeviceStatus", "classification": "dynamic", "type": "object", "properties": {
            "Time": index, "DeviceStatus": {"type": ["string", "null"]}}},
        {"id": "AdapterHealth", "classification": "static", "type": "object", "properties": {
            "Id": {"type": "string", "isindex": True}, "Name": {"type": "string", "isname": True},
            "Description": {"type": "string"}, "Version": {"type": "string"}}}])
    containers = [
        {"id": "host1.OpcUa1.Unit%2a1.Flow", "typeid": "TimeIndexed.Double", "name": "Flow", "datasource": "OpcUa1",
         "metadata": {"site": "north", "line": 3, "critical": True},
         "propertyoverrides": {"value": {"interpolation": "discrete", "uom": "m3/h"}}},
        {"id": "host1.OpcUa1.DeviceStatus", "typeid": "DeviceStatus", "datasource": "OpcUa1"},
        {"id": "host1.OpcUa1.NextHealthMessageExpected", "typeid": "TimeIndexed.DateTime", "datasource": "OpcUa1"}]
    p.send("Container", containers, "update")
    p.send("Data", [{"typeid": "AdapterHealth", "values": [
        {"Id": "host1", "Name": "host1", "Description": "a machine", "Version": "1.2.3"},
        {"Id": "host1.OpcUa1", "Name": "OpcUa1", "Description": "an adapter"}]}], "update")
    p.send("Data", [{"typeid": "__Link", "values": [
        {"source": {"typeid": "AdapterHealth", "index": "host1"},
         "target": {"typeid": "AdapterHealth", "index": "host1.OpcUa1"}},
        {"source": {"typeid": "AdapterHealth", "index": "host1.OpcUa1"},
         "target": {"containerid": "host1.OpcUa1.DeviceStatus"}},
        {"source": {"typeid": "AdapterHealth", "index": "host1.OpcUa1"},
         "target": {"containerid": "host1.OpcUa1.NextHealthMessageExpected"}}]}], "update")
    flows = [{"timestamp": stamp(now + i, ".1234567"), "value": i / 4} for i in range(200)]
    flows[50]["value"], flows[51]["value"], flows[52] = "NaN", "-Infinity", {"timestamp": stamp(now + 52)}
    body = [{"containerid": containers[0]["id"], "values": flows},
            {"containerid": containers[1]["id"], "values": [{"Time": stamp(now), "DeviceStatus": "Good"}]},
            {"containerid": containers[2]["id"],
             "values": [{"Time": stamp(now), "NextHealthMessageExpected": stamp(now + 60)}]}]
    p.send("Data", body)
    p.send("Data", body)  # A re-send after a time-out.
    rows = read_last(pi, containers[0]["id"], now, 49.75, p.name)
    check_equal(len(rows), 200, "adapter: values of a pass, once each")
    check_equal([row[1]["Name"] for row in rows if isinstance(row[1], dict)], ["Bad Input", "Bad Input", "No Data"],
                "adapter: words for numbers, and a value left out")
    read_last(pi, containers[1]["id"], now, "Good", p.name)
    rows = pi.read(containers[2]["id"], stamp(now), stamp(now + 3599))
    check_equal([unix_ns(row[1]) for row in rows], [unix_ns(stamp(now + 60))], "adapter: a time as a value")
    check_equal(len(attribute_names(pi, "Demo", "host1", "OpcUa1")), 6, "adapter: attributes of its health element")


# The vendor's samples

SAMPLE_TYPES = [
    {"id": "FirstDynamicType", "classification": "dynamic", "type": "object", "properties": {
        "timestamp": {"format": "date-time", "type": "string", "isindex": True},
        "IntegerProperty": {"type": "integer", "description": "PI point data referenced integer attribute"}}},
    {"id": "SecondDynamicType", "classification": "dynamic", "type": "object", "properties": {
        "timestamp": {"format": "date-time", "type": "string", "isindex": True},
        "NumberProperty1": {"type": "number", "description": "number attribute 1", "format": "float64"},
        "NumberProperty2": {"type": "number", "description": "number attribute 2", "format": "float64"},
        "StringEnum": {"type": "string", "enum": ["False", "True"], "description": "string enumeration"}}},
    {"id": "ThirdDynamicType", "classification": "dynamic", "type": "object", "properties": {
        "timestamp": {"format": "date-time", "type": "string", "isindex": True},
        "IntegerEnum": {"type": "integer", "enum": [0, 1], "description": "integer enumeration"}}}]
SAMPLE_CONTAINERS = [{"id": "FirstContainer", "typeid": "FirstDynamicType"},
                     {"id": "SecondContainer", "typeid": "FirstDynamicType"},
                     {"id": "ThirdContainer", "typeid": "SecondDynamicType"},
                     {"id": "FourthContainer", "typeid": "ThirdDynamicType"}]


def basic_sample(server, turn, name, fraction, **headers):
    """One item per request; at the end what was made is deleted with full definitions."""
    p = Producer(server, name, zipped=True, messageformat="json", omfversion="1.2", **headers)
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    for one in SAMPLE_TYPES:
        p.send("type", [one])
    for one in SAMPLE_CONTAINERS:
        p.send("container", [one])
    for i in range(5):
        time = stamp(now + i, "" if i == 0 else fraction)
        for item in ({"containerid": "FirstContainer", "values": [{"timestamp": time, "IntegerProperty": 10 + i}]},
                     {"containerid": "SecondContainer", "values": [{"timestamp": time, "IntegerProperty": 20 + i}]},
                     {"containerid": "ThirdContainer", "values": [
                         {"timestamp": time, "NumberProperty1": 0.5 + i, "NumberProperty2": -0.25 * i,
                          "StringEnum": "True" if i % 2 else "False"}]},
                     {"containerid": "FourthContainer", "values": [{"timestamp": time, "IntegerEnum": i % 2}]}):
            p.send("data", [item])
    read_last(pi, "FirstContainer", now, 14, name)
    read_last(pi, "ThirdContainer.NumberProperty1", now, 4.5, name)
    read_last(pi, "ThirdContainer.StringEnum", now, "False", name)
    server_id = pi.session.get(f"{pi.base}/dataservers", timeout=60).json()["Items"][0]["WebId"]
    points = pi.session.get(f"{pi.base}/dataservers/{server_id}/points", params={"nameFilter": "ThirdContainer*"},
                            timeout=60).json()["Items"]
    check_equal(len(points), 3, f"{name}: points by name filter")
    value = pi.session.get(f"{pi.base}/streams/{points[0]['WebId']}/value", timeout=60)
    check_equal(value.status_code, 200, f"{name}: the value of its first point")
    for one in SAMPLE_CONTAINERS:
        p.send("container", [one], "delete")
    for one in SAMPLE_TYPES:
        p.send("type", [one], "delete")


def sample_python(server, turn):
    basic_sample(server, turn, "sample python", ".123456", x_requested_with="xmlhttprequest")


def sample_dotnet(server, turn):
    basic_sample(server, turn, "sample .net", ".1234567", Content_Type="application/json",
                 X_Requested_With="XMLHttpRequest")


def sample_complex_dynamic(server, turn):
    p = Producer(server, "complex dynamic", messageformat="json", omfversion="1.1", Content_Type="application/json",
                 X_Requested_With="message")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    p.send("type", [{"id": "Tank", "type": "object", "classification": "dynamic", "properties": {
        "Time": {"format": "date-time", "type": "string", "isindex": True, "name": "Time"},
        "Pressure": {"type": "number", "name": "Tank Pressure", "description": "Tank pressure"},
        "Temperature": {"type": "number", "name": "Tank Temperature", "description": "Tank temperature"}}}])
    p.send("container", [{"id": "Tank1Measurements", "typeid": "Tank", "typeVersion": "1.0.0.0"}])
    p.send("data", [{"containerid": "Tank1Measurements", "values": [
        {"Time": stamp(now + i, ".250000", "+00:00"), "Pressure": 2.5 + i, "Temperature": 300 + i}
        for i in range(4)]}])
    read_last(pi, "Tank1Measurements.Pressure", now, 5.5, p.name)
    read_last(pi, "Tank1Measurements.Temperature", now, 303, p.name)


# Small producers

def ewon(server, turn):
    p = Producer(server, "ewon", messageformat="JSON", omfversion="1.1", Content_Type="application/json",
                 X_Requested_With="JSONHttpRequest")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    kinds = [("Integer", "integer", "int32"), ("Float", "number", "float32"), ("Boolean", "boolean", None),
             ("String", "string", None)]
    for kind, json_type, form in kinds:
        p.send("Type", [{"id": f"HMS-{kind}-type-flexy1", "classification": "dynamic", "type": "object",
                         "description": f"type for {kind} tags", "properties": {
                             "timestamp": {"type": "string", "format": "date-time", "isindex": True},
                             "tagValue": {"type": json_type, **({"format": form} if form else {})}}}], "Create")
    for first in (0, 100):
        p.send("Container", [{"id": f"flexy1-tag{i}", "typeid": f"HMS-{kinds[i % 4][0]}-type-flexy1"}
                             for i in range(first, first + 100)], "Create")
    values = [7 + turn, 1.5, True, "on"]
    p.send("Data", [{"containerid": f"flexy1-tag{i}", "values": [
        {"timestamp": stamp(now + 1, ".000Z", ""), "tagValue": values[i % 4]}]} for i in range(200)], "Create")
    for i, wanted in enumerate([7 + turn, 1.5, 1, "on"]):
        read_last(pi, f"flexy1-tag{i + 196}", now, wanted, p.name)


def kura(server, turn):
    p = Producer(server, "kura", zipped=True, messageformat="JSON", omfversion="1.0", producertoken="token",
                 Content_Type="application/x-www-form-urlencoded")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    p.send("type", [{"id": "kura-metrics", "version": "1.0.0.0", "type": "object", "classification": "dynamic",
                     "properties": {"timestamp": {"type": "string", "format": "date-time", "isindex": True},
                                    "load": {"type": "number", "format": "float64"}}}])
    p.send("container", [{"id": "kura-load", "typeid": "kura-metrics", "typeversion": "1.0.0.0"}])
    p.send("data", [{"containerid": "kura-load", "values": [{"timestamp": stamp(now), "load": 0.75}]}])
    read_last(pi, "kura-load", now, 0.75, p.name)


def relay_script(server, turn):
    p = Producer(server, "relay script", messageformat="JSON", omfversion="1.0", producertoken="script",
                 compression="none")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    p.send("Type", [
        {"id": "script_static", "type": "object", "classification": "static", "properties": {
            "Asset ID": {"type": "string", "isindex": True}, "Display Name": {"type": "string", "isname": True},
            "Model": {"type": "string"}}},
        {"id": "script_dynamic", "type": "object", "classification": "dynamic", "properties": {
            "Time": {"format": "date-time", "type": "string", "isindex": True},
            "CPU": {"type": "number"}, "RAM": {"type": "number"}}}])
    p.send("Container", [{"id": f"machine{i}_data", "typeid": "script_dynamic"} for i in range(3)])
    p.send("Data", [{"typeid": "script_static", "values": [
        {"Asset ID": f"machine{i}", "Display Name": f"Machine {i}", "Model": "M"} for i in range(3)]}])
    p.send("Data", [{"typeid": "__Link", "values": [
        {"source": {"typeid": "script_static", "index": "_ROOT"},
         "target": {"typeid": "script_static", "index": f"machine{i}"}} for i in range(3)] + [
        {"source": {"typeid": "script_static", "index": f"machine{i}"},
         "target": {"containerid": f"machine{i}_data"}} for i in range(3)]}])
    p.send("Data", [{"containerid": f"machine{i}_data", "values": [
        {"Time": stamp(now), "CPU": 12.5, "RAM": 40 + i}]} for i in range(3)])
    read_last(pi, "machine2_data.RAM", now, 42, p.name)
    check_equal(attribute_names(pi, "Demo", "Machine 2"),
                ["Asset ID", "Display Name", "Model", "machine2_data.CPU", "machine2_data.RAM"],
                "relay script: attributes")


def relay_hierarchy(server, turn):
    """A site below the root, machines below the site, streams below the machines: one body of links for all."""
    p = Producer(server, "relay hierarchy", messageformat="JSON", omfversion="1.0", producertoken="uid=1&crt=2&sig=3",
                 compression="none", Content_Type="application/json")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    p.send("Type", [
        {"id": "relay_site", "type": "object", "classification": "static", "version": "1.0.0.0", "properties": {
            "Name": {"type": "string", "isindex": True, "name": "not in use"}, "City": {"type": "string"}}},
        {"id": "relay_machine", "type": "object", "classification": "static", "version": "1.0.0.0", "properties": {
            "Name": {"type": "string", "isindex": True}, "Serial": {"type": "integer"}}},
        {"id": "relay_stream", "type": "object", "classification": "dynamic", "version": "1.0.0.0", "properties": {
            "Time": {"format": "date-time", "type": "string", "isindex": True}, "Speed": {"type": "number"},
            "Running": {"type": "boolean"}}}])
    p.send("Container", [{"id": f"relay_m{i}", "typeid": "relay_stream", "typeversion": "1.0.0.0"} for i in range(3)])
    p.send("Data", [{"typeid": "relay_site", "typeversion": "1.0.0.0", "values": [{"Name": "Mill", "City": "Lund"}]},
                    {"typeid": "relay_machine", "typeversion": "1.0.0.0", "values": [
                        {"Name": f"Mill machine {i}", "Serial": 100 + i} for i in range(3)]}])
    site = {"typeid": "relay_site", "typeversion": "1.0.0.0", "index": "Mill"}
    machines = [{"typeid": "relay_machine", "typeversion": "1.0.0.0", "index": f"Mill machine {i}"} for i in range(3)]
    p.send("Data", [{"typeid": "__Link", "values":
                     [{"source": {"typeid": "relay_site", "index": "_ROOT"}, "target": site}] +
                     [{"source": site, "target": machine} for machine in machines] +
                     [{"source": machines[i], "target": {"containerid": f"relay_m{i}"}} for i in range(3)]}])
    p.send("Data", [{"containerid": f"relay_m{i}", "values": [
        {"Time": stamp(now + j, ".000Z", ""), "Speed": i + j / 8, "Running": j % 2 == 0} for j in range(9)]}
        for i in range(3)])
    read_last(pi, "relay_m2.Speed", now, 3, p.name)
    read_last(pi, "relay_m1.Running", now, 1, p.name)
    check_equal(attribute_names(pi, "Demo", "Mill", "Mill machine 1"),
                ["Name", "Serial", "relay_m1.Running", "relay_m1.Speed"], "relay hierarchy: below the site")
    check_equal(attribute_names(pi, "Demo", "Mill machine 1")[:3], "404", "relay hierarchy: and not at the root")


def bulk_upload(server, turn):
    """Years-old values in large arrays, newest body first."""
    p = Producer(server, "bulk upload", zipped=True, messageformat="json", omfversion="1.2")
    pi, begin = Pi(server.url), 1_400_000_000 + 100_000 * turn
    p.send("type", [{"id": "bulk_type", "classification": "dynamic", "type": "object", "properties": {
        "timestamp": {"format": "date-time", "type": "string", "isindex": True}, "value": {"type": "number"}}}])
    p.send("container", [{"id": "bulk", "typeid": "bulk_type"}])
    for first in (20_000, 10_000, 0, 10_000):
        p.send("data", [{"containerid": "bulk", "values": [
            {"timestamp": stamp(begin + i), "value": i / 4} for i in range(first, first + 10_000)]}])
    rows = pi.read("bulk", stamp(begin), stamp(begin + 99_999))
    check_equal(len(rows), 30_000, "bulk upload: all values, once each")
    check_equal([rows[0][1], rows[-1][1]], [0, 29_999 / 4], "bulk upload: in order")


def edge_data_store(server, turn):
    """Goes on after a conflict of types, and sends the items of a refused body again one by one."""
    p = Producer(server, "edge data store", zipped=True, messageformat="Json", omfversion="1.2",
                 X_Requested_With="AdapterFramework.EdgeDataStore")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    index = {"type": "string", "format": "date-time", "isindex": True}
    kinds = [{"id": "eds_a", "classification": "dynamic", "type": "object",
              "properties": {"t": index, "v": {"type": "number", "format": "float64"}}}]
    p.send("Type", kinds)
    kinds[0]["properties"]["v"]["format"] = "float32"
    p.send("Type", kinds, allowed=(409,))
    p.send("Container", [{"id": f"eds.{i}", "typeid": "eds_a"} for i in range(3)])
    items = [{"containerid": f"eds.{i}", "values": [{"t": stamp(now + j), "v": i * 10 + j} for j in range(5)]}
             for i in (0, 1, 7, 2)]
    p.send("Data", items, allowed=(404,))
    for item in items:
        p.send("Data", [item], allowed=(404,) if item["containerid"] == "eds.7" else (202,))
    for i in range(3):
        check_equal(len(read_last(pi, f"eds.{i}", now, i * 10 + 4, p.name)), 5, f"edge data store: eds.{i}, once each")


def node_red(server, turn):
    p = Producer(server, "node-red", messageformat="JSON", omfversion="1.0", producertoken="node-red",
                 Content_Type="application/json")
    pi, now = Pi(server.url), BASE_SECONDS + 3600 * turn
    empty = {"version": "", "name": "", "description": "", "tags": [], "metadata": {}}
    p.send("Type", [{"id": "nr-type", "type": "object", "classification": "dynamic", **empty, "properties": {
        "time": {"type": "string", "format": "date-time", "isindex": "true"},
        "level": {"type": "number", "format": "float64", "isindex": "false"}, "text": {"type": "string"}}}])
    p.send("Container", [{"id": "nr-container", "typeid": "nr-type", **empty}])
    p.send("Data", [{"containerid": "nr-container", "values": [{"time": stamp(now), "level": "3.5", "text": 17}]}])
    read_last(pi, "nr-container.level", now, 3.5, p.name)
    read_last(pi, "nr-container.text", now, "17", p.name)


PRODUCERS = [fledge_linked, fledge_complex, adapter, sample_python, sample_dotnet, sample_complex_dynamic, ewon, kura,
             relay_script, relay_hierarchy, bulk_upload, edge_data_store, node_red]

with Server() as server:
    for turn in range(3):
        if turn == 2:
            server.kill()
            server.start()
        for one in PRODUCERS:
            one(server, turn)
    # What passes wrote before the process was killed is still there.
    pi = Pi(server.url)
    for turn in range(2):
        read_last(pi, "pump1.rpm", BASE_SECONDS + 3600 * turn, 1549.5, f"after the kill, pass {turn}")
        read_last(pi, "kura-load", BASE_SECONDS + 3600 * turn, 0.75, f"after the kill, pass {turn}")
finish()
