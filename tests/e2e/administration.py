#!/usr/bin/env python3
"""What administrators make by command and by call: it works at once at every door, and outlives a kill."""

import json
import os
import subprocess
import time

from harness import (BINARY, BX_POINT, BuildingX, EnergyView, Pi, Server, basic, check, check_equal, finish, session,
                     unix_ns)


def penstock(server, *words, expect=0, user="demo", password="demo-secret"):
    """Runs `penstock WORDS`; its output as JSON where it is JSON."""
    done = subprocess.run([str(BINARY), *words, "--url", server.url, "--user", user, "--json"], text=True, timeout=120,
                          capture_output=True, check=False, env={**os.environ, "PENSTOCK_ADMIN_PASSWORD": password})
    check_equal(done.returncode, expect, f"penstock {' '.join(words)}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else done.stderr


def admin(server, user="demo", password="demo-secret"):
    made = session()
    made.headers["Authorization"] = basic(user, password)
    made.base = server.url + "/penstock/v1/"
    return made


def with_token(server, token, partition):
    client = BuildingX(server.url, partition=partition)
    client.session.headers["Authorization"] = "Bearer " + token
    return client


def token_of(client):
    return client.session.headers["Authorization"].removeprefix("Bearer ")


def may_log_in(server, client, secret):
    answer = session().post(server.url + "/oauth/token", timeout=60, json={
        "client_id": client, "client_secret": secret, "grant_type": "client_credentials"})
    check(answer.status_code in (200, 401), f"the token endpoint answered {answer.status_code}")
    return answer.status_code == 200


def writes(client, point, second):
    return client.write(point, [(f"2024-06-01T00:00:{second:02d}Z", "1")]).status_code


with Server() as server:
    # The issuer of tokens has the server's port, which is chosen at the first start.
    server.stop()
    server.start()

    # A partition, a point and a machine user, made by command alone.
    partition = penstock(server, "partitions", "add", "North")["id"]
    point = penstock(server, "points", "add", partition, "--name", "Flow", "--unit", "m3/h", "--tag", "line=3")
    check_equal(point["unit"], "m3/h", "the point's unit")
    rights = f"{partition}=points.read,pointvalues.read,pointvalues.write"
    penstock(server, "principals", "add", "loader", "--grant", "BX.*=read,write", "--partition", rights)
    first = penstock(server, "logins", "add", "loader", "client", "loader-client")["secret"]
    bx = BuildingX(server.url, "loader-client", first["value"], partition)
    check_equal(writes(bx, point["id"], 0), 204, "the new client writes")

    # Its secret rotates: both are good, then one.
    second = penstock(server, "logins", "rotate", "loader", "client", "loader-client")["secret"]
    check(second["value"] != first["value"] and second["number"] == 2, "another secret")
    check(may_log_in(server, "loader-client", first["value"]), "the former secret is good for a while")
    check(may_log_in(server, "loader-client", second["value"]), "the new one is good")
    check("revoke one" in penstock(server, "logins", "rotate", "loader", "client", "loader-client", expect=1),
          "three live secrets are too many")
    penstock(server, "logins", "revoke", "loader", "client", "loader-client", "1")
    check(not may_log_in(server, "loader-client", first["value"]), "a revoked secret is wrong at once")
    check(may_log_in(server, "loader-client", second["value"]), "the other stays")
    check_equal(writes(bx, point["id"], 1), 204, "its tokens live on")
    third = penstock(server, "logins", "rotate", "loader", "client", "loader-client", "--overlap-seconds", "0")["secret"]
    check(not may_log_in(server, "loader-client", second["value"]), "no overlap ends the former secret")

    # Keys rotate twice; a kill between: tokens of all three live.
    tokens = [token_of(bx)]
    for _ in range(2):
        kid = penstock(server, "keys", "rotate")["kid"]
        tokens.append(token_of(BuildingX(server.url, "loader-client", third["value"], partition)))
        server.kill()
        server.start()
        for i, token in enumerate(tokens):
            check_equal(writes(with_token(server, token, partition), point["id"], 2 + i), 204 if i == len(tokens) - 1
                        or len(tokens) == 2 else 202, f"token {i} of {len(tokens)} after a kill")
        keys = penstock(server, "keys", "list")["items"]
        check_equal([key["kid"] for key in keys if key["signs"]], [kid], "the new key signs, also after a kill")
        check_equal(len(session().get(server.url + "/.well-known/jwks.json", timeout=60).json()["keys"]), len(tokens),
                    "the key set has all that count")
    check_equal(len({key["kid"] for key in keys}), 3, "three keys")

    # Tokens end when they are revoked, and when their client goes.
    bx = BuildingX(server.url, "loader-client", third["value"], partition)
    penstock(server, "logins", "revoke-tokens", "loader", "client", "loader-client")
    check_equal(writes(bx, point["id"], 9), 401, "a revoked token")
    bx = BuildingX(server.url, "loader-client", third["value"], partition)
    check_equal(writes(bx, point["id"], 9), 204, "a token that was given afterwards")
    penstock(server, "principals", "change", "loader", "--partition", f"{partition}=pointvalues.read")
    check_equal(writes(bx, point["id"], 10), 403, "a right that was taken away is gone at once")
    penstock(server, "principals", "change", "loader", "--partition", rights)
    check_equal(writes(bx, point["id"], 10), 204, "and is back at once")
    penstock(server, "principals", "remove", "loader")
    check_equal(writes(bx, point["id"], 11), 401, "the token of a client that is gone")
    check(not may_log_in(server, "loader-client", third["value"]), "it can't log in")

    # Principals work at the other doors, too.
    penstock(server, "principals", "add", "reader", "--grant", "*=read")
    password = penstock(server, "logins", "add", "reader", "password", "reader")["secret"]["value"]
    pi = Pi(server.url, "reader", password)
    tag = point["tag"]
    rows = pi.read(tag)
    check_equal(len(rows), 7, "the reader reads what was written")
    check_equal(pi.write(tag, [("2024-01-01T00:00:00Z", 1)]).status_code, 403, "and writes nothing")
    penstock(server, "principals", "add", "meters", "--grant", "EV.demo.*=read,write")
    key = penstock(server, "logins", "add", "meters", "key", "demo")["secret"]["value"]
    check_equal(EnergyView(server.url, key=key).write(1, "outdoortemp", [("2024-01-01T00:00:00Z", 5)]).status_code, 204,
                "a key of a made principal opens its domain")

    # What Building X wrote is a PI point of the right type, unit and times.
    made = {}
    for data_type, words in (("number", ("--unit", "kW")), ("boolean", ()), ("string", ()),
                             ("enum", ("--state", "Off", "--state", "On"))):
        made[data_type] = penstock(server, "points", "add", partition, "--data-type", data_type, "--name",
                                   f"Every {data_type}", *words)
    penstock(server, "principals", "add", "every", "--grant", "BX.*=read,write", "--partition", rights)
    secret = penstock(server, "logins", "add", "every", "client", "every")["secret"]["value"]
    bx = BuildingX(server.url, "every", secret, partition)
    texts = {"number": "21.25", "boolean": "on", "string": "text", "enum": "On"}
    wanted = {"number": ("Float64", "kW", 21.25), "boolean": ("Digital", "", "true"), "string": ("String", "", "text"),
              "enum": ("Digital", "", "On")}
    for data_type, text in texts.items():
        time_text = "2024-07-01T12:34:56.789Z"
        check_equal(bx.write(made[data_type]["id"], [(time_text, text)]).status_code, 204, f"a {data_type} is written")
        tag = made[data_type]["tag"]
        shown = pi.session.get(f"{pi.base}/points", params={"path": f"\\\\PENSTOCK\\{tag}"}, timeout=60).json()
        (at, value, is_good), = pi.read(tag)
        value = value["Name"] if isinstance(value, dict) else value
        check_equal((shown["PointType"], shown["EngineeringUnits"], value), wanted[data_type], f"{data_type} at PI")
        check_equal(shown["Descriptor"], f"Every {data_type}", f"the name of {data_type} at PI")
        check_equal((unix_ns(at), is_good), (unix_ns(time_text), True), f"the time of {data_type} at PI")

    # A point of the PI door gets an address here, and loses it again.
    call = admin(server)
    found = penstock(server, "points", "list", "--name", "CDT158")["items"]
    check_equal([each["tag"] for each in found], ["CDT158"], "points are found by pattern")
    number, address = found[0]["id"], f"{partition}/5a6b1d0e-0000-4000-8000-00000000cd58"
    penstock(server, "points", "address", str(number), "buildingx", address)
    penstock(server, "principals", "change", "every", "--grant", "*=read,write")
    bound = address.split("/")[1]
    check_equal(bx.write(bound, [("2024-08-01T00:00:00Z", "71.5")]).status_code, 204, "Building X writes a PI point")
    check(("2024-08-01T00:00:00Z", 71.5, True) in pi.read("CDT158"), "and PI reads it")
    check_equal(penstock(server, "points", "show", str(number))["addresses"][-1]["address"], address, "its addresses")
    penstock(server, "points", "address", str(number), "energyview", "demo/1/cdt")
    rows = [(unix_ns(t), v) for t, v in EnergyView(server.url).read(1, "cdt", "2024-07-31T00:00:00Z")]
    check_equal(rows, [(unix_ns("2024-08-01T00:00:00Z"), 71.5)], "EnergyView reads it by its own name")
    penstock(server, "points", "remove", partition, bound)
    check_equal(bx.write(bound, [("2024-08-01T00:00:01Z", "1")]).status_code, 404, "the address is gone")
    check(("2024-08-01T00:00:00Z", 71.5, True) in pi.read("CDT158"), "the point of the other door is not")

    # What is refused.
    check("409" in penstock(server, "partitions", "remove", partition, expect=1), "a partition with points stays")
    check("403" in penstock(server, "principals", "list", expect=1, user="viewer", password="viewer-secret"),
          "who has no right admin administrates nothing")
    check("401" in penstock(server, "keys", "rotate", expect=1, password="wrong"), "nor who has no password")
    json_type = {"Content-Type": "application/json"}
    for method, path, body, headers, status, where in (
            ("POST", "principals", '{"name":"x","colour":1}', json_type, 400, "/colour"),
            ("POST", "principals", '{"name":"demo"}', json_type, 409, "/name"),
            ("POST", "principals", '{"name":"every"}', json_type, 409, "/name"),
            ("POST", "principals", '{"name":"a/b"}', json_type, 400, "/name"),
            ("POST", "principals", '{"name":"y","grants":[{"points":"*","rights":["fly"]}]}', json_type, 400,
             "/grants/0/rights"),
            ("POST", "principals", '{"name":"y","partitions":[{"id":"x","rights":["points.read"]}]}', json_type, 400,
             "/partitions/0/id"),
            ("POST", "principals", "[]", json_type, 400, None),
            ("POST", "principals", "{", json_type, 400, None),
            ("POST", "principals", '{"name":"z"}', {"Content-Type": "text/plain"}, 415, "Content-Type"),
            ("PATCH", "principals/demo", '{"description":"x"}', json_type, 409, None),
            ("DELETE", "principals/nobody", None, {}, 404, None),
            ("POST", "principals/every/logins", '{"kind":"client","id":"demo-client"}', json_type, 409, "/id"),
            ("POST", "principals/every/logins", '{"kind":"client","id":"every"}', json_type, 409, "/id"),
            ("POST", "principals/every/logins", '{"kind":"badge","id":"e"}', json_type, 400, "/kind"),
            ("POST", "principals/every/logins", '{"kind":"client","id":"e","secret_hash":"clear"}', json_type, 400,
             "/secret_hash"),
            ("POST", "principals/nobody/logins", '{"kind":"client","id":"e"}', json_type, 404, None),
            ("DELETE", "principals/every/logins/client/every/secrets/99", None, {}, 404, None),
            ("POST", f"buildingx/partitions/{partition}/points", '{"id":"no-uuid"}', json_type, 400, "/id"),
            ("POST", f"buildingx/partitions/{partition}/points", '{"data_type":"colour"}', json_type, 400, "/data_type"),
            ("POST", f"buildingx/partitions/{partition}/points", '{"device":"x"}', json_type, 404, "/device"),
            ("POST", "buildingx/partitions/none/points", "{}", json_type, 404, "/partition"),
            ("POST", f"buildingx/partitions/{partition}/devices", '{"gateway":"x"}', json_type, 404, "/gateway"),
            ("PUT", "points/1/addresses/energyview", '{"address":"demo/99/x"}', json_type, 404, "/address"),
            ("PUT", "points/1/addresses/buildingx", '{"address":"x"}', json_type, 400, "/address"),
            ("PUT", "points/1/addresses/moon", '{"address":"x"}', json_type, 404, None),
            ("GET", "points?max=0", None, {}, 400, "max"),
            ("GET", "points/999999", None, {}, 404, None),
            ("GET", "moons", None, {}, 404, "/penstock/v1/moons"),
            ("PUT", "principals", "{}", json_type, 405, None)):
        answer = call.request(method, call.base + path, data=body, headers=headers, timeout=60)
        what = f"{method} {path} {body}"
        if check_equal(answer.status_code, status, what + " " + answer.text):
            check_equal(answer.json().get("where"), where, what)
            check(answer.json()["error"] and answer.json()["code"], what)
    check_equal(call.get(call.base + "principals/z", timeout=60).status_code, 404, "nothing is left of what was refused")
    check(secret not in server.log() and password not in server.log(), "no secret is in the log")
    check('"msg":"administration"' in server.log(), "changes are in the log")
    viewer = admin(server, "viewer", "viewer-secret")
    check_equal(viewer.get(viewer.base + "points?max=2", timeout=60).json()["after"] != "", True, "points come in pages")

    before = penstock(server, "principals", "list"), penstock(server, "points", "list", "--max", "1000")
    server.kill()
    server.start()
    check_equal((penstock(server, "principals", "list"), penstock(server, "points", "list", "--max", "1000")), before,
                "all of it is there after a kill")
    check_equal(writes(BuildingX(server.url, "every", secret, partition), made["number"]["id"], 30), 204,
                "and a client made before it writes")

CONFIG = """
[buildingx]
requests_per_second = 5
token_failures_per_minute = 3
"""
with Server(config=CONFIG) as server:
    client = BuildingX(server.url)
    statuses = [client.write(BX_POINT + "a1", [(f"2024-06-01T00:00:{i:02d}Z", "1")]) for i in range(20)]
    refused = [answer for answer in statuses if answer.status_code == 429]
    check(5 <= len(statuses) - len(refused) <= 15, f"a client beyond its rate waits: {len(refused)} refused")
    check(refused and refused[0].json()["errors"][0]["code"] == "rate-limited"
          and int(refused[0].headers["Retry-After"]) >= 1, "it is told how long")
    check_equal(BuildingX(server.url, "viewer-client", "viewer-secret").session.get(
        client.values_url(BX_POINT + "a1"), params={"filter[timestamp][from]": "2024-06-01T00:00:00Z"},
        timeout=60).status_code, 200, "another client does not wait")
    time.sleep(1.2)
    check_equal(client.write(BX_POINT + "a1", [("2024-06-02T00:00:00Z", "1")]).status_code, 204, "after a second it may")
    answers = []
    for i in range(5):
        answers.append(session().post(server.url + "/oauth/token", timeout=60, json={
            "client_id": "demo-client", "client_secret": f"guess {i}", "grant_type": "client_credentials"}))
    check_equal([answer.status_code for answer in answers], [401, 401, 401, 429, 429], "guesses come to an end")
    check(answers[-1].json()["error"] == "too_many_requests" and int(answers[-1].headers["Retry-After"]) >= 1,
          "in the words of OAuth")
finish()
