// Who is this client?
import { html, nothing } from '../vendor/lit.js';
import { link, get, call, encode } from '../broker.js';
import { head, failure, dialog, field, state, table, toast } from '../parts.js';
import { Source } from '../list.js';
import { clientName } from './connections.js';
import * as format from '../format.js';

const perSecond = details => `${format.bytes(Math.round(details?.rate ?? 0))}/s`;

export default class ConnectionPage {
  constructor(app, query, name) {
    Object.assign(this, { app, query, name, title: name });
    this.path = `api/connections/${encode(name)}`;
    this.connection = new Source(app, () => get(this.path));
    this.channels = new Source(app, () => get(`${this.path}/channels`));
  }

  async opened() {
    await Promise.all([this.connection.open(), this.channels.open()]);
  }

  lively() {
    if (!this.connection.fault) {
      this.connection.refresh();
      this.channels.refresh();
    }
  }

  render() {
    const crumbs = html`<a href=${link('connections')}>Connections</a>`;
    if (this.connection.fault) {
      return html`${head({ title: html`<bdi>${this.name}</bdi>`, crumbs, sub: 'The client may have gone.' })}${failure(this.connection.fault)}`;
    }
    const value = this.connection.value;
    if (!value) {
      return head({ title: html`<bdi>${this.name}</bdi>`, crumbs, sub: 'Asking the broker.' });
    }
    const client = value.client_properties ?? {};
    return html`
      ${head({
        title: html`<bdi>${format.visible(clientName(value))}</bdi>`,
        crumbs,
        sub: `${[client.product, client.version].filter(Boolean).join(' ') || 'A client'} of ${value.user}, connected for ${format.since(value.connected_at)}.`,
        acts: html`<button @click=${() => this.#close()}>Close…</button>`,
      })}
      ${value.blocked_reason ? html`<div class="card pad diagnosis"><p><span class="tag warn">waits</span> It may not publish now: ${value.blocked_reason}.</p></div>` : nothing}
      <div class="card pad"><dl class="facts">
        <dt>State</dt><dd>${state(value.state, value.blocked_reason)}</dd>
        <dt>User, virtual host</dt><dd>${value.user}, ${value.vhost}</dd>
        <dt>From, to</dt><dd>${value.peer_host}:${value.peer_port}, ${value.host}:${value.port}</dd>
        <dt>Protocol</dt><dd>${value.protocol}, login by ${value.auth_mechanism}</dd>
        <dt>Encryption</dt><dd>${value.ssl ? `${value.ssl_protocol ?? 'TLS'}, ${value.ssl_cipher ?? 'unknown cipher'}${value.peer_cert_subject ? `, certificate of ${value.peer_cert_subject}` : ''}` : 'none'}</dd>
        <dt>Traffic</dt><dd>${format.bytes(value.recv_oct)} from the client (${perSecond(value.recv_oct_details)}), ${format.bytes(value.send_oct)} to it (${perSecond(value.send_oct_details)})${value.send_pend > 0 ? `, ${format.bytes(value.send_pend)} wait to be sent` : ''}</dd>
        <dt>Agreed on</dt><dd>${value.channel_max} channels at most, frames of ${format.bytes(value.frame_max)} at most, ${value.timeout > 0 ? `a heartbeat each ${format.duration(value.timeout)}` : 'no heartbeats'}</dd>
        <dt>Since</dt><dd>${format.time(value.connected_at, false)} ${format.zoneName()}</dd>
        ${client.platform ? html`<dt>Platform</dt><dd>${format.visible(String(client.platform))}</dd>` : nothing}
      </dl></div>
      <section aria-labelledby="channels"><div class="section-head"><h2 id="channels">Channels</h2></div>
        ${this.channels.render(rows => html`<div class="card">${table([
          { title: 'Channel', kind: 'name', cell: row => row.number },
          { title: 'Consumers', kind: 'number', cell: row => format.count(row.consumer_count), zero: row => row.consumer_count === 0 },
          { title: 'With consumers', terms: 'RabbitMQ: unacked', kind: 'number', cell: row => format.count(row.messages_unacknowledged), zero: row => row.messages_unacknowledged === 0 },
          { title: 'Prefetch', kind: 'number', cell: row => (row.prefetch_count === 0 ? 'no limit' : format.count(row.prefetch_count)) },
          { title: 'Publishes with', cell: row => (row.transactional ? 'transactions' : row.confirm ? 'confirms' : html`<span class="quiet">neither confirms nor transactions</span>`) },
        ], { caption: 'Channels', rows, empty: html`<p>The client has no channel open.</p>` })}</div>`)}
      </section>`;
  }

  async #close() {
    let fault = null;
    const done = await dialog((close, redraw) => html`
      <h2 id="dialog-title">Close this connection?</h2>
      <form class="body" @submit=${async event => {
        event.preventDefault();
        const reason = event.target.elements.reason.value;
        try {
          await call('DELETE', this.path, { headers: reason ? { 'X-Reason': reason } : {} });
          close(true);
        } catch (refused) {
          fault = refused;
          redraw();
        }
      }}>
        <p>The client is told so and is cut off. What its consumers hold goes back to the queues. Most clients connect again at once.</p>
        ${field('Reason, for the client', html`<input name="reason" maxlength="200" pattern="[ -~]*" autocomplete="off">`)}
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts"><button type="button" @click=${() => close(null)}>Cancel</button><button class="danger">Close the connection</button></div>
      </form>`);
    if (done) {
      toast('The connection is closed.');
      this.app.go(link('connections'), { replace: true });
    }
  }
}
