// What limits this node?
import { html, nothing } from '../vendor/lit.js';
import { get } from '../broker.js';
import { absent, findings, head, gauge, snoozed, table } from '../parts.js';
import { Source } from '../list.js';
import * as format from '../format.js';

const CHECKS = [
  ['alarms', 'No publisher has to wait for memory or disk'],
  ['virtual-hosts', 'Every virtual host runs'],
  ['ready-to-serve-clients', 'Clients can connect'],
  ['is-in-service', 'The node is in service'],
  ['storage', 'No file is damaged'],
];

export default class Health {
  title = 'Health';

  constructor(app, query) {
    Object.assign(this, { app, query });
    this.node = new Source(app, async () => (await get('api/nodes'))[0]);
    this.checks = new Source(app, () => Promise.all(CHECKS.map(async ([name, text]) => {
      try {
        return { name, text, isOk: true, answer: await get(`api/health/checks/${name}`) };
      } catch (fault) {
        if (fault.status !== 503) {
          throw fault;
        }
        return { name, text, isOk: false, reason: fault.message };
      }
    })));
  }

  async opened() {
    await Promise.all([this.node.open(), this.checks.open()]);
  }

  lively() {
    this.node.refresh();
    this.checks.refresh(15_000);
  }

  render() {
    const checks = this.checks.value;
    const failed = checks?.filter(check => !check.isOk) ?? [];
    const { overview, findings: all } = this.app.live.values;
    const found = (all ?? []).filter(finding => finding.kind !== 'queue');
    return html`
      ${head({ title: !checks ? 'Health' : failed.length === 0 ? 'The node is healthy.' : `${format.sentence(format.words(failed.length, 'check'))} ${failed.length === 1 ? 'fails' : 'fail'}.` })}
      ${found.length === 0 && !overview?.findings?.snoozed ? nothing : html`<section aria-labelledby="look"><div class="section-head"><h2 id="look">Needs a look</h2></div>
        ${found.length === 0 ? nothing : findings(found, { expanded: true })}${snoozed(this, overview?.findings?.snoozed)}</section>`}
      <div class="columns">
        <section aria-labelledby="checks"><div class="section-head"><h2 id="checks">Checks</h2></div>
          ${this.checks.render(rows => html`<div class="card">${table([
            { title: 'Check', kind: 'name', cell: row => html`${row.text}<span class="hint mono">${row.name}</span>` },
            { title: 'Result', kind: 'state', cell: row => (row.isOk ? html`<span class="tag ok">passed</span>` : html`<span class="tag bad">failed</span>`) },
            { title: 'Remarks', kind: 'text', wide: true, cell: row => row.reason ?? this.#remark(row) },
          ], { caption: 'Checks', rows })}</div>`)}</section>
        <section aria-labelledby="limits"><div class="section-head"><h2 id="limits">Limits</h2></div>
          ${this.node.render(node => html`<div class="card pad gauges">
            ${gauge({ label: 'Memory', text: `${format.bytes(node.mem_used)} of ${format.bytes(node.mem_limit)}`, share: node.mem_limit ? node.mem_used / node.mem_limit : null, limit: node.mem_alarm ? 'Publishers wait now.' : 'Beyond it publishers wait.' })}
            ${gauge({ label: 'Disk', text: `${format.bytes(node.disk_free)} free`, limit: node.disk_free_alarm ? 'Publishers wait now.' : `Below ${format.bytes(node.disk_free_limit)} publishers wait.` })}
            ${gauge({ label: 'Connections', text: format.count(node.sockets_used) })}
          </div>
          <div class="card pad below"><dl class="facts">
            <dt>Node</dt><dd>${node.name}</dd>
            <dt>Up for</dt><dd>${format.duration(node.uptime / 1000)}</dd>
            <dt>Processors</dt><dd>${node.processors}</dd>
            <dt>Process</dt><dd>${node.os_pid}</dd>
          </dl></div>`)}</section>
      </div>
      ${this.#damages(checks?.find(check => check.name === 'storage'))}`;
  }

  #remark(row) {
    return row.name === 'storage' && row.answer.scrub_passes != null
      ? `${format.bytes(row.answer.scrubbed_bytes)} read over, ${format.amount(row.answer.scrub_passes, 'pass', 'passes')} ended`
      : absent;
  }

  #damages(check) {
    const damages = check?.answer?.damages ?? [];
    return damages.length === 0 ? nothing : html`<section aria-labelledby="damages"><div class="section-head"><h2 id="damages">Damaged files</h2></div><div class="card">${table([
      { title: 'File', kind: 'name', cell: row => row.file },
      { title: 'Position', kind: 'number', cell: row => row.position },
      { title: 'Bytes', kind: 'number', cell: row => format.bytes(row.bytes) },
      { title: 'Reason', kind: 'text', wide: true, cell: row => row.reason },
    ], { caption: 'Damaged files', rows: damages })}</div></section>`;
  }
}
