#!/usr/bin/env python3
"""No write is acknowledged before it is synced, as the system calls show.

The server runs under strace while clients write through every door, alone and many at a time. For each answer of
success to a write, the trace must have, between the arrival of its request and the sending of the answer, bytes
written to the journal and after that a sync of the same file that returned 0.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

from harness import BX_POINT, PARTITION, BuildingX, EnergyView, Omf, Pi, Server, check, finish

CLIENTS, WRITES = 8, 25
CALL = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$")
JOURNAL_FD = re.compile(r"^(\d+)<[^>]*/journal/")
SOCKET_FD = re.compile(r"^(\d+)<(?:TCP|socket)")


class Trace:
    """strace on a running process, from `with` to its end."""

    def __init__(self, pid, file):
        self.pid, self.file = pid, file

    def __enter__(self):
        self.process = subprocess.Popen(
            ["strace", "-f", "-yy", "-s", "16", "-o", str(self.file), "-e",
             "trace=recvfrom,recvmsg,read,readv,pwrite64,pwritev,fsync,fdatasync,sendmsg,sendto,write,writev",
             "-p", str(self.pid)], stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()  # "Process N attached …"
        if "attached" not in line:
            raise RuntimeError(f"strace: {line}{self.process.stderr.read()}")
        time.sleep(0.5)  # Further threads are attached one by one.
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(30)
        self.process.stderr.close()


def events(file):
    """(what, fd, text) in the order in which calls began or ended: `begin` and `end` of each call."""
    open_calls = {}
    for line in file.read_text(errors="replace").splitlines():
        found = CALL.match(line)
        if not found:
            continue
        thread, resumed, name, rest = found.groups()
        if resumed:
            begun = open_calls.pop(thread, None)
            if begun:
                yield "end", begun[0], begun[1], begun[2] + rest
            continue
        yield "begin", name, rest, rest
        if rest.endswith("<unfinished ...>"):
            open_calls[thread] = (name, rest, rest)
        else:
            yield "end", name, rest, rest


def returned(text):
    found = re.search(r"\) += (-?\d+)", text)
    return int(found.group(1)) if found else None


def acknowledgements(file):
    """For every successful answer to a POST or PUT: True if a sync stands between its request and itself."""
    arrived, written, synced = {}, {}, {}  # By socket: when; by journal file: when the last write, and sync, ended.
    write_before_sync = {}
    for at, (edge, name, first, text) in enumerate(events(file)):
        socket, journal = SOCKET_FD.match(first), JOURNAL_FD.match(first)
        if name in ("recvfrom", "recvmsg", "read", "readv") and socket and edge == "end" and '"P' in text:
            if re.search(r'"(POST|PUT) ', text):
                arrived[socket.group(1)] = at
        elif name in ("pwrite64", "pwritev") and journal and edge == "end" and (returned(text) or 0) > 0:
            written[journal.group(1)] = at
        elif name in ("fdatasync", "fsync") and journal:
            if edge == "begin":
                write_before_sync[journal.group(1)] = written.get(journal.group(1), -1)
            elif returned(text) == 0:
                synced[journal.group(1)] = write_before_sync.get(journal.group(1), -1)
        elif name in ("sendmsg", "sendto", "writev", "write") and socket and edge == "begin" and '"HTTP/1.1 2' in text:
            begin = arrived.pop(socket.group(1), None)
            if begin is not None:
                # What was synced was written after the request had come.
                yield any(write > begin for write in synced.values())


def write_all(server, client, count):
    """`count` writes through each door; new times each, so that every one has something to keep."""
    pi, omf, ev, bx = Pi(server.url), Omf(server.url), EnergyView(server.url), BuildingX(server.url)
    web_id = pi.web_id("SINUSOID")
    sent = 0
    for i in range(count):
        second = f"2024-03-{client + 1:02d}T{i // 60:02d}:{i % 60:02d}"
        answers = [
            pi.session.post(f"{server.url}/piwebapi/streams/{web_id}/value",
                            json={"Timestamp": f"{second}:01Z", "Value": i}),
            omf.send("data", [{"containerid": "Synced", "values": [{"Time": f"{second}:02Z", "Value": i}]}]),
            ev.session.post(f"{server.url}/demo/api/v1/timeseries?silent=true",
                            json=[{"node_id": 1, "tag": "outdoortemp", "data": [{"v": i, "ts": f"{second}:03Z"}]}]),
            bx.session.post(f"{server.url}/ingest/partitions/{PARTITION}/points/{BX_POINT}a1/values?overwrite=true",
                            json={"data": [{"type": "PointValue",
                                            "attributes": {"timestamp": f"{second}:04Z", "value": str(i)}}]},
                            headers={"Content-Type": "application/vnd.api+json"})]
        for answer in answers:
            check(answer.status_code in (200, 201, 202, 204), f"a write: {answer.status_code} {answer.text[:200]}")
        sent += len(answers)
    return sent


def main():
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        omf = Omf(server.url)
        omf.send("type", [{"id": "Synced.Type", "type": "object", "classification": "dynamic", "properties": {
            "Time": {"type": "string", "format": "date-time", "isindex": True},
            "Value": {"type": "number", "format": "float64"}}}]).raise_for_status()
        omf.send("container", [{"id": "Synced", "typeid": "Synced.Type"}]).raise_for_status()
        write_all(server, 20, 1)  # Slow password checks happen before the trace.
        for clients, count in ((1, 10), (CLIENTS, WRITES)):
            file = pathlib.Path(folder) / f"trace{clients}"
            sent = []
            with Trace(server.process.pid, file):
                threads = [threading.Thread(target=lambda c=c: sent.append(write_all(server, c, count)))
                           for c in range(clients)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            found = list(acknowledgements(file))
            # A Building X client also fetches a token, by a POST that stores nothing.
            print(f"{clients} clients: {sum(sent)} writes acknowledged, {sum(found)} answers behind their sync")
            check(sum(found) >= sum(sent), f"{clients} clients: {sum(sent) - sum(found)} answers came before a sync")
            # The reading of the trace itself: without its syncs nothing may pass.
            unsynced = pathlib.Path(folder) / "unsynced"
            unsynced.write_text("".join(line for line in file.read_text(errors="replace").splitlines(True)
                                        if "fdatasync" not in line and "fsync" not in line))
            check(not any(acknowledgements(unsynced)), "a trace without syncs passed")
            check(len(found) <= sum(sent) + clients, f"{clients} clients: {len(found)} answers for {sum(sent)} writes")
    finish()


if __name__ == "__main__":
    if subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0:
        print("strace can't trace here")
        sys.exit(1)
    main()
