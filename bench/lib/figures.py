"""Results of runs, what they mean as figures, and their medians."""

import json
import statistics
from dataclasses import dataclass

MIB = 1 << 20
KIB = 1 << 10


@dataclass(frozen=True)
class Figure:
    """A figure of a result: its name for people, its unit, and how it follows from the result's fields (None: it does not)."""

    title: str
    unit: str
    read: object


def _field(name, divisor=1.0):
    def read(result):
        value = result.get(name)
        return None if value is None or value < 0 else value / divisor

    return read


def _rate(result):
    for name in ("deliveredPerSecond", "publishedPerSecond", "perSecond"):
        if result.get(name, 0) > 0:
            return result[name]
    return None


def _stored(result):
    bodies = result.get("published", 0) * result.get("bytes", 0)
    written = result.get("brokerFileWriteBytes", -1)
    return written / bodies if bodies and written >= 0 else None


FIGURES = {
    "rate": Figure("rate", "/s", _rate),
    "bodies": Figure("bodies", "MB/s", _field("megabytesPerSecond")),
    "cpu": Figure("broker CPU", "us/msg", _field("brokerCpuPerMessage")),
    "generator": Figure("generator CPU", "us/msg", _field("generatorCpuPerMessage")),
    "confirm-p50": Figure("confirm p50", "ms", _field("confirmP50", 1000)),
    "confirm-p99": Figure("confirm p99", "ms", _field("confirmP99", 1000)),
    "confirm-p999": Figure("confirm p99.9", "ms", _field("confirmP999", 1000)),
    "delivery-p50": Figure("end to end p50", "ms", _field("deliverP50", 1000)),
    "delivery-p99": Figure("end to end p99", "ms", _field("deliverP99", 1000)),
    "delivery-p999": Figure("end to end p99.9", "ms", _field("deliverP999", 1000)),
    "rss": Figure("resident memory", "MiB", _field("brokerResidentBytesMax", MIB)),
    "each": Figure("memory of each", "KiB", _field("brokerResidentBytesEach", KIB)),
    "written": Figure("written", "MiB", _field("brokerWrittenBytes", MIB)),
    "stored": Figure("bytes written per byte of body", "", _stored),
    "ready": Figure("start to ready", "s", _field("startMs", 1000)),
    "first": Figure("start to first delivery", "s", _field("firstDeliveryMs", 1000)),
    "other": Figure("other load", "cores", _field("otherCores")),
}


class Results:
    """All results of one invocation; also what is kept in the raw file, one JSON object per line."""

    def __init__(self, about, path=None):
        self.about = about
        self.runs = []
        self.failures = []
        self._file = open(path, "w", encoding="utf-8") if path else None
        self._keep({"about": about})

    @classmethod
    def load(cls, path):
        """Reads a raw file again."""
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.strip()]
        results = cls(lines[0]["about"])
        for line in lines[1:]:
            (results.failures if "failure" in line else results.runs).append(line)
        return results

    def add(self, broker, row, number, result):
        """Keeps the result of one run of round `number`."""
        self.runs.append({"broker": broker, "row": row, "round": number, "result": result})
        self._keep(self.runs[-1])

    def fail(self, broker, row, number, text):
        """Keeps why a run gave no result."""
        self.failures.append({"broker": broker, "row": row, "round": number, "failure": text})
        self._keep(self.failures[-1])

    def values(self, broker, row, figure):
        """{round: value}."""
        found = {}
        for run in self.runs:
            if run["broker"] == broker and run["row"] == row:
                value = FIGURES[figure].read(run["result"])
                if value is not None:
                    found.setdefault(run["round"], []).append(value)
        return {number: statistics.median(values) for number, values in found.items()}

    def median(self, broker, row, figure):
        """Median of the rounds; None when there is none."""
        values = self.values(broker, row, figure)
        return statistics.median(values.values()) if values else None

    def spread(self, broker, row, figure):
        """(lowest, highest) of the rounds; None when there are fewer than two."""
        values = self.values(broker, row, figure).values()
        return (min(values), max(values)) if len(values) > 1 else None

    def ratio(self, broker, against, row, figure):
        """Median of one broker by the median of another; None when one is missing."""
        ours, theirs = self.median(broker, row, figure), self.median(against, row, figure)
        return None if ours is None or not theirs else ours / theirs

    def paired_ratios(self, broker, against, row, figure):
        """The ratio within each round, in order of size."""
        ours, theirs = self.values(broker, row, figure), self.values(against, row, figure)
        return sorted(ours[number] / theirs[number] for number in ours if theirs.get(number))

    def brokers(self):
        """Names of the brokers that were run, in the order of their first result."""
        return list(dict.fromkeys(run["broker"] for run in self.runs + self.failures))

    def rows(self):
        """Names of the rows that have results, in the order of their first."""
        return list(dict.fromkeys(run["row"] for run in self.runs))

    def _keep(self, line):
        if self._file:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
