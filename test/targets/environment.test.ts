import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pipTurns, progressOf } from '../../lib/targets/local/environment.ts';

test('of pip’s lines, one a package goes by', () => {
  assert.is(progressOf('Collecting torch==2.13.0 (from -r requirements.txt (line 40))'), 'pip: torch==2.13.0');
  assert.is(
    progressOf('Processing ./wheels/trl-1.16.0-py3-none-any.whl (from -r requirements.txt)'),
    'pip: trl-1.16.0-py3-none-any.whl',
  );
  assert.is(progressOf('Installing collected packages: torch, trl'), 'pip: all packages are there; unpacking them');
  for (const line of ['  Downloading trl.whl (1 MB)', 'WARNING: something', 'Looking in links: here', ''])
    assert.is(progressOf(line), undefined);
});

test('flash-attn is built after torch is there, against it', () => {
  assert.equal(pipTurns('torch==2.13.0\ntrl==1.16.0'), [{ lines: ['torch==2.13.0', 'trl==1.16.0'], options: [] }]);
  assert.equal(pipTurns('flash-attn==2.8.3.post2\ntorch==2.13.0\n'), [
    { lines: ['torch==2.13.0'], options: [] },
    { lines: ['flash-attn==2.8.3.post2'], options: ['--no-build-isolation'] },
  ]);
});

test.run();
