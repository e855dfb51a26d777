import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { fieldAt, firstLanguages, groups, isDraft, languagesOf, reworded, wordsOf } from '../../../web/static/js/core/wording.js';
import { fill } from '../../../web/static/js/core/words.js';

const t = (/** @type {string} */ sentence, /** @type {any} */ values = {}) => fill(sentence, values);

const DIALOGUE = {
  languages: ['en', 'de', 'fr'],
  drafts: ['fr'],
  name: { en: 'Small', de: 'Klein' },
  about: { en: 'To try.', de: 'Zum Probieren.' },
  roles: { sender: { en: 'sender', de: 'Sender' }, receiver: { en: 'receiver', de: 'Empfänger' } },
  stage: [{ id: 'talk', name: { en: 'Talk' } }],
  step: [
    {
      id: 'say',
      name: { en: 'Say', de: 'Sagen' },
      do: { sender: { en: 'Speak.' }, receiver: { en: 'Listen.' } },
      stems: { sender: { en: ['I feel…', 'I see…'] } },
      edge: [
        { id: 'said', to: 'end', label: { en: 'Said' } },
        { id: 'yes', to: 'quiet', by: 'sender', say: { en: 'Yes' }, label: { en: 'Yes' } },
      ],
    },
    { id: 'quiet', coach: { en: 'Wait.' }, name: {}, do: {} },
  ],
};

describe('the words of a dialogue as fields', () => {
  const all = groups(DIALOGUE, 'de', t);

  it('are those of the whole, then of each step', () => {
    assert.deepEqual(all.map((group) => [group.step, group.title]), [['', 'The whole dialogue'], ['say', 'Sagen'], ['quiet', 'quiet']]);
    assert.deepEqual(all[0]?.fields.map((field) => field.place), ['name', 'about', 'roles sender', 'roles receiver', 'stage 0 name']);
    assert.deepEqual(all[1]?.fields.map((field) => field.place), [
      'step 0 name', 'step 0 do sender', 'step 0 do receiver', 'step 0 stems sender', 'step 0 edge 0 label', 'step 0 edge 1 label', 'step 0 edge 1 say',
    ]);
    assert.deepEqual(all[2]?.fields.map((field) => field.place), ['step 1 name', 'step 1 coach']);
    assert.equal(all[1]?.fields[1]?.label, 'What the Sender does');
    assert.equal(all[1]?.fields[4]?.label, 'Your button: → end of the dialogue');
    assert.equal(all[1]?.fields[6]?.label, 'Button of the Sender: → quiet');
  });

  it('are read and changed without touching the former value', () => {
    const [name, , , stems] = all[1]?.fields ?? [];
    assert.ok(name && stems);
    assert.equal(wordsOf(DIALOGUE, stems, 'en'), 'I feel…\nI see…');
    assert.equal(wordsOf(DIALOGUE, name, 'fr'), '');
    const next = reworded(reworded(DIALOGUE, stems, 'en', ' I hear… \n\n'), name, 'fr', 'Dire\ncela');
    assert.deepEqual(next['step'][0].stems.sender.en, ['I hear…']);
    assert.equal(next['step'][0].name.fr, 'Dire cela');
    assert.deepEqual(DIALOGUE.step[0]?.stems?.sender.en, ['I feel…', 'I see…']);
    assert.deepEqual(reworded(DIALOGUE, { place: 'step 9 name', label: '', several: false }, 'en', 'x'), DIALOGUE);
  });

  it('are found by the place of a fault', () => {
    assert.equal(fieldAt(all, 'step 0 do sender en')?.place, 'step 0 do sender');
    assert.equal(fieldAt(all, 'step 0 edge 1 say')?.place, 'step 0 edge 1 say');
    assert.equal(fieldAt(all, 'step 0 do')?.place, 'step 0 do sender');
    assert.equal(fieldAt(all, 'step 0 edge 1')?.place, 'step 0 edge 1 label');
    for (const place of ['', 'start', 'step 0 edge 1 to', 'step 9']) assert.equal(fieldAt(all, place), null, place);
  });
});

describe('the languages of a dialogue', () => {
  it('are two to begin with, the own one first', () => {
    assert.deepEqual(languagesOf(DIALOGUE), ['en', 'de', 'fr']);
    assert.deepEqual(firstLanguages(DIALOGUE, 'fr'), ['fr', 'en']);
    assert.deepEqual(firstLanguages(DIALOGUE, 'en'), ['en', 'de']);
    assert.deepEqual(firstLanguages(DIALOGUE, 'nl'), ['en', 'de']);
    assert.deepEqual(firstLanguages({ languages: ['nl'] }, 'de'), ['nl']);
    assert.deepEqual(firstLanguages({}, 'de'), []);
  });

  it('say which are drafts', () => {
    assert.deepEqual(['en', 'fr'].map((it) => isDraft(DIALOGUE, it)), [false, true]);
    assert.equal(isDraft({}, 'en'), false);
  });
});
