// Which streams are kept, from where to where, and who reads them?
import { html, nothing } from '../vendor/lit.js';
import { queueLink, queues, newest } from '../broker.js';
import { absent, head, state } from '../parts.js';
import { List, virtualHosts, hostBox } from '../list.js';
import { kept, range } from '../stream.js';
import * as format from '../format.js';

export default class Streams {
  title = 'Streams';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [] });
    this.list = new List(this, { load: asked => queues({ ...asked, type: 'stream' }), keyOf: row => `${row.vhost}\n${row.name}`, sort: 'name', noun: 'stream' });
  }

  async opened() {
    await Promise.all([this.#listed(), virtualHosts().then(names => (this.hosts = names)).catch(() => {})]);
    this.app.update();
  }

  queried() {
    this.#listed();
  }

  async #listed() {
    await this.list.open();
    this.app.live.want(this.list.items ?? []);
  }

  render() {
    const { list } = this;
    const rows = (list.items ?? []).map(row => newest(this.app.live, row)).filter(row => !row.gone);
    const columns = [
      { title: 'Stream', kind: 'name', sort: 'name', cell: row => html`<a href=${queueLink(row.vhost, row.name)}><bdi>${format.visible(row.name)}</bdi></a>${this.hosts.length > 1 ? html`<span class="hint">${row.vhost}</span>` : nothing}` },
      { title: 'Messages', kind: 'number', sort: 'waiting', cell: row => format.count(row.waiting), zero: row => row.waiting === 0 },
      { title: 'Size', kind: 'number', cell: row => html`<span title=${`${row.stream.bytes} bytes`}>${format.bytes(row.stream.bytes)}</span>`, zero: row => row.stream.bytes === 0 },
      { title: 'Offsets', terms: 'Of the oldest and the newest message. Kafka: log start offset, high watermark', kind: 'text', cell: row => range(row.stream) ?? absent },
      { title: 'Kept', terms: 'Kafka: retention', kind: 'text', wide: true, cell: row => kept(row.stream) },
      { title: 'Readers', terms: 'RabbitMQ: consumers', kind: 'number', cell: row => format.count(row.consumers), zero: row => row.consumers === 0 },
      { title: 'In', terms: 'RabbitMQ: publish rate', kind: 'number', sort: 'in', cell: row => format.rate(row.in_rate), zero: row => !row.in_rate },
      { title: 'Out', terms: 'Deliveries to all readers together', kind: 'number', sort: 'out', spare: true, cell: row => format.rate(row.out_rate), zero: row => !row.out_rate },
      { title: 'State', kind: 'state', cell: row => state(row.state, row.reason) },
    ];
    return html`
      ${head({ title: this.#headline(rows), sub: 'A stream keeps what was read; every reader goes through all of it, from its own place.' })}
      <div class="filters">
        ${list.filterBox()}
        ${hostBox(this.hosts, this.query.vhost, vhost => list.narrow({ vhost }))}
      </div>
      ${list.render(columns, { rows, empty: html`<p>No stream yet. A client declares one with the argument <code>x-queue-type: stream</code>, or you do on the page <em>Queues</em>.</p>` })}`;
  }

  #headline(rows) {
    const { items, total, matched } = this.list;
    if (!items) {
      return 'Streams';
    }
    if (this.query.q || this.query.vhost) {
      return `${format.sentence(format.words(matched, 'stream'))} of ${format.count(total)} ${matched <= 1 ? 'matches' : 'match'}.`;
    }
    if (total === 0) {
      return 'No stream yet.';
    }
    const endless = rows.filter(row => row.stream.bytes_max === null && row.stream.max_age_s === null).length;
    const remark = endless === 0 || rows.length < total ? '' : endless === total ? ', without a limit' : `, ${format.words(endless, 'of them', 'of them')} without a limit`;
    return `${format.sentence(format.words(total, 'stream'))}${remark}.`;
  }
}
