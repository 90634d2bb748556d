#!/usr/bin/env python3
"""Compares the #include lines of src/ with the rooms of CMakeLists.txt and of docs/ARCHITECTURE.md.

    check_arrows.py SOURCE_ROOT    exit status 1 and one line per broken rule
    check_arrows.py --self-test    shows that broken rules are found
"""

import pathlib
import re
import sys
import tempfile

# (what, pattern of the included name, rooms or folders that may include it)
LIBRARIES = [
    ("RocksDB", r"^rocksdb/", ["store/rocksdb"]),
    ("simdjson", r"^simdjson", ["http", "dialects", "console"]),
    ("Boost", r"^boost/", ["http"]),
    ("CLI11", r"^CLI/", ["cli", "app"]),
    ("toml++", r"^toml\+\+/", ["app"]),
    ("libsodium", r"^sodium", ["auth", "archive/ledger"]),
    ("zstd", r"^zstd", ["archive/ledger"]),
    ("spdlog", r"^(spdlog|fmt)/", ["base"]),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def rooms_of_cmake(text):
    """{room: set of rooms that it may include} from the penstock_room() calls."""
    rooms = {}
    for call in re.findall(r"^penstock_room\((.*?)\)", text, re.MULTILINE | re.DOTALL):
        words = re.sub(r"#.*", "", call).split()
        deps, into = set(), None
        for word in words[1:]:
            if word in ("DEPS", "LIBS"):
                into = word
            elif into == "DEPS":
                deps.add(word)
        rooms[words[0]] = deps
    return rooms


def rooms_of_page(text):
    """The same from the table in the architecture page: | `room` | what | `dep` `dep` |"""
    rooms = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3 and re.fullmatch(r"`[a-z/]+`", cells[0]):
            rooms[cells[0].strip("`")] = set(re.findall(r"`([a-z/]+)`", cells[2]))
    return rooms


def room_of(path, rooms):
    """The room of a path below src/, the longest that fits."""
    fitting = [room for room in rooms if path == room or path.startswith(room + "/")]
    return max(fitting, key=len, default=None)


def may_use(folder, allowed):
    return any(folder == each or folder.startswith(each + "/") for each in allowed)


def check(root):
    """All broken rules, as sentences."""
    broken = []
    rooms = rooms_of_cmake((root / "CMakeLists.txt").read_text())
    page = root / "docs" / "ARCHITECTURE.md"
    documented = rooms_of_page(page.read_text()) if page.exists() else {}
    for room in sorted(set(rooms) | set(documented)):
        if room not in documented:
            broken.append(f"docs/ARCHITECTURE.md: the table of rooms lacks `{room}`")
        elif room not in rooms:
            broken.append(f"docs/ARCHITECTURE.md: the room `{room}` is not in CMakeLists.txt")
        elif rooms[room] != documented[room]:
            differing = ", ".join(sorted(rooms[room] ^ documented[room]))
            broken.append(f"docs/ARCHITECTURE.md and CMakeLists.txt differ on `{room}`: {differing}")

    source = root / "src"
    for file in sorted(source.rglob("*")):
        if file.suffix not in (".h", ".cc"):
            continue
        path = file.relative_to(source).as_posix()
        folder = path.rsplit("/", 1)[0]
        room = room_of(folder, rooms)
        if room is None and folder != "main":
            broken.append(f"src/{path}: is in no room of CMakeLists.txt")
            continue
        for kind, name in INCLUDE.findall(file.read_text()):
            if kind == '"':
                target = room_of(name.rsplit("/", 1)[0], rooms) if "/" in name else None
                if target is None:
                    broken.append(f'src/{path}: "{name}" is not the path of a header below src/')
                elif folder == "main":
                    if target != "app":
                        broken.append(f"src/{path}: main includes app and nothing else, not {name}")
                elif target != room and target not in rooms[room]:
                    broken.append(f"src/{path}: {room} may not include {target} ({name})")
                elif (target.startswith("dialects/") and room.startswith("dialects/")
                      and target not in (room, "dialects/common")):
                    broken.append(f"src/{path}: a dialect includes no other dialect ({name})")
            for what, pattern, allowed in LIBRARIES:
                if re.search(pattern, name) and not may_use(folder, allowed):
                    broken.append(f"src/{path}: {what} belongs to {', '.join(allowed)} alone ({name})")
    return broken


def self_test():
    cmake = "penstock_room(base LIBS x)\npenstock_room(model DEPS base)\npenstock_room(store DEPS base)\n"
    table = "| `base` | words | |\n| `model` | values | `base` |\n| `store` | blocks | `base` |\n"
    cases = [
        # what is wrong, file, its text, table, a word of the complaint or None
        ("nothing", "model/a.h", '#include "base/b.h"\n#include <map>\n', table, None),
        ("an arrow backwards", "base/a.h", '#include "model/b.h"\n', table, "may not include"),
        ("RocksDB in the model", "model/a.cc", "#include <rocksdb/db.h>\n", table, "RocksDB"),
        ("RocksDB beside its folder", "store/a.cc", "#include <rocksdb/db.h>\n", table, "RocksDB"),
        ("RocksDB where it belongs", "store/rocksdb/a.cc", "#include <rocksdb/db.h>\n", table, None),
        ("JSON in the model", "model/a.cc", "#include <simdjson.h>\n", table, "simdjson"),
        ("a file in no room", "other/a.cc", "", table, "no room"),
        ("a table that differs", "model/a.h", "", table.replace("`base` |\n| `store`", "|\n| `store`"), "differ"),
        ("a table that lacks a room", "model/a.h", "", table.split("| `store`")[0], "lacks"),
    ]
    failed = 0
    for name, path, text, page, word in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            file = root / "src" / path
            file.parent.mkdir(parents=True)
            file.write_text(text)
            (root / "CMakeLists.txt").write_text(cmake)
            (root / "docs").mkdir()
            (root / "docs" / "ARCHITECTURE.md").write_text(page)
            broken = check(root)
        good = (not broken) if word is None else any(word in line for line in broken)
        if not good:
            failed += 1
            print(f"self-test '{name}': {broken}")
    return failed


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    broken = check(pathlib.Path(sys.argv[1]))
    print("\n".join(broken) if broken else "all arrows point the right way")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
