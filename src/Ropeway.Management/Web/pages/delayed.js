// What will be sent when?
import { html, nothing } from '../vendor/lit.js';
import { get, post, remove, encode, exchangeLink, queueLink } from '../broker.js';
import { head, table, toast } from '../parts.js';
import { Source, virtualHosts, hostBox } from '../list.js';
import * as format from '../format.js';

export default class Delayed {
  title = 'Delayed';

  constructor(app, query) {
    Object.assign(this, { app, query, hosts: [] });
    this.messages = new Source(app, () => get('api/ropeway/delayed', { vhost: this.host, q: this.query.q, after: this.query.after }));
  }

  get host() {
    return this.query.vhost ?? (this.hosts.includes('/') ? '/' : this.hosts[0]) ?? '/';
  }

  async opened() {
    this.hosts = await virtualHosts().catch(() => []);
    await this.messages.open();
  }

  queried() {
    this.messages.open();
  }

  render() {
    const answer = this.messages.value;
    return html`
      ${head({
        title: !answer ? 'Delayed' : answer.total === 0 ? 'No message waits for its time.' : `${format.sentence(format.words(answer.total, 'message'))} ${answer.total === 1 ? 'waits' : 'wait'} for ${answer.total === 1 ? 'its' : 'their'} time.`,
        sub: 'The next one first. When its time comes, a message goes on by the bindings of then.',
        acts: html`<button @click=${() => this.messages.open()}>Look again</button>`,
      })}
      <form class="filters" @submit=${event => {
        event.preventDefault();
        this.app.query({ q: event.target.elements.q.value.trim(), after: '' });
      }}>
        <label class="field grow"><span>Filter by exchange or routing key</span><input name="q" type="search" data-filter autocomplete="off" spellcheck="false" value=${this.query.q ?? ''}></label>
        ${hostBox(this.hosts, this.host, vhost => this.app.query({ vhost, after: '' }), null)}
        <button>Look</button>
      </form>
      ${this.messages.render(({ messages, next }) => html`<div class="card">
        ${table([
          { title: 'Number', kind: 'name', cell: row => html`<span class="mono">${row.sequence}</span>` },
          { title: `Due (${format.zoneName()})`, wide: true, cell: row => html`<span class="nowrap">${format.time(row.due)}</span>` },
          { title: 'To', kind: 'text', wide: true, cell: row => html`${row.queue ? html`<a href=${queueLink(row.vhost, row.queue)}><bdi>${format.visible(row.queue)}</bdi></a>` : html`<a href=${exchangeLink(row.vhost, row.exchange)}><bdi>${format.visible(row.exchange || 'default exchange')}</bdi></a>`}${row.queue ? nothing : html`, key <code>${format.visible(row.routing_key)}</code>`}` },
          { title: 'Size', kind: 'number', cell: row => format.bytes(row.size) },
          { title: `Published (${format.zoneName()})`, wide: true, cell: row => html`<span class="nowrap">${format.time(row.published)}</span>` },
          { title: 'Acts', kind: 'acts', cell: row => html`
            <button @click=${() => this.#act(row, 'send')}>Send now<span class="hidden-text"> ${row.sequence}</span></button>
            <button @click=${() => this.#act(row, 'cancel')}>Cancel<span class="hidden-text"> ${row.sequence}</span></button>` },
        ], { caption: 'Delayed messages', rows: messages, empty: html`<p>${next ? 'None in this part; there is more to look at.' : this.query.q ? 'None fits.' : 'Messages that are published to a delaying exchange wait here.'}</p>` })}
        ${next == null && !this.query.after ? nothing : html`<div class="pager"><span>${format.count(messages.length)} shown</span><span class="acts">
          <button ?disabled=${!this.query.after} @click=${() => this.app.query({ after: '' }, { replace: false })}>First page</button>
          <button ?disabled=${next == null} @click=${() => this.app.query({ after: next }, { replace: false })}>Next page</button></span></div>`}
      </div>`)}`;
  }

  async #act(row, act) {
    const address = `api/ropeway/delayed/${encode(row.vhost)}/${row.sequence}`;
    try {
      await (act === 'send' ? post(`${address}/send-now`) : remove(address));
      toast(act === 'send' ? `Message ${row.sequence} goes on now.` : `Message ${row.sequence} is cancelled.`);
    } catch (fault) {
      toast(fault.status === 404 ? `Message ${row.sequence} has gone on already.` : fault.message);
      if (fault.status !== 404) {
        return;
      }
    }
    const { value } = this.messages;
    this.messages.value = { ...value, total: value.total - 1, messages: value.messages.filter(message => message !== row) };
    this.app.update();
  }
}
