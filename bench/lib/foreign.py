"""The cross-check: loads from generators that are not ours, librabbitmq's amqp-publish and the Python client pika."""

import json
import os
import shutil
import subprocess
import time

import machine
from scenes import RunError

HERE = os.path.dirname(os.path.abspath(__file__))
SYSTEM_PYTHON = "/usr/bin/python3"  # The one that Debian's python3-pika is for.
QUEUE = "foreign-check"
SECONDS_MAX = 300


def missing():
    """Debian packages that the cross-check needs and that are not installed."""
    packages = []
    if not shutil.which("amqp-publish"):
        packages.append("amqp-tools")
    if subprocess.run([SYSTEM_PYTHON, "-c", "import pika"], capture_output=True, check=False).returncode != 0:
        packages.append("python3-pika")
    return packages


def play(broker, count, note):
    """Three loads on a started broker: publishing by librabbitmq, then draining that, then publishing with confirms, both by pika."""
    _pika(broker, "declare", 0)
    body = "x" * 128
    lines = (body + "\n") * 1000
    began, before = time.monotonic(), _usage(broker)
    children = os.times()
    publisher = subprocess.Popen(
        ["amqp-publish", "-u", f"amqp://guest:guest@127.0.0.1:{broker.port}", "-r", QUEUE, "-l"],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(count // 1000):
            publisher.stdin.write(lines)
        _, fault = publisher.communicate(timeout=SECONDS_MAX)  # It ends when its input does.
    except (BrokenPipeError, subprocess.TimeoutExpired) as cause:
        publisher.kill()
        raise RunError(f"amqp-publish: {publisher.stderr.read().strip() or cause}") from cause
    if publisher.returncode != 0:
        raise RunError(f"amqp-publish: {fault.strip()}")
    sent = count // 1000 * 1000
    _pika(broker, "await", sent)  # Written is not yet taken.
    after, seconds = _usage(broker), time.monotonic() - began
    used = os.times()
    generator = used.children_user + used.children_system - children.children_user - children.children_system
    note("foreign-publish", _result("librabbitmq's amqp-publish, 128 B transient, a line is a message", sent, seconds, after - before, generator))

    for row, mode, messages, what in (
        ("foreign-drain", "drain", sent, "pika consumes them, auto-ack"),
        ("foreign-confirm", "confirm", max(count // 40, 100), "pika publishes 1 KiB persistent, each confirmed before the next"),
    ):
        before = _usage(broker)
        told = _pika(broker, mode, messages)
        note(row, _result(what, messages, told["seconds"], _usage(broker) - before, told["cpuSeconds"]))
    _pika(broker, "delete", 0)


def _usage(broker):
    return machine.cpu_seconds(broker.pid)


def _result(what, messages, seconds, cpu, generator):
    return {
        "what": what,
        "published": messages,
        "publishedPerSecond": messages / seconds,
        "brokerCpuPerMessage": cpu / messages * 1e6,
        "generatorCpuPerMessage": generator / messages * 1e6,
    }


def _pika(broker, mode, count):
    words = [SYSTEM_PYTHON, os.path.join(HERE, "pika_load.py"), str(broker.port), mode, QUEUE, str(count)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired as cause:
        raise RunError(f"pika's load '{mode}' did not end within {SECONDS_MAX} s") from cause
    if done.returncode != 0:
        raise RunError(f"pika's load '{mode}': {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    return json.loads(done.stdout)
