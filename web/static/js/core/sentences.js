/**
 * Codes into sentences: what happened, then what to do. Every code of the wire and of the pages has one here.
 *
 * Codes are for programs and stay as they are; sentences are for a worried person.
 */

/** @typedef {import('./words.js').Translate} Translate */
/** @typedef {{happened: string, todo: string}} Sentences */

/** @param {Translate} t @returns {Record<string, string>} */
const refusals = (t) => ({
  'bad-message': t('That did not work. Please load the page again.'),
  'too-large': t('That did not work. Please load the page again.'),
  version: t('There is a newer version of this page. Please load it again.'),
  'hello-first': t('That did not work. Please load the page again.'),
  rate: t('That was a lot at once. Please wait a moment.'),
  'bad-offer': t('Your browser’s picture and sound could not be connected. Please try a current Firefox, Chrome, Edge or Safari.'),
  'too-many-offers': t('The connection is being made again. Please wait a moment.'),
  'not-allowed': t('Only the therapist can do that.'),
  'out-of-state': t('That is not possible just now.'),
  stale: t('The dialogue has just moved on. Please look again.'),
  ended: t('This session is over.'),
  parted: t('The therapist’s connection is gone. Everything waits until it is back.'),
  paused: t('The dialogue stands still just now. First let it go on.'),
  'not-paused': t('Nothing is paused.'),
  'not-waiting': t('Nobody waits in this seat just now.'),
  'not-admitted': t('This person is not in the room.'),
  'no-dialogue': t('No dialogue is running.'),
  'dialogue-running': t('A dialogue is running already.'),
  'partners-missing': t('Both partners need to be in the room first.'),
  'nothing-to-undo': t('There is nothing to undo.'),
  'unknown-edge': t('The dialogue has just moved on. Please look again.'),
  'unknown-script': t('This dialogue is not there any more. Please load the page again.'),
  'several-ways': t('There are several ways on. Please choose one.'),
  'unknown-step': t('This step is not there any more. Please load the page again.'),
  'bad-time': t('That is too short or too long.'),
  'bad-number': t('A feeling is said from 0 to 10.'),
  'not-saved': t('It could not be stored, so nothing was done. Please try again.'),
  internal: t('Something failed on our side, and nothing was done. Please try again.'),
});

/** Words for a refused command. @param {string} code @param {Translate} t */
export function refusal(code, t) {
  return refusals(t)[code] ?? t('That did not work. Please try again.');
}

/** @param {Translate} t @returns {Record<string, Sentences>} */
const ends = (t) => ({
  revoked: {
    happened: t('This page is no longer signed in to the call.'),
    todo: t('Please open your personal link again. If it does not work, ask your therapist for a new one.'),
  },
  superseded: {
    happened: t('The call was opened on another page or device, and goes on there.'),
    todo: t('You can close this page, or take the call back here.'),
  },
  ended: { happened: t('This session is over.'), todo: t('You can close this page.') },
  version: { happened: t('There is a newer version of this page.'), todo: t('Please load the page again.') },
  'bad-link': {
    happened: t('This link does not work.'),
    todo: t('Please copy the whole link from your message, or ask your therapist for a new one.'),
  },
  'no-link': {
    happened: t('This page needs your personal link.'),
    todo: t('Please open the link from your message again.'),
  },
  'too-early': {
    happened: t('It is too early for this call.'),
    todo: t('Please come back shortly before the appointment.'),
  },
  expired: {
    happened: t('This link is no longer valid.'),
    todo: t('Please ask your therapist for a new one.'),
  },
  rate: { happened: t('There were many attempts in a short time.'), todo: t('Please wait a minute and try again.') },
  'bad-request': { happened: t('That did not work.'), todo: t('Please load the page again.') },
  offline: {
    happened: t('The server cannot be reached just now.'),
    todo: t('Please check your internet connection and try again.'),
  },
  unauthorized: { happened: t('You are no longer signed in.'), todo: t('Please sign in again.') },
  'not-found': { happened: t('That did not work.'), todo: t('Please load the page again.') },
  slow: { happened: t('Your connection was too slow for a moment.'), todo: t('It comes back by itself.') },
  drain: { happened: t('The server is being restarted.'), todo: t('The call comes back by itself.') },
});

/** Words for why a page cannot go on, or could not come in. @param {string} code @param {Translate} t @returns {Sentences} */
export function ending(code, t) {
  return (
    ends(t)[code] ?? {
      happened: t('Something failed on our side.'),
      todo: t('Please try again in a moment.'),
    }
  );
}

/** @param {Translate} t @returns {Record<string, Sentences>} */
const problems = (t) => ({
  'devices-denied': {
    happened: t('Your browser does not let this page use your camera and microphone.'),
    todo: t('Press the camera or lock symbol beside the address, allow both, then try again.'),
  },
  'camera-denied': {
    happened: t('Your browser does not let this page use your camera.'),
    todo: t('Press the camera or lock symbol beside the address, allow it, then try again. You can also go in with sound only.'),
  },
  'mic-denied': {
    happened: t('Your browser does not let this page use your microphone, so nobody could hear you.'),
    todo: t('Press the camera or lock symbol beside the address, allow the microphone, then try again.'),
  },
  'devices-missing': {
    happened: t('No camera and no microphone was found.'),
    todo: t('Please connect them and try again, or use a phone. You can go in now, but nobody will see or hear you.'),
  },
  'camera-missing': {
    happened: t('No camera was found.'),
    todo: t('Please connect one and try again. You can also go in with sound only.'),
  },
  'mic-missing': {
    happened: t('No microphone was found, so nobody could hear you.'),
    todo: t('Please connect one, or a headset, and try again.'),
  },
  'devices-busy': {
    happened: t('Another program is using your camera and microphone.'),
    todo: t('Please close other video calls, then try again.'),
  },
  'camera-busy': {
    happened: t('Another program is using your camera.'),
    todo: t('Please close other video calls, then try again. You can also go in with sound only.'),
  },
  'mic-busy': {
    happened: t('Another program is using your microphone.'),
    todo: t('Please close other calls, then try again.'),
  },
  insecure: {
    happened: t('This address is not secure, so your browser gives it no camera and no microphone.'),
    todo: t('Please open the link with https:// at its beginning, or ask your therapist for help.'),
  },
  'no-webrtc': {
    happened: t('This browser cannot make video calls.'),
    todo: t('Please open your link in a current Firefox, Chrome, Edge or Safari.'),
  },
});

/** Words for what is wrong with the camera, the microphone or the browser. @param {string} code @param {Translate} t @returns {Sentences} */
export function problem(code, t) {
  return (
    problems(t)[code] ?? {
      happened: t('Your camera or microphone could not be started.'),
      todo: t('Please unplug it and plug it in again, or restart your browser, then try again.'),
    }
  );
}
