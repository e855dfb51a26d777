// One page in a real Firefox, led by lines of JSON: {"do": …} on standard input, {"result": …} or {"error": …} on
// standard output, in order. Its counterpart is firefox.py. The protocol is WebDriver BiDi, which any Firefox speaks.

import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';

const [executablePath] = process.argv.slice(2);
const PATIENCE = 30_000;

const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath,
  headless: true,
  extraPrefsFirefox: {
    'media.navigator.streams.fake': true,
    'media.navigator.permission.disabled': true,
    'media.autoplay.default': 0,
    'media.cubeb.backend': 'null', // a machine without a sound card plays into nothing, in real time
    'intl.locale.requested': 'en-GB',
    'intl.accept_languages': 'en-GB, en',
  },
});
const page = await browser.newPage();
const errors = [];
page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
page.on('pageerror', (error) => errors.push(String(error)));

/** Waits for a visible one, as a person does. */
async function press(selector) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    for (const button of await page.$$(selector)) {
      if (await button.isVisible()) return void (await button.click());
    }
    if (Date.now() > end) throw new Error(`nothing to press: ${selector}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

const acts = {
  open: ({ url }) => page.goto(url, { timeout: PATIENCE }).then(() => null),
  reload: () => page.reload({ timeout: PATIENCE }).then(() => null),
  press: ({ selector }) => press(selector).then(() => null),
  look: ({ script, arg }) => page.evaluate(`(${script})(${JSON.stringify(arg ?? null)})`),
  errors: async () => errors,
};

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ result: await browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    say({ result: (await acts[request.do](request)) ?? null });
  } catch (error) {
    say({ error: String(error) });
  }
}
await browser.close();
