// A list that the broker pages, sorts and filters. Its state (q, vhost, state, sort, after) is in the address; rows keep their places while their values move.
import { html, nothing, live } from './vendor/lit.js';
import { get } from './broker.js';
import { pager, failure, noMatch, table } from './parts.js';
import * as format from './format.js';

export const PAGE_ROWS = 100;

/** One page of a list of RabbitMQ's API, in the form of ours: {items, total, matched, next}. */
export async function paged(path, { q, sort, after }) {
  const page = Number(after ?? 1);
  const answer = await get(path, { page, page_size: PAGE_ROWS, name: q, sort: sort?.replace(/^-/, ''), sort_reverse: sort?.startsWith('-') ? 'true' : '' });
  return { items: answer.items, total: answer.total_count, matched: answer.filtered_count, next: page < answer.page_count ? String(page + 1) : null };
}

export class List {
  /**
   * @param page the page that shows it: `app`, `query`
   * @param options load(query) gives {items, total, matched, next}; keyOf(item); sort: the order when the address names none; noun, many
   */
  constructor(page, { load, keyOf, sort, noun, many = `${noun}s` }) {
    Object.assign(this, { page, load, keyOf, sort, noun, many, items: null, fault: null });
  }

  get order() {
    return this.page.query.sort ?? this.sort;
  }

  /** Asks for what the address says, and shows it as it comes. */
  async open() {
    const round = this.round = {};
    try {
      const answer = await this.load({ ...this.page.query, sort: this.order });
      if (this.round !== round) {
        return;
      }
      Object.assign(this, answer, { fault: null, loadedAt: Date.now() });
    } catch (fault) {
      if (this.round !== round) {
        return;
      }
      Object.assign(this, { fault, loadedAt: Date.now() });
    }
    this.page.app.update();
  }

  /** Asks again, at most every few seconds: for lists whose rows are not in the stream. */
  refresh(everyMs = 5_000) {
    if (this.items !== null && !this.isBusy && Date.now() - this.loadedAt > everyMs) {
      this.isBusy = true;
      this.open().finally(() => (this.isBusy = false));
    }
  }

  /** Changes the filter or order, from the first page on. */
  narrow(changes) {
    this.page.app.query({ after: '', ...changes }); // The page asks again, whatever has changed.
  }

  /** The filter box; it waits for a pause in typing. */
  filterBox(label = `Filter ${this.many} by name`) {
    return html`<label class="field grow"><span>${label}</span><input type="search" data-filter autocomplete="off" spellcheck="false" .value=${live(this.typed ?? this.page.query.q ?? '')} @input=${event => {
      this.typed = event.target.value;
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => {
        this.narrow({ q: this.typed });
        this.typed = undefined;
      }, 250);
    }}></label>`;
  }

  /** The table with its pages, in a card; or why there is none. */
  render(columns, { caption, empty, rows = this.items, isMoved = false } = {}) {
    if (this.fault) {
      return failure(this.fault, () => this.open());
    }
    if (this.items === null) {
      return html`<div class="card empty"><p>Asking the broker.</p></div>`;
    }
    const { q, vhost, state } = this.page.query;
    const isFiltered = q || vhost || state;
    return html`<div class="card">
      ${table(columns, {
        caption: caption ?? format.sentence(this.many),
        rows,
        order: this.order,
        sortBy: sort => this.narrow({ sort }),
        empty: isFiltered ? noMatch(html`<b>${[q, vhost, state].filter(Boolean).join(', ')}</b>`, () => this.narrow({ q: '', vhost: '', state: '' })) : empty,
      })}
      ${this.items.length === 0 ? nothing : pager({
        shown: this.items.length, matched: this.matched, total: this.total, noun: this.noun, many: this.many, isFirst: !this.page.query.after, next: this.next,
        first: () => this.page.app.query({ after: '' }, { replace: false }),
        forward: () => this.page.app.query({ after: this.next }, { replace: false }),
      })}
    </div>
    ${isMoved ? html`<div class="form-acts"><button @click=${() => this.narrow({})}>Re-sort</button><span class="hint">The order or the entries have changed.</span></div>` : nothing}`;
  }
}

let hosts = null;

/** The virtual hosts that the user may enter; asked for once, and again after one was made. */
export async function virtualHosts(again = false) {
  if (hosts === null || again) {
    hosts = (await get('api/vhosts', { columns: 'name' })).map(host => host.name);
  }
  return hosts;
}

/** A choice among them; nothing when there is only one. */
export const hostBox = (names, chosen, choose, all = 'All') => (names.length < 2 ? nothing : html`
  <label class="field"><span>Virtual host</span><select @change=${event => choose(event.target.value)}>
    ${all ? html`<option value="" ?selected=${!chosen}>${all}</option>` : nothing}
    ${names.map(name => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}
  </select></label>`);

/** Something that is asked for as a whole: `value`, or `fault`. */
export class Source {
  constructor(app, load) {
    Object.assign(this, { app, load, value: null, fault: null });
  }

  async open() {
    try {
      this.value = await this.load();
      this.fault = null;
    } catch (fault) {
      this.fault = fault;
    }
    this.loadedAt = Date.now();
    this.app.update();
  }

  /** As open, at most every few seconds and one at a time. */
  async refresh(everyMs = 5_000) {
    if (!this.isBusy && Date.now() - (this.loadedAt ?? 0) > everyMs) {
      this.isBusy = true;
      await this.open();
      this.isBusy = false;
    }
  }

  /** What the value is drawn as; or why there is none. */
  render(draw) {
    return this.fault && this.value === null
      ? failure(this.fault, () => this.open())
      : this.value === null ? html`<div class="card empty"><p>Asking the broker.</p></div>` : draw(this.value);
  }
}
