import { test } from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { broker, guarded, withPage } from './rig.js';

withPage(async () => {
  const client = await broker.connect();
  const channel = await client.createConfirmChannel();
  await channel.assertQueue('odd', { durable: true });
  const bodies = [
    Buffer.from('{"id":9007199254740993,"list":[],"nested":{"a":[1,2]},"text":"a: {b}, \\"c\\""}'),
    Buffer.from('<img src=x onerror=alert(1)>'),
    Buffer.from('admin\u202Etxt.exe'),
    Buffer.from([0xff, 0xfe, 0x00, 0x41]),
    gzipSync('packed text'),
    Buffer.alloc(5_000_000, 'x'),
  ];
  for (const [index, body] of bodies.entries()) {
    channel.sendToQueue('odd', body, { persistent: true, messageId: `m-${index}`, headers: { n: index }, contentEncoding: index === 4 ? 'gzip' : undefined });
  }
  await channel.assertQueue('many', { durable: true });
  for (let index = 0; index < 300; index++) {
    channel.sendToQueue('many', Buffer.from(`body ${index}`), { persistent: true, headers: { tenant: index % 10 } });
  }
  await channel.waitForConfirms();
  await client.close();
});

const body = () => guarded.page.locator('.detail pre').innerText();

async function look(sequence) {
  await guarded.go(`/queues/%2F/odd?message=${sequence}`);
  await guarded.page.locator('.detail').waitFor();
}

test('a number of 64 bits is shown as it came, in JSON with indents', async () => {
  await look(0);
  assert.equal(await body(), '{\n  "id": 9007199254740993,\n  "list": [],\n  "nested": {\n    "a": [\n      1,\n      2\n    ]\n  },\n  "text": "a: {b}, \\"c\\""\n}');
  guarded.check();
});

test('markup, turned text, octets and packed bodies are shown for what they are', async () => {
  await look(1);
  assert.equal(await body(), '<img src=x onerror=alert(1)>');
  await look(2);
  assert.equal(await body(), 'admin[U+202E]txt.exe');
  await look(3);
  assert.match(await body(), /^000000 {2}ff fe 00 41 /);
  await look(4);
  assert.equal(await body(), 'packed text');
  await guarded.sees('gzip undone');
  guarded.check();
});

test('a large body shows its beginning, and is saved whole', async () => {
  await look(5);
  await guarded.sees('Only the beginning is shown.');
  const [download] = await Promise.all([guarded.page.waitForEvent('download'), guarded.page.getByRole('link', { name: 'Save the exact bytes' }).click()]);
  let bytes = 0;
  for await (const part of await download.createReadStream()) {
    bytes += part.length;
  }
  assert.equal(bytes, 5_000_000);
});

test('pages go both ways, and the filter finds what it names', async () => {
  const { page } = guarded;
  const first = () => page.locator('tbody th').first().innerText();
  await guarded.go('/queues/%2F/many');
  assert.equal(await first(), '0');
  await page.getByRole('button', { name: 'Newer' }).click();
  await page.waitForFunction(() => document.querySelector('tbody th')?.textContent.trim() === '50');
  await page.getByRole('button', { name: 'Older' }).click();
  await page.waitForFunction(() => [...document.querySelectorAll('tbody th')].some(cell => cell.textContent.trim() === '0'));

  await page.getByLabel('Filter', { exact: true }).fill('header:tenant=7 "body 17"');
  await page.getByRole('button', { name: 'Look' }).click();
  await guarded.sees('body 177');
  assert.deepEqual(await page.locator('tbody th').allInnerTexts(), ['17', '177']);
  assert.match(page.url(), /filter=/);

  guarded.expect(400, /filter=size/);
  await page.getByLabel('Filter', { exact: true }).fill('size:big');
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByRole('alert').waitFor();
  guarded.check();
});

test('looking changes nothing: a consumer gets all in order, for the first time', async () => {
  await guarded.go('/queues/%2F/many?from=100&message=120');
  await guarded.page.locator('.detail').waitFor();
  const client = await broker.connect();
  const channel = await client.createChannel();
  const got = [];
  await new Promise(resolve => channel.consume('many', message => {
    got.push([message.content.toString(), message.fields.redelivered]);
    if (got.length === 300) {
      resolve();
    }
  }, { noAck: true }));
  assert.deepEqual(got, Array.from({ length: 300 }, (_, index) => [`body ${index}`, false]));
  await client.close();
});
