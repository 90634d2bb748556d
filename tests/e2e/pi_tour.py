#!/usr/bin/env python3
"""A tour through the PI Web API door as a generated client takes it: objects are made, written, read in every way that
is offered, changed and deleted, against a fresh server; then what such a client does wrong. Nothing wrong is stored."""

import json

from harness import Pi, Server, check, check_equal, finish

DAY = "2026-04-02T"
calls = 0


class Client:
    """One method per HTTP method; each call says which status it wants."""

    def __init__(self, server):
        self.pi = Pi(server.url)
        self.base = self.pi.base

    def call(self, method, path, wanted, body=None, /, *, text=None, **params):
        global calls
        calls += 1
        url = path if path.startswith("http") else f"{self.base}/{path}"
        data = text if text is not None else None if body is None else json.dumps(body)
        answer = self.pi.session.request(method, url, params=params, data=data, timeout=60,
                                         headers={"Content-Type": "application/json", "X-Requested-With": "tour"})
        check_equal(answer.status_code, wanted, f"{method} {path[:120]} {answer.text[:200]}")
        if answer.status_code >= 400 and method != "HEAD":
            shape = answer.json()
            check(shape.get("Errors") and "Message" in shape, f"{method} {path[:80]}: the error body")
        return answer

    def get(self, path, wanted=200, /, **params):
        return self.call("GET", path, wanted, **params).json()

    def post(self, path, wanted, body=None, /, **params):
        return self.call("POST", path, wanted, body, **params)

    def make(self, path, body, /, **params):
        """Makes an object; its WebId is read from where the Location leads."""
        location = self.post(path, 201, body, **params).headers["Location"]
        return self.get(location)["WebId"]

    def recorded(self, web_id):
        items = self.get(f"streams/{web_id}/recorded", startTime=DAY + "00:00:00Z", endTime=DAY + "23:59:59Z")["Items"]
        return [(item["Timestamp"][11:19], item["Value"]) for item in items]


def points(c):
    home = c.get("")
    check("DataServers" in home["Links"], "home links to the data servers")
    c.get("system")
    c.get("system/userinfo")
    server = c.get("dataservers")["Items"][0]["WebId"]
    c.get(f"dataservers/{server}")
    a = c.make(f"dataservers/{server}/points",
               {"Name": "Tour.A", "PointClass": "classic", "PointType": "Float64", "EngineeringUnits": "degC"})
    b = c.make(f"dataservers/{server}/points", {"Name": "Tour.B", "PointClass": "classic", "PointType": "Int32"})
    c.post(f"dataservers/{server}/points", 409, {"Name": "tour.a", "PointClass": "classic", "PointType": "Int32"})
    check_equal(c.get("points", path="\\\\PENSTOCK\\Tour.A")["WebId"], a, "by path")
    c.call("PATCH", f"points/{a}", 204, {"Descriptor": "of the tour", "DisplayDigits": 3})
    check_equal(c.get(f"points/{a}")["Descriptor"], "of the tour", "the new descriptor")
    c.call("PATCH", f"points/{a}", 400, {"PointType": "Int32"})
    c.call("PUT", f"points/{a}/attributes/compdev", 204, 0.5)
    check_equal(c.get(f"points/{a}/attributes/compdev")["Value"], 0.5, "the attribute that was put")
    check(len(c.get(f"points/{a}/attributes")["Items"]) > 20, "all attributes")
    check_equal(len(c.get("points/search", query="tag:Tour.* AND pointtype:Float64")["Items"]), 1, "search")
    c.get("points/search", 400, query="nofield:1")
    check_equal(len(c.get("points/multiple", 207, webId=[a, b, "bad"])["Items"]), 3, "several points")
    check_equal(len(c.get(f"dataservers/{server}/points", nameFilter="Tour.*", maxCount=1)["Items"]), 1, "a page")
    return server, a, b


def values(c, a, b):
    c.post(f"streams/{a}/value", 202, {"Timestamp": DAY + "06:00:00Z", "Value": 1.5})
    c.post(f"streams/{a}/value", 204, {"Timestamp": DAY + "06:00:00Z", "Value": 2.5}, bufferOption="DoNotBuffer")
    c.post(f"streams/{a}/value", 409, {"Timestamp": DAY + "06:00:00Z", "Value": 9}, bufferOption="DoNotBuffer",
           updateOption="NoReplace")
    c.post(f"streams/{a}/recorded", 202, [{"Timestamp": DAY + "07:00:00Z", "Value": 3},
                                          {"Timestamp": DAY + "08:00:00Z", "Value": 4}])
    c.post(f"streams/{a}/recorded", 207, [{"Timestamp": DAY + "09:00:00Z", "Value": 5},
                                          {"Timestamp": DAY + "10:00:00Z", "Value": "abc"}])
    check_equal(c.recorded(a), [("06:00:00", 2.5), ("07:00:00", 3), ("08:00:00", 4), ("09:00:00", 5)], "recorded")
    c.post(f"streams/{a}/value", 202, {"Timestamp": DAY + "09:00:00Z", "Value": 0}, updateOption="Remove")
    check_equal(len(c.recorded(a)), 3, "one was removed")
    check_equal(c.get(f"streams/{a}/value", time=DAY + "07:00:00Z")["Value"], 3, "the value at a time")
    check_equal(c.get(f"streams/{a}/end")["Value"], 4, "the last value")
    c.post("streamsets/value", 202, [{"WebId": w, "Value": {"Timestamp": DAY + "11:00:00Z", "Value": 11}} for w in (a, b)])
    c.post("streamsets/recorded", 202, [{"WebId": b, "Items": [{"Timestamp": DAY + "12:00:00Z", "Value": 12}]}])
    answer = c.post("streamsets/recorded", 207, [{"WebId": b, "Items": [{"Timestamp": DAY + "13:00:00Z", "Value": 13}]},
                                                 {"WebId": "bad", "Items": [{"Value": 1}, {"Value": 2}]}]).json()
    check_equal([[i["Substatus"] for i in s["Items"]] for s in answer["Items"]], [[202], [400, 400]], "nested answers")
    check_equal(c.recorded(b), [("11:00:00", 11), ("12:00:00", 12), ("13:00:00", 13)], "written by streamsets")
    c.get(f"streams/{a}/recorded", startTime="y", endTime="*", selectedFields="Items.Value")


def enumerations(c, server):
    made = c.make(f"dataservers/{server}/enumerationsets", {"Name": "TourModes"})
    c.make(f"enumerationsets/{made}/enumerationvalues", {"Name": "Off", "Value": 0})
    on = c.make(f"enumerationsets/{made}/enumerationvalues", {"Name": "On", "Value": 1})
    c.call("PATCH", f"enumerationvalues/{on}", 204, {"Name": "Running"})
    point = c.make(f"dataservers/{server}/points", {"Name": "Tour.D", "PointClass": "classic", "PointType": "Digital",
                                                    "DigitalSetName": "TourModes"})
    c.post(f"streams/{point}/value", 202, {"Timestamp": DAY + "06:00:00Z", "Value": "Running"})
    check_equal(c.recorded(point)[0][1]["Name"], "Running", "the state's name")
    c.call("DELETE", f"enumerationsets/{made}", 409)
    c.call("DELETE", f"points/{point}", 204)
    c.call("DELETE", f"enumerationsets/{made}", 204)
    c.get(f"enumerationsets/{made}", 404)


def assets(c):
    server = c.get("assetservers")["Items"][0]["WebId"]
    database = c.make(f"assetservers/{server}/assetdatabases", {"Name": "Tour"})
    element = c.make(f"assetdatabases/{database}/elements", {"Name": "Tour"})
    child = c.make(f"elements/{element}/elements", {"Name": "Child"})
    fixed = c.make(f"elements/{element}/attributes", {"Name": "Maker", "Type": "String"})
    bound = c.make(f"elements/{element}/attributes", {
        "Name": "A", "Type": "Double", "DataReferencePlugIn": "PI Point",
        "ConfigString": "\\\\%Server%\\%Element%.%Attribute%"})
    c.call("PUT", f"attributes/{fixed}/value", 204, {"Value": "Example Works"})
    check_equal(c.get(f"attributes/{fixed}/value")["Value"], "Example Works", "a static attribute")
    c.post(f"streams/{bound}/value", 202, {"Timestamp": DAY + "14:00:00Z", "Value": 14})
    check_equal(c.get(f"streams/{bound}/end")["Value"], 14, "through the reference")
    c.post(f"streamsets/{element}/value", 202,
           [{"WebId": bound, "Value": {"Timestamp": DAY + "15:00:00Z", "Value": 15}}])
    c.post(f"streamsets/{child}/value", 400,
           [{"WebId": bound, "Value": {"Timestamp": DAY + "16:00:00Z", "Value": 16}}])
    check_equal(len(c.get(f"elements/{element}/attributes")["Items"]), 2, "attributes of the element")
    check_equal(len(c.get(f"assetdatabases/{database}/elements", searchFullHierarchy="true")["Items"]), 2, "all elements")
    c.call("PATCH", f"elements/{child}", 204, {"Name": "Renamed"})
    c.get("elements", path="\\\\PENSTOCK\\Tour\\Tour\\Renamed")
    c.call("DELETE", f"assetdatabases/{database}", 204)
    c.get(f"elements/{child}", 404)


def asset_types(c):
    """As the vendor's own sample sets up its sandbox, and on: every step is what a client finds by the links before."""
    server = c.get("assetservers", path="\\\\PENSTOCK")
    c.post(server["Links"]["Self"] + "/assetdatabases", 201, {"Name": "Sandbox", "ExtendedProperties": {}})
    database = c.get("assetdatabases", path="\\\\PENSTOCK\\Sandbox")
    links = database["Links"]
    category = c.make(links["ElementCategories"], {"Name": "Machines"})
    c.make(links["AttributeCategories"], {"Name": "Limits"})
    template = c.get(c.post(links["Self"] + "/elementtemplates", 201, {
        "Name": "Pump", "CategoryNames": ["Machines"], "AllowElementToExtend": True}).headers["Location"])
    attributes = template["Links"]["AttributeTemplates"]
    active = c.make(attributes, {"Name": "Active", "IsConfigurationItem": True, "Type": "Boolean"})
    c.make(attributes, {"Name": "OS", "IsConfigurationItem": True, "Type": "String", "DefaultValue": "none"})
    tag = c.make(attributes, {"Name": "Tag", "Type": "Double", "DataReferencePlugIn": "PI Point", "ConfigString":
                              "\\\\PENSTOCK\\%Element%_Tag;ReadOnly=False;ptclassname=classic;pointtype=Float64"})
    c.make(f"attributetemplates/{tag}/attributetemplates", {"Name": "Hi", "TraitName": "LimitHi", "CategoryNames": ["Limits"]})
    sets = c.make(links["EnumerationSets"], {"Name": "Modes"})
    for name, value in (("High", 70000), ("Low", -2)):
        c.make(f"enumerationsets/{sets}/enumerationvalues", {"Name": name, "Value": value})
    c.make(attributes, {"Name": "Mode", "Type": "EnumerationValue", "TypeQualifier": "Modes", "DefaultValue": "Low"})

    c.post(links["Self"] + "//elements", 201, {"Name": "P1", "TemplateName": "Pump", "ExtendedProperties": {}})
    element = c.get("elements", path="\\\\PENSTOCK\\Sandbox\\P1")
    found = {row["Name"]: row for row in c.get(element["Links"]["Attributes"])["Items"]}
    check_equal(sorted(found), ["Active", "Mode", "OS", "Tag"], "the attributes of the template")
    log = c.post(f"elements/{element['WebId']}/config", 200, {"includeChildElements": True}).json()
    check_equal([item["Substatus"] for item in log["Items"]], [201], "the point of the reference was made")
    c.call("PUT", found["Active"]["Links"]["Value"], 204, {"Value": True})
    check_equal(c.get(found["Active"]["Links"]["Value"])["Value"], True, "a flag")
    check_equal(c.get(found["OS"]["Links"]["Value"])["Value"], "none", "a default")
    check_equal(c.get(found["Mode"]["Links"]["Value"])["Value"]["Value"], -2, "a value of the set")
    c.post(f"streams/{found['Tag']['WebId']}/value", 202, {"Value": 5.5})
    check_equal(c.get(f"streams/{found['Tag']['WebId']}/end")["Value"], 5.5, "through the new point")
    point = c.get("points", path="\\\\PENSTOCK\\P1_Tag")
    shown = c.get(f"attributes/{found['Tag']['WebId']}", associations="DataReference")
    check_equal(shown["DataReference"]["PIPoint"]["WebId"], point["WebId"], "the point inside the attribute")
    check_equal(len(c.get("elements/search", query="template:Pump", databaseWebId=database["WebId"])["Items"]), 1, "search")
    check_equal(len(c.get("attributes/search", query="element:P1 name:O*")["Items"]), 1, "search of attributes")
    check_equal(len(c.get("elements/multiple", 207, webId=[element["WebId"], "bad"])["Items"]), 2, "several elements")
    c.call("PATCH", f"elementtemplates/{template['WebId']}", 204, {"Name": "Mover"})
    check_equal(c.get(element["Links"]["Self"])["TemplateName"], "Mover", "the element knows its renamed template")
    c.make(attributes, {"Name": "Late", "Type": "Int32"})
    c.get("attributes", path="\\\\PENSTOCK\\Sandbox\\P1|Late")
    for form in ("Full", "IDOnly", "PathOnly", "LocalIDOnly", "DefaultIDOnly"):
        again = c.get(f"attributetemplates/{active}", webIdType=form)
        check_equal(c.get(again["Links"]["Self"])["Id"], again["Id"], f"an attribute template by {form}")
    for path in (f"elementtemplates/{template['WebId']}", f"elementcategories/{category}", f"enumerationsets/{sets}",
                 f"attributes/{found['OS']['WebId']}"):
        c.call("DELETE", path, 409)
    c.call("DELETE", element["Links"]["Self"], 204)
    c.call("DELETE", f"elementtemplates/{template['WebId']}", 204)
    c.call("DELETE", f"elementcategories/{category}", 204)
    c.call("DELETE", f"points/{point['WebId']}", 204)
    return database["WebId"]


def restarted(c, server, database):
    """What was made is there after a kill."""
    template = c.make(f"assetdatabases/{database}/elementtemplates", {"Name": "Kept"})
    c.make(f"elementtemplates/{template}/attributetemplates", {"Name": "A", "Type": "Int32", "DefaultValue": 7})
    element = c.make(f"assetdatabases/{database}/elements", {"Name": "E", "TemplateName": "Kept"})
    server.kill()
    server.start()
    check_equal(c.get(f"elements/{element}")["TemplateName"], "Kept", "the element after a kill")
    items = c.get(f"elements/{element}/attributes")["Items"]
    check_equal([item["Name"] for item in items], ["A"], "its attributes after a kill")
    check_equal(c.get("attributetemplates", path="\\\\PENSTOCK\\Sandbox\\ElementTemplates[Kept]|A")["DefaultValue"], 7,
                "the attribute template after a kill")
    c.call("DELETE", f"assetdatabases/{database}", 204)
    c.get(f"elementtemplates/{template}", 404)


def batch(c, server, a, b):
    body = {
        "find": {"Method": "GET", "Resource": f"{c.base}/dataservers/{server}/points?nameFilter=Tour.*"},
        "ends": {"Method": "GET", "ParentIds": ["find"], "Parameters": ["$.find.Content.Items[*].WebId"],
                 "RequestTemplate": {"Resource": c.base + "/streams/{0}/end"}},
        "mk": {"Method": "POST", "Resource": f"{c.base}/dataservers/{server}/points",
               "Content": json.dumps({"Name": "Tour.C", "PointClass": "classic", "PointType": "Float64"})},
        "got": {"Method": "GET", "ParentIds": ["mk"], "Resource": "$.mk.Headers.Location"},
        "put": {"Method": "POST", "ParentIds": ["got"], "Parameters": ["$.got.Content.WebId"],
                "Resource": c.base + "/streams/{0}/value", "Content": '{"Value": 1}'},
        "elsewhere": {"Method": "GET", "Resource": "https://elsewhere.invalid/piwebapi/system/userinfo"},
        "lost": {"Method": "GET", "ParentIds": ["nobody"], "Resource": c.base + "/system"},
        "round1": {"Method": "GET", "ParentIds": ["round2"], "Resource": c.base + "/system"},
        "round2": {"Method": "GET", "ParentIds": ["round1"], "Resource": c.base + "/system"},
    }
    answer = c.post("batch", 207, body).json()
    wanted = {"find": 200, "ends": 207, "mk": 201, "got": 200, "put": 202, "elsewhere": 200, "lost": 400,
              "round1": 400, "round2": 400}
    check_equal({k: v["Status"] for k, v in answer.items()}, wanted, "each part of the batch")
    check_equal(answer["ends"]["Content"]["Total"], 2, "one answer per point that was found")
    c.call("DELETE", f"points/{answer['got']['Content']['WebId']}", 204)


def mistakes(c, a):
    before = c.recorded(a)
    for bad in ("x", "F1DP", "Z1DPAAAA", "F9DPAAAA", "L1DPWRsAAA!", "I1DP" + "A" * 4000, "F1QQAAAA"):
        c.get(f"streams/{bad}/value", 400)
        c.post(f"streams/{bad}/value", 400, {"Value": 1})
    deep = "[" * 10_000 + "]" * 10_000
    for path in (f"streams/{a}/value", f"streams/{a}/recorded", "streamsets/value", "batch", f"points/{a}/attributes/span"):
        c.call("PUT" if "attributes" in path else "POST", path, 400, text=deep)
    many = {str(n): {"Method": "POST", "Resource": f"{c.base}/streams/{a}/value",
                     "Content": {"Timestamp": DAY + "20:00:00Z", "Value": n}} for n in range(10_001)}
    c.post("batch", 400, many)
    c.post(f"streams/{a}/recorded", 400, text='[{"Timestamp":"2026-04-02T20:00:00Z","Value":1},{"Timest')
    c.post("streamsets/value", 400, text='[{"WebId":"' + a + '","Value":{"Timestamp":"2026-04-02T20:00:00Z","Value":1}},{')
    check_equal(c.recorded(a), before, "no mistake stored anything")


def main():
    with Server() as server:
        c = Client(server)
        data_server, a, b = points(c)
        values(c, a, b)
        enumerations(c, data_server)
        assets(c)
        restarted(c, server, asset_types(c))
        batch(c, data_server, a, b)
        mistakes(c, a)
        for web_id in (a, b):
            c.call("DELETE", f"points/{web_id}", 204)
            c.get(f"points/{web_id}", 404)
        check(server.is_up(), "the server is up")
        check(calls >= 60, f"only {calls} calls")
    print(f"{calls} calls")
    finish()


main()
