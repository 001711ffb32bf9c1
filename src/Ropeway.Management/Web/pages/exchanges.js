// What goes where?
import { html, nothing } from '../vendor/lit.js';
import { exchangeLink, put, encode } from '../broker.js';
import { absent, head, dialog, field, toast } from '../parts.js';
import { List, paged, virtualHosts, hostBox } from '../list.js';
import * as format from '../format.js';

const TYPES = ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash', 'x-modulus-hash', 'x-random', 'x-delayed-message', 'x-recent-history'];

export default class Exchanges {
  title = 'Exchanges';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [] });
    this.list = new List(this, {
      load: ({ vhost, ...rest }) => paged(vhost ? `api/exchanges/${encode(vhost)}` : 'api/exchanges', rest),
      keyOf: row => `${row.vhost}\n${row.name}`,
      sort: 'name',
      noun: 'exchange',
    });
  }

  async opened() {
    await Promise.all([this.list.open(), virtualHosts().then(names => (this.hosts = names)).catch(() => {})]);
    this.app.update();
  }

  queried() {
    this.list.open();
  }

  render() {
    const { list } = this;
    const hasRates = list.items?.some(row => row.message_stats);
    const rateOf = (row, name) => row.message_stats?.[`${name}_details`]?.rate;
    return html`
      ${head({ title: list.total == null ? 'Exchanges' : `${format.sentence(format.words(list.total, 'exchange'))} ${list.total === 1 ? 'sorts' : 'sort'} what is published.`, acts: html`<button @click=${() => this.#declare()}>New exchange…</button>` })}
      <div class="filters">${list.filterBox()}${hostBox(this.hosts, this.query.vhost, vhost => list.narrow({ vhost }))}</div>
      ${list.render([
        { title: 'Exchange', kind: 'name', sort: 'name', cell: row => html`<a href=${exchangeLink(row.vhost, row.name)}><bdi>${row.name === '' ? 'default exchange' : format.visible(row.name)}</bdi></a>${this.hosts.length > 1 ? html`<span class="hint">${row.vhost}</span>` : nothing}` },
        { title: 'Type', sort: 'type', cell: row => row.type },
        ...(hasRates ? [
          { title: 'In', kind: 'number', cell: row => format.rate(rateOf(row, 'publish_in')), zero: row => !rateOf(row, 'publish_in') },
          { title: 'Out', kind: 'number', cell: row => format.rate(rateOf(row, 'publish_out')), zero: row => !rateOf(row, 'publish_out') },
        ] : []),
        { title: 'Survives a restart', cell: row => (row.durable ? 'yes' : 'no') },
        { title: 'Remarks', kind: 'text', wide: true, cell: row => [row.internal ? 'fed by other exchanges only' : null, row.auto_delete ? 'goes with its last binding' : null, row.arguments['alternate-exchange'] ? `else to ${row.arguments['alternate-exchange']}` : null].filter(Boolean).join(', ') || absent },
      ])}`;
  }

  async #declare() {
    let fault = null;
    const made = await dialog((close, redraw) => html`
      <h2 id="dialog-title">New exchange</h2>
      <form class="body" @submit=${async event => {
        event.preventDefault();
        const form = event.target.elements;
        const vhost = form.vhost?.value ?? this.hosts[0] ?? '/';
        try {
          await put(`api/exchanges/${encode(vhost, form.name.value)}`, {
            type: form.type.value,
            durable: true,
            arguments: form.alternate.value ? { 'alternate-exchange': form.alternate.value } : {},
          });
          close({ vhost, name: form.name.value });
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        <div class="form">
          <div class="wide">${field('Name', html`<input name="name" required maxlength="255" autocomplete="off" spellcheck="false">`)}</div>
          ${this.hosts.length > 1 ? field('Virtual host', html`<select name="vhost">${this.hosts.map(host => html`<option ?selected=${host === (this.query.vhost || '/')}>${host}</option>`)}</select>`) : nothing}
          ${field('Type', html`<select name="type">${TYPES.map(type => html`<option>${type}</option>`)}</select>`)}
          ${field('What no binding wants goes to', html`<input name="alternate" autocomplete="off" spellcheck="false" placeholder="an alternate exchange">`)}
        </div>
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button class="main">Make the exchange</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
      </form>`);
    if (made) {
      toast(`${made.name} is there.`);
      this.app.go(exchangeLink(made.vhost, made.name));
    }
  }
}
