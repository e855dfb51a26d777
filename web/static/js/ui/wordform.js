/** The words of a dialogue in boxes, step by step, the chosen languages side by side. */

import { fieldAt, groups, isDraft, languagesOf, wordsOf } from '../core/wording.js';
import { nameOf } from '../core/words.js';
import { attribute, h, put } from './dom.js';

/** @typedef {import('../core/wording.js').Dialogue} Dialogue */
/** @typedef {import('../core/wording.js').Field} Field */

/**
 * @param {import('../core/words.js').Translate} t
 * @param {{typed: (field: Field, language: string, text: string) => void, looks: (step: string, language: string) => void, picked: (languages: string[]) => void}} on
 */
export function makeWordForm(t, on) {
  const picker = h('div', { class: 'languages', role: 'group', 'aria-label': t('Languages side by side') });
  const body = h('div', { class: 'word-groups' });
  const element = h('div', { class: 'word-form' }, picker, body);
  /** @type {import('../core/wording.js').Group[]} */
  let all = [];

  /** @param {Dialogue} dialogue @param {string[]} shown */
  function pick(dialogue, shown) {
    put(
      picker,
      ...languagesOf(dialogue).map((language) => {
        const box = h('input', {
          type: 'checkbox', checked: shown.includes(language), 'data-language': language,
          onchange: () => on.picked(languagesOf(dialogue).filter((it) => (it === language ? box.checked : shown.includes(it)))),
        });
        return h('label', { class: 'language' }, box, h('span', { lang: language }, nameOf(language)), isDraft(dialogue, language) ? draftMark() : null);
      }),
    );
  }

  function draftMark() {
    return h('span', { class: 'draft', title: t('No clinician who speaks this language has reviewed these words.') }, t('draft'));
  }

  /** @param {Dialogue} dialogue @param {Field} field @param {string} language @param {string} step @param {string} id */
  function box(dialogue, field, language, step, id) {
    const text = wordsOf(dialogue, field, language);
    const area = h('textarea', {
      id, rows: field.several ? Math.max(2, text.split('\n').length) : 1, lang: language, spellcheck: true, autocomplete: 'off',
      'data-place': field.place, 'data-language': language,
      oninput: () => on.typed(field, language, area.value),
      onfocus: () => on.looks(step, language),
    });
    area.value = text;
    return h('label', { class: 'word' }, h('span', { class: 'fine', lang: language }, nameOf(language), isDraft(dialogue, language) ? draftMark() : null), area);
  }

  return {
    element,
    /** Builds all boxes anew. @param {Dialogue} dialogue @param {string[]} shown @param {string} language that of the headings */
    show(dialogue, shown, language) {
      all = groups(dialogue, language, t);
      const open = new Set([...body.querySelectorAll('details[open]')].map((it) => /** @type {HTMLElement} */ (it).dataset['group']));
      pick(dialogue, shown);
      put(
        body,
        ...all.map((group, index) => {
          const key = group.step || '(whole)';
          return h(
            'details',
            { class: 'card', 'data-group': key, open: open.size ? open.has(key) : index === 1 },
            h('summary', {}, h('span', {}, group.step ? t('{number}. {step}', { number: index, step: group.title }) : group.title)),
            ...group.fields.map((field) =>
              h(
                'fieldset',
                { class: 'word-field', 'data-place': field.place },
                h('legend', {}, field.label),
                h('p', { class: 'field-fault', hidden: true, role: 'alert' }),
                h('div', { class: 'side-by-side' }, ...shown.map((it) => box(dialogue, field, it, group.step, `${field.place}-${it}`.replaceAll(' ', '-')))),
              ),
            ),
          );
        }),
      );
    },
    /** Says at its field what is wrong; says whether there is such a field. @param {string} place @param {string} why */
    fault(place, why) {
      for (const box of body.querySelectorAll('[data-wrong]')) attribute(box, 'data-wrong', null);
      for (const old of body.querySelectorAll('[data-fault]')) {
        attribute(old, 'data-fault', null);
        const said = old.querySelector('.field-fault');
        if (said instanceof HTMLElement) said.hidden = true;
      }
      const field = why ? fieldAt(all, place) : null;
      const found = field ? body.querySelector(`fieldset[data-place="${CSS.escape(field.place)}"]`) : null;
      if (!found) return false;
      attribute(found, 'data-fault', true);
      const said = /** @type {HTMLElement} */ (found.querySelector('.field-fault'));
      said.textContent = why.charAt(0).toLocaleUpperCase() + why.slice(1);
      const boxes = [...found.querySelectorAll('textarea')];
      const language = place.split(' ').at(-1);
      const wrong = boxes.filter((box) => box.dataset['language'] === language);
      for (const box of wrong.length ? wrong : boxes) attribute(box, 'data-wrong', true);
      said.hidden = false;
      const group = found.closest('details');
      if (group) group.open = true;
      return true;
    },
  };
}
