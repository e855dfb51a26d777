/**
 * What a partner tells the therapist alone: two sliders and a quiet signal, in a small drawer that looks like any
 * other. No other screen shows a trace of it, and the drawer closes by itself when something was said.
 */

import { button } from './button.js';
import { attribute, h, icon, say, show } from './dom.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/words.js').Translate} Translate */
/** @typedef {{say: (safe: number, flooded: number) => void, signal: () => void}} FeelingActs */

const MIDDLE = 5;

/** @param {Translate} t @param {FeelingActs} acts */
export function makeFeelings(t, acts) {
  const words = h('span', { class: 'words' });
  const summary = h('summary', { class: 'button quiet' }, icon('quiet'), words);
  const only = h('p', { class: 'only' });
  const safe = slider('safe');
  const flooded = slider('flooded');
  const signal = button({ action: 'signal', words: '' }, () => {
    acts.signal();
    close();
  });
  const body = h('div', { class: 'feelings-body' }, only, safe.element, flooded.element, signal);
  const element = h('details', { class: 'feelings' }, summary, body);
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && element.open) close(); // the press still counts: Escape twice must leave from here too
  });

  function close() {
    element.open = false;
    summary.focus();
  }

  /** @param {'safe' | 'flooded'} name */
  function slider(name) {
    const label = h('span');
    const value = h('output');
    const input = h('input', { type: 'range', min: 0, max: 10, step: 1, name, 'data-action': `say-${name}` });
    input.addEventListener('input', () => say(value, input.value));
    input.addEventListener('change', () => acts.say(Number(safe.input.value), Number(flooded.input.value)));
    return { element: h('label', {}, label, value, input), label, value, input };
  }

  return {
    element,
    /** @param {View | null} view @param {string} therapist */
    update(view, therapist) {
      const there = view !== null && view.lead === null && view.revision !== null;
      show(element, there);
      if (!there) {
        element.open = false;
        return;
      }
      say(words, t('How I feel'));
      say(only, t('Only {name} sees this.', { name: therapist }));
      say(safe.label, t('How safe do I feel? 0 not at all, 10 fully'));
      say(flooded.label, t('How flooded am I? 0 calm, 10 too much'));
      for (const [it, told] of /** @type {const} */ ([
        [safe, view.felt?.safe],
        [flooded, view.felt?.flooded],
      ])) {
        if (document.activeElement !== it.input) it.input.value = String(told ?? MIDDLE);
        say(it.value, told === undefined && document.activeElement !== it.input ? '–' : it.input.value);
      }
      say(signal.querySelector('.words') ?? signal, t('Let {name} know quietly that I need help', { name: therapist }));
      attribute(element, 'data-told', view.felt !== null);
    },
  };
}
