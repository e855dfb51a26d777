/** One's own camera and microphone as the page holds them: opened, switched, lost and found again. */

import { choices, openDevices, unfit } from '../core/devices.js';
import { Meter } from '../core/meter.js';

export class Own {
  /** @type {MediaStreamTrack | null} */
  mic = null;
  /** @type {MediaStreamTrack | null} */
  camera = null;
  /** What the person wants, whether or not there is a device for it. */
  micOn = true;
  cameraOn = true;
  asking = false;
  /** Whether the devices were ever asked for: until then, that there are none says nothing. */
  asked = false;
  /** @type {string | null} */
  problem = unfit(window);
  height = 720;
  stream = new MediaStream();
  meter = new Meter();
  /** @type {{cameras: {id: string, label: string}[], mics: {id: string, label: string}[]}} */
  found = { cameras: [], mics: [] };

  #changed;
  #cameraId = '';
  #micId = '';
  #round = 0;
  #metered = true;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
    navigator.mediaDevices?.addEventListener?.('devicechange', () => void this.#list());
  }

  get live() {
    return { mic: this.micOn && this.mic !== null, camera: this.cameraOn && this.camera !== null };
  }

  get chosen() {
    return {
      camera: this.#cameraId || String(this.camera?.getSettings().deviceId ?? ''),
      mic: this.#micId || String(this.mic?.getSettings().deviceId ?? ''),
    };
  }

  /** Opens what is wanted and not there yet. */
  async open() {
    this.asked = true;
    const unable = unfit(window);
    if (unable) {
      this.problem = unable;
      this.#changed();
      return;
    }
    const round = ++this.#round;
    const want = { camera: this.cameraOn && !this.camera, mic: !this.mic };
    this.asking = true;
    this.#changed();
    const got = await openDevices(navigator.mediaDevices, {
      ...want,
      height: this.height,
      ...(this.#cameraId ? { cameraId: this.#cameraId } : {}),
      ...(this.#micId ? { micId: this.#micId } : {}),
    });
    if (round !== this.#round) {
      got.mic?.stop();
      got.camera?.stop();
      return;
    }
    this.asking = false;
    this.problem = got.problem;
    if (got.mic) this.#hold('mic', got.mic);
    if (got.camera) this.#hold('camera', got.camera);
    this.#attend();
    await this.#list();
  }

  /** @param {boolean} on */
  setMic(on) {
    this.micOn = on;
    if (this.mic) this.mic.enabled = on;
    if (on && !this.mic) void this.open();
    else this.#changed();
  }

  /** Off lets the camera go, so that its light goes out. @param {boolean} on */
  setCamera(on) {
    this.cameraOn = on;
    if (!on) this.#release('camera');
    if (on && !this.camera) void this.open();
    else this.#attend();
  }

  /** Another device, or another size of picture. @param {Partial<{camera: string, mic: string, height: number}>} change */
  choose({ camera, mic, height }) {
    if (camera !== undefined) this.#cameraId = camera;
    if (mic !== undefined) this.#micId = mic;
    if (height !== undefined) this.height = height;
    if (camera !== undefined || height !== undefined) this.#release('camera');
    if (mic !== undefined) this.#release('mic');
    void this.open();
  }

  /** Tries once more for what was not had. */
  retry() {
    this.cameraOn = true;
    return this.open();
  }

  /** The meter is for the door alone. */
  unmeter() {
    if (this.#metered) this.meter.close();
    this.#metered = false;
  }

  /** Stops camera and microphone at once. */
  stop() {
    this.#round += 1;
    this.asking = false;
    this.#release('mic');
    this.#release('camera');
    this.#attend();
  }

  /** @param {'mic' | 'camera'} device @param {MediaStreamTrack} track */
  #hold(device, track) {
    this[device]?.stop();
    this[device] = track;
    track.enabled = device === 'camera' || this.micOn;
    track.onended = () => {
      if (this[device] !== track) return;
      this[device] = null;
      this.problem = `${device}-missing`;
      this.#attend();
    };
  }

  /** @param {'mic' | 'camera'} device */
  #release(device) {
    const track = this[device];
    this[device] = null;
    if (track) track.onended = null;
    track?.stop();
  }

  /** The stream and the meter follow the tracks. */
  #attend() {
    const tracks = [this.mic, this.camera].filter((it) => it !== null);
    const same = tracks.length === this.stream.getTracks().length && tracks.every((it) => this.stream.getTracks().includes(it));
    if (!same) {
      this.stream = new MediaStream(tracks);
      if (this.#metered) this.meter.listen(this.stream);
    }
    this.#changed();
  }

  async #list() {
    if (!navigator.mediaDevices) return;
    this.found = {
      cameras: await choices(navigator.mediaDevices, 'videoinput'),
      mics: await choices(navigator.mediaDevices, 'audioinput'),
    };
    this.#changed();
  }
}
