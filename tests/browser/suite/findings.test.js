import { test } from 'node:test';
import assert from 'node:assert/strict';
import { violations } from './axe.js';
import { broker, guarded, withPage } from './rig.js';

const JUDGED_MS = 90_000; // The broker looks at a queue for a minute before it says that nobody consumes it.

withPage();

test('a queue that nobody consumes is told in the heading, the navigation and on its page, and clears when somebody does', async () => {
  const { page } = guarded;
  const client = await broker.connect();
  const channel = await client.createConfirmChannel();
  await channel.assertQueue('orphan', { durable: true });
  await channel.assertQueue('served', { durable: true });
  channel.sendToQueue('orphan', Buffer.from('x'), { persistent: true });
  await channel.waitForConfirms();
  assert.equal(await guarded.heading() === 'All queues are flowing.' || /No queue yet/.test(await guarded.heading()), true);

  await page.waitForFunction(() => document.querySelector('h1').textContent.trim() === 'One queue needs a look. Everything else is flowing.', null, { timeout: JUDGED_MS });
  assert.equal(await page.locator('.nav .count.warn').innerText(), '1 of 2');
  const finding = page.locator('.findings li');
  assert.match(await finding.innerText(), /no consumer\s+orphan holds 1 message and nobody consumes it, since/);
  await guarded.screenshot('findings');

  await finding.getByRole('button', { name: 'Snooze…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^For/).selectOption('1 day');
  await dialog.getByLabel('Reason').fill('the consumer comes on Monday');
  await dialog.getByRole('button', { name: 'Snooze it' }).click();
  await page.waitForFunction(() => document.querySelector('h1').textContent.trim() === 'All queues are flowing.');
  await page.getByText('One finding is snoozed.').click();
  await guarded.sees('the consumer comes on Monday');
  assert.match(await page.locator('.snoozed li').innerText(), /orphan holds 1 message.*\s+guest until .*: the consumer comes on Monday/);
  assert.deepEqual(await violations(page), []);
  await guarded.screenshot('findings-snoozed');
  await guarded.go('/health');
  await page.getByText('One finding is snoozed.').click();
  await page.getByRole('button', { name: 'Show again' }).click();
  await page.locator('.snoozed').waitFor({ state: 'detached' });
  await guarded.go('/');
  await page.waitForFunction(() => document.querySelector('h1').textContent.trim() === 'One queue needs a look. Everything else is flowing.');

  await finding.getByRole('link', { name: 'orphan', exact: true }).click();
  await page.locator('.diagnosis').waitFor();
  await channel.consume('orphan', message => channel.ack(message));
  await page.locator('.diagnosis').waitFor({ state: 'detached', timeout: JUDGED_MS });
  assert.equal(await page.locator('.nav .count.warn').count(), 0);
  await client.close();
  guarded.check();
});
