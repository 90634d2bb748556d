"""Starts a real server for a test, and speaks to it through each door.

A test is a program: it uses `Server` as a context, calls `check`, and ends with `finish()`. Servers listen on ports
that the system chooses, keep their data in a temporary folder, and are ended by their own process id.
"""

import base64
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("PENSTOCK_TEST_BINARY", ROOT / "build" / "release" / "penstock"))
PARTITION = "5a6b1d0e-0000-4000-8000-000000000001"
BX_POINT = "5a6b1d0e-0000-4000-8000-0000000000"  # and a1, a2, a3, a4
START_SECONDS = 60

failures = []
checks = 0


def session(verify=False):
    """A session that heeds nothing of the environment: no proxies, no certificates of others."""
    made = requests.Session()
    made.trust_env = False
    made.verify = verify
    return made


def check(condition, what):
    """Counts a check; says what did not hold."""
    global checks
    checks += 1
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", flush=True)
    return bool(condition)


def check_equal(found, wanted, what):
    return check(found == wanted, f"{what}: found {found!r}, wanted {wanted!r}")


def finish():
    """The last line of every test."""
    print(f"{checks} checks, {len(failures)} failed")
    sys.exit(1 if failures or checks == 0 else 0)


class Server:
    """A running `penstock serve`. `stop` and `kill` may be followed by `start` on the same data."""

    def __init__(self, *arguments, demo=True, data=None, config=None):
        self.folder = None if data else tempfile.TemporaryDirectory(prefix="penstock-test-")
        self.data = pathlib.Path(data) if data else pathlib.Path(self.folder.name) / "data"
        self.arguments = list(arguments)
        if demo:
            self.arguments.append("--demo")
        if config is not None:
            file = self.data.parent / "penstock.toml"
            file.write_text(config)
            self.arguments += ["--config", str(file)]
        self.process = None
        self.url = self.tls_url = None
        self.log_file = self.data.parent / "server.log"
        self.port = 0  # Kept over restarts, so that clients find the server again.

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *unused):
        if self.process and self.process.poll() is None:
            self.kill()
        if self.folder:
            self.folder.cleanup()

    def start(self):
        arguments = [str(BINARY), "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"]
        if "--listen-tls" not in self.arguments:
            arguments += ["--listen-tls", "off"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PENSTOCK_")}
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(arguments + self.arguments, stdout=subprocess.PIPE, stderr=log,
                                            env=environment, text=True)
        self.greeting = self._read_greeting()
        found = re.search(r"PI Web API +(\S+)/piwebapi", self.greeting)
        if not found:
            raise RuntimeError(f"the server did not start: {self.greeting}{self.log()[-2000:]}")
        self.url = found.group(1)
        if self.url.startswith("http:"):
            self.port = int(self.url.rsplit(":", 1)[1])
        found = re.search(r"The same doors answer at (https://\S+)\.", self.greeting)
        self.tls_url = found.group(1) if found else None
        return self

    def _read_greeting(self):
        """The text up to its last line. The server prints it once it answers."""
        text, end = "", time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            line = self.process.stdout.readline()
            text += line
            if not line or line.startswith("End it with"):
                break
        return text

    def stop(self):
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(START_SECONDS)
        finally:
            self.process.stdout.close()
        return code

    def kill(self):
        """SIGKILL: nothing is tidied up."""
        self.process.kill()
        self.process.wait(START_SECONDS)
        self.process.stdout.close()

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def is_up(self):
        with contextlib.suppress(requests.RequestException):
            return requests.get(self.url + "/health/ready", timeout=10).status_code == 200
        return False


class Pi:
    """The PI Web API door."""

    def __init__(self, url, user="demo", password="demo-secret", verify=False):
        self.base = url + "/piwebapi"
        self.session = session(verify)
        self.session.auth = (user, password)
        self.known = {}

    def web_id(self, tag):
        if tag not in self.known:
            answer = self.session.get(f"{self.base}/points", params={"path": f"\\\\PENSTOCK\\{tag}"}, timeout=60)
            answer.raise_for_status()
            self.known[tag] = answer.json()["WebId"]
        return self.known[tag]

    def write(self, tag, values, **params):
        """values: [(time text, value)]"""
        body = [{"Timestamp": t, "Value": v} for t, v in values]
        return self.session.post(f"{self.base}/streams/{self.web_id(tag)}/recorded", json=body, params=params,
                                 timeout=60)

    def read(self, tag, start="1970-01-01T00:00:00Z", end="2200-01-01T00:00:00Z", page=100_000):
        """All recorded values as [(time text, value, good)]; digital states come as their objects."""
        found = []
        while True:
            params = {"startTime": start, "endTime": end, "maxCount": page, "boundaryType": "Inside"}
            answer = self.session.get(f"{self.base}/streams/{self.web_id(tag)}/recorded", params=params, timeout=120)
            answer.raise_for_status()
            items = answer.json()["Items"]
            rows = [(item["Timestamp"], item["Value"], item["Good"]) for item in items]
            # A page begins with the time at which the one before ended.
            found += rows[1:] if found and rows and rows[0][0] == found[-1][0] else rows
            if len(items) < page:
                return found
            start = items[-1]["Timestamp"]


class Omf:
    """The OMF door."""

    def __init__(self, url, user="demo", password="demo-secret"):
        self.url = url + "/piwebapi/omf"
        self.session = session()
        self.session.auth = (user, password)

    def send(self, message_type, body, action="create", **headers):
        head = {"messagetype": message_type, "messageformat": "JSON", "omfversion": "1.2", "action": action}
        head.update(headers)
        if isinstance(body, (list, dict)):
            body = json.dumps(body)
        head.setdefault("Content-Type", "application/json")
        return self.session.post(self.url, data=body, headers=head, timeout=60)


class BuildingX:
    """The Building X door."""

    def __init__(self, url, client="demo-client", secret="demo-secret", partition=PARTITION):
        self.url, self.partition = url, partition
        self.session = session()
        answer = self.session.post(f"{url}/oauth/token", timeout=60, json={
            "client_id": client, "client_secret": secret, "audience": "https://horizon.siemens.com",
            "grant_type": "client_credentials"})
        answer.raise_for_status()
        self.session.headers["Authorization"] = "Bearer " + answer.json()["access_token"]
        self.session.headers["Accept"] = "application/vnd.api+json"

    def values_url(self, point):
        return f"{self.url}/operations/partitions/{self.partition}/points/{point}/values"

    def write(self, point, values, overwrite=False):
        body = {"data": [{"type": "PointValue", "attributes": {"timestamp": t, "value": v}} for t, v in values]}
        return self.session.post(self.values_url(point).replace("/operations/", "/ingest/"), data=json.dumps(body),
                                 headers={"Content-Type": "application/vnd.api+json"},
                                 params={"overwrite": "true"} if overwrite else None, timeout=60)

    def read(self, point, start="1970-01-01T00:00:00Z", end="2200-01-01T00:00:00Z"):
        """All values as [(time text, value text)]."""
        found, url = [], self.values_url(point)
        params = {"filter[timestamp][from]": start, "filter[timestamp][to]": end, "page[limit]": 10000}
        while url:
            answer = self.session.get(url, params=params, timeout=120)
            answer.raise_for_status()
            body = answer.json()
            found += [(item["attributes"]["timestamp"], item["attributes"]["value"]) for item in body["data"]]
            next_link = body.get("links", {}).get("next")
            if isinstance(next_link, dict):
                next_link = next_link.get("href")
            url = urllib.parse.urljoin(self.url, next_link) if next_link else None
            params = None
        return found


class EnergyView:
    """The EnergyView door."""

    def __init__(self, url, domain="demo", key="demo-secret"):
        self.url = f"{url}/{domain}/api/v1/timeseries"
        self.session = session()
        self.session.headers["Authorization"] = "Key " + key

    def write(self, node, tag, values, **params):
        body = [{"node_id": node, "tag": tag, "data": [{"v": v, "ts": t} for t, v in values]}]
        params.setdefault("silent", "true")
        return self.session.post(self.url, json=body, params=params, timeout=60)

    def read(self, node, tag, start="1970-01-01T00:00:00Z", end="2200-01-01T00:00:00Z"):
        """All values as [(time text, value)]."""
        answer = self.session.get(self.url, timeout=120,
                                  params={"node_id": node, "tag": tag, "start": start, "end": end})
        answer.raise_for_status()
        series = answer.json()["timeseries"]
        return [(item["ts"], item["v"]) for item in series[0]["data"]] if series else []


class EnergyViewTwo:
    """API v2 of the EnergyView door."""

    def __init__(self, url, domain="demo", key="demo-secret"):
        self.url = f"{url}/api/v2"
        self.session = session()
        self.session.auth = (domain, key)

    def series_named(self, name):
        """A series by its name, of whatever thing."""
        for offset in range(0, 1000, 100):
            page = self.session.get(f"{self.url}/timeseries", params={"limit": 100, "offset": offset}, timeout=60).json()
            for series in page:
                if series["name"] == name:
                    return series
        raise KeyError(name)

    def data(self, uuid, **params):
        """All values as [(time text, value)]."""
        answer = self.session.get(f"{self.url}/timeseries/{uuid}/data", params=params, timeout=120)
        answer.raise_for_status()
        return [(row["ts"], row["v"]) for row in answer.json()]


def unix_ns(text):
    """A time as any door prints it, in whole nanoseconds since 1970."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", text)
    if not found:
        raise ValueError(f"not a time: {text}")
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    seconds = (_days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
    if found.group(8) != "Z":
        sign = 1 if found.group(8)[0] == "+" else -1
        seconds -= sign * (int(found.group(8)[1:3]) * 3600 + int(found.group(8)[4:6]) * 60)
    return seconds * 1_000_000_000 + int((found.group(7) or "").ljust(9, "0")[:9])


def _days(year, month, day):
    import datetime
    return (datetime.date(year, month, day) - datetime.date(1970, 1, 1)).days


def time_text(ns):
    """UTC with as many fraction digits as needed."""
    seconds, rest = divmod(ns, 1_000_000_000)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    if rest:
        text += f".{rest:09d}".rstrip("0")
    return text + "Z"


def backfill(*arguments, work, environment=None, expect=0):
    """Runs `penstock backfill`; returns its output."""
    done = subprocess.run([str(BINARY), "backfill", *map(str, arguments), "--work", str(work)], capture_output=True,
                          text=True, timeout=1800, env={**os.environ, **(environment or {})}, check=False)
    if done.returncode != expect:
        raise RuntimeError(f"backfill ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
