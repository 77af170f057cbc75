/** Overrides that a run has from what it is in and what it is made of: the App, the Stack, Cluster, Dataset and Model. */
import type { Construct } from 'constructs';
import type { Finding, Where } from '../finding.ts';
import type { Layout } from '../manifest.ts';
import { check } from '../settings/check.ts';
import { type Document, documents } from '../settings/documents.ts';
import { eachOverride, placeOf } from '../settings/overrides.ts';
import type { RunSettings } from '../settings/run.ts';
import type { StackSettings } from '../settings/stack.ts';
import type { Element } from './element.ts';
import { givenOf } from './given.ts';
import { type ResolvedRun, whereOf } from './resolve.ts';
import type { Stack } from './stack.ts';

/** What one construct says for all runs that it has a part in. */
interface Layer {
  readonly construct: Construct;
  readonly overrides: unknown;
  readonly where: Where;
}

const ofElement = (element: Element): Layer => ({
  construct: element,
  overrides: (element.props as { overrides?: unknown } | undefined)?.overrides,
  where: whereOf(element),
});

/** What the App says: it is no construct whose settings are checked elsewhere. */
function ofApp(app: Construct): { readonly layers: Layer[]; readonly findings: readonly Finding[] } {
  const given = givenOf(app);
  if (given?.overrides === undefined) return { layers: [], findings: [] };
  const where = given.where();
  const { value, findings } = check('app', { overrides: given.overrides }, where);
  return { layers: value ? [{ construct: app, overrides: value.overrides, where }] : [], findings };
}

/** Files that only some runs have. */
function has(document: Document, layout: Layout, sharded: boolean): boolean {
  if (document === 'deepspeed.json') return sharded;
  return document !== 'hostfile' || layout.hosts.length > 1;
}

export interface Inherited {
  readonly overrides?: NonNullable<RunSettings['overrides']>;
  /** Where each was written that is not the run's own, by its place. */
  readonly origins: ReadonlyMap<string, Where>;
}

/** Which documents the constructs of a tree override, and whether any run has them. */
export class Inheritance {
  /** Mistakes in what the App says. */
  readonly findings: readonly Finding[];
  readonly #outer: readonly Layer[];
  readonly #stacks: ReadonlyMap<Stack, StackSettings>;
  readonly #used = new Map<Construct, { readonly where: Where; readonly documents: Map<Document, boolean> }>();

  constructor(app: Construct, stacks: ReadonlyMap<Stack, StackSettings>) {
    const { layers, findings } = ofApp(app);
    this.#outer = layers;
    this.findings = findings;
    this.#stacks = stacks;
  }

  /** From the outermost to the nearest; the run's own come last. A stack with a mistake in it says nothing. */
  #layers(stack: Stack, { cluster, data, model }: ResolvedRun): Layer[] {
    const parts = [...(this.#stacks.has(stack) ? [stack] : []), cluster, data, model].map(ofElement);
    return [...this.#outer, ...parts].filter(({ overrides }) => overrides !== undefined);
  }

  /** The nearest wins; what an outer construct says of a file that this run does not have is for other runs. */
  of(stack: Stack, parts: ResolvedRun, layout: Layout): Inherited {
    const origins = new Map<string, Where>();
    const merged = new Map<Document, Map<string, unknown>>();
    const put = (overrides: unknown, where: Where | undefined, wanted: (document: Document) => boolean) => {
      for (const one of eachOverride(overrides).filter(({ document }) => wanted(document))) {
        const values = merged.get(one.document) ?? new Map<string, unknown>();
        // Behind the outer ones, over which it counts.
        values.delete(one.at);
        merged.set(one.document, values.set(one.at, one.value));
        if (where) origins.set(placeOf(one), where);
        else origins.delete(placeOf(one));
      }
    };
    for (const layer of this.#layers(stack, parts))
      put(layer.overrides, layer.where, (document) => {
        const there = has(document, layout, parts.zero !== undefined);
        this.#note(layer, document, there);
        return there;
      });
    put(parts.training.overrides, undefined, () => true);
    const entries = documents.flatMap((document) => {
      const values = merged.get(document);
      return values ? [[document, Object.fromEntries(values)] as const] : [];
    });
    if (entries.length === 0) return { origins };
    return { overrides: Object.fromEntries(entries) as NonNullable<RunSettings['overrides']>, origins };
  }

  #note({ construct, where }: Layer, document: Document, there: boolean): void {
    const known = this.#used.get(construct) ?? { where, documents: new Map<Document, boolean>() };
    known.documents.set(document, there || known.documents.get(document) === true);
    this.#used.set(construct, known);
  }

  /** Overrides of a file that no run has. */
  get unused(): Finding[] {
    return [...this.#used.values()].flatMap(({ where, documents: used }) =>
      [...used].flatMap(([document, there]): Finding[] =>
        there
          ? []
          : [
              {
                id: 'override/no-document',
                severity: 'error',
                where: { ...where, path: `overrides.${document}` },
                message: `No run that this is for has a ${document}.`,
                fix: 'Take it out, or give it to a construct whose runs have one.',
              },
            ],
      ),
    );
  }
}

/** A mistake in what a run has from another construct is that construct's line. */
export function atOrigin(finding: Finding, origins: ReadonlyMap<string, Where>): Finding {
  const { path } = finding.where;
  const at = path?.startsWith('overrides.') ? origins.get(path.slice('overrides.'.length))?.at : undefined;
  return at === undefined ? finding : { ...finding, where: { ...finding.where, at } };
}
