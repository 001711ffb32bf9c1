import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { violations } from './axe.js';
import { broker, guarded, withPage } from './rig.js';

withPage();

/** Waits until the list knows of new queues: it is at most two seconds old. */
async function listed(q, count) {
  while ((await broker.api('GET', `ropeway/queues?q=${encodeURIComponent(q)}`)).matched !== count) {
    // Each answer is a step on the way.
  }
}

/** The figure of a station of the cable. */
const station = label => guarded.page.locator('.station', { hasText: label }).locator('.figure');

test('a queue is declared, and messages from the form are in it, seen without any request but the stream', async () => {
  const { page } = guarded;
  await guarded.go('/queues');
  await page.getByRole('button', { name: 'New queue…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('mail/out');
  await page.getByRole('button', { name: 'Make the queue' }).click();
  await page.waitForURL(/\/queues\/%2F\/mail%2Fout$/);

  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('How many').fill('20');
  await form.getByLabel('Body').fill('{"n": 9007199254740993}');
  await form.getByLabel('Headers').fill('tenant: "7"\nretry: true');
  await form.getByRole('button', { name: 'Publish', exact: true }).click();
  await guarded.sees('20 messages published and in a queue');
  await form.getByRole('button', { name: 'Close' }).click();

  await page.waitForFunction(() => document.querySelectorAll('.station .figure')[1]?.textContent === '20');
  const before = guarded.requests.length;
  const chart = () => page.locator('rw-chart').last().evaluate(element => element.plot.data[1].at(-1));
  const client = await broker.connect();
  const channel = await client.createConfirmChannel();
  for (let index = 0; index < 1000; index++) {
    channel.sendToQueue('mail/out', Buffer.from(`${index}`), { persistent: true });
  }
  await channel.waitForConfirms();
  await page.waitForFunction(() => document.querySelectorAll('.station .figure')[1]?.textContent === '1,020');

  await page.waitForFunction(() => [...document.querySelectorAll('rw-chart')].at(-1).plot.data[1].at(-1) === 1020);
  assert.equal(await chart(), 1020);
  assert.deepEqual(guarded.requests.slice(before).map(request => request.url()), []);
  await client.close();
  guarded.check();
});

test('a chart is a table as well, and a file', async () => {
  const { page } = guarded;
  await page.getByRole('button', { name: 'Table of Backlog' }).click();
  const table = page.getByRole('group', { name: 'Backlog' });
  await table.getByText('1,020').first().waitFor();
  assert.deepEqual(await table.locator('thead th').allInnerTexts().then(texts => texts.slice(1)), ['waiting', 'held']);
  assert.deepEqual(await violations(page), []);
  await guarded.screenshot('chart-table');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV of Backlog' }).click()]);
  assert.equal(download.suggestedFilename(), 'ropeway-backlog.csv');
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
  assert.equal(lines[0], 'time,"Backlog: waiting","Backlog: held"');
  assert.match(lines.at(-2), /^\d{4}-\d\d-\d\dT[\d:.]+Z,1020,0$/);
  await page.getByRole('button', { name: 'Table of Backlog' }).click();
  await page.locator('rw-chart canvas').nth(1).waitFor();
  guarded.check();
});

test('what consumers hold is told, and nobody is asked to reload', async () => {
  const client = await broker.connect();
  const channel = await client.createChannel();
  await channel.prefetch(50);
  await channel.consume('mail/out', () => {});

  await guarded.page.waitForFunction(() => document.querySelectorAll('.station .figure')[2]?.textContent === '50');
  await guarded.sees('of 50 allowed');
  assert.match(await guarded.page.locator('.page-head .sub').innerText(), /^970 messages wait, 50 are with 1 consumer/);
  await client.close();
  await guarded.page.waitForFunction(() => document.querySelectorAll('.station .figure')[2]?.textContent === '0');
  guarded.check();
});

test('a purge needs the name, says how many, and Escape changes nothing', async () => {
  const { page } = guarded;
  await page.getByRole('button', { name: 'Purge…' }).click();
  const dialog = page.getByRole('dialog');
  const act = dialog.getByRole('button', { name: 'Purge 1,020 messages' });
  await act.waitFor();
  assert.equal(await act.isDisabled(), true);
  assert.match(await dialog.innerText(), /1,020 waiting messages/);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await station('Waiting').innerText(), '1,020');

  await page.getByRole('button', { name: 'Purge…' }).click();
  await dialog.getByRole('textbox').fill('mail/ou');
  assert.equal(await act.isDisabled(), true);
  await dialog.getByRole('textbox').fill('mail/out');
  await act.click();
  await page.waitForFunction(() => document.querySelectorAll('.station .figure')[1]?.textContent === '0');
  guarded.check();
});

test('a queue is deleted by its typed name, and its address says that it is gone', async () => {
  const { page } = guarded;
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('mail/out');
  await page.getByRole('button', { name: 'Delete the queue' }).click();
  await page.waitForURL(/\/jobs\/\w+$/);
  await guarded.sees('mail/out is deleted.');

  guarded.expect(404, /mail%2Fout/);
  await guarded.go('/queues/%2F/mail%2Fout');
  await guarded.sees('There is no such thing here.');
  guarded.check();
});

test('a queue that was deleted comes back with its messages, bindings and settings', async () => {
  const { page } = guarded;
  await broker.api('PUT', 'queues/%2F/back', { durable: true, arguments: { 'x-max-length': 1000 } });
  await broker.api('POST', 'bindings/%2F/e/amq.topic/q/back', { routing_key: 'back.#' });
  for (const text of ['one', 'two', 'three']) {
    await broker.api('POST', 'exchanges/%2F/amq.topic/publish', { routing_key: 'back.x', payload: text, payload_encoding: 'string', properties: { delivery_mode: 2 } });
  }
  const before = await broker.api('GET', 'queues/%2F/back/bindings');
  await guarded.go('/queues/%2F/back');
  await guarded.sees('3 messages wait, and nobody consumes them.');
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('back');
  await page.getByRole('button', { name: 'Delete it and 3 messages' }).click();
  await guarded.sees('back is deleted, with 3 messages.');
  await page.getByRole('button', { name: /^Undo until/ }).click();
  await guarded.sees('Taken back: all is as it was.');

  await page.getByRole('link', { name: 'back', exact: true }).click();
  await guarded.sees('3 messages wait, and nobody consumes them.');
  assert.deepEqual((await broker.api('GET', 'ropeway/queues/%2F/back/messages')).messages.map(message => message.preview), ['one', 'two', 'three']);
  assert.deepEqual(await broker.api('GET', 'queues/%2F/back/bindings'), before);
  assert.deepEqual((await broker.api('GET', 'queues/%2F/back')).arguments, { 'x-max-length': 1000 });
  await guarded.go('/queues');
  await broker.api('DELETE', 'queues/%2F/back');
  guarded.check();
});

test('lists are paged, filtered and sorted by the broker, and all of it is in the address', async () => {
  const { page } = guarded;
  for (let index = 0; index < 150; index++) {
    await broker.api('PUT', `queues/%2F/tenant.${String(index).padStart(3, '0')}`, {});
  }
  await broker.api('POST', 'exchanges/%2F/amq.default/publish', { routing_key: 'tenant.077', payload: 'x', payload_encoding: 'string', properties: {} });
  await listed('tenant', 150);
  await guarded.go('/queues?sort=name');
  await guarded.sees('100 of 150 queues');
  assert.equal(await page.locator('tbody tr').count(), 100);
  await page.getByRole('button', { name: 'Next page' }).click();
  await guarded.sees('tenant.149');
  assert.match(page.url(), /after=/);
  await page.goBack();
  await guarded.sees('tenant.000');

  await page.getByLabel('Filter queues by name').fill('.07');
  await guarded.sees('10 of 10 that match, 150 in all');
  await page.getByRole('button', { name: 'Waiting' }).click();
  await page.waitForURL(/sort=-waiting/);
  await page.waitForFunction(() => document.querySelector('tbody th')?.textContent.includes('tenant.077'));
  assert.equal(await page.locator('thead th[aria-sort]').getAttribute('aria-sort'), 'descending');
  await page.reload();
  await guarded.sees('10 of 10 that match, 150 in all');
  guarded.check();
});

test('a pinned queue stays on top, whatever the list shows, also after a reload', async () => {
  const { page } = guarded;
  await guarded.go('/queues?q=tenant.077');
  await page.getByRole('button', { name: 'Pin tenant.077' }).click();
  const pinned = page.getByRole('table', { name: 'Pinned queues' });
  await pinned.getByRole('link', { name: 'tenant.077' }).waitFor();
  await guarded.go('/queues?q=tenant.001');
  await pinned.getByRole('link', { name: 'tenant.077' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await guarded.screenshot('queues-pinned');
  await pinned.getByRole('button', { name: 'Pinned tenant.077' }).click();
  await pinned.waitFor({ state: 'detached' });
  guarded.check();
});

test('the history of a queue tells who did what to it, and to nothing else', async () => {
  const { page } = guarded;
  await broker.api('PUT', 'queues/%2F/told', { durable: true });
  await broker.api('PUT', 'queues/%2F/other', { durable: true });
  await broker.api('POST', 'bindings/%2F/e/amq.topic/q/told', { routing_key: 'told.#' });
  await broker.api('PUT', 'policies/%2F/told', { pattern: '^told$', definition: { 'max-length': 10 } });
  await broker.api('POST', 'ropeway/queues/%2F/told/pause', { reason: 'a look' });
  await broker.api('POST', 'ropeway/jobs', { kind: 'purge', source: { vhost: '/', queue: 'told' } });
  await guarded.go('/queues/%2F/told');
  await page.locator('.tabs').getByRole('link', { name: 'History' }).click();
  await page.locator('main tbody tr').first().waitFor();
  const rows = (await page.locator('main tbody tr').allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' ').replace(/^.*?done /, ''));
  assert.deepEqual(rows.map(row => row.replace(/ guest .*$/, '')), ['start job purge / told', 'pause queue / told', 'set policy / told', 'add binding / amq.topic q told', 'set queue / told']);
  guarded.check();
});

test('names of others are shown as what they are', async () => {
  const names = ['<img src=x onerror=alert(1)>', 'a\u202Eb', 'n'.repeat(200), '🚡 ß/%2F?x=1#y'];
  for (const name of names) {
    await broker.api('PUT', `queues/%2F/${encodeURIComponent(name)}`, {});
  }
  await listed('onerror', 1);
  await guarded.go('/queues?q=onerror');
  await guarded.page.getByRole('link', { name: '<img src=x onerror=alert(1)>' }).click();
  await guarded.page.waitForURL(/onerror/);
  assert.equal(await guarded.heading(), names[0]);
  await guarded.go(`/queues/%2F/${encodeURIComponent(names[1])}`);
  assert.equal(await guarded.heading(), 'a[U+202E]b');
  await guarded.go(`/queues/%2F/${encodeURIComponent(names[3])}`);
  assert.equal(await guarded.heading(), names[3]);
  guarded.check();
});
