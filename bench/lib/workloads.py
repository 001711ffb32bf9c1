"""Reads the data files: what is run (workloads.txt) and what is asked of it (asked.txt)."""

import os
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
SCENES = ("load", "backlog", "connections", "queues", "start")


class DataError(Exception):
    """A line of a data file, or a name on the command line, that makes no sense."""


@dataclass(frozen=True)
class Workload:
    """A row: its name, its scene, what it is in words, the arguments of `ropeway bench`, and whether RabbitMQ is left out."""

    name: str
    scene: str
    is_alone: bool
    title: str
    arguments: tuple


@dataclass(frozen=True)
class Asked:
    """A bound that a figure of a row should keep; `bound` or `aim` is (">=" or "<=", number) or None."""

    row: str
    figure: str
    broker: str
    against: str
    bound: tuple
    aim: tuple


def read_workloads(path=os.path.join(HERE, "workloads.txt")):
    """The rows in order."""
    rows = []
    for cells in _lines(path, 4):
        scene, _, trait = cells[1].partition(" ")
        if scene not in SCENES or trait.strip() not in ("", "alone"):
            raise DataError(f"{path}: '{cells[1]}' is no scene")
        rows.append(Workload(cells[0], scene, trait.strip() == "alone", cells[2], tuple(cells[3].split())))
    return rows


def read_asked(path=os.path.join(HERE, "asked.txt")):
    """The bounds in order."""
    asked = []
    for cells in _lines(path, 5):
        broker, _, against = (part.strip() for part in cells[2].partition("/"))
        asked.append(Asked(cells[0], cells[1], broker, against, _bound(path, cells[3]), _bound(path, cells[4])))
    return asked


def choose(rows, only):
    """The rows that `only` names, by row or scene, with commas; all when it is empty."""
    wanted = [name for name in only.split(",") if name]
    for name in wanted:
        if name not in SCENES and all(row.name != name for row in rows):
            raise DataError(f"there is no workload '{name}'; known: {', '.join(row.name for row in rows)}, and the scenes {', '.join(SCENES)}")
    # Filling and draining belong together.
    scenes = {row.scene for row in rows if row.name in wanted and row.scene == "backlog"}
    return [row for row in rows if not wanted or row.name in wanted or row.scene in wanted or row.scene in scenes]


def _lines(path, width):
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                cells = [cell.strip() for cell in line.split("|")]
                if len(cells) != width:
                    raise DataError(f"{path}: {width} columns expected: {line.strip()}")
                yield cells


def _bound(path, text):
    if not text:
        return None
    relation, _, number = text.partition(" ")
    if relation not in (">=", "<="):
        raise DataError(f"{path}: '{text}' is no bound")
    return relation, float(number)
