/**
 * The words of a dialogue as fields of a form. A dialogue stands here in plain values, under the keys of its text.
 *
 * A place is the keys and indices that lead to something, such as `step 3 do sender`, as the server names them too.
 */

/** @typedef {import('./words.js').Translate} Translate */
/** @typedef {Record<string, any>} Dialogue */

/**
 * @typedef {object} Field
 * @property {string} place
 * @property {string} label
 * @property {boolean} several one opening a line, instead of one text
 */

/**
 * @typedef {object} Group
 * @property {string} step the id of the step, or empty for the dialogue as a whole
 * @property {string} title
 * @property {Field[]} fields
 */

const ROLES = /** @type {const} */ (['sender', 'receiver']);

/** All words of a dialogue, first those of the whole, then step by step. @param {Dialogue} dialogue @param {string} language @param {Translate} t @returns {Group[]} */
export function groups(dialogue, language, t) {
  const role = (/** @type {string} */ name) => wordIn(dialogue['roles']?.[name], language) || name;
  /** @type {(place: string, label: string, several?: boolean) => Field} */
  const field = (place, label, several = false) => ({ place, label, several });
  const whole = [
    field('name', t('Name of the dialogue')),
    field('about', t('What it is for')),
    field('roles sender', t('What the one who holds the floor is called')),
    field('roles receiver', t('What the other one is called')),
    ...list(dialogue['stage']).map((_, index) => field(`stage ${index} name`, t('Stage {number}', { number: index + 1 }))),
  ];
  const titles = new Map(list(dialogue['step']).map((step) => [step['id'], wordIn(step['name'], language) || String(step['id'] ?? '')]));
  const leads = (/** @type {Record<string, any>} */ edge) => `→ ${titles.get(edge['to']) ?? t('end of the dialogue')}`;
  const steps = list(dialogue['step']).map((step, index) => {
    const at = `step ${index}`;
    return {
      step: String(step['id'] ?? ''),
      title: String(titles.get(step['id'])),
      fields: [
        field(`${at} name`, t('Name of the step')),
        ...ROLES.filter((it) => step['do']?.[it]).map((it) => field(`${at} do ${it}`, t('What the {role} does', { role: role(it) }))),
        ...ROLES.filter((it) => step['stems']?.[it]).map((it) =>
          field(`${at} stems ${it}`, t('Sentence openings of the {role}, one a line', { role: role(it) }), true),
        ),
        ...(step['coach'] ? [field(`${at} coach`, t('A note for you alone'))] : []),
        ...list(step['edge']).flatMap((edge, number) => [
          field(`${at} edge ${number} label`, t('Your button: {edge}', { edge: leads(edge) })),
          ...(edge['say'] ? [field(`${at} edge ${number} say`, t('Button of the {role}: {edge}', { role: role(edge['by']), edge: leads(edge) }))] : []),
        ]),
      ],
    };
  });
  return [{ step: '', title: t('The whole dialogue'), fields: whole }, ...steps];
}

/** @param {unknown} value @returns {Record<string, any>[]} */
function list(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {Record<string, any> | undefined} words @param {string} language @returns {string} */
function wordIn(words, language) {
  return String(words?.[language] ?? words?.['en'] ?? Object.values(words ?? {})[0] ?? '');
}

/** What stands at a place. @param {Dialogue} dialogue @param {string} place @returns {any} */
function at(dialogue, place) {
  return place.split(' ').reduce((/** @type {any} */ value, key) => value?.[key], dialogue);
}

/** The words of a field in a language, as they stand in its box. @param {Dialogue} dialogue @param {Field} field @param {string} language @returns {string} */
export function wordsOf(dialogue, field, language) {
  const words = at(dialogue, field.place)?.[language];
  return Array.isArray(words) ? words.join('\n') : String(words ?? '');
}

/** The dialogue with other words in a field; the former one stays as it was. @param {Dialogue} dialogue @param {Field} field @param {string} language @param {string} text @returns {Dialogue} */
export function reworded(dialogue, field, language, text) {
  const next = structuredClone(dialogue);
  const words = at(next, field.place);
  if (words) words[language] = field.several ? lines(text) : text.replace(/\s*\n\s*/g, ' ');
  return next;
}

/** @param {string} text */
function lines(text) {
  return text.split('\n').map((it) => it.trim()).filter(Boolean);
}

/** The field that a fault is about, if it is about words. @param {readonly Group[]} all @param {string} place @returns {Field | null} */
export function fieldAt(all, place) {
  if (!place) return null;
  const fields = all.flatMap((group) => group.fields);
  const inside = (/** @type {string} */ whole, /** @type {string} */ part) => part === whole || part.startsWith(`${whole} `);
  return fields.find((it) => inside(it.place, place)) ?? fields.find((it) => inside(place, it.place)) ?? null;
}

/** @param {Dialogue} dialogue @returns {string[]} */
export function languagesOf(dialogue) {
  return list(dialogue['languages']).map(String);
}

/** Whether no clinician has reviewed the words of a language. @param {Dialogue} dialogue @param {string} language */
export function isDraft(dialogue, language) {
  return list(dialogue['drafts']).map(String).includes(language);
}

/** The two languages to begin with: one's own, and another to look at. @param {Dialogue} dialogue @param {string} own @returns {string[]} */
export function firstLanguages(dialogue, own) {
  const there = languagesOf(dialogue);
  const wished = [own, 'en', 'de', ...there].filter((it) => there.includes(it));
  return [...new Set(wished)].slice(0, 2);
}
