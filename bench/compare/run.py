#!/usr/bin/env python3
"""Penstock beside VictoriaMetrics and InfluxDB: the same samples, one machine, one run.

    bench/compare/run.py [--scale 1.0] [--victoria PATH] [--influx PATH] [--write docs/benchmarks.md]

Needs build/release/penstock and build/release/bench/load (cmake --build --preset release --target penstock load), and
Debian's victoria-metrics and influxdb for the peers; a peer that is not found is left out. All servers listen on
127.0.0.1, on ports that are free, with data in temporary folders, and run one at a time.

Client and server share the machine's cores, so rates say little by themselves; the CPU time of the server per sample,
from /proc, is what compares.
"""

import argparse
import contextlib
import http.client
import json
import math
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from harness import BX_POINT, PARTITION, BuildingX, EnergyView, Omf, Pi, Server, basic  # noqa: E402

LOAD = ROOT / "build" / "release" / "bench" / "load"
TICKS = os.sysconf("SC_CLK_TCK")
FLUSHED_AFTER_S = 8  # An idle head is flushed after five seconds.
# work: (requests, points, connections) at scale 1, the word of load for it, and what one unit of it is called
WORKS = {"backfill": (3000, 100, 4, "backfill", "sample"), "live": (1000, 1000, 4, "live", "sample"),
         "single": (100_000, 100, 32, "single", "request"), "single, 128": (100_000, 100, 128, "single", "request"),
         "streamset": (1000, 1000, 4, "streamset", "sample"), "batch": (500, 1000, 4, "batch", "sample"),
         "hundreds": (10_000, 1, 32, "backfill", "sample")}
# The aim: server CPU per unit in nanoseconds.
BARS = {"backfill": 100, "live": 200, "single": 9000, "single, 128": 7500, "streamset": 200, "batch": 800,
        "hundreds": 200}
PEER_WORKS = ("backfill", "live", "single", "single, 128")
PLAN = [("Penstock, PI Web API", "pi", ("backfill", "single", "single, 128", "streamset", "batch")),
        ("Penstock, OMF", "omf", ("backfill", "live", "single", "single, 128")),
        ("Penstock, EnergyView", "energyview", ("backfill", "live", "single", "single, 128")),
        ("Penstock, Building X", "buildingx", ("hundreds", "single", "single, 128"))]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def folder_bytes(folder):
    return sum(p.stat().st_blocks * 512 for p in pathlib.Path(folder).rglob("*") if p.is_file())


class Peer:
    """Another server, with its own command line."""

    def __init__(self, name, binary, folder):
        self.name, self.binary, self.folder = name, binary, pathlib.Path(folder)
        self.port = free_port()
        self.data = self.folder / "data"

    def __enter__(self):
        if self.name == "victoria":
            command = [self.binary, f"-storageDataPath={self.data}", f"-httpListenAddr=127.0.0.1:{self.port}",
                       "-retentionPeriod=100y"]
            probe = "/health"
        else:
            config = self.folder / "influx.conf"
            config.write_text(f'''reporting-disabled = true
bind-address = "127.0.0.1:{free_port()}"
[meta]
  dir = "{self.data}/meta"
[data]
  dir = "{self.data}/data"
  wal-dir = "{self.data}/wal"
  max-values-per-tag = 0
[http]
  bind-address = "127.0.0.1:{self.port}"
  log-enabled = false
[monitor]
  store-enabled = false
''')
            command, probe = [self.binary, "-config", str(config)], "/ping"
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(300):
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"http://127.0.0.1:{self.port}{probe}", timeout=5).status_code < 300:
                    break
            time.sleep(0.1)
        if self.name == "influx":
            requests.post(f"http://127.0.0.1:{self.port}/query", data={"q": "CREATE DATABASE bench"}, timeout=30)
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(120)
        self.log.close()

    def flushed_bytes(self):
        """Bytes on disk once everything is in its final form, as far as a stop brings it there."""
        if self.name == "victoria":
            requests.get(f"http://127.0.0.1:{self.port}/internal/force_flush", timeout=60)
            requests.get(f"http://127.0.0.1:{self.port}/internal/force_merge", timeout=300)
            time.sleep(5)
            return folder_bytes(self.data / "data")
        time.sleep(5)
        self.process.terminate()
        self.process.wait(120)
        return folder_bytes(self.data)


def run_load(port, pid, dialect, work, scale, names=None, login=None, points=None):
    count, default_points, connections, load_work, _ = WORKS[work]
    points = points or default_points
    arguments = [str(LOAD), "127.0.0.1", str(port), str(connections), dialect, load_work, str(max(1, int(count * scale))),
                 str(points)]
    if names is not None:
        arguments.append(names)
    if login is not None:
        arguments.append(login)
    before = cpu_seconds(pid)
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=1200, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{dialect} {work}: {done.stdout}{done.stderr}")
    result = json.loads(done.stdout)
    result["cpu_s"] = cpu_seconds(pid) - before
    result["peak_bytes"] = peak_memory(pid)
    return result


def peak_memory(pid):
    found = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) * 1024


def prepare_penstock(server, dialect, points):
    """Makes the points; returns the names file's text and the login."""
    tags = [f"bench{i}" for i in range(points)]
    if dialect in ("pi", "omf"):
        omf = Omf(server.url)
        omf.send("type", [{"id": "Bench", "type": "object", "classification": "dynamic", "properties": {
            "Time": {"type": "string", "format": "date-time", "isindex": True},
            "Value": {"type": "number", "format": "float64"}}}]).raise_for_status()
        omf.send("container", [{"id": tag, "typeid": "Bench"} for tag in tags]).raise_for_status()
        names = tags
        if dialect == "pi":
            pi = Pi(server.url)
            names = [pi.web_id(tag) for tag in tags]
        return names, basic("demo", "demo-secret")
    if dialect == "energyview":
        # A first write makes nodes and tags, and has the key checked: the slow hash belongs to no measured request.
        first = [{"node_id": 7, "tag": tag, "data": [{"v": 0, "ts": "2020-01-01T00:00:00Z"}]} for tag in tags]
        EnergyView(server.url).session.post(f"{server.url}/demo/api/v1/timeseries?silent=true",
                                            json=first).raise_for_status()
        return [f"7/{tag}" for tag in tags], "Key demo-secret"
    bx = BuildingX(server.url)
    return [f"/ingest/partitions/{PARTITION}/points/{BX_POINT}a1/values"], bx.session.headers["Authorization"]


BEGIN = "2024-01-01T00:00:00Z"  # Of the load's samples.


def read_back(port, pid, targets, headers, samples, rounds=5):
    """GETs every target over one connection, and reads and drops the answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    size = 0

    def once():
        nonlocal size
        for target in targets:
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            if answer.status != 200:
                raise RuntimeError(f"{target}: {answer.status} {answer.read(500)}")
            while chunk := answer.read(1 << 20):
                size += len(chunk)

    once()  # Caches warm.
    size, before, begin = 0, cpu_seconds(pid), time.perf_counter()
    for _ in range(rounds):
        once()
    return {"samples": samples * rounds, "seconds": time.perf_counter() - begin, "cpu_s": cpu_seconds(pid) - before,
            "json_bytes": size / (samples * rounds)}


def read_back_penstock(server, names, login, samples):
    target = "/piwebapi/streams/{}/recorded?startTime=" + BEGIN + "&endTime=2025-01-01T00:00:00Z&maxCount=150000"
    short = target + "&selectedFields=Items.Timestamp;Items.Value"
    return {form: read_back(server.port, server.process.pid, [text.format(name) for name in names],
                            {"Authorization": login}, samples)
            for form, text in (("whole items", target), ("time and value", short))}


def read_back_peer(name, peer, points, samples):
    if name == "victoria":
        targets = [f"/api/v1/export?match[]=m{i}" for i in range(points)]
    else:
        targets = [f"/query?db=bench&epoch=ms&q=SELECT+v+FROM+m{i}" for i in range(points)]
    return {"its own form": read_back(peer.port, peer.process.pid, targets, {}, samples)}


def bench_penstock(dialect, work, scale):
    points = 1 if dialect == "buildingx" else WORKS[work][1]
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        names, login = prepare_penstock(server, dialect, points)
        file = pathlib.Path(folder) / "names"
        file.write_text("\n".join(names) + "\n")
        result = run_load(server.port, server.process.pid, dialect, work, scale, str(file), login, points)
        if work == "backfill" and dialect == "pi":
            time.sleep(FLUSHED_AFTER_S)
            result["read_back"] = read_back_penstock(server, names, login, result["samples"])
        if work == "backfill" and dialect != "buildingx":
            server.stop()
            result["bytes"] = store_bytes(server.data)
        return result


def store_bytes(data):
    """The blocks: the journal is cut by the flush, its segments stay as spare space of a fixed size."""
    return sum(p.stat().st_size for p in data.rglob("*") if p.is_file() and "journal" not in p.parts
               and p.suffix not in (".pem",) and "reserve" not in p.name)


def bench_peer(name, binary, work, scale):
    with tempfile.TemporaryDirectory(prefix="penstock-bench-") as folder, Peer(name, binary, folder) as peer:
        result = run_load(peer.port, peer.process.pid, name, work, scale)
        if work == "backfill":
            if name == "victoria":
                requests.get(f"http://127.0.0.1:{peer.port}/internal/force_flush", timeout=60)
            result["read_back"] = read_back_peer(name, peer, WORKS[work][1], result["samples"])
            result["bytes"] = peer.flushed_bytes()
        return result


def machine():
    cpu = "unknown processor"
    with contextlib.suppress(OSError):
        found = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
        cpu = found.group(1) if found else cpu
    memory = int(re.search(r"MemTotal: +(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) // (1 << 20)
    return f"{os.cpu_count()} cores of {cpu}, {memory} GiB, Linux {platform.release()}"


def fsync_us(folder):
    """What one small synced write costs here."""
    file = os.open(pathlib.Path(folder) / "probe", os.O_CREAT | os.O_WRONLY, 0o600)
    begin = time.perf_counter()
    for i in range(200):
        os.pwrite(file, b"x" * 4096, 0)
        os.fdatasync(file)
    os.close(file)
    return (time.perf_counter() - begin) / 200 * 1e6


def per_unit(work, result):
    """Server CPU in nanoseconds, and how many units there were."""
    count = result["requests"] if WORKS[work][4] == "request" else result["samples"]
    return result["cpu_s"] / count * 1e9, count


def table(results):
    lines = ["| Work | Server | per second | server CPU | aim | p50 | p99 | bytes per sample | peak memory |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]

    def time_text(ns):
        return f"{ns / 1000:.1f} µs" if ns >= 2000 else f"{ns:.0f} ns"
    for work in WORKS:
        for (name, its_work), result in results.items():
            if its_work != work:
                continue
            unit = WORKS[work][4]
            cpu, count = per_unit(work, result)
            rate = count / result["seconds"]
            rate_text = f"{rate / 1e6:.2f} M {unit}s" if rate > 1e6 else f"{rate / 1e3:.1f} k {unit}s"
            size = f"{result['bytes'] / result['samples']:.2f}" if "bytes" in result else ""
            aim = f"≤ {time_text(BARS[work])}" if name.startswith("Penstock") else ""
            lines.append(f"| {work} | {name} | {rate_text} | {time_text(cpu)} per {unit} | {aim} | {result['p50_us']:.0f} µs "
                         f"| {result['p99_us']:.0f} µs | {size} | {result['peak_bytes'] / 1e6:.0f} MB |")
    return "\n".join(lines)


def plot(results):
    """Server CPU per unit as bars, one group a work, on a logarithmic scale; the aim is a line over its group."""
    left, row, width, decades = 230, 18, 900, (10, 100_000)

    def x(ns):
        low, high = math.log10(decades[0]), math.log10(decades[1])
        return left + (math.log10(max(ns, decades[0])) - low) / (high - low) * (width - left - 90)
    colours = {"VictoriaMetrics": "#8d8d8d", "InfluxDB": "#c4c4c4"}
    out, y = [], 40
    for work in WORKS:
        rows = [(name, per_unit(work, r)[0]) for (name, its), r in results.items() if its == work]
        if not rows:
            continue
        out.append(f'<text x="8" y="{y + 13}" font-weight="bold">{work}, per {WORKS[work][4]}</text>')
        y += row
        top = y
        for name, ns in rows:
            text = f"{ns / 1000:.1f} µs" if ns >= 2000 else f"{ns:.0f} ns"
            out.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{name}</text>'
                       f'<rect x="{left}" y="{y + 2}" width="{x(ns) - left:.1f}" height="{row - 4}" '
                       f'fill="{colours.get(name, "#1b6ca8")}"/><text x="{x(ns) + 5:.1f}" y="{y + 13}">{text}</text>')
            y += row
        at = x(BARS[work])
        out.append(f'<line x1="{at:.1f}" y1="{top}" x2="{at:.1f}" y2="{y}" stroke="#c33" stroke-dasharray="4 2"/>')
        y += 10
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" font-family="sans-serif" font-size="12">'
            f'<rect width="{width}" height="{y}" fill="white"/><text x="8" y="20" font-size="15">Server CPU per unit of work'
            ' (logarithmic; the dashed line is the aim)</text>')
    return head + "\n".join(out) + "</svg>\n"


def read_table(results):
    lines = ["| Server | JSON | samples per second | server CPU per sample | samples per core-second | bytes of JSON |",
             "| --- | --- | --- | --- | --- | --- |"]
    for (name, _), result in results.items():
        for form, read in result.get("read_back", {}).items():
            cpu = read["cpu_s"] / read["samples"]
            lines.append(f"| {name} | {form} | {read['samples'] / read['seconds'] / 1e6:.2f} M | {cpu * 1e9:.0f} ns "
                         f"| {1 / cpu / 1e6:.2f} M | {read['json_bytes']:.0f} |")
    return "\n".join(lines)


def ratios(results):
    lines = ["| Work | door | CPU: VictoriaMetrics ÷ Penstock | CPU: InfluxDB ÷ Penstock |", "| --- | --- | --- | --- |"]
    for (name, work), result in results.items():
        if not name.startswith("Penstock"):
            continue
        # The peers have no requests of a hundred samples, stream sets or batches: those stand beside their live row.
        like = work if work in PEER_WORKS else "live"
        cells = []
        for peer in ("VictoriaMetrics", "InfluxDB"):
            other = results.get((peer, like))
            cells.append(f"{per_unit(like, other)[0] / per_unit(work, result)[0]:.1f}" if other and result["cpu_s"] > 0 else "–")
        lines.append(f"| {work} | {name.split(', ')[1]} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--victoria", default=shutil.which("victoria-metrics"))
    parser.add_argument("--influx", default=shutil.which("influxd"))
    parser.add_argument("--only", help="works, separated by semicolons")
    parser.add_argument("--write", help="put the tables into this page, between its marks, and the plot beside it")
    options = parser.parse_args()
    works = options.only.split(";") if options.only else list(WORKS)
    results = {}
    for work in works:
        for title, dialect, its_works in PLAN:
            if work in its_works:
                results[title, work] = bench_penstock(dialect, work, options.scale)
                print(title, work, results[title, work], flush=True)
        for title, name, binary in (("VictoriaMetrics", "victoria", options.victoria),
                                    ("InfluxDB", "influx", options.influx)):
            if binary and work in PEER_WORKS:
                results[title, work] = bench_peer(name, binary, work, options.scale)
                print(title, work, results[title, work], flush=True)
    with tempfile.TemporaryDirectory() as folder:
        sync = fsync_us(folder)
    text = (f"{time.strftime('%Y-%m-%d')}, {machine()}; one fdatasync takes {sync:.0f} µs.\n\n{table(results)}\n\n"
            f"{read_table(results)}\n\n{ratios(results)}\n")
    print("\n" + text)
    if options.write:
        page = pathlib.Path(options.write)
        head, rest = page.read_text().split("<!-- figures -->\n", 1)
        tail = rest.split("<!-- end -->", 1)[1]
        page.write_text(head + "<!-- figures -->\n" + text + "<!-- end -->" + tail)
        page.with_suffix(".svg").write_text(plot(results))


if __name__ == "__main__":
    main()
