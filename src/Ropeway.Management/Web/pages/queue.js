// Why is this queue not empty?
import { html, nothing } from '../vendor/lit.js';
import { link, queueLink, exchangeLink, get, post, remove, encode, samples, queueTopic } from '../broker.js';
import { chart, Trace, rangeOf, rangeBox } from '../chart.js';
import { absent, cable, stations, head, tabs, tagOf, factOf, failure, confirmAct, dialog, field, toast, table, snoozeButton } from '../parts.js';
import { publish, headersOf } from '../publish.js';
import { transfer, purge, actOn, jobLink } from '../jobs.js';
import { settings } from '../settings.js';
import { Messages } from '../messages.js';
import { StreamPart } from '../stream.js';
import { History } from '../history.js';
import * as format from '../format.js';

export default class QueuePage {
  constructor(app, query, vhost, name) {
    Object.assign(this, { app, query, vhost, name, title: name, bindings: null });
    this.topic = queueTopic(vhost, name);
    this.messages = new Messages(this, options => this.#transfer(options));
    this.topics = [this.topic];
    this.history = new History(this);
    this.streamPart = new StreamPart(this);
    this.path = `api/queues/${encode(vhost, name)}`;
  }

  get isStream() {
    return this.details?.type === 'stream';
  }

  get tab() {
    const isKnown = ['consumers', 'bindings', 'settings'].includes(this.query.tab) || (this.query.tab === 'history' && this.app.rights.administrator);
    return isKnown ? this.query.tab : 'messages';
  }

  async opened() {
    if (this.tab === 'messages') {
      this.messages.show();
    } else if (this.tab === 'history') {
      this.history.open();
    }
    await Promise.all([this.#load(), this.#loadBindings(), this.#sampled()]);
  }

  queried() {
    if (rangeOf(this.query)[0] !== this.range) {
      this.#sampled();
    }
    if (this.tab === 'messages') {
      this.messages.show();
    } else if (this.tab === 'bindings') {
      this.#loadBindings();
    } else if (this.tab === 'history') {
      this.history.open();
    }
  }

  lively() {
    const { values, updatedAt } = this.app.live;
    const row = values[this.topic];
    if (!row || row === this.drawn) {
      return;
    }
    // Consumers come and go: the details name them. A queue that is gone has none.
    if (row.consumers !== this.drawn?.consumers || row.policy !== this.drawn?.policy || row.gone) {
      this.#load();
    }
    this.drawn = row;
    if (this.isStream) {
      this.streamPart.source.refresh();
    }
    this.trace?.add(updatedAt / 1000, { ...row, publish: row.in_rate, ack: row.ack_rate, deliver: row.out_rate });
  }

  async #sampled() {
    const [range, , seconds] = rangeOf(this.query);
    const trace = new Trace(['publish', 'ack', 'deliver', 'waiting', 'held'], seconds);
    this.range = range;
    try {
      trace.fill(await samples(range, this.vhost, this.name));
    } catch {
      // The charts begin now.
    }
    this.trace = trace;
    this.app.update();
  }

  async #load() {
    try {
      this.details = await get(this.path);
      this.fault = null;
      if (this.isStream) {
        this.root = 'streams';
        this.streamPart.source.open();
      }
    } catch (fault) {
      this.fault = fault;
    }
    this.app.update();
  }

  async #loadBindings() {
    try {
      this.bindings = await get(`${this.path}/bindings`);
    } catch (fault) {
      this.bindingsFault = fault;
    }
    this.app.update();
  }

  render() {
    const crumbs = html`<a href=${link(this.isStream ? 'streams' : 'queues')}>${this.isStream ? 'Streams' : 'Queues'}</a>${this.vhost === '/' ? nothing : html` in <a href=${link(this.isStream ? 'streams' : 'queues', { vhost: this.vhost })}>${this.vhost}</a>`}`;
    if (this.fault && (!this.details || this.fault.status === 404)) {
      return html`${head({ title: html`<bdi>${format.visible(this.name)}</bdi>`, crumbs })}${failure(this.fault, () => this.#load())}`;
    }
    const { details } = this;
    const followed = this.app.live.values[this.topic];
    const row = (followed?.gone ? null : followed) ?? (details && { waiting: details.messages_ready, held: details.messages_unacknowledged, consumers: details.consumers });
    if (!row || !details || (this.isStream && !row.stream)) {
      return head({ title: html`<bdi>${format.visible(this.name)}</bdi>`, crumbs, sub: 'Asking the broker.' });
    }
    const { tab } = this;
    return html`
      ${head({ title: html`<bdi>${format.visible(this.name)}</bdi>`, crumbs, sub: this.#sentence(row), acts: this.#acts(row) })}
      ${this.#notes()}
      ${this.#diagnosis()}
      ${this.isStream ? cable(this.streamPart.stations(row)) : cable(stations({ in: row.in_rate, waiting: row.waiting, held: row.held, out: row.ack_rate }, this.#facts(row)))}
      ${this.#charts(row)}
      ${this.isStream ? this.streamPart.keeping(row) : nothing}
      ${tabs([
        { key: 'messages', title: html`Messages <span class="quiet">${format.count(row.waiting + row.held)}</span>`, href: queueLink(this.vhost, this.name) },
        { key: 'consumers', title: html`${this.isStream ? 'Readers' : 'Consumers'} <span class="quiet">${format.count(row.consumers)}</span>`, href: queueLink(this.vhost, this.name, { tab: 'consumers' }) },
        { key: 'bindings', title: html`Bindings ${this.bindings ? html`<span class="quiet">${format.count(this.bindings.length)}</span>` : nothing}`, href: queueLink(this.vhost, this.name, { tab: 'bindings' }) },
        { key: 'settings', title: 'Settings', href: queueLink(this.vhost, this.name, { tab: 'settings' }) },
        ...(this.app.rights.administrator ? [{ key: 'history', title: 'History', href: queueLink(this.vhost, this.name, { tab: 'history' }) }] : []),
      ], tab)}
      ${{ messages: () => this.messages.render(), consumers: () => (this.isStream ? this.streamPart.readers() : this.#consumers()), bindings: () => this.#bindings(), settings: () => settings(this.details), history: () => this.history.render(this.details) }[tab]()}`;
  }

  /** What is the matter, in a sentence. */
  #sentence(row) {
    const kind = [this.details.durable ? 'durable' : 'not durable', this.details.exclusive ? 'exclusive' : null, this.details.type].filter(Boolean).join(', ');
    if (this.isStream) {
      return `${this.streamPart.sentence(row)} ${format.sentence(kind)}.`;
    }
    if (row.waiting === 0 && row.held === 0) {
      return `Nothing waits here. ${format.sentence(kind)}.`;
    }
    if (row.waiting > 0 && row.consumers === 0) {
      return `${format.amount(row.waiting, 'message')} ${row.waiting === 1 ? 'waits' : 'wait'}, and nobody consumes ${row.waiting === 1 ? 'it' : 'them'}. ${format.sentence(kind)}.`;
    }
    const waiting = row.waiting === 0 ? 'Nothing waits' : `${format.amount(row.waiting, 'message')} ${row.waiting === 1 ? 'waits' : 'wait'}`;
    return `${waiting}, ${format.count(row.held)} ${row.held === 1 ? 'is' : 'are'} with ${format.amount(row.consumers, 'consumer')}. ${format.sentence(kind)}.`;
  }

  #facts(row) {
    const prefetch = (this.details.consumer_details ?? []).reduce((sum, consumer) => sum + (consumer.prefetch_count || Infinity), 0);
    return {
      in: this.bindings ? format.amount(this.bindings.filter(binding => binding.source !== '').length, 'binding') : nothing,
      waiting: row.oldest_s != null ? `oldest ${format.duration(row.oldest_s)}` : this.details.messages_delayed > 0 ? `and ${format.count(this.details.messages_delayed)} delayed` : nothing,
      held: Number.isFinite(prefetch) && prefetch > 0 ? `of ${format.count(prefetch)} allowed` : row.consumers > 0 ? 'no limit set' : nothing,
      out: format.amount(row.consumers, 'consumer'),
      behind: row.consumers === 0 && row.waiting > 0,
    };
  }

  /** What was done here and can be taken back; what holds the queue up on purpose. */
  #notes() {
    const { purged } = this;
    const { paused } = this.details;
    const mayUndo = purged?.undo_until && !purged.undone && Date.parse(purged.undo_until) > Date.now();
    return html`
      ${paused ? html`<section class="card pad diagnosis" aria-label="Paused"><p><span class="tag warn">paused</span> ${paused.user} paused it ${format.time(paused.since, false)}${paused.reason ? html`: <bdi>${format.visible(paused.reason)}</bdi>` : ''}. Consumers get nothing.</p></section>` : nothing}
      ${purged ? html`<section class="card pad diagnosis" role="status"><p>${purged.undone ? 'The purge is taken back.' : purged.error ?? `${format.amount(purged.done, 'message')} purged.`}
        ${mayUndo ? html`<button @click=${() => this.#undo()}>Undo until ${format.clock(purged.undo_until)}</button>` : nothing}</p></section>` : nothing}`;
  }

  async #undo() {
    try {
      this.purged = await actOn(this.purged.id, 'undo');
    } catch (fault) {
      this.purged = { ...this.purged, undo_until: null, error: fault.message };
    }
    this.#load();
  }

  #diagnosis() {
    const found = (this.app.live.values.findings ?? []).filter(finding => finding.kind === 'queue' && finding.vhost === this.vhost && finding.name === this.name);
    return found.map(finding => html`
      <section class="card pad diagnosis ${finding.severity}" aria-label="What is wrong"><p><span class="tag ${finding.severity}">${tagOf(finding)}</span> ${factOf(finding)}</p>
        ${finding.cause ? html`<p class="second">${format.sentence(finding.cause)}</p>` : nothing}
        <div class="form-acts">${snoozeButton(finding)}</div></section>`);
  }

  #charts(row) {
    const { trace } = this;
    if (!trace) {
      return nothing;
    }
    const out = this.isStream ? 'deliver' : 'ack'; // Acknowledging takes nothing out of a stream.
    return html`<section aria-labelledby="charts"><div class="section-head"><h2 id="charts">Flow</h2>${rangeBox(this)}</div><div class="charts">
      ${chart(this, { title: 'Messages per second', data: trace.columns('publish', out), write: format.rate, series: [
        { name: 'in', tone: 'in', now: row.in_rate },
        { name: 'out', tone: 'out', dashed: true, now: this.isStream ? row.out_rate : row.ack_rate }] })}
      ${this.isStream ? chart(this, { title: 'Messages kept', data: trace.columns('waiting'), write: format.count, series: [
        { name: 'kept', tone: 'waiting', filled: true, now: row.waiting }] }) : chart(this, { title: 'Backlog', data: trace.columns('waiting', 'held'), write: format.count, series: [
        { name: 'waiting', tone: 'waiting', filled: true, now: row.waiting },
        { name: 'held', tone: 'held', dashed: true, now: row.held }] })}
    </div></section>`;
  }

  #acts(row) {
    const { paused } = this.details;
    return html`
      <button class="main" @click=${() => publish({ vhost: this.vhost, exchange: '', key: this.name })}>Publish</button>
      ${paused ? html`<button @click=${() => this.#resume()}>Resume</button>` : html`<button @click=${() => this.#pause()}>Pause…</button>`}
      <button ?disabled=${row.waiting === 0} @click=${() => this.#transfer({})}>${this.isStream ? 'Copy…' : 'Move…'}</button>
      ${this.isStream ? nothing : html`<button ?disabled=${row.waiting === 0} @click=${() => this.#purge(row)}>Purge…</button>`}
      <button @click=${() => this.#delete(row)}>Delete…</button>`;
  }

  /** Moves, copies, re-drives or deletes messages, and shows the job. */
  async #transfer(options) {
    const job = await transfer({ vhost: this.vhost, queue: this.name, isStream: this.isStream, ...options });
    if (job) {
      this.app.go(jobLink(job.id));
    }
  }

  async #pause() {
    let fault = null;
    const done = await dialog((close, redraw) => html`
      <h2 id="dialog-title">Pause <bdi>${this.name}</bdi>?</h2>
      <form class="body" @submit=${async event => {
        event.preventDefault();
        try {
          await post(`api/ropeway/queues/${encode(this.vhost, this.name)}/pause`, { reason: event.target.elements.reason.value });
          close(true);
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        <p>Consumers get nothing until it is resumed, also after a restart. Publishers go on, so the queue grows.</p>
        ${field('Reason, for whoever wonders', html`<input name="reason" maxlength="1024" autocomplete="off">`)}
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button class="main">Pause the queue</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
      </form>`);
    if (done) {
      toast(`${this.name} is paused.`);
      this.#load();
    }
  }

  async #resume() {
    try {
      await post(`api/ropeway/queues/${encode(this.vhost, this.name)}/resume`);
      toast(`${this.name} goes on.`);
    } catch (fault) {
      toast(fault.message);
    }
    this.#load();
  }

  /** Who is concerned, as it stands in the questions. */
  #concerned(row) {
    const sources = (this.bindings ?? []).filter(binding => binding.source !== '').length;
    return `${format.amount(row.consumers, 'consumer')} ${row.consumers === 1 ? 'is' : 'are'} connected, ${format.amount(sources, 'binding')} ${sources === 1 ? 'leads' : 'lead'} here.`;
  }

  async #purge(row) {
    const done = await confirmAct({
      title: html`Purge <bdi>${this.name}</bdi>?`,
      lines: [`${format.amount(row.waiting, 'waiting message')} will be removed. ${row.held > 0 ? `${format.count(row.held)} with consumers stay. ` : ''}This can be taken back for ten minutes, as long as the broker has room and is not restarted.`, this.#concerned(row)],
      name: this.name,
      button: `Purge ${format.amount(row.waiting, 'message')}`,
      act: () => purge(this.vhost, this.name, row.waiting),
    });
    if (done) {
      this.purged = done.value;
      this.#load();
    }
  }

  async #delete(row) {
    const held = row.waiting + row.held;
    const done = await confirmAct({
      title: html`Delete <bdi>${this.name}</bdi>?`,
      lines: [held > 0 ? `The queue, its bindings and ${format.amount(held, 'message')} in it will be gone.` : 'The queue is empty. It will be gone, with its bindings.', this.#concerned(row), 'This can be taken back for ten minutes, as long as the broker has room and is not restarted.'],
      name: this.name,
      button: held > 0 ? `Delete it and ${format.amount(held, 'message')}` : 'Delete the queue',
      act: () => remove(`api/ropeway/queues/${encode(this.vhost, this.name)}`, { if_count_at_most: Math.ceil(held * 1.1) + 10 }),
    });
    if (done) {
      this.app.go(jobLink(done.value.job), { replace: true }); // It can be taken back there.
    }
  }

  #consumers() {
    const rows = this.details.consumer_details ?? [];
    const columns = [
      { title: 'Client', kind: 'name', cell: row => html`<a href=${link(`connections/${encodeURIComponent(row.channel_details.connection_name)}`)}>${row.channel_details.peer_host}:${row.channel_details.peer_port}</a><span class="hint">channel ${row.channel_details.number}, ${row.channel_details.user}</span>` },
      { title: 'Tag', kind: 'text', wide: true, cell: row => html`<span class="mono">${format.visible(row.consumer_tag)}</span>` },
      { title: 'Prefetch', kind: 'number', cell: row => (row.prefetch_count === 0 ? 'no limit' : format.count(row.prefetch_count)) },
      { title: 'Acknowledges', cell: row => (row.ack_required ? 'yes' : 'automatically') },
      { title: 'State', cell: row => ({ up: 'active', single_active: 'active, the single one', waiting: 'waits its turn' })[row.activity_status] ?? row.activity_status },
    ];
    return html`<div class="card">${table(columns, { caption: 'Consumers', rows, empty: html`<p>Nobody consumes this queue.</p>` })}</div>`;
  }

  #bindings() {
    if (this.bindingsFault) {
      return failure(this.bindingsFault, () => this.#loadBindings());
    }
    const rows = (this.bindings ?? []).filter(binding => binding.source !== '');
    const dead = this.details.effective_arguments?.['dead-letter-exchange'];
    const columns = [
      { title: 'From', kind: 'name', cell: row => html`<a href=${exchangeLink(this.vhost, row.source)}><bdi>${format.visible(row.source)}</bdi></a>` },
      { title: 'Routing key', kind: 'text', wide: true, cell: row => (row.routing_key === '' ? html`<span class="quiet">none</span>` : html`<code>${format.visible(row.routing_key)}</code>`) },
      { title: 'Arguments', kind: 'text', wide: true, cell: row => (Object.keys(row.arguments).length === 0 ? absent : html`<code>${Object.entries(row.arguments).map(([key, value]) => `${key}: ${value}`).join(', ')}</code>`) },
      { title: 'Remove', kind: 'acts', cell: row => html`<button @click=${() => this.#unbind(row)}>Unbind<span class="hidden-text"> ${row.source} ${row.routing_key}</span></button>` },
    ];
    return html`
      <p class="second lead">Every message with the routing key <code>${format.visible(this.name)}</code> on the default exchange comes here, too.
        ${dead === undefined ? nothing : html`What dies here goes to <a href=${exchangeLink(this.vhost, dead)}>${dead || 'the default exchange'}</a>.`}</p>
      <div class="card">${table(columns, { caption: 'Bindings to this queue', rows, empty: html`<p>No exchange is bound to this queue.</p>` })}</div>
      <section aria-labelledby="bind"><div class="section-head"><h2 id="bind">Bind</h2></div>
        <form class="card pad" @submit=${event => this.#bind(event)}><div class="form">
          <label class="field"><span>From the exchange</span><input name="source" required autocomplete="off" spellcheck="false"></label>
          <label class="field"><span>Routing key</span><input name="key" autocomplete="off" spellcheck="false"></label>
          <label class="field"><span>Arguments, name: value</span><input name="headers" autocomplete="off" spellcheck="false"></label>
        </div><div class="form-acts"><button>Bind</button>${this.bindFault ? html`<span class="error-text" role="alert">${this.bindFault}</span>` : nothing}</div></form>
      </section>`;
  }

  async #bind(event) {
    event.preventDefault();
    const form = event.target;
    try {
      await post(`api/bindings/${encode(this.vhost)}/e/${encode(form.elements.source.value)}/q/${encode(this.name)}`, {
        routing_key: form.elements.key.value,
        arguments: headersOf(form.elements.headers.value),
      });
      this.bindFault = '';
      form.reset();
    } catch (fault) {
      this.bindFault = fault.message;
    }
    this.#loadBindings();
  }

  async #unbind(binding) {
    const address = `api/bindings/${encode(this.vhost)}/e/${encode(binding.source)}/q/${encode(this.name)}`;
    try {
      await remove(`${address}/${encode(binding.properties_key || '~')}`);
      toast(`${binding.source} is unbound.`);
    } catch (fault) {
      this.bindFault = fault.message;
    }
    this.#loadBindings();
  }
}
