/** The therapist's panel: where the dialogue stands, who is here, and what ends. Only the therapist sees it. */

import { spell } from '../core/clock.js';
import { senderOf, stagesOf } from '../core/lead.js';
import { askingButton, button } from './button.js';
import { attribute, h, icon, rebuild, say, show } from './dom.js';
import { makeTools } from './tools.js';

/** @typedef {import('../core/protocol.js').View} View */
/** @typedef {import('../core/protocol.js').PartnerState} PartnerState */
/** @typedef {import('../core/words.js').Translate} Translate */

/**
 * @typedef {object} PanelActs
 * @property {(seat: string) => void} hold
 * @property {(seat: string) => void} sendBack
 * @property {() => void} endDialogue
 * @property {() => void} end
 * @property {import('./tools.js').ToolActs} tools
 */

/** @param {Translate} t @param {PanelActs} acts */
export function makePanel(t, acts) {
  const title = h('h2');
  const leg = h('p', { class: 'leg' });
  const stages = h('ol', { class: 'stages' });
  const lonely = h('h3');
  const since = h('p', { class: 'since' });
  const open = h('p', { class: 'warning' });
  const people = h('div', { class: 'people' });
  const endDialogue = askingButton({ action: 'end-dialogue', words: '', sure: '', kind: 'quiet' }, acts.endDialogue);
  const end = askingButton({ action: 'end', words: '', sure: '', kind: 'quiet' }, acts.end);
  const tools = makeTools(t, acts.tools);
  const element = h(
    'aside',
    { class: 'panel', id: 'panel' },
    title,
    leg,
    stages,
    lonely,
    since,
    open,
    people,
    tools.element,
    h('div', { class: 'ends' }, endDialogue.element, end.element),
  );
  /** @param {View} view */
  function update(view) {
    const lead = view.lead;
    if (!lead) return;
    const it = view.indicator;
    attribute(element, 'aria-label', t('Only you see this'));
    say(title, it ? it.scriptName : t('Your room'));
    say(leg, t('Everybody waits apart until you let them in.'));
    show(leg, it === null && lead.partners.some((partner) => partner.presence !== 'admitted'));
    rebuild(stages, stagesOf(view), () => stagesOf(view).map(stageLine));
    show(stages, it !== null);
    say(lonely, t('Only you see this'));
    show(since, lead.since !== null);
    const warns = lead.open && it !== null;
    say(open, warns ? t('{name} has opened up and is not validated yet. Stay until the empathy is confirmed.', { name: senderOf(view) }) : '');
    show(open, warns);
    rebuild(people, [lead.partners, lead.held, view.timeOut, t('Take aside')], () => lead.partners.map((partner) => personLine(partner, view)));
    tools.update(view);
    endDialogue.label(t('End the dialogue'), warns ? t('Not validated yet. End it all the same?') : t('Really end the dialogue?'));
    show(endDialogue.element, it !== null);
    end.label(t('End the session'), warns ? t('{name} is not validated yet. End for all?', { name: senderOf(view) }) : t('Really end it for all?'));
  }

  /** @param {ReturnType<typeof stagesOf>[number]} stage */
  function stageLine(stage) {
    const loops = (/** @type {number} */ count) =>
      count ? h('span', { class: 'loops' }, icon('loop'), h('span', {}, String(count)), h('span', { class: 'unseen' }, t('times again'))) : null;
    const line = h('span', { class: 'stage-line' }, h('span', {}, stage.name), stage.now ? null : loops(stage.loops));
    const inner = stage.now
      ? h('ul', {}, ...stage.steps.map((step) => h('li', { class: step.now ? 'now' : null, 'aria-current': step.now ? 'step' : null }, h('span', {}, step.name), loops(step.loops))))
      : null;
    return h('li', { class: stage.now ? 'now' : stage.past ? 'past' : null }, line, inner);
  }

  /** @param {PartnerState} partner @param {View} view */
  function personLine(partner, view) {
    const { seat, name } = partner;
    const here = partner.presence === 'admitted';
    const held = view.lead?.held === seat;
    const aside = button({ action: 'hold', words: t('Take aside'), kind: 'small', data: { seat }, key: 'H' }, () => acts.hold(seat));
    const back = button({ action: 'send-back', words: t('Waiting room'), kind: 'small quiet', data: { seat } }, () => acts.sendBack(seat));
    return h(
      'div',
      { class: 'person', 'data-presence': partner.presence },
      h('p', {}, h('strong', {}, name), h('span', {}, presenceWords(partner, held))),
      here && !held && view.timeOut === null ? aside : null,
      here ? back : null,
    );
  }

  /** @param {PartnerState} partner @param {boolean} held */
  function presenceWords({ presence, connected }, held) {
    if (held) return t('aside with you');
    if (presence === 'absent') return t('not here yet');
    if (presence === 'left') return t('has left');
    if (presence === 'waiting') return connected ? t('waits') : t('waited, connection lost');
    return connected ? t('in the room') : t('connection lost');
  }

  return {
    element,
    update,
    /** @param {View} view @param {number} now by the server's clock */
    tick(view, now) {
      tools.tick(view, now);
      const began = view.lead?.since;
      if (began != null) say(since, t('{time} in this step', { time: spell(now - began) }));
    },
  };
}
