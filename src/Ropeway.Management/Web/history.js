// What users did to one queue over HTTP, from the list of acts.
import { html, nothing } from './vendor/lit.js';
import { get, link } from './broker.js';
import { table } from './parts.js';
import { Source } from './list.js';
import * as format from './format.js';

/** Whether an act is about a queue, or about a policy that holds for it. Acts name their objects in words. */
export function concerns(act, vhost, name, policies = []) {
  const key = `${vhost} ${name}`;
  const rest = act.object.startsWith(`${key} `) ? act.object.slice(key.length + 1) : null;
  if (/binding/.test(act.act)) {
    return act.object.startsWith(`${vhost} `) && `${act.object} `.includes(` ${name} `);
  }
  if (/job/.test(act.act)) {
    return act.object.endsWith(` ${key}`);
  }
  if (/policy/.test(act.act)) {
    return policies.some(policy => act.object === `${vhost} ${policy}`);
  }
  return /queue|message/.test(act.act) && (act.object === key || (rest !== null && /^\d+$/.test(rest)));
}

/** The part of a queue's page that tells its history. */
export class History {
  constructor(page) {
    this.page = page;
    this.source = new Source(page.app, () => get('api/ropeway/audit', { limit: 1000 }));
  }

  open() {
    return this.source.open();
  }

  render({ policy, operator_policy: operatorPolicy }) {
    const { vhost, name } = this.page;
    return this.source.render(acts => html`
      <p class="second lead">What users did to it over HTTP, with this page or a tool, as long as it is among the last 1,000 <a href=${link('audit')}>acts</a> since the start; acts on policies that hold for it now are among them. What clients declare is in the log.</p>
      <div class="card">${table([
        { title: `At (${format.zoneName()})`, kind: 'name', cell: row => html`<span class="nowrap">${format.time(row.time, false)}</span>` },
        { title: 'Result', kind: 'state', cell: row => (row.result === 'done' ? html`<span class="second">done</span>` : html`<span class="tag warn">refused</span>`) },
        { title: 'Act', kind: 'text', cell: row => html`${row.act}${row.count > 1 ? html` <span class="quiet">${format.count(row.count)} times</span>` : nothing}` },
        { title: 'What', kind: 'text', wide: true, cell: row => html`<bdi>${format.visible(row.object)}</bdi>${row.result === 'done' ? nothing : html`<span class="hint">${row.result}</span>`}` },
        { title: 'User', kind: 'text', cell: row => html`${row.user}<span class="hint">${row.address}</span>` },
      ], { caption: 'History', rows: acts.filter(act => concerns(act, vhost, name, [policy, operatorPolicy].filter(Boolean))), empty: html`<p>Nobody has done anything to it over HTTP since the start.</p>` })}</div>`);
  }
}
