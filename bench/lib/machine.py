"""What Linux says about this machine and its processes."""

import os
import resource
import subprocess
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all threads of a process; 0 when it has gone."""
    _, ticks = _stat(pid)
    return ticks / TICKS_PER_SECOND


def resident_bytes(pid):
    """Resident memory of a process."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def context_switches(pid):
    """Context switches of all threads of a process that live: (voluntary, involuntary)."""
    voluntary = involuntary = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/status", encoding="utf-8", errors="replace") as file:
                for line in file:
                    if line.startswith("voluntary_ctxt_switches:"):
                        voluntary += int(line.split()[1])
                    elif line.startswith("nonvoluntary_ctxt_switches:"):
                        involuntary += int(line.split()[1])
        except FileNotFoundError:
            continue
    return voluntary, involuntary


def wait_until_idle(pid, cores_max=0.04, window_seconds=0.25, timeout_seconds=20.0):
    """Waits until a process takes less than `cores_max` of a processor. Returns whether it came to that in time."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        before, began = cpu_seconds(pid), time.monotonic()
        time.sleep(window_seconds)
        if cpu_seconds(pid) - before < cores_max * (time.monotonic() - began):
            return True
    return False


def raise_open_files():
    """Raises this process's limit of open files as far as it may; children inherit it. Returns the limit."""
    wanted = 131_072
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def describe():
    """One line: processors, kernel, memory."""
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    gibibytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    release = os.uname().release.split("-")[0]
    return f"{os.cpu_count()} cores ({model}), {gibibytes:.0f} GiB, Linux {release}"


def command_line(*words):
    """Output of a command without its line end; empty when it failed."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


class Bystanders:
    """Processor time of all processes but some, between its making and `top`: what else the machine did."""

    def __init__(self, left_out):
        self._left_out = set(left_out) | {os.getpid()}
        self._before = self._read()
        self._began = time.monotonic()

    def top(self, also_left_out=(), count=3):
        """The busiest others as [(name, cores)], from 0.05 cores on. Processes that have ended meanwhile are not seen."""
        seconds = max(time.monotonic() - self._began, 1e-3)
        left_out = self._left_out | set(also_left_out)
        cores = {}
        for pid, (name, ticks) in self._read().items():
            if pid not in left_out:
                used = ticks - self._before.get(pid, (name, 0))[1]
                cores[name] = cores.get(name, 0) + used / TICKS_PER_SECOND / seconds
        busy = sorted(((name, round(used, 2)) for name, used in cores.items() if used >= 0.05), key=lambda pair: -pair[1])
        return busy[:count]

    @staticmethod
    def _read():
        return {int(entry): _stat(entry) for entry in os.listdir("/proc") if entry.isdigit()}


def _stat(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return "", 0
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    return name, int(fields[11]) + int(fields[12])
