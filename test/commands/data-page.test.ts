/** The page of `sft data inspect --html`, looked at in a real browser: what is in the data is text there, whatever it says. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hasBrowser, visit } from '../support/browser.ts';
import { sft } from '../support/sft.ts';
import { skip } from '../support/skip.ts';

const test = suite('data page');
let folder = '';
test.before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'sft-page-')));
});
test.after(() => rmSync(folder, { recursive: true }));

const titleOf = (dom: string) => /<title>([^<]*)<\/title>/.exec(dom)?.[1];
const look = (page: string) => {
  const profile = join(folder, `profile-${page}`);
  mkdirSync(profile);
  const picture = join(folder, `${page}.png`);
  return { ...visit(join(folder, page), profile, picture), picture };
};

const attack = `</pre></title></style><script>document.title = 'owned'</script><img src=x onerror="document.title = 'owned'">`;

if (!hasBrowser()) skip('the page in a browser', 'chromium is not installed');
else
  test('a hostile row stays text; what is learnt is marked; nothing is loaded', async () => {
    const rows = [
      { prompt: `p ${attack}`, completion: `the answer ${attack}`, [attack]: 'x' },
      { prompt: 'q', completion: 'さくら' },
    ];
    const name = "it's <b>.jsonl";
    writeFileSync(join(folder, name), rows.map((row) => JSON.stringify(row)).join('\n'));
    const ran = await sft(folder, 'data', 'inspect', name, '--html', 'page.html');
    assert.equal([ran.code, ran.err], [0, `Written: ${join(folder, 'page.html')}\n`]);
    assert.equal(readdirSync(folder).sort(), [name, 'page.html'].sort());
    // A browser that runs no scripts would show nothing of them.
    writeFileSync(join(folder, 'control.html'), `<!doctype html><title>as written</title>${attack}`);
    assert.is(titleOf(look('control.html').dom), 'owned');

    const { dom, picture, err } = look('page.html');
    assert.is(titleOf(dom), "it's &lt;b&gt;.jsonl", err);
    assert.not.match(dom, /<(?:script|img|b>\.jsonl)/);
    assert.not.match(dom, /\b(?:https?:|src="|href=)/);
    const marks = [...dom.matchAll(/<mark>([\s\S]*?)<\/mark>/g)].map(([, text = '']) => text);
    assert.equal([marks.length, marks.at(-1)], [3, 'さくら']);
    assert.match(marks[1] ?? '', /^the answer &lt;\/pre&gt;/);
    assert.match(dom, /Characters a row/);
    const image = readFileSync(picture);
    assert.equal([image.subarray(1, 4).toString(), image.length > 10_000], ['PNG', true]);
  });

test.run();
