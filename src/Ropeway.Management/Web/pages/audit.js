// Who did that?
import { html, nothing } from '../vendor/lit.js';
import { get } from '../broker.js';
import { head, table } from '../parts.js';
import { Source } from '../list.js';
import * as format from '../format.js';

export default class Audit {
  title = 'Acts';

  constructor(app, query) {
    Object.assign(this, { app, query });
    this.acts = new Source(app, () => get('api/ropeway/audit', { limit: 500 }));
  }

  opened() {
    return this.acts.open();
  }

  render() {
    const acts = this.acts.value;
    const refused = acts?.filter(act => act.result !== 'done').length ?? 0;
    return html`
      ${head({
        title: !acts ? 'Acts' : acts.length === 0 ? 'Nobody has changed anything since the start.' : `${format.sentence(format.words(acts.length, 'act'))}, ${refused === 0 ? 'none refused' : `${format.count(refused)} refused`}.`,
        sub: 'What users changed over HTTP, from this page or with a tool, the newest first. Kept in memory, and in the log.',
        acts: html`<button @click=${() => this.acts.open()}>Look again</button>`,
      })}
      ${this.acts.render(rows => html`<div class="card">${table([
        { title: 'Act', kind: 'name', cell: row => html`${row.act}${row.count > 1 ? html` <span class="quiet">${format.count(row.count)} times</span>` : nothing}` },
        { title: 'Result', kind: 'state', cell: row => (row.result === 'done' ? html`<span class="second">done</span>` : html`<span class="tag warn">refused</span>`) },
        { title: 'What', kind: 'text', wide: true, cell: row => html`<bdi>${format.visible(row.object ?? '')}</bdi>${row.result === 'done' ? nothing : html`<span class="hint">${row.result}</span>`}` },
        { title: 'User', cell: row => row.user },
        { title: 'From', cell: row => row.address },
        { title: `At (${format.zoneName()})`, kind: 'number', wide: true, cell: row => format.time(row.time, false) },
      ], { caption: 'Acts', rows, empty: html`<p>Acts appear here as they happen.</p>` })}</div>`)}`;
  }
}
