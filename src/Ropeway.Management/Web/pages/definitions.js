// Take everything that is declared out as a file, or bring a file in.
import { html, nothing } from '../vendor/lit.js';
import { post, download, encode } from '../broker.js';
import { absent, head, table, toast } from '../parts.js';
import { virtualHosts, hostBox } from '../list.js';
import * as format from '../format.js';

const TONES = { add: ['ok', 'add'], change: ['warn', 'change'], refused: ['bad', 'refused'], ignored: ['', 'left out'] };

/** "2 to add, 3 to change, 5 the same". */
const counted = diff => [[diff.add, 'to add'], [diff.change, 'to change'], [diff.refused, 'refused'], [diff.ignored, 'left out'], [diff.same, 'the same']]
  .filter(([count]) => count > 0).map(([count, text]) => `${format.count(count)} ${text}`).join(', ');

const shown = value => (value === null ? html`<span class="quiet">none</span>` : html`<code>${format.visible(value)}</code>`);

export default class Definitions {
  title = 'Definitions';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [], host: '', file: null });
  }

  async opened() {
    this.hosts = await virtualHosts().catch(() => []);
    this.app.update();
  }

  render() {
    return html`
      ${head({ title: 'Everything that is declared, as a file.', sub: 'Users, virtual hosts, permissions, policies, exchanges, queues and bindings in RabbitMQ’s form; no messages.' })}
      <div class="columns">
        <section class="card pad" aria-labelledby="out"><h2 id="out">Take out</h2>
          <p class="second lead">With the hashes of passwords, so keep the file as safe as these.</p>
          ${hostBox(this.hosts, this.host, host => {
            this.host = host;
            this.app.update();
          }, 'All, with users')}
          <div class="form-acts"><button class=${this.diff ? '' : 'main'} @click=${() => this.#export()}>Save definitions</button></div>
          ${this.outFault ? html`<p class="error-text" role="alert">${this.outFault}</p>` : nothing}
        </section>
        <section class="card pad" aria-labelledby="in"><h2 id="in">Bring in</h2>
          <p class="second lead">What the file names is added, or set as it says. Nothing is deleted. First it is shown what that would be.</p>
          <label class="field"><span>File of Ropeway or RabbitMQ (JSON)</span><input type="file" accept=".json,application/json" @change=${event => this.#choose(event.target.files[0])}></label>
          ${this.hosts.length > 1 ? hostBox(this.hosts, this.target, host => {
            this.target = host;
            this.#compare();
          }, 'As the file says') : nothing}
          <p class=${this.told?.isFault ? 'error-text' : 'second'} role="status">${this.told?.text ?? nothing}</p>
        </section>
      </div>
      ${this.diff ? this.#difference() : nothing}`;
  }

  /** What would change, before anything does. */
  #difference() {
    const { diff } = this;
    const isNothing = diff.add + diff.change === 0;
    return html`<section aria-labelledby="diff">
      <div class="section-head"><h2 id="diff">${isNothing && diff.refused === 0 ? 'It would change nothing.' : `What it would change: ${counted(diff)}.`}</h2>
        <button class="main" ?disabled=${diff.refused > 0 || isNothing || this.isBusy} @click=${() => this.#import()}>Bring in ${format.amount(diff.add + diff.change, 'change')}</button></div>
      ${diff.refused > 0 ? html`<p class="second lead">An import holds wholly or not at all: as long as ${diff.refused === 1 ? 'an entry is' : 'entries are'} refused, nothing can be brought in.</p>` : nothing}
      <div class="card">${table([
        { title: 'Entry', kind: 'name', cell: row => html`<bdi>${format.visible(row.name)}</bdi><span class="hint"><span class="mono">${row.section}[${row.index}]</span>${row.vhost === null || row.vhost === '/' ? nothing : ` in ${row.vhost}`}</span>` },
        { title: 'What', kind: 'state', cell: row => html`<span class="tag ${TONES[row.kind][0]}">${TONES[row.kind][1]}</span>` },
        { title: 'How', kind: 'text', wide: true, cell: row => (row.reason !== null ? row.reason
          : row.kind === 'ignored' ? 'This broker knows nothing of it.'
            : row.changes.length === 0 ? absent
              : html`<ul class="changes">${row.changes.map(change => html`<li>${change.field === 'password' ? 'password differs' : html`${change.field}: ${shown(change.old)} → ${shown(change.new)}`}</li>`)}</ul>`) },
      ], { caption: 'What the file would change', rows: diff.entries, empty: html`<p>All ${format.amount(diff.same, 'entry', 'entries')} of the file hold already.</p>` })}
        ${diff.more_entries > 0 ? html`<div class="pager"><span>and ${format.count(diff.more_entries)} more</span></div>` : nothing}</div>
    </section>`;
  }

  async #export() {
    try {
      const stamp = new Date().toISOString().slice(0, 10);
      await download(`api/definitions${this.host ? `/${encode(this.host)}` : ''}`, `ropeway-definitions-${stamp}.json`);
      this.outFault = '';
    } catch (fault) {
      this.outFault = fault.message;
    }
    this.app.update();
  }

  /** Asks the broker what the file would change. It goes there as it is, so no number in it is rounded. */
  async #choose(file) {
    this.file = file ? { text: await file.text() } : null;
    await this.#compare();
  }

  async #compare() {
    this.told = null;
    this.diff = null;
    if (!this.file) {
      return this.app.update();
    }
    try {
      this.diff = await post(`api/ropeway/definitions/diff${this.#query({})}`, this.file.text);
      if (this.diff.add + this.diff.change + this.diff.same + this.diff.refused + this.diff.ignored === 0) {
        this.diff = null;
        throw new Error('it names nothing that could be brought in.');
      }
    } catch (fault) {
      this.told = { isFault: true, text: `This is no file of definitions: ${fault.message}` };
    }
    this.app.update();
  }

  #query(more) {
    const query = new URLSearchParams({ ...(this.target ? { vhost: this.target } : {}), ...more }).toString();
    return query ? `?${query}` : '';
  }

  async #import() {
    const { diff } = this;
    this.isBusy = true;
    this.told = null;
    this.app.update();
    try {
      await post(`api/ropeway/definitions${this.#query({ if_state: diff.state })}`, this.file.text);
      this.diff = null;
      this.told = { text: `The file holds now: ${format.count(diff.add)} added, ${format.count(diff.change)} changed.` };
      toast('The definitions are in.');
      virtualHosts(true);
    } catch (fault) {
      if (fault.status === 409 && fault.answer.state) {
        this.diff = fault.answer;
        this.told = { isFault: true, text: 'Nothing was brought in: somebody has changed something meanwhile. Below is what it would change now.' };
      } else {
        this.told = { isFault: true, text: `Nothing has changed: ${fault.message}` };
      }
    }
    this.isBusy = false;
    this.app.update();
  }
}
