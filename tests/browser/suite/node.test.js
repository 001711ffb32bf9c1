import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, guarded, withPage } from './rig.js';

withPage();

test('a delayed message is shown with its time, sent at once, or cancelled', async () => {
  const { page } = guarded;
  await broker.api('PUT', 'exchanges/%2F/later', { type: 'x-delayed-message', arguments: { 'x-delayed-type': 'fanout' } });
  await broker.api('PUT', 'queues/%2F/reminders', { durable: true });
  await broker.api('POST', 'bindings/%2F/e/later/q/reminders', {});
  for (const text of ['first', 'second']) {
    await broker.api('POST', 'exchanges/%2F/later/publish', { routing_key: text, payload: text, payload_encoding: 'string', properties: { delivery_mode: 2, headers: { 'x-delay': 3_600_000 } } });
  }
  await guarded.go('/delayed');
  await guarded.sees('Two messages wait for their time.');
  await page.getByRole('button', { name: /^Send now/ }).first().click();
  await guarded.sees('One message waits for its time.');
  await page.getByRole('button', { name: /^Cancel/ }).first().click();
  await guarded.sees('No message waits for its time.');
  await guarded.go('/queues/%2F/reminders');
  await page.locator('tbody th').first().waitFor();
  assert.equal(await page.locator('tbody th').count(), 1);
  guarded.check();
});

test('the log comes as it is written, and the acts name who did what', async () => {
  const { page } = guarded;
  await guarded.go('/log');
  await page.locator('.log li').first().waitFor();
  await broker.api('PUT', 'queues/%2F/seen-in-the-log', {});
  await guarded.sees(/seen-in-the-log/);
  await guarded.go('/audit');
  await guarded.sees(/seen-in-the-log/);
  guarded.check();
});

test('while the broker is away the page says so and keeps what it knew; it goes on by itself', async () => {
  const { page } = guarded;
  const [amqpPort, httpPort] = [broker.amqp, broker.url].map(address => Number(address.split(':').at(-1)));
  await guarded.go('/queues/%2F/reminders');
  await page.getByLabel('Filter', { exact: true }).fill('typed before');
  guarded.expect(0, /./);
  await broker.stop();
  await guarded.sees(/Not live since/);
  assert.equal(await page.locator('.station .figure').nth(1).innerText(), '1');

  guarded.expect(401, /\/api\//); // Sessions are kept in memory only.
  await broker.run(amqpPort, httpPort);
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.getByLabel('Password').fill('guest');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.banner').waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Filter', { exact: true }).inputValue(), 'typed before');
  guarded.check();
});
