#!/usr/bin/env python3
"""A flame graph of the server under one of the loads of compare/run.py, as an SVG.

    bench/flame.py DIALECT WORK OUT.svg [--scale 1.0] [--title TEXT]

Needs Debian's linux-perf and the right to sample. Widths are shares of the server's CPU time, the kernel's included;
boxes stand on their callers.
"""

import argparse
import collections
import html
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "compare"))
import run as compare  # noqa: E402

WIDTH, ROW, LEFT = 1200, 17, 10
SHARE_MIN = 0.0015  # Narrower boxes are left out.


def record(dialect, work, scale, file):
    points = 1 if dialect == "buildingx" else compare.WORKS[work][1]
    with compare.Server() as server, tempfile.TemporaryDirectory() as folder:
        names, login = compare.prepare_penstock(server, dialect, points)
        listed = pathlib.Path(folder) / "names"
        listed.write_text("\n".join(names) + "\n")
        perf = subprocess.Popen(["perf", "record", "-q", "-F", "997", "-e", "cpu-clock", "--call-graph", "dwarf,16384",
                                 "-p", str(server.process.pid), "-o", str(file)], stderr=subprocess.DEVNULL)
        time.sleep(1)
        compare.run_load(server.port, server.process.pid, dialect, work, scale, str(listed), login, points)
        perf.send_signal(2)
        perf.wait(60)


def short(symbol):
    """A name that fits a box: no arguments, no template arguments, no namespace of ours."""
    symbol = re.sub(r"\(anonymous namespace\)", "", symbol)
    while re.search(r"<[^<>]*>", symbol):
        symbol = re.sub(r"<[^<>]*>", "", symbol)
    return symbol.split("(")[0].replace("penstock::", "").replace("dialects::", "")


def stacks(file):
    """Every sampled stack, from the outermost caller in, with how often it was seen."""
    text = subprocess.run(["perf", "script", "-i", str(file), "-F", "ip,sym", "--no-inline"], capture_output=True, text=True,
                          check=True).stdout
    found = collections.Counter()
    for block in text.split("\n\n"):
        frames = []
        for line in block.splitlines():
            part = line.strip().split(" ", 1)
            if len(part) == 2:
                frames.append(short(part[1]) if part[1] != "[unknown]" else "?")
        if frames:
            found[tuple(reversed(frames))] += 1
    return found


def tree(found):
    root = {"n": 0, "of": {}}
    for frames, n in found.items():
        node = root
        node["n"] += n
        for frame in frames:
            node = node["of"].setdefault(frame, {"n": 0, "of": {}})
            node["n"] += n
    return root


def colour(name):
    mixed = sum(map(ord, name)) % 60
    return f"rgb({205 + mixed // 2},{110 + mixed},{60 + mixed // 2})"


def boxes(node, left, depth, total, out):
    for name, child in sorted(node["of"].items()):
        width = child["n"] / total * (WIDTH - 2 * LEFT)
        if child["n"] / total >= SHARE_MIN:
            out.append((left, depth, width, name, child["n"] / total))
            boxes(child, left, depth + 1, total, out)
        left += width


def draw(root, title):
    out = []
    boxes(root, LEFT, 0, root["n"], out)
    height = (max(depth for _, depth, *_ in out) + 3) * ROW
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="monospace" '
             f'font-size="11">', f'<text x="{LEFT}" y="14" font-size="13">{html.escape(title)}</text>']
    for left, depth, width, name, share in out:
        y = height - (depth + 1) * ROW
        lines.append(f'<g><title>{html.escape(name)}: {share * 100:.1f} %</title><rect x="{left:.1f}" y="{y}" '
                     f'width="{max(width - 0.5, 0.5):.1f}" height="{ROW - 1}" fill="{colour(name)}"/>')
        letters = int(width / 6.8)
        if letters > 3:
            lines.append(f'<text x="{left + 2:.1f}" y="{y + 12}">{html.escape(name[:letters])}</text>')
        lines.append("</g>")
    return "\n".join(lines + ["</svg>"]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dialect")
    parser.add_argument("work")
    parser.add_argument("out")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--title")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "perf.data"
        record(options.dialect, options.work, options.scale, file)
        root = tree(stacks(file))
    pathlib.Path(options.out).write_text(draw(root, options.title or f"{options.dialect} {options.work}"))


if __name__ == "__main__":
    main()
