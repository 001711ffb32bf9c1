"""The few words of AMQP 0-9-1 that tell when a broker answers and when it delivers. Independent of both brokers."""

import socket
import struct
import time

FRAME_END = 0xCE
METHOD = 1
HEARTBEAT = 8
START, TUNE, OPEN_OK, CLOSE = (10, 10), (10, 30), (10, 41), (10, 50)
CHANNEL_OPEN_OK, CHANNEL_CLOSE, QOS_OK, CONSUME_OK, DELIVER = (20, 11), (20, 40), (60, 11), (60, 21), (60, 60)


class ProbeError(Exception):
    """The broker did not answer as AMQP says, or not in time."""


class Channel:
    """A connection with one open channel, from loopback as guest."""

    def __init__(self, port, timeout_seconds=60.0):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout_seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._socket.sendall(b"AMQP\0\0\x09\x01")
        self._expect(START)
        self._send(0, (10, 11), struct.pack(">I", 0) + _short("PLAIN") + _long(b"\0guest\0guest") + _short("en_US"))
        channel_max, frame_max, _ = struct.unpack(">HIH", self._expect(TUNE)[:8])
        self._send(0, (10, 31), struct.pack(">HIH", channel_max, frame_max, 0))
        self._send(0, (10, 40), _short("/") + _short("") + b"\0")
        self._expect(OPEN_OK)
        self._send(1, (20, 10), _short(""))
        self._expect(CHANNEL_OPEN_OK)

    def first_delivery(self, queue):
        """Consumes with a prefetch of one and returns when the first message has come; closing gives it back."""
        self._send(1, (60, 10), struct.pack(">IHB", 0, 1, 0))
        self._expect(QOS_OK)
        self._send(1, (60, 20), b"\0\0" + _short(queue) + _short("probe") + b"\0" + struct.pack(">I", 0))
        self._expect(CONSUME_OK)
        self._expect(DELIVER)

    def close(self):
        """Closes the socket."""
        self._socket.close()

    def _send(self, channel, method, arguments):
        payload = struct.pack(">HH", *method) + arguments
        self._socket.sendall(struct.pack(">BHI", METHOD, channel, len(payload)) + payload + bytes([FRAME_END]))

    def _take(self, count):
        while len(self._received) < count:
            data = self._socket.recv(65536)
            if not data:
                raise ProbeError("the broker closed the socket")
            self._received += data
        taken, self._received = self._received[:count], self._received[count:]
        return taken

    def _expect(self, method):
        while True:
            kind, _, length = struct.unpack(">BHI", self._take(7))
            payload = self._take(length + 1)[:-1]
            if kind == HEARTBEAT:
                continue
            came = struct.unpack(">HH", payload[:4]) if kind == METHOD else None
            if came == method:
                return payload[4:]
            raise ProbeError(f"expected method {method}, got {came or 'content'}: {payload[4:80]!r}")


def wait_until_open(port, is_alive, timeout_seconds=120.0, poll_seconds=0.002):
    """Waits until a channel opens on a port. Returns the moment (monotonic seconds); raises ProbeError when it never does."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        if not is_alive():
            raise ProbeError("the broker ended")
        try:
            Channel(port).close()
            return time.monotonic()
        except ConnectionError:
            time.sleep(poll_seconds)
    raise ProbeError(f"nobody answered on port {port} for {timeout_seconds:.0f} s")


def _short(text):
    data = text.encode()
    return bytes([len(data)]) + data


def _long(data):
    return struct.pack(">I", len(data)) + data
