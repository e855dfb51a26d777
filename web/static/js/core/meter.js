/** How loud a microphone is, for the meter before the call. */

/** The quietest sound the meter shows, in dB below full scale. */
const FLOOR = -55;
/** Louder than this is somebody speaking. */
export const AUDIBLE = 0.28;

/**
 * Loudness of samples between -1 and 1, as 0 (silence) to 1 (full).
 * @param {Float32Array} samples
 */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibel = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-10);
  return Math.min(1, Math.max(0, 1 - decibel / FLOOR));
}

export class Meter {
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {MediaStreamAudioSourceNode | null} */
  #source = null;
  /** @type {AnalyserNode | null} */
  #analyser = null;
  #samples = new Float32Array(1024);

  /** Listens to another stream, or to none. @param {MediaStream | null} stream */
  listen(stream) {
    this.#source?.disconnect();
    this.#source = null;
    if (!stream?.getAudioTracks().length) return;
    this.#context ??= new AudioContext();
    this.#analyser ??= new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(this.#analyser);
  }

  /** A gesture lets a browser start what it held back. */
  wake() {
    if (this.#context?.state === 'suspended') void this.#context.resume();
  }

  /** Whether the browser lets it listen yet. */
  get awake() {
    return this.#context?.state === 'running';
  }

  /** 0 to 1. */
  get level() {
    if (!this.#analyser || !this.#source) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return loudness(this.#samples);
  }

  close() {
    this.listen(null);
    void this.#context?.close();
    this.#context = this.#analyser = null;
  }
}
