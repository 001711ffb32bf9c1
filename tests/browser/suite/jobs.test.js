import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, guarded, withPage } from './rig.js';

withPage(async () => {
  const client = await broker.connect();
  const channel = await client.createConfirmChannel();
  await channel.assertExchange('dead', 'fanout', { durable: true });
  await channel.assertQueue('orders.dead', { durable: true });
  await channel.bindQueue('orders.dead', 'dead', '');
  for (const [queue, count] of [['orders.eu', 30], ['orders.us', 12]]) {
    await channel.assertQueue(queue, { durable: true, deadLetterExchange: 'dead' });
    for (let index = 0; index < count; index++) {
      channel.sendToQueue(queue, Buffer.from(`${queue} ${index}`), { persistent: true });
    }
    await channel.waitForConfirms();
    for (let index = 0; index < count; index++) {
      channel.nack(await channel.get(queue), false, false);
    }
  }
});

const messages = async queue => (await broker.api('GET', `ropeway/queues/%2F/${queue}/messages?limit=100`)).messages.map(message => message.preview);

test('dead letters are counted by where they came from, and go back there once, in order', async () => {
  const { page } = guarded;
  await guarded.go('/queues/%2F/orders.dead');
  await page.getByRole('button', { name: 'Move…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What to do').selectOption('redrive');
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await dialog.getByText(/30 to orders\.eu/).waitFor();
  await dialog.getByText(/12 to orders\.us/).waitFor();
  assert.equal((await messages('orders.dead')).length, 42);
  await dialog.getByRole('button', { name: 'Re-drive 42 messages' }).click();

  await guarded.sees('42 messages re-driven.');
  assert.deepEqual(await messages('orders.eu'), Array.from({ length: 30 }, (_, index) => `orders.eu ${index}`));
  assert.deepEqual(await messages('orders.us'), Array.from({ length: 12 }, (_, index) => `orders.us ${index}`));
  assert.deepEqual(await messages('orders.dead'), []);
  guarded.check();
});

test('what fits a filter is moved, the rest keeps its place', async () => {
  const { page } = guarded;
  await broker.api('PUT', 'queues/%2F/aside', {});
  await guarded.go(`/queues/%2F/orders.eu?filter=${encodeURIComponent('"eu 1"')}`);
  await page.getByRole('button', { name: 'Move all that fit…' }).click();
  const dialog = page.getByRole('dialog');
  assert.equal(await dialog.getByLabel('Only those that fit').inputValue(), '"eu 1"');
  await dialog.getByLabel('Name of the queue').fill('aside');
  await dialog.getByRole('button', { name: 'Count first' }).click();
  await dialog.getByRole('button', { name: 'Move 11 messages' }).click();

  await guarded.sees('11 messages moved.');
  assert.equal((await messages('aside')).length, 11);
  assert.equal((await messages('orders.eu')).length, 19);
  guarded.check();
});

test('a purge is taken back, with the order', async () => {
  const { page } = guarded;
  await guarded.go('/queues/%2F/orders.us');
  await page.getByRole('button', { name: 'Purge…' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('orders.us');
  await page.getByRole('button', { name: 'Purge 12 messages' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.station .figure')[1]?.textContent === '0');
  await page.getByRole('button', { name: /^Undo until/ }).click();
  await guarded.sees('The purge is taken back.');

  assert.deepEqual(await messages('orders.us'), Array.from({ length: 12 }, (_, index) => `orders.us ${index}`));
  guarded.check();
});

test('a paused queue says who paused it and why, and goes on', async () => {
  const { page } = guarded;
  await guarded.go('/queues/%2F/orders.us');
  await page.getByRole('button', { name: 'Pause…' }).click();
  await page.getByRole('dialog').getByLabel(/^Reason/).fill('mail server moves');
  await page.getByRole('button', { name: 'Pause the queue' }).click();
  await guarded.sees('mail server moves');
  assert.equal((await broker.api('GET', 'queues/%2F/orders.us')).paused.user, 'guest');
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause…' }).waitFor();
  guarded.check();
});
