// The messages of a queue: looked at where they are, never taken. Part of the page of a queue; its state is in the address.
import { html, nothing, ifDefined } from './vendor/lit.js';
import { base, get, encode, link, queueLink } from './broker.js';
import { absent, failure, table } from './parts.js';
import { forms, unpacked } from './body.js';
import * as format from './format.js';

const PAGE = 50;
const SETS = [['waiting', 'Waiting'], ['held', 'With consumers'], ['delayed', 'Delayed'], ['all', 'All']];
const FILTERS = ['set', 'from', 'direction', 'filter'];

export class Messages {
  /**
   * @param page the page of the queue
   * @param transfer moves, copies or deletes: {filter} or {sequences}, {kind}
   */
  constructor(page, transfer) {
    Object.assign(this, { page, transfer });
    this.path = `api/ropeway/queues/${encode(page.vhost, page.name)}/messages`;
    Object.assign(this, { answer: null, fault: null, message: null, messageFault: null });
  }

  get query() {
    return this.page.query;
  }

  /** Asks for what the address says, when it says something else than before. */
  show() {
    const asked = JSON.stringify(FILTERS.map(key => this.query[key]));
    if (asked !== this.asked) {
      this.asked = asked;
      this.open();
    }
    if (this.query.message !== this.shown) {
      this.shown = this.query.message;
      this.#openMessage();
    }
  }

  /** Looks at a page, or goes on with a search where it stopped. */
  async open(goOn) {
    const round = this.round = {};
    this.isBusy = true;
    this.page.app.update();
    try {
      const answer = await get(this.path, { ...Object.fromEntries(FILTERS.map(key => [key, this.query[key]])), ...(goOn ? { from: this.answer.next } : {}), limit: PAGE });
      if (this.round === round) {
        this.answer = goOn
          ? { ...answer, messages: [...this.answer.messages, ...answer.messages], scanned: this.answer.scanned + answer.scanned, matched: this.answer.matched + answer.matched, previous: this.answer.previous }
          : answer;
        this.fault = null;
      }
    } catch (fault) {
      this.fault = this.round === round ? fault : this.fault;
    }
    if (this.round === round) {
      this.isBusy = false;
      this.page.app.update();
    }
  }

  async #openMessage() {
    const sequence = this.query.message;
    this.message = null;
    this.messageFault = null;
    if (sequence === undefined) {
      return;
    }
    try {
      const message = await get(`${this.path}/${encodeURIComponent(sequence)}`);
      message.body = await unpacked(message.body);
      this.message = this.query.message === sequence ? message : this.message;
    } catch (fault) {
      this.messageFault = fault;
    }
    this.form = undefined;
    this.page.app.update();
  }

  #go(changes) {
    this.page.app.query({ from: '', direction: '', message: '', ...changes }, { replace: false });
  }

  render() {
    return html`
      <form class="filters" @submit=${event => {
        event.preventDefault();
        this.asked = null;
        const [filter, from] = ['filter', 'from'].map(name => event.target.elements[name].value.trim());
        const isOther = filter !== (this.query.filter ?? '') && from === (this.query.from ?? '');
        this.#go({ filter, from: isOther ? '' : from }); // Another search begins anew, unless it is told where.
      }}>
        ${this.page.isStream ? nothing : html`<label class="field"><span>Which</span><select @change=${event => this.#go({ set: event.target.value })}>
          ${SETS.map(([key, text]) => html`<option value=${key} ?selected=${key === (this.query.set ?? 'waiting')}>${text}</option>`)}</select></label>`}
        <label class="field grow"><span>Filter</span><input name="filter" data-filter autocomplete="off" spellcheck="false" placeholder="words, header:name=value, key:mail.*, size:>1MiB" .value=${this.query.filter ?? ''}></label>
        <label class="field from"><span>From</span><input name="from" autocomplete="off" spellcheck="false" placeholder="oldest" list="from-words" .value=${this.query.from ?? ''}></label>
        <datalist id="from-words"><option value="oldest"></option><option value="newest"></option><option value=${`time:${new Date().toISOString().slice(0, 11)}00:00:00Z`}></option></datalist>
        <button>Look</button>
      </form>
      <p class="hint lead">Looking changes nothing: neither the order, nor how often a message was tried, nor who gets it next.
        From: oldest, newest, a number, or time:2026-03-01T14:00:00Z.</p>
      <div class=${this.query.message !== undefined ? 'with-detail' : ''}>
        <div>${this.#list()}</div>
        ${this.query.message !== undefined ? this.#detail() : nothing}
      </div>`;
  }

  #list() {
    if (this.fault) {
      return failure(this.fault, () => this.open());
    }
    if (!this.answer) {
      return html`<div class="card empty"><p>Asking the broker.</p></div>`;
    }
    const { messages, total } = this.answer;
    const isOf = set => this.query.set === set;
    const columns = [
      { title: 'Number', terms: 'Sequence number. Kafka: offset', kind: 'name', cell: row => html`<a class="mono" href=${this.#addressOf(row)}>${row.sequence}</a>` },
      { title: `Published (${format.zoneName()})`, wide: true, cell: row => html`<span class="nowrap">${format.time(row.published)}</span>` },
      { title: 'Routing key', kind: 'text', cell: row => html`<code>${format.visible(row.routing_key)}</code>` },
      { title: 'Size', kind: 'number', cell: row => html`<span title="${row.size} bytes">${format.bytes(row.size)}</span>` },
      { title: 'Tries', terms: 'How often it came back. RabbitMQ: delivery count', kind: 'number', cell: row => format.count(row.tries), zero: row => row.tries === 0 },
      ...(isOf('held') ? [{ title: 'With', kind: 'text', wide: true, cell: row => (row.holder ? html`<a href=${link(`connections/${encodeURIComponent(row.holder.connection)}`)}>${row.holder.connection.split(' ')[0]}</a>${row.holder.since ? html`<span class="hint">for ${format.since(row.holder.since)}</span>` : nothing}` : absent) }] : []),
      ...(isOf('delayed') ? [{ title: `Due (${format.zoneName()})`, cell: row => html`<span class="nowrap">${format.time(row.due)}</span>` }] : []),
      { title: 'Begins with', kind: 'text', wide: true, cell: row => (row.preview == null ? absent : html`<span class="preview mono">${format.visible(row.preview)}</span>`) },
    ];
    return html`<div class="card messages" aria-busy=${this.isBusy}>
      ${table(columns, {
        caption: 'Messages',
        rows: messages,
        chosen: row => String(row.sequence) === this.query.message,
        choose: row => this.page.app.go(this.#addressOf(row), { replace: this.query.message !== undefined }),
        empty: this.#none(),
      })}
      ${this.#pager(messages, total)}
    </div>`;
  }

  #addressOf(row) {
    return queueLink(this.page.vhost, this.page.name, { ...this.query, tab: 'messages', message: row.sequence });
  }

  /** Never "nothing" when it means "not finished". */
  #none() {
    const { done, total, scanned } = this.answer;
    if (!done && this.query.filter) {
      return html`<p>Nothing found in the first ${format.count(scanned)} of ${format.count(total)}. There is more to look at.</p>`;
    }
    return this.query.filter
      ? html`<p>None of ${format.amount(total, 'message')} fits <b>${this.query.filter}</b>.</p>`
      : html`<p>${{ held: 'No consumer holds a message.', delayed: 'No message is delayed.' }[this.query.set] ?? (total > 0 ? 'Nothing from here on.' : this.page.isStream ? 'Nothing is in it.' : 'Nothing waits here.')}</p>`;
  }

  #pager(messages, total) {
    const { done, next, previous, scanned, matched } = this.answer;
    const back = this.query.direction === 'back' || (this.query.from === 'newest' && !this.query.direction);
    const isPartial = this.query.filter && !done && messages.length < PAGE;
    const turn = (from, direction) => this.#go({ from: String(from), direction });
    return html`<div class="pager">
      <span role="status">${this.query.filter ? html`${format.count(scanned)} of ${format.count(total)} looked at, ${format.count(matched)} found` : html`${format.count(messages.length)} of ${format.count(total)}`}</span>
      <span class="acts">
        ${this.query.filter && matched > 0 && (this.query.set ?? 'waiting') === 'waiting' ? html`<button @click=${() => this.transfer({ filter: this.query.filter })}>${this.page.isStream ? 'Copy' : 'Move'} all that fit…</button>` : nothing}
        ${isPartial ? html`<button ?disabled=${this.isBusy} @click=${() => this.open(true)}>Go on looking</button>` : nothing}
        <button ?disabled=${previous == null} @click=${() => turn(previous, back ? 'forward' : 'back')}>${back ? 'Newer' : 'Older'}</button>
        <button ?disabled=${done || next == null} @click=${() => turn(next, back ? 'back' : 'forward')}>${back ? 'Older' : 'Newer'}</button>
      </span>
    </div>`;
  }

  #detail() {
    const close = html`<a class="button" href=${queueLink(this.page.vhost, this.page.name, { ...this.query, message: '' })}>Close</a>`;
    const { message } = this;
    if (this.messageFault) {
      return html`<div>${failure(this.messageFault)}<div class="form-acts">${close}</div></div>`;
    }
    if (!message) {
      return html`<div class="card empty"><p>Asking the broker.</p></div>`;
    }
    const facts = [
      ['Published', `${format.time(message.published)} ${format.zoneName()}`],
      ['To', html`exchange <b>${message.exchange ? format.visible(message.exchange) : 'default'}</b>, key <code>${format.visible(message.routing_key)}</code>`],
      ['Tries', `${format.count(message.tries)}${message.redelivered ? ', redelivered' : ''}`],
      ['Survives a restart', message.persistent ? 'yes' : 'no'],
      ['Priority', message.priority > 0 ? message.priority : null],
      ['Expires', message.expires ? format.time(message.expires) : null],
      ['Due', message.due ? format.time(message.due) : null],
      ['With', message.holder ? html`<a href=${link(`connections/${encodeURIComponent(message.holder.connection)}`)}>${message.holder.connection}</a>, consumer <code>${format.visible(message.holder.consumer_tag)}</code>` : null],
      ...Object.entries(message.properties).filter(([key]) => !['headers', 'delivery_mode', 'priority', 'expiration'].includes(key)).map(([key, value]) => [format.sentence(key.replaceAll('_', ' ')), html`<span class="mono">${format.visible(String(value))}</span>`]),
    ];
    return html`<section class="card pad detail" aria-labelledby="message">
      <div class="section-head"><h2 id="message">Message <span class="mono">${message.sequence}</span></h2>${close}</div>
      <dl class="facts">${facts.filter(([, value]) => value != null).map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>
      ${message.headers.length > 0 ? html`<h3>Headers</h3><dl class="facts">${message.headers.map(header => html`<dt class="mono">${format.visible(header.name)}</dt><dd class="mono">${format.visible(typeof header.value === 'object' ? JSON.stringify(header.value) : String(header.value))} <span class="hint inline">${header.type}</span></dd>`)}</dl>` : nothing}
      ${message.deaths?.length > 0 ? html`<h3>Died before</h3><ol class="deaths">${message.deaths.map(death => html`<li>${death.count > 1 ? `${death.count} times ` : ''}${death.reason} in <a href=${queueLink(this.page.vhost, death.queue)}>${death.queue}</a>${death.time ? html`, ${format.time(death.time)}` : nothing}</li>`)}</ol>` : nothing}
      ${this.#body(message)}
    </section>`;
  }

  #body(message) {
    const ways = forms(message.body);
    const [chosen, , text] = ways.find(([key]) => key === this.form) ?? ways[0];
    return html`
      <div class="section-head body-head"><h3>Body <span class="hint inline">${format.bytes(message.body.size)}${message.body.encoding ? `, ${message.body.encoding}${message.body.isUnpacked ? ' undone' : ''}` : ''}</span></h3>
        <div class="segments" role="group" aria-label="Shown as">${ways.map(([key, label]) => html`<button aria-pressed=${key === chosen} @click=${() => {
          this.form = key;
          this.page.app.update();
        }}>${label}</button>`)}</div></div>
      ${message.body.size === 0 ? html`<p class="quiet">It is empty.</p>` : html`<pre tabindex="0" aria-label="Body" class=${ifDefined(chosen === 'octets' ? 'octets' : undefined)}>${text()}</pre>`}
      ${message.body.truncated ? html`<p class="hint">Only the beginning is shown.</p>` : nothing}
      <div class="form-acts">${message.holder || message.due ? nothing : html`
        <button @click=${() => this.transfer({ sequences: [message.sequence] })}>${this.page.isStream ? 'Copy…' : 'Move…'}</button>
        ${this.page.isStream ? nothing : html`<button @click=${() => this.transfer({ sequences: [message.sequence], kind: 'delete' })}>Delete…</button>`}`}
        <a class="button" download href="${base}${this.path}/${message.sequence}/body">Save the exact bytes</a></div>`;
  }
}
