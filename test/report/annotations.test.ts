import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../lib/finding.ts';
import { annotation, annotations } from '../../lib/report/annotations.ts';

const below = (file: string) => `team/${file}`;
const finding: Finding = {
  id: 'setting/invalid',
  severity: 'error',
  where: { at: 'stacks/x.ts:18:3' },
  message: 'epochs must be more than 0.',
  fix: 'Change epochs.',
};

test('one command a finding, with file, line, column and the id as title', () => {
  assert.is(
    annotation(finding, below),
    '::error file=team/stacks/x.ts,line=18,col=3,title=setting/invalid::epochs must be more than 0.%0AChange epochs.',
  );
  assert.is(
    annotation({ ...finding, severity: 'note', where: {} }, below),
    '::notice title=setting/invalid::epochs must be more than 0.%0AChange epochs.',
  );
  assert.match(
    annotation({ ...finding, severity: 'warning', where: { at: 'a.ts' } }, below),
    /^::warning file=team\/a.ts,title/,
  );
});

test('nothing in a message or a name can end the command or begin another', () => {
  const text = annotation(
    { ...finding, where: { at: 'a,b%.ts:1:2' }, message: '100%\r\n::add-mask::x', fix: 'Do: this, that.' },
    (file) => file,
  );
  assert.is(
    text,
    '::error file=a%2Cb%25.ts,line=1,col=2,title=setting/invalid::100%25%0D%0A::add-mask::x%0ADo: this, that.',
  );
});

test('errors first', () => {
  const text = annotations([{ ...finding, severity: 'warning' }, finding], below);
  assert.equal(
    text.split('\n').map((line) => line.split(' ')[0]),
    ['::error', '::warning'],
  );
});

test.run();
