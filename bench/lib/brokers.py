"""Starts and stops private brokers: own ports, own directories, nothing shared with one that already runs."""

import ctypes
import glob
import os
import shutil
import signal
import socket
import subprocess
import time

import probe

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class BrokerError(Exception):
    """A broker did not start."""


def free_port():
    """A TCP port of the loopback interface that nobody uses, below the ephemeral ones."""
    for _ in range(100):
        port = 20_000 + int.from_bytes(os.urandom(2), "big") % 12_000
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise BrokerError("no free port found")


def die_with_parent():
    """For preexec_fn: the child gets SIGTERM when this program ends in whatever way."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Broker:
    """A broker process. `start` and `stop` may alternate on one directory: that is a restart."""

    def __init__(self, name):
        self.name = name
        self.port = 0
        self.start_ms = 0.0
        self.began = 0.0
        self._process = None

    @property
    def pid(self):
        """Process id of the broker itself."""
        return self._process.pid

    def is_alive(self):
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self, directory):
        """Starts it with its data below a directory and waits until a channel opens; `start_ms` is the time until then."""
        os.makedirs(directory, exist_ok=True)
        self.port = free_port()
        log_path = os.path.join(directory, "output.log")
        with open(log_path, "ab") as log:
            self.began = time.monotonic()
            self._process = self._launch(directory, log)
        try:
            ready = self._wait_until_ready()
        except (probe.ProbeError, OSError) as fault:
            self.stop()
            with open(log_path, encoding="utf-8", errors="replace") as log:
                tail = "".join(log.readlines()[-20:])
            raise BrokerError(f"{self.name} did not start: {fault}\n{tail}") from fault
        self.start_ms = (ready - self.began) * 1000

    def stop(self):
        """Ends it by its process id: SIGTERM, and SIGKILL when that takes more than a minute."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _launch(self, directory, log):
        raise NotImplementedError

    def _wait_until_ready(self):
        return probe.wait_until_open(self.port, self.is_alive)


class Ropeway(Broker):
    """A published Ropeway. Without HTTP, as RabbitMQ runs without its management plug-in, unless told otherwise."""

    def __init__(self, name, executable, environment=None, with_http=False):
        super().__init__(name)
        self._executable = executable
        self._environment = environment or {}
        self._with_http = with_http
        self.http_port = 0

    def _launch(self, directory, log):
        listen = ["--listen", f"amqp://127.0.0.1:{self.port}"]
        if self._with_http:
            self.http_port = free_port()
            listen += ["--listen", f"http://127.0.0.1:{self.http_port}"]
        return subprocess.Popen(
            [self._executable, "serve", *listen, "--data-dir", os.path.join(directory, "data")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, **self._environment},
            preexec_fn=die_with_parent,
        )

    def _wait_until_ready(self):
        # The line comes when all listeners are open; the channel shows that it is true.
        for line in self._process.stdout:
            if line.startswith(b"ropeway ready"):
                return super()._wait_until_ready()
        raise probe.ProbeError("it ended before it was ready")

    def stop(self):
        if self._process is not None:
            self._process.stdout.close()
        super().stop()


class RabbitMQ(Broker):
    """A node of the Debian package rabbitmq-server, with its default settings and no plug-ins."""

    def __init__(self, name="rabbitmq"):
        super().__init__(name)
        self._epmd_port = 0

    @staticmethod
    def home():
        """Where the package lies; None when it is not installed."""
        homes = sorted(glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*"))
        return homes[-1] if homes and shutil.which("epmd") else None

    @classmethod
    def version(cls):
        """What the package calls itself."""
        return cls.home().rsplit("-", 1)[1] if cls.home() else ""

    def _launch(self, directory, log):
        for folder in ("home", "mnesia", "log"):
            os.makedirs(os.path.join(directory, folder), exist_ok=True)
        for name, text in (("rabbitmq.conf", ""), ("advanced.config", "[]."), ("plugins", "[].")):
            with open(os.path.join(directory, name), "w", encoding="ascii") as file:
                file.write(text)
        self._epmd_port = free_port()
        environment = {
            "HOME": f"{directory}/home",
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP": f"{directory}/log/crash.dump",
            "RABBITMQ_HOME": self.home(),
            "RABBITMQ_NODENAME": "bench@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": f"{directory}/mnesia",
            "RABBITMQ_LOG_BASE": f"{directory}/log",
            "RABBITMQ_LOGS": f"{directory}/log/rabbit.log",
            "RABBITMQ_CONFIG_FILE": f"{directory}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{directory}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{directory}/plugins",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RUNNING_UNDER_SYSTEMD": "1",  # Makes the start script replace itself by the node: its process id is the node's.
        }
        return subprocess.Popen(
            [f"{self.home()}/sbin/rabbitmq-server"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            cwd=directory,
            preexec_fn=die_with_parent,
        )

    def _wait_until_ready(self):
        return probe.wait_until_open(self.port, self.is_alive, poll_seconds=0.01)

    def stop(self):
        if self._process is None:
            return
        super().stop()
        subprocess.run(
            ["epmd", "-port", str(self._epmd_port), "-kill"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
            check=False,
        )
