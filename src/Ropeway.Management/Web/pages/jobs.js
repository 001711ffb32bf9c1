// What is done with many messages, and what was done in the last 24 hours?
import { html, nothing } from '../vendor/lit.js';
import { get, link } from '../broker.js';
import { absent, head, failure, table } from '../parts.js';
import { VERBS, jobActs, jobLink, jobOf, jobQueue, jobState, isUnderWay, resultOf } from '../jobs.js';
import { Source } from '../list.js';
import * as format from '../format.js';

const POLL_MS = 1_000;

export default class Jobs {
  title = 'Jobs';

  constructor(app, query, id) {
    Object.assign(this, { app, query, id });
    this.jobs = new Source(app, () => (id ? jobOf(id).then(job => [job]) : get('api/ropeway/jobs')));
  }

  async opened() {
    await this.jobs.open();
    this.#follow();
  }

  closed() {
    clearTimeout(this.timer);
  }

  /** A job under way is looked at each second; when none is, there is nothing to follow. */
  #follow() {
    clearTimeout(this.timer);
    if (this.jobs.value?.some(isUnderWay)) {
      this.timer = setTimeout(() => this.opened(), POLL_MS);
    }
  }

  render() {
    const jobs = this.jobs.value;
    if (this.id) {
      return this.#one(jobs?.[0]);
    }
    const busy = jobs?.filter(isUnderWay).length ?? 0;
    return html`
      ${head({ title: !jobs ? 'Jobs' : busy > 0 ? `${format.sentence(format.words(busy, 'job'))} under way.` : 'No job is under way.', sub: 'Moves, copies, re-drives, purges and deletions of the last 24 hours.' })}
      ${this.jobs.render(rows => html`<div class="card">${table([
        { title: 'Job', kind: 'name', cell: job => html`<a href=${jobLink(job.id)}>${VERBS[job.kind][0]}${job.dry_run ? ' (count only)' : ''}</a>` },
        { title: 'State', kind: 'state', cell: jobState },
        { title: 'Of', kind: 'text', wide: true, cell: jobQueue },
        { title: 'Done', kind: 'number', cell: job => `${format.count(job.done)}${job.total == null ? '' : ` of ${format.count(job.total)}`}` },
        { title: 'Stayed', kind: 'number', cell: job => format.count(job.failed), zero: job => job.failed === 0 },
        { title: `Began (${format.zoneName()})`, kind: 'number', cell: job => format.time(job.started, false) },
        { title: 'By', cell: job => job.user },
        { title: 'Acts', kind: 'acts', cell: job => jobActs(job, () => this.opened()) },
      ], { caption: 'Jobs', rows: rows.filter(job => !job.dry_run), empty: html`<p>Nothing was moved, purged or deleted in the last 24 hours. The page of a queue begins jobs.</p>` })}</div>`)}`;
  }

  #one(job) {
    const crumbs = html`<a href=${link('jobs')}>Jobs</a>`;
    if (this.jobs.fault && !job) {
      return html`${head({ title: 'Job', crumbs })}${failure(this.jobs.fault, () => this.opened())}`;
    }
    if (!job) {
      return head({ title: 'Job', crumbs, sub: 'Asking the broker.' });
    }
    const [, doing, done] = VERBS[job.kind];
    const target = job.target && (job.target.queue ?? `the exchange ${job.target.exchange}`);
    return html`
      ${head({
        title: job.undone ? 'Taken back: all is as it was.'
          : job.kind === 'delete-queue' ? html`<bdi>${format.visible(job.source.queue)}</bdi> is deleted${job.done > 0 ? `, with ${format.amount(job.done, 'message')}` : ''}.`
          : isUnderWay(job) ? `${doing} messages: ${format.count(job.done)}${job.total == null ? '' : ` of ${format.count(job.total)}`} so far.`
            : `${format.amount(job.done, 'message')} ${done}${job.failed > 0 ? `, ${format.count(job.failed)} stayed` : ''}.`,
        crumbs,
        acts: jobActs(job, () => this.opened()),
      })}
      <div class="card pad">
        ${job.total > 0 ? html`<progress class="job" max=${job.total} .value=${job.done + job.failed} aria-label="Done"></progress>` : nothing}
        <dl class="facts">
          <dt>State</dt><dd>${jobState(job)}</dd>
          <dt>Of</dt><dd>${jobQueue(job)}${job.source.vhost === '/' ? nothing : ` in ${job.source.vhost}`}</dd>
          ${target ? html`<dt>To</dt><dd><bdi>${format.visible(target)}</bdi></dd>` : nothing}
          <dt>Result</dt><dd>${format.sentence(resultOf(job))}</dd>
          <dt>Looked at</dt><dd>${format.amount(job.scanned, 'message')}</dd>
          ${job.rate ? html`<dt>At most</dt><dd>${format.rate(job.rate)}</dd>` : nothing}
          ${job.error ? html`<dt>Error</dt><dd class="error-text">${job.error}</dd>` : nothing}
          <dt>By, from, to</dt><dd>${job.user}, ${format.time(job.started)}${job.ended ? ` to ${format.time(job.ended)}` : ''} ${format.zoneName()}</dd>
          <dt>Can be taken back</dt><dd>${job.undo_until && !job.undone ? `until ${format.time(job.undo_until, false)}` : absent}</dd>
        </dl>
      </div>`;
  }
}
