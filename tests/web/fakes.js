/** A clock that goes by hand, a socket that behaves badly, a media connection without media. */

/** Lets everything that waits for a promise run. */
export async function settle() {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
}

export class FakeClock {
  time = 1_000_000;
  /** @type {{at: number, then: () => void}[]} */
  #timers = [];

  now = () => this.time;

  /** @param {number} wait @param {() => void} then */
  after = (wait, then) => {
    const timer = { at: this.time + wait, then };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((it) => it !== timer);
    };
  };

  /** Runs what is due within the next `span` ms, in order. @param {number} span */
  async pass(span) {
    const end = this.time + span;
    for (;;) {
      const due = this.#timers.filter((it) => it.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((it) => it !== due);
      this.time = Math.max(this.time, due.at);
      due.then();
      await settle();
    }
    this.time = end;
  }
}

/** A socket whose other end is the test: it opens late, is cut in the middle, and says nothing when it is dead. */
export class FakeSocket {
  readyState = 0;
  /** @type {any[]} */
  sent = [];
  closed = false;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: {data: unknown}) => void) | null} */
  onmessage = null;
  /** @type {((event: {code: number}) => void) | null} */
  onclose = null;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
  }

  /** @param {string} text */
  send(text) {
    if (this.readyState !== 1) throw new Error('not open');
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
    this.readyState = 3;
  }

  // --- the test's side ---

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** @param {object} message */
  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** @param {unknown} data */
  babble(data) {
    this.onmessage?.({ data });
  }

  /** @param {number} code */
  cut(code) {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** @param {string} type */
  sentOf(type) {
    return this.sent.filter((it) => it.type === type);
  }
}

class FakeSender {
  /** @type {object | null} */
  track = null;
  /** @type {any} */
  parameters = { encodings: [{}] };

  /** @param {object | null} track */
  async replaceTrack(track) {
    this.track = track;
  }

  getParameters() {
    return structuredClone(this.parameters);
  }

  /** @param {object} parameters */
  async setParameters(parameters) {
    this.parameters = parameters;
  }
}

/** One media connection; the test moves its state and its bytes. */
export class FakePeer {
  connectionState = 'new';
  signalingState = 'stable';
  bytes = 0;
  closed = false;
  restarts = 0;
  /** @type {string[]} */
  answers = [];
  /** @type {{mid: string, kind: string, init: any, codecs: any[], sender: FakeSender, receiver: {track: {kind: string, mid: string}}, setCodecPreferences(codecs: any[]): void}[]} */
  lines = [];
  /** @type {{sdp: string} | null} */
  localDescription = null;
  /** @type {(() => void) | null} */
  onconnectionstatechange = null;

  /** @param {string} kind @param {any} init */
  addTransceiver(kind, init) {
    const mid = String(this.lines.length);
    const line = {
      mid,
      kind,
      init,
      /** @type {any[]} */
      codecs: [],
      sender: new FakeSender(),
      receiver: { track: { kind, mid } },
      /** @param {any[]} codecs */
      setCodecPreferences(codecs) {
        line.codecs = codecs;
      },
    };
    this.lines.push(line);
    return line;
  }

  async setLocalDescription() {
    this.signalingState = 'have-local-offer';
    this.localDescription = { sdp: `offer of ${this.lines.length} lines` };
  }

  /** @param {{sdp: string}} description */
  async setRemoteDescription({ sdp }) {
    this.signalingState = 'stable';
    this.answers.push(sdp);
  }

  restartIce() {
    this.restarts += 1;
  }

  close() {
    this.closed = true;
    this.connectionState = 'closed';
  }

  async getStats() {
    return new Map([
      ['pair', { type: 'candidate-pair', nominated: true, bytesReceived: this.bytes, currentRoundTripTime: 0.04 }],
      ['in', { type: 'inbound-rtp', mid: '4', framesDecoded: 7, frameWidth: 640, frameHeight: 360, packetsReceived: 90, packetsLost: 10 }],
    ]);
  }
}
