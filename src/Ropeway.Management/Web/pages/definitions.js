// Take everything that is declared out as a file, or bring a file in.
import { html, nothing } from '../vendor/lit.js';
import { get, post, download, encode } from '../broker.js';
import { absent, confirmAct, head, table, toast } from '../parts.js';
import { virtualHosts, hostBox } from '../list.js';
import * as format from '../format.js';

const TONES = { add: ['ok', 'add'], change: ['warn', 'change'], refused: ['bad', 'refused'], ignored: ['', 'left out'], delete: ['bad', 'delete'], left: ['', 'stays'] };
const WORD = 'delete'; // What has to be typed before something is deleted.

/** "2 to add, 3 to change, 5 the same". */
const counted = diff => [[diff.add, 'to add'], [diff.change, 'to change'], [diff.delete, 'to delete'], [diff.refused, 'refused'], [diff.ignored, 'left out'], [diff.same, 'the same']]
  .filter(([count]) => count > 0).map(([count, text]) => `${format.count(count)} ${text}`).join(', ');

/** "2 added, 1 changed, 3 deleted". */
const done = what => ['added', 'changed', 'deleted'].filter(count => count !== 'deleted' || what.deleted > 0).map(count => `${format.count(what[count])} ${count}`).join(', ');

const placeOf = row => html`<bdi>${format.visible(row.name)}</bdi><span class="hint"><span class="mono">${row.section}${row.index === null ? '' : `[${row.index}]`}</span>${row.vhost === null || row.vhost === '/' ? nothing : ` in ${row.vhost}`}</span>`;

const shown = value => (value === null ? html`<span class="quiet">none</span>` : html`<code>${format.visible(value)}</code>`);

export default class Definitions {
  title = 'Definitions';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [], host: '', file: null, prunes: false, imports: [], left: [] });
  }

  async opened() {
    [this.hosts] = await Promise.all([virtualHosts().catch(() => []), this.#list()]);
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
          <p class="second lead">What the file names is added, or set as it says. First it is shown what that would be.</p>
          <label class="field"><span>File of Ropeway or RabbitMQ (JSON)</span><input type="file" accept=".json,application/json" @change=${event => this.#choose(event.target.files[0])}></label>
          ${this.hosts.length > 1 ? hostBox(this.hosts, this.target, host => {
            this.target = host;
            this.#compare();
          }, 'As the file says') : nothing}
          <label class="check wide"><input type="checkbox" .checked=${this.prunes} @change=${event => {
            this.prunes = event.target.checked;
            this.#compare();
          }}> Also delete what is not in the file</label>
          <p class=${this.told?.isFault ? 'error-text' : 'second'} role="status">${this.told?.text ?? nothing}</p>
        </section>
      </div>
      ${this.left.length > 0 ? this.#group('left', 'What could not be taken back, and stays', this.left) : nothing}
      ${this.diff ? this.#difference() : nothing}
      ${this.#lately()}`;
  }

  /** The imports that can be taken back. */
  #lately() {
    const imports = this.imports.filter(what => !what.undone);
    return imports.length === 0 ? nothing : html`<section aria-labelledby="lately"><div class="section-head"><h2 id="lately">Brought in lately</h2></div>
      <div class="card">${table([
        { title: 'When', kind: 'name', cell: row => format.time(row.at, false) },
        { title: 'By', cell: row => html`<bdi>${format.visible(row.user)}</bdi>` },
        { title: 'What', kind: 'text', wide: true, cell: row => `Imported${row.vhost === null ? '' : ` into ${row.vhost}`}: ${done(row)}` },
        { title: 'Acts', kind: 'acts', cell: row => html`<button ?disabled=${this.isBusy} @click=${() => this.#undo(row)}>Undo (until ${format.time(row.undo_until, false)})<span class="hidden-text"> the import of ${format.time(row.at, false)}</span></button>` },
      ], { caption: 'Imports that can be taken back until the broker stops', rows: imports })}</div></section>`;
  }

  /** Entries under a heading. */
  #group(id, title, rows, more = 0) {
    return html`<section aria-labelledby=${id}><div class="section-head"><h2 id=${id}>${title}</h2></div>
      <div class="card">${this.#table(title, rows)}${this.#pager(more)}</div></section>`;
  }

  #pager(more) {
    return more > 0 ? html`<div class="pager"><span>and ${format.count(more)} more</span></div>` : nothing;
  }

  #table(caption, rows, empty) {
    return table([
      { title: 'Entry', kind: 'name', cell: placeOf },
      { title: 'What', kind: 'state', cell: row => html`<span class="tag ${TONES[row.kind][0]}">${TONES[row.kind][1]}</span>` },
      { title: 'How', kind: 'text', wide: true, cell: row => (row.reason !== null ? row.reason
        : row.kind === 'ignored' ? 'This broker knows nothing of it.'
          : row.changes.length === 0 ? absent
            : html`<ul class="changes">${row.changes.map(change => html`<li>${change.field === 'password' ? 'password differs' : html`${change.field}: ${shown(change.old)} → ${shown(change.new)}`}</li>`)}</ul>`) },
    ], { caption, rows, empty });
  }

  /** What would change, before anything does. */
  #difference() {
    const { diff } = this;
    const number = diff.add + diff.change + diff.delete;
    const isNothing = number === 0;
    const others = diff.entries.filter(row => row.index === null);
    const moreOthers = diff.delete + diff.left - others.length;
    return html`<section aria-labelledby="diff">
      <div class="section-head"><h2 id="diff">${isNothing && diff.refused === 0 ? 'It would change nothing.' : `What it would change: ${counted(diff)}.`}</h2>
        <button class="main" ?disabled=${diff.refused > 0 || isNothing || this.isBusy} @click=${() => (diff.delete > 0 ? this.#ask() : this.#import())}>Bring in ${format.amount(number, 'change')}${diff.delete > 0 ? '…' : ''}</button></div>
      ${diff.refused > 0 ? html`<p class="second lead">An import holds wholly or not at all: as long as ${diff.refused === 1 ? 'an entry is' : 'entries are'} refused, nothing can be brought in.</p>` : nothing}
      <div class="card">${this.#table('What the file would change', diff.entries.filter(row => row.index !== null), html`<p>All ${format.amount(diff.same, 'entry', 'entries')} of the file hold already.</p>`)}
        ${this.#pager(diff.more_entries - moreOthers)}</div>
    </section>
    ${others.length > 0 ? this.#group('others', `Not in the file: ${format.count(diff.delete)} to delete, ${format.amount(diff.left, 'stays', 'stay')}`, others, moreOthers) : nothing}`;
  }

  #ask() {
    const { diff } = this;
    return confirmAct({
      title: html`Delete ${format.amount(diff.delete, 'definition')} that the file does not name?`,
      lines: [`${format.sentence(counted(diff))}. What is in use stays. It can be taken back for 24 hours, until the broker stops, unless it is very large.`],
      name: WORD,
      button: `Bring in and delete ${format.count(diff.delete)}`,
      act: () => this.#import(),
    });
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
      if (!this.prunes && this.diff.add + this.diff.change + this.diff.same + this.diff.refused + this.diff.ignored === 0) {
        this.diff = null;
        throw new Error('it names nothing that could be brought in.');
      }
    } catch (fault) {
      this.told = { isFault: true, text: `This is no file of definitions: ${fault.message}` };
    }
    this.app.update();
  }

  #query(more) {
    const query = new URLSearchParams({ ...(this.target ? { vhost: this.target } : {}), ...(this.prunes ? { prune: true } : {}), ...more }).toString();
    return query ? `?${query}` : '';
  }

  async #import() {
    const { diff } = this;
    this.isBusy = true;
    this.told = null;
    this.app.update();
    try {
      const answer = await post(`api/ropeway/definitions${this.#query({ if_state: diff.state })}`, this.file.text);
      this.diff = null;
      this.left = [];
      this.told = { text: `The file holds now: ${done(answer.import ?? { added: answer.add, changed: answer.change, deleted: answer.delete })}.${answer.import ? '' : ' It cannot be taken back: it was too much to be remembered.'}` };
      await this.#list();
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

  async #list() {
    this.imports = await get('api/ropeway/definitions/imports').catch(() => []);
  }

  async #undo(what) {
    this.isBusy = true;
    this.told = null;
    this.diff = null;
    this.app.update();
    try {
      const undone = await post(`api/ropeway/definitions/imports/${encode(what.id)}/undo`);
      this.left = undone.left;
      this.told = { text: `Taken back: ${format.count(undone.restored)} restored, ${format.count(undone.deleted)} deleted${undone.left.length > 0 ? `, ${format.amount(undone.left.length, 'stays', 'stay')}` : ''}.` };
      virtualHosts(true);
    } catch (fault) {
      this.told = { isFault: true, text: `Nothing was taken back: ${fault.message}` };
    }
    await this.#list();
    this.isBusy = false;
    this.app.update();
  }
}
