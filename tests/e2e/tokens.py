#!/usr/bin/env python3
"""Attacks on tokens (RFC 8725), through the door: each is 401, with the words of RFC 6750, and stores nothing."""

import base64
import hashlib
import hmac
import json
import time

from harness import BX_POINT, BuildingX, Server, check, check_equal, finish, session


def encoded(data):
    if isinstance(data, dict):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def public_pem(jwk):
    """The public key as a SubjectPublicKeyInfo in PEM, as who confuses algorithms would have it."""
    def der(tag, body):
        size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
        return bytes([tag]) + size + body

    def number(text):
        return der(2, b"\0" + base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))

    key = der(0x30, number(jwk["n"]) + der(2, base64.urlsafe_b64decode(jwk["e"] + "==")))
    algorithm = der(0x30, bytes.fromhex("06092a864886f70d0101010500"))
    text = base64.encodebytes(der(0x30, algorithm + der(3, b"\0" + key))).replace(b"\n", b"")
    lines = b"\n".join(text[i:i + 64] for i in range(0, len(text), 64))
    return b"-----BEGIN PUBLIC KEY-----\n" + lines + b"\n-----END PUBLIC KEY-----\n"


def attacks(token, jwk):
    head, claims, signature = token.split(".")
    header, body = decoded(head), decoded(claims)

    def hs256(wanted_header, secret):
        signed = f"{encoded(wanted_header)}.{claims}"
        return f"{signed}.{encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"

    def changed(**more):
        return f"{head}.{encoded({**body, **more})}.{signature}"

    for alg in ("none", "None", "NONE", ""):
        bare = encoded({**header, "alg": alg})
        yield f"alg {alg!r} without a signature", f"{bare}.{claims}."
        yield f"alg {alg!r} with the signature", f"{bare}.{claims}.{signature}"
    pem = public_pem(jwk)
    for name, secret in (("the public key", pem), ("the modulus", jwk["n"].encode()), ("nothing", b""),
                         ("its kid", jwk["kid"].encode())):
        yield f"HMAC with {name}", hs256({**header, "alg": "HS256"}, secret)
        yield f"HMAC with {name}, called RS256", hs256(header, secret)
    for kid in ("../../../../dev/null", "' UNION SELECT 'x", "", jwk["kid"] + "\0", "x" * 5000):
        yield f"kid {kid[:20]!r}", hs256({**header, "alg": "HS256", "kid": kid}, b"")
        yield f"kid {kid[:20]!r} with the signature", f"{encoded({**header, 'kid': kid})}.{claims}.{signature}"
    yield "a key inside of the header", f"{encoded({**header, 'jwk': jwk})}.{claims}.{signature}"
    yield "an address of keys", f"{encoded({**header, 'jku': 'http://127.0.0.1:1/'})}.{claims}.{signature}"
    yield "an extension", f"{encoded({**header, 'crit': ['x'], 'x': 1})}.{claims}.{signature}"
    yield "a longer life", changed(exp=body["exp"] + 1000)
    yield "another client", changed(sub="viewer-client@clients", azp="viewer-client")
    yield "another audience", changed(aud="https://elsewhere.example")
    yield "no signature", f"{head}.{claims}."
    yield "two parts", f"{head}.{claims}"
    yield "four parts", f"{token}.{signature}"
    yield "a bit of the signature", token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    yield "nothing", ""
    yield "much", "a" * 9000


with Server() as server:
    client = BuildingX(server.url)
    good = client.session.headers["Authorization"].removeprefix("Bearer ")
    keys = session().get(server.url + "/.well-known/jwks.json", timeout=60).json()["keys"]
    key = next(each for each in keys if each["kid"] == decoded(good.split(".")[0])["kid"])
    rows = [("2024-06-01T00:00:00Z", "1")]
    # Once before, so that a remembered token is attacked, too.
    check_equal(client.write(BX_POINT + "a1", [("2024-05-31T00:00:00Z", "1")]).status_code, 204, "the token is good")
    for what, token in attacks(good, key):
        client.session.headers["Authorization"] = "Bearer " + token
        answer = client.write(BX_POINT + "a1", rows)
        if check_equal(answer.status_code, 401, what):
            check(answer.headers["WWW-Authenticate"].startswith("Bearer"), f"{what}: WWW-Authenticate")
            check_equal(answer.json()["errors"][0]["status"], "401", f"{what}: the error document")
    for header in (good, "Basic " + good, "bearer"):
        client.session.headers["Authorization"] = header
        check_equal(client.write(BX_POINT + "a1", rows).status_code, 401, "another scheme")
    client.session.headers["Authorization"] = "bearer " + good
    check_equal(client.write(BX_POINT + "a1", rows).status_code, 204, "nothing was stored, and the scheme has no case")

CONFIG = """
[buildingx]
token_seconds = 1
"""
with Server(config=CONFIG) as server:
    client = BuildingX(server.url)
    rows = [("2024-06-01T00:00:00Z", "1")]
    check_equal(client.write(BX_POINT + "a1", rows).status_code, 204, "a short token is good at first")
    # A minute of clock skew is allowed, and no more; being remembered does not make it longer.
    time.sleep(63)
    check_equal(client.write(BX_POINT + "a1", rows).status_code, 401, "a token that was remembered expires")
finish()
