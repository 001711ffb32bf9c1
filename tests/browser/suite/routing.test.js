import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, guarded, withPage } from './rig.js';

withPage(async () => {
  await broker.api('PUT', 'exchanges/%2F/orders', { type: 'topic' });
  for (const queue of ['eu', 'us']) {
    await broker.api('PUT', `queues/%2F/orders.${queue}`, {});
    await broker.api('POST', `bindings/%2F/e/orders/q/orders.${queue}`, { routing_key: `order.${queue}.*` });
  }
});

test('the dry run names the queues, and why the others do not match', async () => {
  const { page } = guarded;
  await guarded.go('/routing');
  await page.getByLabel('Exchange').fill('orders');
  await page.getByLabel('Routing key').fill('order.eu.de');
  await page.getByRole('button', { name: 'Show the way' }).click();
  await guarded.sees('It would go to one queue.');
  const rows = await page.locator('tbody tr').allInnerTexts();
  assert.match(rows.find(row => row.includes('orders.eu')), /matches/);
  assert.match(rows.find(row => row.includes('orders.us')), /does not/);
  assert.match(page.url(), /exchange=orders&key=order\.eu\.de/);
  guarded.check();
});

test('an exchange shows its bindings as a picture and a table; binding and unbinding change both', async () => {
  const { page } = guarded;
  await guarded.go('/exchanges/%2F/orders');
  await guarded.sees('order.us.*');
  assert.equal(await page.locator('.picture a').count(), 2);
  await broker.api('PUT', 'queues/%2F/audit', {});
  await page.getByLabel('To the queue or exchange').fill('audit');
  await page.getByLabel('Routing key').fill('#');
  await page.getByRole('button', { name: 'Bind', exact: true }).click();
  await page.getByRole('button', { name: 'Unbind audit #' }).click();
  await page.getByRole('button', { name: 'Unbind audit #' }).waitFor({ state: 'detached' });
  assert.equal(await page.locator('.picture a').count(), 2);
  guarded.check();
});
