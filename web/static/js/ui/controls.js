/** The row of controls that everybody has: they name what is the case, and stand always in the same place. */

import { askingButton, button, relabel } from './button.js';
import { attribute, h, show } from './dom.js';

/**
 * @typedef {object} ControlModel
 * @property {boolean} mic
 * @property {boolean} camera
 * @property {boolean} hasMic
 * @property {boolean} hasCamera
 * @property {boolean} peeking
 * @property {boolean} canPeek
 * @property {boolean} canAsk to mirror
 * @property {boolean} live entered and not left: there is something to leave
 * @property {boolean} canTimeOut here; the therapist's stands beside the wide button
 */

/** @typedef {{mic: () => void, camera: () => void, peek: () => void, ask: () => void, timeOut: () => void, leave: () => void, quickExit: () => void}} ControlActs */

/** @param {import('../core/words.js').Translate} t @param {ControlActs} acts */
export function makeControls(t, acts) {
  const mic = button({ action: 'mic', words: '', icon: 'mic' }, acts.mic);
  const camera = button({ action: 'camera', words: '', icon: 'camera' }, acts.camera);
  const peek = button({ action: 'peek', words: '', icon: 'eye', kind: 'quiet' }, acts.peek);
  const ask = button({ action: 'ask-to-mirror', words: '', icon: 'mirror' }, acts.ask);
  const timeOut = button({ action: 'time-out', words: '', icon: 'time-out', kind: 'stop' }, acts.timeOut);
  const leave = askingButton({ action: 'leave', words: '', sure: '', icon: 'leave', kind: 'quiet' }, acts.leave);
  const exit = button({ action: 'quick-exit', words: '', icon: 'exit', kind: 'quiet', key: 'Esc Esc' }, acts.quickExit);
  const element = h('footer', { class: 'controls' }, mic, camera, peek, ask, timeOut, leave.element, exit);

  /** @param {ControlModel} model */
  function update(model) {
    attribute(element, 'aria-label', t('Controls'));
    for (const [it, on, has, symbol] of /** @type {const} */ ([
      [mic, model.mic, model.hasMic, 'mic'],
      [camera, model.camera, model.hasCamera, 'camera'],
    ])) {
      attribute(it, 'aria-pressed', String(on && has));
      attribute(it, 'data-off', !(on && has));
      relabel(it, deviceWords(symbol, on, has), on && has ? symbol : `${symbol}-off`);
      show(it, model.live);
    }
    relabel(peek, model.peeking ? t('Hide me') : t('See myself'));
    attribute(peek, 'aria-pressed', String(model.peeking));
    show(peek, model.live && model.canPeek && model.camera);
    relabel(timeOut, t('Time-out'));
    attribute(timeOut, 'title', t('Stops everything at once, for twenty minutes. Nobody can refuse it.'));
    relabel(ask, t('Let me mirror'));
    show(ask, model.canAsk);
    if (model.canTimeOut) ask.after(timeOut);
    else timeOut.remove();
    leave.label(t('Leave'), t('Really leave?'));
    show(leave.element, model.live);
    relabel(exit, t('Quick exit'));
    attribute(exit, 'title', t('Leaves this page at once: press Escape twice. It does not clear your browser’s history.'));
  }

  /** @param {'mic' | 'camera'} device @param {boolean} on @param {boolean} has */
  function deviceWords(device, on, has) {
    if (device === 'mic') return !has ? t('No microphone') : on ? t('Microphone on') : t('Microphone off');
    return !has ? t('No camera') : on ? t('Camera on') : t('Camera off');
  }

  return { element, update };
}
