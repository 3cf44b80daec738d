// The server's page in a real browser: Debian's Chromium, driven without a window.

import assert from 'node:assert/strict';
import {dirname} from 'node:path';
import {after, before, test} from 'node:test';
import {chromium} from 'playwright-core';
import {address, compared, key, noPicture, photographs} from './server.mjs';

const paths = photographs.map(photograph => photograph.path);
const squares = photographs.length ** 2;

let browser;

before(async () => {
  browser = await chromium.launch({ // with an empty folder of user data, which it makes and removes
    executablePath: process.env.STRIDER_CHROMIUM || '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync']
  });
});

after(() => browser?.close());

/** Runs a test with the page open, and fails if it broke its own policy or an error was not caught. */
function onPage(name, act, options = {}) {
  test(name, async () => {
    const context = await browser.newContext({viewport: {width: 1200, height: 900}, ...options});
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const wrong = [];
      page.on('pageerror', error => wrong.push(error.message));
      page.on('console', message => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          wrong.push(message.text());
        }
      });
      page.on('request', request => {
        if (!request.url().startsWith(address) && !request.url().startsWith('blob:')) {
          wrong.push(`asked for ${request.url()}`);
        }
      });
      await page.goto(address);
      await act(page, context);
      assert.deepEqual(wrong, []);
    } finally {
      await context.close();
    }
  });
}

async function giveKey(page) {
  if (key) {
    await page.getByLabel('API key').fill(key);
    await page.getByLabel('API key').press('Enter');
  }
  await page.waitForFunction(() => document.getElementById('model').value !== '');
}

/** As a hand would drop files from a file manager. */
async function drop(page, context, files) {
  const {x, y} = await page.locator('#intake').boundingBox();
  const devtools = await context.newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await devtools.send('Input.dispatchDragEvent',
      {type, x: x + 40, y: y + 20, data: {items: [], files, dragOperationsMask: 1}});
  }
}

function choose(page, files) {
  return page.getByLabel('Drop pictures here').setInputFiles(files);
}

function matrixHas(page, count) {
  return page.waitForFunction(expected =>
    document.querySelectorAll('#matrix td[data-row]').length === expected, count);
}

/** The number with so many digits; a server's first answers and later ones may differ in their last bits. */
function assertShows(text, expected, digits, what) {
  assert.match(text, new RegExp(`^[01]\\.\\d{${digits}}$`), what);
  assert.ok(Math.abs(Number(text) - expected) <= 0.5 * 10 ** -digits + 1e-6, `${what}: ${text}, not ${expected}`);
}

onPage('photographs that are dropped become a matrix with the numbers of POST /compare', async (page, context) => {
  await giveKey(page);
  await drop(page, context, paths);
  await matrixHas(page, squares);
  const shown = await page.locator('#matrix tbody tr').evaluateAll(rows =>
    rows.map(row => [...row.querySelectorAll('td')].map(cell => ({
      text: cell.textContent, color: getComputedStyle(cell).backgroundColor}))));
  const expected = await compared();
  shown.forEach((row, i) => row.forEach(({text}, j) =>
    assertShows(text, expected[i][j], 3, `${photographs[i].name} and ${photographs[j].name}`)));
  // The ends of the scale that `strider compare` has too.
  const least = Math.min(...expected.flat());
  const i = expected.findIndex(row => row.includes(least));
  assert.equal(shown[i][expected[i].indexOf(least)].color, 'rgb(11, 15, 43)');
  assert.equal(shown[0][0].color, 'rgb(253, 240, 196)');
  for (const timing of ['#decode', '#queue', '#compute', '#round-trip']) {
    assert.match(await page.locator(timing).textContent(), /^\d+(\.\d)? ms$/, timing);
  }
  await page.waitForFunction(count => document.querySelectorAll('#tiles img').length === count, paths.length);
  if (process.env.STRIDER_SCREENSHOT) {
    await page.hover('#matrix td[data-row="0"][data-column="4"]');
    await page.evaluate(() => document.activeElement.blur());
    await page.screenshot({path: process.env.STRIDER_SCREENSHOT, fullPage: true});
  }
});

onPage('of a folder that is dropped the pictures are taken', async (page, context) => {
  await giveKey(page);
  await drop(page, context, [dirname(paths[0])]); // a text is in it too
  await matrixHas(page, squares);
  assert.equal(await page.locator('#status').textContent(), `${paths.length} computed`);
});

onPage('pictures can be pasted', async page => {
  await giveKey(page);
  await page.evaluate(async files => {
    const clipboardData = new DataTransfer();
    for (const [name, base64] of files) {
      const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
      clipboardData.items.add(new File([bytes], name, {type: 'image/png'}));
    }
    document.dispatchEvent(new ClipboardEvent('paste', {clipboardData, cancelable: true}));
  }, photographs.slice(0, 2).map(({name, bytes}) => [name, bytes.toString('base64')]));
  await matrixHas(page, 4);
});

onPage('pointing at a square shows its pair', async page => {
  await giveKey(page);
  await choose(page, paths);
  await matrixHas(page, squares);
  await page.hover('#matrix td[data-row="1"][data-column="6"]');
  assert.equal(await page.locator('#pair-names').textContent(), `${photographs[1].name} and ${photographs[6].name}`);
  assertShows(await page.locator('#cosine').textContent(), (await compared())[1][6], 4, 'the pair');
  await page.mouse.move(0, 0);
  assert.equal(await page.locator('#pair-title').textContent(), 'most alike');
});

onPage('a bad picture shows its error beside the good ones', async page => {
  await giveKey(page);
  await choose(page, [
    {name: 'first.png', mimeType: 'image/png', buffer: photographs[0].bytes}, noPicture,
    {name: 'last.png', mimeType: 'image/png', buffer: photographs[5].bytes}]);
  await matrixHas(page, 4);
  const tiles = page.locator('#tiles li');
  assert.equal(await tiles.count(), 3);
  assert.equal(await page.locator('#tiles .bad').count(), 1);
  assert.match(await tiles.nth(1).textContent(), /notes\.png.{10,}/);
  assert.equal(await page.locator('#status').textContent(), '2 computed, 1 refused');
  await page.getByRole('button', {name: 'Remove notes.png'}).click();
  assert.equal(await tiles.count(), 2);
});

onPage('only bad pictures: each shows its own error', async page => {
  await giveKey(page);
  await choose(page, [noPicture, {...noPicture, name: 'more.png', buffer: photographs[0].bytes.subarray(0, 300)}]);
  await page.waitForFunction(() => document.querySelectorAll('#tiles .bad').length === 2);
  assert.equal(await page.locator('#matrix td').count(), 0);
  for (const error of await page.locator('#tiles .error').allTextContents()) {
    assert.ok(error.length > 10, error);
  }
});

onPage('a picture that is added is sent alone; one picture has no matrix yet', async page => {
  await giveKey(page);
  await choose(page, paths[0]);
  await page.getByText('Add another picture').waitFor();
  await choose(page, paths[5]);
  await matrixHas(page, 4);
  assert.match(await page.locator('#extent').textContent(), /^1 picture in 1 request/);
});

onPage('the keyboard reaches everything', async page => {
  await giveKey(page);
  await page.getByLabel('API key').focus();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'files');
  await choose(page, paths.slice(0, 3));
  await matrixHas(page, 9);
  for (const id of ['again', 'clear']) {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.id), id);
  }
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), `Remove ${photographs[0].name}`);
  await page.keyboard.press('Enter');
  await matrixHas(page, 4);
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), `Remove ${photographs[1].name}`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab'); // one stop for the whole matrix
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.locator('#pair-names').textContent(), `${photographs[1].name} and ${photographs[2].name}`);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown'); // stays in the last row
  assert.equal(await page.locator('#pair-names').textContent(), photographs[2].name);
});

onPage('a full queue is waited for as long as it asks', async page => {
  await giveKey(page);
  const times = [];
  await page.route('**/embed', route => {
    times.push(Date.now());
    return times.length > 1 ? route.continue() : route.fulfill({
      status: 429, headers: {'Retry-After': '1'},
      json: {error: {message: 'The queue is full.', reason: 'queue_full'}}});
  });
  await choose(page, paths);
  await page.getByText('The queue is full. – trying again in').waitFor();
  await matrixHas(page, squares);
  assert.equal(times.length, 2);
  assert.ok(times[1] - times[0] >= 1000, `came back after ${times[1] - times[0]} ms`);
  assert.ok(await page.locator('#problem').isHidden());
});

onPage('a request that is too large is cut; a picture that is too large is told', async page => {
  await giveKey(page);
  let requests = 0;
  await page.route('**/embed', route => {
    requests++;
    return requests === 2 || requests === 3 ? route.continue() : route.fulfill({
      status: 413, json: {error: {message: 'body: 9 bytes (expected: at most 8)', reason: 'too_large'}}});
  });
  await choose(page, paths);
  await matrixHas(page, squares);
  assert.equal(requests, 3);
  await choose(page, {name: 'huge.png', mimeType: 'image/png', buffer: photographs[0].bytes});
  await page.getByText('body: 9 bytes').waitFor();
  assert.equal(await page.locator('#tiles .bad').count(), 1);
});

onPage('a server that is gone is told, and is asked again', async page => {
  await giveKey(page);
  await page.route(/embed|healthz/, route => route.abort('connectionrefused'));
  await choose(page, paths);
  await page.getByText('The server does not answer.').waitFor();
  await page.unroute(/embed|healthz/);
  await page.getByRole('button', {name: 'Try again'}).click();
  await matrixHas(page, squares);
  assert.ok(await page.locator('#problem').isHidden());
});

onPage('a hundred pictures at most; fifty fit a window and have numbers on request', async page => {
  await giveKey(page);
  let requests = 0;
  let angle = 0;
  await page.route('**/embed', route => { // vectors are made up, and pictures are none: it is about their number
    const count = [16, 16, 16, 2][requests++ % 4];
    return route.fulfill({json: {model: 'faces', dimensions: 2, timings: {}, embeddings: Array.from({length: count},
      () => ({embedding: [Math.cos(angle += 0.01), Math.sin(angle)]}))}});
  });
  await choose(page, Array(50).fill(noPicture));
  await matrixHas(page, 50 * 50);
  const scroller = page.locator('#scroller');
  const width = () => scroller.evaluate(element => element.scrollWidth - element.clientWidth);
  assert.ok(await width() <= 1, `${await width()} pixels too wide`);
  await page.getByLabel('Larger squares, with numbers').check();
  assert.ok(await width() > 100);
  const square = page.locator('#matrix td[data-row="0"][data-column="49"]');
  assert.equal(await square.textContent(), Math.cos(0.49).toFixed(2));
  assert.ok(parseFloat(await square.evaluate(element => getComputedStyle(element).fontSize)) >= 9);
  await choose(page, Array(60).fill(noPicture));
  await matrixHas(page, 100 * 100);
  assert.match(await page.locator('#status').textContent(), /^100 computed, 10 left out/);
  await page.getByRole('button', {name: 'Remove all'}).click();
  assert.ok(await page.locator('#tray').isHidden());
}, {viewport: {width: 1440, height: 900}});

onPage('the page shows the models of GET /v1/models, and asks the one that is chosen', async page => {
  await page.route('**/v1/models', route => route.fulfill({json: {data: [{id: 'faces'}, {id: 'no-such-model'}]}}));
  await page.reload();
  await giveKey(page);
  await choose(page, paths);
  await matrixHas(page, squares);
  await page.getByLabel('Model').selectOption('no-such-model');
  await page.getByRole('alert').getByText('no-such-model').waitFor();
  await page.getByLabel('Model').selectOption('faces');
  await matrixHas(page, squares);
  assert.ok(await page.locator('#problem').isHidden());
});

onPage('on a phone nothing is wider than the window', async page => {
  await giveKey(page);
  await choose(page, [...paths, ...paths]);
  await matrixHas(page, 4 * squares);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
}, {viewport: {width: 390, height: 844}, isMobile: true, hasTouch: true, colorScheme: 'dark'});

if (key) {
  onPage('without the key the page asks for it, and goes on once it has it', async page => {
    await choose(page, paths);
    await page.getByText('asks for an API key').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'key');
    await page.keyboard.type('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({hasNotText: 'asks for an API key'}).waitFor();
    await giveKey(page);
    await matrixHas(page, squares);
    assert.ok(await page.locator('#problem').isHidden());
  });
}

test('the page comes with a policy that lets nothing in from elsewhere', async () => {
  const policy = (await fetch(address)).headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src '(none|self)'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
});
