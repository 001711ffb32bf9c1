import { test } from 'node:test';
import assert from 'node:assert/strict';
import { violations } from './axe.js';
import { broker, browser, guarded, withPage } from './rig.js';

const WIDTHS = [1440, 390, 320];
const PAGES = {
  overview: '/',
  queues: '/queues',
  'queues-none': '/queues?q=nosuch',
  queue: '/queues/%2F/mail.outgoing',
  message: '/queues/%2F/mail.outgoing?message=1',
  consumers: '/queues/%2F/mail.outgoing?tab=consumers',
  bindings: '/queues/%2F/orders.eu?tab=bindings',
  settings: '/queues/%2F/orders.eu?tab=settings',
  history: '/queues/%2F/mail.outgoing?tab=history',
  streams: '/streams',
  stream: '/queues/%2F/events?tab=consumers',
  exchanges: '/exchanges',
  exchange: '/exchanges/%2F/orders',
  connections: '/connections',
  jobs: '/jobs',
  delayed: '/delayed',
  log: '/log',
  acts: '/audit',
  routing: '/routing?exchange=orders&key=order.eu.de',
  policies: '/policies',
  users: '/users',
  vhosts: '/vhosts',
  definitions: '/definitions',
  health: '/health',
  'not-there': '/queues/%2F/nosuch',
};

withPage(async () => {
  guarded.expect(404, /nosuch/);
  await broker.api('PUT', 'exchanges/%2F/orders', { type: 'topic' });
  for (const [queue, key] of [['orders.eu', 'order.eu.#'], ['orders.us', 'order.us.*'], ['mail.outgoing', '#']]) {
    await broker.api('PUT', `queues/%2F/${queue}`, { arguments: { 'x-dead-letter-exchange': 'orders' } });
    await broker.api('POST', `bindings/%2F/e/orders/q/${queue}`, { routing_key: key });
  }
  await broker.api('PUT', `queues/%2F/${'n'.repeat(200)}`, {});
  await broker.api('PUT', 'queues/%2F/events', { durable: true, arguments: { 'x-queue-type': 'stream', 'x-max-age': '7D', 'x-max-length-bytes': 5_000_000 } });
  await broker.api('POST', 'bindings/%2F/e/orders/q/events', { routing_key: '#' });
  await broker.api('PUT', 'policies/%2F/short', { pattern: '^mail', definition: { 'max-length': 100000, overflow: 'reject-publish' }, 'apply-to': 'queues' });
  const client = await broker.connect();
  const channel = await client.createConfirmChannel();
  await channel.prefetch(50);
  for (let index = 0; index < 200; index++) {
    channel.publish('orders', 'order.eu.de', Buffer.from(JSON.stringify({ order: index, text: 'Grüße' })), { persistent: true, messageId: `m-${index}`, headers: { tenant: index } });
  }
  await channel.waitForConfirms();
  await channel.consume('mail.outgoing', () => {});
  await channel.consume('events', () => {}, { arguments: { 'x-stream-offset': 'first' } });
  await broker.api('POST', 'ropeway/jobs', { kind: 'copy', source: { vhost: '/', queue: 'orders.eu' }, target: { queue: 'orders.us' } });
});

for (const [name, address] of Object.entries(PAGES)) {
  test(`${name} can be used by everybody, in both themes and all widths`, async () => {
    const { page } = guarded;
    await page.setViewportSize({ width: 1440, height: 900 });
    await guarded.go(address);
    await page.waitForFunction(() => !document.querySelector('main')?.textContent.includes('Asking the broker'));
    const found = [];
    for (const theme of ['light', 'dark']) {
      await page.evaluate(chosen => {
        document.documentElement.dataset.theme = chosen;
        document.dispatchEvent(new Event('themechange'));
      }, theme);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        found.push(...(await violations(guarded.page)).map(text => `${theme} ${width}: ${text}`), ...(over > 0 ? [`${theme} ${width}: ${over} px too wide`] : []));
        await guarded.screenshot(`${name}-${width}-${theme}`);
      }
    }
    assert.deepEqual(found, []);
    assert.equal(await page.locator('h1').count(), 1);
    guarded.check();
  });
}

test('the page of a sign-in can be used by everybody', async () => {
  const { page } = guarded;
  await browser.context.clearCookies();
  await page.goto(broker.url);
  await page.getByLabel('Password').waitFor();
  assert.deepEqual(await violations(guarded.page), []);
  await guarded.screenshot('sign-in');
});
