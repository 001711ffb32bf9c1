import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, browser, withBroker } from './rig.js';

withBroker(async () => {
  await broker.addUser('manager', 'management');
  await broker.addUser('monitor', 'monitoring');
  await broker.addUser('policies', 'policymaker');
  await broker.api('PUT', 'queues/%2F/mine', {});
});

const seen = {
  manager: ['Overview', 'Queues', 'Streams', 'Exchanges', 'Connections', 'Routing', 'Delayed', 'Jobs', 'Virtual hosts'],
  monitor: ['Overview', 'Queues', 'Streams', 'Exchanges', 'Connections', 'Routing', 'Delayed', 'Jobs', 'Virtual hosts', 'Health', 'Log'],
  policies: ['Overview', 'Queues', 'Streams', 'Exchanges', 'Connections', 'Routing', 'Delayed', 'Jobs', 'Policies', 'Virtual hosts'],
  guest: ['Overview', 'Queues', 'Streams', 'Exchanges', 'Connections', 'Routing', 'Delayed', 'Jobs', 'Policies', 'Users', 'Virtual hosts', 'Definitions', 'Health', 'Log', 'Acts'],
};

for (const [user, pages] of Object.entries(seen)) {
  test(`${user} sees what the tag allows`, async () => {
    await browser.context.clearCookies();
    const guarded = await browser.open(broker);
    await guarded.signIn(user);
    const names = await guarded.page.locator('.nav a').evaluateAll(links => links.map(link => [...link.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.textContent).join('').trim()));
    for (const name of pages) {
      assert.ok(names.includes(name), `${user} does not see ${name}`);
    }
    for (const name of seen.guest.filter(other => !pages.includes(other))) {
      assert.ok(!names.includes(name), `${user} sees ${name}`);
    }
    guarded.check();
    await guarded.page.close();
  });
}

test('the address of a page that is not allowed says what is missing', async () => {
  await browser.context.clearCookies();
  const guarded = await browser.open(broker);
  guarded.expect(401, /\/api\/(users|permissions)/);
  await guarded.signIn('manager', '/users');
  await guarded.sees('This is not yours to see.');
  await guarded.sees('Not administrator user');
  guarded.check();
  await guarded.page.close();
});

test('an act that permissions refuse says so where it was tried', async () => {
  await broker.api('PUT', 'permissions/%2F/manager', { configure: '', write: '', read: '.*' });
  await browser.context.clearCookies();
  const guarded = await browser.open(broker);
  guarded.expect(401, /\/api\/exchanges\/.*\/publish$/);
  await guarded.signIn('manager', '/queues/%2F/mine');
  await guarded.page.getByRole('button', { name: 'Publish', exact: true }).click();
  await guarded.page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
  await guarded.sees(/[Rr]efused/);
  guarded.check();
  await guarded.page.close();
});
