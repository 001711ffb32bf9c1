"""Turns results into markdown: tables of figures, of before and after, of what was asked, and of the cross-check."""

import statistics

from figures import FIGURES

LOUD_CORES = 0.1
COMPARED = (
    "cpu", "rate", "confirm-p50", "confirm-p99", "confirm-p999", "delivery-p50", "delivery-p99", "delivery-p999", "ready", "first", "each", "rss", "written",
)


def report(results, rows, asked):
    """The whole text. `rows` and `asked` come from the data files."""
    titles = {row.name: row.title for row in rows}
    parts = [_about(results)]
    if results.about.get("baseline"):
        parts.append(before_and_after(results, titles))
    else:
        parts += [_loads(results, titles), _others(results, titles)]
        if "ropeway" in results.brokers():
            parts.append(verdicts(results, titles, asked))
    parts += [_foreign(results), _remarks(results, titles), _noise(results), _failures(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def number(value, unit=""):
    """A number with three figures that count, or with thousands separated, and its unit."""
    if value is None:
        return ""
    size = abs(value)
    text = f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 1 else f"{value:.3g}"
    return f"{text}{' ' if unit and not unit.startswith('/') else ''}{unit}"


def verdicts(results, titles, asked):
    """What was asked, what was measured, and whether that is enough, for the rows that were run."""
    lines, reached, judged = [], 0, 0
    rows = set(results.rows())
    for item in asked:
        if item.row not in rows and not any(failure["row"] == item.row for failure in results.failures):
            continue
        value = results.ratio(item.broker, item.against, item.row, item.figure) if item.against else results.median(item.broker, item.row, item.figure)
        if value is None and not _was_meant(results, item):
            continue
        verdict = ""
        if item.bound:
            judged += 1
            is_kept = value is not None and keeps(value, item.bound)
            reached += is_kept
            verdict = "not measured" if value is None else "reached" if is_kept else "**not reached**"
        aim = ""
        if item.aim:
            aim = f"{_bound(item, item.aim)}: " + ("not measured" if value is None else "reached" if keeps(value, item.aim) else "not reached")
        lines.append(f"| {_title(titles, item.row)} | {_subject(item)} | {_bound(item, item.bound)} | {_shown(item, value)} | {verdict} | {aim} |")
    if not lines:
        return ""
    head = "| workload | figure | asked | measured | verdict | aim |\n|---|---|---|---|---|---|\n"
    return f"**Asked and reached: {reached} of {judged}**\n\n" + head + "\n".join(lines)


def keeps(value, bound):
    """Whether a value keeps a bound (relation, number)."""
    relation, limit = bound
    return value >= limit if relation == ">=" else value <= limit


def before_and_after(results, titles):
    """One table of two builds: medians, and the median, lowest and highest of the ratios within a round."""
    after, before = results.about["baseline"]["after"], results.about["baseline"]["before"]
    lines = [
        f"Before: {before}; after: {after}. A ratio is after / before within one round: median (lowest - highest).",
        "",
        "| workload | figure | before | after | ratio |",
        "|---|---|---|---|---|",
    ]
    for row in results.rows():
        for name in COMPARED:
            figure = FIGURES[name]
            old, new = results.median("before", row, name), results.median("after", row, name)
            ratios = results.paired_ratios("after", "before", row, name)
            if not ratios:
                continue
            middle = statistics.median(ratios)
            spread = f" ({ratios[0]:.3f} - {ratios[-1]:.3f})" if len(ratios) > 1 else ""
            lines.append(f"| {_title(titles, row)} | {figure.title} | {number(old, figure.unit)} | {number(new, figure.unit)} | {middle:.3f}{spread} |")
    return "\n".join(lines)


def _about(results):
    about = results.about
    rabbit = f"; RabbitMQ {about['rabbitmq']}" if about.get("rabbitmq") else ""
    return (
        f"{about['date']}, commit {about['commit']}; {about['machine']}; .NET SDK {about['sdk']}{rabbit}. "
        f"Medians of {about['rounds']} round{'s' if about['rounds'] != 1 else ''}, brokers in turn, load generator on the same cores; "
        f"{about['seconds']:g} s measured after {about['warmup']:g} s of warm-up."
    )


def _loads(results, titles):
    lines = []
    for row in results.rows():
        for broker in results.brokers():
            if row.startswith("foreign-") or results.median(broker, row, "cpu") is None:
                continue
            ratio = results.ratio(broker, "rabbitmq", row, "rate") if broker != "rabbitmq" else None
            cells = [
                _title(titles, row),
                broker,
                number(results.median(broker, row, "rate")) + _spread(results, broker, row, "rate"),
                f"{ratio:.1f}x" if ratio else "",
                number(results.median(broker, row, "cpu")) + _spread(results, broker, row, "cpu"),
                number(results.median(broker, row, "generator")),
                _three(results, broker, row, "confirm"),
                _three(results, broker, row, "delivery"),
                number(results.median(broker, row, "rss")),
                number(results.median(broker, row, "written")),
                f"{results.median(broker, row, 'other') or 0:.2f}",
            ]
            lines.append("| " + " | ".join(cells) + " |")
    if not lines:
        return ""
    head = (
        "| workload | broker | msg/s (lowest - highest) | ratio | broker CPU us/msg (lowest - highest) | generator CPU us/msg "
        "| confirm p50 / p99 / p99.9 ms | end to end p50 / p99 / p99.9 ms | RSS MiB | written MiB | other load, cores |\n"
    )
    return head + "|---" * 11 + "|\n" + "\n".join(lines)


def _others(results, titles):
    brokers = results.brokers()
    lines = []
    for row in results.rows():
        if row.startswith("foreign-") or any(results.median(broker, row, "cpu") is not None for broker in brokers):
            continue
        for name in ("ready", "first", "rate", "each", "rss"):
            if all(results.median(broker, row, name) is None for broker in brokers):
                continue
            figure = FIGURES[name]
            cells = [number(results.median(broker, row, name), figure.unit) + _spread(results, broker, row, name) for broker in brokers]
            lines.append(f"| {_title(titles, row)} | {figure.title} | " + " | ".join(cells) + " |")
    if not lines:
        return ""
    return f"| what else | figure | {' | '.join(brokers)} |\n" + "|---" * (len(brokers) + 2) + "|\n" + "\n".join(lines)


def _foreign(results):
    rows = [row for row in results.rows() if row.startswith("foreign-")]
    lines = []
    for row in rows:
        for broker in results.brokers():
            cpu = results.median(broker, row, "cpu")
            if cpu is None:
                continue
            less = results.ratio("rabbitmq", broker, row, "cpu") if broker != "rabbitmq" else None
            ratio = results.ratio(broker, "rabbitmq", row, "rate") if broker != "rabbitmq" else None
            what = next(run["result"]["what"] for run in results.runs if run["row"] == row)
            cells = [
                what,
                broker,
                number(results.median(broker, row, "rate")) + _spread(results, broker, row, "rate"),
                f"{ratio:.1f}x" if ratio else "",
                number(cpu) + _spread(results, broker, row, "cpu"),
                f"1/{less:.1f}" if less else "",
                number(results.median(broker, row, "generator")),
            ]
            lines.append("| " + " | ".join(cells) + " |")
    if not lines:
        return ""
    head = (
        "Cross-check with generators that are not ours. They cost more than the brokers do, so their rate says little about a fast broker; "
        "broker CPU per message is comparable.\n\n"
        "| load | broker | msg/s (lowest - highest) | ratio | broker CPU us/msg (lowest - highest) | ratio | generator CPU us/msg |\n"
    )
    return head + "|---" * 7 + "|\n" + "\n".join(lines)


def _remarks(results, titles):
    remarks = {(run["row"], run["broker"]): run["result"]["remark"] for run in results.runs if run["result"].get("remark")}
    return "\n".join(f"- {_title(titles, row)}, {broker}: {text}." for (row, broker), text in remarks.items())


def _noise(results):
    loud = [run for run in results.runs if run["result"].get("otherCores", 0) > LOUD_CORES]
    if not loud:
        return ""
    names = {}
    for run in loud:
        for name, cores in run["result"].get("others", []):
            names[name] = max(names.get(name, 0), cores)
    seen = ", ".join(f"{name} {cores:.2f}" for name, cores in sorted(names.items(), key=lambda pair: -pair[1])[:5])
    share = sum(1 for run in results.runs if "otherCores" in run["result"])
    highest = max(run["result"]["otherCores"] for run in loud)
    text = f"**Other load**: more than {LOUD_CORES} cores in {len(loud)} of {share} runs, {highest:.2f} at most"
    return text + (f"; busiest: {seen}" if seen else "") + ". Rates and latencies of these runs are not to be trusted."


def _failures(results):
    if not results.failures:
        return ""
    lines = [f"- {failure['row']}, {failure['broker']}, round {failure['round']}: {failure['failure'].splitlines()[0][:300]}" for failure in results.failures]
    return "**Failed runs**\n\n" + "\n".join(lines)


def _was_meant(results, item):
    # A figure against a broker that was not run is no failure.
    return item.broker in results.brokers() and (not item.against or item.against in results.brokers())


def _title(titles, row):
    return titles.get(row) or {"restart": "backlog: restart", "backlog": "backlog, highest of all three"}.get(row, row)


def _subject(item):
    name = FIGURES[item.figure].title
    who = "" if item.broker == "ropeway" else f", {item.broker}"
    return f"{name}{who}" + (f" against {item.against}" if item.against else "")


def _bound(item, bound):
    if not bound:
        return ""
    relation, limit = bound
    if item.against:
        return f"{relation} {limit:g}x" if limit >= 0.7 else f"{relation} 1/{round(1 / limit, 2):g}"
    unit = FIGURES[item.figure].unit
    return f"{relation} {limit:,.10g}{' ' if unit and not unit.startswith('/') else ''}{unit}"


def _shown(item, value):
    if value is None:
        return ""
    if item.against:
        return f"{number(value)}x" if value >= 0.7 or value == 0 else f"1/{number(1 / value)}"
    return number(value, FIGURES[item.figure].unit)


def _spread(results, broker, row, figure):
    spread = results.spread(broker, row, figure)
    return f" ({number(spread[0])} - {number(spread[1])})" if spread else ""


def _three(results, broker, row, name):
    values = [results.median(broker, row, f"{name}-{quantile}") for quantile in ("p50", "p99", "p999")]
    return "" if values[0] is None else " / ".join(number(value) for value in values)
