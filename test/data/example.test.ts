import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exampleOf } from '../../lib/data/example.ts';
import { hostile, turns } from '../support/dialogues.ts';

const test = suite('what a row says');

const said = (messages: unknown, tools?: unknown) => exampleOf({ messages, tools }, 'messages');
const faultsOf = (messages: unknown, tools?: unknown) => said(messages, tools).faults;

test('columns become what the format calls them', () => {
  const row = { question: 'a', output: 'b', input: null, more: 3 };
  assert.equal(exampleOf(row, 'alpaca', { instruction: 'question' }), {
    example: { kind: 'alpaca', instruction: 'a', input: '', output: 'b' },
    faults: [],
  });
  assert.equal(exampleOf({ text: 'a' }, 'text').example, { kind: 'text', text: 'a' });
  assert.equal(exampleOf(row, 'prompt', { prompt: 'ask', completion: 'more' }).faults, [
    { kind: 'missing', column: 'ask' },
    { kind: 'text', column: 'more' },
  ]);
});

test('OpenAI and ShareGPT say the same in one form', () => {
  const messages = [
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: 'How far is the moon?' },
    {
      role: 'assistant',
      content: '',
      tool_calls: [{ type: 'function', function: { name: 'far', arguments: { to: 'moon' } } }],
    },
    { role: 'tool', content: '384400' },
    { role: 'assistant', content: '384,400 km.' },
  ];
  const conversations = [
    { from: 'human', value: 'How far is the moon?' },
    { from: 'function_call', value: '{"name": "far", "arguments": {"to": "moon"}}' },
    { from: 'observation', value: '384400' },
    { from: 'gpt', value: '384,400 km.' },
  ];
  const tools = [{ type: 'function', function: { name: 'far' } }];
  const row = { conversations, system: 'Be short.', tools: JSON.stringify(tools) };
  const wanted = { example: { kind: 'messages', messages, tools }, faults: [] };
  assert.equal(exampleOf(row, 'sharegpt'), wanted);
  assert.equal(said(messages, tools), wanted);
  const called = { name: 'far', arguments: '{"to": "moon"}' };
  const older = messages.map(({ tool_calls, ...turn }) => (tool_calls ? { ...turn, function_call: called } : turn));
  assert.equal(said(older, tools), wanted);
});

test('each kind of fault, and what is only told', () => {
  const user = { role: 'user', content: 'a' };
  const assistant = { role: 'assistant', content: 'b' };
  const kinds = (messages: unknown, tools?: unknown) =>
    faultsOf(messages, tools).map(({ kind, column, detail }) => [
      kind,
      column,
      ...(detail === undefined ? [] : [detail]),
    ]);
  assert.equal(kinds('a'), [['messages', 'messages']]);
  assert.equal(kinds([3, assistant]), [['message', 'messages']]);
  assert.equal(kinds([{ role: 'asistant', content: 'a' }]), [['role', 'messages', 'asistant']]);
  assert.equal(kinds([user, { role: 'assistant', content: 3 }]), [['content', 'messages']]);
  assert.equal(kinds([user, { ...assistant, tool_calls: [{}] }]), [['call', 'messages']]);
  assert.equal(kinds([user, assistant], {}), [['tools', 'tools']]);
  assert.equal(kinds([user]), [['answer', 'messages']]);
  assert.equal(kinds([user, { role: 'assistant', content: ' \n' }]), [['empty', 'messages']]);
  const taught = (messages: unknown) => {
    assert.ok(said(messages).example, 'it is learnt from all the same');
    return kinds(messages);
  };
  assert.equal(taught([user, { role: 'assistant', content: '' }, user, assistant]), [['part', 'messages']]);
  assert.equal(taught([user, { ...assistant, weight: 0 }]), [['weight', 'messages']]);
  const order = (...messages: unknown[]) => taught(messages)[0]?.[2];
  assert.is(order(assistant, user, assistant), 'an assistant message first');
  assert.is(order(user, user, assistant), 'a user message after a user message');
  assert.is(order(user, assistant, assistant), 'an assistant message after an assistant message');
  assert.is(order(user, { role: 'system', content: 'a' }, assistant), 'a system message after a user message');
  assert.is(order(user, { role: 'tool', content: 'a' }, assistant), 'a tool message after a user message');
  assert.is(order(user, assistant, user), 'a user message last');
  assert.is(order({ role: 'system', content: 'a' }, user, assistant, user, assistant), undefined);
});

test('rows of the wild are learnt from, hostile ones are not', () => {
  const learnt = turns.filter((messages) => said(messages).example !== undefined);
  // The others hold JSON that is none, or too deep, or an answer that is empty: each is told by its own test above.
  assert.is(learnt.length, turns.length - 6);
  assert.equal(
    hostile.filter((messages) => said(messages).example !== undefined),
    [],
  );
});

test.run();
