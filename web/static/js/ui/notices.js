/** One line at the upper edge for what went wrong just now; and the words for those who listen to the page. */

import { button } from './button.js';
import { attribute, h, rebuild, say, show } from './dom.js';

/** How long a passing sentence stays, in ms. */
const STAYS = 7000;

/** @typedef {{code: string, text: string, action?: {name: string, words: string, press: () => void}}} Notice */

/** @param {HTMLElement} spoken the live region */
export function makeNotices(spoken) {
  const element = h('div', { class: 'notices', role: 'status' });
  /** @type {Map<string, Notice>} */
  const standing = new Map();
  /** @type {Notice | null} */
  let passing = null;
  /** @type {number | undefined} */
  let timer;

  function draw() {
    const notice = passing ?? [...standing.values()].at(-1) ?? null;
    show(element, notice !== null);
    attribute(element, 'data-code', notice?.code);
    rebuild(element, notice && [notice.code, notice.text, notice.action?.words], () =>
      notice
        ? [
            h('p', {}, notice.text),
            notice.action ? button({ action: notice.action.name, words: notice.action.words, kind: 'primary' }, notice.action.press) : null,
          ]
        : [],
    );
  }

  draw();
  return {
    element,
    /** Says something for some seconds. @param {Notice} notice */
    pass(notice) {
      passing = notice;
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        passing = null;
        draw();
      }, STAYS);
      draw();
    },
    /** Says something as long as it is so. @param {string} code @param {Notice | null} notice */
    stand(code, notice) {
      if (notice) standing.set(code, notice);
      else standing.delete(code);
      draw();
    },
    /** For a screen reader. @param {string} text */
    announce(text) {
      say(spoken, text);
    },
  };
}
