/** What the therapist can do next, in words: pure, from one view. One thing is the next one; the others stand above it. */

import { nameOf } from './layout.js';

/** @typedef {import('./protocol.js').View} View */
/** @typedef {import('./protocol.js').PartnerName} PartnerName */
/** @typedef {import('./words.js').Translate} Translate */

/** @typedef {{action: 'admit' | 'advance' | 'resume' | 'start-dialogue', words: string, loop: boolean, data: Record<string, string>}} Step */

/**
 * @typedef {object} Next
 * @property {string} line what is the case
 * @property {string | null} warning
 * @property {readonly Step[]} admits
 * @property {readonly Step[]} starts one for each partner, where a dialogue can begin
 * @property {readonly Step[]} ways the first is the wide button
 */

/** @param {View} view @param {Translate} t @returns {Next} */
export function next(view, t) {
  const lead = view.lead;
  if (!lead) return { line: '', warning: null, admits: [], starts: [], ways: [] };
  const admits = lead.partners
    .filter((it) => it.presence === 'waiting')
    .map((it) => ({ action: /** @type {const} */ ('admit'), words: t('Let {name} in', { name: it.name }), loop: false, data: { seat: it.seat } }));
  const stopped = view.dimmed;
  return {
    line: lineOf(view, t),
    warning: lead.open && stopped ? t('{name} has opened up and is not validated yet.', { name: senderOf(view) }) : null,
    admits,
    starts: stopped || view.indicator ? [] : startsOf(view, t),
    ways: stopped ? [resumeOf(view, t)] : waysOf(view),
  };
}

/** @param {View} view */
export function senderOf(view) {
  return view.indicator ? (nameOf(view, view.indicator.sender) ?? '') : '';
}

/** @param {View} view @param {Translate} t */
function lineOf(view, t) {
  const lead = view.lead;
  if (!lead || view.timeOut) return view.timeOut ? timeOutLine(view, t) : '';
  const missing = lead.partners.filter((it) => it.presence === 'absent' || it.presence === 'left');
  const chooser = lead.ways.find((it) => it.confirmOf)?.confirmOf;
  if (chooser && !view.dimmed) return t('{name} may choose, or you in their place.', { name: nameOf(view, chooser) ?? '' });
  if (view.indicator || lead.held) return '';
  const [one, other] = missing;
  if (one && other) return t('{name} and {other} are not here yet. You will see here when they wait.', { name: one.name, other: other.name });
  if (one) return t('{name} is not here yet.', { name: one.name });
  return lead.partners.every((it) => it.presence === 'admitted') ? t('All three are here. Who sends first?') : '';
}

/** @param {View} view @param {Translate} t */
function timeOutLine(view, t) {
  const by = view.lead?.timeOutBy;
  if (by === view.seat) return t('You called a time-out.');
  return t('{name} called a time-out.', { name: nameOf(view, by ?? '') ?? '' });
}

/** @param {View} view @param {Translate} t @returns {Step[]} */
function startsOf(view, t) {
  const partners = view.lead?.partners ?? [];
  if (!partners.every((it) => it.presence === 'admitted')) return [];
  return partners.map((it) => ({
    action: 'start-dialogue',
    words: t('{name} sends first', { name: it.name }),
    loop: false,
    data: { sender: it.seat },
  }));
}

/** @param {View} view @param {Translate} t @returns {Step} */
function resumeOf(view, t) {
  const words = view.timeOut
    ? t('End the time-out, all together again')
    : view.lead?.held
      ? t('Bring all together again')
      : t('Let the dialogue go on');
  return { action: 'resume', words, loop: false, data: {} };
}

/** @param {View} view @returns {Step[]} */
function waysOf(view) {
  return (view.lead?.ways ?? []).map((way) => ({
    action: 'advance',
    words: way.words,
    loop: way.loop,
    data: { edge: way.edge },
  }));
}

/**
 * The steps of the script by stage; only the present stage shows its steps.
 * @param {View} view
 */
export function stagesOf(view) {
  const it = view.indicator;
  const steps = view.lead?.steps ?? [];
  if (!it) return [];
  return it.stages.map((name, index) => {
    const mine = steps.filter((step) => step.stage === index);
    return {
      name,
      now: index === it.stage,
      past: index < it.stage,
      loops: mine.reduce((sum, step) => sum + step.loops, 0),
      steps: mine.map((step) => ({ name: step.name, now: step.current, loops: step.loops })),
    };
  });
}
