// Is it healthy?
import { html, nothing } from '../vendor/lit.js';
import { get, link, queueLink, queues, samples, newest } from '../broker.js';
import { chart, Trace, rangeOf, rangeBox } from '../chart.js';
import { cable, stations, findings, snoozed, gauge, head, state, table, failure } from '../parts.js';
import * as format from '../format.js';

const WORST = 8; // Rows of the list.
const RATES = ['publish', 'ack', 'waiting', 'held', 'confirm_p50_ms', 'confirm_p99_ms'];

/** The sentence that answers the question, from the findings and the counts. */
export function headline(values, found) {
  const concerned = found.filter(finding => finding.severity !== 'note');
  const names = new Set(concerned.filter(finding => finding.kind === 'queue').map(finding => `${finding.vhost}\n${finding.name}`));
  if (concerned.length === 0) {
    return values.queues === 0 ? 'No queue yet. The broker is ready.' : 'All queues are flowing.';
  }
  const others = concerned.filter(finding => finding.kind !== 'queue').length;
  const parts = [];
  if (names.size > 0) {
    parts.push(`${format.words(names.size, 'queue')} ${names.size === 1 ? 'needs' : 'need'} a look.`);
  }
  if (others > 0) {
    parts.push(`${format.words(others, 'other thing')} ${others === 1 ? 'is' : 'are'} not as ${others === 1 ? 'it' : 'they'} should be.`);
  }
  if (others === 0) {
    parts.push(names.size < values.queues ? 'Everything else is flowing.' : '');
  }
  return parts.map(format.sentence).join(' ').trim();
}

export default class Overview {
  title = 'Overview';

  constructor(app, query) {
    Object.assign(this, { app, query });
    this.worst = null;
  }

  async opened() {
    await Promise.all([this.#sampled(), this.#listed()]);
  }

  queried() {
    this.#sampled();
  }

  lively() {
    const { values, updatedAt } = this.app.live;
    if (values.overview && this.trace) {
      this.trace.add(updatedAt / 1000, { ...values.overview, publish: values.overview.published_rate, ack: values.overview.acked_rate });
    }
    if (values.findings !== this.found) {
      if (this.found !== undefined) {
        this.#listed(); // Others may be the worst now.
      }
      this.found = values.findings;
    }
  }

  async #sampled() {
    const [range, , seconds] = rangeOf(this.query);
    const trace = new Trace(RATES, seconds);
    try {
      if (this.app.rights.monitoring) {
        trace.fill(await samples(range));
      }
    } catch {
      // The charts begin now.
    }
    this.trace = trace;
    this.app.update();
  }

  /** Where the broker listens, for those who connect for the first time. */
  async #heard() {
    this.listeners = [];
    try {
      this.listeners = (await get('api/overview', { columns: 'listeners' })).listeners;
    } catch {
      // Then it is the usual port.
    }
    this.app.update();
  }

  async #listed() {
    try {
      const { items } = await queues({ sort: '-severity', limit: WORST });
      this.worst = items.filter(row => row.waiting > 0 || row.held > 0 || row.state !== 'idle');
      this.app.live.want(this.worst);
      this.fault = null;
    } catch (fault) {
      this.fault = fault;
    }
    this.app.update();
  }

  render() {
    const { values } = this.app.live;
    const overview = values.overview;
    if (!overview) {
      return this.app.live.fault ? failure(this.app.live.fault) : head({ title: 'Overview', sub: 'Asking the broker.' });
    }
    const found = values.findings ?? [];
    return html`
      ${head({ title: headline(overview, found), sub: this.#facts(overview) })}
      ${cable(stations({ in: overview.published_rate, waiting: overview.waiting, held: overview.held, out: overview.acked_rate }, this.#stationFacts(overview)))}
      ${found.length === 0 && !overview.findings?.snoozed ? nothing : html`<section aria-labelledby="look"><div class="section-head"><h2 id="look">Needs a look</h2></div>
        ${found.length === 0 ? nothing : findings(found, { expanded: this.isExpanded, expand: () => {
          this.isExpanded = true;
          this.app.update();
        } })}${snoozed(this, overview.findings?.snoozed)}</section>`}
      ${this.#charts(overview)}
      ${overview.queues === 0 ? this.#start() : this.#queues(overview)}
      ${this.#node(overview)}`;
  }

  #facts(overview) {
    const facts = [overview.node, overview.uptime_s > 0 ? `up ${format.duration(overview.uptime_s)}` : null];
    if (overview.returned_rate != null) {
      facts.push(overview.returned_rate > 0 ? `${format.rate(overview.returned_rate)} returned` : 'nothing returned');
    }
    return facts.filter(Boolean).join(', ');
  }

  #stationFacts(overview) {
    const oldest = overview.oldest_queue;
    return {
      in: overview.publishers != null ? format.amount(overview.publishers, 'producer') : format.amount(overview.connections, 'connection'),
      waiting: oldest ? html`oldest ${format.duration(overview.oldest_s)}, <a href=${queueLink(...oldest)}>${oldest[1]}</a>` : `in ${format.amount(overview.queues, 'queue')}`,
      held: overview.longest_held_s > 0 ? `longest ${format.duration(overview.longest_held_s)}` : overview.held > 0 ? nothing : 'none held',
      out: format.amount(overview.consumers, 'consumer'),
      slowed: overview.slowed?.length > 0,
      behind: overview.waiting > 0 && overview.published_rate > overview.acked_rate * 1.05,
    };
  }

  #charts(overview) {
    const { trace } = this;
    const charts = [];
    if (!trace) {
      return html`<section aria-hidden="true"><div class="charts"><div class="card chart empty-chart"></div></div></section>`;
    }
    charts.push(chart(this, { title: 'Messages per second', data: trace.columns('publish', 'ack'), write: format.rate, series: [
      { name: 'in', tone: 'in', now: overview.published_rate },
      { name: 'out', tone: 'out', dashed: true, now: overview.acked_rate }] }));
    charts.push(chart(this, { title: 'Backlog', data: trace.columns('waiting', 'held'), write: format.count, series: [
      { name: 'waiting', tone: 'waiting', filled: true, now: overview.waiting },
      { name: 'held', tone: 'held', dashed: true, now: overview.held }] }));
    if (trace.knows('confirm_p99_ms')) {
      charts.push(chart(this, { title: 'Time to confirm', data: trace.columns('confirm_p50_ms', 'confirm_p99_ms'), axis: value => `${value} ms`, write: format.milliseconds, series: [
        { name: 'p50', tone: 'in', now: overview.confirm_p50_ms ?? trace.last('confirm_p50_ms') },
        { name: 'p99', tone: 'out', dashed: true, now: overview.confirm_p99_ms ?? trace.last('confirm_p99_ms') }] }));
    }
    return html`<section aria-labelledby="charts"><div class="section-head"><h2 id="charts">Flow</h2>${rangeBox(this)}</div><div class="charts">${charts}</div></section>`;
  }

  #queues(overview) {
    if (this.fault) {
      return html`<section>${failure(this.fault, () => this.opened())}</section>`;
    }
    const rows = (this.worst ?? []).map(row => newest(this.app.live, row)).filter(row => !row.gone);
    const columns = [
      { title: 'Queue', kind: 'name', cell: row => html`<a href=${queueLink(row.vhost, row.name)}><bdi>${format.visible(row.name)}</bdi></a>${row.vhost === '/' ? nothing : html`<span class="hint">${row.vhost}</span>`}` },
      { title: 'Waiting', terms: 'RabbitMQ: ready', kind: 'number', cell: row => format.count(row.waiting), zero: row => row.waiting === 0 },
      { title: 'Held', terms: 'RabbitMQ: unacked', kind: 'number', spare: true, cell: row => format.count(row.held), zero: row => row.held === 0 },
      { title: 'In', kind: 'number', cell: row => format.rate(row.in_rate), zero: row => !row.in_rate },
      { title: 'Out', kind: 'number', cell: row => format.rate(row.ack_rate), zero: row => !row.ack_rate },
      { title: 'Oldest', kind: 'number', spare: true, cell: row => format.duration(row.oldest_s), zero: row => row.oldest_s == null },
      { title: 'Consumers', kind: 'number', spare: true, cell: row => format.count(row.consumers), zero: row => row.consumers === 0 },
      { title: 'State', kind: 'state', cell: row => state(row.state, row.reason) },
    ];
    return html`<section aria-labelledby="worst">
      <div class="section-head"><h2 id="worst">Queues, worst first</h2><a href=${link('queues')}>All ${format.amount(overview.queues, 'queue')}</a></div>
      <div class="card">${table(columns, { caption: 'The queues that need a look or have most messages', rows, empty: html`<p>${this.worst ? 'Nothing is waiting in any queue, and no consumer holds a message.' : 'Asking the broker.'}</p>` })}</div>
    </section>`;
  }

  #node(overview) {
    const disk = overview.disk_total ? (overview.disk_total - overview.disk_free) / overview.disk_total : null;
    return html`<div class="columns">
      <section aria-labelledby="protocols"><div class="section-head"><h2 id="protocols">Protocols</h2></div>
        <div class="card">${overview.protocols?.length > 0
          ? table([
            { title: 'Protocol', kind: 'name', cell: row => row.name },
            { title: 'Connections', kind: 'number', cell: row => format.count(row.connections) },
            ...(overview.protocols.some(row => row.in_rate != null) ? [
              { title: 'In', kind: 'number', cell: row => format.rate(row.in_rate), zero: row => !row.in_rate },
              { title: 'Out', kind: 'number', cell: row => format.rate(row.out_rate), zero: row => !row.out_rate },
            ] : []),
          ], { caption: 'Traffic by protocol', rows: overview.protocols, blocks: false })
          : html`<div class="empty"><p>Nobody is connected.</p></div>`}</div>
      </section>
      ${overview.memory == null ? nothing : html`<section aria-labelledby="node"><div class="section-head"><h2 id="node">Node</h2></div>
        <div class="card pad gauges">
          ${gauge({ label: 'Memory', text: format.bytes(overview.memory), limit: overview.memory_limit ? `publishers wait from ${format.bytes(overview.memory_limit)} on` : '', share: overview.memory_limit ? overview.memory / overview.memory_limit : null })}
          ${gauge({ label: 'Disk', text: `${format.bytes(overview.disk_free)} free`, limit: overview.disk_free_limit ? `publishers wait below ${format.bytes(overview.disk_free_limit)} free` : '', share: disk })}
          ${overview.sync_p99_ms != null ? gauge({ label: 'Sync of the disk, p99', text: format.milliseconds(overview.sync_p99_ms) }) : nothing}
          ${overview.descriptors != null ? gauge({ label: 'Descriptors', text: `${format.count(overview.descriptors)} of ${format.count(overview.descriptors_limit)}`, share: overview.descriptors / overview.descriptors_limit }) : nothing}
        </div></section>`}
    </div>`;
  }

  /** No queue yet: what to do first. */
  #start() {
    if (this.listeners === undefined) {
      this.#heard();
    }
    const door = this.listeners?.find(listener => listener.protocol === 'amqp');
    const address = `amqp://guest:guest@${location.hostname}:${door?.port ?? 5672}/`;
    return html`<section aria-labelledby="start"><div class="section-head"><h2 id="start">Send the first message</h2></div>
      <div class="card pad"><p>Any RabbitMQ client connects to <code>${address}</code>. In Python, with pika:</p>
<pre tabindex="0">import pika

connection = pika.BlockingConnection(pika.URLParameters("${address}"))
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare("hello", durable=True)
channel.basic_publish("", "hello", b"first load", pika.BasicProperties(delivery_mode=2))
print(channel.basic_get("hello", auto_ack=True)[2])
connection.close()</pre></div></section>`;
  }
}
