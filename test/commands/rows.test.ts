/** A plan after the data was edited: which rows are others, from the workspace's copy of the file as it was applied. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlanDocument } from '../../lib/plan/resource-changes.ts';
import { StandIn } from '../support/stand-in.ts';

const test = suite('rows that changed');

const rows = (answers: Readonly<Record<number, string>>) =>
  JSON.stringify(
    Object.entries(answers).map(([number, output]) => ({ instruction: `Name the number ${number}.`, output })),
  );
const numbers = Array.from({ length: 12 }, (_, index) => [index, `${index}`] as const);

test('added, removed and changed rows stand in the plan, in --json and in a saved plan', async () => {
  const it = await StandIn.make();
  try {
    it.project.write({ 'rows.json': rows(Object.fromEntries(numbers)) });
    assert.is((await it.sft('apply', '--yes')).code, 0);
    it.finish();
    assert.equal(await it.awaitQuiet(), []);

    const { 3: _, ...others } = Object.fromEntries(numbers);
    it.project.write({ 'rows.json': rows({ ...others, 5: 'five', 20: '\u001b[31mred', 21: '21' }) });
    const saved = await it.sft('plan', '--out', 'my.plan');
    assert.match(saved.out, /rows +12 -> 13 · 2 added · 1 removed · 1 changed/);
    assert.match(saved.out, /data\.files +rows\.json [0-9a-f]{8} -> rows\.json [0-9a-f]{8} /);
    assert.match(saved.out, /changed +rows\.json:1 +Name the number 5\./);
    assert.match(saved.out, /removed +rows\.json:1 +Name the number 3\./);
    assert.match(saved.out, /18 -> 21 steps/);
    assert.is((await it.sft('show', 'my.plan')).out, saved.out);
    const { resource_changes: changes } = JSON.parse((await it.sft('plan', '--json')).out) as PlanDocument;
    const told = changes.find(({ type }) => type === 'train')?.sft.rows as Record<string, number>;
    assert.equal([told.before, told.after, told.added, told.removed, told.changed], [12, 13, 2, 1, 1]);

    rmSync(join(it.folder, '.sft', 'workspace', 'sources'), { recursive: true });
    assert.match((await it.sft('plan')).out, 'rows: which are others is not known');
  } finally {
    await it.remove();
  }
});

test.run();
