/**
 * The indicator: one band at the lower edge of the picture, always in the same place.
 *
 * What it says comes from `core/band.js`; here it is drawn, and handed over gently when the voice changes.
 */

import { band, marks } from '../core/band.js';
import { button } from './button.js';
import { attribute, h, icon, rebuild, reicon, say, show } from './dom.js';

/** @typedef {import('../core/protocol.js').View} View */

const FADE = 250;
const RISE = 350;

/** @param {import('../core/words.js').Translate} t @param {(edge: string) => void} confirm */
export function makeIndicator(t, confirm) {
  const symbol = icon('quiet');
  const mark = h('div', { class: 'mark' }, symbol);
  const voice = h('strong', { class: 'voice' });
  const floor = h('span', { class: 'floor' });
  const prompt = h('p', { class: 'prompt' });
  const act = h('p', { class: 'act' });
  const stem = h('p', { class: 'stem' });
  const other = button({ action: 'other-stem', words: '', icon: 'loop', kind: 'bare' }, () => {
    chosen += 1;
    drawStem(stems);
    rise(stem);
  });
  const confirms = h('div', { class: 'confirms' });
  const dots = h('ol', { class: 'dots', 'aria-hidden': 'true' });
  const stage = h('span', { class: 'stage-name' });
  const pause = h('p', { class: 'pause' });
  const body = h('div', { class: 'say' }, prompt, act, h('div', { class: 'stemline' }, stem, other), confirms);
  const element = h(
    'section',
    { class: 'band', 'data-indicator': true },
    mark,
    h('div', { class: 'who' }, voice, floor),
    body,
    h('div', { class: 'where' }, dots, stage),
    pause,
  );
  let chosen = 0;
  /** @type {readonly string[]} */
  let stems = [];
  let last = '';

  /** @param {readonly string[]} all */
  function drawStem(all) {
    const words = all.length ? all[chosen % all.length] : undefined;
    say(stem, words ? t('“{stem}”', { stem: words }) : '');
    show(stem, Boolean(words));
    show(other, all.length > 1);
    attribute(other, 'aria-label', t('Another way to say it'));
    attribute(other, 'title', t('Another way to say it'));
  }

  /** @param {View | null} view */
  function update(view) {
    for (const [name, value] of Object.entries(marks(view))) attribute(element, name, value);
    const model = view ? band(view, t) : null;
    show(element, model !== null);
    attribute(element, 'aria-label', t('Dialogue'));
    const now = view?.indicator ? `${view.indicator.step} ${view.indicator.voice} ${view.indicator.sender}` : '';
    const moved = now !== last;
    last = now;
    if (!view || !model) return;
    if (moved) {
      chosen = 0;
      fade(mark);
    }
    attribute(element, 'data-colour', model.colour);
    attribute(element, 'data-mine', view.indicator?.mine ?? false);
    attribute(element, 'data-paused', model.pause !== null);
    reicon(symbol, model.mark);
    say(voice, model.voice);
    say(floor, model.floor);
    say(prompt, model.asked ?? model.prompt ?? '');
    show(prompt, model.asked !== null || model.prompt !== null);
    say(act, model.act);
    stems = model.stems;
    drawStem(stems);
    attribute(body, 'data-asks', model.confirms.length > 0);
    show(confirms, model.confirms.length > 0);
    rebuild(confirms, [view.revision, model.confirms], () =>
      model.confirms.map(({ edge, words }) => button({ action: 'confirm', words, kind: 'confirm', data: { edge } }, () => confirm(edge))),
    );
    rebuild(dots, [model.stages.length, model.stage], () =>
      model.stages.map((_, index) => h('li', { class: index === model.stage ? 'now' : index < model.stage ? 'done' : null })),
    );
    say(stage, model.stages[model.stage] ?? '');
    say(pause, model.pause ?? '');
    show(pause, model.pause !== null);
    if (moved) for (const part of [voice, floor, body]) rise(part);
  }

  return { element, update };
}

function moves() {
  return !matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The old mark fades over the new one. @param {HTMLElement} mark */
function fade(mark) {
  if (!moves()) return;
  const old = /** @type {HTMLElement} */ (mark.cloneNode(true));
  old.classList.add('old');
  mark.after(old);
  const fading = old.animate([{ opacity: 1 }, { opacity: 0 }], { duration: FADE, easing: 'ease-out', fill: 'forwards' });
  fading.onfinish = fading.oncancel = () => old.remove();
}

/** @param {HTMLElement} element */
function rise(element) {
  if (!moves()) return;
  element.animate(
    [
      { opacity: 0, transform: 'translateY(8px)' },
      { opacity: 1, transform: 'none' },
    ],
    { duration: RISE, easing: 'cubic-bezier(.2,.7,.2,1)' },
  );
}
