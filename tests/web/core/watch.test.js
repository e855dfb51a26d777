import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { FRESH_WAITS, RESTART_EVERY, RESTART_WAIT, STALL, Watch } from '../../../web/static/js/core/watch.js';

/** @type {Watch} */
let watch;
let now = 0;
let bytes = 0;

/** @param {Partial<import('../../../web/static/js/core/watch.js').Look>} [change] */
const look = (change = {}) => watch.observe({ now, connection: 'connected', bytes, signalled: true, ...change });

/** Bytes come for a while. */
function flow() {
  for (let count = 0; count < 5; count += 1) {
    now += 400;
    bytes += 1000;
    assert.equal(look(), 'nothing');
  }
}

beforeEach(() => {
  watch = new Watch();
  now = 5_000_000;
  bytes = 0;
  watch.begin(now);
});

describe('a flow that stops', () => {
  it('is restarted after a second', () => {
    flow();
    now += STALL;
    assert.equal(look(), 'nothing');
    now += 1;
    assert.equal(look(), 'restart');
    assert.ok(watch.stalled);
  });

  it('gets a fresh connection if the restart brings nothing', () => {
    flow();
    now += STALL + 1;
    assert.equal(look(), 'restart');
    now += RESTART_EVERY;
    assert.equal(look(), 'restart');
    now += RESTART_WAIT - RESTART_EVERY + 1;
    assert.equal(look(), 'fresh');
  });

  it('is restarted again and again while there is no socket to offer on', () => {
    flow();
    now += STALL + 1;
    for (let count = 0; count < 20; count += 1) {
      assert.equal(look({ signalled: false }), 'restart');
      now += RESTART_EVERY;
    }
    assert.equal(look(), 'fresh');
  });

  it('is well again with the next byte', () => {
    flow();
    now += STALL + 1;
    look();
    bytes += 1;
    assert.equal(look(), 'nothing');
    assert.equal(watch.stalled, false);
  });
});

it('silence from the beginning is no stall', () => {
  for (let count = 0; count < 100; count += 1) {
    now += 400;
    assert.equal(look(), 'nothing');
  }
});

it('a browser that calls it disconnected is believed at once', () => {
  flow();
  assert.equal(look({ connection: 'disconnected' }), 'restart');
});

it('a connection that failed is made anew, but not in a rush', () => {
  assert.equal(look({ connection: 'failed' }), 'nothing');
  now += 1001;
  assert.equal(look({ connection: 'failed', signalled: false }), 'nothing');
  assert.equal(look({ connection: 'failed' }), 'fresh');
});

it('a connection that never comes about is made anew, each time more patiently', () => {
  for (const wait of [...FRESH_WAITS, 8000]) {
    now += wait;
    assert.equal(look({ connection: 'connecting' }), 'nothing');
    now += 1;
    assert.equal(look({ connection: 'connecting' }), 'fresh');
    watch.begin(now);
  }
});

it('knows how long nothing came', () => {
  assert.equal(watch.quiet(now), Infinity);
  flow();
  now += 300;
  assert.equal(watch.quiet(now), 300);
});
