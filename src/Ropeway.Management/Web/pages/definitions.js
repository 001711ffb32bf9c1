// Take everything that is declared out as a file, or bring a file in.
import { html, nothing } from '../vendor/lit.js';
import { post, download, encode } from '../broker.js';
import { head, toast } from '../parts.js';
import { virtualHosts, hostBox } from '../list.js';
import * as format from '../format.js';

const KINDS = [['users', 'user'], ['vhosts', 'virtual host'], ['permissions', 'permission'], ['topic_permissions', 'topic permission'], ['parameters', 'parameter'], ['policies', 'policy', 'policies'], ['queues', 'queue'], ['exchanges', 'exchange'], ['bindings', 'binding']];

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
          <div class="form-acts"><button class="main" @click=${() => this.#export()}>Save definitions</button></div>
          ${this.outFault ? html`<p class="error-text" role="alert">${this.outFault}</p>` : nothing}
        </section>
        <section class="card pad" aria-labelledby="in"><h2 id="in">Bring in</h2>
          <p class="second lead">What the file names is added, or set as it says. Nothing is deleted. It holds wholly or not at all: an entry that is refused is named, and nothing has changed.</p>
          <label class="field"><span>File of Ropeway or RabbitMQ (JSON)</span><input type="file" accept=".json,application/json" @change=${event => this.#choose(event.target.files[0])}></label>
          ${this.hosts.length > 1 ? hostBox(this.hosts, this.target, host => {
            this.target = host;
            this.app.update();
          }, 'As the file says') : nothing}
          ${this.file ? html`<dl class="facts lead">${this.file.counts.map(([label, count]) => html`<dt>${label}</dt><dd>${format.count(count)}</dd>`)}</dl>` : nothing}
          <div class="form-acts"><button ?disabled=${!this.file || this.isBusy} @click=${() => this.#import()}>${this.file ? `Bring in ${format.amount(this.file.total, 'entry', 'entries')}` : 'Bring in'}</button></div>
          <p class=${this.told?.isFault ? 'error-text' : 'second'} role="status">${this.told?.text ?? nothing}</p>
        </section>
      </div>`;
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

  /** Looks only at how much the file holds: it goes to the broker as it is, so no number in it is rounded. */
  async #choose(file) {
    this.file = null;
    this.told = null;
    try {
      const text = await file.text();
      const content = JSON.parse(text);
      const counts = KINDS.filter(([key]) => content[key]?.length > 0).map(([key, one, many]) => [format.sentence(many ?? `${one}s`), content[key].length]);
      if (counts.length === 0) {
        throw new Error('It names nothing that could be brought in.');
      }
      this.file = { text, counts, total: counts.reduce((sum, [, count]) => sum + count, 0) };
    } catch (fault) {
      this.told = { isFault: true, text: `This is no file of definitions: ${fault.message}` };
    }
    this.app.update();
  }

  async #import() {
    this.isBusy = true;
    this.told = null;
    this.app.update();
    try {
      await post(`api/definitions${this.target ? `/${encode(this.target)}` : ''}`, this.file.text);
      this.told = { text: `All ${format.amount(this.file.total, 'entry', 'entries')} hold now.` };
      toast('The definitions are in.');
      virtualHosts(true);
    } catch (fault) {
      this.told = { isFault: true, text: `Nothing has changed: ${fault.message}` };
    }
    this.isBusy = false;
    this.app.update();
  }
}
