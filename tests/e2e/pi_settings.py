#!/usr/bin/env python3
"""Settings of the PI door, under our names and the product's: who may call, from where, how often and how long."""

import threading
import time

from harness import Pi, Server, check, check_equal, finish, session

PAGE = "https://dash.example:3000"


def configuration(url):
    return Pi(url).session.get(url + "/piwebapi/system/configuration")


def cross_origin():
    config = f"""[piwebapi]
CorsOrigins = ["{PAGE}"]
cors_methods = ["GET", "POST"]
CorsHeaders = ["authorization", "content-type"]
CorsExposedHeaders = ["Location"]
CorsSupportsCredentials = true
XFrameOptions = "DENY"
CustomHeadersEnabled = true
CustomHeaders = ["X-Site: north, line 1", "Cache-Control: no-store"]
WebIDType = "PathOnly"
MaxReturnedItemsPerCall = 100
BatchLimit = 2
"""
    with Server(config=config) as server:
        url = server.url + "/piwebapi/dataservers"
        ask = {"Origin": PAGE, "Access-Control-Request-Method": "GET",
               "Access-Control-Request-Headers": "Authorization"}
        allowed = session().options(url, headers=ask)
        check_equal(allowed.status_code, 204, "a browser asks before it calls, without credentials")
        check_equal(allowed.headers.get("Access-Control-Allow-Origin"), PAGE, "the origin is allowed")
        check_equal(allowed.headers.get("Access-Control-Allow-Methods"), "GET", "the method is allowed")
        check_equal(allowed.headers.get("Access-Control-Allow-Headers"), "Authorization", "the header is allowed")
        check_equal(allowed.headers.get("Access-Control-Allow-Credentials"), "true", "credentials are allowed")
        for name, changed in (("origin", {"Origin": "https://elsewhere.example"}),
                              ("method", {"Access-Control-Request-Method": "DELETE"}),
                              ("header", {"Access-Control-Request-Headers": "X-Other"})):
            refused = session().options(url, headers={**ask, **changed})
            check_equal((refused.status_code, refused.headers.get("Access-Control-Allow-Origin")), (400, None),
                        f"another {name}")
        pi = Pi(server.url)
        answer = pi.session.get(url, headers={"Origin": PAGE})
        check_equal((answer.status_code, answer.headers.get("Access-Control-Allow-Origin")), (200, PAGE),
                    "the page may read the answer")
        check_equal(answer.headers.get("Access-Control-Expose-Headers"), "Location", "and this header of it")
        elsewhere = pi.session.get(url, headers={"Origin": "https://elsewhere.example"})
        check_equal((elsewhere.status_code, elsewhere.headers.get("Access-Control-Allow-Origin")), (200, None),
                    "another page may not")
        for answer, what in ((elsewhere, "an answer"), (session().get(url), "a refusal")):
            check_equal([answer.headers.get(name) for name in ("X-Frame-Options", "X-Site", "Cache-Control")],
                        ["DENY", "north, line 1", "no-store"], f"custom headers of {what}")
        check(pi.web_id("CDT158").startswith("P1DP"), "WebIDs are of the form that is set")
        stream = f"{pi.base}/streams/{pi.web_id('CDT158')}"
        over = pi.session.get(stream + "/recorded", params={"maxCount": 101})
        check_equal((over.status_code, over.json()["Errors"]),
                    (400, ["Parameter (maxCount) is greater than the maximum allowed (100)."]), "a smaller maximum")
        three = {str(i): {"Method": "GET", "Resource": "/system"} for i in range(3)}
        check_equal(pi.session.post(pi.base + "/batch", json=three).status_code, 400, "a smaller batch")
        shown = configuration(server.url).json()
        check_equal({name: shown[name] for name in ("CorsOrigins", "MaxReturnedItemsPerCall", "WebIDType",
                                                    "CustomHeaders", "EnableCSRFDefense", "BatchLimit")},
                    {"CorsOrigins": [PAGE], "MaxReturnedItemsPerCall": 100, "WebIDType": "PathOnly",
                     "CustomHeaders": ["X-Site: north, line 1", "Cache-Control: no-store"],
                     "EnableCSRFDefense": "browser", "BatchLimit": 2}, "system/configuration")
        one = pi.session.get(pi.base + "/system/configuration/batchlimit")
        check_equal((one.status_code, one.json()), (200, 2), "one property")
        check_equal(pi.session.get(pi.base + "/system/configuration/Nonsense").status_code, 404, "no such property")
        viewer = Pi(server.url, "viewer", "viewer-secret").session
        for path in ("configuration", "activeconfiguration", "cacheinstances", "metrics"):
            check_equal(viewer.get(f"{pi.base}/system/{path}").status_code, 403, f"{path} is for administrators")
            check_equal(pi.session.get(f"{pi.base}/system/{path}").status_code, 200, f"{path} for an administrator")


def who_may_call():
    anonymous = "[piwebapi]\nAuthenticationMethods = [\"Anonymous\", \"Basic\"]\nanonymous_principal = \"viewer\"\n"
    with Server(config=anonymous) as server:
        check_equal(session().get(server.url + "/piwebapi/system/userinfo").json()["Name"], "viewer", "Anonymous")
        check_equal(Pi(server.url).session.get(server.url + "/piwebapi/system/userinfo").json()["Name"], "viewer",
                    "Anonymous overrides what is sent")
        web_id = session().get(server.url + "/piwebapi/points?path=\\\\PENSTOCK\\CDT158").json()["WebId"]
        check_equal(session().post(f"{server.url}/piwebapi/streams/{web_id}/value", json={"Value": 1}).status_code,
                    403, "and has no more rights than its principal")
    with Server(config="[piwebapi]\nauthentication_methods = [\"Bearer\"]\n") as server:
        refused = Pi(server.url).session.get(server.url + "/piwebapi/system")
        check_equal((refused.status_code, refused.headers["WWW-Authenticate"]), (401, 'Bearer realm="PI Web API"'),
                    "Basic where it is not a method")
    with Server(config="[piwebapi]\nEnableCSRFDefense = true\nDisableWrites = true\n") as server:
        pi = Pi(server.url)
        write = f"{pi.base}/streams/{pi.web_id('CDT158')}/value"
        missing = pi.session.post(write, json={"Value": 1})
        check_equal((missing.status_code, "X-Requested-With" in missing.text), (403, True), "strict CSRF defence")
        disabled = pi.session.post(write, json={"Value": 1}, headers={"X-Requested-With": "XMLHttpRequest"})
        check_equal((disabled.status_code, "Writes are disabled" in disabled.text), (403, True), "a read-only server")
    for config, word in (("AuthenticationMethods = [\"Kerberos\"]", "Kerberos"),
                         ("AuthenticationMethods = [\"Anonymous\"]", "anonymous_principal"),
                         ("WebIDType = \"Long\"", "web_id_type"),
                         ("batch_limit = 1\nBatchLimit = 2", "set already")):
        try:
            with Server(config=f"[piwebapi]\n{config}\n"):
                check(False, f"started with {config}")
        except RuntimeError as refused:
            check(word in str(refused), f"{word} in {refused}")


def behind_a_proxy():
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hist01.example, inner"}
    for config, link in (("trust_forwarded = true", "https://hist01.example/piwebapi/system"),
                         ("trust_forwarded = false", None)):
        with Server(config=f"[piwebapi]\n{config}\n") as server:
            home = Pi(server.url).session.get(server.url + "/piwebapi/", headers=forwarded).json()
            check_equal(home["Links"]["System"], link or server.url + "/piwebapi/system", config)


def how_often_and_how_long():
    with Server(config="[piwebapi]\nRateLimitMaxRequests = 5\nRateLimitDuration = 2\n") as server:
        client = session()
        answers = [client.get(server.url + "/piwebapi/") for _ in range(7)]
        check_equal([answer.status_code for answer in answers], [401] * 5 + [429] * 2, "the rate limit")
        check_equal(answers[6].json()["Errors"], ["Rate limit was reached"], "what it says")
        time.sleep(2.1)
        check_equal(client.get(server.url + "/piwebapi/").status_code, 401, "and it is over after a while")
    with Server(config="[piwebapi]\nServerReadTimeout = 0\n") as server:
        pi = Pi(server.url)
        stream = f"{pi.base}/streams/{pi.web_id('CDT158')}"
        pi.write("CDT158", [("2026-04-02T06:00:00Z", 1)])
        for read in ("summary", "plot", "interpolated", "recorded?filterExpression='.'>0"):
            late = pi.session.get(f"{stream}/{read}")
            check_equal((late.status_code, "Errors" in late.json()), (408, True), f"a late {read}")
        check_equal(pi.session.get(stream + "/value").status_code, 200, "a short read is never late")
        batch = pi.session.post(pi.base + "/batch", json={"1": {"Method": "GET", "Resource": stream + "/summary"}})
        check_equal((batch.status_code, batch.json()["1"]["Status"]), (207, 408), "inside of a batch")


def long_reads_hold_up_nobody():
    """With one I/O thread, a quick call is answered while long reads run."""

    with Server("--io-threads", "1") as server:
        pi = Pi(server.url)
        count, step = 150_000, 100
        for part in range(4):
            rows = [{"Timestamp": f"2026-0{part + 1}-01T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}.{d}Z",
                     "Value": i % step} for i in range(18_000) for d in (1, 6)]
            pi.session.post(f"{pi.base}/streams/{pi.web_id('BA:LEVEL.1')}/recorded", json=rows).raise_for_status()
        done = []

        def read():
            expression = " and ".join(["abs('.'*2+1) > 1000"] * 30)
            Pi(server.url).session.get(f"{pi.base}/streams/{pi.web_id('BA:LEVEL.1')}/recorded",
                                       params={"startTime": "2026-01-01", "filterExpression": expression,
                                               "maxCount": count})
            done.append(time.monotonic())

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        slowest, calls = 0.0, 0
        while len(done) < len(threads):
            begin = time.monotonic()
            check_equal(pi.session.get(pi.base + "/system").status_code, 200, "a quick call")
            slowest, calls = max(slowest, time.monotonic() - begin), calls + 1
        for thread in threads:
            thread.join()
        print(f"{calls} quick calls beside long reads, the slowest took {slowest * 1000:.0f} ms")


def main():
    cross_origin()
    who_may_call()
    behind_a_proxy()
    how_often_and_how_long()
    long_reads_hold_up_nobody()
    finish()


if __name__ == "__main__":
    main()
