/** The pictures of the others, with what lies over them when there is none; and one's own, when one peeks. */

import { attribute, h, icon, say, show } from './dom.js';

/** @typedef {import('../core/protocol.js').SeatName} SeatName */
/** @typedef {import('../core/layout.js').Tile} TileModel */
/** @typedef {import('../core/words.js').Translate} Translate */

/** How loud somebody is heard whose voice it is not: 12 dB less. */
const SOFT = 0.25;

/** @param {SeatName} seat @param {() => void} silenced the browser does not let the sound play without a gesture */
export function makeTile(seat, silenced) {
  const video = h('video', { autoplay: true, playsinline: true, disablepictureinpicture: true });
  video.muted = true;
  const audio = h('audio', { autoplay: true });
  const words = h('p');
  const initial = h('span', { class: 'initial', 'aria-hidden': 'true' });
  const veil = h('div', { class: 'veil' }, initial, words);
  const name = h('span', { class: 'name' });
  const role = h('span', { class: 'role' });
  const muted = h('span', { class: 'muted' }, icon('mic-off'), h('span', { class: 'words' }));
  const caption = h('div', { class: 'caption' }, name, role, muted);
  const element = h('div', { class: 'tile', 'data-tile': seat }, h('div', { class: 'face' }, video, veil), caption, audio);

  const hear = () => audio.play().catch((error) => error?.name === 'NotAllowedError' && silenced());

  /** @param {HTMLMediaElement} media @param {MediaStreamTrack} track @param {() => void} then */
  function swap(media, track, then) {
    const take = () => {
      media.srcObject = new MediaStream([track]);
      then();
    };
    const blank = !media.srcObject;
    // The old picture stays until the new connection brings one: no black flash in between.
    if (blank || !track.muted) take();
    else track.addEventListener('unmute', take, { once: true });
  }

  return {
    element,
    hear,
    /** @param {string} medium @param {MediaStreamTrack} track */
    attach(medium, track) {
      if (medium === 'mic') swap(audio, track, hear);
      if (medium === 'camera') swap(video, track, () => void video.play().catch(() => {}));
    },
    /** Nothing of the other stays on a page that is out of the call. */
    clear() {
      for (const media of [video, audio]) media.srcObject = null;
    },
    /** @param {TileModel} model @param {Translate} t @param {string | null} roleName */
    update(model, t, roleName) {
      attribute(element, 'data-place', model.place);
      attribute(element, 'data-role', model.role);
      attribute(element, 'data-speaks', model.voice);
      attribute(element, 'data-veil', model.veil);
      audio.volume = model.soft ? SOFT : 1;
      show(element, model.place !== 'none');
      say(name, model.name);
      say(role, roleName ?? '');
      show(role, roleName !== null);
      show(muted, model.muted);
      say(muted.lastElementChild ?? muted, t('Microphone off'));
      show(veil, model.veil !== null);
      say(initial, Array.from(model.name)[0] ?? '');
      say(words, veilWords(model, t));
    },
  };
}

/** @param {TileModel} model @param {Translate} t */
function veilWords({ veil, name }, t) {
  switch (veil) {
    case 'absent':
      return t('{name} is not here yet.', { name });
    case 'waiting':
      return t('{name} waits to be let in.', { name });
    case 'left':
      return t('{name} has left the call.', { name });
    case 'apart':
      return t('{name} waits apart, and neither sees nor hears you.', { name });
    case 'time-out':
      return t('Time-out. Nobody sees or hears anybody.');
    case 'away':
      return t('{name}’s connection is lost. It is the network, not {name}.', { name });
    case 'own-network':
      return ''; // one sentence for the whole page says it
    case 'still':
      return t('The picture stands still. It is the network, not {name}.', { name });
    case 'camera-off':
      return t('{name}’s camera is off.', { name });
    default:
      return '';
  }
}

/** One's own picture: off unless asked for, since watching oneself takes attention from the other. */
export function makeSelf() {
  const video = h('video', { class: 'mirrored', autoplay: true, playsinline: true });
  video.muted = true;
  const name = h('span', { class: 'name' });
  const element = h('div', { class: 'selfview', 'data-self': true }, video, h('div', { class: 'caption' }, name));
  return {
    element,
    /** @param {MediaStream | null} stream @param {boolean} visible @param {string} words */
    update(stream, visible, words) {
      const shown = visible && (stream?.getVideoTracks().length ?? 0) > 0;
      show(element, shown);
      say(name, words);
      const source = shown ? stream : null;
      if (video.srcObject !== source) video.srcObject = source;
      if (source) void video.play().catch(() => {});
    },
  };
}
