/*
 * browser.js DIR PAGE... - look at pages of a report in Chromium.
 *
 * Prints a line for each check, its name, and after a tab what is wrong if
 * something is.  browser.js --time DIR PAGE says how soon a page is loaded, and
 * its largest table sorted after that.
 */
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL, fileURLToPath } = require('url');
const { chromium } = require('playwright-core');

const schemes = ['light', 'dark'];
const widths = [1280, 390];
const TEXT = 4.5; // contrast of text, WCAG 2.2 AA
const MARKS = 3; // contrast of what figures draw
const APART = 20; // CIE76 distance of two colours of a figure

function say(name, wrong) {
  const list = [...new Set([].concat(wrong))];
  console.log(name + (list.length ? '\t' + list.slice(0, 5).join('; ') : ''));
}

/* what runs in the page: colours of texts against what lies behind them */
function lowContrast(least) {
  const canvas = document.createElement('canvas');
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  const rgba = css => {
    ctx.clearRect(0, 0, 1, 1);
    ctx.fillStyle = css;
    ctx.fillRect(0, 0, 1, 1);
    return [...ctx.getImageData(0, 0, 1, 1).data];
  };
  const over = (a, b) => a.slice(0, 3).map((v, i) => v * a[3] / 255 + b[i] * (1 - a[3] / 255));
  const luminance = c => c.map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    const layers = [];
    for (; e; e = e.parentElement)
      layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const bad = [];
  let seen = 0;
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.getClientRects().length) continue;
    const style = getComputedStyle(e);
    const back = behind(e);
    const fore = over(rgba(e.closest('svg') ? style.fill : style.color), back);
    const [a, b] = [luminance(fore), luminance(back)].sort((x, y) => y - x);
    seen++;
    if ((a + 0.05) / (b + 0.05) < least)
      bad.push(`${((a + 0.05) / (b + 0.05)).toFixed(2)}: ${n.data.trim().slice(0, 30)}`);
  }
  return seen ? bad : ['no text'];
}

const linear = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;

/* Machado, Oliveira and Fernandes 2009, severity 1 */
const eyes = {
  normal: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
};

function lab(rgb, eye) {
  const seen = eyes[eye].map(row => Math.min(1, Math.max(0, row.reduce((s, m, i) => s + m * rgb[i], 0))));
  const f = t => t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116;
  const [x, y, z] = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    .map((row, i) => f(row.reduce((s, m, k) => s + m * seen[k], 0) / [0.9505, 1, 1.089][i]));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const ratio = (a, b) => {
  const [x, y] = [a, b].map(c => 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]).sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
};

/* colours of figures that are too near to each other or to the page */
function tooNear(colours, back) {
  const bad = [];
  const hex = c => [1, 3, 5].map(i => linear(parseInt(c.slice(i, i + 2), 16) / 255));
  colours.forEach((c, i) => {
    if (ratio(hex(c), hex(back)) < MARKS) bad.push(`${c} on ${back}`);
    for (const d of colours.slice(0, i))
      for (const eye of Object.keys(eyes)) {
        const [p, q] = [lab(hex(c), eye), lab(hex(d), eye)];
        const apart = Math.hypot(...p.map((v, k) => v - q[k]));
        if (apart < APART) bad.push(`${c} and ${d}, ${eye}: ${apart.toFixed(1)}`);
      }
  });
  return colours.length < 6 ? ['fewer than six colours'] : bad;
}

async function checkPalette(page, name) {
  const style = await page.evaluate(() => {
    const s = getComputedStyle(document.documentElement);
    const of = n => s.getPropertyValue(n).trim().replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3');
    const used = [...document.querySelectorAll('figure svg *')].flatMap(e =>
      ['stroke', 'fill'].map(a => e.getAttribute(a)).filter(Boolean));
    return { c: [0, 1, 2, 3, 4, 5].map(i => of(`--c${i}`)), arms: [of('--native'), of('--cand')], back: of('--bg'), used };
  });
  say(`${name}: colours of figures are told apart`, tooNear(style.c, style.back));
  say(`${name}: and used in them`, style.used.filter(c =>
    !/^(var\(--(c\d|cand)\)|currentColor|none|black|#000000|rgb\(\s*128,\s*128,\s*128\)|#808080|gray)$/.test(c)));
}

/* each thing that can be used takes the focus in turn, and shows it */
async function checkKeyboard(page, name) {
  const all = await page.evaluate(() => {
    const list = [...document.querySelectorAll('a[href],button,summary,[tabindex="0"]')];
    return list.filter(e => e.checkVisibility()).map((e, i) => (e.dataset.k = i));
  });
  const met = new Set();
  const plain = [];
  for (let i = 0; i < all.length + 5; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return [e.dataset.k, getComputedStyle(e).outlineStyle, e.outerHTML.slice(0, 60)];
    });
    if (at[0] === undefined) continue;
    met.add(+at[0]);
    if (at[1] === 'none') plain.push(at[2]);
  }
  say(`${name}: all is reached by keyboard`, all.filter(k => !met.has(k)).map(k => `number ${k} of ${all.length}`));
  say(`${name}: and shows the focus`, plain);
}

const columnOf = (table, i) => table.evaluate((t, i) =>
  [...t.tBodies[0].rows].map(r => r.cells[i].dataset.v ?? r.cells[i].textContent), i);

function unsorted(values, down) {
  const numbers = values.every(v => v !== '' && !isNaN(v));
  return values.some((v, i) => {
    if (!i) return false;
    const [a, b] = down ? [values[i - 1], v] : [v, values[i - 1]];
    return numbers ? +a < +b : !isNaN(a - b) ? +a < +b : a.localeCompare(b) < 0;
  });
}

async function checkSort(page, name) {
  const bad = [];
  let sorted = 0;
  for (const table of await page.$$('table.sort')) {
    if (!await table.isVisible()) continue;
    const foot = await table.evaluate(t => t.tFoot && t.tFoot.textContent);
    for (const [i, button] of (await table.$$('thead button')).entries()) {
      await button.focus();
      for (const down of [true, false]) {
        await page.keyboard.press('Enter');
        const head = await button.evaluate(b => b.closest('th').getAttribute('aria-sort'));
        const what = `${await table.evaluate(t => t.id)} column ${i} ${down ? 'down' : 'up'}`;
        if (head !== (down ? 'descending' : 'ascending')) bad.push(`${what}: ${head}`);
        if (unsorted(await columnOf(table, i), down)) bad.push(what);
        sorted++;
      }
    }
    if (foot !== await table.evaluate(t => t.tFoot && t.tFoot.textContent)) bad.push('the foot moved');
  }
  if (sorted) say(`${name}: tables sort by keyboard`, bad);
}

async function checkFolds(page, name) {
  const bad = [];
  for (const fold of await page.$$('details')) {
    const before = await fold.evaluate(d => d.open);
    const summary = await fold.$('summary');
    if (!await summary.isVisible()) continue;
    await summary.focus();
    await page.keyboard.press('Enter');
    if (await fold.evaluate(d => d.open) === before) bad.push(await summary.textContent());
  }
  say(`${name}: folds open and close`, bad);
}

async function checkLinks(page, name) {
  const bad = [];
  for (const href of await page.$$eval('a[href]', list => list.map(a => a.href))) {
    const url = new URL(href);
    const file = url.protocol === 'file:' ? fileURLToPath(url.href.replace(/#.*/, '')) : '';
    if (!file || !fs.existsSync(file)) bad.push(href);
    else if (url.hash && !fs.readFileSync(file, 'utf8').includes(`id="${url.hash.slice(1)}"`)) bad.push(href);
  }
  say(`${name}: links resolve`, bad);
}

async function open(browser, dir, file, options, noise) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('console', m => noise.console.push(m.text()));
  page.on('pageerror', e => noise.console.push(String(e)));
  page.on('request', r => {
    const url = r.url();
    if (!url.startsWith(pathToFileURL(dir).href + '/') && !url.startsWith('data:')) noise.requests.push(url);
  });
  page.on('requestfailed', r => noise.requests.push('failed: ' + r.url()));
  await page.goto(pathToFileURL(path.join(dir, file)).href);
  return page;
}

async function look(browser, dir, file) {
  const noise = { console: [], requests: [] };
  const bad = { contrast: [], width: [], narrow: [] };
  for (const colorScheme of schemes)
    for (const width of widths) {
      const page = await open(browser, dir, file, { colorScheme, viewport: { width, height: 900 } }, noise);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) bad.width.push(`${width}: ${wide} pixels too many`);
      bad.narrow.push(...await page.$$eval('th,td', cells => cells
        .filter(c => c.textContent.length > 8 && c.clientWidth && c.clientWidth < 40).map(c => c.textContent)));
      if (width === widths[0]) {
        await page.evaluate(() => document.querySelectorAll('details').forEach(d => (d.open = true)));
        bad.contrast.push(...(await page.evaluate(lowContrast, TEXT)).map(s => `${colorScheme} ${s}`));
        await checkPalette(page, `${file} ${colorScheme}`);
      }
      await page.context().close();
    }
  say(`${file}: contrast of text`, bad.contrast);
  say(`${file}: no page is wider than the screen`, bad.width);
  say(`${file}: no cell is too narrow for words`, bad.narrow);

  const page = await open(browser, dir, file, { viewport: { width: 1280, height: 900 } }, noise);
  await checkKeyboard(page, file);
  await checkSort(page, file);
  await checkFolds(page, file);
  await checkLinks(page, file);
  const texts = p => p.$$eval('main *', list => list.map(e => e.children.length ? '' : e.textContent.trim())
    .filter(Boolean).sort().join('\n'));
  const script = await open(browser, dir, file, {}, noise);
  const none = await open(browser, dir, file, { javaScriptEnabled: false }, noise);
  const [a, b] = [await texts(script), await texts(none)];
  say(`${file}: without JavaScript all is there`, a === b && a ? [] : [`${a.length} and ${b.length} characters`]);
  const buttons = await none.$$('button');
  say(`${file}: and no button that does nothing`, buttons.map(() => 'a button'));
  const fold = await none.$('details:not([open]) > summary');
  if (fold) {
    await fold.click();
    say(`${file}: and folds open`, await fold.evaluate(s => s.parentElement.open) ? [] : ['it stays shut']);
  }
  say(`${file}: the console is empty`, noise.console);
  say(`${file}: no request but for its own files`, noise.requests);
}

async function time(browser, dir, file) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto('about:blank');
  const from = process.hrtime.bigint();
  await page.goto(pathToFileURL(path.join(dir, file)).href, { waitUntil: 'load' });
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done))));
  const loaded = process.hrtime.bigint();
  await page.evaluate(() => {
    const rows = t => t.tBodies[0].rows.length;
    const tables = [...document.querySelectorAll('table.sort')].sort((a, b) => rows(b) - rows(a));
    if (tables.length) tables[0].querySelector('thead button').click();
    return new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  });
  const sorted = process.hrtime.bigint();
  console.log(`loaded after ${Math.round(Number(loaded - from) / 1e6)} ms, ` +
    `sorted after ${Math.round(Number(sorted - loaded) / 1e6)} ms more`);
}

async function main(args) {
  const timing = args[0] === '--time';
  const [dir, ...pages] = timing ? args.slice(1) : args;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  try {
    for (const page of pages) await (timing ? time : look)(browser, path.resolve(dir), page);
  } finally {
    await browser.close();
  }
}

main(process.argv.slice(2)).catch(e => {
  console.error(String(e.stack || e));
  process.exit(1);
});
