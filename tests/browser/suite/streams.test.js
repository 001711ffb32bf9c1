import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, guarded, withPage } from './rig.js';

let channel;
withPage(async () => {
  const client = await broker.connect();
  channel = await client.createConfirmChannel();
  await channel.assertQueue('events', { durable: true, arguments: { 'x-queue-type': 'stream', 'x-max-age': '2h', 'x-max-length-bytes': 1_000_000 } });
  await channel.assertQueue('ledger', { durable: true, arguments: { 'x-queue-type': 'stream' } });
  await channel.assertQueue('orders', { durable: true });
  for (let index = 0; index < 30; index++) {
    channel.sendToQueue('events', Buffer.from(`event ${index}`));
  }
  await channel.waitForConfirms();
});

test('the list has streams only, with their offsets and what bounds them', async () => {
  const { page } = guarded;
  while ((await broker.api('GET', 'ropeway/queues?type=stream')).matched !== 2) {
    // The list is at most two seconds old.
  }
  await page.getByRole('link', { name: 'Streams' }).click();
  await guarded.sees('Two streams, one of them without a limit.');
  const rows = (await page.locator('main tbody tr').allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' '));
  assert.equal(rows.length, 2);
  assert.match(rows[0], /events 30 .* 0 to 29 2 h, up to 977 KiB 0/);
  assert.match(rows[1], /ledger 0 .* for ever 0/);
  guarded.check();
});

test('the page of a stream says what is kept, who reads, and how far behind each is', async () => {
  const { page } = guarded;
  await channel.prefetch(10);
  await channel.consume('events', () => {}, { consumerTag: 'slow', arguments: { 'x-stream-offset': 'first' } });
  await guarded.go('/queues/%2F/events');
  await guarded.sees('20 messages');
  await guarded.sees('30 messages are kept, 1 reader goes through them. Durable, stream.');
  assert.match(await page.locator('.cable').innerText(), /Kept\s+30\s+0 to 29\s+Readers\s+1\s+20 messages, .* behind at most/);
  assert.equal(await page.locator('.nav a[aria-current]').innerText(), 'Streams');
  assert.equal(await page.getByRole('button', { name: 'Purge…' }).count(), 0);

  await page.locator('.tabs').getByRole('link', { name: /^Readers/ }).click();
  const reader = page.locator('tbody tr', { hasText: 'slow' });
  await reader.waitFor();
  assert.match((await reader.innerText()).replaceAll(/\s+/g, ' '), /slow 10 20 .* 10 of 10/);
  guarded.check();
});

test('messages of a stream are looked at, and copied to a queue; the stream keeps them', async () => {
  const { page } = guarded;
  await guarded.go('/queues/%2F/events?message=7');
  await guarded.sees('event 7');
  await page.locator('.detail').getByRole('button', { name: 'Copy…' }).click();
  const dialog = page.getByRole('dialog');
  assert.deepEqual(await dialog.getByLabel('What to do').locator('option').allInnerTexts(), ['Copy to another place']);
  await dialog.getByLabel('Name of the queue').fill('orders');
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await dialog.getByRole('button', { name: 'Copy 1 message' }).click();
  await guarded.sees('1 message copied.');
  assert.deepEqual((await broker.api('GET', 'ropeway/queues/%2F/orders/messages')).messages.map(message => message.preview), ['event 7']);
  assert.equal((await broker.api('GET', 'queues/%2F/events')).messages, 30);
  guarded.check();
});
