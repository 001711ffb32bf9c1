// What did the broker say?
import { html, nothing } from '../vendor/lit.js';
import { base, download, get, queueLink } from '../broker.js';
import { head, failure } from '../parts.js';
import * as format from '../format.js';

const LINES_MAX = 1_000; // As many as the broker keeps.
const LEVELS = [['', 'all'], ['info', 'info and worse'], ['warn', 'warnings and errors'], ['error', 'errors']];
const TONES = { warn: 'warn', error: 'bad', crit: 'bad' };

export default class Log {
  title = 'Log';

  constructor(app, query) {
    Object.assign(this, { app, query, lines: null, skipped: 0, isPaused: false });
  }

  opened() {
    this.#listen();
  }

  queried() {
    this.#listen();
  }

  closed() {
    this.source?.close();
  }

  /** First the newest lines, then what comes; the broker filters. */
  async #listen() {
    this.closed();
    Object.assign(this, { lines: null, fault: null, skipped: 0 });
    const { level = '', q = '' } = this.query;
    try {
      await get('api/ropeway/log', { level, q, limit: 1 }); // A stream cannot say why it is refused.
    } catch (fault) {
      this.fault = fault;
      this.app.update();
      return;
    }
    const source = new EventSource(`${base}api/ropeway/log/events?${new URLSearchParams({ ...(level && { level }), ...(q && { q }) })}`);
    this.source = source;
    const take = (lines, isWhole) => {
      this.lines = [...(isWhole ? [] : this.lines ?? []), ...lines].slice(-LINES_MAX);
      if (!this.isPaused) {
        this.app.update();
      }
    };
    source.addEventListener('snapshot', event => take(JSON.parse(event.data), true));
    source.addEventListener('lines', event => take(JSON.parse(event.data), false));
    source.addEventListener('skipped', event => {
      this.skipped += JSON.parse(event.data).count;
    });
    this.app.update();
  }

  render() {
    const shown = this.isPaused ? this.held : this.lines;
    const bad = (shown ?? []).filter(line => TONES[line.level]).length;
    return html`
      ${head({
        title: !shown ? 'Log' : bad === 0 ? 'Nothing but everyday lines.' : `${format.sentence(format.words(bad, 'line'))} ${bad === 1 ? 'is a warning or error' : 'are warnings or errors'}.`,
        sub: `The last ${format.count(LINES_MAX)} lines that the broker keeps in memory, the newest first.`,
        acts: html`
          <button aria-pressed=${this.isPaused} @click=${() => {
            this.isPaused = !this.isPaused;
            this.held = this.lines;
            this.app.update();
          }}>${this.isPaused ? 'Follow' : 'Pause'}</button>
          <button @click=${() => download('api/ropeway/log?limit=1000', 'ropeway-log.json')}>Save</button>`,
      })}
      <form class="filters" @submit=${event => {
        event.preventDefault();
        this.app.query({ q: event.target.elements.q.value.trim() });
      }}>
        <label class="field"><span>Level</span><select @change=${event => this.app.query({ level: event.target.value })}>${LEVELS.map(([value, text]) => html`<option value=${value} ?selected=${value === (this.query.level ?? '')}>${text}</option>`)}</select></label>
        <label class="field grow"><span>Text</span><input name="q" type="search" data-filter autocomplete="off" spellcheck="false" value=${this.query.q ?? ''}></label>
        <button>Look</button>
      </form>
      ${this.skipped > 0 ? html`<p class="hint lead">${format.amount(this.skipped, 'line')} left out: they came faster than anybody reads.</p>` : nothing}
      ${this.fault ? failure(this.fault, () => this.#listen()) : this.#list(shown)}`;
  }

  #list(lines) {
    if (!lines) {
      return html`<div class="card empty"><p>Asking the broker.</p></div>`;
    }
    if (lines.length === 0) {
      return html`<div class="card empty"><p>No line fits.</p></div>`;
    }
    return html`<ol class="card log" aria-label="Lines">${lines.toReversed().map(line => html`<li>
      <details><summary>
        <span class="hint nowrap">${format.time(line.time)}</span>
        <span class="tag ${TONES[line.level] ?? ''}">${line.level}</span>
        <span class="text">${format.visible(line.message)}</span>
      </summary>
      <dl class="facts"><dt>Category</dt><dd>${line.category}</dd><dt>Event</dt><dd>${line.event}</dd>
        ${Object.entries(line.fields ?? {}).map(([name, value]) => html`<dt>${format.visible(name)}</dt><dd class="mono">${this.#value(name, value, line.fields)}</dd>`)}</dl>
      </details></li>`)}</ol>`;
  }

  /** A field, as a link where it names a queue. */
  #value(name, value, fields) {
    const text = format.visible(String(value ?? format.missing));
    const host = fields.VirtualHost ?? fields.vhost;
    return /^queue$/i.test(name) && host !== undefined ? html`<a href=${queueLink(host, String(value))}>${text}</a>` : text;
  }
}
