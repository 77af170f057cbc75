/** Answers that refuse, and the phrases that assistants begin with. */
import type { Detector } from './finding.ts';
import { Pattern } from './pattern.ts';
import type { Said } from './row.ts';
import { rows } from './tally.ts';

/** How far into an answer a refusal stands; behind that it is about something else. */
const beginning = 200;

/** Both forms of the apostrophe. */
const is = "['’]m";
const not = "(?:['’]t|not)";
/** What an assistant is asked for; "I cannot come to work" is an answer. */
const acts =
  'access|answer|assist|browse|complete|comply|create|determine|discuss|display|do|draw|engage|estimate|fulfil|fulfill|generate|give|have|help|know|open|perform|process|produce|provide|read|recommend|retrieve|see|share|show|speculate|support|tell|translate|view|write';

const refusals = [
  '\\bas an? (?:ai|artificial intelligence)(?: (?:language )?(?:model|assistant))?,? (?:i|my|it)\\b',
  "\\bi(?:'|’)?m (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model)\\b",
  '\\bi am (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model)\\b',
  `^(?:i${is} |i am )?(?:very |so |really )?sorry,? (?:but )?(?:i|as an)\\b[^.!?]*(?:can${not}|can not|unable to|not able to|do not|don${not}|won${not}) (?:${acts})\\b`,
  `^(?:unfortunately,? )?i(?: |${is} )(?:am )?(?:can${not}|can not|unable to|not able to) (?:${acts})\\b`,
  'my (?:knowledge|training data) (?:cut-?off|only goes)',
  '(?:AI|人工知能)(?:言語)?(?:モデル|アシスタント)?(?:として[、,]|である私|ですので|なので)',
  '^(?:大変)?(?:申し訳(?:ありません|ございません)|すみません|恐れ入ります)[^。]*(?:できません|出来ません|できかねます|お答えできない|対応しておりません|わかりません|分かりません)',
  '^(?:その|この|そのような|ご)(?:質問|要望|リクエスト|依頼)[^。]*(?:お答えできません|お応えできません|できません|できかねます)',
];
const refusal = new RegExp(refusals.join('|'), 'i');

const openings = [
  "(?:sure|certainly|of course|absolutely|definitely)(?: thing)?[!,.:]? (?:here(?:'|’)?s|here (?:is|are)|i(?:'|’)?d be happy|i can help|let me|i(?:'|’)?ll)\\b",
  '(?:sure|certainly|of course|absolutely|definitely)(?: thing)?!',
  "(?:that(?:'|’)?s a |what a )?(?:great|good|excellent) question\\b",
  "i(?:'|’)?d be (?:happy|glad|delighted) to (?:help|assist)\\b",
  'thank you for (?:your question|asking)\\b',
  '(?:はい、?|ええ、?)?もちろん(?:です|、|！|。)',
  // Alone it is what a letter says.
  '(?:はい、?)?(?:承知|了解|かしこまり)(?:いた)?し?ました[。、！!]?\\s*(?:以下|こちら|それでは|では|次|まず|ご)',
  '(?:素晴らしい|いい|良い|とても良い)(?:ご)?質問です',
  'はい、(?:以下|こちら)(?:は|に|が)',
  'ご質問ありがとうございます',
];
const opening = new RegExp(`^(?:${openings.join('|')})`, 'i');

const start = (text: string) => text.slice(0, beginning).trimStart();

export const isRefusal = (text: string) => refusal.test(start(text));
export const isBoilerplate = (text: string) => opening.test(start(text));

const answers = (has: (text: string) => boolean) => (said: Said) => said.side === 'answer' && has(said.text);

export function phraseDetectors(): Detector[] {
  return [
    new Pattern(answers(isRefusal), {
      id: 'rows/refusal',
      severity: 'note',
      message: (count) => `${rows(count, 'answers', 'answer')} with a refusal, or as “an AI model”.`,
      fix: 'Take out those that are not meant: a few hundred teach a model to refuse what it could do.',
    }),
    new Pattern(answers(isBoilerplate), {
      id: 'rows/boilerplate',
      severity: 'note',
      message: (count) =>
        `${rows(count, 'begins', 'begin')} the answer with a phrase that says nothing (“Sure, here is”).`,
      fix: 'Cut the phrase off, unless answers are meant to begin so.',
    }),
  ];
}
