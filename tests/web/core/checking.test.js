import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { AGAIN, Checking, WAIT } from '../../../web/static/js/core/checking.js';
import { FakeClock, settle } from '../fakes.js';

/** @typedef {import('../../../web/static/js/core/checking.js').Outcome} Outcome */

describe('what stands in an editor is checked', () => {
  let clock = new FakeClock();
  let state = '';
  /** @type {string[]} */
  let sent = [];
  /** @type {((outcome: Outcome) => void)[]} */
  let replies = [];
  /** @type {Outcome[]} */
  let told = [];
  /** @type {Checking} */
  let checking;

  beforeEach(() => {
    clock = new FakeClock();
    state = '';
    sent = [];
    replies = [];
    told = [];
    checking = new Checking(
      clock,
      () => {
        sent.push(state);
        return new Promise((resolve) => replies.push(resolve));
      },
      (outcome) => told.push(outcome),
    );
  });

  const type = (/** @type {string} */ text) => {
    state = text;
    checking.changed();
  };
  const reply = async (/** @type {Outcome} */ outcome) => {
    replies.shift()?.(outcome);
    await settle();
  };
  const OK = /** @type {Outcome} */ ({ ok: true, body: 1 });

  it('once, a little after the last change', async () => {
    type('a');
    await clock.pass(WAIT - 1);
    type('ab');
    await clock.pass(WAIT - 1);
    assert.deepEqual(sent, []);
    await clock.pass(1);
    assert.deepEqual(sent, ['ab']);
    assert.ok(checking.waiting);
    await reply(OK);
    assert.deepEqual(told, [OK]);
    assert.ok(!checking.waiting);
    await clock.pass(60_000);
    assert.deepEqual(sent, ['ab']);
  });

  it('again for what was typed meanwhile, and an old reply is not told', async () => {
    type('a');
    await clock.pass(WAIT);
    type('b');
    await clock.pass(WAIT);
    assert.deepEqual(sent, ['a']);
    await reply(OK);
    assert.deepEqual(told, []);
    await clock.pass(WAIT);
    assert.deepEqual(sent, ['a', 'b']);
    await reply(OK);
    assert.deepEqual(told, [OK]);
  });

  it('again and again while there is no connection', async () => {
    const lost = /** @type {Outcome} */ ({ ok: false, code: 'offline' });
    checking.now();
    await clock.pass(0);
    await reply(lost);
    assert.deepEqual(told, [lost]);
    await clock.pass(AGAIN);
    await reply(lost);
    await clock.pass(AGAIN);
    await reply(OK);
    assert.deepEqual(told, [lost, lost, OK]);
    await clock.pass(60_000);
    assert.equal(sent.length, 3);
  });

  it('but a refusal for good is not asked again', async () => {
    checking.now();
    await clock.pass(0);
    await reply({ ok: false, code: 'unauthorized' });
    await clock.pass(60_000);
    assert.equal(sent.length, 1);
  });

  it('and what was dropped is neither sent nor told', async () => {
    type('a');
    checking.drop();
    await clock.pass(60_000);
    assert.deepEqual(sent, []);
    type('b');
    await clock.pass(WAIT);
    checking.drop();
    await reply(OK);
    await clock.pass(60_000);
    assert.deepEqual([sent, told], [['b'], []]);
    type('c');
    await clock.pass(WAIT);
    checking.drop();
    type('d');
    await reply(OK);
    assert.deepEqual(told, []);
    await clock.pass(WAIT);
    await reply(OK);
    assert.deepEqual([sent, told], [['b', 'c', 'd'], [OK]]);
  });
});
