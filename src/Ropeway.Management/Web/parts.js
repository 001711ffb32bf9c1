// What several pages are made of: the cable, findings, tables, dialogs. Functions that give templates; none keeps anything but the dialog that is open.
import { html, render, nothing, live, ifDefined } from './vendor/lit.js';
import { base, link, queueLink } from './broker.js';
import * as format from './format.js';

/** Stands for what is not there. On a phone such a cell is left out. */
export const absent = html`<span class="quiet">${format.missing}</span>`;

/** The head of a page: the sentence that answers its question, and what can be done. */
export const head = ({ title, crumbs, sub, acts }) => html`
  <div class="page-head">
    <div>
      ${crumbs ? html`<nav class="crumbs" aria-label="Where this is">${crumbs}</nav>` : nothing}
      <h1 tabindex="-1">${title}</h1>
      ${sub ? html`<p class="sub">${sub}</p>` : nothing}
    </div>
    ${acts ? html`<div class="acts">${acts}</div>` : nothing}
  </div>`;

/**
 * Four stations on one line. A station has a label with the terms of other brokers, a figure, and one fact; `restricted` says that the way to the next is slow.
 * @param stations {tone, label, terms, value, text, fact, restricted, moves}
 */
export const cable = stations => html`
  <div class="card cable" role="group" aria-label="Flow of messages">
    ${stations.map((station, index) => html`
      <div class="station tone-${station.tone} ${station.restricted ? 'restricted' : ''}">
        ${station.moves && index < stations.length - 1 ? html`<span class="car" aria-hidden="true"><i></i></span>` : nothing}
        <span class="label" title=${ifDefined(station.terms)}>${station.label}</span>
        <span class="figure value ${station.value ? '' : 'zero'}">${station.text}</span>
        <span class="fact">${station.fact ?? nothing}</span>
      </div>`)}
  </div>`;

/** The stations of a queue or of the node, from its rates and counts. */
export const stations = (values, facts = {}) => [
  { tone: 'in', label: 'Published', terms: 'RabbitMQ: publish rate. Kafka: messages in', value: values.in, text: format.rate(values.in), fact: facts.in, restricted: facts.slowed, moves: values.in > 0 },
  { tone: 'waiting', label: 'Waiting', terms: 'RabbitMQ: ready. Kafka: lag', value: values.waiting, text: format.count(values.waiting), fact: facts.waiting, restricted: facts.behind, moves: values.out > 0 },
  { tone: 'held', label: 'With consumers', terms: 'RabbitMQ: unacked. Kafka: acquired (share groups)', value: values.held, text: format.count(values.held), fact: facts.held, moves: values.out > 0 },
  { tone: 'out', label: 'Acknowledged', terms: 'RabbitMQ: ack rate. Kafka: committed', value: values.out, text: format.rate(values.out), fact: facts.out },
];

const TAG_WORDS = { 'queue.no-consumer': 'no consumer', 'queue.stalled': 'stalled', 'queue.growing': 'growing', 'queue.rejecting': 'rejecting', 'message.poison': 'poison', 'queue.near-limit': 'near limit', 'log.quarantined': 'damaged' };

/** The word of a finding: the part of its id that says what it is. */
export const tagOf = finding => TAG_WORDS[finding.id] ?? finding.id.split('.').at(-1).replaceAll('-', ' ');

const PAGES = { queue: finding => queueLink(finding.vhost, finding.name), connection: finding => link(`connections/${encodeURIComponent(finding.name)}`) };

/** The fact of a finding, a sentence that begins with a name, with that name as a link and since when it is so. */
export function factOf(finding, href) {
  const text = finding.fact.replace(/\.$/, '');
  const isNamed = finding.name && text.startsWith(finding.name);
  const name = isNamed ? html`<bdi>${format.visible(finding.name)}</bdi>` : nothing;
  return html`${isNamed && href ? html`<a href=${href}>${name}</a>` : name}${format.visible(isNamed ? text.slice(finding.name.length) : text)}${finding.since ? html`<span class="second">, since <span class="nowrap">${format.time(finding.since, false)}</span></span>` : nothing}.`;
}

/** Hides a finding for a time. */
export const snoozeButton = finding => html`<button @click=${async () => (await import('./snooze.js')).snooze(finding)}>Snooze…<span class="hidden-text"> ${tagOf(finding)} (${finding.name})</span></button>`;

/** What is snoozed: a line that opens to the list, on a page that keeps it as `snoozed`. */
export const snoozed = (page, count) => (!count ? nothing : html`
  <details class="card snoozed" @toggle=${async event => {
    if (event.target.open) {
      const { Snoozed } = await import('./snooze.js');
      page.snoozed ??= new Snoozed(page.app);
      page.snoozed.open();
    }
  }}><summary>${format.sentence(format.words(count, 'finding'))} ${count === 1 ? 'is' : 'are'} snoozed.</summary>${page.snoozed?.render(count) ?? nothing}</details>`);

/** What is not normal: a tag, the fact, the cause, one way to go on. The first seven. */
export function findings(list, { expanded = false, expand } = {}) {
  const shown = expanded ? list : list.slice(0, 7);
  return html`
    <ul class="card findings">
      ${shown.map(finding => {
        const page = PAGES[finding.kind]?.(finding);
        return html`<li>
          <span class="tag ${finding.severity}">${tagOf(finding)}</span>
          <div>
            <p>${factOf(finding, page)}</p>
            ${finding.cause ? html`<p class="cause">${format.sentence(finding.cause)}</p>` : nothing}
          </div>
          <span class="acts">${page ? html`<a class="button" href=${finding.act?.path ? base + finding.act.path.replace(/^\//, '') : page}>${finding.act?.label ?? 'Look at it'}<span class="hidden-text"> (${finding.name})</span></a>` : nothing}${snoozeButton(finding)}</span>
        </li>`;
      })}
      ${list.length > shown.length ? html`<li><button class="plain" @click=${expand}>and ${list.length - shown.length} more</button></li>` : nothing}
    </ul>`;
}

const STATE_TONES = { growing: 'warn', stuck: 'bad', 'no consumer': 'bad', paused: 'warn', 'near limit': 'warn', 'out of service': 'bad', blocked: 'warn' };

/** A state in words; in colour only when it is not as it should be. */
export const state = (word, reason) => (STATE_TONES[word]
  ? html`<span class="tag ${STATE_TONES[word]}" title=${ifDefined(reason ?? undefined)}>${word}</span>`
  : html`<span class=${word === 'idle' ? 'quiet' : 'second'}>${word}</span>`);

/**
 * A table whose rows become blocks on a phone.
 * @param columns {key, title, terms, kind: 'name'|'number'|'text'|'state'|'acts', cell: row => template, zero: row => bool, sort: key}
 * `wide` takes a line of the block, `spare` is not in it.
 * @param options caption, rows, keyOf, order (as in the address: "name", "-waiting"), sortBy, chosen, empty
 */
export function table(columns, { caption, rows, order, sortBy, chosen, empty, blocks = true, choose }) {
  if (rows.length === 0) {
    return html`<div class="empty">${empty ?? html`<p>None.</p>`}</div>`;
  }
  const heading = column => {
    const isNumber = column.kind === 'number';
    const sorted = order && order.replace(/^-/, '') === column.sort ? (order.startsWith('-') ? 'descending' : 'ascending') : undefined;
    return html`<th scope="col" class=${isNumber ? 'number' : ''} title=${ifDefined(column.terms)} aria-sort=${ifDefined(column.sort ? sorted : undefined)}>
      ${column.sort && sortBy
        ? html`<button class="sort" @click=${() => sortBy(sorted === undefined ? (isNumber ? `-${column.sort}` : column.sort) : sorted === 'ascending' ? `-${column.sort}` : column.sort)}>${column.title}${sorted ? (sorted === 'ascending' ? ' ↑' : ' ↓') : ''}</button>`
        : column.kind === 'acts' ? html`<span class="hidden-text">${column.title}</span>` : column.title}
    </th>`;
  };
  const cell = (column, row) => {
    if (column.kind === 'name') {
      return html`<th scope="row" class="name">${column.cell(row)}</th>`;
    }
    const classes = { number: 'number', acts: 'row-acts', text: 'text', state: 'state-cell' }[column.kind] ?? '';
    const content = column.cell(row);
    return html`<td class="${classes} ${column.zero?.(row) ? 'zero' : ''} ${column.wide ? 'wide' : ''} ${column.spare ? 'spare' : ''} ${content === absent ? 'blank' : ''}" data-label=${ifDefined(column.kind === 'acts' ? undefined : column.title)}>${content}</td>`;
  };
  return html`<div class="scroll"><table class=${blocks ? 'blocks' : ''}>
    <caption class="hidden-text">${caption}</caption>
    <thead><tr>${columns.map(heading)}</tr></thead>
    <tbody>${rows.map(row => html`<tr class=${chosen?.(row) ? 'chosen' : ''} @click=${choose ? event => event.target.closest('a,button,input,summary') || choose(row) : nothing}>${columns.map(column => cell(column, row))}</tr>`)}</tbody>
  </table></div>`;
}

/** Older and newer pages of a list. */
export const pager = ({ shown, matched, total, noun, many = `${noun}s`, isFirst, next, first, forward }) => html`
  <div class="pager">
    <span>${matched === total || matched == null ? `${format.count(shown)} of ${format.count(total)} ${total === 1 ? noun : many}` : `${format.count(shown)} of ${format.count(matched)} that match, ${format.count(total)} in all`}</span>
    ${isFirst && !next ? nothing : html`<span class="acts">
      <button ?disabled=${isFirst} @click=${first}>First page</button>
      <button ?disabled=${!next} @click=${forward}>Next page</button>
    </span>`}
  </div>`;

/** What failed, why, and a way on. */
export function failure(fault, retry) {
  const [title, hint] = fault.status === 401 || fault.status === 403
    ? ['This is not yours to see.', 'Your user lacks the tag or permission for it. An administrator can give it: Users.']
    : fault.status === 404 ? ['There is no such thing here.', 'It may have been deleted, or the address has a slip.']
      : fault.status === 0 ? ['The broker does not answer.', 'What you see elsewhere is as it was. The page tries again by itself.']
        : ['The broker could not do this.', ''];
  return html`<div class="card empty" role="alert"><h2>${title}</h2><p>${fault.message}</p>${hint ? html`<p>${hint}</p>` : nothing}
    ${retry ? html`<p><button @click=${retry}>Try again</button></p>` : nothing}</div>`;
}

/** A bar with its limit in words; above the limit's thresholds in colour. */
export const gauge = ({ label, value, text, limit, share, warnAt = 0.8, badAt = 0.95 }) => html`
  <div class="gauge ${share >= badAt ? 'bad' : share >= warnAt ? 'warn' : ''}">
    <span>${label}</span><span class="value nowrap">${text}</span>
    ${share == null ? nothing : html`<div class="track"><progress max="100" .value=${Math.min(100, share * 100)} aria-label="${label}: ${format.percent(share)}"></progress></div>`}
    ${limit ? html`<span class="hint">${limit}</span>` : nothing}
  </div>`;

/** A strip of tabs; each is an address. */
export const tabs = (items, current) => html`
  <nav class="tabs" aria-label="Parts of this page">
    ${items.map(item => html`<a href=${item.href} aria-current=${ifDefined(item.key === current ? 'page' : undefined)}>${item.title}</a>`)}
  </nav>`;

/** A labelled input. */
export const field = (label, input, hint) => html`<label class="field"><span>${label}</span>${input}${hint ? html`<span class="hint">${hint}</span>` : nothing}</label>`;

/**
 * Opens a dialog and waits for its end; the focus returns to where it was. Escape gives null.
 * @param content a function of (close, redraw) that gives the template; it is called again by redraw.
 */
export function dialog(content, { broad = false } = {}) {
  return new Promise(resolve => {
    const element = document.createElement('dialog');
    element.className = broad ? 'broad' : '';
    element.setAttribute('aria-labelledby', 'dialog-title');
    const close = value => {
      element.returned = value;
      element.close();
    };
    const redraw = () => render(content(close, redraw), element);
    element.addEventListener('close', () => {
      element.remove();
      resolve(element.returned ?? null);
    });
    document.body.append(element);
    redraw();
    element.showModal();
  });
}

/**
 * Asks before something is destroyed: what, how many, who is concerned. The name has to be typed; the button says what it does and is not focused first.
 * @param act returns a promise; when it fails the dialog stays and says why.
 */
export function confirmAct({ title, lines, name, button, act }) {
  let typed = '';
  let fault = null;
  let isBusy = false;
  return dialog((close, redraw) => html`
    <h2 id="dialog-title">${title}</h2>
    <form class="body" @submit=${async event => {
      event.preventDefault();
      if ((name && typed !== name) || isBusy) {
        return;
      }
      isBusy = true;
      redraw();
      try {
        close({ value: await act() });
      } catch (refused) {
        fault = refused;
        isBusy = false;
        redraw();
      }
    }}>
      ${lines.map(line => html`<p>${line}</p>`)}
      ${name ? field(html`Type <b><bdi>${name}</bdi></b> to go on`, html`<input autocomplete="off" spellcheck="false" autocapitalize="off" .value=${live(typed)} @input=${event => {
        typed = event.target.value;
        redraw();
      }}>`) : nothing}
      ${fault ? html`<p class="error-text" role="alert">${fault.message}</p>` : nothing}
      <div class="form-acts">
        <button type="button" @click=${() => close(null)}>Cancel</button>
        <button class="danger" ?disabled=${Boolean(name && typed !== name) || isBusy}>${button}</button>
      </div>
    </form>`);
}

/** Confirms something in passing; never the only copy of anything. */
export function toast(text) {
  const list = document.querySelector('.toasts');
  const item = Object.assign(document.createElement('p'), { textContent: text });
  list.append(item);
  const end = () => (item.matches(':hover') ? setTimeout(end, 2_000) : item.remove());
  setTimeout(end, 8_000);
}

/** "Retry", "Clear the filter" and the like for lists without a match. */
export const noMatch = (text, clear) => html`<p>Nothing matches ${text}.</p><p><button @click=${clear}>Clear the filter</button></p>`;
