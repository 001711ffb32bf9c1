// Which queues need me?
import { html, nothing } from '../vendor/lit.js';
import { queueLink, queues, put, encode, newest } from '../broker.js';
import { head, state, dialog, field, table, toast } from '../parts.js';
import { List, virtualHosts, hostBox } from '../list.js';
import * as format from '../format.js';

export default class Queues {
  title = 'Queues';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [] });
    this.list = new List(this, { load: queues, keyOf: row => `${row.vhost}\n${row.name}`, sort: '-severity', noun: 'queue' });
  }

  async opened() {
    await Promise.all([this.list.open(), virtualHosts().then(names => (this.hosts = names)).catch(() => {})]);
    this.#follow();
    this.app.update();
  }

  queried() {
    this.list.open().then(() => this.#follow());
  }

  /** What is pinned comes with the stream, whatever the list shows. */
  #follow() {
    this.app.live.want([...this.app.pins.map(([vhost, name]) => ({ vhost, name })), ...(this.list.items ?? [])]);
  }

  #isPinned(row) {
    return this.app.pins.some(([vhost, name]) => vhost === row.vhost && name === row.name);
  }

  #pinned(columns) {
    const rows = this.app.pins.map(([vhost, name]) => this.app.live.rows.get(`${vhost}\n${name}`)).filter(row => row && !row.gone);
    return rows.length === 0 ? nothing : html`<section aria-labelledby="pinned"><div class="section-head"><h2 id="pinned">Pinned</h2></div>
      <div class="card">${table(columns, { caption: 'Pinned queues', rows })}</div></section>
      <div class="section-head below"><h2>All</h2></div>`;
  }

  render() {
    const { list } = this;
    const rows = (list.items ?? []).map(row => newest(this.app.live, row)).filter(row => !row.gone);
    const columns = [
      { title: 'Queue', kind: 'name', sort: 'name', cell: row => html`<a href=${queueLink(row.vhost, row.name)}><bdi>${format.visible(row.name)}</bdi></a>${this.hosts.length > 1 ? html`<span class="hint">${row.vhost}</span>` : nothing}` },
      { title: 'Waiting', terms: 'RabbitMQ: ready. Kafka: lag', kind: 'number', sort: 'waiting', cell: row => format.count(row.waiting), zero: row => row.waiting === 0 },
      { title: 'With consumers', terms: 'RabbitMQ: unacked', kind: 'number', spare: true, sort: 'held', cell: row => format.count(row.held), zero: row => row.held === 0 },
      { title: 'In', terms: 'RabbitMQ: publish rate', kind: 'number', sort: 'in', cell: row => format.rate(row.in_rate), zero: row => !row.in_rate },
      { title: 'Out', terms: 'RabbitMQ: ack rate', kind: 'number', sort: 'out', cell: row => format.rate(row.ack_rate), zero: row => !row.ack_rate },
      { title: 'Oldest', terms: 'Age of the message that waits longest', kind: 'number', spare: true, sort: 'oldest', cell: row => format.duration(row.oldest_s), zero: row => row.oldest_s == null },
      { title: 'Empty in', kind: 'number', spare: true, cell: row => (row.empty_in_s === 'growing' ? 'growing' : format.duration(row.empty_in_s)), zero: row => row.empty_in_s == null },
      { title: 'Consumers', kind: 'number', spare: true, cell: row => format.count(row.consumers), zero: row => row.consumers === 0 },
      { title: 'State', kind: 'state', cell: row => state(row.state, row.reason) },
      { title: 'Pin', kind: 'acts', cell: row => html`<button class="plain" aria-pressed=${this.#isPinned(row)} @click=${() => {
        this.app.pin(row.vhost, row.name);
        this.#follow();
      }}>${this.#isPinned(row) ? 'Pinned' : 'Pin'}<span class="hidden-text"> ${row.name}</span></button>` },
    ];
    return html`
      ${head({ title: this.#headline(), acts: html`<button @click=${() => this.#declare()}>New queue…</button>` })}
      <div class="filters">
        ${list.filterBox()}
        <label class="field"><span>State</span><select @change=${event => list.narrow({ state: event.target.value })}>
          ${['', 'growing', 'stuck', 'no consumer', 'paused', 'near limit', 'flowing', 'idle'].map(word => html`<option value=${word} ?selected=${word === (this.query.state ?? '')}>${word || 'any'}</option>`)}
        </select></label>
        ${hostBox(this.hosts, this.query.vhost, vhost => list.narrow({ vhost }))}
      </div>
      ${this.#pinned(columns.map(({ sort, ...column }) => column))}
      ${list.render(columns, { rows, isMoved: this.#isMoved(rows), empty: html`<p>No queue yet. A client declares one, or you do here.</p>` })}`;
  }

  /** Whether the rows would stand in another order by now, or queues have come or gone. */
  #isMoved(rows) {
    const key = { '-waiting': 'waiting', '-held': 'held', '-in': 'in_rate', '-out': 'ack_rate', '-oldest': 'oldest_s' }[this.list.order];
    const { q, vhost, state } = this.query;
    const isAll = !q && !vhost && !state && this.list.total != null && this.app.live.values.overview !== undefined;
    return rows.length < (this.list.items?.length ?? 0) || (isAll && this.list.total !== this.app.live.values.overview.queues) || (key !== undefined && rows.some((row, index) => index > 0 && (row[key] ?? 0) > (rows[index - 1][key] ?? 0)));
  }

  #headline() {
    const { items, total, matched } = this.list;
    if (!items) {
      return 'Queues';
    }
    if (this.query.q || this.query.vhost || this.query.state) {
      return `${format.sentence(format.words(matched, 'queue'))} of ${format.count(total)} ${matched <= 1 ? 'matches' : 'match'}.`;
    }
    const concerned = new Set((this.app.live.values.findings ?? []).filter(finding => finding.kind === 'queue' && finding.severity !== 'note').map(finding => `${finding.vhost}\n${finding.name}`)).size;
    return concerned > 0
      ? `${format.sentence(format.words(concerned, 'queue'))} of ${format.count(total)} ${concerned === 1 ? 'needs' : 'need'} a look.`
      : total === 0 ? 'No queue yet.' : `All ${format.count(total)} queues are flowing.`;
  }

  async #declare() {
    let fault = null;
    const made = await dialog((close, redraw) => html`
      <h2 id="dialog-title">New queue</h2>
      <form class="body" @submit=${async event => {
        event.preventDefault();
        const form = event.target.elements;
        const name = form.name.value;
        const vhost = form.vhost?.value ?? this.hosts[0] ?? '/';
        const settings = {};
        for (const [key, input] of [['x-message-ttl', form.ttl], ['x-max-length', form.most]]) {
          if (input.value !== '') {
            settings[key] = Number(input.value);
          }
        }
        for (const [key, input] of [['x-dead-letter-exchange', form.dead], ['x-dead-letter-routing-key', form.key], ['x-queue-type', form.type]]) {
          if (input.value !== '') {
            settings[key] = input.value;
          }
        }
        try {
          await put(`api/queues/${encode(vhost, name)}`, { durable: true, auto_delete: false, arguments: settings });
          close({ vhost, name });
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        <div class="form">
          <div class="wide">${field('Name', html`<input name="name" required maxlength="255" autocomplete="off" spellcheck="false">`)}</div>
          ${this.hosts.length > 1 ? field('Virtual host', html`<select name="vhost">${this.hosts.map(host => html`<option ?selected=${host === (this.query.vhost || '/')}>${host}</option>`)}</select>`) : nothing}
          ${field('Kind', html`<select name="type"><option value="">as the virtual host says</option><option>classic</option><option>quorum</option><option>stream</option></select>`)}
          ${field('Messages expire after, in ms', html`<input name="ttl" type="number" min="0" step="1">`)}
          ${field('At most so many messages', html`<input name="most" type="number" min="0" step="1">`)}
          ${field('Dead letters go to the exchange', html`<input name="dead" autocomplete="off" spellcheck="false">`)}
          ${field('… with the routing key', html`<input name="key" autocomplete="off" spellcheck="false">`)}
        </div>
        <p class="hint">It is durable. What is left empty has no limit, or is left to policies.</p>
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button class="main">Make the queue</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
      </form>`);
    if (made) {
      toast(`${made.name} is there.`);
      this.app.go(queueLink(made.vhost, made.name));
    }
  }
}
