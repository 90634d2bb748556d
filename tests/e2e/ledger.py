"""What tests of receipts and of the audit share: our own calls, and principals who may make them."""

import json
import os
import subprocess

from harness import BINARY, PARTITION, basic, check_equal, session

OUTCOMES = ("stored", "replaced", "ignored", "erased", "rejected")
COUNTED = OUTCOMES[:4]  # What headers count.


class Console:
    """/penstock/v1 for one login."""

    def __init__(self, url, user="demo", password="demo-secret"):
        self.base = url + "/penstock/v1/"
        self.session = session()
        self.session.headers["Authorization"] = basic(user, password)

    def get(self, path, **params):
        return self.session.get(self.base + path, params=params, timeout=120)

    def receipt(self, name):
        answer = self.get("receipts/" + name)
        return answer.json() if answer.status_code == 200 else answer.status_code

    def audit(self, **params):
        """All records that match, page by page."""
        found = []
        while True:
            answer = self.get("audit", **params)
            check_equal(answer.status_code, 200, f"audit {params}: {answer.text[:200]}")
            page = answer.json()
            found += page["items"]
            if "next" not in page:
                return found
            params["before"] = page["next"].rsplit("before=", 1)[1]

    def export(self, form, **params):
        answer = self.get("audit/export", format=form, **params)
        check_equal(answer.status_code, 200, f"export {params}: {answer.text[:200]}")
        return answer.text

    def make_principal(self, name):
        """With read and write on everything, and logins of its own name at each door. Returns its secrets."""
        rights = ["points.read", "pointvalues.read", "pointvalues.write"]
        answer = self.session.post(self.base + "principals", timeout=60, json={
            "name": name, "grants": [{"points": "*", "rights": ["read", "write"]}],
            "partitions": [{"id": PARTITION, "rights": rights}]})
        check_equal(answer.status_code, 201, f"principal {name}: {answer.text[:200]}")
        secrets = {}
        for kind, login in (("password", name), ("client", name), ("key", "demo")):
            answer = self.session.post(f"{self.base}principals/{name}/logins", json={"kind": kind, "id": login},
                                       timeout=60)
            check_equal(answer.status_code, 201, f"login {kind} of {name}: {answer.text[:200]}")
            secrets[kind] = answer.json()["secret"]["value"]
        return secrets


def metric(url, name):
    """All series of one metric, by their labels."""
    found = {}
    for line in session().get(url + "/metrics", timeout=60).text.splitlines():
        if line.startswith((name + " ", name + "{")):
            labels, value = line.removeprefix(name).rsplit(" ", 1)
            found[labels.strip()] = float(value)
    return found


def outcomes_of_metrics(url):
    series = metric(url, "penstock_samples_total")
    return {name: int(series.get(f'{{outcome="{name}"}}', -1)) for name in OUTCOMES}


def penstock(url, *words, expect=0, user="demo", password="demo-secret"):
    """Runs `penstock WORDS` against the server; what it printed, as JSON where it is JSON."""
    done = subprocess.run([str(BINARY), *words, "--url", url, "--user", user, "--json"], text=True, timeout=120,
                          capture_output=True, check=False, env={**os.environ, "PENSTOCK_ADMIN_PASSWORD": password})
    check_equal(done.returncode, expect, f"penstock {' '.join(words)}: {done.stdout[:500]}{done.stderr}")
    try:
        return json.loads(done.stdout)
    except ValueError:
        return done.stdout or done.stderr
