// Getting models on the page: the picker, downloads from a server that does everything wrong, files from the device. What runs
// afterwards has the program's hallmark.
//
//   node tests/e2e/models.test.mjs

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as ask } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { hostileServer } from '../aids/hostile-server.mjs';
import { test } from '../harness.mjs';
import { SHOTS, SLOW, alertText, closeAll, hallmarkOf, isolated, overflow, withPage } from './fixture.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../aids/hostile-server.mjs').Step} Step */

const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};
const LIMIT = 2;
const CUT = { cut: 250000 };
const STALL = { stall: 100000 }; // such a download is never over

const folder = mkdtempSync(join(tmpdir(), 'assay-models-'));
const model = join(folder, 'a-model.gguf');
execFileSync('build/assay', ['model', 'random', model, '--preset', 'tiny'], { stdio: 'ignore' });
const text = readFileSync(model);
const vision = readFileSync(join(folder, 'mmproj-a-model.gguf'));
const { hallmark } = JSON.parse(
  execFileSync('build/assay', ['run', '--model', model, '--limit', String(LIMIT), '--json', '--quiet'], { encoding: 'utf8' }),
);
const server = await hostileServer({ headers: ISOLATION });
const home = `${server.url}/`;
const known = JSON.parse(readFileSync('data/models.json', 'utf8')).models;

// Whatever is not on the stage comes from the site.
server.otherwise((request, response) => {
  const { hostname, port } = new URL(isolated.url);
  const options = { hostname, port, path: request.url, method: request.method, headers: { ...request.headers, host: `${hostname}:${port}` } };
  request.pipe(
    ask(options, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).on('error', () => response.destroy()),
  );
});

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Puts a list with one more model on the stage, and its files. @param {Step[]} [steps]  of the language model
 * @param {{at?: string, lies?: object}} [how] */
function stage(steps = [{}], { at = server.url, lies = {} } = {}) {
  const file = (/** @type {string} */ name, /** @type {Uint8Array} */ bytes) => ({ url: `${at}/far/${name}`, bytes: bytes.length, sha256: sha256(bytes) });
  const small = {
    id: 'small', name: 'Small', kind: 'multimodal', licence: 'MIT', note: 'For tests.',
    text: { ...file('a-model.gguf', text), ...lies }, vision: file('mmproj-a-model.gguf', vision),
  };
  server.put('/data/models.json', Buffer.from(JSON.stringify({ format: 1, models: [known[0], small, ...known.slice(1)] })));
  server.put('/far/a-model.gguf', text, steps);
  server.put('/far/mmproj-a-model.gguf', vision);
}

/** @param {(page: Page, context: import('playwright-core').BrowserContext) => Promise<void>} use @param {Parameters<typeof withPage>[1]} [how] */
const visit = (use, how = {}) => withPage(async (page, context) => {
  await open(page);
  await use(page, context);
}, { ...how, origins: [home, ...(how.origins ?? [])] });

/** @param {Page} page */
async function open(page) {
  await page.goto(`${home}?limit=${LIMIT}&model=small`);
  await page.waitForSelector('#engine[data-state=ready]');
  await page.waitForSelector('[data-model=small][data-state]');
}

/** @param {Page} page @param {string} state */
const untilState = (page, state) => page.waitForSelector(`[data-model=small][data-state=${state}]`, { timeout: SLOW });

/** Until the card shows that something came in. @param {Page} page */
const untilSome = (page) => page.waitForFunction(() => Number(document.querySelector('[data-model=small] progress')?.getAttribute('value')) > 40000, null, { timeout: SLOW });

/** A cut that waits until the page has some of it: a browser may drop what comes just before one. */
function lateCut() {
  let cut = () => {};
  /** @type {Promise<void>} */
  const until = new Promise((resolve) => {
    cut = resolve;
  });
  return { step: { ...CUT, until }, cut };
}

/** All that is kept of downloads. @param {Page} page @returns {Promise<Record<string, number>>} */
const kept = (page) =>
  page.evaluate(async () => {
    /** @type {Record<string, number>} */
    const found = {};
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('models', { create: true });
    const inside = (/** @type {any} */ handle) => /** @type {AsyncIterable<FileSystemHandle>} */ (handle.values());
    for await (const folder of inside(root)) {
      if (!(folder instanceof FileSystemDirectoryHandle)) continue;
      for await (const file of inside(folder))
        if (file instanceof FileSystemFileHandle) found[`${folder.name}/${file.name}`] = (await file.getFile()).size;
    }
    return found;
  });

/** @param {Page} page */
async function runIt(page) {
  await page.click('#run');
  return hallmarkOf(page);
}

/** @param {string} part */
const rangeOf = (part) => server.seen(`/far/${part}`).map(({ range }) => range ?? '');

try {
  await test('the picker: every known model, where it is, and nothing is fetched by itself', async () => {
    for (const width of [1280, 360]) {
      await withPage(async (page) => {
        await page.goto(isolated.url);
        await page.waitForSelector('#run:not([disabled])');
        for (const { id, name, licence } of known) {
          const card = page.locator(`[data-model="${id}"]`);
          const said = await card.innerText();
          assert.ok(said.includes(name) && said.includes(licence), said);
          assert.match(said, /\d (kB|MB)/);
        }
        assert.match(await page.locator('[data-model=assay-mini]').innerText(), /Comes with the page/);
        assert.match(await page.locator('[data-model=smolvlm-256m]').innerText(), /279 MB[\s\S]*Not here yet[\s\S]*Download/);
        assert.ok(await page.isDisabled('#model-all-minilm-l6-v2'), 'an encoder cannot be evaluated on a suite');
        await page.check('#model-smolvlm-256m');
        assert.ok(await page.isDisabled('#run'));
        assert.match(await page.locator('#evaluate .go').innerText(), /Download SmolVLM-256M-Instruct first/);
        assert.match(page.url(), /model=smolvlm-256m/);
        assert.equal(await overflow(page), 0);
        await page.screenshot({ path: join(SHOTS, `models-${width}.png`), fullPage: true });
      }, { options: { viewport: { width, height: 800 } } });
    }
  });

  await test('a download over a cut connection: kept, run with the program’s hallmark, deleted', () => {
    const { step, cut } = lateCut();
    stage([step, {}]);
    return visit(async (page) => {
      assert.ok(await page.isDisabled('#run'));
      await page.focus('#get-small');
      await page.keyboard.press('Enter');
      await untilSome(page);
      cut();
      await untilState(page, 'stored');
      assert.match(rangeOf('a-model.gguf')[1], /^bytes=[1-9]/);
      assert.equal(server.seen('/far/a-model.gguf')[1].ifRange, '"one"');
      assert.deepEqual(await kept(page), {
        'small/a-model.gguf': text.length, 'small/a-model.gguf.sha256': 64 + 2 + 'a-model.gguf\n'.length,
        'small/mmproj-a-model.gguf': vision.length, 'small/mmproj-a-model.gguf.sha256': 64 + 2 + 'mmproj-a-model.gguf\n'.length,
      });
      assert.equal(await runIt(page), hallmark);
      await open(page);
      await untilState(page, 'stored');
      assert.equal(await runIt(page), hallmark);
      assert.equal(server.seen('/far/a-model.gguf').length, 2, 'it was fetched again');
      await open(page);
      await page.click('#delete-small');
      await untilState(page, 'absent');
      assert.deepEqual(await kept(page), {});
      assert.ok(await page.isDisabled('#run'));
    });
  });

  await test('cancel keeps what came in, also over a reload; going on asks for the rest', () => {
    stage([STALL, {}]);
    return visit(async (page) => {
      await page.click('#get-small');
      await untilSome(page);
      assert.match(await page.locator('[data-model=small]').innerText(), /\d+ kB of \d/);
      await page.screenshot({ path: join(SHOTS, 'models-coming.png') });
      await page.focus('#stop-small');
      await page.keyboard.press('Enter');
      await untilState(page, 'part');
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'get-small');
      assert.equal(await page.locator('#alerts .alert').count(), 0);
      await open(page);
      await untilState(page, 'part');
      await page.screenshot({ path: join(SHOTS, 'models-part.png') });
      await page.click('#get-small');
      await untilState(page, 'stored');
      assert.match(rangeOf('a-model.gguf')[1], /^bytes=[1-9]/);
      assert.equal(await runIt(page), hallmark);
    });
  });

  await test('a killed tab: the next one goes on; a second one is told of the first', () => {
    stage([STALL, {}]);
    return visit(async (page, context) => {
      await page.waitForSelector('#get-small:visible');
      await page.evaluate(() => {
        for (let click = 0; click < 2; click += 1) document.querySelector('#get-small')?.dispatchEvent(new MouseEvent('click'));
      });
      await untilSome(page);
      const second = await context.newPage();
      await open(second);
      await second.click('#get-small');
      assert.match(await alertText(second), /another tab/);
      assert.equal(await page.locator('#alerts .alert').count(), 0, 'a double click is no second download');
      await page.goto('chrome://crash').catch(() => {});
      await second.reload();
      await untilState(second, 'part');
      await second.click('#get-small');
      await untilState(second, 'stored');
      assert.match(rangeOf('a-model.gguf')[1], /^bytes=[1-9]/);
      assert.equal(await runIt(second), hallmark);
    });
  });

  await test('bad servers: one sentence each, nothing wrong is kept, the page stays usable', () =>
    visit(async (page) => {
      /** @type {[Step[], RegExp, object?][]} */
      const cases = [
        [[{ flip: 1000 }], new RegExp(`a-model\\.gguf: sha256 is [0-9a-f]{64}, it has to be ${sha256(text)}; removed\\.$`)],
        [[{ status: 404 }], /a-model\.gguf could not be fetched: the server answered 404/],
        [[{}], /the server offers \d+ bytes, it has to be \d+\.$/, { bytes: text.length + 1 }],
        [[{ endless: true, chunked: true }], /the server sends more than its \d+ bytes\.$/],
        [[{ redirect: '?again' }], /a-model\.gguf could not be fetched: /],
      ];
      for (const [steps, says, lies] of cases) {
        stage(steps, { lies });
        await open(page);
        await page.click('#get-small');
        assert.match(await alertText(page), says);
        await untilState(page, 'absent');
        assert.deepEqual(await kept(page), {}, String(says));
        assert.equal(await page.locator('#alerts .alert').count(), 1);
      }
      stage([CUT, { noRange: true }]);
      await open(page);
      await page.click('#get-small');
      await untilState(page, 'stored');
      assert.equal(await runIt(page), hallmark);
    }, { expected: /404|ERR_TOO_MANY_REDIRECTS|net::ERR/ }));

  await test('no hash in the list: the first one is trusted and kept', () => {
    stage([{ status: 503 }, CUT, { etag: '"two"' }], { lies: { sha256: undefined, bytes: undefined } });
    return visit(async (page) => {
      await page.click('#get-small');
      await untilState(page, 'stored');
      assert.ok((await kept(page))['small/a-model.gguf.sha256'] > 64);
      assert.equal(await runIt(page), hallmark);
    }, { expected: /503/ });
  });

  await test('another origin: asked without credentials, and where it gives no leave one sentence', async () => {
    const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'ETag, Content-Range' };
    for (const headers of [cors, {}]) {
      const far = await hostileServer({ headers });
      const { step, cut } = lateCut();
      far.put('/far/a-model.gguf', text, [step, {}]);
      far.put('/far/mmproj-a-model.gguf', vision);
      stage([{}], { at: far.url });
      await withPage(async (page, context) => {
        await context.route((url) => url.pathname === '/', async (route) => {
          const answer = await route.fetch();
          await route.fulfill({ response: answer, body: (await answer.text()).replace("connect-src 'self'", `connect-src 'self' ${far.url}`) });
        });
        await open(page);
        await page.click('#get-small');
        if (headers === cors) {
          await untilSome(page);
          cut();
          await untilState(page, 'stored');
          assert.match(String(far.seen('/far/a-model.gguf')[1].range), /^bytes=[1-9]/);
          assert.equal(far.seen('/far/a-model.gguf')[1].ifRange, undefined);
          assert.equal(far.seen('/far/a-model.gguf')[0].headers.cookie, undefined);
          assert.equal(await runIt(page), hallmark);
        } else {
          assert.match(await alertText(page), /could not be fetched: the connection broke or the server does not answer/);
        }
      }, { origins: [home, `${far.url}/`], expected: /CORS|net::ERR/ });
      await far.close();
    }
  });

  await test('too little space is one sentence, and with more of it the download goes on', () => {
    stage();
    return visit(async (page, context) => {
      const session = await context.newCDPSession(page);
      await session.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: 100000 });
      await page.click('#get-small');
      // Said by the browser before anything is fetched, or by the first write that does not fit.
      assert.match(await alertText(page), /This browser grants the page .* more, and .* are still to come\.|grants the page no more space after \d+ bytes; what came in is kept/);
      await page.waitForSelector('[data-model=small]:is([data-state=part], [data-state=absent])');
      await session.send('Storage.overrideQuotaForOrigin', { origin: server.url });
      await page.click('#get-small');
      await untilState(page, 'stored');
    });
  });

  await test('files from the device: chosen or dropped, told apart by what is in them', () =>
    visit(async (page) => {
      const file = (/** @type {string} */ name, /** @type {Buffer} */ buffer) => ({ name, mimeType: 'application/octet-stream', buffer });
      await page.setInputFiles('#model-files', [file('b.gguf', vision), file('a.gguf', text)]);
      await page.waitForSelector('[data-model=local]');
      assert.ok(await page.isChecked('#model-local'));
      assert.match(await page.locator('[data-model=local]').innerText(), /a\.gguf[\s\S]*2 files/);
      assert.equal(await runIt(page), hallmark);
      await page.goBack();
      for (const [files, says] of /** @type {[{name: string, mimeType: string, buffer: Buffer}[], RegExp][]} */ ([
        [[file('mmproj.gguf', vision)], /A language model is missing/],
        [[file('c.gguf', Buffer.from('hello'))], /c\.gguf is no GGUF file/],
        [[file('a.gguf', text), file('b.gguf', text)], /two language models, a\.gguf and b\.gguf/],
        [[file('x-00001-of-00002.gguf', text)], /x is split into 2 parts, and 1 of them/],
      ])) {
        await page.setInputFiles('#model-files', files);
        assert.match(await alertText(page), says);
      }
      await open(page);
      await page.evaluate(async ([a, b]) => {
        const transfer = new DataTransfer();
        for (const name of [a, b]) transfer.items.add(new File([await (await fetch(`far/${name}`)).arrayBuffer()], name));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, cancelable: true }));
      }, [basename(model), `mmproj-${basename(model)}`]);
      await page.waitForSelector('[data-model=local]');
      assert.equal(await runIt(page), hallmark);
    }));
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
await closeAll();
