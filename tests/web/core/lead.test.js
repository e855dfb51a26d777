import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { next, stagesOf } from '../../../web/static/js/core/lead.js';
import { fill } from '../../../web/static/js/core/words.js';
import { leading, partner, view } from '../views.js';

/** @type {import('../../../web/static/js/core/words.js').Translate} */
const t = (sentence, values = {}) => fill(sentence, values);

/** @param {Parameters<typeof leading>} change */
const after = (...change) => next(leading(...change), t);

/** @param {'absent' | 'waiting' | 'admitted' | 'left'} a @param {'absent' | 'waiting' | 'admitted' | 'left'} b */
const two = (a, b) => ({ partners: [partner('partner-a', { presence: a }), partner('partner-b', { presence: b })] });

describe('before the dialogue', () => {
  it('nobody is here', () => {
    const it = after(two('absent', 'absent'), { indicator: null });
    assert.match(it.line, /^Maya and Jonas are not here yet/);
    assert.deepEqual([it.admits, it.starts], [[], []]);
  });

  it('each who waits has a button', () => {
    const it = after(two('waiting', 'waiting'), { indicator: null });
    assert.deepEqual(it.admits.map(({ words, data }) => [words, data]), [
      ['Let Maya in', { seat: 'partner-a' }],
      ['Let Jonas in', { seat: 'partner-b' }],
    ]);
  });

  it('it starts only when both are in', () => {
    assert.deepEqual(after(two('admitted', 'waiting'), { indicator: null }).starts, []);
    const it = after(two('admitted', 'admitted'), { indicator: null });
    assert.deepEqual(it.starts.map(({ words, data }) => [words, data]), [
      ['Maya sends first', { sender: 'partner-a' }],
      ['Jonas sends first', { sender: 'partner-b' }],
    ]);
  });
});

describe('during the dialogue', () => {
  it('the ways on are buttons in words, with their edges', () => {
    const it = after({ ways: [
      { edge: 'got-it', words: 'Maya: got it', to: 'More?', confirmOf: 'partner-a', loop: false },
      { edge: 'most', words: 'Maya: most of it', to: 'Send', confirmOf: 'partner-a', loop: true },
    ] });
    assert.deepEqual(it.ways.map(({ action, data, loop }) => [action, data, loop]), [
      ['advance', { edge: 'got-it' }, false],
      ['advance', { edge: 'most' }, true],
    ]);
    assert.match(it.line, /^Maya may choose/);
    assert.deepEqual(it.starts, []);
  });

  it('a partner who comes back has a button too', () => {
    assert.equal(after(two('waiting', 'admitted')).admits.length, 1);
  });
});

describe('while it stands still', () => {
  for (const [why, lead, around, words] of /** @type {const} */ ([
    ['paused', { paused: true }, {}, /dialogue go on/],
    ['aside', { held: 'partner-a' }, {}, /together again/],
    ['in a time-out', { timeOutBy: 'partner-a' }, { timeOut: { since: 0, until: 1 } }, /End the time-out/],
  ])) {
    it(`the one thing is to go on: ${why}`, () => {
      const it = after(lead, { dimmed: true, ...around });
      assert.deepEqual(it.ways.map((way) => way.action), ['resume']);
      assert.match(it.ways[0]?.words ?? '', words);
    });
  }

  it('an open sender is not forgotten', () => {
    assert.match(after({ open: true, paused: true }, { dimmed: true }).warning ?? '', /^Maya has opened up/);
    assert.equal(after({ open: false, paused: true }, { dimmed: true }).warning, null);
  });

  it('the therapist learns who called the time-out', () => {
    const around = { timeOut: { since: 0, until: 1 } };
    assert.equal(after({ timeOutBy: 'partner-b' }, around).line, 'Jonas called a time-out.');
    assert.equal(after({ timeOutBy: 'therapist' }, around).line, 'You called a time-out.');
  });
});

it('steps stand under their stages, with their loops', () => {
  assert.deepEqual(
    stagesOf(leading()).map(({ name, now, past, loops, steps }) => [name, now, past, loops, steps.map((step) => step.name)]),
    [
      ['Send', false, true, 2, ['Send']],
      ['Mirror', true, false, 1, ['Mirror', 'Check']],
      ['More?', false, false, 0, []],
    ],
  );
});

it('a partner has nothing to lead', () => {
  assert.deepEqual(next(view(), t), { line: '', warning: null, admits: [], starts: [], ways: [] });
});
