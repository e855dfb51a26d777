import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';

import { others, Peer, startSharp } from '../../../web/static/js/core/peer.js';
import { FakeClock, FakePeer, settle } from '../fakes.js';

/** @type {FakeClock} */
let clock;
/** @type {FakePeer[]} */
let made;
/** @type {{id: string, sdp: string}[]} */
let offers;
/** @type {string[]} */
let arrived;
/** @type {Peer} */
let peer;
let socket = true;

const last = () => /** @type {FakePeer} */ (made.at(-1));

beforeEach(() => {
  clock = new FakeClock();
  made = [];
  offers = [];
  arrived = [];
  socket = true;
  peer = new Peer({
    seat: 'partner-a',
    clock,
    make: () => {
      made.push(new FakePeer());
      return /** @type {any} */ (last());
    },
    codecs: (kind) => /** @type {any} */ ([{ mimeType: kind }]),
    stream: () => /** @type {any} */ ({}),
    offer: (id, sdp) => {
      if (socket) offers.push({ id, sdp });
      return socket;
    },
    arrived: (seat, medium, track) => arrived.push(`${seat} ${medium} ${track.kind}`),
  });
});

/** The first connection stands, and bytes come. */
async function connect() {
  peer.signalled();
  await settle();
  await peer.answered(offers.at(-1)?.id ?? '', 'the answer');
  last().connectionState = 'connected';
  await flow(5);
}

/** @param {number} looks */
async function flow(looks) {
  for (let count = 0; count < looks; count += 1) {
    last().bytes += 1000;
    await clock.pass(400);
  }
}

describe('the offer', () => {
  it('has nine lines in the agreed order', async () => {
    await connect();
    assert.deepEqual(
      last().lines.map((it) => `${it.kind} ${it.init.direction}`),
      ['audio sendonly', 'video sendonly', 'video sendonly', ...Array(2).fill(['audio recvonly', 'video recvonly', 'video recvonly']).flat()],
    );
    assert.deepEqual(arrived, [
      'therapist mic audio',
      'therapist camera video',
      'therapist screen video',
      'partner-b mic audio',
      'partner-b camera video',
      'partner-b screen video',
    ]);
  });

  it('names only the codecs that are used', async () => {
    await connect();
    assert.ok(last().lines.every((it) => it.codecs.length === 1));
  });

  it('is made once', async () => {
    await connect();
    await flow(50);
    assert.equal(offers.length, 1);
    assert.equal(made.length, 1);
  });

  it('knows the others of each seat', () => {
    assert.deepEqual(others('therapist'), ['partner-a', 'partner-b']);
    assert.deepEqual(others('partner-b'), ['therapist', 'partner-a']);
  });
});

describe('the answer', () => {
  it('is taken once, and only to the last offer', async () => {
    peer.signalled();
    await settle();
    await peer.answered('another', 'no');
    assert.deepEqual(last().answers, []);
    await peer.answered(offers[0]?.id ?? '', 'yes');
    await peer.answered(offers[0]?.id ?? '', 'again');
    assert.deepEqual(last().answers, ['yes']);
  });

  it('brings limits and priorities', async () => {
    await connect();
    const [mic, camera] = last().lines.map((it) => it.sender.parameters);
    assert.equal(mic.encodings[0].priority, 'high');
    assert.ok(mic.encodings[0].maxBitrate <= 64_000);
    assert.ok(camera.encodings[0].maxBitrate <= 1_500_000);
    assert.equal(camera.degradationPreference, 'balanced');
  });
});

describe('the camera', () => {
  it('is offered small and whole, the small one first, and nothing else twice', async () => {
    peer.signalled();
    await settle();
    const [mic, camera, screen] = last().lines.map((it) => it.init.sendEncodings);
    assert.deepEqual(camera.map((/** @type {any} */ it) => [it.rid, it.scaleResolutionDownBy]), [['q', 4], ['f', undefined]]);
    assert.equal(mic.length, 1);
    assert.equal(screen.length, 1);
  });

  it('keeps the limit of each layer', async () => {
    peer.signalled();
    await settle();
    const sender = /** @type {any} */ (last().lines[1]?.sender);
    sender.parameters = { encodings: [{ rid: 'q' }, { rid: 'f' }] };
    await peer.answered(offers.at(-1)?.id ?? '', 'the answer');
    const [small, whole] = sender.parameters.encodings;
    assert.ok(small.maxBitrate <= 150_000);
    assert.equal(whole.maxBitrate, 1_500_000);
  });
});

it('asks Chromium to begin with a sharp picture, and changes nothing else', () => {
  const sdp = ['m=video 9 UDP/TLS/RTP/SAVPF 96 97', 'a=rtpmap:96 VP8/90000', 'a=rtpmap:97 rtx/90000', ''].join('\r\n');
  const lines = startSharp(sdp).split('\r\n');
  assert.equal(lines.splice(2, 1)[0], 'a=fmtp:96 x-google-start-bitrate=600');
  assert.equal(lines.join('\r\n'), sdp);
});

describe('tracks', () => {
  it('are put in and taken out without negotiation', async () => {
    const track = /** @type {any} */ ({ id: 'face' });
    peer.setTrack('camera', track);
    await connect();
    assert.equal(last().lines[1]?.sender.track, track);
    peer.setTrack('camera', null);
    assert.equal(last().lines[1]?.sender.track, null);
    assert.equal(offers.length, 1);
  });

  it('go over to a fresh connection', async () => {
    const track = /** @type {any} */ ({ id: 'voice' });
    peer.setTrack('mic', track);
    await connect();
    last().connectionState = 'failed';
    await clock.pass(400);
    assert.equal(made.length, 2);
    assert.equal(last().lines[0]?.sender.track, track);
  });
});

describe('when nothing comes', () => {
  it('a restart keeps the connection and takes the same answer again', async () => {
    await connect();
    await clock.pass(1600);
    assert.equal(made.length, 1);
    assert.ok(last().restarts >= 1);
    assert.deepEqual(new Set(last().answers), new Set(['the answer']));
    assert.ok(last().answers.length >= 2);
    assert.equal(offers.length, 1);
    assert.ok(peer.stalled);
    await flow(1);
    assert.equal(peer.stalled, false);
  });

  it('a fresh connection follows within four seconds', async () => {
    await connect();
    const old = last();
    await clock.pass(4400);
    assert.equal(made.length, 2);
    assert.equal(old.closed, true);
    assert.equal(offers.length, 2);
  });

  it('it never gives up, and without a socket it waits for one', async () => {
    await connect();
    socket = false;
    peer.unsignalled();
    await clock.pass(60_000);
    assert.equal(made.length, 1);
    assert.ok(last().restarts > 20);
    socket = true;
    peer.signalled();
    await settle();
    assert.equal(made.length, 2);
    await clock.pass(60_000);
    assert.ok(made.length > 5);
  });
});

describe('when the socket comes back', () => {
  it('living media is left alone', async () => {
    await connect();
    peer.unsignalled();
    await flow(2);
    peer.signalled();
    await flow(5);
    assert.equal(made.length, 1);
  });

  it('dead media is offered anew at once: the server may be another process', async () => {
    await connect();
    peer.unsignalled();
    await clock.pass(800);
    peer.signalled();
    await settle();
    assert.equal(offers.length, 2);
  });

  it('an offer that got no answer is made anew', async () => {
    peer.signalled();
    await settle();
    peer.unsignalled();
    peer.signalled();
    await settle();
    assert.equal(offers.length, 2);
  });
});

describe('when the network comes back', () => {
  it('a fresh connection is made at once', async () => {
    await connect();
    peer.offline();
    peer.online();
    await settle();
    assert.equal(made.length, 2);
  });

  it('but not without having been away', async () => {
    await connect();
    peer.online();
    await settle();
    assert.equal(made.length, 1);
  });
});

it('closed is closed', async () => {
  await connect();
  peer.close();
  await clock.pass(60_000);
  peer.online();
  peer.signalled();
  await settle();
  assert.equal(made.length, 1);
  assert.equal(last().closed, true);
  assert.equal(peer.state, 'closed');
});

it('tells what each tile shows', async () => {
  await connect();
  const stats = await peer.stats();
  assert.deepEqual(Object.keys(stats), ['therapist', 'partner-b']);
  assert.equal(stats.therapist?.framesDecoded, 7);
  assert.equal(stats.therapist?.width, 640);
  assert.equal(stats.therapist?.loss, 0.1);
  assert.equal(stats.therapist?.roundTrip, 40);
  assert.equal(stats['partner-b']?.framesDecoded, 0);
});
