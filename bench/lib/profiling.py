"""Turns the samples of perf into shares by area (areas.txt) and by method."""

import os
import re
from collections import Counter
from dataclasses import dataclass

from workloads import DataError

HERE = os.path.dirname(os.path.abspath(__file__))
KERNEL = "[kernel.kallsyms]"
MANAGED = re.compile(r"([\w.`+<>\[\],$|@]+)::([^\s(]+)\(")
SYSTEM_CALL = re.compile(r"^(?:_+(?:x64_|arm64_|ia32_|se_)?|k)sys_(\w+)$")
LIBRARY_CALL = re.compile(r"^_*(?:libc_|GI_)*_*(\w+?)(?:@.*)?$")
GENERIC = re.compile(r"`\d+(\[[^\]]*\])?|<[^>]*>")


@dataclass(frozen=True)
class Sample:
    """One sample: the thread's name, and the functions from the innermost outwards as (name, is in the kernel)."""

    thread: str
    frames: tuple


class Areas:
    """The rules of areas.txt."""

    def __init__(self, path=os.path.join(HERE, "areas.txt")):
        self._rules = {"thread": [], "syscall": [], "kernel": [], "leaf": [], "frame": []}
        self.names = []
        with open(path, encoding="utf-8") as file:
            for line in file:
                if not line.strip() or line.startswith("#"):
                    continue
                cells = [cell.strip() for cell in line.split("|", 2)]
                if len(cells) != 3 or cells[1] not in self._rules:
                    raise DataError(f"{path}: area | where | expression expected: {line.strip()}")
                self._rules[cells[1]].append((re.compile(cells[2]), cells[0]))
                if cells[0] not in self.names:
                    self.names.append(cells[0])

    def of(self, sample):
        """The area of a sample."""
        found = self._match("thread", sample.thread)
        if found:
            return found
        if sample.frames[0][1]:
            call = system_call(sample)
            return (self._match("syscall", call) if call else None) or self._match("kernel", sample.frames[0][0]) or "kernel: other"
        found = self._match("leaf", sample.frames[0][0])
        if found:
            return found
        last = "other"
        for name, _ in sample.frames:
            found = self._match("frame", name)
            if found and found != "other":
                return found
        return last

    def _match(self, where, text):
        for expression, area in self._rules[where]:
            if expression.search(text):
                return area
        return None


def system_call(sample):
    """The system call, or "page fault", that a sample in the kernel is in; None when it is in neither."""
    for index, (name, is_kernel) in enumerate(sample.frames):
        if not is_kernel:
            # The compiler leaves the frame of many a system call out; then the C library's function tells.
            was_call = sample.frames[index - 1][0].startswith("entry_SYSCALL")
            return LIBRARY_CALL.match(name).group(1) if was_call and LIBRARY_CALL.match(name) else None
        found = SYSTEM_CALL.match(name)
        if found:
            return found.group(1)
        if "page_fault" in name:
            return "page fault"
    return None


def read_samples(lines):
    """Samples from the lines of `perf script -F comm,ip,sym,dso`."""
    thread, frames = None, []
    for line in lines:
        line = line.rstrip("\n")
        if not line:
            if frames:
                yield Sample(thread, tuple(frames))
            thread, frames = None, []
        elif not line[0].isspace():
            thread = line.strip()
        else:
            frames.append(_frame(line.strip()))
    if frames:
        yield Sample(thread, tuple(frames))


def short_name(symbol, image):
    """Type::Method of a managed method, the symbol of a native function, or the file that a function without a name is in."""
    if symbol == "[unknown]":
        return os.path.basename(image) if not image.startswith("/tmp/perf-") else "code without a name"
    found = MANAGED.search(symbol)
    if not found:
        return symbol
    plain = GENERIC.sub("", found.group(1))
    return f"{plain.rsplit('.', 1)[-1].rsplit('+', 1)[-1]}::{GENERIC.sub('', found.group(2)).rsplit('.', 1)[-1]}"


def shares(samples, areas):
    """(count of samples, share by area, share by (area, function), share by thread), each from the largest on."""
    by_area, by_function, by_thread = Counter(), Counter(), Counter()
    total = 0
    for sample in samples:
        total += 1
        area = areas.of(sample)
        by_area[area] += 1
        by_thread[sample.thread] += 1
        by_function[(area, _describe(sample))] += 1
    count = max(total, 1)
    return total, *([(key, number / count) for key, number in counter.most_common()] for counter in (by_area, by_function, by_thread))


def _describe(sample):
    # What has no name of its own is told by its caller.
    name = sample.frames[0][0]
    if name.endswith(".so") or name in ("__tls_get_addr", "code without a name"):
        for caller, _ in sample.frames[1:]:
            if "::" in caller:
                return f"{name}, for {caller}"
    return name


def _frame(text):
    _, _, rest = text.partition(" ")
    symbol, _, image = rest.rpartition(" (")
    image = image.rstrip(")")
    is_kernel = image == KERNEL or image.endswith(".ko")
    return (symbol if is_kernel else short_name(symbol, image), is_kernel)
