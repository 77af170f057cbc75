/** Which chat template of a tokenizer renders a row. */
import type { Example } from '../example.ts';
import { NoTokens, type Tokenizer } from './tokenizer.ts';

export interface ModelTemplates {
  /** Each in Jinja, once. */
  readonly all: readonly string[];
  /** One of them. Throws NoTokens where nobody has asked TRL for it. */
  readonly of: (example: Example) => string;
}

/** Of several templates that a tokenizer has by name, transformers takes this for rows with tools, and that for others. */
const [withTools, others] = ['tool_use', 'default'] as const;

const marksAnswers = (jinja: string) => /\{%[-+]?\s*generation\b/.test(jinja);

const notAsked =
  'the chat template does not mark what is said; whether TRL has one that does, the trainer writes down when a run starts';

/**
 * `answersOnly`: the loss is on answers alone. In dialogues TRL then renders with a template of its own, where it knows that of
 * the model and this does not mark what is said (trl.chat_template_utils.get_training_chat_template). Throws NoTokens.
 */
export function modelTemplates(
  { template, training }: Pick<Tokenizer, 'template' | 'training'>,
  answersOnly: boolean,
): ModelTemplates {
  if (template === undefined) throw new NoTokens('the tokenizer has no chat template');
  if (typeof template === 'string') {
    const dialogues = answersOnly ? (training ?? template) : template;
    const isOpen = answersOnly && training === undefined && !marksAnswers(template);
    return {
      all: [...new Set([template, dialogues])],
      of: ({ kind }) => {
        if (kind !== 'messages') return template;
        if (isOpen) throw new NoTokens(notAsked);
        return dialogues;
      },
    };
  }
  const { [others]: usual, [withTools]: tools = usual } = template;
  if (usual === undefined || tools === undefined)
    throw new NoTokens('the tokenizer has several chat templates, and none of them is its default');
  return {
    all: [...new Set([usual, tools])],
    of: (example) => (example.kind === 'messages' && example.tools ? tools : usual),
  };
}
