import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { violations } from './axe.js';
import { broker, guarded, withPage } from './rig.js';

withPage();

test('a policy is made after a look at what it matches, changed, and deleted', async () => {
  const { page } = guarded;
  await broker.api('PUT', 'queues/%2F/mail.out', {});
  await guarded.go('/policies');
  await page.getByRole('button', { name: 'New policy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('short');
  await dialog.getByLabel('Names that match').fill('^mail');
  await guarded.sees('1 queue of 1 matches at most: mail.out');
  await dialog.getByLabel('Settings').fill('max-length: 10\noverflow: reject-publish');
  await dialog.getByRole('button', { name: 'Save the policy' }).click();
  await guarded.sees('One policy sets rules');

  assert.deepEqual((await broker.api('GET', 'policies/%2F/short')).definition, { 'max-length': 10, overflow: 'reject-publish' });
  await guarded.go('/queues/%2F/mail.out?tab=settings');
  await guarded.sees('publishers are refused');
  await guarded.go('/policies');
  await page.getByRole('button', { name: 'Delete… short' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('short');
  await page.getByRole('button', { name: 'Delete the policy' }).click();
  await guarded.sees('No policy');
  guarded.check();
});

test('a wrong setting is refused with the reason, and the form keeps what was typed', async () => {
  const { page } = guarded;
  guarded.expect(400, /\/api\/policies\//);
  await guarded.go('/policies');
  await page.getByRole('button', { name: 'New policy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('wrong');
  await dialog.getByLabel('Names that match').fill('.*');
  await dialog.getByLabel('Settings').fill('max-length: many');
  await dialog.getByRole('button', { name: 'Save the policy' }).click();
  assert.match(await dialog.getByRole('alert').innerText(), /maximum length/);
  assert.equal(await dialog.getByLabel('Settings').inputValue(), 'max-length: many');
  await page.keyboard.press('Escape');
  guarded.check();
});

test('a user is made with tags and permissions, and can sign in', async () => {
  const { page } = guarded;
  await guarded.go('/users');
  await page.getByRole('button', { name: 'New user…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('berta');
  await page.getByRole('dialog').getByLabel('Password').fill('berta');
  await page.getByRole('dialog').getByRole('checkbox', { name: /monitoring/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('dialog').getByLabel('Publish and bind').fill('^mail');
  await page.getByRole('button', { name: 'Set permissions' }).click();
  await guarded.sees('^mail');

  assert.deepEqual((await broker.api('GET', 'whoami', undefined, 'berta')).tags, ['monitoring']);
  guarded.check();
});

test('a virtual host is made, bounded and deleted', async () => {
  const { page } = guarded;
  await guarded.go('/vhosts');
  await page.getByRole('button', { name: 'New virtual host…' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('tenant/a');
  await page.getByRole('button', { name: 'Make the virtual host' }).click();
  await page.getByRole('button', { name: 'Limits… tenant/a' }).click();
  await page.getByRole('dialog').getByLabel('Queues').fill('7');
  await page.getByRole('button', { name: 'Set the limits' }).click();
  await guarded.sees('queues 7');
  await page.getByRole('button', { name: 'Delete… tenant/a' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('tenant/a');
  await page.getByRole('button', { name: 'Delete the virtual host' }).click();
  await page.getByRole('link', { name: 'tenant/a' }).waitFor({ state: 'detached' });
  guarded.check();
});

/** Chooses a file of definitions. */
const choose = definitions => guarded.page.getByLabel(/^File of/).setInputFiles({ name: 'definitions.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(definitions)) });

test('definitions go out as a file and come back', async () => {
  const { page } = guarded;
  await guarded.go('/definitions');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save definitions' }).click()]);
  const definitions = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.ok(definitions.queues.some(queue => queue.name === 'mail.out'));

  await choose({ queues: [{ name: 'brought', vhost: '/', durable: true, auto_delete: false, arguments: {} }], policies: [{ name: 'kept', vhost: '/', pattern: '^b', definition: { 'max-length': 7 } }] });
  await guarded.sees('What it would change: 2 to add.');
  await page.getByRole('button', { name: 'Bring in 2 changes' }).click();
  await guarded.sees('The file holds now: 2 added, 0 changed.');
  assert.equal((await broker.api('GET', 'queues/%2F/brought')).name, 'brought');
  guarded.expect(400, /definitions\/diff$/);
  await page.getByLabel(/^File of/).setInputFiles({ name: 'other.json', mimeType: 'application/json', buffer: Buffer.from('no JSON') });
  await guarded.sees('This is no file of definitions');
  guarded.check();
});

test('what a file would change is shown before, and a change meanwhile wants another look', async () => {
  const { page } = guarded;
  await guarded.go('/definitions');
  await choose({ policies: [{ name: 'kept', vhost: '/', pattern: '^b', definition: { 'max-length': 9 } }], users: [{ name: 'berta', password_hash: '', tags: ['monitoring'] }] });
  await guarded.sees('What it would change: 2 to change.');
  const rows = (await page.locator('main tbody tr').allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' '));
  assert.match(rows[0], /berta users\[0\] change .*password differs/);
  assert.match(rows[1], /kept policies\[0\] change definition\.max-length: 7 → 9/);
  assert.deepEqual(await violations(page), []);
  await guarded.screenshot('definitions-diff');

  await broker.api('PUT', 'policies/%2F/kept', { pattern: '^c', definition: { 'max-length': 8 } });
  guarded.expect(409, /\/definitions\?if_state=/);
  await page.getByRole('button', { name: 'Bring in 2 changes' }).click();
  await guarded.sees('somebody has changed something meanwhile');
  await guarded.sees('definition.max-length: 8 → 9');
  assert.equal((await broker.api('GET', 'policies/%2F/kept')).definition['max-length'], 8);
  await page.getByRole('button', { name: 'Bring in 2 changes' }).click();
  await guarded.sees('The file holds now: 0 added, 2 changed.');
  assert.deepEqual((await broker.api('GET', 'policies/%2F/kept')).definition, { 'max-length': 9 });

  await choose({ queues: [{ name: 'kept', vhost: 'nowhere' }, { name: 'brought', vhost: '/', durable: false }] });
  await guarded.sees('What it would change: 2 refused.');
  assert.equal(await page.getByRole('button', { name: 'Bring in 0 changes' }).isDisabled(), true);
  guarded.check();
});

test('what is not in a file is deleted when the word is typed, and an import is taken back', async () => {
  const { page } = guarded;
  await broker.api('PUT', 'vhosts/pruned');
  await broker.api('PUT', 'permissions/pruned/guest', { configure: '.*', write: '.*', read: '.*' });
  await broker.api('PUT', 'queues/pruned/old', { durable: true });
  await broker.api('PUT', 'queues/pruned/full', { durable: true });
  await broker.api('POST', 'exchanges/pruned/amq.default/publish', { routing_key: 'full', payload: 'x', payload_encoding: 'string', properties: {} });
  await guarded.go('/definitions');
  await page.getByLabel('Virtual host').last().selectOption('pruned');
  await choose({ queues: [{ name: 'fresh', durable: true }] });
  await guarded.sees('What it would change: 1 to add.');
  const box = page.getByLabel('Also delete what is not in the file');
  await box.focus();
  await page.keyboard.press('Space');
  await guarded.sees('What it would change: 1 to add, 1 to delete.');
  await guarded.sees('Not in the file: 1 to delete, 1 stays');
  const rows = (await page.getByRole('region', { name: /^Not in the file/ }).locator('tbody tr').allInnerTexts()).map(text => text.replaceAll(/\s+/g, ' ').trim());
  assert.match(rows[0], /^full queues in pruned stays it has messages$/);
  assert.match(rows[1], /^old queues in pruned delete/);
  assert.deepEqual(await violations(page), []);
  await guarded.screenshot('definitions-prune');

  await page.getByRole('button', { name: 'Bring in 2 changes…' }).click();
  const act = page.getByRole('button', { name: 'Bring in and delete 1' });
  assert.equal(await act.isDisabled(), true);
  await page.getByRole('dialog').getByRole('textbox').fill('delete');
  await page.keyboard.press('Enter');
  await guarded.sees('The file holds now: 1 added, 0 changed, 1 deleted.');
  const names = async () => (await broker.api('GET', 'queues/pruned')).map(queue => queue.name).sort();
  assert.deepEqual(await names(), ['fresh', 'full']);

  await page.getByRole('button', { name: /^Undo \(until .*\) the import of / }).first().press('Enter');
  await guarded.sees('Taken back: 1 restored, 1 deleted.');
  assert.deepEqual(await names(), ['full', 'old']);
  assert.deepEqual(await violations(page), []);
  guarded.check();
});

test('a connection is shown with its client and closed with a reason', async () => {
  const { page } = guarded;
  const client = await broker.connect();
  const told = new Promise(resolve => client.once('close', resolve)); // The client's library takes an operator's act for no error.
  await client.createChannel();
  await guarded.go('/connections');
  await page.getByRole('link', { name: 'suite' }).click();
  await guarded.sees('AMQP 0-9-1, login by PLAIN');
  await page.getByRole('button', { name: 'Close…' }).click();
  await page.getByRole('dialog').getByLabel('Reason, for the client').fill('moving house');
  await page.getByRole('button', { name: 'Close the connection' }).click();
  assert.match((await told).message, /moving house/);
  await guarded.sees('Nobody is connected.');
  guarded.check();
});
