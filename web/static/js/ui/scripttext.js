/** The whole text of a dialogue with numbered lines, one of which may be marked. */

import { h, put } from './dom.js';

/** @param {import('../core/words.js').Translate} t @param {(text: string) => void} typed */
export function makeScriptText(t, typed) {
  const numbers = h('div', { class: 'line-numbers', 'aria-hidden': 'true' });
  const area = h('textarea', {
    class: 'script-text', spellcheck: false, autocomplete: 'off', autocapitalize: 'off', wrap: 'off', 'aria-label': t('The text of the dialogue'), 'data-field': 'text',
    oninput: () => {
      number();
      typed(area.value);
    },
    onscroll: () => {
      numbers.scrollTop = area.scrollTop;
    },
  });
  const element = h('div', { class: 'script-box' }, numbers, area);
  let count = 0;
  let marked = 0;

  function number() {
    const wanted = area.value.split('\n').length;
    if (wanted === count) return;
    count = wanted;
    put(numbers, ...Array.from({ length: count }, (_, index) => h('span', { 'data-marked': index + 1 === marked }, String(index + 1))));
  }

  return {
    element,
    /** @param {string} text */
    show(text) {
      if (area.value !== text) area.value = text;
      number();
    },
    /** Marks a line, or none. @param {number | null} line */
    mark(line) {
      numbers.children[marked - 1]?.removeAttribute('data-marked');
      marked = line ?? 0;
      numbers.children[marked - 1]?.setAttribute('data-marked', '');
    },
    /** Puts the caret there, and selects the line. @param {number} line */
    goTo(line) {
      const before = area.value.split('\n').slice(0, line - 1);
      const start = before.reduce((sum, row) => sum + row.length + 1, 0);
      const length = area.value.split('\n')[line - 1]?.length ?? 0;
      area.focus({ preventScroll: true });
      element.scrollIntoView({ block: 'start' });
      area.setSelectionRange(start, start + length);
      area.scrollTop = Math.max(0, (area.scrollHeight / Math.max(1, count)) * (line - 6));
    },
  };
}
