/** Buttons: all alike in making, told apart by `data-action`; those that end something ask once, in their own place. */

import { h, icon, reicon, say } from './dom.js';

/** How long a button that asks stays asking, in ms. */
const ASKS_FOR = 8000;

/**
 * @typedef {object} Look
 * @property {string} action
 * @property {string} words
 * @property {string} [icon]
 * @property {string} [kind] classes
 * @property {string} [key] the key that does the same
 * @property {Record<string, string>} [data]
 * @property {boolean} [disabled]
 */

/** @param {Look} look @param {() => void} press @returns {HTMLButtonElement} */
export function button({ action, words, icon: symbol, kind = '', key, data = {}, disabled = false }, press) {
  const marks = Object.fromEntries(Object.entries(data).map(([name, value]) => [`data-${name}`, value]));
  const element = h(
    'button',
    { type: 'button', class: `button ${kind}`.trim(), 'data-action': action, disabled, ...marks, 'aria-keyshortcuts': key?.split(' ')[0] ?? null },
    symbol ? icon(symbol) : null,
    h('span', { class: 'words' }, words),
    key ? h('kbd', { 'aria-hidden': 'true' }, keyName(key)) : null,
  );
  element.addEventListener('click', (event) => {
    if (event.detail > 0) element.blur(); // after a mouse the keys belong to the page again
    press();
  });
  return element;
}

/** @param {string} key */
function keyName(key) {
  return key === 'Space' ? '␣' : key;
}

/** Changes words and symbol of a button that stays. @param {HTMLElement} element @param {string} words @param {string} [symbol] */
export function relabel(element, words, symbol) {
  const span = element.querySelector('.words');
  if (span) say(span, words);
  const svg = element.querySelector('svg');
  if (symbol && svg) reicon(svg, symbol);
}

/**
 * A button that asks once: the first press changes its words, the second does it. A double click is one press.
 * @param {Look & {sure: string}} look
 * @param {() => void} press
 */
export function askingButton(look, press) {
  const labels = { words: look.words, sure: look.sure };
  let asking = false;
  /** @type {number | undefined} */
  let timer;
  const set = (/** @type {boolean} */ on) => {
    asking = on;
    clearTimeout(timer);
    element.toggleAttribute('data-asks', on);
    relabel(element, on ? labels.sure : labels.words);
    if (on) timer = window.setTimeout(() => set(false), ASKS_FOR);
  };
  const element = button(look, () => {});
  element.addEventListener('click', (event) => {
    if (event.detail > 1 && asking) return;
    if (asking) {
      set(false);
      press();
    } else set(true);
  });
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && asking) set(false);
  });
  return {
    element,
    /** @param {string} words @param {string} sure */
    label(words, sure) {
      Object.assign(labels, { words, sure });
      relabel(element, asking ? sure : words);
    },
  };
}
