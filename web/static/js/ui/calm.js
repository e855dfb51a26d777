/** The screens on which nothing is to be done but to wait, or nothing is left to do: one column, one sentence, no hurry. */

import { ending } from '../core/sentences.js';
import { nameOf } from '../core/layout.js';
import { button } from './button.js';
import { attribute, h, icon, rebuild } from './dom.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/words.js').Translate} Translate */

/**
 * @typedef {object} Calm
 * @property {'breath' | 'rest' | 'network' | 'done'} picture
 * @property {string} heading
 * @property {readonly string[]} lines
 * @property {string | null} clock a time, shown large
 * @property {readonly {action: string, words: string, primary: boolean}[]} buttons
 * @property {string | null} code
 */

/**
 * What a scene without pictures says, or null where the scene is a call.
 * @param {View} view
 * @param {Translate} t
 * @param {(time: number) => string} hour the time of day, in words
 * @param {number} now by the server's clock
 * @returns {Calm | null}
 */
export function calmOf(view, t, hour, now) {
  const therapist = nameOf(view, 'therapist') ?? t('Your therapist');
  const unseen = t('Nobody sees or hears you now.');
  /** @type {Calm} */
  const calm = { picture: 'breath', heading: '', lines: [], clock: null, buttons: [], code: null };
  switch (view.scene) {
    case 'waiting':
      return {
        ...calm,
        heading: t('{name} will let you in', { name: therapist }),
        lines: [unseen, t('You need not do anything. Breathe, and arrive.')],
        clock: hour(now),
      };
    case 'apart':
      return {
        ...calm,
        heading: t('A moment for yourself'),
        lines: [t('{name} talks with each of you alone for a while. This is part of the work.', { name: therapist }), `${unseen} ${t('You come back by yourself.')}`],
      };
    case 'time-out':
      return {
        ...calm,
        picture: 'rest',
        heading: view.timeOut && now > view.timeOut.until ? t('The time-out can end now') : t('Time-out until'),
        clock: view.timeOut ? hour(view.timeOut.until) : null,
        lines: [
          t('{unseen} Stand up, drink some water, let your breath get slow.', { unseen }),
          t('There is nothing to prepare. {name} brings you back together.', { name: therapist }),
        ],
      };
    case 'therapist-gone':
      return {
        ...calm,
        picture: 'network',
        heading: t('{name}’s connection is gone', { name: therapist }),
        lines: [t('It is the network. Everything waits just where it was, and comes back by itself.'), unseen],
      };
    case 'left':
      return {
        ...calm,
        picture: 'done',
        heading: t('You have left the call'),
        lines: [t('Your camera and microphone are off.')],
        buttons: [{ action: 'enter', words: t('Come back in'), primary: true }],
      };
    case 'ended':
      return { ...calm, picture: 'done', heading: t('This session is over'), lines: [t('Your camera and microphone are off. Take your time; you can close this page.')] };
    default:
      return null;
  }
}

/** Why this page cannot go on. @param {string} code @param {Translate} t @returns {Calm} */
export function calmEnd(code, t) {
  const { happened, todo } = ending(code, t);
  const words = { superseded: t('Take the call back here'), ended: null, revoked: null }[code];
  const again = words === undefined ? t('Load this page again') : words;
  const buttons = again ? [{ action: code === 'superseded' ? 'take-back' : 'reload', words: again, primary: true }] : [];
  return { picture: 'done', heading: happened, lines: [todo], clock: null, buttons, code };
}

/** @param {(action: string) => void} act */
export function makeCalm(act) {
  const element = h('section', { class: 'calm' });
  return {
    element,
    /** @param {Calm} calm */
    update(calm) {
      attribute(element, 'data-code', calm.code);
      rebuild(element, calm, () => [
        h('div', { class: `picture ${calm.picture}`, 'aria-hidden': 'true' }, calm.picture === 'breath' ? h('i') : icon(symbols[calm.picture] ?? 'done')),
        h('h1', {}, calm.heading),
        calm.clock ? h('p', { class: 'clock' }, calm.clock) : null,
        ...calm.lines.map((line) => h('p', {}, line)),
        ...calm.buttons.map(({ action, words, primary }) => button({ action, words, kind: primary ? 'primary wide' : '' }, () => act(action))),
      ]);
    },
  };
}

/** @type {Record<string, string>} */
const symbols = { rest: 'quiet', network: 'network', done: 'done' };
