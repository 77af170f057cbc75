import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { progressOf } from '../../lib/targets/local/environment.ts';

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

test.run();
