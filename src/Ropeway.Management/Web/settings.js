// Every setting of a queue that is not the default: its value, what it does, and where it comes from.
import { html, nothing } from './vendor/lit.js';
import { link } from './broker.js';
import { table } from './parts.js';
import * as format from './format.js';

const milliseconds = value => format.duration(value / 1000);
const KNOWN = {
  'message-ttl': ['Messages expire after', milliseconds],
  expires: ['The queue is deleted when unused for', milliseconds],
  'max-length': ['At most so many messages', format.count],
  'max-length-bytes': ['At most so many bytes of messages', format.bytes],
  overflow: ['When it is full', value => ({ 'drop-head': 'the oldest message goes', 'reject-publish': 'publishers are refused', 'reject-publish-dlx': 'publishers are refused, the message is dead-lettered' })[value] ?? value],
  'dead-letter-exchange': ['Dead letters go to the exchange', value => value || 'the default one'],
  'dead-letter-routing-key': ['Dead letters get the routing key', String],
  'dead-letter-strategy': ['Dead-lettering', String],
  'delivery-limit': ['Dead after so many tries', format.count],
  'max-priority': ['Priorities from 0 to', String],
  'single-active-consumer': ['One consumer at a time', value => (value ? 'yes' : 'no')],
  'queue-type': ['Kind', String],
  'max-age': ['Messages are kept for', String],
};

/** The table of the settings of a queue, as RabbitMQ's API gives it. */
export function settings(queue) {
  const declared = Object.fromEntries(Object.entries(queue.arguments).map(([key, value]) => [key.replace(/^x-/, ''), value]));
  const all = { ...declared, ...queue.effective_arguments };
  const sourceOf = key => {
    if (key in declared && declared[key] === all[key]) {
      return 'argument of the queue';
    }
    const policy = queue.policy && html`<a href=${link('policies', { q: queue.policy })}>${queue.policy}</a>`;
    return queue.operator_policy && queue.policy ? html`policy ${policy} or operator policy ${queue.operator_policy}` : queue.policy ? html`policy ${policy}` : queue.operator_policy ? `operator policy ${queue.operator_policy}` : 'default';
  };
  const rows = Object.keys(all).sort();
  return html`
    <div class="card">${table([
      { title: 'Setting', kind: 'name', cell: key => html`${KNOWN[key]?.[0] ?? key}${KNOWN[key] ? html`<span class="hint mono">${key}</span>` : nothing}` },
      { title: 'Value', kind: 'text', cell: key => html`<span title=${String(all[key])}>${KNOWN[key]?.[1](all[key]) ?? (typeof all[key] === 'object' ? JSON.stringify(all[key]) : String(all[key]))}</span>` },
      { title: 'Comes from', kind: 'text', wide: true, cell: key => sourceOf(key) },
    ], { caption: 'Settings', rows, empty: html`<p>Everything is as by default: no limits, no expiry, no dead letters.</p>` })}</div>
    <section class="card pad"><dl class="facts">
      <dt>Kind</dt><dd>${queue.type}</dd>
      <dt>Survives a restart</dt><dd>${queue.durable ? 'yes' : 'no'}</dd>
      <dt>Deleted with its last consumer</dt><dd>${queue.auto_delete ? 'yes' : 'no'}</dd>
      <dt>Exclusive to one connection</dt><dd>${queue.exclusive ? 'yes' : 'no'}</dd>
      <dt>Kept after acknowledgement</dt><dd>${format.amount(queue.messages_kept ?? 0, 'message')}</dd>
      ${queue.out_of_service ? html`<dt>Out of service</dt><dd>${queue.out_of_service}</dd>` : nothing}
    </dl></section>`;
}
