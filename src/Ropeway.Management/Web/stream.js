// What a stream shows beyond other queues: from where to where it goes, how long it keeps, and how far each reader is.
import { html, nothing } from './vendor/lit.js';
import { get, encode, link } from './broker.js';
import { absent, gauge, table } from './parts.js';
import { Source } from './list.js';
import * as format from './format.js';

/** The offsets of the oldest and the newest message; null of an empty stream. */
export const range = stream => (stream.durable_end > stream.start_offset
  ? html`<span class="mono nowrap">${stream.start_offset}</span> to <span class="mono nowrap">${stream.durable_end - 1}</span>`
  : null);

/** What bounds a stream, in words. */
export function kept(stream) {
  const limits = [stream.max_age_s === null ? null : format.duration(stream.max_age_s), stream.bytes_max === null ? null : `up to ${format.bytes(stream.bytes_max)}`].filter(Boolean);
  return limits.length === 0 ? html`<span class="quiet">for ever</span>` : limits.join(', ');
}

/** The part of a queue's page that only streams have. */
export class StreamPart {
  constructor(page) {
    this.page = page;
    this.source = new Source(page.app, () => get(`api/ropeway/queues/${encode(page.vhost, page.name)}/readers`));
  }

  /** Stations of the cable: nobody takes anything away here. */
  stations(row) {
    const { stream } = row;
    const furthest = this.source.value?.readers[0];
    return [
      { tone: 'in', label: 'Published', terms: 'RabbitMQ: publish rate. Kafka: messages in', value: row.in_rate, text: format.rate(row.in_rate), fact: stream.end_offset === 0 ? nothing : html`next offset <span class="mono">${stream.end_offset}</span>`, moves: row.in_rate > 0 },
      { tone: 'waiting', label: 'Kept', terms: 'Messages in the stream, read or not', value: row.waiting, text: format.count(row.waiting), fact: range(stream) ?? 'nothing yet', moves: row.out_rate > 0 },
      { tone: 'held', label: 'Readers', terms: 'RabbitMQ: consumers', value: row.consumers, text: format.count(row.consumers), moves: row.out_rate > 0,
        fact: furthest?.lag > 0 ? `${format.amount(furthest.lag, 'message')}${furthest.lag_s === null ? '' : `, ${format.duration(furthest.lag_s)}`} behind at most` : furthest?.lag === 0 ? 'all are up to date' : nothing },
      { tone: 'out', label: 'Delivered', terms: 'To all readers together', value: row.out_rate, text: format.rate(row.out_rate), fact: row.consumers > 0 ? 'to all readers together' : 'nobody reads' },
    ];
  }

  /** How it is in a sentence, without the kind. */
  sentence(row) {
    if (row.waiting === 0) {
      return 'Nothing is in it.';
    }
    return `${format.amount(row.waiting, 'message')} ${row.waiting === 1 ? 'is' : 'are'} kept, ${row.consumers === 0 ? 'nobody reads' : `${format.amount(row.consumers, 'reader')} ${row.consumers === 1 ? 'goes' : 'go'} through ${row.waiting === 1 ? 'it' : 'them'}`}.`;
  }

  /** How much is kept, against its limits. */
  keeping({ stream }) {
    const { oldest_at: oldest, newest_at: newest } = this.source.value ?? {};
    const age = oldest ? Math.max(0, (Date.now() - Date.parse(oldest)) / 1000) : null;
    return html`<section aria-labelledby="kept"><div class="section-head"><h2 id="kept">What is kept</h2></div><div class="columns">
      <div class="card pad gauges">
        ${gauge({ label: 'Size', text: stream.bytes_max === null ? format.bytes(stream.bytes) : `${format.bytes(stream.bytes)} of ${format.bytes(stream.bytes_max)}`, share: stream.bytes_max ? stream.bytes / stream.bytes_max : null, warnAt: Infinity, badAt: Infinity, limit: stream.bytes_max === null ? 'No limit of size.' : 'When it is larger the oldest messages go.' })}
        ${gauge({ label: 'Age of the oldest message', text: age === null ? format.missing : format.duration(age), share: stream.max_age_s && age !== null ? age / stream.max_age_s : null, warnAt: Infinity, badAt: Infinity, limit: stream.max_age_s === null ? 'No limit of age.' : `Messages go after ${format.duration(stream.max_age_s)}.` })}
      </div>
      <div class="card pad"><dl class="facts">
        <dt>Oldest message</dt><dd>${oldest ? html`<span class="mono">${stream.start_offset}</span>, <span class="nowrap">${format.time(oldest)}</span>` : absent}</dd>
        <dt>Newest message</dt><dd>${newest ? html`<span class="mono">${stream.durable_end - 1}</span>, <span class="nowrap">${format.time(newest)}</span>` : absent}</dd>
        <dt>On its way to the disk</dt><dd>${format.amount(stream.end_offset - stream.durable_end, 'message')}</dd>
      </dl></div>
    </div></section>`;
  }

  /** The readers, the furthest behind first. */
  readers() {
    const columns = [
      { title: 'Client', kind: 'name', cell: ({ channel_details: channel }) => html`<a href=${link(`connections/${encodeURIComponent(channel.connection_name)}`)}>${channel.peer_host}:${channel.peer_port}</a><span class="hint">channel ${channel.number}, ${channel.user}</span>` },
      { title: 'Tag', kind: 'text', wide: true, cell: row => html`<span class="mono">${format.visible(row.consumer_tag)}</span>` },
      { title: 'Next offset', terms: 'Kafka: position', kind: 'number', cell: row => (row.position === null ? html`<span class="quiet">looking</span>` : html`<span class="mono">${row.position}</span>`) },
      { title: 'Behind', terms: 'Messages that it did not get yet. Kafka: lag', kind: 'number', cell: row => format.count(row.lag), zero: row => row.lag === 0 },
      { title: 'Behind by', terms: 'How long ago the next one was published', kind: 'number', cell: row => format.duration(row.lag_s), zero: row => !row.lag_s },
      { title: 'Held', terms: 'RabbitMQ: unacked', kind: 'number', spare: true, cell: row => `${format.count(row.held)} of ${row.prefetch === 0 ? 'any number' : format.count(row.prefetch)}`, zero: row => row.held === 0 },
    ];
    return this.source.render(({ readers }) => html`<div class="card">${table(columns, { caption: 'Readers, the furthest behind first', rows: readers, empty: html`<p>Nobody reads this stream.</p>` })}</div>`);
  }
}
