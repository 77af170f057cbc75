/** Languages: a sentence or two of each that is known; and what is too short or too odd to be told. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { languageOf } from '../../../lib/data/judge/language.ts';

const test = suite('language');

const samples: Readonly<Record<string, readonly string[]>> = {
  en: [
    'There are three things that you should know before you begin with this work.',
    'She went to the shop and bought some bread, because there was none left at home.',
    'How can I make the text of this page larger?',
  ],
  de: [
    'Es gibt drei Dinge, die man wissen sollte, bevor man mit dieser Arbeit beginnt.',
    'Sie ging in den Laden und kaufte Brot, weil zu Hause keines mehr war.',
  ],
  fr: [
    'Il y a trois choses que vous devez savoir avant de commencer ce travail.',
    'Elle est allée au magasin et a acheté du pain, parce qu’il n’y en avait plus à la maison.',
  ],
  es: [
    'Hay tres cosas que usted debe saber antes de empezar con este trabajo.',
    'Ella fue a la tienda y compró pan, porque ya no había en la casa.',
  ],
  it: [
    'Ci sono tre cose che si devono sapere prima di iniziare questo lavoro.',
    'È andata al negozio e ha comprato del pane, perché a casa non c’era più.',
  ],
  pt: [
    'Há três coisas que você deve saber antes de começar este trabalho.',
    'Ela foi à loja e comprou pão, porque não havia mais em casa.',
  ],
  nl: [
    'Er zijn drie dingen die je moet weten voordat je met dit werk begint.',
    'Ze ging naar de winkel en kocht brood, omdat er thuis niets meer was.',
  ],
  pl: ['Są trzy rzeczy, które trzeba wiedzieć, zanim się zacznie tę pracę, i nie jest to trudne.'],
  ru: ['Есть три вещи, которые нужно знать, прежде чем начать эту работу, и это не так трудно.'],
  uk: ['Є три речі, які треба знати, перш ніж почати цю роботу, і це не так важко.'],
  ja: ['この作業を始める前に知っておくべきことが三つあります。', 'パンを買いに行った。'],
  zh: ['在开始这项工作之前，你应该知道三件事。', '她去商店买了面包。'],
  ko: ['이 일을 시작하기 전에 알아야 할 것이 세 가지 있습니다.'],
  ar: ['هناك ثلاثة أشياء يجب أن تعرفها قبل أن تبدأ هذا العمل.'],
  el: ['Υπάρχουν τρία πράγματα που πρέπει να γνωρίζετε πριν ξεκινήσετε.'],
  he: ['יש שלושה דברים שכדאי לדעת לפני שמתחילים בעבודה הזאת.'],
  th: ['มีสามสิ่งที่คุณควรรู้ก่อนเริ่มงานนี้'],
  hi: ['इस काम को शुरू करने से पहले तीन बातें जाननी चाहिए।'],
};

test('sentences of each language are told', () => {
  for (const [language, texts] of Object.entries(samples))
    for (const text of texts) assert.is(languageOf(text), language, text);
});

test('numbers, code, lists of names, and a word or two are not told', () => {
  for (const text of [
    '',
    '42',
    'Blue.',
    'x = f(a, b)[0];',
    'Apple, Banana, Mango, Kiwi, Papaya',
    'Yes',
    '2x1=2 | 3x1=3',
  ])
    assert.is(languageOf(text), undefined, text);
});

test('names and code in Latin letters do not hide Japanese', () => {
  assert.is(languageOf('PyTorchのDataLoaderでnum_workersを増やすと速くなります。'), 'ja');
});

test.run();
