/** Rows as the text that is trained on: our own templates here, those that nobody has read in a process of their own. */
import { isPlain } from '../../settings/templates.ts';
import type { Example } from '../example.ts';
import { openBounded, RowStopped } from '../template/bounded.ts';
import { type Outcome, outcomeOf } from '../template/outcome.ts';
import { openTemplate, type Rendered, type TemplateGiven, Unfit } from '../template/render.ts';
import { TemplateSyntax } from '../template/tags.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import type { NamedTemplate } from './shaping.ts';

export interface Renderer {
  /** One outcome a row. Throws RowStopped. One call at a time. */
  render(examples: readonly Example[]): Promise<readonly Outcome[]>;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

/** There is no such template. `message` goes on from "tokens unknown: ". */
export class NoTemplate extends Error {}

export interface RenderingOptions {
  /** Absent: its special tokens are written as nothing. */
  readonly tokenizer?: Tokenizer | undefined;
  /** The loss is on answers alone. */
  readonly answersOnly: boolean;
}

function ours(name: string, { tokenizer, answersOnly }: RenderingOptions): Renderer {
  if (tokenizer && isPlain(name) && tokenizer.eos === undefined)
    throw new NoTemplate('the tokenizer has no EOS token, and TRL needs one');
  const template = openTemplate({ name }, { tokens: tokenizer?.special ?? {}, answersOnly });
  return {
    render: async (examples) => examples.map((example) => outcomeOf(template, example)),
    close: async () => {},
  };
}

/** As transformers chooses of several that a tokenizer has by name. */
function ofModel(template: Tokenizer['template']): { readonly usual: TemplateGiven; readonly tools?: TemplateGiven } {
  if (template === undefined) throw new NoTemplate('the tokenizer has no chat template');
  if (typeof template === 'string') return { usual: { jinja: template } };
  const { default: usual, tool_use: tools } = template;
  if (usual === undefined)
    throw new NoTemplate('the tokenizer has several chat templates, and none of them is its default');
  return { usual: { jinja: usual }, ...(tools === undefined ? {} : { tools: { jinja: tools } }) };
}

/** Rows with tools by one template, the others by another. */
function divided(usual: Renderer, tools: Renderer): Renderer {
  const has = (example: Example) => example.kind === 'messages' && example.tools !== undefined;
  return {
    render: async (examples) => {
      const plain = await usual.render(examples.filter((one) => !has(one)));
      const special = await tools.render(examples.filter(has));
      let [next, nextSpecial] = [0, 0];
      return examples.map((one) => (has(one) ? special[nextSpecial++] : plain[next++]) as Outcome);
    },
    close: async () => {
      await usual.close();
      await tools.close();
    },
  };
}

async function strange(given: TemplateGiven, { tokenizer, answersOnly }: RenderingOptions): Promise<Renderer> {
  try {
    return await openBounded(given, { tokens: tokenizer?.special ?? {}, answersOnly });
  } catch (caught) {
    if (!(caught instanceof TemplateSyntax)) throw caught;
    throw new NoTemplate(`the template is no Jinja: line ${caught.line}: ${caught.message}`);
  }
}

/** Throws NoTemplate. */
export async function openRenderer(named: NamedTemplate, options: RenderingOptions): Promise<Renderer> {
  const { name, jinja } = named;
  if (jinja !== undefined) return strange({ jinja }, options);
  if (name === 'model') {
    const { usual, tools } = ofModel(options.tokenizer?.template);
    const first = await strange(usual, options);
    return tools ? divided(first, await strange(tools, options)) : first;
  }
  try {
    return ours(name, options);
  } catch (caught) {
    throw caught instanceof Unfit ? new NoTemplate(caught.message) : caught;
  }
}

/** One row, to be shown; undefined where the template does not take it. */
export async function renderedBy(renderer: Renderer, example: Example): Promise<Rendered | undefined> {
  try {
    const [outcome] = await renderer.render([example]);
    return outcome && 'rendered' in outcome ? outcome.rendered : undefined;
  } catch (caught) {
    if (caught instanceof RowStopped) return undefined;
    throw caught;
  }
}
