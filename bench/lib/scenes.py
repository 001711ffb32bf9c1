"""Plays the scenes of workloads.txt against one broker, each on a fresh one, and gives the results."""

import json
import os
import shutil
import subprocess
import time

import brokers
import machine
import probe

SETTLE_SECONDS = 20.0
OPEN_FILES_RESERVED = 600  # And an eighth of them: what brokers keep for their files and other listeners.
BENCH_SECONDS_MAX = 2 * 3600
INTERRUPT_SECONDS = 10


class RunError(Exception):
    """A run gave no result; the text says why."""


class Stage:
    """Where scenes are played: the generator, directories, lengths. `note(row, result)` takes the results."""

    def __init__(self, generator, directory, seconds, warmup, backlog, starts, note):
        self.generator = generator
        self.directory = directory
        self.seconds = seconds
        self.warmup = warmup
        self.backlog = backlog
        self.starts = starts
        self.note = note

    def play(self, broker, rows):
        """Plays rows of one scene: one row, or those of a backlog together."""
        home = os.path.join(self.directory, broker.name)
        shutil.rmtree(home, ignore_errors=True)
        try:
            getattr(self, f"_play_{rows[0].scene}")(broker, home, rows)
        finally:
            broker.stop()
            shutil.rmtree(home, ignore_errors=True)

    def _play_load(self, broker, home, rows):
        self._start(broker, home)
        arguments = rows[0].arguments
        if "--count" not in arguments:
            arguments += ("--seconds", str(self.seconds), "--warmup", str(self.warmup))
        self.note(rows[0].name, self.bench(broker, "amqp", arguments))

    def _play_backlog(self, broker, home, rows):
        arguments = {row.name: tuple(str(self.backlog) if word == "BACKLOG" else word for word in row.arguments) for row in rows}
        self._start(broker, home)
        fill = self.bench(broker, "amqp", arguments["fill"])
        self.note("fill", fill)
        broker.stop()
        broker.start(home)
        restart = {"startMs": broker.start_ms, "brokerResidentBytesMax": machine.resident_bytes(broker.pid)}
        channel = probe.Channel(broker.port)
        channel.first_delivery("bench-backlog.0")
        restart["firstDeliveryMs"] = (time.monotonic() - broker.began) * 1000
        channel.close()
        self.note("restart", restart)
        drain = self.bench(broker, "amqp", arguments["drain"])
        self.note("drain", drain)
        self.note("backlog", {"brokerResidentBytesMax": max(part["brokerResidentBytesMax"] for part in (fill, restart, drain))})

    def _play_connections(self, broker, home, rows):
        arguments = list(rows[0].arguments)
        place = arguments.index("--count") + 1
        wanted = int(arguments[place])
        files = machine.raise_open_files()
        possible = min(wanted, (files - files // 8 - OPEN_FILES_RESERVED) * 10 // 11)  # A tenth more is opened and not counted.
        arguments[place] = str(possible)
        self._start(broker, home)
        before = machine.resident_bytes(broker.pid)
        result = self.bench(broker, "amqp-connections", arguments)
        if possible < wanted:
            # A process may not have more files open here: say so, and take the rest for as large as those that were.
            result["brokerResidentBytesMax"] = before + result["brokerResidentBytesEach"] * wanted
            result["remark"] = f"{possible:,} opened, the most that this machine's limit of open files allows; memory of {wanted:,} computed from them"
        self.note(rows[0].name, result)

    def _play_queues(self, broker, home, rows):
        self._start(broker, home)
        self.note(rows[0].name, self.bench(broker, "amqp-queues", rows[0].arguments))

    def _play_start(self, broker, home, rows):
        for _ in range(self.starts):
            shutil.rmtree(home, ignore_errors=True)
            broker.start(home)
            at_once = machine.resident_bytes(broker.pid)
            machine.wait_until_idle(broker.pid, timeout_seconds=SETTLE_SECONDS)
            resident = max(at_once, machine.resident_bytes(broker.pid))
            self.note(rows[0].name, {"startMs": broker.start_ms, "brokerResidentBytesMax": resident})
            broker.stop()

    @staticmethod
    def _start(broker, home):
        broker.start(home)
        machine.wait_until_idle(broker.pid, timeout_seconds=SETTLE_SECONDS)  # Zero-filling and the like go on behind.

    def bench(self, broker, subcommand, arguments):
        """Runs `ropeway bench` against the broker and returns its result, with the other load of the machine."""
        words = [self.generator, "bench", subcommand, f"amqp://127.0.0.1:{broker.port}", "--broker-pid", str(broker.pid), "--json", *arguments]
        bystanders = machine.Bystanders({broker.pid})
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=brokers.die_with_parent)
        try:
            output, fault = process.communicate(timeout=BENCH_SECONDS_MAX)
        except BaseException:
            process.terminate()  # It deletes its queues, and files of its runtime.
            try:
                process.wait(INTERRUPT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise
        if process.returncode != 0:
            raise RunError((fault or output).strip() or f"the generator ended with {process.returncode}")
        result = json.loads(output)
        result["others"] = bystanders.top({process.pid})
        return result
