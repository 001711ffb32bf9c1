// Where would this message go?
import { html, nothing } from '../vendor/lit.js';
import { get, post, queueLink, exchangeLink, encode } from '../broker.js';
import { head, failure, table } from '../parts.js';
import { virtualHosts, hostBox } from '../list.js';
import { headersOf } from '../publish.js';
import * as format from '../format.js';

export default class Routing {
  title = 'Routing';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [], exchanges: [], answer: null, fault: null });
  }

  get host() {
    return this.query.vhost ?? (this.hosts.includes('/') ? '/' : this.hosts[0]) ?? '/';
  }

  async opened() {
    this.hosts = await virtualHosts().catch(() => []);
    this.#suggest();
    if (this.query.exchange !== undefined) {
      await this.#explain();
    }
    this.app.update();
  }

  queried() {
    this.#explain();
  }

  async #suggest() {
    this.exchanges = await get(`api/exchanges/${encode(this.host)}`, { columns: 'name' }).then(found => found.map(exchange => exchange.name).filter(Boolean)).catch(() => []);
    this.app.update();
  }

  async #explain() {
    const { exchange = '', key = '', headers = '', user } = this.query;
    try {
      this.answer = await post('api/ropeway/routing/explain', { vhost: this.host, exchange, routing_key: key, headers: headersOf(headers), ...(user ? { user } : {}) });
      this.fault = null;
    } catch (fault) {
      Object.assign(this, { answer: null, fault: Object.assign(fault, { status: fault.status ?? 400 }) });
    }
    this.app.update();
  }

  render() {
    return html`
      ${head({ title: this.#headline(), sub: 'Nothing is published: the broker walks its exchanges as it would for a publisher’s message, and says what it did.' })}
      <form class="card pad" @submit=${event => {
        event.preventDefault();
        const { exchange, key, headers, user } = event.target.elements;
        this.app.query({ exchange: exchange.value || 'amq.default', key: key.value, headers: headers.value, user: user?.value ?? '' }, { replace: false });
      }}>
        <div class="form">
          ${hostBox(this.hosts, this.host, vhost => {
            this.app.query({ vhost });
            this.#suggest();
          }, null)}
          <label class="field"><span>Exchange</span><input name="exchange" list="exchanges" autocomplete="off" spellcheck="false" placeholder="the default exchange" value=${this.query.exchange ?? ''}></label>
          <datalist id="exchanges">${this.exchanges.map(name => html`<option value=${name}></option>`)}</datalist>
          <label class="field"><span>Routing key</span><input name="key" autocomplete="off" spellcheck="false" value=${this.query.key ?? ''}></label>
          ${this.app.rights.administrator ? html`<label class="field"><span>Published by the user</span><input name="user" autocomplete="off" spellcheck="false" placeholder=${this.app.user} value=${this.query.user ?? ''}></label>` : nothing}
          <div class="wide"><label class="field"><span>Headers, one a line, name: value</span><textarea name="headers" rows="2" spellcheck="false" .value=${this.query.headers ?? ''}></textarea></label></div>
        </div>
        <div class="form-acts"><button class="main">Show the way</button></div>
      </form>
      ${this.fault ? html`<section>${failure(this.fault)}</section>` : nothing}
      ${this.answer ? this.#way(this.answer) : nothing}`;
  }

  #headline() {
    const { answer } = this;
    return !answer ? 'Where would this message go?'
      : answer.refused ? 'The publisher would be refused.'
        : answer.held_by?.length > 0 ? `It would be held until ${format.time(answer.held_until)}.`
          : answer.unroutable ? 'It would go nowhere.' : `It would go to ${format.words(answer.queues.length, 'queue')}.`;
  }

  #way(answer) {
    const target = step => (step.destination_type === 'exchange' ? exchangeLink(this.host, step.destination) : queueLink(this.host, step.destination));
    return html`
      <section class="card pad" aria-label="Result">
        ${answer.refused ? html`<p><span class="tag bad">refused</span> ${format.sentence(answer.refused)}.</p>` : nothing}
        ${answer.queues.length > 0 ? html`<p>${answer.queues.map((queue, index) => html`${index > 0 ? ', ' : ''}<a href=${queueLink(this.host, queue)}><bdi>${format.visible(queue)}</bdi></a>`)}</p>`
          : html`<p>No queue gets it. Without the mandatory flag it would be lost.</p>`}
        ${answer.held_by?.length > 0 ? html`<p class="second">Held first by ${answer.held_by.join(', ')}; the way below is by the bindings of now.</p>` : nothing}
        ${answer.alternate?.length > 0 ? html`<p class="second">Nothing else matched, so the alternate ${answer.alternate.length === 1 ? 'exchange' : 'exchanges'} ${answer.alternate.join(', ')} got it.</p>` : nothing}
      </section>
      <section aria-labelledby="steps"><div class="section-head"><h2 id="steps">Every binding that was looked at</h2></div>
        <div class="card">${table([
          { title: 'To', kind: 'name', cell: step => html`<a href=${target(step)}><bdi>${format.visible(step.destination)}</bdi></a><span class="hint">from ${step.exchange || 'the default exchange'} (${step.type})</span>` },
          { title: 'Matched', kind: 'state', cell: step => (step.matched ? html`<span class="tag ok">matches</span>` : html`<span class="tag">does not</span>`) },
          { title: 'Binding', kind: 'text', wide: true, cell: step => (step.binding ? html`<code>${format.visible([step.binding.routing_key, ...Object.entries(step.binding.arguments).map(([name, value]) => `${name}: ${value}`)].filter(text => text !== '').join(', ') || '(empty)')}</code>` : html`<span class="quiet">by name</span>`) },
          { title: 'Why', kind: 'text', wide: true, cell: step => format.sentence(step.why) },
        ], { caption: 'Bindings', rows: answer.steps, empty: html`<p>No binding was looked at.</p>` })}</div>
        ${answer.more_steps > 0 ? html`<p class="hint">and ${format.count(answer.more_steps)} more that did not match.</p>` : nothing}
      </section>`;
  }
}
