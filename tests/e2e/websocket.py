"""A small WebSocket client for tests, as RFC 6455 has it: text frames in, pings answered, close."""

import base64
import json
import os
import socket
import ssl
import struct
import urllib.parse


class Refused(Exception):
    """The server answered something else than 101."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body[:200]}")
        self.status, self.body = status, body


class WebSocket:
    """An open socket; `messages` until it is closed."""

    def __init__(self, url, authorization=None, headers=None, timeout=20):
        parts = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=timeout)
        if parts.scheme in ("https", "wss"):
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self.socket = context.wrap_socket(self.socket, server_hostname=parts.hostname)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}", "Upgrade: websocket",
                 "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        if authorization:
            lines.append(f"Authorization: {authorization}")
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.received = b""
        head = self._until(b"\r\n\r\n")
        status = int(head.split()[1])
        if status != 101:
            length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n")
                           if line.lower().startswith(b"content-length")), 0)
            raise Refused(status, self._exactly(length).decode())
        self.close_code = None

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the connection was closed")
        self.received += data

    def _until(self, mark):
        while mark not in self.received:
            self._more()
        head, _, self.received = self.received.partition(mark)
        return head

    def _exactly(self, size):
        while len(self.received) < size:
            self._more()
        data, self.received = self.received[:size], self.received[size:]
        return data

    def send(self, opcode, payload=b""):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)

    def message(self):
        """The next text message; None once the server has closed."""
        while True:
            first, size = self._exactly(2)
            if size == 126:
                size = struct.unpack(">H", self._exactly(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._exactly(8))[0]
            payload, opcode = self._exactly(size), first & 15
            if opcode == 1:
                return payload.decode()
            if opcode == 9:
                self.send(10, payload)
            if opcode == 8:
                self.close_code = struct.unpack(">H", payload[:2])[0] if payload else None
                self.send(8, payload[:2])
                return None

    def json(self):
        text = self.message()
        return None if text is None else json.loads(text)

    def close(self):
        """Says good-bye and waits for the answer."""
        self.send(8, struct.pack(">H", 1000))
        while self.message() is not None:
            pass
        self.socket.close()
