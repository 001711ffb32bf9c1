import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, browser, withBroker } from './rig.js';

withBroker();

test('the first page is small and asks for little', async () => {
  await broker.api('PUT', 'queues/%2F/mail', { durable: true });
  const first = await browser.open(broker);
  await first.signIn();
  await first.page.close();
  const guarded = await browser.open(broker);
  const session = await browser.context.newCDPSession(guarded.page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const bytes = new Map();
  session.on('Network.dataReceived', event => bytes.set(event.requestId, (bytes.get(event.requestId) ?? 0) + event.encodedDataLength));
  session.on('Network.loadingFinished', event => bytes.set(event.requestId, event.encodedDataLength));

  await guarded.go('/');
  await guarded.page.locator('rw-chart canvas').first().waitFor();
  await guarded.page.waitForFunction(() => document.fonts.status === 'loaded');

  const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  const files = guarded.requests.filter(request => !request.url().includes('/api/'));
  const data = guarded.requests.filter(request => request.url().includes('/api/'));
  console.log(`first page: ${total} bytes, ${files.length} files, ${data.length} requests for data`);
  assert.ok(total <= 150_000, `${total} bytes`);
  assert.ok(files.length <= 12, `${files.length} files: ${files.map(request => request.url())}`);
  assert.ok(data.length <= 5, `${data.length}: ${data.map(request => request.url())}`);
  guarded.check();
});

test('a second visit loads nothing but the page itself', async () => {
  const guarded = await browser.open(broker);
  await guarded.go('/');
  const cdp = await browser.context.newCDPSession(guarded.page);
  await cdp.send('Network.enable');
  let transferred = 0;
  cdp.on('Network.responseReceived', event => {
    if (event.response.url.includes('/web/') && !event.response.fromDiskCache && !event.response.fromPrefetchCache) {
      transferred++;
    }
  });
  await guarded.page.reload();
  await guarded.page.locator('.frame h1').waitFor();
  assert.equal(transferred, 0);
  guarded.check();
});
