// Which tenants are there, and what bounds them?
import { html, nothing } from '../vendor/lit.js';
import { link, get, put, remove, encode } from '../broker.js';
import { head, dialog, field, confirmAct, toast, table } from '../parts.js';
import { Source, virtualHosts } from '../list.js';
import * as format from '../format.js';

const LIMITS = [['max-connections', 'Connections'], ['max-queues', 'Queues'], ['max-ready-messages', 'Waiting messages'], ['max-ready-bytes', 'Bytes of waiting messages']];

export default class VirtualHosts {
  title = 'Virtual hosts';

  constructor(app, query) {
    Object.assign(this, { app, query });
    this.hosts = new Source(app, async () => {
      const [hosts, limits] = await Promise.all([get('api/vhosts'), get('api/vhost-limits')]);
      return hosts.map(host => ({ ...host, limits: limits.find(limit => limit.vhost === host.name)?.value ?? {} }));
    });
  }

  opened() {
    return this.hosts.open();
  }

  lively() {
    this.hosts.refresh();
  }

  render() {
    const hosts = this.hosts.value;
    const mayChange = this.app.rights.administrator;
    const blocked = hosts?.filter(host => host.blocked_reason).length ?? 0;
    return html`
      ${head({
        title: !hosts ? 'Virtual hosts' : blocked > 0 ? `Publishers wait in ${format.words(blocked, 'virtual host')}.` : `${format.sentence(format.words(hosts.length, 'virtual host'))}, none at its limits.`,
        acts: mayChange ? html`<button @click=${() => this.#edit()}>New virtual host…</button>` : nothing,
      })}
      ${this.hosts.render(rows => html`<div class="card">${table([
        { title: 'Virtual host', kind: 'name', cell: row => html`<a href=${link('queues', { vhost: row.name })}><bdi>${format.visible(row.name)}</bdi></a>${row.description ? html`<span class="hint">${row.description}</span>` : nothing}` },
        { title: 'Waiting', kind: 'number', cell: row => format.count(row.messages_ready), zero: row => row.messages_ready === 0 },
        { title: 'With consumers', kind: 'number', cell: row => format.count(row.messages_unacknowledged), zero: row => row.messages_unacknowledged === 0 },
        { title: 'Limits', kind: 'text', wide: true, cell: row => LIMITS.filter(([key]) => row.limits[key] != null).map(([key, label]) => `${label.toLowerCase()} ${key === 'max-ready-bytes' ? format.bytes(row.limits[key]) : format.count(row.limits[key])}`).join(', ') || html`<span class="quiet">none</span>` },
        { title: 'Publishers', kind: 'text', wide: true, cell: row => (row.blocked_reason ? html`<span class="tag warn">wait</span> ${row.blocked_reason}` : 'go on') },
        ...(mayChange ? [{ title: 'Change', kind: 'acts', cell: row => html`
          <button @click=${() => this.#limit(row)}>Limits…<span class="hidden-text"> ${row.name}</span></button>
          <button @click=${() => this.#delete(row)}>Delete…<span class="hidden-text"> ${row.name}</span></button>` }] : []),
      ], { caption: 'Virtual hosts', rows })}</div>`)}`;
  }

  async #edit() {
    let fault = null;
    const name = await dialog((close, redraw) => html`
      <h2 id="dialog-title">New virtual host</h2>
      <form class="body" @submit=${async event => {
        event.preventDefault();
        const form = event.target.elements;
        try {
          await put(`api/vhosts/${encode(form.name.value)}`, { description: form.description.value });
          close(form.name.value);
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        ${field('Name', html`<input name="name" required autocomplete="off" spellcheck="false">`)}
        ${field('What it is for', html`<input name="description" autocomplete="off">`)}
        <p class="hint">You get all permissions in it.</p>
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button class="main">Make the virtual host</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
      </form>`);
    if (name) {
      toast(`${name} is there.`);
      await virtualHosts(true);
      this.hosts.open();
    }
  }

  async #limit(host) {
    let fault = null;
    const done = await dialog((close, redraw) => html`
      <h2 id="dialog-title">Limits of <bdi>${host.name}</bdi></h2>
      <form class="body" @submit=${async event => {
        event.preventDefault();
        try {
          for (const [key] of LIMITS) {
            const { value } = event.target.elements[key];
            if (value !== '') {
              await put(`api/vhost-limits/${encode(host.name, key)}`, { value: Number(value) });
            } else if (host.limits[key] != null) {
              await remove(`api/vhost-limits/${encode(host.name, key)}`);
            }
          }
          close(true);
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        ${LIMITS.map(([key, label]) => field(label, html`<input name=${key} type="number" min="0" step="1" value=${host.limits[key] ?? ''} placeholder="no limit">`))}
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button class="main">Set the limits</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
      </form>`);
    if (done) {
      toast(`The limits of ${host.name} hold.`);
      this.hosts.open();
    }
  }

  async #delete(host) {
    const done = await confirmAct({
      title: html`Delete the virtual host <bdi>${host.name}</bdi>?`,
      lines: [`All its queues with ${format.amount(host.messages, 'message')}, exchanges, bindings, policies and permissions will be gone for good, and its connections are closed.`],
      name: host.name,
      button: 'Delete the virtual host',
      act: () => remove(`api/vhosts/${encode(host.name)}`),
    });
    if (done) {
      toast(`${host.name} is deleted.`);
      await virtualHosts(true);
      this.hosts.open();
    }
  }
}
