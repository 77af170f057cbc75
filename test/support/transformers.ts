/** What transformers renders, by test/python/render_templates.py. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Conversation } from '../../lib/data/template/conversation.ts';
import type { Spans } from '../../lib/data/template/render.ts';
import { python } from './python.ts';

export const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const tokens = { bos_token: '<s>', eos_token: '</s>' };

export interface Said {
  readonly text?: string;
  readonly trained?: Spans;
  readonly prompt?: string;
  readonly error?: string;
  readonly line?: number | null;
}

export type Case = Conversation & { readonly template: string };

export function transformersSays(cases: readonly Case[], templates: Readonly<Record<string, string>>): Said[] {
  const input = JSON.stringify({ cases, templates, tokens });
  const options = { input, encoding: 'utf8', maxBuffer: 2 ** 29 } as const;
  const { status, stdout, stderr } = spawnSync(python(), [root('test/python/render_templates.py')], options);
  assert.is(status, 0, stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Said);
}

/** Python counts letters, JavaScript halves of pairs. */
export function inLetters(text: string, spans: Spans): Spans {
  const letters = (end: number) => [...text.slice(0, end)].length;
  return spans.map(([start, end]) => [letters(start), letters(end)]);
}

/** Blocks that touch are one. */
export function joined(spans: Spans): Spans {
  const found: [number, number][] = [];
  for (const [start, end] of spans) {
    const last = found.at(-1);
    if (last?.[1] === start) last[1] = end;
    else found.push([start, end]);
  }
  return found;
}
