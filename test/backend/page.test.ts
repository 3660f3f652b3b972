import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { ROOT } from '../support/command.ts';
import { api, type RunningBackend, startBackend } from './support/backend.ts';
import { startBucket } from './support/bucket.ts';
import { startPostgres } from './support/postgres.ts';

/** The path of an installed Chromium; undefined where there is none. */
function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const places = [
    process.env.CHROMIUM ?? '',
    ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
  ];
  return places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return place !== '';
    } catch {
      return false;
    }
  });
}

type VideoFacts = { readyState: number; videoWidth: number };
type PictureFacts = { naturalWidth: number };

const executablePath = findChromium();
const WIDE = { width: 1280, height: 860 };
const NARROW = { width: 375, height: 812 };
const PICTURES = path.join(ROOT, 'out', 'page');

if (executablePath === undefined)
  test.skip('the page: skipped, because no Chromium is on the PATH or in CHROMIUM (Debian: apt-get install chromium)', () => {});

describe.runIf(executablePath !== undefined)('the page in Chromium', () => {
  let browser: Browser;
  let backend: RunningBackend;
  let embedded: RunningBackend;
  let end: () => Promise<void>;
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    // Root has no sandbox of Chromium's own.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    backend = await startBackend({}, { atEnd: (stop) => (end = stop) });
    embedded = backend;
    browser = await chromium.launch({ executablePath: executablePath!, args });
  });
  // Each test begins without generations, whatever the one before left running.
  beforeEach(async () => {
    const { generations } = (await api(backend, 'GET', '/v1/generations?limit=100')).body as {
      generations: { id: string }[];
    };
    for (const { id } of generations) {
      await api(backend, 'POST', `/v1/generations/${id}/cancel`);
      await expect
        .poll(async () => (await api(backend, 'DELETE', `/v1/generations/${id}`)).status, { timeout: 60_000 })
        .toBe(204);
    }
  });
  afterAll(async () => {
    await browser.close();
    await end();
  });

  /** A new tab on the page. `complaints` are what a browser reports: errors of scripts, of the policy, foreign requests. */
  async function open(viewport = WIDE): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // Chromium reports answers such as 422 by itself.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(backend.url) && !/^(blob|data):/.test(request.url()))
        complaints.push(`request to ${request.url()}`);
    });
    await page.goto(backend.url);
    return { page, complaints };
  }

  async function signIn(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Use the demo token' }).click();
    await page.getByLabel('Prompt').waitFor();
  }

  const count = async () =>
    ((await api(backend, 'GET', '/v1/generations')).body as { generations: unknown[] }).generations.length;
  const card = (page: Page, status: string) => page.locator(`li[data-status="${status}"]`);

  /** Signs in, submits from the form, watches it end and sees the clip. */
  async function seeClip(name: string, viewport: typeof WIDE): Promise<void> {
    const { page, complaints } = await open(viewport);
    await page.screenshot({ path: path.join(PICTURES, `${name}-1-sign-in.png`) });
    await signIn(page);
    await page.getByLabel('Prompt').fill('a lighthouse at dawn <img src=x onerror=alert(1)>');
    await expect
      .poll(() => page.locator('#price').textContent(), { timeout: 30_000 })
      .toMatch(/Estimated price: \d+ credits/);
    await page.getByRole('button', { name: 'Generate' }).click();
    await page.locator('#cards li').waitFor();
    expect(await page.locator('#cards li .said').textContent()).toBe(
      'a lighthouse at dawn <img src=x onerror=alert(1)>',
    );
    await page.screenshot({ path: path.join(PICTURES, `${name}-2-running.png`), fullPage: true });

    await card(page, 'succeeded').waitFor({ timeout: 90_000 });
    const video = page.locator('#cards video');
    await video.scrollIntoViewIfNeeded();
    await expect
      .poll(() => video.evaluate((element: VideoFacts) => element.readyState), { timeout: 30_000 })
      .toBeGreaterThanOrEqual(1);
    expect(await video.evaluate((element: VideoFacts) => element.videoWidth)).toBeGreaterThan(0);
    expect(await page.locator('#cards .facts').textContent()).toMatch(/sandbox.*took.*credits/);
    await page.screenshot({ path: path.join(PICTURES, `${name}-3-done.png`), fullPage: true });

    // Nothing sticks out of a phone, and what is pressed is large enough for a finger.
    expect(
      await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0);
    for (const button of await page.locator('button:visible').all())
      expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(40);

    await page.reload();
    await card(page, 'succeeded').waitFor();
    expect(await page.locator('#cards li .said').textContent()).toContain('a lighthouse at dawn');
    expect(complaints).toEqual([]);
  }

  test.each([
    ['wide', WIDE],
    ['narrow', NARROW],
  ] as const)('%s: sign in, submit from the form, watch it end, see the clip', seeClip);

  describe('with PostgreSQL and a bucket', () => {
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const postgres = await startPostgres();
      const bucket = await startBucket(inject('backend'));
      let end = async () => {};
      backend = await startBackend(
        { DATABASE_URL: postgres.createDatabase('page'), ...bucket.env },
        { atEnd: (one) => (end = one) },
      );
      stop = async () => {
        await end();
        await bucket.close();
        postgres.end();
        backend = embedded;
      };
    });
    afterAll(() => stop());

    test.each([
      ['servers-wide', WIDE],
      ['servers-narrow', NARROW],
    ] as const)('%s: sign in, submit from the form, watch it end, see the clip', seeClip);

    test('a generation of one tab shows in another one, and its clip too', async () => {
      const { page, complaints } = await open();
      await signIn(page);
      const other = (await open(NARROW)).page;
      await signIn(other);
      await page.getByLabel('Prompt').fill('seen in two tabs');
      await page.getByRole('button', { name: 'Generate' }).click();
      await other.locator('#cards li').waitFor();
      expect(await other.locator('#cards li .said').textContent()).toBe('seen in two tabs');
      await card(other, 'succeeded').waitFor({ timeout: 90_000 });
      const video = other.locator('#cards video');
      await expect
        .poll(() => video.evaluate((element: VideoFacts) => element.videoWidth), { timeout: 30_000 })
        .toBeGreaterThan(0);
      await other.screenshot({ path: path.join(PICTURES, 'servers-other-tab.png'), fullPage: true });
      expect(complaints).toEqual([]);
    });
  });

  test('a picture is shown itself', async () => {
    const { page, complaints } = await open();
    const body = { provider: 'apidot', model: 'gpt-image-2', payload: { prompt: 'a lighthouse' } };
    await api(backend, 'POST', '/v1/generations', {
      body,
      headers: { 'idempotency-key': 'a-picture-of-it' },
    });
    await signIn(page);
    await card(page, 'succeeded').waitFor({ timeout: 90_000 });
    const picture = page.locator('#cards img');
    await picture.scrollIntoViewIfNeeded();
    await expect
      .poll(() => picture.evaluate((element: PictureFacts) => element.naturalWidth), { timeout: 30_000 })
      .toBeGreaterThan(0);
    expect(await picture.getAttribute('alt')).toContain('gpt-image-2');
    expect(complaints).toEqual([]);
  });

  test('submits once, however often the button is pressed, and after an answer that was lost', async () => {
    const { page } = await open();
    await signIn(page);
    await page.getByLabel('Prompt').fill('one only');
    await page.evaluate("for (let n = 0; n < 10; n += 1) document.querySelector('#submit').click()");
    await page.locator('#another:not([hidden])').waitFor();
    await page.evaluate("document.querySelector('#submit').click()");
    expect(await count()).toBe(1);

    // The server takes the next one, and its answer is lost.
    let lost = 0;
    await page.route('**/v1/generations', async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort('connectionreset');
    });
    await page.getByRole('button', { name: 'Make another like it' }).click();
    await page.getByRole('button', { name: 'Generate' }).click();
    await expect
      .poll(() => page.locator('#form-error').textContent())
      .toContain('it is the same request and is charged once');
    expect(lost).toBe(1);
    await page.getByRole('button', { name: 'Generate' }).click();
    await page.locator('#another:not([hidden])').waitFor();
    expect(await count()).toBe(2);
  });

  test('by keyboard alone: sign in, choose, correct what was refused, submit, cancel', async () => {
    const { page } = await open();
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.textContent');
    await page.getByLabel('Token').waitFor();
    expect(await focused()).toBe('token');
    await page.keyboard.type('not-a-token');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.locator('#sign-in-error').textContent())
      .toBe('This token is not known here.');
    await page.keyboard.type('demo-token');
    await page.keyboard.press('Enter');
    await page.getByLabel('Prompt').waitFor();

    const tabTo = async (id: string) => {
      for (let n = 0; n < 40 && (await focused()) !== id; n += 1) await page.keyboard.press('Tab');
      expect(await focused()).toBe(id);
    };
    await tabTo('submit');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#field-prompt').getAttribute('aria-invalid')).toBe('true');
    expect(await focused()).toBe('field-prompt');
    expect(await page.locator('#field-prompt-error').textContent()).not.toBe('');
    expect(await count()).toBe(0);

    await page.keyboard.type('a task without end [sandbox:never]');
    await tabTo('submit');
    await page.keyboard.press('Enter');
    await page.locator('#cards li').waitFor();
    for (let n = 0; n < 40 && (await focused()) !== 'Cancel'; n += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await card(page, 'cancelled').waitFor({ timeout: 60_000 });
  });

  test('the button to submit is in sight on a wide screen, however long the form is', async () => {
    const { page } = await open({ width: 1280, height: 700 });
    await signIn(page);
    const loaded = page.waitForResponse((response) =>
      response.url().endsWith('/v1/models/aivideomaker/seedance20'),
    );
    await page.selectOption('#model', 'aivideomaker/seedance20');
    await loaded;
    await expect.poll(() => page.locator('#fields .field').count()).toBeGreaterThan(3);
    const box = (await page.getByRole('button', { name: 'Generate' }).boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(700);
  });

  test('says why one waits, and when the server is silent or gone', async () => {
    const own = await startBackend();
    const context = await browser.newContext({ viewport: WIDE });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.clock.install();
    await page.goto(own.url);
    await signIn(page);
    const connection = page.getByText('Live', { exact: true });
    await connection.waitFor();
    for (const prompt of ['a lighthouse [sandbox:no-credits]', 'a harbour [sandbox:no-credits]']) {
      await page.getByLabel('Prompt').fill(prompt);
      await page.getByRole('button', { name: 'Generate' }).click();
      await page.getByText(prompt, { exact: true }).waitFor();
      await page.getByRole('button', { name: /another/i }).click();
    }
    const waiting = page.locator('#cards .notice.waiting');
    await expect.poll(() => waiting.count()).toBe(2);
    expect(await waiting.first().textContent()).toContain('too few credits');

    const gone = page.getByText(/^Not connected/);
    process.kill(own.child.pid!, 'SIGSTOP');
    await page.clock.fastForward(20_000);
    await gone.waitFor();
    process.kill(own.child.pid!, 'SIGCONT');
    await page.clock.fastForward(5_000);
    await connection.waitFor();
    await own.stop('SIGKILL');
    await gone.waitFor();
  });

  test('shows why one failed; a form for every model; dark', async () => {
    const { page, complaints } = await open();
    await page.emulateMedia({ colorScheme: 'dark' });
    await signIn(page);
    await page.getByLabel('Prompt').fill('x [sandbox:fail]');
    await page.getByRole('button', { name: 'Generate' }).click();
    await card(page, 'failed').waitFor({ timeout: 90_000 });
    expect(await page.locator('#cards .notice').textContent()).not.toBe('');
    await page.screenshot({ path: path.join(PICTURES, 'dark-failed.png') });

    const models = await page
      .locator('#model option')
      .evaluateAll((options) => options.map((option) => (option as unknown as { value: string }).value));
    expect(models.length).toBeGreaterThan(50);
    for (const model of models) {
      const loaded = page.waitForResponse((response) => response.url().endsWith(`/v1/models/${model}`));
      await page.selectOption('#model', model);
      await loaded;
      await page.locator('#fields .field').first().waitFor();
    }
    page.once('dialog', (dialog) => dialog.accept());
    await page.getByRole('button', { name: /^Delete/ }).click();
    await expect.poll(() => count()).toBe(0);
    expect(await page.locator('#empty').isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });
});
