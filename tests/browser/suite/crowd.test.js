import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, browser, withBroker } from './rig.js';

const QUEUES = 100_000;
const PIPELINED = 1_000;
const VISITS = 7;

withBroker(async () => {
  const connection = await broker.connect();
  const channel = await connection.createChannel();
  for (let first = 0; first < QUEUES; first += PIPELINED) {
    await Promise.all(Array.from({ length: PIPELINED }, (_, i) => channel.assertQueue(`crowd-${String(first + i).padStart(6, '0')}`, { durable: true })));
  }
  channel.sendToQueue('crowd-077777', Buffer.from('one'), { persistent: true });
  await channel.close();
  await connection.close();
});

/** Milliseconds from asking for a page until something is on it: the median of some visits. */
async function time(guarded, name, address, shown) {
  const times = [];
  for (let visit = 0; visit < VISITS; visit++) {
    const started = performance.now();
    await guarded.page.goto(broker.url + address);
    await shown(guarded.page);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  console.log(`${name} with ${QUEUES.toLocaleString('en')} queues: median ${times[VISITS >> 1].toFixed(0)} ms, ${times[0].toFixed(0)} to ${times.at(-1).toFixed(0)} ms`);
}

test('pages with very many queues show what matters, and ask for no more than they show', { timeout: 240_000 }, async () => {
  const guarded = await browser.open(broker);
  await guarded.signIn();

  await time(guarded, 'overview', '/', page => page.locator('main').getByText('crowd-077777').first().waitFor());
  await time(guarded, 'list', '/queues', page => page.locator('main').getByText('crowd-000000').first().waitFor());
  await time(guarded, 'list by waiting', '/queues?sort=-waiting', page => page.locator('main').getByText('crowd-077777').first().waitFor());
  await time(guarded, 'list with a filter', '/queues?q=crowd-0999', page => page.locator('main').getByText('crowd-099900').first().waitFor());

  assert.ok(await guarded.page.locator('main tbody tr').count() <= 100);
  const started = performance.now();
  const answer = await fetch(`${broker.url}/metrics`, { headers: { Authorization: `Basic ${btoa('guest:guest')}` } });
  const text = await answer.text();
  console.log(`/metrics: ${(performance.now() - started).toFixed(0)} ms, ${text.length} bytes`);
  assert.match(text, new RegExp(`^rabbitmq_queues(\\{[^}]*\\})? ${QUEUES}$`, 'm'));
  guarded.check();
});
