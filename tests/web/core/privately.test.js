/** core/privately.js */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { balance, minutesLeft, wayBack } from '../../../web/static/js/core/privately.js';

/** @param {number} one @param {number} other */
function lead(one, other) {
  const partner = (/** @type {'partner-a' | 'partner-b'} */ seat, /** @type {string} */ name) => ({
    seat, name, language: 'en', presence: /** @type {const} */ ('admitted'), connected: true,
    safe: null, flooded: null, said: null, signalled: null, prompt: null,
  });
  return {
    partners: [partner('partner-a', 'Maya'), partner('partner-b', 'Jonas')],
    talk: [
      { seat: /** @type {const} */ ('partner-a'), spoken: one, inVoice: 0 },
      { seat: /** @type {const} */ ('partner-b'), spoken: other, inVoice: 0 },
    ],
  };
}

test('the balance of talk is told in per cent that add up', () => {
  assert.deepEqual(balance(lead(30_000, 60_000)), [{ name: 'Maya', percent: 33 }, { name: 'Jonas', percent: 67 }]);
});

test('too little talk says nothing', () => {
  assert.equal(balance(lead(5_000, 5_000)), null);
});

test('minutes left are counted up to the whole minute, and only with a plan', () => {
  assert.equal(minutesLeft({ began: 0, minutes: 50 }, 30_500), 50);
  assert.equal(minutesLeft({ began: 0, minutes: 50 }, 49.5 * 60_000), 1);
  assert.equal(minutesLeft({ began: 0, minutes: 50 }, 51 * 60_000), -1);
  assert.equal(minutesLeft({ began: null, minutes: 50 }, 0), null);
  assert.equal(minutesLeft({ began: 0, minutes: null }, 0), null);
});

test('the way back names the nearest step first', () => {
  assert.deepEqual(wayBack(['Centre', '', 'Send']), [
    { name: 'Send', count: 1 },
    { name: '–', count: 2 },
    { name: 'Centre', count: 3 },
  ]);
});
