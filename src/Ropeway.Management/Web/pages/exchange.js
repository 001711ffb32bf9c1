// What does this exchange send where? A picture, and the same as a table.
import { html, svg, nothing } from '../vendor/lit.js';
import { link, queueLink, exchangeLink, get, post, remove, encode } from '../broker.js';
import { absent, head, failure, confirmAct, toast, table } from '../parts.js';
import { Source } from '../list.js';
import { publish, headersOf } from '../publish.js';
import * as format from '../format.js';

const NODES_MAX = 60;
const LETTERS = 34; // Of a routing key in the picture.
const LETTER_PX = 7.25; // Width of a letter of the monospaced font there.
const HOW = {
  direct: 'to the bindings whose routing key is the message’s',
  fanout: 'to every binding',
  topic: 'to the bindings whose pattern fits the routing key: * stands for one word, # for any number',
  headers: 'to the bindings whose arguments fit the message’s headers',
};

/** A text with its middle left out. */
const cut = (text, length) => (text.length <= length ? text : `${text.slice(0, length / 2 - 1)}…${text.slice(-length / 2)}`);

const conditionOf = binding => [binding.routing_key, ...Object.entries(binding.arguments).map(([key, value]) => `${key}: ${value}`)].filter(text => text !== '').join(', ') || 'everything';

/** Three columns: the exchange, what binds, where to. The table below it is the accessible form. */
function picture(name, bindings) {
  const targets = [...new Map(bindings.map(binding => [`${binding.destination_type}\n${binding.destination}`, binding])).values()];
  const conditions = [...new Set(bindings.map(conditionOf))];
  const height = Math.max(conditions.length, targets.length) * 34 + 8;
  const placeOf = (index, number) => ((index + 0.5) / number) * height;
  const targetAt = binding => placeOf(targets.findIndex(target => target.destination === binding.destination && target.destination_type === binding.destination_type), targets.length);
  const conditionAt = binding => placeOf(conditions.indexOf(conditionOf(binding)), conditions.length);
  const endOf = binding => 316 + Math.min(LETTERS, conditionOf(binding).length) * LETTER_PX;
  const curve = (x1, y1, x2, y2) => svg`<path d="M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}"></path>`;
  return html`<div class="card picture" aria-hidden="true"><svg viewBox="0 0 960 ${height}" width="960" height=${height}>
    <g class="lines">
      ${conditions.map((condition, index) => curve(190, height / 2, 300, placeOf(index, conditions.length)))}
      ${bindings.map(binding => svg`<path d="M${endOf(binding)} ${conditionAt(binding)}H580"></path>${curve(580, conditionAt(binding), 680, targetAt(binding))}`)}
    </g>
    <g class="nodes">
      <rect x="10" y=${height / 2 - 14} width="180" height="28" rx="6" class="self"></rect><text x="100" y=${height / 2 + 5} text-anchor="middle">${cut(name || 'default', 24)}</text>
      ${conditions.map((condition, index) => svg`<text class="mono" x="308" y=${placeOf(index, conditions.length) + 5}>${cut(condition, LETTERS)}</text>`)}
      ${targets.map((target, index) => svg`<a href=${target.destination_type === 'queue' ? queueLink(target.vhost, target.destination) : exchangeLink(target.vhost, target.destination)} tabindex="-1">
        <rect x="680" y=${placeOf(index, targets.length) - 14} width="270" height="28" rx=${target.destination_type === 'queue' ? 6 : 14}></rect>
        <text x="696" y=${placeOf(index, targets.length) + 5}>${cut(target.destination, 34)}</text></a>`)}
    </g>
  </svg></div>`;
}

export default class ExchangePage {
  constructor(app, query, vhost, name) {
    this.name = name === 'amq.default' ? '' : name;
    Object.assign(this, { app, query, vhost, title: this.name || 'Default exchange' });
    this.path = `api/exchanges/${encode(vhost, name)}`;
    this.exchange = new Source(app, () => get(this.path));
    this.bindings = new Source(app, () => get(`${this.path}/bindings/source`));
    this.feeds = new Source(app, () => get(`${this.path}/bindings/destination`));
  }

  async opened() {
    await Promise.all([this.exchange.open(), this.bindings.open(), this.feeds.open()]);
  }

  render() {
    const crumbs = html`<a href=${link('exchanges')}>Exchanges</a>${this.vhost === '/' ? nothing : html` in <a href=${link('exchanges', { vhost: this.vhost })}>${this.vhost}</a>`}`;
    const title = html`<bdi>${this.name ? format.visible(this.name) : 'Default exchange'}</bdi>`;
    if (this.exchange.fault) {
      return html`${head({ title, crumbs })}${failure(this.exchange.fault, () => this.opened())}`;
    }
    const exchange = this.exchange.value;
    if (!exchange || !this.bindings.value) {
      return head({ title, crumbs, sub: 'Asking the broker.' });
    }
    const alternate = exchange.arguments['alternate-exchange'];
    return html`
      ${head({
        title,
        crumbs,
        sub: this.name === ''
          ? 'Sends each message to the queue that its routing key names. Every queue is bound to it.'
          : `A ${exchange.type} exchange: it sends ${HOW[exchange.type] ?? 'as its type says'}.`,
        acts: html`
          <button class="main" @click=${() => publish({ vhost: this.vhost, exchange: this.name || 'amq.default', key: '' })}>Publish</button>
          ${this.name === '' || this.name.startsWith('amq.') ? nothing : html`<button @click=${() => this.#delete()}>Delete…</button>`}`,
      })}
      ${alternate ? html`<p class="second lead">What no binding wants goes to <a href=${exchangeLink(this.vhost, alternate)}>${alternate}</a>.</p>` : nothing}
      ${this.feeds.value?.length > 0 ? html`<p class="second lead">It is fed by ${this.feeds.value.map((feed, index) => html`${index > 0 ? ', ' : ''}<a href=${exchangeLink(this.vhost, feed.source)}>${feed.source}</a>`)}.</p>` : nothing}
      ${this.name === '' ? nothing : this.#bound(this.bindings.value)}`;
  }

  #bound(bindings) {
    const columns = [
      { title: 'To', kind: 'name', cell: row => html`<a href=${row.destination_type === 'queue' ? queueLink(row.vhost, row.destination) : exchangeLink(row.vhost, row.destination)}><bdi>${format.visible(row.destination)}</bdi></a>` },
      { title: 'Kind', cell: row => row.destination_type },
      { title: 'Routing key', kind: 'text', wide: true, cell: row => (row.routing_key === '' ? html`<span class="quiet">none</span>` : html`<code>${format.visible(row.routing_key)}</code>`) },
      { title: 'Arguments', kind: 'text', wide: true, cell: row => (Object.keys(row.arguments).length === 0 ? absent : html`<code>${Object.entries(row.arguments).map(([key, value]) => `${key}: ${value}`).join(', ')}</code>`) },
      { title: 'Remove', kind: 'acts', cell: row => html`<button @click=${() => this.#unbind(row)}>Unbind<span class="hidden-text"> ${row.destination} ${row.routing_key}</span></button>` },
    ];
    return html`
      ${bindings.length > 0 && bindings.length <= NODES_MAX ? picture(this.name, bindings) : nothing}
      <section aria-labelledby="bindings"><div class="section-head"><h2 id="bindings">Bindings</h2></div>
        <div class="card">${table(columns, { caption: 'Bindings from this exchange', rows: bindings, empty: html`<p>Nothing is bound: what is published here goes nowhere.</p>` })}</div></section>
      <section aria-labelledby="bind"><div class="section-head"><h2 id="bind">Bind</h2></div>
        <form class="card pad" @submit=${event => this.#bind(event)}><div class="form">
          <label class="field"><span>To the queue or exchange</span><input name="to" required autocomplete="off" spellcheck="false"></label>
          <label class="field"><span>Which is a</span><select name="kind"><option value="q">queue</option><option value="e">exchange</option></select></label>
          <label class="field"><span>Routing key</span><input name="key" autocomplete="off" spellcheck="false"></label>
          <label class="field"><span>Arguments, name: value</span><input name="headers" autocomplete="off" spellcheck="false"></label>
        </div><div class="form-acts"><button>Bind</button>${this.bindFault ? html`<span class="error-text" role="alert">${this.bindFault}</span>` : nothing}</div></form></section>`;
  }

  async #bind(event) {
    event.preventDefault();
    const { to, kind, key, headers } = event.target.elements;
    try {
      await post(`api/bindings/${encode(this.vhost)}/e/${encode(this.name)}/${kind.value}/${encode(to.value)}`, { routing_key: key.value, arguments: headersOf(headers.value) });
      this.bindFault = '';
      event.target.reset();
    } catch (fault) {
      this.bindFault = fault.message;
    }
    this.bindings.open();
  }

  async #unbind(binding) {
    const kind = binding.destination_type === 'queue' ? 'q' : 'e';
    try {
      await remove(`api/bindings/${encode(this.vhost)}/e/${encode(this.name)}/${kind}/${encode(binding.destination, binding.properties_key || '~')}`);
      toast(`${binding.destination} is unbound.`);
    } catch (fault) {
      this.bindFault = fault.message;
    }
    this.bindings.open();
  }

  async #delete() {
    const bound = this.bindings.value.length;
    const done = await confirmAct({
      title: html`Delete <bdi>${this.name}</bdi>?`,
      lines: [bound > 0 ? `It has ${format.amount(bound, 'binding')}, which go with it. Publishers to it will be refused.` : 'Nothing is bound to it. Publishers to it will be refused.'],
      name: this.name,
      button: 'Delete the exchange',
      act: () => remove(this.path),
    });
    if (done) {
      toast(`${this.name} is deleted.`);
      this.app.go(link('exchanges'), { replace: true });
    }
  }
}
