// The stream of live values. One for the visible page; nothing else is asked for by a clock.
import { base, post, session, signals } from './broker.js';

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

