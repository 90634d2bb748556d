#!/usr/bin/env python3
"""Replays conformance transcripts against a running server.

    run.py --base-url http://127.0.0.1:PORT [--tls-insecure] [-v] PATH...

PATH is a transcript (*.http) or a folder of them (taken in name order, sub-folders too). The server should be a
fresh demo; transcripts of one run share it, and each is replayed from its first exchange to its last. The
program ends with 0 if every exchange answered as written, else with 1.

A transcript is UTF-8 text. Each exchange looks like this:

    ### a sentence that names the case
    # further comment lines, ignored
    POST /piwebapi/streams/${WEBID}/value?updateOption=Replace
    Authorization: Basic demo:demo-secret
    Content-Type: application/json

    {"Timestamp":"2026-04-02T06:30:00Z","Value":71.25}

    ---
    202
    Location: *
    Penstock-Stored: 1
    !WWW-Authenticate
    @set PLACE header Location

    <empty>

Above the line `---` is the request: the request line (`METHOD target`, no version needed), headers, a blank line,
the body (everything up to `---`, without the last line break; no body if nothing is there). Host, Content-Length and
Connection are added. Raw characters in the target are sent as they stand.

  * `Authorization: Basic user:password` is encoded for you (an already encoded one passes as it is).
  * `${NAME}` anywhere in the request or the answer is replaced by a captured or predefined variable. Predefined:
    ${BASE_URL}, ${HOST}, ${NOW} (UTC, whole seconds, ISO 8601), ${NOW+540s} or ${NOW-2h} (with s, m, h or d),
    and ${UNIQUE} (a text of letters and digits, one per run).
  * `< file` as the whole body sends that file, found beside the transcript.
  * a body that begins with `<<gzip` on its own line is sent gzipped (set Content-Encoding yourself).

Below is the answer: the status (`202`, `2xx`, or several as `202|204`), then lines that must hold:

  * `Name: value`: the header is there and equal; `*` in the value stands for any text.
  * `!Name`: the header must be absent.
  * `@set NAME header NAME`, `@set NAME json POINTER` (a JSON pointer into the answer's body, `/Items/0/WebId`) capture
    a variable for later exchanges of the same transcript; `@global NAME …` also for later transcripts.

then a blank line and the expected body:

  * nothing: the body is not looked at; `<empty>`: it must be empty; `<json>`: any JSON;
  * a JSON value: compared with the answer's JSON. Members that the answer has beyond the expected ones are allowed;
    an object with the member `"<exact>": true` allows no others; `"<absent>"` as a value means that the member must
    not be there. Arrays must have the same length, unless their last expected item is `"<more>"`. Numbers compare by
    value. `"*"` or `"<any>"` is anything, `"<string>"`, `"<number>"`, `"<bool>"`, `"<object>"`, `"<array>"` a value of
    that type, `"<time>"` an ISO 8601 text, `"~text"` a text that contains `text` (no regard to case). Other texts may
    hold `*`, which then stands for any run of characters; `\\*` is a star itself;
  * `<text>` and lines below: the body as text, with `*` for any run of characters.
"""

import argparse
import base64
import datetime
import gzip
import http.client
import json
import os
import random
import re
import ssl
import string
import sys
import urllib.parse


class Mismatch(Exception):
    pass


class Exchange:
    def __init__(self, path, line, name):
        self.path, self.line, self.name = path, line, name
        self.request, self.answer = [], []


def read_transcript(path):
    """The exchanges of one file, in order."""
    exchanges, current, part = [], None, None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("###"):
                current = Exchange(path, number, line[3:].strip())
                part = current.request
                exchanges.append(current)
            elif current is None:
                if line.strip() and not line.startswith("#"):
                    raise SystemExit(f"{path}:{number}: text before the first '### name'")
            elif line == "---" and part is current.request:
                part = current.answer
            elif line.startswith("#") and not part:
                continue
            else:
                part.append(line)
    return exchanges


def wildcard(pattern):
    """A regular expression: `*` is any run, `\\*` a star."""
    parts, at = [], 0
    while at < len(pattern):
        if pattern.startswith("\\*", at):
            parts.append(r"\*")
            at += 2
        elif pattern[at] == "*":
            parts.append(".*")
            at += 1
        else:
            parts.append(re.escape(pattern[at]))
            at += 1
    return re.compile("".join(parts) + r"\Z", re.S)


def matches_text(pattern, text):
    return wildcard(pattern).match(text) is not None


def short(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else text[:400] + "…"


TYPES = {"<string>": str, "<bool>": bool, "<object>": dict, "<array>": list}


def compare(expected, actual, where):
    if isinstance(expected, str):
        if expected in ("*", "<any>"):
            return
        if expected == "<number>":
            if isinstance(actual, bool) or not isinstance(actual, (int, float)):
                raise Mismatch(f"{where}: a number was expected, not {short(actual)}")
            return
        if expected in TYPES:
            if not isinstance(actual, TYPES[expected]):
                raise Mismatch(f"{where}: {expected} was expected, not {short(actual)}")
            return
        if not isinstance(actual, str):
            raise Mismatch(f"{where}: {short(expected)} was expected, not {short(actual)}")
        if expected == "<time>":
            if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z", actual):
                raise Mismatch(f"{where}: {short(actual)} is no ISO 8601 time")
        elif expected.startswith("~"):
            if expected[1:].lower() not in actual.lower():
                raise Mismatch(f"{where}: {short(actual)} does not contain {short(expected[1:])}")
        elif not matches_text(expected, actual):
            raise Mismatch(f"{where}: {short(expected)} was expected, not {short(actual)}")
    elif isinstance(expected, dict):
        if not isinstance(actual, dict):
            raise Mismatch(f"{where}: an object was expected, not {short(actual)}")
        exact = expected.get("<exact>") is True
        for key, value in expected.items():
            if key == "<exact>":
                continue
            if value == "<absent>":
                if key in actual:
                    raise Mismatch(f"{where}/{key}: must be absent, is {short(actual[key])}")
            elif key not in actual:
                raise Mismatch(f"{where}/{key}: is missing")
            else:
                compare(value, actual[key], f"{where}/{key}")
        if exact:
            extra = [key for key in actual if key not in expected]
            if extra:
                raise Mismatch(f"{where}: has further members {extra}")
    elif isinstance(expected, list):
        if not isinstance(actual, list):
            raise Mismatch(f"{where}: an array was expected, not {short(actual)}")
        more = bool(expected) and expected[-1] == "<more>"
        wanted = expected[:-1] if more else expected
        if len(actual) < len(wanted) or (len(actual) > len(wanted) and not more):
            raise Mismatch(f"{where}: {len(wanted)} items were expected, not {len(actual)}: {short(actual)}")
        for index, value in enumerate(wanted):
            compare(value, actual[index], f"{where}/{index}")
    elif isinstance(expected, bool) or expected is None:
        if actual is not expected:
            raise Mismatch(f"{where}: {short(expected)} was expected, not {short(actual)}")
    elif isinstance(actual, bool) or not isinstance(actual, (int, float)) or actual != expected:
        raise Mismatch(f"{where}: {short(expected)} was expected, not {short(actual)}")


def pointer(document, path):
    for part in path.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Runner:
    def __init__(self, base_url, insecure):
        url = urllib.parse.urlsplit(base_url)
        self.secure, self.host, self.port = url.scheme == "https", url.hostname, url.port
        self.insecure = insecure
        unique = "".join(random.choice(string.ascii_lowercase + string.digits) for _ in range(10))
        self.shared = {"BASE_URL": base_url.rstrip("/"), "HOST": url.netloc, "UNIQUE": "u" + unique}
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

    def fill(self, text, variables):
        def one(match):
            name = match.group(1)
            if name in variables:
                return str(variables[name])
            step = re.match(r"NOW(?:([+-]\d+)([smhd]))?\Z", name)
            if step:
                time = self.now
                if step.group(1):
                    time += datetime.timedelta(**{UNITS[step.group(2)]: int(step.group(1))})
                return time.strftime("%Y-%m-%dT%H:%M:%SZ")
            raise Mismatch(f"the variable {name} is not known")

        return re.sub(r"\$\{([^}]+)\}", one, text)

    def connect(self):
        if self.secure:
            context = ssl._create_unverified_context() if self.insecure else ssl.create_default_context()
            return http.client.HTTPSConnection(self.host, self.port, timeout=30, context=context)
        return http.client.HTTPConnection(self.host, self.port, timeout=30)

    def build(self, exchange, variables):
        lines = exchange.request
        while lines and not lines[0].strip():
            lines = lines[1:]
        if not lines:
            raise Mismatch("the request is missing")
        method, _, target = self.fill(lines[0], variables).partition(" ")
        headers, at = [], 1
        while at < len(lines) and lines[at].strip():
            name, _, value = self.fill(lines[at], variables).partition(":")
            value = value.strip()
            basic = re.match(r"(Basic) ([^ ]*:.*)\Z", value) if name.lower() == "authorization" else None
            if basic:
                value = "Basic " + base64.b64encode(basic.group(2).encode()).decode()
            headers.append((name.strip(), value))
            at += 1
        body_lines = lines[at + 1:]
        while body_lines and not body_lines[-1].strip():
            body_lines = body_lines[:-1]
        zipped = bool(body_lines) and body_lines[0].strip() == "<<gzip"
        text = self.fill("\n".join(body_lines[1:] if zipped else body_lines), variables)
        body = text.encode()
        if re.match(r"< \S+\Z", text):
            with open(os.path.join(os.path.dirname(exchange.path), text[2:]), "rb") as file:
                body = file.read()
        return method, target.strip(), headers, gzip.compress(body) if zipped else body

    def send(self, method, target, headers, body):
        connection = self.connect()
        try:
            # The request line goes out as written: http.client refuses some characters that real clients send.
            connection._validate_path = lambda url: None
            connection.putrequest(method, target, skip_accept_encoding=True)
            names = {name.lower() for name, _ in headers}
            for name, value in headers:
                connection.putheader(name, value)
            if "content-length" not in names and (body or method in ("POST", "PUT", "PATCH")):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body if body else None)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def check(self, exchange, variables, status, headers, body):
        lines = list(exchange.answer)
        while lines and not lines[0].strip():
            lines = lines[1:]
        if not lines:
            raise Mismatch("the expected answer is missing")
        wanted = lines[0].strip()
        if not any(matches_text(one.replace("x", "?").replace("?", "*"), str(status)) for one in wanted.split("|")):
            raise Mismatch(f"status {status} instead of {wanted}; body: {short(body.decode(errors='replace'))}")
        document, is_json = None, False
        try:
            document, is_json = json.loads(body), True
        except ValueError:
            pass
        at = 1
        while at < len(lines) and lines[at].strip():
            line = lines[at].strip()
            at += 1
            if line.startswith(("@set ", "@global ")):
                word, name, kind, what = line.split(None, 3)
                if kind == "header":
                    value = headers.get(what)
                    if value is None:
                        raise Mismatch(f"no header {what} to capture")
                else:
                    if not is_json:
                        raise Mismatch("no JSON body to capture from")
                    try:
                        value = pointer(document, what)
                    except (KeyError, IndexError, ValueError, TypeError):
                        raise Mismatch(f"nothing at {what} to capture; body: {short(document)}") from None
                variables[name] = value
                if word == "@global":
                    self.shared[name] = value
            elif line.startswith("!"):
                if headers.get(line[1:].strip()) is not None:
                    raise Mismatch(f"the header {line[1:]} must be absent")
            else:
                name, _, value = self.fill(line, variables).partition(":")
                actual = headers.get_all(name.strip()) or []
                if not any(matches_text(value.strip(), one) for one in actual):
                    raise Mismatch(f"header {name.strip()}: {value.strip()} was expected, not {actual}")
        expected = "\n".join(lines[at:]).strip()
        if not expected:
            return
        if expected == "<empty>":
            if body:
                raise Mismatch(f"the body must be empty, is {short(body.decode(errors='replace'))}")
        elif expected.startswith("<text>"):
            text = self.fill(expected[6:].lstrip("\n"), variables)
            if not matches_text(text, body.decode(errors="replace").rstrip("\n")):
                raise Mismatch(f"body {short(body.decode(errors='replace'))} is not {short(text)}")
        else:
            if not is_json:
                raise Mismatch(f"the body is not JSON: {short(body.decode(errors='replace'))}")
            if expected != "<json>":
                compare(json.loads(self.fill(expected, variables)), document, "")

    def replay(self, path, verbose):
        """How many exchanges of the file passed and failed."""
        variables = dict(self.shared)
        passed = failed = 0
        for exchange in read_transcript(path):
            variables.update({k: v for k, v in self.shared.items() if k not in variables})
            try:
                request = self.build(exchange, variables)
                self.check(exchange, variables, *self.send(*request))
                passed += 1
                if verbose:
                    print(f"ok    {exchange.name}")
            except (Mismatch, OSError, http.client.HTTPException, json.JSONDecodeError) as problem:
                failed += 1
                print(f"FAIL  {path}:{exchange.line}: {exchange.name}\n      {problem}")
        return passed, failed


def transcripts(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path):
                folders.sort()
                for name in sorted(names):
                    if name.endswith(".http"):
                        yield os.path.join(folder, name)
        else:
            yield path


def main():
    parser = argparse.ArgumentParser(description="Replays conformance transcripts against a running server.")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--tls-insecure", action="store_true", help="take any certificate")
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("paths", nargs="+")
    arguments = parser.parse_args()
    runner = Runner(arguments.base_url, arguments.tls_insecure)
    passed = failed = 0
    for path in transcripts(arguments.paths):
        ok, bad = runner.replay(path, arguments.verbose)
        passed, failed = passed + ok, failed + bad
    print(f"{passed} exchanges as written, {failed} not")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
