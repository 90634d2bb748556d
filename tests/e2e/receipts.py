#!/usr/bin/env python3
"""A receipt says what became of the write: at every door, to its author and to administrators, after a kill and after
a flush. The audit finds the same batches by point, principal, door and time, and exports them."""

import csv
import io
import json

from harness import (BX_POINT, BuildingX, EnergyView, Omf, Pi, Server, check, check_equal, finish,
                     session, time_text, unix_ns)
from ledger import COUNTED, Console, outcomes_of_metrics, penstock

BEGIN_NS = unix_ns("2024-03-01T00:00:00Z")
NAME = "Penstock-Receipt"


def at(second):
    return time_text(BEGIN_NS + second * 1_000_000_000)


class Writes:
    """Writes of one principal, and what their receipts have to say."""

    def __init__(self, server):
        self.server = server
        self.given = {}  # receipt -> (what, door, counts)

    def taken(self, answer, what, door, counts, status=202):
        """An answer with one receipt. counts: stored, replaced, ignored, erased."""
        check_equal(answer.status_code, status, f"{what}: {answer.text[:300]}")
        self.keep(answer.headers.get(NAME), what, door, counts)
        for name, count in zip(COUNTED, counts):
            header = answer.headers.get(f"Penstock-{name.capitalize()}")
            if header is not None:
                check_equal(int(header), count, f"{what}: {name} of the header")

    def keep(self, receipt, what, door, counts):
        if check(receipt is not None and len(receipt) == 26, f"{what}: a receipt, not {receipt}"):
            check(receipt not in self.given, f"{what}: a receipt of its own")
            self.given[receipt] = (what, door, counts)

    def none(self, answer, what, status):
        check_equal((answer.status_code, answer.headers.get(NAME)), (status, None), f"{what}: no receipt")

    def compare(self, console, when):
        for receipt, (what, door, counts) in self.given.items():
            told = console.receipt(receipt)
            if not check(isinstance(told, dict), f"{when}: receipt of {what}: {told}"):
                continue
            check_equal((told["receipt"], told["state"], told["door"]), (receipt, "applied", door), f"{when}: {what}")
            check_equal(tuple(told["counts"][name] for name in COUNTED), counts, f"{when}: counts of {what}")
            check_equal((told["sent"], told["set_aside"]), (sum(counts), []), f"{when}: all of {what}")


def write_pi(writes, pi):
    value = {"Timestamp": at(0), "Value": 1.5}
    stream = f"{pi.base}/streams/{pi.web_id('SINUSOID')}"
    post = pi.session.post
    writes.taken(post(stream + "/value", json=value), "one value", "pi", (1, 0, 0, 0))
    writes.taken(post(stream + "/value", json=value), "the same again", "pi", (0, 1, 0, 0))
    writes.taken(post(stream + "/value?updateOption=Insert", json=value), "an insert, dropped", "pi", (0, 0, 1, 0))
    writes.none(post(stream + "/value?bufferOption=DoNotBuffer", json=value), "DoNotBuffer", 204)
    rows = [{"Timestamp": at(i), "Value": i + 0.25} for i in range(5)]
    writes.taken(post(stream + "/recorded", json=rows), "five values", "pi", (4, 1, 0, 0))
    partly = rows + [{"Timestamp": at(9), "Value": "no number"}]
    writes.taken(post(stream + "/recorded?updateOption=Insert", json=partly), "a 207 with 202s", "pi", (0, 0, 5, 0), 207)
    writes.none(post(stream + "/recorded?bufferOption=DoNotBuffer", json=partly), "a 207 without", 207)
    writes.none(post(stream + "/recorded", json=[{"Timestamp": at(9), "Value": "x"}]), "all bad", 400)
    writes.none(post(stream + "/recorded", json=[]), "nothing", 204)
    writes.taken(post(stream + "/recorded?updateOption=Remove", json=rows[:2] + [{"Timestamp": at(8)}]), "a removal",
                 "pi", (0, 0, 1, 2))
    sets = [{"WebId": pi.web_id(tag), "Items": [{"Timestamp": at(20 + i), "Value": i} for i in range(3)]}
            for tag in ("SINUSOID", "CDT158")]
    writes.taken(post(pi.base + "/streamsets/recorded", json=sets), "values of two streams", "pi", (6, 0, 0, 0))
    sets[0]["Items"][1]["Value"] = "no number"
    writes.taken(post(pi.base + "/streamsets/recorded", json=sets), "two streams, partly", "pi", (0, 5, 0, 0), 207)
    ones = [{"WebId": pi.web_id(tag), "Value": {"Timestamp": at(30), "Value": 3}} for tag in ("SINUSOID", "CDT158")]
    writes.taken(post(pi.base + "/streamsets/value", json=ones), "a value of each", "pi", (2, 0, 0, 0))

    attribute = pi.session.get(pi.base + "/attributes", params={"path": r"\\PENSTOCK\Demo\Boiler1|Temperature"})
    if check_equal(attribute.status_code, 200, "the attribute of a point"):
        web_id = attribute.json()["WebId"]
        writes.taken(post(f"{pi.base}/streams/{web_id}/value", json={"Timestamp": at(0), "Value": 20}),
                     "an attribute of a point", "pi", (1, 0, 0, 0))
    return stream


def write_batches(writes, pi, stream):
    def entry(at_second, **more):
        return {"Method": "POST", "Resource": stream + "/value",
                "Content": json.dumps({"Timestamp": at(at_second), "Value": 4}), **more}

    answer = pi.session.post(pi.base + "/batch", json={"a": entry(40), "b": entry(41), "c": entry(40)})
    receipts = {one["Headers"].get(NAME) for one in answer.json().values()}
    if check_equal(len(receipts), 1, "neighbours of a batch are one write"):
        writes.keep(receipts.pop(), "a batch of neighbours", "pi", (2, 1, 0, 0))
    answer = pi.session.post(pi.base + "/batch", json={
        "a": entry(42), "b": entry(43, ParentIds=["a"]),
        "c": {**entry(44), "Resource": stream + "/value?bufferOption=DoNotBuffer"}})
    for name in ("a", "b"):
        writes.keep(answer.json()[name]["Headers"].get(NAME), f"sub-request {name}", "pi", (1, 0, 0, 0))
    check(NAME not in answer.json()["c"]["Headers"], "a 204 of a batch has none")


def write_others(writes, url, secrets):
    omf = Omf(url, "author", secrets["password"])
    check(omf.send("type", [{"id": "Rec", "type": "object", "classification": "dynamic", "properties": {
        "Time": {"type": "string", "format": "date-time", "isindex": True}, "Value": {"type": "number"}}}]).ok, "a type")
    check(omf.send("container", [{"id": "rec", "typeid": "Rec"}]).ok, "a container")
    data = [{"containerid": "rec", "values": [{"Time": at(i), "Value": i} for i in range(4)]}]
    writes.taken(omf.send("data", data), "OMF values", "omf", (4, 0, 0, 0))
    writes.taken(omf.send("data", data, "update"), "OMF values again", "omf", (0, 4, 0, 0))
    writes.taken(omf.send("data", data, "delete"), "OMF values deleted", "omf", (0, 0, 0, 4), 200)

    bx = BuildingX(url, "author", secrets["client"])
    rows = [(at(i), str(i)) for i in range(3)]
    writes.none(bx.write(BX_POINT + "a1", rows), "Building X without conflicts", 204)
    writes.taken(bx.write(BX_POINT + "a1", rows + [(at(9), "9")]), "Building X with conflicts", "buildingx", (1, 0, 3, 0))
    writes.none(bx.write(BX_POINT + "a1", rows, overwrite=True), "Building X over it", 204)

    ev = EnergyView(url, key=secrets["key"])
    writes.none(ev.write(1, "outdoortemp", [(at(0), 5)]), "EnergyView", 204)
    writes.none(ev.write(1, "outdoortemp", [(at(0), 6)], silent="false"), "EnergyView with rows", 200)


def ask_others(server, author, writes, secrets):
    receipt = next(iter(writes.given))
    admin = Console(server.url)
    check(isinstance(admin.receipt(receipt), dict), "an administrator sees the receipt")
    other = admin.make_principal("other")
    check_equal(Console(server.url, "other", other["password"]).receipt(receipt), 403, "another principal")
    check_equal(Console(server.url, "viewer", "viewer-secret").receipt(receipt), 403, "a reader")
    check_equal(session().get(author.base + "receipts/" + receipt, timeout=60).status_code, 401, "nobody")
    bearer = BuildingX(server.url, "author", secrets["client"]).session
    check_equal(bearer.get(author.base + "receipts/" + receipt, timeout=60).status_code, 200, "a token of the author")
    by_key = {"Authorization": "Key " + secrets["key"]}
    check_equal(session().get(author.base + "receipts/" + receipt, params={"domain": "demo"}, headers=by_key,
                              timeout=60).status_code, 200, "an EnergyView key of the author")
    check_equal(session().get(author.base + "audit", params={"domain": "demo"}, headers=by_key,
                              timeout=60).status_code, 401, "a key opens nothing else here")
    changed = ("b" if receipt[0] == "a" else "a") + receipt[1:]
    last = receipt[:-2] + ("a" if receipt[-2] != "a" else "b") + receipt[-1]
    for name in (changed, last, receipt[:-1], receipt + "a", "4711", "x" * 26):
        check_equal(author.receipt(name), 404, f"the receipt {name}, which nobody was given")
    check_equal(author.receipt(receipt.upper())["receipt"], receipt, "letter case does not matter")
    check_equal(author.get("audit").status_code, 403, "the audit is for administrators")


def look_through(server, author_writes):
    """The audit, by everything that it can be asked for."""
    admin = Console(server.url)
    given = author_writes.given
    mine = admin.audit(principal="author", max=7)
    check(set(given) <= {record["receipt"] for record in mine}, "the audit has every batch with a receipt")
    check_equal(sorted((r["seq"] for r in mine), reverse=True), [r["seq"] for r in mine], "newest first, none twice")
    check_equal({r["principal"] for r in mine}, {"author"}, "of one principal")
    number = admin.get("principals/author").json()["number"]
    check_equal(admin.audit(principal=str(number)), mine, "a principal by number")
    for record in mine:
        if record["receipt"] in given:
            what, door, counts = given[record["receipt"]]
            check_equal((record["door"], tuple(record[name] for name in COUNTED)), (door, counts), f"audit of {what}")
        check_equal(sum(record[name] for name in (*COUNTED, "rejected")), record["sent"], "outcomes of all samples")
    for door in ("pi", "omf", "buildingx", "energyview"):
        found = admin.audit(principal="author", door=door)
        check_equal(found, [r for r in mine if r["door"] == door], f"the audit of {door}")
        check(bool(found), f"batches of {door}")
    tag, web_id = "CDT158", Pi(server.url).web_id("CDT158")
    found = admin.audit(point=tag)
    check(len(found) == 3, f"three batches wrote to {tag}, not {len(found)}")
    check_equal(admin.audit(point=web_id), found, "a point by WebID")
    shown = admin.get("audit/" + found[0]["receipt"]).json()
    point = [touch for touch in shown["touches"] if touch["tag"] == tag]
    check_equal(len(point), 1, "what a batch did to one point")
    check_equal(admin.audit(point=str(point[0]["point"])), found, "a point by number")
    check_equal((point[0]["first"], point[0]["samples"]), (at(30), 1), "its range and samples")
    middle = mine[len(mine) // 2]["received"]
    late, early = admin.audit(principal="author", **{"from": middle}), admin.audit(principal="author", to=middle)
    both = {r["seq"] for r in late} & {r["seq"] for r in early}
    check_equal(len(late) + len(early) - len(both), len(mine), "a time divides them")
    check(all(r["received"] >= middle for r in late) and all(r["received"] <= middle for r in early), "at its place")
    for wrong, status in (({"door": "west"}, 400), ({"max": "0"}, 400), ({"from": "now"}, 400), ({"before": "x"}, 400),
                          ({"point": "NO SUCH"}, 404), ({"principal": "nobody"}, 404)):
        check_equal(admin.get("audit", **wrong).status_code, status, f"audit {wrong}")

    lines = admin.export("ndjson", principal="author").splitlines()
    exported = [json.loads(line) for line in lines]
    check_equal([{k: r[k] for k in mine[0]} for r in exported], mine, "NDJSON has them all")
    check(all(r["touches"] for r in exported), "with what each did")
    rows = list(csv.DictReader(io.StringIO(admin.export("csv", principal="author"))))
    check_equal([(r["receipt"], int(r["seq"]), int(r["stored"])) for r in rows],
                [(r["receipt"], r["seq"], r["stored"]) for r in mine], "CSV has them all")
    check_equal(admin.get("audit/export", format="xml").status_code, 400, "a format that is none")

    listed = penstock(server.url, "audit", "list", "--principal", "author", "--max", "1000")["items"]
    check_equal(listed, mine, "penstock audit list")
    check_equal(penstock(server.url, "audit", "export", "--format", "csv", "--principal", "author").count("\n"),
                len(mine) + 1, "penstock audit export")
    receipt = mine[0]["receipt"]
    check_equal(penstock(server.url, "receipt", receipt)["receipt"], receipt, "penstock receipt")
    check_equal(penstock(server.url, "audit", "show", receipt)["receipt"], receipt, "penstock audit show")
    check_equal(penstock(server.url, "dead-letters", "list")["items"], [], "penstock dead-letters list")
    check("no such dead letter" in penstock(server.url, "dead-letters", "show", "1-1", expect=1), "no dead letter")


def main():
    with Server() as server:
        admin = Console(server.url)
        secrets = admin.make_principal("author")
        author = Console(server.url, "author", secrets["password"])
        writes = Writes(server)
        pi = Pi(server.url, "author", secrets["password"])
        stream = write_pi(writes, pi)
        write_batches(writes, pi, stream)
        write_others(writes, server.url, secrets)
        writes.compare(author, "at once")
        before = {receipt: author.receipt(receipt) for receipt in writes.given}
        ask_others(server, author, writes, secrets)
        look_through(server, writes)

        server.kill()
        server.start()
        author = Console(server.url, "author", secrets["password"])
        writes.compare(author, "after a kill")
        check_equal({receipt: author.receipt(receipt) for receipt in writes.given}, before, "word for word")
        check_equal(server.stop(), 0, "a clean stop")
        server.start()
        author = Console(server.url, "author", secrets["password"])
        check_equal({receipt: author.receipt(receipt) for receipt in writes.given}, before, "after a flush")
        look_through(server, writes)

    with Server("--buffer.enabled=false") as server:
        pi = Pi(server.url)
        stream = f"{pi.base}/streams/{pi.web_id('SINUSOID')}/value"
        value = {"Timestamp": at(0), "Value": 1.5}
        answer = pi.session.post(stream, json=value)
        check_equal((answer.status_code, answer.headers.get(NAME)), (204, None), "without a buffer it is written through")
        answer = pi.session.post(stream + "?bufferOption=Buffer", json=value)
        check_equal((answer.status_code, "Retry-After" in answer.headers), (503, True), "Buffer has nothing to go to")
    with Server("--audit.enabled=false") as server:
        pi = Pi(server.url)
        answer = pi.write("SINUSOID", [(at(0), 1)])
        refused = Console(server.url).get("receipts/" + answer.headers.get(NAME, "none"))
        check_equal(refused.status_code, 404, "without an audit receipts are not known")
        check("switched off" in refused.text, "and the answer says why")
        check(outcomes_of_metrics(server.url)["stored"] > 0, "the metrics count all the same")
    finish()


if __name__ == "__main__":
    main()
