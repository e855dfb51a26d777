import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { band, marks, mayAsk, pauseLine, spoken } from '../../../web/static/js/core/band.js';
import { fill } from '../../../web/static/js/core/words.js';
import { indicator, leading, person, view } from '../views.js';

/** @type {import('../../../web/static/js/core/words.js').Translate} */
const t = (sentence, values = {}) => fill(sentence, values);

/** @param {import('../../../web/static/js/core/protocol.js').View} it */
function shown(it) {
  const model = band(it, t);
  assert.ok(model);
  return model;
}

describe('marks for programs', () => {
  it('are those of the contract', () => {
    assert.deepEqual(marks(view()), {
      'data-script': 'three-step',
      'data-step': 'mirror',
      'data-sender': 'partner-a',
      'data-voice': 'partner-b',
      'data-revision': '7',
    });
  });

  it('are there before a dialogue and before a view', () => {
    assert.deepEqual(Object.values(marks(view({ indicator: null, revision: 0 }))), ['', '', '', '', '0']);
    assert.deepEqual(Object.values(marks(view({ indicator: null, revision: null }))), ['', '', '', '', '']);
    assert.deepEqual(Object.values(marks(null)), ['', '', '', '', '']);
  });
});

describe('the receiver who mirrors', () => {
  it('reads the own voice, the floor, and the stem', () => {
    const it = shown(view());
    assert.equal(it.voice, 'Your voice: Mirror');
    assert.equal(it.floor, 'Maya is the sender');
    assert.deepEqual(it.stems, ['What I heard you say is…', 'You said…']);
    assert.deepEqual([it.mark, it.colour], ['mirror', 'receiver']);
  });
});

describe('the sender who listens', () => {
  const heard = shown(
    view({
      seat: 'partner-a',
      name: 'Maya',
      people: [person('therapist'), person('partner-b')],
      indicator: indicator({ role: 'sender', mine: false, do: 'Listen.', stem: null, moreStems: [], confirms: [{ edge: 'got-it', words: 'You got it' }] }),
    }),
  );

  it('reads what to do, and has no stem', () => {
    assert.equal(heard.voice, 'You listen');
    assert.equal(heard.floor, 'You are the sender');
    assert.equal(heard.act, 'Listen.');
    assert.deepEqual(heard.stems, []);
    assert.deepEqual([heard.mark, heard.colour], ['listen', 'sender']);
  });

  it('has the confirms', () => {
    assert.deepEqual(heard.confirms, [{ edge: 'got-it', words: 'You got it' }]);
  });
});

describe('whose voice', () => {
  /** @param {Partial<import('../../../web/static/js/core/protocol.js').Indicator>} change */
  const line = (change) => shown(view({ indicator: indicator(change) }));

  it('the therapist’s', () => {
    const it = line({ voice: 'therapist', mine: false });
    assert.deepEqual([it.voice, it.mark, it.colour], ['Dr. Lind speaks', 'chair', 'therapist']);
  });

  it('both', () => {
    const it = line({ voice: 'both' });
    assert.deepEqual([it.voice, it.mark], ['Both of you: Mirror', 'both']);
  });

  it('nobody’s', () => {
    const it = line({ voice: 'none', mine: false });
    assert.deepEqual([it.voice, it.mark], ['Quiet together', 'quiet']);
  });

  it('to the therapist it has a name', () => {
    assert.equal(shown(leading()).voice, 'Jonas’s voice: Mirror');
    assert.equal(shown(leading({}, { indicator: indicator({ voice: 'therapist', role: null, mine: false }) })).voice, 'Your voice now: Mirror');
    assert.deepEqual(
      (/** @type {const} */ (['partner-a', 'partner-b'])).map((voice) => shown(leading({}, { indicator: indicator({ voice, role: null }) })).mark),
      ['speak', 'mirror'],
    );
  });

  it('a partner kept apart learns no name', () => {
    const it = shown(view({ scene: 'aside', dimmed: true, people: [person('therapist')] }));
    assert.equal(it.floor, 'Your partner is the sender');
    assert.ok(!JSON.stringify(it).includes('Maya'));
  });
});

describe('while it stands still', () => {
  it('says why', () => {
    assert.equal(pauseLine(view(), t), null);
    assert.match(pauseLine(view({ dimmed: true }), t) ?? '', /^Dr\. Lind speaks/);
    assert.match(pauseLine(view({ dimmed: true, scene: 'aside' }), t) ?? '', /alone with Dr\. Lind/);
    assert.match(pauseLine(leading({ held: 'partner-b' }, { dimmed: true }), t) ?? '', /aside with Jonas/);
    assert.match(pauseLine(leading({}, { dimmed: true, timeOut: { since: 1, until: 2 } }), t) ?? '', /^Time-out/);
    assert.match(pauseLine(leading({ paused: true }, { dimmed: true }), t) ?? '', /^You speak/);
  });

  it('is in the therapist’s colour', () => {
    assert.equal(shown(view({ dimmed: true })).colour, 'therapist');
  });
});

describe('between the steps', () => {
  it('the receiver may ask to mirror while the sender speaks', () => {
    const sends = view({ indicator: indicator({ voice: 'partner-a', mine: false }) });
    assert.equal(mayAsk(sends), true);
    assert.equal(mayAsk({ ...sends, asked: true }), false);
    assert.equal(mayAsk({ ...sends, dimmed: true }), false);
    assert.equal(mayAsk(view()), false);
    assert.equal(mayAsk(view({ indicator: null })), false);
  });

  it('each learns of that in their own words', () => {
    assert.match(shown(view({ asked: true })).asked ?? '', /^You asked/);
    assert.match(shown(leading({}, { asked: true })).asked ?? '', /^Jonas would like/);
    assert.equal(shown(view()).asked, null);
  });

  it('the therapist’s own words come first', () => {
    assert.equal(shown(view({ prompt: 'Slowly.' })).prompt, 'Slowly.');
    assert.match(spoken(view({ prompt: 'Slowly.' }), t), /^Slowly\. Your voice/);
  });

  it('a breath is no coaching', () => {
    assert.match(pauseLine(view({ dimmed: true, breath: { since: 0, until: 60 } }), t) ?? '', /^Breathe/);
  });
});

it('a screen reader hears voice, floor, what to do and the stem', () => {
  assert.equal(spoken(view(), t), 'Your voice: Mirror. Maya is the sender. Mirror what you heard. What I heard you say is…');
  assert.equal(spoken(view({ indicator: null }), t), '');
  assert.equal(spoken(view({ dimmed: true }), t), pauseLine(view({ dimmed: true }), t));
});
