#!/usr/bin/env python3
"""Starting, configuring, watching and ending a server."""

import json
import os
import pathlib
import re
import subprocess
import tempfile

import requests

from harness import BINARY, EnergyView, Pi, Server, check, check_equal, finish


def run(*arguments, stdin=None, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PENSTOCK_")}
    return subprocess.run([str(BINARY), *map(str, arguments)], capture_output=True, text=True, timeout=120, input=stdin,
                          env={**clean, **environment}, check=False)


def configured():
    """A server with principals of its own: what the demo knows must not open it."""
    hashed = run("hash-secret", stdin="north-secret\n")
    check_equal(hashed.returncode, 0, "hash-secret")
    check(hashed.stdout.startswith("$argon2id$"), "hash-secret prints an argon2id text")
    config = f'''
energyview.auto_create = "nodes"
[[principals]]
name = "loader"
grants = [{{ points = "EV.north.*", rights = ["read", "write"] }}]
logins = [
  {{ kind = "key", id = "north", secret = "{hashed.stdout.strip()}" }},
  {{ kind = "password", id = "loader", secret = "{hashed.stdout.strip()}" }},
]
'''
    with Server(demo=False, config=config) as server:
        check_equal(EnergyView(server.url, "north", "north-secret").write(5, "flow", [("2024-01-01T00:00:00Z", 1.5)])
                    .status_code, 204, "a configured key writes")
        check_equal(EnergyView(server.url, "north", "demo-secret").write(5, "flow", [("2024-01-01T00:00:01Z", 1)])
                    .status_code, 401, "the demo's key is unknown")
        pi = Pi(server.url, "loader", "north-secret")
        check_equal(pi.read("EV.north.5.flow"), [("2024-01-01T00:00:00Z", 1.5, True)], "the password reads it")
        check_equal(requests.get(server.url + "/piwebapi/points", params={"path": r"\\PENSTOCK\SINUSOID"},
                                 auth=("loader", "north-secret"), timeout=60).status_code, 404, "no demo points")
        check_equal(server.stop(), 0, "a configured server ends well")


def watched():
    with Server("--health-listen", "127.0.0.1:0") as server:
        health = re.search(r"Health and metrics: (\S+)/health", server.greeting).group(1)
        check(health != server.url, "health has a port of its own")
        for base in (server.url, health):
            for path in ("/health/live", "/health/ready"):
                check_equal(requests.get(base + path, timeout=60).status_code, 200, path)
        check_equal(requests.get(health + "/piwebapi", timeout=60).status_code, 404, "the small port has no doors")
        EnergyView(server.url).write(1, "outdoortemp", [("2024-01-01T00:00:00Z", 1)])
        metrics = requests.get(health + "/metrics", timeout=60).text
        for wanted in (r'penstock_http_requests_total\{door="energyview",status="204"\} 1\b',
                       r"penstock_archive_samples \d", r"penstock_ready 1\b",
                       r'penstock_http_request_nanoseconds_total\{door="energyview"\} [1-9]'):
            check(re.search(wanted, metrics) is not None, f"metrics have {wanted}")
        landing = requests.get(server.url, timeout=60).text
        check("/piwebapi" in landing and "secret" not in landing and str(server.data) not in landing,
              "the landing page names doors, no secrets, no folders")
        for word in (str(server.data), "demo-secret", "curl", "/piwebapi/omf", "/oauth/token"):
            check(word in server.greeting, f"the greeting says {word}")
        second = run("serve", "--demo", "--data", server.data, "--listen", "127.0.0.1:0", "--listen-tls", "off")
        check_equal(second.returncode, 3, f"a second server on the same data ({second.stderr[-300:]})")
        check(bool(second.stderr.strip()), "and it says why")
        taken = run("serve", "--demo", "--data", str(server.data) + "2", "--listen", server.url.split("//")[1],
                    "--listen-tls", "off")
        check_equal(taken.returncode, 5, f"an address that is taken ({taken.stderr[-300:]})")
        check_equal(server.stop(), 0, "SIGTERM ends it well")
        for line in server.log().splitlines():
            record = json.loads(line)
            check("ts" in record and "level" in record and "msg" in record, f"a log line is JSON: {line[:100]}")


def damaged():
    """A journal whose middle is broken is refused; nothing is changed."""
    with Server() as server:
        ev = EnergyView(server.url)
        for i in range(50):
            ev.write(1, "outdoortemp", [(f"2024-01-01T00:00:{i:02d}Z", i)])
        server.kill()
        journal = server.data / "journal"
        segments = sorted((p for p in journal.iterdir() if p.stat().st_size > 65536), key=lambda p: p.name)
        check(bool(segments), "there are segments")
        contents = {}
        for segment in segments:
            raw = bytearray(segment.read_bytes())
            end = len(bytes(raw).rstrip(b"\0"))
            if end > 5 * 4096:
                raw[3 * 4096 + 40] ^= 0xFF
                segment.write_bytes(raw)
            contents[segment] = bytes(raw)
        done = run("serve", "--demo", "--data", server.data, "--listen", "127.0.0.1:0", "--listen-tls", "off")
        check_equal(done.returncode, 4, f"a damaged journal ({done.stderr[-300:]})")
        check("nothing was changed" in done.stderr, f"and it says so: {done.stderr[-300:]}")
        check(all(segment.read_bytes() == raw for segment, raw in contents.items()), "and it is true")


def refused_starts():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "a.toml"
        cases = [
            ("nobody could log in", "", [], {}, 2, "principals"),
            ("unknown key", "a_typo = 1\n", ["--demo"], {}, 2, "a.toml:1: unknown key 'a_typo'"),
            ("plain HTTP for others", "", ["--demo", "--listen", "0.0.0.0:0"], {}, 2, "insecure-plain-http"),
            ("a wrong variable", "", ["--demo"], {"PENSTOCK_IO_THREADS": "many"}, 2, "PENSTOCK_IO_THREADS"),
            ("a wrong flag", "", ["--demo", "--no-such-flag"], {}, 2, "no-such-flag"),
            ("a file in place of the folder", "", ["--demo", "--data", str(file)], {}, 3, "data folder"),
        ]
        for name, text, flags, environment, code, words in cases:
            file.write_text(text)
            arguments = ["serve", "--config", str(file)]
            if "--data" not in flags:
                arguments += ["--data", folder + "/data"]
            if "--listen" not in flags:
                arguments += ["--listen", "127.0.0.1:0"]
            done = run(*arguments, "--listen-tls", "off", *flags, **environment)
            check_equal(done.returncode, code, f"{name} ({done.stderr[-300:]})")
            check(words in done.stderr, f"{name}: {done.stderr[-300:]}")


def effective_values():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "b.toml"
        file.write_text('io_threads = 3\nlog_level = "debug"\n')
        done = run("config", "--config", file, "--listen", "[::1]:1", PENSTOCK_LOG_LEVEL="error")
        check_equal(done.returncode, 0, "config")
        for line in (r'^io_threads = 3 +# file .*b\.toml:1$', r'^log_level = "error" +# variable PENSTOCK_LOG_LEVEL$',
                     r'^listen = "\[::1\]:1" +# flag$', r'^csrf_defense = "browser" +# default$'):
            check(re.search(line, done.stdout, re.MULTILINE) is not None, f"config prints {line}: {done.stdout}")
        demo = run("config", "--demo")
        check("argon2" not in demo.stdout and "demo-secret" not in demo.stdout, "config keeps secrets to itself")


configured()
watched()
damaged()
refused_starts()
effective_values()
finish()
