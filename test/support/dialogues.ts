/** Rows of dialogues as they are found in the wild, and as nobody should write them. */

const user = { role: 'user', content: 'How far is the moon?' };
const assistant = { role: 'assistant', content: '384,400 km.' };
const human = { from: 'human', value: 'How far is the moon?' };
const gpt = { from: 'gpt', value: '384,400 km.' };
const call = { id: 'call_1', type: 'function', function: { name: 'far', arguments: '{"to": "moon", "n": [1, {}]}' } };
const weather = { type: 'function', function: { name: 'far', parameters: { type: 'object', properties: {} } } };
const deep = (levels: number) => `{"a": ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

/** Values of a column of turns, that can be learnt from. */
export const turns: readonly unknown[] = [
  [user, assistant],
  [human, gpt],
  [{ role: 'system', content: 'Be short.' }, user, assistant, user, assistant],
  [{ role: 'developer', content: 'Be short.' }, user, assistant],
  [
    { from: 'user', value: 'a' },
    { from: 'assistant', value: 'b' },
  ],
  [
    { role: 'human', content: 'a' },
    { role: 'gpt', content: 'b', weight: 0 },
  ],
  [
    { role: null, from: 'human', content: null, value: 'a' },
    { role: 'assistant', content: 'b', tool_calls: null },
  ],
  [user, { ...assistant, tool_calls: [] }],
  [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    assistant,
  ],
  [
    user,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: '1' },
    assistant,
  ],
  [user, { role: 'assistant', tool_calls: [{ function: { name: 'far', arguments: { to: 'moon' } } }] }],
  [user, { role: 'assistant', content: 'Wait.', function_call: { name: 'far', arguments: '' } }, assistant],
  [
    user,
    { role: 'assistant', content: 'Wait.', function_call: { name: 'far' } },
    { role: 'function', name: 'far', content: '' },
    assistant,
  ],
  [
    human,
    { from: 'function_call', value: '{"name": "far", "arguments": {"to": "moon"}}' },
    { from: 'observation', value: '384' },
    gpt,
  ],
  [human, { from: 'function_call', value: '[{"name": "far", "arguments": {}}, {"name": "near"}]' }],
  [human, { from: 'tool_call', value: '{"name": "far", "arguments": {"a": NaN}}' }, gpt],
  [human, { from: 'tool_call', value: ` \n${deep(200)}` }, gpt],
  [human, { from: 'tool_call', value: `{"name": "far", "arguments": ${JSON.stringify(deep(200))}}` }, gpt],
  [human, { from: 'tool_call', value: `{"name": "far", "arguments": ${JSON.stringify(deep(201))}}` }, gpt],
  [human, { from: 'tool_call', value: `{"name": "far", "arguments": ${JSON.stringify(deep(20_000))}}` }, gpt],
  [gpt, human, gpt],
  [human, human, gpt, gpt, human],
  [user, { ...assistant, reasoning_content: 'It is far.', name: 'Moon', extra: 3 }],
  [user, { role: 'assistant', content: '' }, user, assistant],
  [user, { role: 'assistant', content: ' \t\r\n' }],
  [user, { role: 'assistant', content: '\u3000' }],
  [user, { role: 'assistant', content: '\ufeff\u0085\u001c' }],
];

/** Values of a column of turns that cannot. */
export const hostile: readonly unknown[] = [
  null,
  'text',
  '[{"role": "user"}]',
  {},
  [],
  [[]],
  [null],
  ['a'],
  [3, assistant],
  [{}],
  [{ content: 'a' }, assistant],
  [{ role: '', content: 'a' }, assistant],
  [{ role: 3, content: 'a' }, assistant],
  [{ role: 'asistant', content: 'a' }],
  [{ role: 'Assistant', content: 'a' }],
  [{ role: '\ud800', content: 'a' }],
  [{ role: 'constructor', content: 'a' }],
  [{ role: '__proto__', content: 'a' }],
  [user],
  [user, { role: 'tool', content: 'a' }],
  [user, { role: 'assistant' }],
  [user, { role: 'assistant', content: null }],
  [human, { from: 'gpt', value: null }],
  [user, { role: 'assistant', content: 3 }],
  [user, { role: 'assistant', content: false }],
  [user, { role: 'assistant', content: {} }],
  [user, { role: 'assistant', content: [] }],
  [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }] }, assistant],
  [{ role: 'user', content: [{ type: 'text', text: 3 }] }, assistant],
  [{ role: 'user', content: ['a'] }, assistant],
  [user, { role: 'assistant', content: '\ud800' }],
  [user, { role: 'assistant', content: 'a', name: '\udc00' }],
  [user, { role: 'assistant', content: 'a', name: 3 }],
  [user, { role: 'assistant', content: 'a', reasoning_content: {} }],
  [user, { role: 'assistant', content: '' }],
  ...[
    {},
    'a',
    3,
    [{}],
    [null],
    [{ function: {} }],
    [{ function: '' }],
    [{ function: { name: '' } }],
    [{ function: { name: 3 } }],
    [{ function: { name: 'far', arguments: '{' } }],
    [{ function: { name: 'far', arguments: '[]' } }],
    [{ function: { name: 'far', arguments: '\ufeff{}' } }],
    [{ function: { name: 'far', arguments: 3 } }],
    [{ function: { name: 'far', arguments: { a: ['\ud800'] } } }],
    [{ function: { name: 'far', arguments: { '\ud800': 1 } } }],
    [{ function: { name: 'far', arguments: '{"a": "\\ud800"}' } }],
    [{ function: { name: '\ud800' } }],
    [{ id: '\ud800', function: { name: 'far' } }],
    [call, {}],
  ].map((tool_calls) => [user, { role: 'assistant', content: 'a', tool_calls }]),
  [human, { from: 'function_call', value: '' }],
  [human, { from: 'function_call' }],
  [human, { from: 'function_call', value: 'far(moon)' }],
];

/** Values of a column of tools, good ones first. */
export const offered: readonly unknown[] = [
  undefined,
  null,
  [],
  '',
  '[]',
  [weather],
  JSON.stringify([weather]),
  {},
  'none',
  '{}',
  3,
  ['far'],
  [null],
  [{ name: '\ud800' }],
  '[{"name": "\\udc00"}]',
];
