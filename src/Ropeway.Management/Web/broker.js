// The one door to the broker: addresses, requests, the session, and the stream of live values. Pages never call fetch themselves.
import * as classic from './classic.js';

/** The broker's own address, however deep below a proxy's path it lies. */
export const base = new URL('../../', import.meta.url).pathname;

/** Percent-encodes each segment, so that names may hold anything. */
export const encode = (...segments) => segments.map(encodeURIComponent).join('/');

/** The address of a page. */
export function link(path, query = {}) {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '' && value != null)).toString();
  return base + path + (text ? `?${text}` : '');
}

export const queueLink = (vhost, name, query) => link(`queues/${encode(vhost, name)}`, query);
export const exchangeLink = (vhost, name, query) => link(`exchanges/${encode(vhost, name || 'amq.default')}`, query);

/** What the broker refused or could not do, in its own words. Status 0: it was not reached. */
export class Refusal extends Error {
  constructor(status, error, reason) {
    super(reason || error);
    this.status = status;
    this.error = error;
  }
}

/** Called when a request finds that nobody is signed in any more. */
export const signals = { signedOut: () => {} };

async function answerOf(method, path, { query, body, headers, signal } = {}) {
  const address = new URL(base + path, location.href);
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== '' && value != null) {
      address.searchParams.set(key, value);
    }
  }

  const isText = typeof body === 'string' || body instanceof Blob;
  let response;
  try {
    response = await fetch(address, {
      method,
      signal,
      cache: 'no-store',
      redirect: 'error',
      ...classic.credentials(),
      headers: { 'X-Ropeway': '1', ...classic.headers(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: body === undefined || isText ? body : JSON.stringify(body),
    });
  } catch (fault) {
    if (fault.name === 'AbortError') {
      throw fault;
    }
    throw new Refusal(0, 'unreachable', 'The broker did not answer. It may be starting again, or the way to it is cut.');
  }

  if (response.ok) {
    return response;
  }
  const text = await response.text();
  let fault = {};
  try {
    fault = JSON.parse(text);
  } catch {
    // A proxy's page, perhaps; the status says enough.
  }
  const refusal = new Refusal(response.status, fault.error ?? String(response.status), fault.reason ?? response.statusText);
  if (response.status === 401 && classic.isSessionFault(refusal) && !headers?.Authorization) {
    signals.signedOut();
  }
  throw refusal;
}

/** A request whose answer is JSON, or nothing: then null. */
export async function call(method, path, options) {
  const text = await (await answerOf(method, path, options)).text();
  return text === '' ? null : JSON.parse(text);
}

export const get = (path, query, options) => call('GET', path, { query, ...options });
export const put = (path, body = {}) => call('PUT', path, { body });
export const post = (path, body = {}) => call('POST', path, { body });
export const remove = (path, query) => call('DELETE', path, { query });

/** An answer as it is, to be saved as a file. */
export async function download(path, name) {
  const blob = await (await answerOf('GET', path)).blob();
  const anchor = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
}

/** Who is signed in: {user, tags}; null for nobody. */
export const session = () => classic.session(get);
export const signIn = (username, password) => classic.signIn(get, username, password);
export const signOut = () => classic.signOut();

/** Rights by tag, as the broker judges them; the broker refuses what the page should not have offered. */
export function rightsOf(tags) {
  const administrator = tags.includes('administrator');
  return {
    administrator,
    monitoring: administrator || tags.includes('monitoring'),
    policies: administrator || tags.includes('policymaker'),
  };
}

/** A page of queues, by the filter, order and cursor of the query. */
export const queues = query => classic.queues(get, query);

/**
 * The values of the visible page as they change. One stream at a time; a hidden tab closes it after ten seconds and gets a snapshot when it is seen again.
 * While it is lost the values stay, and `lostAt` says since when they are old.
 */
export class Live {
  constructor(changed) {
    this.changed = changed;
    this.topics = [];
    this.values = {};
    this.lostAt = null;
    this.updatedAt = null;
    this.isPaused = false;
    document.addEventListener('visibilitychange', () => this.#seen());
  }

  /** Follows other topics from now on; values of topics that stay are kept. */
  follow(topics) {
    if (topics.join() === this.topics.join() && this.timer) {
      return;
    }
    this.topics = topics;
    this.#open();
  }

  /** Stops for good, until the next follow. */
  close() {
    clearTimeout(this.timer);
    this.timer = null;
    this.round = null;
    this.topics = [];
    this.values = {};
    this.lostAt = null;
  }

  /** Values stay as they are, or move again. */
  pause(isPaused) {
    this.isPaused = isPaused;
    if (!isPaused && this.topics.length > 0) {
      this.#open();
    }
    this.changed();
  }

  /** Asks at once, after something was done. */
  refresh() {
    if (this.topics.length > 0 && !this.isPaused) {
      this.#open();
    }
  }

  #open() {
    clearTimeout(this.timer);
    const round = {};
    this.round = round;
    const turn = async () => {
      try {
        const values = await classic.snapshot(get, this.topics);
        if (this.round !== round) {
          return;
        }
        Object.assign(this.values, values);
        this.updatedAt = Date.now();
        this.lostAt = null;
      } catch (fault) {
        if (this.round !== round) {
          return;
        }
        this.lostAt ??= fault.status === 0 ? Date.now() : null;
        this.fault = fault;
      }
      this.changed();
      if (!this.isPaused) {
        this.timer = setTimeout(turn, classic.PERIOD_MS);
      }
    };
    this.timer = setTimeout(turn, 0);
  }

  #seen() {
    clearTimeout(this.hiding);
    if (document.hidden) {
      this.hiding = setTimeout(() => {
        clearTimeout(this.timer);
        this.round = null;
        this.timer = null;
      }, 10_000);
    } else if (!this.timer && this.topics.length > 0 && !this.isPaused) {
      this.#open();
    }
  }
}
