// A broker of its own on free ports, and a browser that forgives nothing: every console error, refused request, violation of the policy and foreign host is a failure.
import { after, before } from 'node:test';
import { spawn } from 'node:child_process';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import amqp from 'amqplib';
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Longest wait for anything: a safety net only. */
export const DEADLINE_MS = 20_000;

/** One broker. */
class Broker {
  static async start() {
    const broker = new Broker();
    broker.directory = await mkdtemp(path.join(tmpdir(), 'ropeway-browser-'));
    await broker.run(0, 0);
    return broker;
  }

  /** Starts the process; ports are free ones when they are 0. */
  async run(amqpPort, httpPort) {
    this.process = spawn(process.env.ROPEWAY_TEST_EXECUTABLE, ['serve', '--listen', `amqp://127.0.0.1:${amqpPort}`, '--listen', `http://127.0.0.1:${httpPort}`, '--data-dir', this.directory], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise(resolve => this.process.once('exit', resolve));
    this.process.stderr.resume();
    await new Promise((resolve, reject) => {
      let text = '';
      const patience = setTimeout(() => reject(new Error(`The broker did not start:\n${text}`)), DEADLINE_MS);
      this.process.stdout.on('data', data => {
        text += data;
        const ready = /ropeway ready amqp:\/\/(\S+) (http:\/\/\S+)/.exec(text);
        if (ready) {
          clearTimeout(patience);
          [, this.amqp, this.url] = ready;
          resolve();
        }
      });
    });
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
  }

  async dispose() {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A client of AMQP. */
  connect(user = 'guest') {
    return amqp.connect(`amqp://${user}:${user}@${this.amqp}`, { clientProperties: { connection_name: 'suite' } });
  }

  /** A request of the API, as a tool would send it. */
  async api(method, address, body, user = 'guest') {
    const response = await fetch(`${this.url}/api/${address}`, {
      method,
      headers: { Authorization: `Basic ${btoa(`${user}:${user}`)}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${address}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** Makes a user whose password is its name, with all permissions in "/". */
  async addUser(name, tags) {
    await this.api('PUT', `users/${name}`, { password: name, tags });
    await this.api('PUT', `permissions/%2F/${name}`, { configure: '.*', write: '.*', read: '.*' });
  }
}

/** One browser with a profile of its own. */
class Browser {
  static async start() {
    const browser = new Browser();
    browser.directory = await mkdtemp(path.join(tmpdir(), 'ropeway-profile-'));
    browser.context = await chromium.launchPersistentContext(browser.directory, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: true,
      args: FLAGS,
      viewport: { width: 1440, height: 900 },
      reducedMotion: 'reduce',
    });
    browser.context.setDefaultTimeout(DEADLINE_MS);
    return browser;
  }

  async dispose() {
    await this.context.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A page that notes everything that must not happen. */
  async open(broker) {
    const page = await this.context.newPage();
    return new Guarded(page, broker);
  }
}

/** A page under guard. */
class Guarded {
  constructor(page, broker) {
    Object.assign(this, { page, broker, faults: [], expected: [], requests: [] });
    page.on('console', message => {
      // A refused request is judged by its response.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.faults.push(`console: ${message.text()}`);
      }
    });
    page.on('pageerror', fault => this.faults.push(`exception: ${fault.stack}`));
    page.on('request', request => {
      this.requests.push(request);
      if (!request.url().startsWith(`${broker.url}/`) && !/^(data|blob):/.test(request.url())) {
        this.faults.push(`foreign host: ${request.url()}`);
      }
    });
    page.on('requestfailed', request => {
      // Streams and what a page that is left had asked for are cut; that is no failure.
      if (request.failure()?.errorText !== 'net::ERR_ABORTED' && !this.#isExpected(0, request.url())) {
        this.faults.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
      }
    });
    page.on('response', response => {
      if (response.status() >= 400 && !this.#isExpected(response.status(), response.url())) {
        this.faults.push(`${response.status()}: ${response.request().method()} ${response.url()}`);
      }
    });
    this.expect(401, /\/api\/ropeway\/session$/); // "Is anybody signed in?"
  }

  /** Answers of this status from such an address are part of the test. */
  expect(status, address) {
    this.expected.push({ status, address });
  }

  #isExpected(status, url) {
    return this.expected.some(one => one.status === status && one.address.test(url));
  }

  /** Nothing must have happened that must not. */
  check() {
    assert.deepEqual(this.faults, []);
  }

  async signIn(user = 'guest', address = '/') {
    await this.page.goto(this.broker.url + address);
    await this.page.getByLabel('User').fill(user);
    await this.page.getByLabel('Password').fill(user);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.locator('.frame h1').waitFor();
  }

  async go(address) {
    await this.page.goto(this.broker.url + address);
    await this.page.locator('.frame h1').waitFor();
  }

  /** The text of the heading. */
  heading() {
    return this.page.locator('main h1').innerText();
  }

  /** Waits until a text stands on the page. */
  async sees(text) {
    await this.page.getByText(text).first().waitFor();
  }

  async screenshot(name) {
    await mkdir(new URL('../screenshots/', import.meta.url), { recursive: true });
    await this.page.screenshot({ path: new URL(`../screenshots/${name}.png`, import.meta.url).pathname, fullPage: true });
  }
}

/** What a suite has while its tests run. Each suite is a process of its own, so there is one of each. */
export let broker;
export let browser;
export let guarded;

/** Starts a broker and a browser for the suite, and ends them after its last test. `prepare` makes what the tests want to find there. */
export function withBroker(prepare = () => {}) {
  before(async () => {
    broker = await Broker.start();
    browser = await Browser.start();
    await prepare();
  });
  after(async () => {
    await browser?.dispose();
    await broker?.dispose();
  });
}

/** As withBroker, with a page on which guest is signed in once everything is prepared. */
export function withPage(prepare = () => {}) {
  withBroker(async () => {
    guarded = await browser.open(broker);
    await prepare();
    await guarded.signIn();
  });
}
