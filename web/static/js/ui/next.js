/** The therapist's one wide button, and what stands above it: who waits, who may begin, the other ways on. */

import { next } from '../core/lead.js';
import { button } from './button.js';
import { attribute, h, icon, put, rebuild, say, show } from './dom.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/lead.js').Step} Step */

/** The dialogue that is offered first. */
const USUAL = 'three-step';

/**
 * @typedef {object} LeadActs
 * @property {(seat: string) => void} admit
 * @property {(script: string, sender: string) => void} start
 * @property {(edge: string) => void} advance
 * @property {() => void} undo
 * @property {() => void} pause
 * @property {() => void} resume
 * @property {() => void} timeOut
 */

/** @param {import('../core/words.js').Translate} t @param {LeadActs} acts */
export function makeNext(t, acts) {
  const line = h('p', { class: 'line' });
  const warning = h('p', { class: 'warning' });
  const begin = h('div', { class: 'begin' });
  const others = h('div', { class: 'others' });
  const undo = button({ action: 'undo', words: '', icon: 'undo', key: 'Z' }, acts.undo);
  const wide = button({ action: 'advance', words: '', icon: 'next', kind: 'primary go', key: 'Space' }, () => press());
  const timeOut = button({ action: 'time-out', words: '', icon: 'time-out', kind: 'stop', key: 'T' }, acts.timeOut);
  const pause = button({ action: 'pause', words: '', icon: 'chair', key: 'C' }, acts.pause);
  const row = h('div', { class: 'row' }, undo, pause, begin, timeOut);
  const element = h('section', { class: 'next' }, line, warning, row, others);
  /** @type {View | null} */
  let view = null;
  /** @type {Step | undefined} */
  let first;
  let script = '';

  function press() {
    if (first?.action === 'resume') acts.resume();
    else if (first) acts.advance(first.data['edge'] ?? '');
  }

  /** @param {View} shown */
  function update(shown) {
    view = shown;
    const model = next(shown, t);
    const scripts = shown.lead?.scripts ?? [];
    if (!scripts.some((it) => it.script === script)) script = (scripts.find((it) => it.script === USUAL) ?? scripts[0])?.script ?? '';
    first = model.ways[0];
    attribute(element, 'aria-label', t('What comes next'));
    say(line, model.line);
    show(line, model.line !== '');
    say(warning, model.warning ?? '');
    show(warning, model.warning !== null);
    rebuild(begin, [model.admits, model.starts, scripts, script], () => [
      ...model.admits.map((it) => stepButton(it, 'primary', () => acts.admit(it.data['seat'] ?? ''))),
      model.starts.length && scripts.length > 1 ? scriptField(scripts) : null,
      ...model.starts.map((it) => stepButton({ ...it, data: { ...it.data, script } }, 'primary', () => acts.start(script, it.data['sender'] ?? ''))),
    ]);
    show(begin, model.admits.length + model.starts.length > 0);
    rebuild(others, [model.ways, shown.revision], () =>
      model.ways.slice(1).map((it, index) => {
        const other = stepButton(it, 'way', () => acts.advance(it.data['edge'] ?? ''), String(index + 2));
        if (it.loop) other.prepend(icon('loop'));
        return other;
      }),
    );
    show(others, model.ways.length > 1);
    drawRow();
  }

  function drawRow() {
    if (!view?.lead) return;
    const running = view.indicator !== null;
    if (!first) wide.remove();
    else {
      if (!wide.isConnected || wide.parentElement !== row) begin.after(wide);
      attribute(wide, 'data-action', first.action);
      attribute(wide, 'data-edge', first.data['edge']);
      const words = wide.querySelector('.words');
      if (words) say(words, first.words);
    }
    say(undo.querySelector('.words') ?? undo, t('Undo'));
    undo.disabled = view.lead.undoable === 0 || view.dimmed;
    show(undo, running);
    say(pause.querySelector('.words') ?? pause, t('I speak'));
    show(pause, running && !view.dimmed);
    say(timeOut.querySelector('.words') ?? timeOut, t('Time-out'));
    show(timeOut, view.timeOut === null);
  }

  /** @param {Step} step @param {string} kind @param {() => void} act @param {string} [key] */
  function stepButton(step, kind, act, key) {
    return button({ action: step.action, words: step.words, kind, data: step.data, ...(key ? { key } : {}) }, act);
  }

  /** @param {readonly import('../core/protocol.js').ScriptLine[]} scripts */
  function scriptField(scripts) {
    const select = h('select', {
      name: 'script',
      onchange: () => {
        script = select.value;
        if (view) update(view);
      },
    });
    put(select, ...scripts.map((it) => h('option', { value: it.script, selected: it.script === script }, it.name)));
    return h('label', {}, t('Dialogue'), select);
  }

  return {
    element,
    update,
    press,
    /** The way with this number, counted from 0. @param {number} index */
    way(index) {
      const way = view ? next(view, t).ways[index] : undefined;
      if (way?.action === 'advance') acts.advance(way.data['edge'] ?? '');
    },
  };
}
