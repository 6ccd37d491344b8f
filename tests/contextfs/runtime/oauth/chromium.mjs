// Does in a real browser what it is told: node chromium.mjs FOLDER CHROMIUM OPTIONS STEPS, the last two as JSON.
// A step is [what, where, text]; after each of them the page is told, as a list of {url, text, problems}.
import { createRequire } from 'module';

const [folder, executablePath, options, steps] = process.argv.slice(2);
const { chromium } = createRequire(`${folder}/`)('playwright-core');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const context = await browser.newContext(JSON.parse(options));
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const told = [];
let problems = [];
page.on('console', (one) => one.text().includes('Content Security Policy') && problems.push(one.text()));
const acts = {
  goto: (where) => page.goto(where),
  fill: (where, text) => page.fill(where, text),
  press: (where) => page.keyboard.press(where),
  type: (text) => page.keyboard.type(text),
  click: (where) => page.getByRole('button', { name: where, exact: true }).click(),
  follow: (where) => page.getByRole('link', { name: where, exact: true }).click(),
  title: (where) => page.getByRole('heading', { name: where, exact: true }).waitFor(),
  text: (where) => page.getByText(where).first().waitFor(),
};
for (const [what, where, text] of JSON.parse(steps)) {
  await acts[what](where, text);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth).catch(() => false);
  told.push({ url: page.url(), text: await page.innerText('body'), problems: wide ? [...problems, 'too wide'] : problems });
  problems = [];
}
console.log(JSON.stringify(told));
await browser.close();
