import { test } from 'node:test';
import assert from 'node:assert/strict';
import { broker, browser, withBroker } from './rig.js';

withBroker(async () => {
  await broker.addUser('anna', 'administrator');
});

async function refusal(guarded, user, password) {
  await guarded.page.getByLabel('User').fill(user);
  await guarded.page.getByLabel('Password').fill(password);
  await guarded.page.getByRole('button', { name: 'Sign in' }).click();
  const alert = guarded.page.getByRole('alert');
  await alert.waitFor();
  return alert.innerText();
}

test('a wrong password and an unknown user get the same answer', async () => {
  const guarded = await browser.open(broker);
  await guarded.page.goto(broker.url);

  const wrong = await refusal(guarded, 'guest', 'nonsense');
  const unknown = await refusal(guarded, 'nobody', 'nonsense');

  assert.equal(wrong, unknown);
  assert.match(wrong, /do not fit/);
  guarded.check();
  await guarded.page.close();
});

test('the address that was asked for is there after the sign-in, and after a reload', async () => {
  await broker.api('PUT', 'queues/%2F/deep%2Flink', {});
  const guarded = await browser.open(broker);

  await guarded.signIn('guest', '/queues/%2F/deep%2Flink?tab=settings');
  assert.equal(await guarded.heading(), 'deep/link');
  await guarded.page.reload();
  await guarded.page.locator('.frame h1').waitFor();

  assert.equal(await guarded.heading(), 'deep/link');
  assert.match(guarded.page.url(), /\/queues\/%2F\/deep%2Flink\?tab=settings$/);
  guarded.check();
  await guarded.page.close();
});

test('scripts cannot read the session, and storage holds no secret', async () => {
  const guarded = await browser.open(broker);
  await guarded.go('/');

  const cookies = await browser.context.cookies();
  const seen = await guarded.page.evaluate(() => ({ cookie: document.cookie, local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage) }));

  assert.equal(cookies.length, 1);
  assert.deepEqual([cookies[0].httpOnly, cookies[0].sameSite], [true, 'Strict']);
  assert.equal(seen.cookie, '');
  assert.doesNotMatch(seen.local + seen.session, /guest/);
  guarded.check();
  await guarded.page.close();
});

test('markup from text is refused by the browser', async () => {
  const guarded = await browser.open(broker);
  await guarded.go('/');

  const fault = await guarded.page.evaluate(() => {
    try {
      document.createElement('div').innerHTML = '<b>x</b>';
      return 'taken';
    } catch (refused) {
      return refused.name;
    }
  });

  assert.equal(fault, 'TypeError');
  await guarded.page.close(); // The console tells of it, as it should.
});

test('a session that has ended asks in place and keeps what was typed', async () => {
  const guarded = await browser.open(broker);
  guarded.expect(401, /\/api\//);
  await browser.context.clearCookies();
  await guarded.signIn('anna', '/routing');
  await guarded.page.getByLabel('Routing key').fill('typed before');

  await broker.api('PUT', 'users/anna', { password: 'other', tags: 'administrator' });
  const dialog = guarded.page.getByRole('dialog');
  await dialog.waitFor();
  await dialog.getByLabel('Password').fill('other');
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'detached' });

  assert.equal(await guarded.page.getByLabel('Routing key').inputValue(), 'typed before');
  guarded.check();
  await guarded.page.close();
});

test('signing out ends the session', async () => {
  await browser.context.clearCookies();
  const guarded = await browser.open(broker);
  await guarded.signIn();

  await guarded.page.getByLabel('Menu of guest').click();
  await guarded.page.getByRole('button', { name: 'Sign out' }).click();
  await guarded.page.getByLabel('Password').waitFor();
  await guarded.page.goto(`${broker.url}/queues`);

  await guarded.page.getByLabel('Password').waitFor();
  assert.equal(await guarded.page.locator('.frame').count(), 0);
  guarded.check();
  await guarded.page.close();
});
