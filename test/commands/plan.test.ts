/** `sft plan` and `sft show`, without a target: what is printed, saved and answered to a script. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programText, rows } from '../support/programs.ts';
import { makeProject, type Project, sft } from '../support/sft.ts';

const ssh = programText({ id: 'far' }).replace(
  `Cluster.local(stack, 'here')`,
  `Cluster.ssh(stack, 'h200', { hosts: 'h200-[01-02]', gpus: { type: 'H200', perNode: 1 }, workspace: '/shared/sft' })`,
);

async function inProject(act: (project: Project) => Promise<void>) {
  const project = makeProject({ 'rows.json': rows, 'stacks/demo.ts': programText(), 'stacks/far.ts': ssh });
  try {
    await act(project);
  } finally {
    project.remove();
  }
}

test('a plan says what would be added, changes no file, and answers a script by its exit code', () =>
  inProject(async ({ folder, files }) => {
    const before = files();
    const [text, json, wrong] = await Promise.all([
      sft(folder, 'plan', '--no-refresh', 'demo'),
      sft(folder, 'plan', '--no-refresh', '--detailed-exitcode', '--json'),
      sft(folder, 'plan', '--no-refresh', '--replace', 'sfd', 'demo'),
    ]);
    assert.is(text.code, 0, text.err);
    assert.match(
      text.out,
      /^demo {33}here · local[\s\S]*\+ run +sft[\s\S]*Plan: 5 to add, 0 to remove\. +stacks\/demo\.ts:10/,
    );
    assert.is(json.code, 2);
    const document = JSON.parse(json.out);
    assert.is(document.format_version, '1.0');
    assert.equal(
      document.stacks.map((one: { stack: string }) => one.stack),
      ['demo', 'far'],
    );
    for (const { change, sft: more } of document.resource_changes) {
      assert.equal(change.actions, ['create']);
      assert.is(more.verb, 'create');
    }
    assert.is(wrong.code, 64);
    assert.match(wrong.err, 'There is no run "sfd"');
    // What was found out about the rows is kept for the next plan.
    const others = Object.entries(files()).filter(([path]) => !path.startsWith('.sft/evidence/'));
    assert.equal(Object.fromEntries(others), before);
  }));

test('a target that cannot be reached is planned as recorded, and that is said', () =>
  inProject(async ({ folder }) => {
    const { code, out } = await sft(folder, 'plan', 'far');
    assert.is(code, 0);
    assert.match(out, /h200 · ssh · 2 nodes x 1 H200/);
    assert.match(out, /warning: This version cannot reach a target by ssh/);
  }));

test('a saved plan is one file for its owner alone, shown again as it was, and refused when it was changed', () =>
  inProject(async ({ folder }) => {
    const several = await sft(folder, 'plan', '--no-refresh', '--out', 'my.plan');
    assert.is(several.code, 64);
    const made = await sft(folder, 'plan', '--no-refresh', 'demo', '--out', 'my.plan');
    const path = join(folder, 'my.plan');
    assert.is(made.code, 0, made.err);
    assert.is(statSync(path).mode & 0o777, 0o600);
    const text = readFileSync(path, 'utf8');
    assert.not.match(text, folder);
    writeFileSync(join(folder, 'other.plan'), text.replace('"rank":4', '"rank":8'));
    writeFileSync(join(folder, 'cut.plan'), text.slice(0, 500));
    const [shown, changed, cut, absent] = await Promise.all(
      ['my.plan', 'other.plan', 'cut.plan', 'no.plan'].map((file) => sft(folder, 'show', file)),
    );
    assert.is(shown?.out, made.out);
    assert.is(changed?.code, 1);
    assert.match(changed?.err ?? '', 'other.plan was changed after it was made.');
    assert.is(cut?.code, 1);
    assert.is(absent?.code, 1);
  }));

test.run();
