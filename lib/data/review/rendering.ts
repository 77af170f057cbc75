/** Rows as the text that is trained on: our own templates here, those that nobody has read in a process of their own. */
import { isPlain } from '../../settings/templates.ts';
import type { Example } from '../example.ts';
import { openBounded, RowStopped } from '../template/bounded.ts';
import { type Outcome, outcomeOf } from '../template/outcome.ts';
import { openTemplate, type Rendered, type TemplateGiven, Unfit } from '../template/render.ts';
import { TemplateSyntax } from '../template/tags.ts';
import { type ModelTemplates, modelTemplates } from '../tokens/model-template.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import { NoTokens } from '../tokens/tokenizer.ts';
import type { NamedTemplate } from './shaping.ts';

export interface Renderer {
  /** One outcome a row. Throws RowStopped. One call at a time. */
  render(examples: readonly Example[]): Promise<readonly Outcome[]>;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

export interface RenderingOptions {
  /** Absent: its special tokens are written as nothing. */
  readonly tokenizer?: Tokenizer | undefined;
  /** The loss is on answers alone. */
  readonly answersOnly: boolean;
}

function ours(name: string, { tokenizer, answersOnly }: RenderingOptions): Renderer {
  if (tokenizer && isPlain(name) && tokenizer.eos === undefined)
    throw new NoTokens('the tokenizer has no EOS token, and TRL needs one');
  const template = openTemplate({ name }, { tokens: tokenizer?.special ?? {}, answersOnly });
  return {
    render: async (examples) => examples.map((example) => outcomeOf(template, example)),
    close: async () => {},
  };
}

async function strange(given: TemplateGiven, { tokenizer, answersOnly }: RenderingOptions): Promise<Renderer> {
  try {
    return await openBounded(given, { tokens: tokenizer?.special ?? {}, answersOnly });
  } catch (caught) {
    if (!(caught instanceof TemplateSyntax)) throw caught;
    throw new NoTokens(`the template is no Jinja: line ${caught.line}: ${caught.message}`);
  }
}

/** A row that is given up is told by its place among all. */
async function placed<Value>(places: readonly number[], work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (caught) {
    throw caught instanceof RowStopped ? new RowStopped(caught.by, places[caught.row] ?? 0, caught.line) : caught;
  }
}

/** Each row by its own of them, in the rows' order. */
function divided(renderers: ReadonlyMap<string, Renderer>, of: ModelTemplates['of']): Renderer {
  return {
    render: async (examples) => {
      const outcomes: Outcome[] = [];
      for (const [jinja, renderer] of renderers) {
        const own = [...examples.keys()].filter((at) => of(examples[at] as Example) === jinja);
        if (own.length === 0) continue;
        const rendered = await placed(own, () => renderer.render(own.map((at) => examples[at] as Example)));
        for (const [index, at] of own.entries()) outcomes[at] = rendered[index] as Outcome;
      }
      return outcomes;
    },
    close: async () => {
      for (const renderer of renderers.values()) await renderer.close();
    },
  };
}

async function ofModel(options: RenderingOptions): Promise<Renderer> {
  const { all, of } = modelTemplates(options.tokenizer ?? {}, options.answersOnly);
  const renderers = new Map<string, Renderer>();
  const made = divided(renderers, of);
  try {
    for (const jinja of all) renderers.set(jinja, await strange({ jinja }, options));
  } catch (caught) {
    await made.close();
    throw caught;
  }
  return made;
}

/** Throws NoTokens. */
export async function openRenderer(named: NamedTemplate, options: RenderingOptions): Promise<Renderer> {
  const { name, jinja } = named;
  if (jinja !== undefined) return strange({ jinja }, options);
  if (name === 'model') return ofModel(options);
  try {
    return ours(name, options);
  } catch (caught) {
    throw caught instanceof Unfit ? new NoTokens(caught.message) : caught;
  }
}

/** One row, to be shown; undefined where the template does not take it. */
export async function renderedBy(renderer: Renderer, example: Example): Promise<Rendered | undefined> {
  try {
    const [outcome] = await renderer.render([example]);
    return outcome && 'rendered' in outcome ? outcome.rendered : undefined;
  } catch (caught) {
    if (caught instanceof RowStopped || caught instanceof NoTokens) return undefined;
    throw caught;
  }
}
