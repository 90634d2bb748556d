#!/usr/bin/env python3
"""What is written through one door is read through the others, and outlives SIGTERM and kill."""

from harness import (BX_POINT, PARTITION, BuildingX, EnergyView, Omf, Pi, Server, check, check_equal, finish,
                     unix_ns)

with Server("--listen-tls", "127.0.0.1:0", "--health-listen", "127.0.0.1:0") as server:
    pi, omf, bx, ev = Pi(server.url), Omf(server.url), BuildingX(server.url), EnergyView(server.url)
    number = BX_POINT + "a1"
    bx_tag, ev_tag = f"BX.{PARTITION}.{number}", "EV.demo.1.outdoortemp"

    def pi_rows(tag):
        return [(unix_ns(t), v) for t, v, _ in pi.read(tag)]

    # EnergyView, then the others.
    rows = [(f"2024-02-01T00:00:{i:02d}.{i:06d}Z", i / 8) for i in range(60)]
    wanted = [(unix_ns(t), v) for t, v in rows]
    check_equal(ev.write(1, "outdoortemp", rows).status_code, 204, "EnergyView takes 60 values")
    check_equal(pi_rows(ev_tag), wanted, "PI reads what EnergyView wrote")
    check_equal([(unix_ns(t), v) for t, v in ev.read(1, "outdoortemp")], wanted, "EnergyView reads its own")

    # Building X, then the others.
    rows = [(f"2024-03-01T00:00:{i:02d}.{i:03d}Z", str(i / 4)) for i in range(60)]
    check_equal(bx.write(number, rows).status_code, 204, "Building X takes 60 values")
    check_equal(pi_rows(bx_tag), [(unix_ns(t), float(v)) for t, v in rows], "PI reads what Building X wrote")

    # PI writes into the points of the others.
    rows = [(f"2024-04-01T00:{i:02d}:00Z", i * 1.5) for i in range(30)]
    wanted = [(unix_ns(t), v) for t, v in rows]
    check_equal(pi.write(ev_tag, rows).status_code, 202, "PI writes to a point of EnergyView")
    check_equal([(unix_ns(t), v) for t, v in ev.read(1, "outdoortemp", "2024-04-01T00:00:00Z")], wanted,
                "EnergyView reads what PI wrote")
    check_equal(pi.write(bx_tag, rows).status_code, 202, "PI writes to a point of Building X")
    check_equal([(unix_ns(t), float(v)) for t, v in bx.read(number, "2024-04-01T00:00:00Z")], wanted,
                "Building X reads what PI wrote")

    # OMF makes a point by its container's name, and writes into one that is there.
    for name, fmt in (("Across.Number", "float64"),):
        check(omf.send("type", [{"id": name, "type": "object", "classification": "dynamic", "properties": {
            "Time": {"type": "string", "format": "date-time", "isindex": True},
            "Value": {"type": "number", "format": fmt}}}]).ok, "OMF makes a type")
    check(omf.send("container", [{"id": "across", "typeid": "Across.Number"}]).ok, "OMF makes a container")
    values = [{"Time": t, "Value": v} for t, v in rows]
    check(omf.send("data", [{"containerid": "across", "values": values}]).ok, "OMF takes 30 values")
    check_equal(pi_rows("across"), wanted, "PI reads what OMF wrote")

    # The same instant from two doors meets in one sample.
    check_equal(bx.write(number, [("2024-04-01T00:03:00Z", "1000")]).status_code, 202,
                "Building X says that PI's value is there")
    check_equal(ev.write(1, "outdoortemp", [("2024-04-01T00:03:00Z", 1000)], overwrite="update_window").status_code,
                204, "EnergyView overwrites PI's value")
    check((unix_ns("2024-04-01T00:03:00Z"), 1000) in pi_rows(ev_tag), "PI sees the overwritten value")

    # HTTPS is the same house, with a certificate that the server made itself.
    certificate = str(server.data / "tls-cert.pem")
    check_equal(len(Pi(server.tls_url, verify=certificate).read("across")), 30, "HTTPS serves the same data")

    # SINUSOID writes itself.
    check(len(pi.read("SINUSOID")) > 300, "SINUSOID has an hour of history")

    before = {tag: pi_rows(tag) for tag in (ev_tag, bx_tag, "across")}
    check_equal(server.stop(), 0, "SIGTERM ends the server well")
    server.start()
    pi = Pi(server.url)
    check_equal({tag: pi_rows(tag) for tag in before}, before, "everything is there after a stop")
    server.kill()
    server.start()
    pi = Pi(server.url)
    check_equal({tag: pi_rows(tag) for tag in before}, before, "everything is there after a kill")
    bx = BuildingX(server.url)
    check_equal(bx.write(number, [("2024-05-01T00:00:00Z", "1")]).status_code, 204, "and it goes on")
finish()
