// Who is connected?
import { html, nothing } from '../vendor/lit.js';
import { link } from '../broker.js';
import { head, state } from '../parts.js';
import { List, paged } from '../list.js';
import * as format from '../format.js';

export const connectionLink = name => link(`connections/${encodeURIComponent(name)}`);

/** What the client calls itself; else its address. */
export const clientName = connection => connection.client_properties?.connection_name || `${connection.peer_host}:${connection.peer_port}`;

export default class Connections {
  title = 'Connections';

  constructor(app, query) {
    Object.assign(this, { app, query });
    this.list = new List(this, { load: rest => paged('api/connections', rest), keyOf: row => row.name, sort: 'name', noun: 'connection' });
  }

  opened() {
    return this.list.open();
  }

  queried() {
    this.list.open();
  }

  lively() {
    this.list.refresh();
  }

  render() {
    const { list } = this;
    const waiting = list.items?.filter(row => row.state === 'blocked').length ?? 0;
    const title = list.total == null ? 'Connections'
      : waiting > 0 ? `${format.sentence(format.words(waiting, 'connection'))} ${waiting === 1 ? 'has' : 'have'} to wait before publishing.`
        : list.total === 0 ? 'Nobody is connected.' : `${format.sentence(format.words(list.total, 'connection'))}, none has to wait.`;
    return html`
      ${head({ title })}
      <div class="filters">${list.filterBox('Filter by address')}</div>
      ${list.render([
        { title: 'Client', kind: 'name', sort: 'name', cell: row => html`<a href=${connectionLink(row.name)}><bdi>${format.visible(clientName(row))}</bdi></a>${row.client_properties?.connection_name ? html`<span class="hint">${row.peer_host}:${row.peer_port}</span>` : nothing}` },
        { title: 'User', sort: 'user', cell: row => row.user },
        { title: 'Virtual host', cell: row => row.vhost },
        { title: 'Protocol', sort: 'protocol', cell: row => html`${row.protocol}${row.ssl ? `, ${row.ssl_protocol ?? 'TLS'}` : ''}` },
        { title: 'Channels', kind: 'number', sort: 'channels', cell: row => format.count(row.channels), zero: row => row.channels === 0 },
        { title: `Since (${format.zoneName()})`, kind: 'number', sort: 'connected_at', cell: row => format.time(row.connected_at, false) },
        { title: 'State', kind: 'state', cell: row => state(row.state, row.blocked_reason) },
      ], { caption: 'Connections', empty: html`<p>No client is connected. The overview shows where the broker listens.</p>` })}`;
  }
}
