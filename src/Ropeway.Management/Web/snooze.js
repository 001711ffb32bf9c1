// Findings that somebody knows of: hiding one for a time with a reason, and the list of those that are hidden.
import { html, nothing } from './vendor/lit.js';
import { get, post, remove } from './broker.js';
import { dialog, field, factOf, tagOf, toast } from './parts.js';
import { Source } from './list.js';
import * as format from './format.js';

const TIMES = [['3600', '1 hour'], ['86400', '1 day']];

/** Asks for how long and why, and hides a finding from everybody. */
export async function snooze(finding) {
  let fault = null;
  const done = await dialog((close, redraw) => html`
    <h2 id="dialog-title">Snooze “${tagOf(finding)}” of <bdi>${format.visible(finding.name ?? '')}</bdi>?</h2>
    <form class="body" @submit=${async event => {
      event.preventDefault();
      const { time, reason } = event.target.elements;
      try {
        await post('api/ropeway/findings/snooze', { id: finding.id, vhost: finding.vhost ?? undefined, name: finding.name, for_s: Number(time.value), reason: reason.value });
        close(true);
      } catch (refused) {
        fault = refused;
        redraw();
      }
    }}>
      <p>Nobody sees it for that time, also when it gets worse. Metrics count it all the same.</p>
      ${field('For', html`<select name="time">${TIMES.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select>`)}
      ${field('Reason, for whoever wonders', html`<input name="reason" maxlength="200" required autocomplete="off">`)}
      ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
      <div class="form-acts"><button class="main">Snooze it</button><button type="button" @click=${() => close(null)}>Cancel</button></div>
    </form>`);
  if (done) {
    toast('It is snoozed.');
  }
}

/** The findings that are hidden now: by whom, why, until when. */
export class Snoozed {
  constructor(app) {
    this.source = new Source(app, () => get('api/ropeway/findings', { snoozed: true }));
  }

  open() {
    return this.source.open();
  }

  /** @param count how many there are by now */
  render(count) {
    if (this.source.value !== null && this.source.value.length !== count) {
      this.source.refresh(1_000);
    }
    return this.source.render(list => html`<ul class="findings">${list.map(finding => html`<li>
      <span class="tag ${finding.severity}">${tagOf(finding)}</span>
      <div><p>${factOf(finding)}</p><p class="cause">${finding.snoozed_by} until <span class="nowrap">${format.time(finding.snoozed_until, false)}</span>${finding.snoozed_reason ? html`: <bdi>${format.visible(finding.snoozed_reason)}</bdi>` : nothing}</p></div>
      <button @click=${() => this.#end(finding)}>Show again<span class="hidden-text"> (${finding.name})</span></button>
    </li>`)}</ul>`);
  }

  async #end(finding) {
    try {
      await remove('api/ropeway/findings/snooze', { id: finding.id, vhost: finding.vhost, name: finding.name });
    } catch (fault) {
      toast(fault.message);
    }
    this.source.open();
  }
}
