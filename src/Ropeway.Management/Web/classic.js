// RabbitMQ's API in the shapes that the pages read. Live values are asked for every few seconds. Rates and times are not known here, and left out.

/** Between two looks at the broker. */
export const PERIOD_MS = 2_000;

let authorization = null; // In memory only: a reload asks again.

/** No cookie goes out, and no browser's own login prompt comes up. */
export const credentials = () => ({ credentials: 'omit' });
export const headers = () => (authorization ? { Authorization: authorization } : {});

/** 401 says both "not signed in" and "not permitted". */
export const isSessionFault = refusal => refusal.error === 'not_authorized' && refusal.message === 'Login failed';

const base64 = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const sessionOf = ({ name, tags }) => ({ user: name, tags });

export async function session(get) {
  return authorization === null ? null : sessionOf(await get('api/whoami'));
}

export async function signIn(get, username, password) {
  const wanted = `Basic ${base64(`${username}:${password}`)}`;
  const who = await get('api/whoami', {}, { headers: { Authorization: wanted } });
  authorization = wanted;
  return sessionOf(who);
}

export function signOut() {
  authorization = null;
}

const SORTS = { name: 'name', waiting: 'messages_ready', held: 'messages_unacknowledged', consumers: 'consumers' };

function rowOf(queue) {
  const state = queue.out_of_service ? 'out of service' : queue.messages_ready > 0 && queue.consumers === 0 ? 'no consumer' : queue.messages === 0 ? 'idle' : 'flowing';
  return {
    vhost: queue.vhost,
    name: queue.name,
    type: queue.type,
    durable: queue.durable,
    policy: queue.policy ?? null,
    waiting: queue.messages_ready,
    held: queue.messages_unacknowledged,
    consumers: queue.consumers,
    state,
    reason: queue.out_of_service ?? null,
  };
}

export async function queues(get, { vhost, q, sort = 'name', after, limit = 100 }) {
  const descending = sort.startsWith('-');
  const column = SORTS[sort.replace(/^-/, '')] ?? 'messages_ready';
  const page = Number(after ?? 1);
  const answer = await get(vhost ? `api/queues/${encodeURIComponent(vhost)}` : 'api/queues', {
    page,
    page_size: limit,
    name: q,
    sort: column,
    sort_reverse: descending ? 'true' : '',
  });
  return {
    items: answer.items.map(rowOf),
    total: answer.total_count,
    matched: answer.filtered_count,
    next: page < answer.page_count ? String(page + 1) : null,
  };
}

async function overview(get) {
  const [all, nodes] = await Promise.all([get('api/overview'), get('api/nodes').catch(() => [])]);
  const node = nodes[0] ?? {};
  const protocols = [];
  return {
    node: all.node,
    version: all.product_version,
    uptime_s: node.uptime / 1000,
    waiting: all.queue_totals.messages_ready,
    held: all.queue_totals.messages_unacknowledged,
    queues: all.object_totals.queues,
    exchanges: all.object_totals.exchanges,
    connections: all.object_totals.connections,
    channels: all.object_totals.channels,
    consumers: all.object_totals.consumers,
    disk_free: node.disk_free,
    disk_free_limit: node.disk_free_limit,
    memory: node.mem_used,
    memory_limit: node.mem_limit,
    protocols,
    listeners: all.listeners,
    slowed: [],
  };
}

/** The queues that need a look, the worst first, and what is wrong with each. */
async function findings(get) {
  const { items } = await queues(get, { sort: '-waiting', limit: 100 });
  return items.filter(row => row.state === 'no consumer' || row.state === 'out of service').map(row => ({
    id: row.state === 'no consumer' ? 'queue.no-consumer' : 'log.quarantined',
    severity: 'bad',
    kind: 'queue',
    vhost: row.vhost,
    name: row.name,
    since: null,
    fact: row.state === 'no consumer' ? `holds ${row.waiting.toLocaleString('en-US')} ${row.waiting === 1 ? 'message' : 'messages'} and nobody consumes it` : 'is out of service',
    cause: row.reason ?? '',
    messages: row.waiting,
    act: null,
  }));
}

async function queue(get, vhost, name) {
  const answer = await get(`api/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(name)}`);
  return { ...rowOf(answer), details: answer };
}

/** The values of topics, as the first event of a stream would bring them. */
export async function snapshot(get, topics) {
  const readers = {
    overview: () => overview(get),
    findings: () => findings(get),
    queue: topic => queue(get, ...topic.split(':').slice(1).map(decodeURIComponent)),
  };
  const entries = await Promise.all(topics.map(async topic => [topic, await readers[topic.split(':')[0]](topic)]));
  return Object.fromEntries(entries);
}
