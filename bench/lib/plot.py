"""Draws what bench/compare has kept: plot.py RAW SVG. Needs python3-matplotlib. The picture suits light and dark pages."""

import sys

sys.dont_write_bytecode = True

from figures import Results  # noqa: E402
from workloads import read_asked, read_workloads  # noqa: E402

try:
    import matplotlib
except ImportError:
    sys.exit("Drawing needs matplotlib: apt-get install python3-matplotlib")
matplotlib.use("svg")
from matplotlib import pyplot, ticker  # noqa: E402

INK, GRID = "#24292f", "#d0d7de"
DARK = {INK: "#e6edf3", GRID: "#3d444d"}
COLOURS = {"rabbitmq": "#d9730d", "ropeway": "#2f7fd8", "ropeway-aot": "#2a9d6f", "before": "#8a8f98", "after": "#2f7fd8"}
NAMES = {"rabbitmq": "RabbitMQ", "ropeway": "Ropeway", "ropeway-aot": "Ropeway, native", "before": "before", "after": "after"}
BAND = 0.8


def main():
    results = Results.load(sys.argv[1])
    titles = {row.name: row.title for row in read_workloads()}
    loads = [row for row in results.rows() if any(results.median(broker, row, "cpu") is not None for broker in results.brokers()) and not row.startswith("foreign-")]
    if not loads:
        sys.exit("There are no loads in that file, nothing to draw.")
    style()
    draw(results, loads, titles, sys.argv[2])
    suit_dark_pages(sys.argv[2])


def style():
    matplotlib.rcParams.update({
        "svg.fonttype": "none", "svg.hashsalt": "ropeway", "font.family": "sans-serif", "font.size": 9,
        "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": GRID, "xtick.color": INK, "ytick.color": INK,
        "xtick.labelcolor": INK, "ytick.labelcolor": INK, "grid.color": GRID, "axes.axisbelow": True,
    })


def draw(results, loads, titles, path):
    """Three panels over the same rows: rate, broker CPU per message, latency from p50 to p99.9."""
    brokers = [broker for broker in COLOURS if broker in results.brokers()]
    height = 1.9 + len(loads) * (0.16 + 0.17 * len(brokers))
    figure, panels = pyplot.subplots(1, 3, figsize=(12.5, height), sharey=True, gridspec_kw={"width_ratios": (1.15, 1, 1)})
    asked = read_asked() if "ropeway" in brokers else []
    for panel, (name, title) in zip(panels, (("rate", "messages per second"), ("cpu", "broker CPU, us per message"))):
        dots(panel, results, loads, brokers, name, title)
        marks(panel, loads, brokers, asked, name)
    latencies(panels[2], results, loads, brokers)
    panels[0].set_yticks(range(len(loads)), [titles.get(row, row) for row in loads])
    panels[0].set_ylim(len(loads) - 0.4, -0.6)
    for panel in panels:
        for index in range(1, len(loads)):
            panel.axhline(index - 0.5, color=GRID, linewidth=0.4)
    handles = [pyplot.Line2D([], [], color=COLOURS[broker], marker="o", linewidth=2.5) for broker in brokers]
    figure.legend(handles, [NAMES[broker] for broker in brokers], loc="upper right", ncols=len(brokers), frameon=False)
    figure.suptitle(caption(results), x=0.01, ha="left", fontsize=9)
    figure.tight_layout(rect=(0, 0, 1, 0.97))
    figure.savefig(path, transparent=True, metadata={"Date": None, "Title": "Ropeway's benchmarks"})


def caption(results):
    about = results.about
    return f"{about['date']}, commit {about['commit']}, {about['machine']}\nmedians of {about['rounds']}, lines from the lowest to the highest; triangles: what is asked"


def place(index, broker_index, broker_count):
    """Where a broker's dots lie within the band of the row."""
    return index - BAND / 2 + BAND * (broker_index + 0.5) / broker_count


def dots(panel, results, loads, brokers, name, title):
    """A dot at the median. Not bars: a logarithmic axis has no zero to begin at."""
    for number, broker in enumerate(brokers):
        for index, row in enumerate(loads):
            value = results.median(broker, row, name)
            if value is None:
                continue
            where = place(index, number, len(brokers))
            low, high = results.spread(broker, row, name) or (value, value)
            panel.plot((low, high), (where, where), color=COLOURS[broker], linewidth=2.5)
            panel.plot(value, where, "o", color=COLOURS[broker], markersize=6)
            panel.annotate(short(value), (high, where), xytext=(7, 0), textcoords="offset points", va="center", fontsize=8)
    finish(panel, title)
    low, high = panel.get_xlim()
    panel.set_xlim(low, high * 2)  # Room for the figures behind the dots.


def marks(panel, loads, brokers, asked, name):
    """A triangle at what is asked of Ropeway by itself."""
    for item in asked:
        if item.figure == name and item.broker == "ropeway" and not item.against and item.bound and item.row in loads:
            where = place(loads.index(item.row), brokers.index("ropeway"), len(brokers)) + 0.19
            panel.plot(item.bound[1], where, marker="^", color=INK, markersize=4, clip_on=False)


def latencies(panel, results, loads, brokers):
    """Lines from p50 to p99.9 with a dot at p99; end to end, or to the confirm where nothing is consumed."""
    for number, broker in enumerate(brokers):
        for index, row in enumerate(loads):
            kind = "delivery" if results.median(broker, row, "delivery-p50") is not None else "confirm"
            values = [results.median(broker, row, f"{kind}-{part}") for part in ("p50", "p99", "p999")]
            if None in values:
                continue
            where = place(index, number, len(brokers))
            panel.plot((values[0], values[2]), (where, where), color=COLOURS[broker], linewidth=2.5)
            panel.plot(values[1], where, "o", color=COLOURS[broker], markersize=4.5)
    finish(panel, "latency in ms: p50 to p99.9, dot at p99")


def finish(panel, title):
    panel.set_xscale("log")
    panel.set_title(title, fontsize=9, loc="left")
    panel.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: short(value)))
    panel.xaxis.set_minor_formatter(ticker.NullFormatter())
    panel.grid(axis="x", linewidth=0.6)
    panel.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        panel.spines[side].set_visible(False)


def short(value):
    for limit, divisor, unit in ((1e6, 1e6, " M"), (1e3, 1e3, " k")):
        if value >= limit:
            return f"{value / divisor:.3g}{unit}"
    return f"{value:.3g}"


def suit_dark_pages(path):
    """Gives the picture other ink where the reader's pages are dark."""
    rules = "".join(
        f'[style*="{part}: {light}"]{{{part}:{dark} !important}}' for light, dark in DARK.items() for part in ("fill", "stroke"))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    start = text.index("<defs>")
    text = f"{text[:start]}<style>@media (prefers-color-scheme: dark){{{rules}}}</style>\n {text[start:]}"
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(line.rstrip() for line in text.splitlines()) + "\n")


if __name__ == "__main__":
    main()
