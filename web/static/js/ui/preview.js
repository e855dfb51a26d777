/** How a dialogue looks: the band of both partners at one step, and the list of the steps with their ways on. */

import { makeIndicator } from './indicator.js';
import { attribute, h, icon, put, say } from './dom.js';

/** @typedef {import('../core/words.js').Translate} Translate */
/** @typedef {{words: string, to: string | null, by: string | null}} Way */
/** @typedef {{step: string, name: string, sender: any, receiver: any, ways: Way[]}} PreviewStep */

/**
 * @param {Translate} t the words of the page
 * @param {Translate} there the words of the language that is shown
 * @param {(step: string) => void} choose
 */
export function makePreview(t, there, choose) {
  const roles = /** @type {const} */ (['sender', 'receiver']);
  const bands = roles.map((role) => ({ role, indicator: makeIndicator(there, () => {}), title: h('h3', {}) }));
  const title = h('p', { class: 'preview-title' });
  const list = h('ol', { class: 'preview-steps' });
  for (const { indicator } of bands) indicator.element.inert = true; // it shows, and does nothing
  const screens = bands.map(({ role, indicator, title: heading }) =>
    h('div', { class: 'preview-screen', 'data-screen': role }, heading, indicator.element),
  );
  const element = h('div', { class: 'preview' }, title, ...screens, h('h3', {}, t('All steps and the ways on')), list);
  /** @type {PreviewStep[]} */
  let steps = [];

  /** @param {string} chosen */
  function draw(chosen) {
    const shown = steps.find((it) => it.step === chosen) ?? steps[0];
    if (!shown) return;
    say(title, shown.name);
    for (const { role, indicator, title: heading } of bands) {
      const view = shown[role];
      say(heading, t('{name} sees, as the {role}', { name: view.name, role: role === 'sender' ? view.indicator.senderRole : view.indicator.receiverRole }));
      indicator.update(view);
    }
    for (const item of list.children) attribute(item, 'data-now', /** @type {HTMLElement} */ (item).dataset['step'] === shown.step);
  }

  return {
    element,
    /** @param {PreviewStep[]} all @param {string} chosen */
    show(all, chosen) {
      steps = all;
      put(list, ...steps.map(({ step, name, ways }) => h('li', { 'data-step': step }, stepButton(step, name), waysOf(ways))));
      draw(chosen);
    },
    draw,
    /** Whether what is shown is older than what is typed. @param {boolean} old */
    stale(old) {
      attribute(element, 'data-stale', old);
    },
  };

  /** @param {string} step @param {string} name */
  function stepButton(step, name) {
    return h('button', { type: 'button', class: 'button bare', 'data-action': 'show-step', 'data-step': step, onclick: () => choose(step) }, name);
  }

  /** @param {Way[]} ways */
  function waysOf(ways) {
    return h('ul', {}, ...ways.map(({ words, to, by }) => h('li', { 'data-by': by }, icon('next'), h('span', {}, t('{way} → {step}', { way: words, step: to ?? t('end of the dialogue') })))));
  }
}
