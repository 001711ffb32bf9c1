// What concerns many messages is a job of the broker: counted first, begun, followed, taken back.
import { html, nothing, live } from './vendor/lit.js';
import { get, post, link, queueLink } from './broker.js';
import { dialog, field, toast } from './parts.js';
import * as format from './format.js';

const POLL_MS = 400;

/** What a job did or does, in words: [to do, doing, done]. */
export const VERBS = { move: ['Move', 'Moves', 'moved'], copy: ['Copy', 'Copies', 'copied'], delete: ['Delete', 'Deletes', 'deleted'], redrive: ['Re-drive', 'Re-drives', 're-driven'], purge: ['Purge', 'Purges', 'purged'], 'delete-queue': ['Delete the queue', 'Deletes', 'deleted with its queue'] };
const KINDS = [['move', 'Move to another place'], ['copy', 'Copy to another place'], ['redrive', 'Re-drive: back to where they died first'], ['delete', 'Delete']];
const LEFT = { unknown: 'without a known origin', unroutable: 'that no queue would get', refused: 'refused by a full queue', forbidden: 'with a routing key that you may not use', missing: 'gone meanwhile' };

export const jobLink = id => link(`jobs/${encodeURIComponent(id)}`);
export const jobOf = id => get(`api/ropeway/jobs/${encodeURIComponent(id)}`);
export const actOn = (id, act) => post(`api/ropeway/jobs/${encodeURIComponent(id)}/${act}`);
export const isUnderWay = job => job.state === 'running' || job.state === 'paused';

/** "1,180 to orders.eu, 24 to orders.us, 3 stay: refused by a full queue." */
export function resultOf(job) {
  const targets = Object.entries(job.result.targets).map(([queue, number]) => `${format.count(number)} to ${format.visible(queue)}`);
  const left = Object.entries(job.result.left).filter(([, number]) => number > 0).map(([reason, number]) => `${format.count(number)} stay, ${LEFT[reason] ?? reason}`);
  const all = targets.length > 0 ? targets : job.done > 0 ? [format.amount(job.done, 'message')] : [];
  return [...all, ...left].join(', ') || 'no message';
}

/** Waits until a job has ended; each look at it is told. */
async function followed(job, told) {
  let now = job;
  while (isUnderWay(now)) {
    await new Promise(resolve => setTimeout(resolve, POLL_MS));
    now = await jobOf(now.id);
    told(now);
  }
  return now;
}

/** Begins a purge of what waits in a queue, unless much has come since it was asked for. It can be taken back for ten minutes. */
export async function purge(vhost, queue, waiting) {
  const job = await post('api/ropeway/jobs', { kind: 'purge', source: { vhost, queue }, if_count_at_most: Math.ceil(waiting * 1.1) + 10 });
  return followed(job, () => {});
}

/**
 * The dialog that moves, copies, re-drives or deletes messages of a queue: it counts first, then does it.
 * @param source {vhost, queue, filter, sequences, kind, isStream}: what is in a stream can only be copied
 * @returns the job that was begun, or null
 */
export function transfer({ vhost, queue, filter = '', sequences, isStream = false, kind = isStream ? 'copy' : 'move' }) {
  const chosen = { kind, filter, to: 'queue', name: '', key: '', rate: '' };
  let preview = null;
  let fault = null;
  let isBusy = false;
  const wanted = () => ({
    kind: chosen.kind,
    source: { vhost, queue },
    ...(chosen.kind === 'move' || chosen.kind === 'copy' ? { target: { [chosen.to]: chosen.name, ...(chosen.to === 'exchange' && chosen.key ? { routing_key: chosen.key } : {}) } } : {}),
    ...(sequences ? { sequences } : chosen.filter.trim() ? { filter: chosen.filter.trim() } : {}),
    ...(chosen.rate ? { rate: Number(chosen.rate) } : {}),
  });
  return dialog((close, redraw) => {
    const change = (key, value) => {
      chosen[key] = value;
      preview = null; // It was about something else.
      redraw();
    };
    const attempt = async work => {
      isBusy = true;
      fault = null;
      redraw();
      try {
        await work();
      } catch (refused) {
        fault = refused;
      }
      isBusy = false;
      redraw();
    };
    const count = () => attempt(async () => {
      preview = await followed(await post('api/ropeway/jobs', { ...wanted(), dry_run: true }), now => {
        preview = now;
        redraw();
      });
      fault = preview.error ? new Error(preview.error) : null;
    });
    const begin = () => attempt(async () => close(await post('api/ropeway/jobs', wanted())));
    const needsTarget = chosen.kind === 'move' || chosen.kind === 'copy';
    const isCounted = preview !== null && !isUnderWay(preview) && !preview.error;
    const verb = VERBS[chosen.kind][0];
    return html`
      <h2 id="dialog-title">${sequences ? html`Message ${sequences.join(', ')} of <bdi>${queue}</bdi>` : html`Messages of <bdi>${queue}</bdi>`}</h2>
      <form class="body" @submit=${event => {
        event.preventDefault();
        if (isCounted) {
          begin();
        } else {
          count();
        }
      }}>
        <div class="form">
          ${field('What to do', html`<select name="kind" @change=${event => change('kind', event.target.value)}>
            ${KINDS.filter(([value]) => !isStream || value === 'copy').map(([value, text]) => html`<option value=${value} ?selected=${value === chosen.kind}>${text}</option>`)}</select>`)}
          ${needsTarget ? html`
            ${field('To', html`<select name="to" @change=${event => change('to', event.target.value)}><option value="queue" ?selected=${chosen.to === 'queue'}>a queue</option><option value="exchange" ?selected=${chosen.to === 'exchange'}>an exchange</option></select>`)}
            ${field(chosen.to === 'queue' ? 'Name of the queue' : 'Name of the exchange', html`<input name="target" required autocomplete="off" spellcheck="false" .value=${live(chosen.name)} @input=${event => change('name', event.target.value)}>`)}
            ${chosen.to === 'exchange' ? field('Routing key, if another', html`<input name="key" autocomplete="off" spellcheck="false" .value=${live(chosen.key)} @input=${event => change('key', event.target.value)}>`) : nothing}` : nothing}
          ${sequences ? nothing : html`
            <div class="wide">${field('Only those that fit', html`<input name="filter" autocomplete="off" spellcheck="false" placeholder=${isStream ? 'all that are there now' : 'all that wait now'} .value=${live(chosen.filter)} @input=${event => change('filter', event.target.value)}>`, 'As in the filter of the messages: words, header:name=value, key:mail.*, size:>1MiB')}</div>
            ${field('At most so many a second', html`<input name="rate" type="number" min="1" placeholder="as fast as it goes" .value=${live(chosen.rate)} @input=${event => change('rate', event.target.value)}>`)}`}
        </div>
        <p role="status">${preview === null ? (isStream ? 'The stream keeps what it has.' : 'What consumers hold stays with them.')
          : isUnderWay(preview) ? `Counting: ${format.count(preview.scanned)} looked at.`
            : preview.error ? nothing : html`<b>${format.sentence(resultOf(preview))}.</b>`}</p>
        ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
        <div class="form-acts">
          ${isCounted
            ? html`<button class=${chosen.kind === 'delete' ? 'danger' : 'main'} ?disabled=${isBusy || preview.done === 0}>${verb} ${format.amount(preview.done, 'message')}${chosen.kind === 'delete' ? ' for good' : ''}</button>`
            : html`<button class="main" ?disabled=${isBusy}>Count first</button>`}
          <button type="button" @click=${() => close(null)}>Cancel</button>
        </div>
      </form>`;
  }, { broad: true });
}

/** The acts that a job's state allows. */
export function jobActs(job, changed) {
  const act = (name, text) => html`<button @click=${async () => {
    try {
      changed(await actOn(job.id, name));
    } catch (fault) {
      toast(fault.message);
      changed(null);
    }
  }}>${text}<span class="hidden-text"> ${job.kind.replace('-', ' ')} of ${job.source.queue}</span></button>`;
  const mayUndo = job.undo_until && !job.undone && Date.parse(job.undo_until) > Date.now();
  return html`
    ${job.state === 'running' ? act('pause', 'Pause') : nothing}
    ${job.state === 'paused' ? act('resume', 'Go on') : nothing}
    ${isUnderWay(job) ? act('cancel', 'End it') : nothing}
    ${mayUndo ? act('undo', `Undo until ${format.clock(job.undo_until)}`) : nothing}`;
}

/** A state of a job as a tag. */
export const jobState = job => html`<span class="tag ${{ done: 'ok', failed: 'bad', paused: 'warn', cancelled: 'warn' }[job.state] ?? ''}">${job.undone ? 'taken back' : job.state}</span>`;

/** The queue that a job works on; without a way there when the job has deleted it. */
export const jobQueue = job => (job.kind === 'delete-queue' && !job.undone ? html`<bdi>${format.visible(job.source.queue)}</bdi>` : html`<a href=${queueLink(job.source.vhost, job.source.queue)}><bdi>${format.visible(job.source.queue)}</bdi></a>`);
