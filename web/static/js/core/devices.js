/**
 * One's own camera and microphone: opens what there is, and says in stable codes what there is not.
 *
 * A camera alone or a microphone alone is enough; so a failure of both together is tried again one by one.
 */

/** @typedef {{camera: boolean, mic: boolean, cameraId?: string, micId?: string, height?: number}} Want */
/** @typedef {{mic: MediaStreamTrack | null, camera: MediaStreamTrack | null, problem: string | null}} Devices */

/** Why a device was not had. @param {unknown} error @returns {'denied' | 'missing' | 'busy' | 'failed'} */
export function reasonOf(error) {
  switch (error instanceof Error || error instanceof DOMException ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

/** Why this browser cannot take part at all, or null. @param {{isSecureContext: boolean, navigator: {mediaDevices?: unknown}, RTCPeerConnection?: unknown, WebSocket?: unknown}} browser */
export function unfit(browser) {
  if (!browser.RTCPeerConnection || !browser.WebSocket) return 'no-webrtc';
  if (!browser.isSecureContext) return 'insecure';
  if (!browser.navigator.mediaDevices) return 'no-webrtc';
  return null;
}

/** @param {Want} want @returns {MediaTrackConstraints} */
function picture({ cameraId, height = 720 }) {
  return {
    width: { ideal: Math.round((height * 16) / 9) },
    height: { ideal: height },
    frameRate: { ideal: 24, max: 30 },
    ...(cameraId ? { deviceId: { exact: cameraId } } : { facingMode: 'user' }),
  };
}

/** @param {Want} want @returns {MediaTrackConstraints} */
function sound({ micId }) {
  return {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(micId ? { deviceId: { exact: micId } } : {}),
  };
}

/**
 * Opens what is wanted. `problem` is null, or `camera-…`, `mic-…` or `devices-…` with the reason.
 * @param {Pick<MediaDevices, 'getUserMedia'>} media
 * @param {Want} want
 * @returns {Promise<Devices>}
 */
export async function openDevices(media, want) {
  if (!want.camera && !want.mic) return { mic: null, camera: null, problem: null };
  if (want.camera && want.mic) {
    try {
      return split(await media.getUserMedia({ audio: sound(want), video: picture(want) }), null);
    } catch {
      // one of them is the reason: ask for each alone
    }
  }
  const mic = want.mic ? await one(media, { audio: sound(want) }, { audio: true }) : null;
  const camera = want.camera ? await one(media, { video: picture(want) }, { video: true }) : null;
  return { mic: mic?.track ?? null, camera: camera?.track ?? null, problem: problemOf(mic?.reason, camera?.reason) };
}

/**
 * @param {Pick<MediaDevices, 'getUserMedia'>} media
 * @param {MediaStreamConstraints} constraints
 * @param {MediaStreamConstraints} plain for a chosen device that is gone since
 * @returns {Promise<{track: MediaStreamTrack | null, reason: string | null}>}
 */
async function one(media, constraints, plain) {
  for (const attempt of [constraints, plain]) {
    try {
      const stream = await media.getUserMedia(attempt);
      return { track: stream.getTracks()[0] ?? null, reason: null };
    } catch (error) {
      const chosen = error instanceof DOMException && error.name === 'OverconstrainedError';
      if (!chosen || attempt === plain) return { track: null, reason: reasonOf(error) };
    }
  }
  return { track: null, reason: 'failed' };
}

/** @param {MediaStream} stream @param {string | null} problem @returns {Devices} */
function split(stream, problem) {
  return { mic: stream.getAudioTracks()[0] ?? null, camera: stream.getVideoTracks()[0] ?? null, problem };
}

/** @param {string | null | undefined} mic @param {string | null | undefined} camera */
function problemOf(mic, camera) {
  if (mic && camera) return mic === camera ? `devices-${mic}` : `devices-${mic === 'denied' || camera === 'denied' ? 'denied' : 'failed'}`;
  if (mic) return `mic-${mic}`;
  return camera ? `camera-${camera}` : null;
}

/**
 * The devices to choose from; names are empty until the person has allowed one.
 * @param {Pick<MediaDevices, 'enumerateDevices'>} media
 * @param {'audioinput' | 'videoinput'} kind
 */
export async function choices(media, kind) {
  const all = await media.enumerateDevices().catch(() => []);
  return all.filter((it) => it.kind === kind && it.deviceId).map((it) => ({ id: it.deviceId, label: it.label }));
}
