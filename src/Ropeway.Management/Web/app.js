// The frame around all pages: who is signed in, where we are, and when to draw. Everything is drawn by one call in one animation frame.
import { html, render, nothing, ifDefined } from './vendor/lit.js';
import { base, link, session, signIn, signOut, signals, rightsOf, Live } from './broker.js';
import * as format from './format.js';

/** Pages by the segments of their address; those behind a colon are names. `nav` puts them into the navigation, `needs` says whose right it takes. */
const PAGES = [
  { path: '', module: 'overview', nav: 'Overview', group: '' },
  { path: 'queues', module: 'queues', nav: 'Queues', group: '', count: 'queues' },
  { path: 'queues/:vhost/:name', module: 'queue' },
  { path: 'streams', module: 'streams', nav: 'Streams', group: '' },
  { path: 'exchanges', module: 'exchanges', nav: 'Exchanges', group: '', count: 'exchanges' },
  { path: 'exchanges/:vhost/:name', module: 'exchange' },
  { path: 'connections', module: 'connections', nav: 'Connections', group: '', count: 'connections' },
  { path: 'connections/:name', module: 'connection' },
  { path: 'routing', module: 'routing', nav: 'Routing', group: 'Find' },
  { path: 'delayed', module: 'delayed', nav: 'Delayed', group: 'Find' },
  { path: 'jobs', module: 'jobs', nav: 'Jobs', group: 'Find' },
  { path: 'jobs/:id', module: 'jobs' },
  { path: 'policies', module: 'policies', nav: 'Policies', group: 'Set up', needs: 'policies' },
  { path: 'users', module: 'users', nav: 'Users', group: 'Set up', needs: 'administrator' },
  { path: 'vhosts', module: 'vhosts', nav: 'Virtual hosts', group: 'Set up' },
  { path: 'definitions', module: 'definitions', nav: 'Definitions', group: 'Set up', needs: 'administrator' },
  { path: 'health', module: 'health', nav: 'Health', group: 'Node', needs: 'monitoring' },
  { path: 'log', module: 'log', nav: 'Log', group: 'Node', needs: 'monitoring' },
  { path: 'audit', module: 'audit', nav: 'Acts', group: 'Node', needs: 'administrator' },
];
const SHORTCUTS = { o: '', q: 'queues', s: 'streams', e: 'exchanges', c: 'connections', d: 'definitions', p: 'policies', u: 'users', h: 'health', l: 'log', r: 'routing' };

const PINS_MAX = 50;

const stored = (key, fallback) => {
  try {
    return localStorage.getItem(`ropeway.${key}`) ?? fallback;
  } catch {
    return fallback; // Storage may be switched off.
  }
};
const store = (key, value) => {
  try {
    localStorage.setItem(`ropeway.${key}`, value);
  } catch {
    // The choice holds until the page is left.
  }
};

const app = {
  user: null,
  rights: rightsOf([]),
  page: null,
  isMenuOpen: false,
  prefers: { theme: stored('theme', ''), zone: stored('zone', 'local'), density: stored('density', ''), keys: stored('keys', 'on') },
  pins: JSON.parse(stored('pins', '[]')), // Queues, as [virtual host, name].
  live: new Live(() => update({ isLive: true })),

  /** Keeps a queue on top of the list in this browser, or does so no more. */
  pin(vhost, name) {
    const others = app.pins.filter(([host, queue]) => host !== vhost || queue !== name);
    app.pins = others.length < app.pins.length ? others : [...others, [vhost, name]].slice(-PINS_MAX);
    store('pins', JSON.stringify(app.pins));
    update();
  },

  /** Goes to an address below the base; `replace` keeps the history short. */
  go(href, { replace = false } = {}) {
    history[replace ? 'replaceState' : 'pushState'](null, '', href);
    arrive();
  },

  /** Changes the query of this page's address and tells the page. What is empty is left out. */
  query(changes, { replace = true } = {}) {
    const query = { ...Object.fromEntries(new URLSearchParams(location.search)), ...changes };
    history[replace ? 'replaceState' : 'pushState'](null, '', link(location.pathname.slice(base.length), query));
    app.page.query = Object.fromEntries(new URLSearchParams(location.search));
    app.page.queried?.();
    update();
  },

  update: () => update(),
};

let frame = 0;
let heading = '';

function update({ isLive = false } = {}) {
  if (isLive) {
    app.page?.lively?.();
  }
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    // Values do not move below a selection.
    const selection = getSelection();
    if (isLive && !selection.isCollapsed && document.querySelector('main')?.contains(selection.anchorNode)) {
      return;
    }
    render(app.user ? layout() : app.isKnown ? signInPage() : nothing, document.getElementById('app'));
    const title = app.user ? `${app.page?.title ?? 'Ropeway'} · Ropeway` : 'Sign in · Ropeway';
    if (title !== heading) {
      document.title = heading = title;
    }
  });
}

/** Finds the page of the address. RabbitMQ's own addresses (#/queues/VHOST/NAME) lead to ours. */
function find() {
  if (location.hash.startsWith('#/')) {
    history.replaceState(null, '', base + location.hash.slice(2));
  }
  const segments = location.pathname.slice(base.length).split('/').filter((segment, index, all) => segment !== '' || index < all.length - 1).map(decodeURIComponent);
  for (const page of PAGES) {
    const pattern = page.path === '' ? [] : page.path.split('/');
    if (pattern.length === segments.length && pattern.every((part, index) => part.startsWith(':') || part === segments[index])) {
      return { page, names: segments.filter((_, index) => pattern[index].startsWith(':')) };
    }
  }
  return null;
}

async function arrive() {
  const found = find();
  const query = Object.fromEntries(new URLSearchParams(location.search));
  if (found && query.name !== undefined && query.vhost !== undefined && PAGES.some(page => page.path === `${found.page.path}/:vhost/:name`)) {
    const { vhost, name, ...rest } = query; // Some proxies decode %2F in paths.
    return app.go(link(`${found.page.path}/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}`, rest), { replace: true });
  }
  if (!app.user) {
    return update();
  }

  app.isMenuOpen = false;
  const address = location.pathname;
  if (app.page?.address === address) {
    app.page.query = query;
    app.page.queried?.();
    return update();
  }
  app.page?.closed?.();
  app.page = null;
  if (!found) {
    app.page = { address, title: 'No such page', render: () => html`<h1 tabindex="-1">There is no page here.</h1><p class="sub">The <a href=${base}>overview</a> leads to all of them.</p>` };
    return update();
  }

  const { default: Page } = await import(`./pages/${found.page.module}.js`);
  if (location.pathname !== address) {
    return; // Somewhere else meanwhile.
  }
  app.page = new Page(app, query, ...found.names);
  app.page.address = address;
  app.page.root = found.page.path.split('/')[0];
  app.live.follow(['overview', 'findings', ...(app.page.topics ?? [])]);
  await app.page.opened?.();
  update();
  window.scrollTo(0, 0);
}

const mark = html`<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="var(--accent)"/><path d="M4 12 28 7M16 10v6" stroke="var(--accent-ink)" stroke-width="2" stroke-linecap="round"/><rect x="9" y="16" width="14" height="9" rx="2.5" fill="var(--accent-ink)"/></svg>`;

function navigation() {
  const overview = app.live.values.overview ?? {};
  const concerned = new Set((app.live.values.findings ?? []).filter(finding => finding.kind === 'queue' && finding.severity !== 'note').map(finding => `${finding.vhost}\n${finding.name}`)).size;
  const countOf = page => {
    if (page.count === undefined || overview[page.count] === undefined) {
      return nothing;
    }
    return page.count === 'queues' && concerned > 0
      ? html`<span class="count warn">${concerned} of ${format.count(overview.queues)}</span>`
      : html`<span class="count">${format.count(overview[page.count])}</span>`;
  };
  const visible = PAGES.filter(page => page.nav && (!page.needs || app.rights[page.needs]));
  const groups = [...new Set(visible.map(page => page.group))];
  return groups.map(group => html`
    ${group ? html`<h2>${group}</h2>` : nothing}
    <ul>${visible.filter(page => page.group === group).map(page => html`<li>
      <a href=${base + page.path} aria-current=${ifDefined(app.page?.root === page.path ? 'page' : undefined)}>${page.nav} ${countOf(page)}</a></li>`)}
    </ul>`);
}

function liveState() {
  const { lostAt, isPaused, updatedAt } = app.live;
  const [name, text] = isPaused ? ['stopped', 'Paused'] : lostAt ? ['off', 'Not live'] : ['', 'Live'];
  return html`<span class="live ${name}"><span>${text}</span>${updatedAt ? html`<span class="quiet" aria-hidden="true">${format.clock(updatedAt)}</span>` : nothing}</span>`;
}

function choice(key, label, values) {
  return html`<fieldset><legend class="hint">${label}</legend><div class="segments">${values.map(([value, text]) => html`
    <button aria-pressed=${app.prefers[key] === value} @click=${() => prefer(key, value)}>${text}</button>`)}</div></fieldset>`;
}

function prefer(key, value) {
  app.prefers[key] = value;
  store(key, value);
  if (key === 'theme' || key === 'density') {
    if (value) {
      document.documentElement.dataset[key] = value;
    } else {
      delete document.documentElement.dataset[key];
    }
    document.dispatchEvent(new Event('themechange'));
  }
  format.useZone(app.prefers.zone);
  update();
}

const userMenu = () => html`
  <details class="menu">
    <summary aria-label="Menu of ${app.user}">${app.user}</summary>
    <div class="menu-box">
      ${choice('theme', 'Theme', [['', 'System'], ['light', 'Light'], ['dark', 'Dark']])}
      ${choice('zone', 'Times', [['local', 'Local'], ['utc', 'UTC']])}
      ${choice('density', 'Rows', [['', 'Roomy'], ['compact', 'Compact']])}
      ${choice('keys', 'Single keys', [['on', 'On'], ['off', 'Off']])}
      <button @click=${() => app.live.pause(!app.live.isPaused)}>${app.live.isPaused ? 'Let values move again' : 'Pause live values'}</button>
      <button @click=${showKeys}>Keys</button>
      <button @click=${leave}>Sign out</button>
    </div>
  </details>`;

function search(event) {
  event.preventDefault();
  const q = event.target.elements.q.value.trim();
  app.go(link('queues', { q }));
}

const layout = () => html`
  <a class="skip" href="#main" @click=${event => {
    event.preventDefault();
    document.querySelector('main').focus();
  }}>To the content</a>
  <div class="frame ${app.live.lostAt ? 'stale' : ''}">
    <div class="side ${app.isMenuOpen ? 'open' : ''}" id="side"><div class="side-inner">
      <a class="brand" href=${base}>${mark}Ropeway</a>
      <nav class="nav" aria-label="Pages">${navigation()}</nav>
    </div></div>
    <div class="content">
      <header class="top">
        <button class="menu-button" aria-expanded=${app.isMenuOpen} aria-controls="side" @click=${() => {
          app.isMenuOpen = !app.isMenuOpen;
          update();
        }}>Menu</button>
        <form class="search" role="search" @submit=${search}><input type="search" name="q" id="search" aria-label="Find a queue by name" placeholder="Find a queue ( / )" autocomplete="off"></form>
        <span class="gap"></span>
        ${liveState()}
        ${userMenu()}
      </header>
      ${app.live.lostAt ? html`<div class="banner" role="status">Not live since ${format.clock(app.live.lostAt)}. Trying again every few seconds; what you see is as it was.</div>` : nothing}
      <main id="main" tabindex="-1">${app.page ? app.page.render() : nothing}</main>
    </div>
  </div>
  ${signInOver()}
  <div class="toasts" role="status"></div>`;

let attempt = { isBusy: false, fault: '' };

async function enter(event) {
  event.preventDefault();
  const { username, password } = event.target.elements;
  attempt = { isBusy: true, fault: '' };
  update();
  try {
    welcome(await signIn(username.value, password.value));
    attempt = { isBusy: false, fault: '' };
  } catch (refusal) {
    attempt = { isBusy: false, fault: refusal.status === 401 ? 'This name and password do not fit together, or the user may not sign in here.' : refusal.message };
    password.value = '';
    update();
  }
}

const signInForm = () => html`
  <label class="field"><span>User</span><input name="username" autocomplete="username" autocapitalize="off" spellcheck="false" required .value=${app.lastUser ?? ''}></label>
  <label class="field"><span>Password</span><input name="password" type="password" autocomplete="current-password"></label>
  ${attempt.fault ? html`<p class="error-text" role="alert">${attempt.fault}</p>` : nothing}
  <button class="main" ?disabled=${attempt.isBusy}>Sign in</button>`;

const signInPage = () => html`
  <main class="sign-in"><form @submit=${enter}>
    <div class="brand">${mark}Ropeway</div>
    <div class="card"><h1 class="hidden-text">Sign in</h1>${signInForm()}</div>
    <p class="hint">A user of the broker with a management tag. The first one is guest, from this machine only.</p>
  </form></main>`;

/** Over the page, so that nothing typed is lost. */
const signInOver = () => (app.isExpired ? html`
  <dialog class="over" aria-labelledby="over-title" @cancel=${event => event.preventDefault()}><form class="body" @submit=${enter}><h2 id="over-title">Your session has ended. Sign in to go on.</h2>${signInForm()}</form></dialog>` : nothing);

function welcome(who) {
  const isOther = app.user !== null && app.user !== who.user;
  app.user = app.lastUser = who.user;
  app.rights = rightsOf(who.tags);
  if (app.isExpired) {
    app.isExpired = false;
    document.querySelector('dialog.over')?.close();
    app.live.resume();
    app.page?.opened?.();
  }
  if (isOther) {
    app.page = null;
  }
  arrive();
}

async function leave() {
  await signOut().catch(() => {}); // A session that has ended already is as good.
  app.page?.closed?.();
  app.live.close();
  Object.assign(app, { user: null, page: null, isExpired: false });
  update();
}

async function showKeys() {
  const { dialog } = await import('./parts.js');
  const keys = [['/', 'find a queue'], ['g then o q s e c', 'overview, queues, streams, exchanges, connections'], ['g then r p u d h l', 'routing, policies, users, definitions, health, log'], ['f', 'filter of the page'], ['j k', 'next, previous row'], ['.', 'pause live values'], ['?', 'this list'], ['Esc', 'close']];
  dialog(close => html`<h2 id="dialog-title">Keys</h2><div class="body"><dl class="facts">${keys.map(([key, text]) => html`<dt class="mono">${key}</dt><dd>${text}</dd>`)}</dl><div class="form-acts"><button @click=${() => close()}>Close</button></div></div>`);
}

let isGoing = false;

function pressed(event) {
  if (app.prefers.keys === 'off' || !app.user || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input,textarea,select,dialog')) {
    return;
  }
  const row = step => {
    const links = [...document.querySelectorAll('main tbody tr')].map(line => line.querySelector('a,button')).filter(Boolean);
    links[Math.max(0, links.indexOf(document.activeElement) + step)]?.focus();
  };
  const acts = {
    '/': () => document.getElementById('search').focus(),
    f: () => document.querySelector('main [data-filter]')?.focus(),
    j: () => row(1),
    k: () => row(-1),
    '.': () => app.live.pause(!app.live.isPaused),
    '?': showKeys,
  };
  if (isGoing) {
    isGoing = false;
    const path = SHORTCUTS[event.key];
    if (path !== undefined && PAGES.some(page => page.path === path)) {
      event.preventDefault();
      app.go(base + path);
    }
  } else if (event.key === 'g') {
    isGoing = true;
    setTimeout(() => (isGoing = false), 1_500);
  } else if (acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  }
}

/** Links within the UI change the page without loading it anew. */
function clicked(event) {
  const anchor = event.target.closest('a[href]');
  if (event.target.closest('.menu') === null) {
    document.querySelectorAll('details.menu[open]').forEach(menu => (menu.open = false));
  }
  if (!anchor || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || anchor.target || anchor.hasAttribute('download')) {
    return;
  }
  const target = new URL(anchor.href);
  if (target.origin === location.origin && target.pathname.startsWith(base) && !/^(api|metrics|web)\//.test(target.pathname.slice(base.length))) {
    event.preventDefault();
    app.go(target.pathname + target.search);
    document.querySelector('main')?.focus({ preventScroll: true });
  }
}

document.addEventListener('click', clicked);
document.addEventListener('keydown', pressed);
window.addEventListener('popstate', arrive);
signals.signedOut = () => {
  if (app.user) {
    app.isExpired = true;
    update();
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const over = document.querySelector('dialog.over');
      if (over && !over.open) {
        over.showModal();
      }
    }));
  }
};

format.useZone(app.prefers.zone);
try {
  const who = await session();
  app.isKnown = true;
  if (who) {
    welcome(who);
  }
} catch {
  app.isKnown = true;
}
update();
