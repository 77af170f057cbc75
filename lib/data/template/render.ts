/** A row as the text that is trained on, and which part of it is learnt. */
import { isBuiltIn, isPlain, type PlainTemplate } from '../../settings/templates.ts';
import type { Example } from '../example.ts';
import { builtIn } from './built-in.ts';
import { type Conversation, conversationOf } from './conversation.ts';
import { type Compiled, compile, type Difference, type Written } from './engine.ts';
import { nodesOf } from './nodes.ts';
import { plainOf } from './plain.ts';
import { generation } from './tags.ts';
import type { Limits } from './watch.ts';

/** The tokenizer's, under transformers' names: bos_token, eos_token. One that it has not is absent. */
export type SpecialTokens = Readonly<Record<string, string>>;

/** Pairs of offsets in UTF-16 units, in order, not overlapping. */
export type Spans = readonly (readonly [number, number])[];

export interface Rendered {
  readonly text: string;
  /** What is learnt. Of a plain template whose loss is on everything, the tokens that the tokenizer adds too. */
  readonly trained: Spans;
  /** The prompt by itself, where what follows it is learnt: of tokens, TRL takes those that both have in common for the prompt. */
  readonly asked?: string;
  /** Blocks of `generation` as transformers tells them (engine.ts), where they say what is learnt. */
  readonly blocks?: Spans;
  /** Whether the tokenizer adds tokens of its own to it, as BOS: a chat template writes out what it wants. */
  readonly addsSpecialTokens: boolean;
  /** What other engines would write in another way. */
  readonly differences: readonly Difference[];
}

/** A name of ours, or a template in Jinja: the user's, or the one that the model's tokenizer has. */
export type TemplateGiven = { readonly name: string } | { readonly jinja: string };

export interface TemplateOptions {
  readonly tokens: SpecialTokens;
  /** Whether only answers are learnt; else all of the text is. */
  readonly answersOnly: boolean;
  /** Of a template in Jinja that was given; `render` throws Stopped then. */
  readonly limits?: Limits;
}

export interface Template {
  /** Throws Refused where the template does not take the row, and what the engine throws. */
  readonly render: (example: Example) => Rendered;
}

/** The template does not take rows of this kind, or cannot tell what of them is an answer. */
export class Unfit extends Error {}

const whole = (text: string): Spans => (text === '' ? [] : [[0, text.length]]);

function plainTemplate(name: PlainTemplate, { tokens, answersOnly }: TemplateOptions): Template {
  const end = tokens.eos_token ?? '';
  const render = (example: Example): Rendered => {
    const plain = plainOf(example, name);
    if (!plain) throw new Unfit(`the template ${name} takes no rows of ${example.kind}`);
    const { prompt, completion } = plain;
    // As TRL does: an answer that ends so already is left as it is.
    const text = prompt + (completion.endsWith(end) ? completion : completion + end);
    const start = answersOnly ? prompt.length : 0;
    const trained: Spans = start < text.length ? [[start, text.length]] : [];
    // TRL has no prompt for rows of text: the tokenizer's own first token is learnt, too.
    const asked = answersOnly && example.kind !== 'text' ? { asked: prompt } : {};
    return { text, trained, ...asked, addsSpecialTokens: true, differences: [] };
  };
  return { render };
}

/** Where two texts part; not within a letter. */
function parting(a: string, b: string): number {
  if (a.startsWith(b)) return b.length;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  const before = a.charCodeAt(at - 1);
  return before >= 0xd800 && before < 0xdc00 ? at - 1 : at;
}

type Learnt = Pick<Rendered, 'trained' | 'asked' | 'blocks'>;

class ChatTemplate implements Template {
  readonly #compiled: Compiled;
  readonly #options: TemplateOptions;
  readonly #marksAnswers: boolean;
  /** Ours open the prompt's answer where their first block of `generation` begins; a test holds them to it. */
  readonly #isOurs: boolean;

  constructor(jinja: string, options: TemplateOptions, isOurs: boolean) {
    this.#compiled = compile(jinja, isOurs ? undefined : options.limits);
    this.#options = options;
    this.#isOurs = isOurs;
    this.#marksAnswers = hasGeneration(this.#compiled);
  }

  render(example: Example): Rendered {
    const conversation = conversationOf(example);
    if (!conversation) throw new Unfit('a chat template takes no rows of text');
    const written = this.#write(conversation.messages, conversation, false);
    const { text, differences } = written;
    const learnt = this.#options.answersOnly ? this.#answers(conversation, written) : { trained: whole(text) };
    return { text, ...learnt, addsSpecialTokens: false, differences };
  }

  #write(messages: Conversation['messages'], { tools }: Conversation, asks: boolean): Written {
    const variables = { messages, tools: tools ?? null, documents: null, add_generation_prompt: asks };
    return this.#compiled.write({ ...this.#options.tokens, ...variables });
  }

  /** As TRL does: of a prompt and its answer, what comes behind the prompt; of a dialogue, what the template marks. */
  #answers(conversation: Conversation, { text, trained, blocks }: Written): Learnt {
    const { prompt, messages } = conversation;
    if (prompt === undefined) {
      if (!this.#marksAnswers) throw new Unfit('the template does not mark answers by {% generation %}');
      return { trained, blocks };
    }
    const [first] = trained;
    const asked =
      this.#isOurs && first ? text.slice(0, first[0]) : this.#write(messages.slice(0, prompt), conversation, true).text;
    const start = parting(text, asked);
    return { trained: start < text.length ? [[start, text.length]] : [], asked };
  }
}

export function hasGeneration({ root }: Compiled): boolean {
  for (const { type, call } of nodesOf(root))
    if (type === 'CallStatement' && call?.callee?.value === generation) return true;
  return false;
}

/** Throws TemplateSyntax. A template that is not ours may never come to an end: `openBounded` renders it apart. */
export function openTemplate(given: TemplateGiven, options: TemplateOptions): Template {
  if ('jinja' in given) return new ChatTemplate(given.jinja, options, false);
  const { name } = given;
  if (isPlain(name)) return plainTemplate(name, options);
  if (isBuiltIn(name)) return new ChatTemplate(builtIn[name], options, true);
  throw new Unfit(`${name} names no template of ours`);
}
