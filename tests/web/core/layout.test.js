import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { inCall, movingSeats, nameOf, tiles } from '../../../web/static/js/core/layout.js';
import { indicator, leading, partner, person, view } from '../views.js';

/** @typedef {import('../../../web/static/js/core/layout.js').Local} Local */

/** @type {Local} */
const fine = { linked: true, still: new Set() };

/** @param {import('../../../web/static/js/core/protocol.js').View} it @param {string} seat @param {Local} [local] */
function tile(it, seat, local = fine) {
  const found = tiles(it, local).find((one) => one.seat === seat);
  assert.ok(found);
  return found;
}

describe('places', () => {
  it('a partner sees the other large and the therapist small', () => {
    assert.equal(tile(view(), 'partner-a').place, 'large');
    assert.equal(tile(view(), 'therapist').place, 'small');
  });

  it('alone with the therapist, the therapist is large', () => {
    const alone = view({ scene: 'aside', people: [person('therapist')] });
    assert.equal(tile(alone, 'therapist').place, 'large');
    assert.equal(tile(alone, 'partner-a').place, 'none');
    assert.equal(tile(alone, 'partner-a').name, '');
  });

  it('the therapist sees both alike, always in the same seats', () => {
    for (const sender of /** @type {const} */ (['partner-a', 'partner-b'])) {
      const it = leading({}, { indicator: indicator({ sender, role: null }) });
      assert.deepEqual(tiles(it, fine).map((one) => [one.seat, one.place]), [['partner-a', 'left'], ['partner-b', 'right']]);
    }
  });

  for (const scene of /** @type {const} */ (['door', 'waiting', 'apart', 'time-out', 'therapist-gone', 'left', 'ended'])) {
    it(`nobody is shown on the scene ${scene}`, () => {
      const it = view({ scene });
      assert.equal(inCall(it), false);
      assert.deepEqual(tiles(it, fine).map((one) => one.place), ['none', 'none']);
    });
  }
});

describe('rings', () => {
  it('say role and voice apart', () => {
    const maya = tile(view(), 'partner-a');
    assert.deepEqual([maya.role, maya.voice], ['sender', false]);
    const jonas = tile(leading(), 'partner-b');
    assert.deepEqual([jonas.role, jonas.voice], ['receiver', true]);
  });

  it('both speak', () => {
    const it = leading({}, { indicator: indicator({ voice: 'both', role: null }) });
    assert.ok(tiles(it, fine).every((one) => one.voice));
  });

  it('the therapist has one only while speaking', () => {
    assert.equal(tile(view(), 'therapist').role, null);
    const speaks = tile(view({ indicator: indicator({ voice: 'therapist' }) }), 'therapist');
    assert.deepEqual([speaks.role, speaks.voice], ['therapist', true]);
  });

  it('go over to the therapist while the dialogue stands still', () => {
    const still = view({ dimmed: true, indicator: indicator({ voice: 'partner-a' }) });
    assert.equal(tile(still, 'therapist').voice, true);
    assert.equal(tile(still, 'partner-a').voice, false);
  });

  it('there are none without a dialogue', () => {
    assert.ok(tiles(view({ indicator: null }), fine).every((one) => one.role === null && !one.voice));
  });
});

describe('veils', () => {
  it('a moving picture has none', () => {
    assert.ok(tiles(view(), fine).every((one) => one.veil === null));
  });

  it('tell the network from a camera that is off', () => {
    const it = view({ people: [person('therapist', { camera: false }), person('partner-a', { here: false, camera: false })] });
    assert.equal(tile(it, 'therapist').veil, 'camera-off');
    assert.equal(tile(it, 'partner-a').veil, 'away');
  });

  it('tell a picture that stands still', () => {
    const local = { linked: true, still: new Set([/** @type {const} */ ('partner-a')]) };
    assert.equal(tile(view(), 'partner-a', local).veil, 'still');
  });

  it('blame nobody else while the own link is down', () => {
    const local = { linked: false, still: new Set([/** @type {const} */ ('partner-a')]) };
    assert.ok(tiles(view(), local).every((one) => one.veil === 'own-network'));
  });

  it('show the therapist who is not there', () => {
    const it = leading({ partners: [partner('partner-a', { presence: 'waiting' }), partner('partner-b', { presence: 'absent' })] }, { people: [] });
    assert.deepEqual(tiles(it, fine).map((one) => one.veil), ['waiting', 'absent']);
    assert.equal(tile(it, 'partner-b').name, 'Jonas');
  });

  it('show the therapist who is apart', () => {
    const it = leading({ held: 'partner-a' }, { scene: 'aside', dimmed: true });
    assert.deepEqual(tiles(it, fine).map((one) => one.veil), [null, 'apart']);
    assert.ok(tiles(leading({}, { scene: 'time-out' }), fine).every((one) => one.veil === 'time-out'));
  });
});

it('only pictures that are shown are expected to move', () => {
  assert.deepEqual(movingSeats(view()), ['therapist', 'partner-a']);
  assert.deepEqual(movingSeats(view({ people: [person('therapist'), person('partner-a', { camera: false })] })), ['therapist']);
  assert.deepEqual(movingSeats(view({ scene: 'apart' })), []);
});

it('a name is known only if the view holds it', () => {
  assert.equal(nameOf(view(), 'partner-b'), 'Jonas');
  assert.equal(nameOf(view({ people: [] }), 'partner-a'), null);
  assert.equal(nameOf(leading({}, { people: [] }), 'partner-a'), 'Maya');
});
