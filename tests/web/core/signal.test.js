import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { PING_EVERY, RETRIES, RETRY_EVERY, SILENCE, Signal, VERSION } from '../../../web/static/js/core/signal.js';
import { FakeClock, FakeSocket, settle } from '../fakes.js';
import { view } from '../views.js';

/** @type {FakeClock} */
let clock;
/** @type {FakeSocket[]} */
let sockets;
/** @type {string[]} */
let heard;
/** @type {Signal} */
let signal;
/** @type {string | null} */
let verdict;

const last = () => /** @type {FakeSocket} */ (sockets.at(-1));

/** Opens the latest socket, and the server greets. */
function greet() {
  last().open();
  last().say(view());
}

beforeEach(() => {
  clock = new FakeClock();
  sockets = [];
  heard = [];
  verdict = null;
  signal = new Signal({
    url: 'wss://example.org/c/abc/ws',
    clock,
    random: () => 0.5, // no variation
    probe: async () => verdict,
    open: (url) => {
      sockets.push(new FakeSocket(url));
      return /** @type {any} */ (last());
    },
    on: {
      view: (it) => heard.push(`view ${it.scene}`),
      answered: (id, sdp) => heard.push(`answer ${id} ${sdp}`),
      refused: (code) => heard.push(`refused ${code}`),
      linked: (up) => heard.push(up ? 'up' : 'down'),
      over: (code) => heard.push(`over ${code}`),
    },
  });
  signal.start();
});

describe('greeting', () => {
  it('says hello first, and the same page id every time', async () => {
    greet();
    last().cut(1006);
    await clock.pass(0);
    last().open();
    const [first, second] = sockets.map((it) => it.sent[0]);
    assert.equal(first.type, 'hello');
    assert.equal(first.version, VERSION);
    assert.match(first.page, /^[A-Za-z0-9_-]{1,32}$/);
    assert.equal(second.page, first.page);
  });

  it('is up only when a view has come', () => {
    last().open();
    assert.equal(signal.up, false);
    last().say(view());
    assert.equal(signal.up, true);
    assert.deepEqual(heard, ['up', 'view room']);
  });

  it('passes over what is no message', () => {
    greet();
    for (const data of ['', 'no json', '[]', 'null', '7', '{}', new ArrayBuffer(3)]) last().babble(data);
    assert.equal(signal.up, true);
    assert.deepEqual(heard, ['up', 'view room']);
  });
});

describe('commands', () => {
  it('wait for the greeting, keep their order, and carry an id each', async () => {
    void signal.command({ type: 'enter' });
    void signal.command({ type: 'set-devices', mic: true, camera: false });
    last().open();
    assert.equal(last().sent.length, 2); // hello and ping
    last().say(view());
    const sent = last().sent.slice(2);
    assert.deepEqual(sent.map((it) => it.type), ['enter', 'set-devices']);
    assert.notEqual(sent[0].id, sent[1].id);
  });

  it('are sent again with the same id until the server has said done', async () => {
    greet();
    const outcome = signal.command({ type: 'advance', revision: 3, edge: 'sent' });
    const [before] = last().sentOf('advance');
    last().cut(1006);
    await clock.pass(0);
    greet();
    assert.deepEqual(last().sentOf('advance'), [before]);
    last().say({ type: 'done', id: before.id });
    assert.deepEqual(await outcome, { ok: true });
    last().cut(1006);
    await clock.pass(400);
    greet();
    assert.deepEqual(last().sentOf('advance'), []);
  });

  it('end with the code of a refusal, which is not told twice', async () => {
    greet();
    const outcome = signal.command({ type: 'undo', revision: 1 });
    last().say({ type: 'refused', id: last().sentOf('undo')[0].id, code: 'stale' });
    assert.deepEqual(await outcome, { ok: false, code: 'stale' });
    assert.ok(!heard.includes('refused stale'));
    last().say({ type: 'refused', id: null, code: 'rate' });
    assert.ok(heard.includes('refused rate'));
  });

  it('fail at once when all is over', async () => {
    const waiting = signal.command({ type: 'leave' });
    last().open();
    last().cut(4403);
    assert.deepEqual(await waiting, { ok: false, code: 'ended' });
    assert.deepEqual(await signal.command({ type: 'leave' }), { ok: false, code: 'ended' });
  });
});

describe('silence', () => {
  it('is broken by a ping each 1.5 s', async () => {
    greet();
    for (let beat = 0; beat < 4; beat += 1) {
      last().say({ type: 'pong', sent: clock.now(), now: clock.now() });
      await clock.pass(PING_EVERY);
    }
    assert.equal(last().sentOf('ping').length, 5);
    assert.equal(sockets.length, 1);
  });

  it('of 3.5 s opens another socket', async () => {
    greet();
    last().say({ type: 'pong', sent: 0, now: 0 });
    await clock.pass(SILENCE - 1);
    assert.equal(sockets.length, 1);
    await clock.pass(1);
    assert.equal(sockets.length, 2);
    assert.equal(sockets[0]?.closed, true);
    assert.deepEqual(heard, ['up', 'view room', 'down']);
  });

  it('of a socket that never opens is no use either', async () => {
    await clock.pass(5000);
    assert.equal(sockets.length, 2);
  });

  it('of an old socket cannot disturb the new one', async () => {
    greet();
    const old = last();
    old.cut(1006);
    await clock.pass(0);
    greet();
    const before = heard.length;
    old.onmessage?.({ data: JSON.stringify(view({ scene: 'ended' })) });
    old.onclose?.({ code: 4403 });
    assert.equal(heard.length, before);
  });
});

describe('coming back', () => {
  it('is tried at once, then ever more slowly, for ever', async () => {
    greet();
    const start = clock.now();
    /** @type {number[]} */
    const tries = [];
    for (let count = 0; count < 10; count += 1) {
      const known = sockets.length;
      last().cut(1006);
      while (sockets.length === known) await clock.pass(100);
      tries.push(Math.round((clock.now() - start) / 100) * 100);
    }
    const expected = [100, ...RETRIES.slice(1)];
    tries.slice(0, RETRIES.length).forEach((at, index) => assert.ok(Math.abs(at - (expected[index] ?? 0)) <= 300, `try ${index} at ${at}`));
    assert.ok(Math.abs((tries.at(-1) ?? 0) - (tries.at(-2) ?? 0) - RETRY_EVERY) <= 100);
  });

  it('does not wait when the network says that it is back', async () => {
    greet();
    for (let count = 0; count < 6; count += 1) {
      last().cut(1006);
      await clock.pass(3000);
    }
    last().cut(1006);
    const known = sockets.length;
    signal.wake();
    assert.equal(sockets.length, known + 1);
  });

  it('asks a living socket at once when woken', () => {
    greet();
    const pings = last().sentOf('ping').length;
    signal.wake();
    assert.equal(last().sentOf('ping').length, pings + 1);
  });

  it('gives way after too many messages', async () => {
    greet();
    last().cut(4429);
    await clock.pass(4900);
    assert.equal(sockets.length, 1);
    await clock.pass(200);
    assert.equal(sockets.length, 2);
  });

  for (const [code, word] of /** @type {const} */ ([[4401, 'revoked'], [4403, 'ended'], [4409, 'superseded']])) {
    it(`is not tried after ${code}`, async () => {
      greet();
      last().cut(code);
      await clock.pass(60_000);
      assert.equal(sockets.length, 1);
      assert.equal(heard.at(-1), `over ${word}`);
    });
  }

  it('is not tried after a bye without retry', async () => {
    greet();
    last().say({ type: 'bye', code: 'version', retry: false });
    await clock.pass(60_000);
    assert.equal(sockets.length, 1);
    assert.equal(heard.at(-1), 'over version');
  });

  it('ends when plain HTTP says that the session is gone', async () => {
    verdict = 'revoked';
    last().cut(1006);
    await settle();
    assert.equal(heard.at(-1), 'over revoked');
  });

  it('goes on when plain HTTP says nothing', async () => {
    last().cut(1006);
    await clock.pass(1);
    assert.equal(sockets.length, 2);
  });
});

describe('the clock', () => {
  it('is the median of the last five pings', () => {
    greet();
    for (const offset of [50, 40, 9000, 45, -8000]) last().say({ type: 'pong', sent: clock.now(), now: clock.now() + offset });
    assert.equal(signal.offset, 45);
    assert.equal(signal.now(), clock.now() + 45);
    for (const offset of [45, 45, 10, 10, 10]) last().say({ type: 'pong', sent: clock.now(), now: clock.now() + offset });
    assert.equal(signal.offset, 10);
  });

  it('takes half of the way for each direction', () => {
    greet();
    last().say({ type: 'pong', sent: clock.now() - 200, now: clock.now() });
    assert.equal(signal.offset, 100);
  });
});

describe('media', () => {
  it('is offered only while the socket is up', () => {
    assert.equal(signal.offer('o1', 'sdp'), false);
    greet();
    assert.equal(signal.offer('o2', 'sdp'), true);
    assert.deepEqual(last().sentOf('sdp-offer'), [{ type: 'sdp-offer', id: 'o2', sdp: 'sdp' }]);
    last().say({ type: 'sdp-answer', id: 'o2', sdp: 'answer' });
    assert.equal(heard.at(-1), 'answer o2 answer');
  });
});
