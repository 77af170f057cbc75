/** Templates: a user's file, and how a template goes with the rows. */
import type { Explanations } from './explanation.ts';

export const template: Explanations = {
  'template/attribute': {
    title: 'A template that reads what no template may',
    why: 'Names that begin with _ lead from a value into the program that renders it; transformers refuses them too.',
    example: "{{ messages.__class__ }}, or {{ message['__init__'] }}",
    fix: 'Read fields of the messages only.',
    source: 'transformers 5.23, utils/chat_template_utils.py: ImmutableSandboxedEnvironment',
  },
  'template/clock': {
    title: 'A template that writes the date of the day',
    why: 'The same rows are other rows on another day: the run cannot be made again.',
    example: "{{ strftime_now('%d %b %Y') }}",
    fix: 'Write the date that is meant.',
    source: 'lib/data/template/check.ts',
  },
  'template/engines': {
    title: 'A template that engines render differently',
    why: 'Python writes False, None, 2.0 and dictionaries in its own way, other engines in theirs: who serves the model may give it other text than it was trained on.',
    example: '{{ true }}, {{ 2.0 }}, {{ {"a": 1} }}, {% break %}, or the filter title',
    fix: 'Write text: tojson for a list or a dictionary, if and else for true, false and none.',
    source: 'lib/data/template/check.ts; docs/templates.md: Engines',
  },
  'template/format': {
    title: 'A template that takes no such rows',
    why: 'alpaca wants instruction, input and output; plain a prompt and its answer, or text; a chat template turns.',
    example: "format: 'text', template: 'chatml'",
    fix: 'Leave template out, or write one that takes the rows.',
    source: 'docs/templates.md',
  },
  'template/generation': {
    title: 'A block of generation where its letters are counted wrong',
    why: 'transformers counts from the start of what is written so far; in a macro or a set block nothing is yet, so other letters would be learnt.',
    example: '{% macro said(m) %}{% generation %}{{ m.content }}{% endgeneration %}{% endmacro %}',
    fix: 'Write it outside of macro, set, filter and call.',
    source: 'transformers 5.23, utils/chat_template_utils.py: AssistantTracker',
  },
  'template/no-generation': {
    title: 'A template that does not say what the assistant says',
    why: 'The loss is on the answers alone, and nothing tells them from the questions.',
    example: 'a Jinja file without {% generation %}, for rows of messages',
    fix: "Put the answers between {% generation %} and {% endgeneration %}, or write loss: 'all'.",
    source: 'TRL 1.16.0, trainer/sft_trainer.py: assistant_only_loss',
  },
  'template/syntax': {
    title: 'A template that is no Jinja',
    why: 'It cannot be rendered at all; the line says where it is wrong.',
    example: '{% if message.role == "user" }',
    fix: 'Correct it there.',
    source: 'lib/data/template/tags.ts, syntax-line.ts',
  },
  'template/unknown': {
    title: 'A template with a filter or a test that is not known here',
    why: 'The trainer may know it, but its rows cannot be shown or counted before the run.',
    example: '{{ message.content | wordwrap }}',
    fix: 'Do without it, if rows shall be shown and counted.',
    source: 'lib/data/template/check.ts',
  },
  'template/unreadable': {
    title: 'A template that cannot be read',
    why: 'There is no such file, it may not be read, it is no UTF-8, or far too large.',
    example: "template: { file: 'templates/chat.jinja' } without that file",
    fix: 'Correct the path; it is relative to the project’s folder.',
    source: 'lib/data/template/given.ts',
  },
  'trainer/no-generation': {
    title: 'The model’s chat template does not say what the assistant says',
    why: 'The loss is on the answers alone; TRL knows the templates of many models, and not this one.',
    example: 'a model whose template has no {% generation %}',
    fix: "Set template on the Dataset, or write loss: 'all'.",
    source: 'TRL 1.16.0, chat_template_utils.py: get_training_chat_template',
  },
  'trainer/template-altered': {
    title: 'The template in the bundle is not the planned one',
    why: 'The run is named by its content; another template would train something else.',
    example: 'chat_template.jinja is edited on the node',
    fix: 'Run `sft synth` and `sft apply` again.',
    source: 'trainer/cdksft_trainer/template.py',
  },
  'trainer/template-missing': {
    title: 'The bundle has no template',
    why: 'train.json names a chat template that is not beside it.',
    example: 'chat_template.jinja was deleted on the node',
    fix: 'Run `sft apply` again: it repairs the bundle.',
    source: 'trainer/cdksft_trainer/template.py',
  },
};
