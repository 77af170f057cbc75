/**
 * The chat templates that cdksft has itself, in Jinja, with what is trained on between `generation` and
 * `endgeneration`: each answer with the token that ends it. docs/templates.md has an example of each.
 */
import type { ChatTemplate } from '../../settings/templates.ts';

/** Calls of tools, where the source says nothing of them: left out in silence they would be lost. */
const noTools = (name: string) => `{%- if tools %}
    {{- raise_exception('${name} has no place for tools') }}
{%- endif %}
{%- for message in messages %}
    {%- if message.tool_calls or message.role == 'tool' %}
        {{- raise_exception('${name} has no place for calls of tools') }}
    {%- endif %}
{%- endfor %}
`;

/** Where the source takes a dialogue of two only. A system message may stand before it. */
const alternating = (name: string) => `{%- set first = 1 if messages[0].role == 'system' else 0 %}
{%- for message in messages[first:] %}
    {%- if message.role != ('user' if loop.index0 % 2 == 0 else 'assistant') %}
        {{- raise_exception('${name} takes user and assistant by turns') }}
    {%- endif %}
{%- endfor %}
`;

/** OpenAI: openai/openai-python at 120d225, chatml.md. The line break behind <|im_end|> is trained, as TRL 1.16.0 does for Qwen. */
const chatml = String.raw`${noTools('chatml')}{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\n' }}
    {%- if message.role == 'assistant' %}
        {%- generation %}
        {{- message.content + '<|im_end|>\n' }}
        {%- endgeneration %}
    {%- else %}
        {{- message.content + '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
`;

/** Meta: meta-llama/llama at 689c7f2, llama/generation.py, chat_completion. Every pair begins with BOS and ends with EOS. */
const llama2 = String.raw`${noTools('llama2')}${alternating('llama2')}{%- for message in messages[first:] %}
    {%- if message.role == 'user' %}
        {%- set content = message.content %}
        {%- if loop.first and first == 1 %}
            {%- set content = '<<SYS>>\n' + messages[0].content + '\n<</SYS>>\n\n' + content %}
        {%- endif %}
        {{- bos_token }}
        {{- '[INST] ' + content.strip() + ' [/INST]' }}
    {%- else %}
        {%- generation %}
        {{- ' ' + message.content.strip() + ' ' }}
        {{- eos_token }}
        {%- endgeneration %}
    {%- endif %}
{%- endfor %}
`;

/** Meta: meta-llama/llama3 at e8f0267, llama/tokenizer.py, ChatFormat; as TRL 1.16.0 has it, chat_templates/llama3.jinja. */
const llama3 = String.raw`${noTools('llama3')}{{- bos_token }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' }}
    {%- if message.role == 'assistant' %}
        {%- generation %}
        {{- message.content.strip() + '<|eot_id|>' }}
        {%- endgeneration %}
    {%- else %}
        {{- message.content.strip() + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
{%- endif %}
`;

/** Google: Gemma 3, as TRL 1.16.0 has it, chat_templates/gemma3.jinja. Without a system message, Gemma 1 and 2 are the same. */
const gemma = String.raw`${noTools('gemma')}${alternating('gemma')}{{- bos_token }}
{%- for message in messages[first:] %}
    {%- if message.role == 'user' %}
        {{- '<start_of_turn>user\n' }}
        {%- if loop.first and first == 1 %}
            {{- messages[0].content + '\n\n' }}
        {%- endif %}
        {{- message.content.strip() + '<end_of_turn>\n' }}
    {%- else %}
        {{- '<start_of_turn>model\n' }}
        {%- generation %}
        {{- message.content.strip() + '<end_of_turn>\n' }}
        {%- endgeneration %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<start_of_turn>model\n' }}
{%- endif %}
`;

/**
 * Mistral: mistralai/mistral-common at 013341e, tokens/tokenizers/instruct.py, InstructTokenizerV3 with SentencePiece
 * (Mistral-7B-Instruct-v0.3). The system message stands in the last turn of the user.
 */
const mistral = String.raw`${noTools('mistral')}${alternating('mistral')}{%- set last = namespace(user=0) %}
{%- for message in messages[first:] %}
    {%- if message.role == 'user' %}
        {%- set last.user = loop.index0 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in messages[first:] %}
    {%- if message.role == 'user' %}
        {{- '[INST] ' }}
        {%- if first == 1 and loop.index0 == last.user and messages[0].content %}
            {{- messages[0].content + '\n\n' }}
        {%- endif %}
        {{- message.content + '[/INST]' }}
    {%- else %}
        {%- generation %}
        {{- ' ' + message.content.rstrip(' ') }}
        {{- eos_token }}
        {%- endgeneration %}
    {%- endif %}
{%- endfor %}
`;

/** Microsoft: Phi-3, as TRL 1.16.0 has it, chat_templates/phi3.jinja; the last answer is followed by EOS. */
const phi = String.raw`${noTools('phi')}{%- for message in messages %}
    {{- '<|' + message.role + '|>\n' }}
    {%- if message.role == 'assistant' %}
        {%- generation %}
        {{- message.content + '<|end|>\n' }}
        {%- if loop.last and not add_generation_prompt %}
            {{- eos_token }}
        {%- endif %}
        {%- endgeneration %}
    {%- else %}
        {{- message.content + '<|end|>\n' }}
        {%- if loop.last and not add_generation_prompt %}
            {{- eos_token }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|assistant|>\n' }}
{%- endif %}
`;

const qwenTools = `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>`;

const qwenCalls = `</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;

const quoted = (text: string) => `'${text.replaceAll('\n', '\\n')}'`;

/**
 * Alibaba: Qwen2.5-Instruct, as TRL 1.16.0 has it, chat_templates/qwen2_5.jinja. The line break behind the role is asked,
 * not learnt, as add_generation_prompt has it.
 */
const qwen = String.raw`{%- set first = 1 if messages[0].role == 'system' else 0 %}
{{- '<|im_start|>system\n' }}
{%- if first == 1 %}
    {{- messages[0].content }}
{%- else %}
    {{- 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.' }}
{%- endif %}
{%- if tools %}
    {{- '\n\n' + ${quoted(qwenTools)} }}
    {%- for tool in tools %}
        {{- '\n' }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- '\n' + ${quoted(qwenCalls)} }}
{%- endif %}
{{- '<|im_end|>\n' }}
{%- for message in messages[first:] %}
    {%- if message.role == 'assistant' %}
        {{- '<|im_start|>assistant\n' }}
        {%- generation %}
        {{- message.content }}
        {%- for call in message.tool_calls or [] %}
            {%- if message.content or not loop.first %}
                {{- '\n' }}
            {%- endif %}
            {{- '<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- call.function.arguments | tojson }}
            {{- '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
        {%- endgeneration %}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or loop.previtem.role != 'tool' %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\n<tool_response>\n' + message.content + '\n</tool_response>' }}
        {%- if loop.last or loop.nextitem.role != 'tool' %}
            {{- '<|im_end|>\n' }}
        {%- endif %}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
`;

export const builtIn: Readonly<Record<ChatTemplate, string>> = {
  chatml,
  llama2,
  llama3,
  gemma,
  mistral,
  phi,
  qwen,
};
