// <rw-chart>: at most two lines over time. Height is reserved; nothing is animated. All charts of a page share one crosshair.
import uPlot from './vendor/uplot.js';
import { html } from './vendor/lit.js';
import { save } from './broker.js';
import * as format from './format.js';

const crosshair = uPlot.sync('page');

/** The smallest of 1, 2, 5 times a power of ten that gives at most five lines. */
function splits(top, isWhole) {
  let step = 10 ** Math.floor(Math.log10(Math.max(top, 1e-9) / 4));
  step *= [1, 2, 5, 10].find(factor => top / (step * factor) <= 4.5) ?? 10;
  step = isWhole ? Math.max(1, step) : step;
  const lines = [];
  for (let value = 0; value <= top * 1.0001; value += step) {
    lines.push(value);
  }
  return lines;
}

class Chart extends HTMLElement {
  #series = [];
  #data = [[]];

  /** [{tone, dashed, filled}], in the order of the data. */
  set series(value) {
    this.#series = value;
  }

  /** Whether values are counts: then so are the lines of the axis. */
  set whole(value) {
    this.isWhole = value;
  }

  /** The text for a value of the axis. */
  set unit(value) {
    this.write = value;
  }

  /** [times in seconds, values, values]; null is a gap. The same array is drawn once. */
  set data(value) {
    if (value !== this.#data) {
      this.#data = value;
      this.plot?.setData(value);
    }
  }

  connectedCallback() {
    this.watch = new ResizeObserver(() => this.#fit());
    this.watch.observe(this);
    this.recolour = () => this.#draw();
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.scheme.addEventListener('change', this.recolour);
    document.addEventListener('themechange', this.recolour);
  }

  disconnectedCallback() {
    this.watch.disconnect();
    this.scheme.removeEventListener('change', this.recolour);
    document.removeEventListener('themechange', this.recolour);
    this.plot?.destroy();
    this.plot = null;
  }

  #fit() {
    const width = Math.floor(this.clientWidth);
    if (width < 40) {
      return;
    }
    if (this.plot) {
      this.plot.setSize({ width, height: 150 });
    } else {
      this.#draw();
    }
  }

  #draw() {
    this.plot?.destroy();
    const style = getComputedStyle(this);
    const colour = name => style.getPropertyValue(`--${name}`).trim();
    const axis = { stroke: colour('text3'), font: `12px Geist, system-ui, sans-serif`, ticks: { show: false } };
    this.plot = new uPlot({
      width: Math.floor(this.clientWidth),
      height: 150,
      padding: [8, 26, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: crosshair.key }, y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: { y: { range: (plot, low, high) => [0, Math.max(high ?? 0, 1) * 1.08] } },
      axes: [
        { ...axis, grid: { show: false }, size: 24, space: 72, incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600], values: (plot, times) => times.map(time => format.clock(time * 1000).slice(0, plot.scales.x.max - plot.scales.x.min < 300 ? 8 : 5)) },
        { ...axis, grid: { stroke: colour('line'), width: 1 }, size: 52, splits: (plot, index, low, high) => splits(high, this.isWhole), values: (plot, values) => values.map(this.write ?? format.short) },
      ],
      series: [{}, ...this.#series.map(series => ({
        stroke: colour(`chart-${series.tone}`),
        width: 2,
        dash: series.dashed ? [6, 4] : undefined,
        fill: series.filled ? `${colour(`chart-${series.tone}`)}1f` : undefined,
        points: { show: false },
        spanGaps: false,
      }))],
    }, this.#data, this);
  }
}

customElements.define('rw-chart', Chart);

/** What a line did, in words: for those who do not see it. */
function summary(values, write) {
  const known = values.filter(value => value != null);
  if (known.length === 0) {
    return 'no values yet';
  }
  const low = Math.min(...known);
  const high = Math.max(...known);
  const [first, last] = [known[0], known.at(-1)];
  const change = high - low === 0 ? 'steady' : last - first > (high - low) / 3 ? 'rising' : first - last > (high - low) / 3 ? 'falling' : 'steady';
  return low === high ? `${write(low)} throughout` : `between ${write(low)} and ${write(high)}, now ${write(last)}, ${change}`;
}

/** A time in seconds as CSV and the table have it: whole milliseconds. */
const stamp = seconds => new Date(Math.round(seconds * 1000));

/** What a chart shows, as a file for spreadsheets: UTC, a gap is empty. */
function csv({ title, data, series }) {
  const quoted = text => `"${text.replaceAll('"', '""')}"`;
  const lines = data[0].map((seconds, row) => [stamp(seconds).toISOString(), ...series.map((_, index) => data[index + 1][row] ?? '')].join());
  const text = [['time', ...series.map(line => quoted(`${title}: ${line.name}`))].join(), ...lines, ''].join('\r\n');
  save(new Blob([text], { type: 'text/csv' }), `ropeway-${title.toLowerCase().replaceAll(' ', '-')}.csv`);
}

/** The rows of a chart, the newest first: all that it draws. */
const rows = ({ title, data, write, series }) => html`<div class="scroll chart-table" tabindex="0" role="group" aria-label=${title}><table>
  <caption class="hidden-text">${title}</caption>
  <thead><tr><th scope="col">Time (${format.zoneName()})</th>${series.map(line => html`<th scope="col" class="number">${line.name}</th>`)}</tr></thead>
  <tbody>${data[0].map((seconds, row) => html`<tr><th scope="row" class="nowrap">${format.time(stamp(seconds), false)}</th>${series.map((_, index) => html`<td class="number">${write(data[index + 1][row])}</td>`)}</tr>`).reverse()}</tbody>
</table></div>`;

const tables = new Set(); // Titles of the charts that are shown as a table, until the page is loaded anew.

/**
 * A chart with its title, a legend that carries the values of now, and the same in words, or as a table in its place.
 * @param page the page that shows it
 * @param chart {title, data, unit, write, series: [{name, tone, dashed, filled, now}]}
 */
export function chart(page, { title, data, axis = format.short, write, series }) {
  const isTable = tables.has(title);
  return html`
    <figure class="card chart">
      <figcaption>
        <h3>${title}</h3>
        <span class="chart-acts">
          ${isTable ? html`<button class="plain" @click=${() => csv({ title, data, series })}>CSV<span class="hidden-text"> of ${title}</span></button>` : ''}
          <button class="plain" aria-pressed=${isTable} @click=${() => {
            tables[isTable ? 'delete' : 'add'](title);
            page.app.update();
          }}>Table<span class="hidden-text"> of ${title}</span></button>
        </span>
        <ul class="legend">${series.map(line => html`<li class="tone-${line.tone}"><span class="key ${line.dashed ? 'dashed' : ''}" aria-hidden="true"></span>${line.name} <b class="value">${write(line.now)}</b></li>`)}</ul>
      </figcaption>
      ${isTable ? rows({ title, data, write, series }) : html`
        <rw-chart aria-hidden="true" .series=${series} .unit=${axis} .whole=${write === format.count} .data=${data}></rw-chart>
        <p class="hidden-text">${series.map((line, index) => html`${line.name}: ${summary(data[index + 1] ?? [], write)}. `)}</p>`}
    </figure>`;
}

/** The newest values of some series, for as long as a range: what a chart draws. A new array for each change, so that a chart knows. */
export class Trace {
  constructor(names, rangeSeconds) {
    this.names = names;
    this.range = rangeSeconds;
    this.step = 1;
    this.data = [[], ...names.map(() => [])];
  }

  /** Replaces everything by samples of the broker: {step_s, end, series}. */
  fill({ step_s: step, end, series }) {
    const length = Math.max(0, ...this.names.map(name => series[name]?.length ?? 0));
    const last = Date.parse(end) / 1000;
    this.step = step;
    this.data = [
      Array.from({ length }, (_, index) => last - (length - 1 - index) * step),
      ...this.names.map(name => series[name] ?? new Array(length).fill(null)),
    ];
  }

  /** Appends the values of now, as far apart as the samples are, and drops what is older than the range. */
  add(seconds, values) {
    if (seconds - (this.data[0].at(-1) ?? 0) < Math.max(1, this.step) * 0.9) {
      return;
    }
    const start = this.data[0].findIndex(time => time > seconds - this.range);
    const from = start < 0 ? this.data[0].length : start;
    const row = [seconds, ...this.names.map(name => values[name] ?? null)];
    this.data = this.data.map((column, index) => [...column.slice(from), row[index]]);
  }

  /** The columns of some names, with the times; the same array while nothing has changed. */
  columns(...names) {
    this.cache = this.cache?.of === this.data ? this.cache : { of: this.data, made: new Map() };
    const key = names.join();
    if (!this.cache.made.has(key)) {
      this.cache.made.set(key, [this.data[0], ...names.map(name => this.data[this.names.indexOf(name) + 1])]);
    }
    return this.cache.made.get(key);
  }

  /** The newest value of a series. */
  last(name) {
    return this.data[this.names.indexOf(name) + 1].findLast(value => value != null);
  }

  /** Whether a series has any value. */
  knows(name) {
    return this.data[this.names.indexOf(name) + 1].some(value => value != null);
  }
}

/** The ranges of samples: what the address says, what is drawn, and in seconds. */
export const RANGES = [['10m', '10 min', 600], ['1h', '1 h', 3_600], ['8h', '8 h', 28_800], ['24h', '24 h', 86_400]];
export const rangeOf = query => RANGES.find(([key]) => key === query.range) ?? RANGES[0];

/** A choice among the ranges, kept in the address. */
export const rangeBox = page => html`<div class="segments" role="group" aria-label="Range of the charts">${RANGES.map(([key, text]) => html`
  <button aria-pressed=${rangeOf(page.query)[0] === key} @click=${() => page.app.query({ range: key === RANGES[0][0] ? '' : key })}>${text}</button>`)}</div>`;
