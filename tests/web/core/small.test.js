/** The small modules: link.js, keys.js, clock.js, words.js, meter.js, stats.js, devices.js. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { clock, median, randomId, spell } from '../../../web/static/js/core/clock.js';
import { choices, openDevices, reasonOf, unfit } from '../../../web/static/js/core/devices.js';
import { Escape, meaning } from '../../../web/static/js/core/keys.js';
import { invitationIn, seatPageIn, setupSecretIn, socketAddress } from '../../../web/static/js/core/link.js';
import { loudness } from '../../../web/static/js/core/meter.js';
import { Motion, tileStats } from '../../../web/static/js/core/stats.js';
import { choose, directionOf, fill, nameOf, Words } from '../../../web/static/js/core/words.js';

describe('links', () => {
  const id = 'abc-DEF_012';
  const secret = 'x'.repeat(42) + '-';

  it('are read from the fragment', () => {
    assert.deepEqual(invitationIn(`#1.${id}.${secret}`), { id, secret });
  });

  for (const bad of ['', '#', `#2.${id}.${secret}`, `#1.${id}.${secret}x`, `#1.${id.slice(1)}.${secret}`, `#1.${id}.${secret.slice(1)}`, `1.${id}.${secret}`, `#1.${id}.${'é'.repeat(43)}`]) {
    it(`damaged ones are none: ${bad.slice(0, 20)}`, () => assert.equal(invitationIn(bad), null));
  }

  it('the set-up secret and the seat’s page', () => {
    assert.equal(setupSecretIn(`#${secret}`), secret);
    assert.equal(setupSecretIn('#short'), null);
    assert.equal(seatPageIn(`/c/${id}`), id);
    assert.equal(seatPageIn('/j'), null);
    assert.equal(seatPageIn(`/c/${id}/ws`), null);
  });

  it('the socket’s address keeps to the page’s security', () => {
    assert.equal(socketAddress('https://example.org', `/c/${id}`), `wss://example.org/c/${id}/ws`);
    assert.equal(socketAddress('http://127.0.0.1:8000', `/c/${id}`), `ws://127.0.0.1:8000/c/${id}/ws`);
  });
});

describe('keys', () => {
  const press = { ctrlKey: false, metaKey: false, altKey: false, repeat: false, on: /** @type {const} */ ('page') };
  for (const [key, expected] of /** @type {const} */ ([
    [' ', { kind: 'primary' }],
    ['ArrowRight', { kind: 'primary' }],
    ['1', { kind: 'way', index: 0 }],
    ['3', { kind: 'way', index: 2 }],
    ['z', { kind: 'undo' }],
    ['Z', { kind: 'undo' }],
    ['c', { kind: 'pause' }],
    ['h', { kind: 'hold' }],
    ['t', { kind: 'time-out' }],
    ['q', null],
    ['0', null],
    ['Enter', null],
  ])) {
    it(`${key} means ${expected?.kind ?? 'nothing'}`, () => assert.deepEqual(meaning({ ...press, key }), expected));
  }

  it('are not taken while typing, held down, or with a modifier', () => {
    for (const change of [{ on: /** @type {const} */ ('field') }, { repeat: true }, { ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
      assert.equal(meaning({ ...press, key: 'z', ...change }), null);
    }
  });

  it('a focused button keeps its space bar', () => {
    assert.equal(meaning({ ...press, key: ' ', on: 'control' }), null);
    assert.deepEqual(meaning({ ...press, key: 'z', on: 'control' }), { kind: 'undo' });
  });

  it('Escape leaves when pressed twice, or with Shift', () => {
    const escape = new Escape();
    const once = { key: 'Escape', shiftKey: false, repeat: false };
    assert.equal(escape.leaves(once, 0), false);
    assert.equal(escape.leaves(once, 2000), false);
    assert.equal(escape.leaves({ ...once, repeat: true }, 2100), false);
    assert.equal(escape.leaves(once, 2500), true);
    assert.equal(new Escape().leaves({ ...once, shiftKey: true }, 0), true);
    assert.equal(new Escape().leaves({ ...once, key: 'a', shiftKey: true }, 0), false);
  });
});

describe('time', () => {
  it('is spelled', () => {
    assert.deepEqual([0, 42_000, 247_999, 3_661_000, -5].map(spell), ['0:00', '0:42', '4:07', '1:01:01', '0:00']);
  });

  it('has a median', () => {
    assert.deepEqual([median([]), median([3]), median([9, 1, 5])], [0, 3, 5]);
  });

  it('of the browser can be cancelled', async () => {
    let rang = 0;
    clock.after(1, () => (rang += 1));
    clock.after(1, () => (rang += 10))();
    await new Promise((done) => clock.after(15, () => done(null)));
    assert.equal(rang, 1);
  });

  it('ids are random and fit the wire', () => {
    assert.match(randomId(), /^[0-9a-f]{24}$/);
    assert.notEqual(randomId(), randomId());
  });
});

describe('words', () => {
  it('fill placeholders, and only those that are known', () => {
    assert.equal(fill('{a} and {b}, {a}', { a: 1 }), '1 and {b}, 1');
    assert.equal(fill('{toString}', {}), '{toString}');
    assert.equal(fill('{a}', { a: '{b}', b: 2 }), '{b}');
  });

  it('come in the wished language that there is', () => {
    assert.equal(choose(['fr', 'de-AT', 'en'], ['en', 'de']), 'de');
    assert.equal(choose(['fr'], ['en', 'de']), 'en');
    assert.equal(choose(['PT-br'], ['en', 'pt-BR']), 'pt-BR');
    assert.equal(choose([], ['de']), 'de');
  });

  it('change while the page is open', () => {
    const words = new Words({ en: {}, de: { Go: 'Los', Empty: '' } }, 'en');
    const { t } = words;
    assert.equal(t('Go'), 'Go');
    assert.equal(words.speak('de-CH'), true);
    assert.equal(t('Go'), 'Los');
    assert.equal(t('Empty'), 'Empty');
    assert.equal(words.speak('ja'), false);
  });

  it('know their direction and own name', () => {
    assert.deepEqual(['he', 'ar-EG', 'de', 'heb'].map(directionOf), ['rtl', 'rtl', 'ltr', 'ltr']);
    assert.deepEqual(['en', 'de', 'es', 'fr', 'it', 'nl', 'pt'].map(nameOf), ['English', 'Deutsch', 'Español', 'Français', 'Italiano', 'Nederlands', 'Português']);
  });
});

it('loudness goes from silence to full', () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  assert.ok(loudness(new Float32Array(64).fill(1)) > 0.99);
  const low = loudness(new Float32Array(64).fill(0.01));
  const high = loudness(new Float32Array(64).fill(0.1));
  assert.ok(0 < low && low < high && high < 1);
});

describe('stats', () => {
  const mids = new Map([['4', { seat: /** @type {const} */ ('therapist'), medium: 'camera' }], ['3', { seat: /** @type {const} */ ('therapist'), medium: 'mic' }]]);

  it('are zero where nothing comes', () => {
    const { therapist } = tileStats(new Map(), mids, ['therapist']);
    assert.deepEqual([therapist?.framesDecoded, therapist?.loss, therapist?.roundTrip], [0, 0, null]);
  });

  it('belong to the tile of their m-line', () => {
    const report = new Map([
      ['v', { type: 'inbound-rtp', mid: '4', framesDecoded: 30, freezeCount: 2, packetsReceived: 75, packetsLost: 25 }],
      ['a', { type: 'inbound-rtp', mid: '3', packetsReceived: 100, totalAudioEnergy: 0.5 }],
      ['o', { type: 'inbound-rtp', mid: '7', framesDecoded: 99 }],
      ['p', { type: 'candidate-pair', id: 'p', currentRoundTripTime: 0.5 }],
      ['q', { type: 'candidate-pair', id: 'q', currentRoundTripTime: 0.012 }],
      ['t', { type: 'transport', selectedCandidatePairId: 'q' }],
    ]);
    const { therapist } = tileStats(report, mids, ['therapist']);
    assert.deepEqual(
      [therapist?.framesDecoded, therapist?.freezes, therapist?.audioPackets, therapist?.audioEnergy, therapist?.loss, therapist?.roundTrip],
      [30, 2, 100, 0.5, 0.125, 12],
    );
  });

  it('motion is told from standing still', () => {
    const motion = new Motion();
    assert.deepEqual([motion.still('therapist', 5, 0), motion.still('therapist', 5, 900), motion.still('therapist', 6, 1800), motion.still('therapist', 6, 4000)], [0, 900, 0, 2200]);
    motion.forget('therapist');
    assert.equal(motion.still('therapist', 6, 9000), 0);
  });
});

describe('devices', () => {
  /** @param {string} name */
  const failure = (name) => new DOMException('no', name);
  /** @param {string} kind */
  const track = (kind) => /** @type {any} */ ({ kind });
  const both = { camera: true, mic: true };

  /** A browser in which some devices fail. @param {{audio?: string, video?: string}} failing */
  function media(failing) {
    /** @type {any[]} */
    const asked = [];
    return {
      asked,
      /** @param {any} constraints */
      async getUserMedia(constraints) {
        asked.push(constraints);
        for (const kind of /** @type {const} */ (['audio', 'video'])) if (constraints[kind] && failing[kind]) throw failure(failing[kind]);
        const tracks = ['audio', 'video'].filter((kind) => constraints[kind]).map(track);
        return /** @type {any} */ ({
          getTracks: () => tracks,
          getAudioTracks: () => tracks.filter((it) => it.kind === 'audio'),
          getVideoTracks: () => tracks.filter((it) => it.kind === 'video'),
        });
      },
    };
  }

  it('are asked for together, so that the person is asked once', async () => {
    const it = media({});
    const got = await openDevices(it, both);
    assert.equal(it.asked.length, 1);
    assert.deepEqual([got.mic?.kind, got.camera?.kind, got.problem], ['audio', 'video', null]);
  });

  for (const [failing, mic, camera, problem] of /** @type {const} */ ([
    [{ video: 'NotAllowedError' }, true, false, 'camera-denied'],
    [{ video: 'NotFoundError' }, true, false, 'camera-missing'],
    [{ video: 'NotReadableError' }, true, false, 'camera-busy'],
    [{ audio: 'NotFoundError' }, false, true, 'mic-missing'],
    [{ audio: 'NotAllowedError', video: 'NotAllowedError' }, false, false, 'devices-denied'],
    [{ audio: 'NotFoundError', video: 'NotFoundError' }, false, false, 'devices-missing'],
    [{ audio: 'NotAllowedError', video: 'NotFoundError' }, false, false, 'devices-denied'],
    [{ audio: 'NotReadableError', video: 'NotFoundError' }, false, false, 'devices-failed'],
    [{ video: 'TypeError' }, true, false, 'camera-failed'],
  ])) {
    it(`${JSON.stringify(failing)} is ${problem}, and the rest is had`, async () => {
      const got = await openDevices(media(failing), both);
      assert.deepEqual([got.mic !== null, got.camera !== null, got.problem], [mic, camera, problem]);
    });
  }

  it('a chosen camera that is gone gives way to any', async () => {
    let asked = 0;
    const it = media({});
    const ask = it.getUserMedia;
    it.getUserMedia = async (constraints) => {
      asked += 1;
      if (constraints.video?.deviceId) throw failure('OverconstrainedError');
      return ask(constraints);
    };
    const got = await openDevices(it, { camera: true, mic: false, cameraId: 'old' });
    assert.deepEqual([asked, got.camera?.kind, got.problem], [2, 'video', null]);
  });

  it('nothing wanted is nothing asked', async () => {
    const it = media({});
    assert.deepEqual(await openDevices(it, { camera: false, mic: false }), { mic: null, camera: null, problem: null });
    assert.equal(it.asked.length, 0);
  });

  it('an unfit browser is told by its code', () => {
    const fit = { isSecureContext: true, navigator: { mediaDevices: {} }, RTCPeerConnection: {}, WebSocket: {} };
    assert.equal(unfit(fit), null);
    assert.equal(unfit({ ...fit, RTCPeerConnection: undefined }), 'no-webrtc');
    assert.equal(unfit({ ...fit, WebSocket: undefined }), 'no-webrtc');
    assert.equal(unfit({ ...fit, isSecureContext: false, navigator: {} }), 'insecure');
    assert.equal(unfit({ ...fit, navigator: {} }), 'no-webrtc');
    assert.equal(reasonOf('a string'), 'failed');
  });

  it('can be chosen by kind', async () => {
    const list = [{ kind: 'videoinput', deviceId: 'a', label: 'Front' }, { kind: 'audioinput', deviceId: 'b', label: '' }, { kind: 'videoinput', deviceId: '', label: '' }];
    assert.deepEqual(await choices({ enumerateDevices: async () => /** @type {any} */ (list) }, 'videoinput'), [{ id: 'a', label: 'Front' }]);
    assert.deepEqual(await choices({ enumerateDevices: async () => Promise.reject(new Error('no')) }, 'audioinput'), []);
  });
});
