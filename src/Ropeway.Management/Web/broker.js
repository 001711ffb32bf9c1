// The one door to the broker: addresses, requests, the session, and the stream of live values. Pages never call fetch themselves.

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
  constructor(status, error, reason, answer = {}) {
    super(reason || error);
    this.answer = answer;
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
      credentials: 'same-origin',
      headers: { 'X-Ropeway': '1', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
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
  const refusal = new Refusal(response.status, fault.error ?? String(response.status), fault.reason ?? response.statusText, fault);
  if (response.status === 401 && path !== SESSION && !(await session())) {
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
  save(await (await answerOf('GET', path)).blob(), name);
}

/** Gives the user a file. */
export function save(blob, name) {
  const anchor = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
}

const SESSION = 'api/ropeway/session';

/** Who is signed in: {user, tags, expires}; null for nobody. */
export async function session() {
  try {
    return await get(SESSION);
  } catch (fault) {
    if (fault.status === 401) {
      return null;
    }
    throw fault;
  }
}

/** Signs in; the session is a cookie that scripts cannot read. */
export async function signIn(username, password) {
  await post(SESSION, { username, password });
  return get(SESSION);
}

export const signOut = () => remove(SESSION);

/** Rights by tag, as the broker judges them; the broker refuses what the page should not have offered. */
export function rightsOf(tags) {
  const administrator = tags.includes('administrator');
  return {
    administrator,
    monitoring: administrator || tags.includes('monitoring'),
    policies: administrator || tags.includes('policymaker'),
  };
}

/** What was sampled of the node, or of one queue, in a range: {step_s, end, series}. */
export const samples = (range, vhost, name) => get(name === undefined ? 'api/ropeway/samples/overview' : `api/ropeway/samples/queues/${encode(vhost, name)}`, { range });

/** A page of queues, by the filter, order and cursor of the query: {items, total, matched, next}. */
export const queues = query => get('api/ropeway/queues', query);

const HIDDEN_MS = 10_000; // A hidden tab gives its connection back: a browser has six for a host.
const RETRY_MS = 4_000;

/** The topic of one queue; the values of the stream have it as name. */
export const queueTopic = (vhost, name) => `queue:${encodeURIComponent(vhost)}:${encodeURIComponent(name)}`;

const keyOf = row => `${row.vhost}\n${row.name}`;

/**
 * The values of topics as they change: `values[topic]`, and `rows`, a map of queues by "VHOST\nNAME". While the stream is lost the values stay, and
 * `lostAt` says since when they are old.
 */
export class Live {
  constructor(changed) {
    this.changed = changed;
    this.topics = [];
    this.wanted = [];
    this.values = {};
    this.rows = new Map();
    this.lostAt = null;
    this.updatedAt = null;
    this.isPaused = false;
    document.addEventListener('visibilitychange', () => this.#seen());
  }

  /** Follows other topics from now on; values of topics that stay are kept. */
  follow(topics) {
    this.topics = topics;
    this.wanted = [];
    this.rows = new Map();
    this.values = Object.fromEntries(Object.entries(this.values).filter(([topic]) => topics.includes(topic)));
    this.#tell();
  }

  /** Follows these queues as rows: those that are on the screen. */
  want(queues) {
    const wanted = queues.slice(0, 200).map(({ vhost, name }) => [vhost, name]);
    if (JSON.stringify(wanted) !== JSON.stringify(this.wanted)) {
      this.wanted = wanted;
      this.rows = new Map();
      this.#tell();
    }
  }

  /** Ends it, until the next follow. */
  close() {
    this.#drop();
    Object.assign(this, { topics: [], wanted: [], values: {}, rows: new Map(), lostAt: null });
  }

  /** Values stay as they are, or move again. */
  pause(isPaused) {
    this.isPaused = isPaused;
    if (isPaused) {
      this.#drop();
    } else {
      this.#open();
    }
    this.changed();
  }

  get #topicList() {
    return this.wanted.length > 0 ? [...this.topics, 'rows'] : this.topics;
  }

  #open() {
    this.#drop();
    if (this.topics.length === 0 || this.isPaused || document.hidden) {
      return;
    }
    const source = new EventSource(`${base}api/ropeway/events?topics=${encodeURIComponent(this.topics.join(','))}`);
    this.source = source;
    source.addEventListener('snapshot', event => {
      const { stream, topics } = JSON.parse(event.data);
      this.stream = stream;
      this.lostAt = null;
      this.#take(topics, true);
      if (this.wanted.length > 0) {
        this.#tell();
      }
    });
    source.addEventListener('change', event => this.#take(JSON.parse(event.data).topics, false));
    source.addEventListener('end', () => this.#lost());
    source.addEventListener('error', () => this.#lost());
  }

  /** Tells the stream what to follow; opens one when there is none. */
  async #tell() {
    if (!this.source) {
      this.#open();
      return;
    }
    if (!this.stream) {
      return; // The snapshot is under way; what is wanted is told when it is here.
    }
    try {
      await post(`api/ropeway/events/${encodeURIComponent(this.stream)}`, { topics: this.#topicList, rows: this.wanted });
    } catch {
      this.#open(); // The stream has ended meanwhile.
    }
  }

  #take(topics, isWhole) {
    for (const [topic, value] of Object.entries(topics)) {
      if (topic === 'rows') {
        for (const row of value) {
          this.rows.set(keyOf(row), { ...this.rows.get(keyOf(row)), ...row });
        }
      } else if (Array.isArray(value) || isWhole || typeof this.values[topic] !== 'object') {
        this.values[topic] = value;
      } else {
        this.values[topic] = { ...this.values[topic], ...value };
      }
    }
    this.updatedAt = Date.now();
    this.changed();
  }

  /** The stream has ended or cannot be reached: the session may be over, or the broker away. */
  async #lost() {
    this.#drop();
    this.lostAt ??= Date.now();
    this.changed();
    try {
      if (await session() === null) {
        signals.signedOut();
        return;
      }
    } catch {
      // The broker is away.
    }
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.#open(), RETRY_MS);
  }

  #drop() {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
    this.stream = null;
  }

  #seen() {
    clearTimeout(this.hiding);
    if (document.hidden) {
      this.hiding = setTimeout(() => this.#drop(), HIDDEN_MS);
    } else if (!this.source) {
      this.#open();
    }
  }

  /** After a new sign-in. */
  resume() {
    this.lostAt = null;
    this.#open();
  }
}

/** Whether a row of a list has other values by now. */
export const newest = (live, row) => ({ ...row, ...live.rows.get(keyOf(row)) });

